"""A tree of HTML as a flat run of leaves: paragraphs, headings, list items, clips, pictures.

Each leaf knows the containers it stands in, so that a figure in the middle of a paragraph, a
quotation or a list splits them into valid pieces when the leaves are written out again.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from html import escape

from articles.core.figures import Figure, figure_of
from articles.core.markup import BLOCK, Element

HEADINGS = {"h1": "h2", "h2": "h2", "h3": "h3", "h4": "h3", "h5": "h3", "h6": "h3"}
# Containers deeper than this are written as if they were not there.
MAX_CONTAINERS = 8
SPACES = re.compile(r"[ \t\r\n\f\v]+")
EDGE = " \xa0"
# Anything that can be seen: not a space, not a mark of direction or of joining.
VISIBLE = re.compile("[^\\s\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]")

Mark = tuple[str, str]  # ("a", href), ("strong", "") or ("em", "")
Container = tuple[str, int]  # ("ul", 3): the third container of the text


@dataclass(frozen=True)
class Run:
    """Text under one set of marks; a line break is a run of its own, the text "\\n"."""

    text: str
    marks: tuple[Mark, ...] = ()


BREAK = Run("\n")


@dataclass(frozen=True)
class Leaf:
    """One block. ``tag`` is p, h1 to h6, figure, or "" for the bare text of a list item."""

    tag: str
    runs: tuple[Run, ...] = ()
    path: tuple[Container, ...] = ()
    chain: tuple[Element, ...] = ()
    figure: Figure | None = None

    @property
    def text(self) -> str:
        return "".join(run.text for run in self.runs)

    def inline_html(self) -> str:
        return inline_html(self.runs)


def leaves(root: Element) -> list[Leaf]:
    """Return the leaves below ``root``, in order; blank ones are left out."""
    walker = _Walker()
    walker.visit(root, (), ())
    walker.flush((), (root,))
    return walker.leaves


class _Walker:
    """Gathers inline runs, and closes them into a leaf wherever a block begins or ends."""

    def __init__(self) -> None:
        self.leaves: list[Leaf] = []
        self._runs: list[Run] = []
        self._marks: tuple[Mark, ...] = ()
        self._tag = "p"
        self._containers = 0
        self._begun_items: set[Container] = set()

    def visit(self, element: Element, path: tuple, chain: tuple) -> None:
        chain = (*chain, element)
        for child in element.children:
            if isinstance(child, str):
                self._runs.append(Run(child, self._marks))
            elif child.tag in BLOCK or child.tag == "hr":
                self.flush(path, chain)
                self._block(child, path, chain)
            else:
                self._inline(child, self._marks, path, chain)

    def flush(self, path: tuple, chain: tuple) -> None:
        """Close what was gathered; two line breaks in a row part it into two leaves."""
        for runs in paragraphs(self._runs):
            tag = self._tag
            if tag == "p" and path and path[-1][0] == "li" and path[-1] not in self._begun_items:
                tag = "" if not (chain and chain[-1].tag == "p") else "p"
            self._begun_items.update(path)
            self.leaves.append(Leaf(tag, runs, path, chain))
        self._runs = []

    def _block(self, block: Element, path: tuple, chain: tuple) -> None:
        if block.tag in ("ul", "ol"):
            self._list(block, path, chain)
        elif block.tag == "figure" and (figure := figure_of(block.attrs)):
            self.leaves.append(Leaf("figure", chain=chain, figure=figure))
            # A figure that was not closed has swallowed what follows: that text is kept.
            self._within(block, path, chain)
        elif block.tag == "blockquote":
            self._within(block, self._inside(path, "blockquote"), chain)
        elif block.tag in HEADINGS:
            outer, self._tag = self._tag, block.tag
            self._within(block, path, chain)
            self._tag = outer
        else:
            self._within(block, path, chain)

    def _marked_block(self, block: Element, marks: tuple, path: tuple, chain: tuple) -> None:
        """A block inside a link or a bold element passes its marks on to the text in it."""
        outer, self._marks = self._marks, marks
        self._block(block, path, chain)
        self._marks = outer

    def _within(self, block: Element, path: tuple, chain: tuple) -> None:
        self.visit(block, path, chain)
        self.flush(path, (*chain, block))

    def _list(self, block: Element, path: tuple, chain: tuple) -> None:
        """Each child is an item; what stands in a list without ``li`` becomes one."""
        listed = self._inside(path, block.tag)
        chain = (*chain, block)
        for child in block.children:
            item = child if isinstance(child, Element) and child.tag == "li" else None
            whole = item or Element("li", children=[child])
            self._within(whole, self._inside(listed, "li") if listed != path else path, chain)

    def _inside(self, path: tuple, tag: str) -> tuple:
        # A list needs room for its item too.
        if len(path) + (2 if tag in ("ul", "ol") else 1) > MAX_CONTAINERS:
            return path
        self._containers += 1
        return (*path, (tag, self._containers))

    def _inline(self, element: Element, marks: tuple, path: tuple, chain: tuple) -> None:
        if element.tag == "br":
            self._runs.append(BREAK)
            return
        marks = _with_marks(element, marks)
        quoted = element.tag == "q"
        self._runs.extend([Run("“", marks)] if quoted else [])
        for child in element.children:
            if isinstance(child, str):
                self._runs.append(Run(child, marks))
            elif child.tag in BLOCK or child.tag == "hr":
                self.flush(path, chain)
                self._marked_block(child, marks, path, chain)
            else:
                self._inline(child, marks, path, chain)
        self._runs.extend([Run("”", marks)] if quoted else [])


def _with_marks(element: Element, marks: tuple[Mark, ...]) -> tuple[Mark, ...]:
    """Add what an element marks; the order is fixed, so that equal marks read equal."""
    style = element.attrs.get("style", "").replace(" ", "").lower()
    found = dict(marks)
    if element.tag == "a" and element.attrs.get("href", "").strip():
        found["a"] = element.attrs["href"].strip()
    # A word processor's clipboard wraps everything in <b style="font-weight:normal">.
    if element.tag in ("b", "strong") and not re.search("font-weight:(normal|400)", style):
        found["strong"] = ""
    if element.tag in ("i", "em") and "font-style:normal" not in style:
        found["em"] = ""
    if re.search("font-weight:(bold|[6-9]00)", style):
        found["strong"] = ""
    if "font-style:italic" in style:
        found["em"] = ""
    return tuple((name, found[name]) for name in ("a", "strong", "em") if name in found)


def paragraphs(runs: Iterable[Run]) -> Iterator[tuple[Run, ...]]:
    """Part runs at double line breaks; tidy white space; leave out what shows nothing."""
    part: list[Run] = []
    for run in (*_tidy(runs), BREAK, BREAK):
        part.append(run)
        if part[-2:] == [BREAK, BREAK]:
            whole = _tidy(part)
            if VISIBLE.search("".join(run.text for run in whole)):
                yield tuple(whole)
            part = []


def _tidy(runs: Iterable[Run]) -> list[Run]:
    """Collapse white space, trim it at both ends and around line breaks, join equal marks."""
    tidied = _trimmed(reversed(_trimmed(_collapsed(runs), str.lstrip)), str.rstrip)[::-1]
    while tidied and tidied[-1] == BREAK:
        tidied.pop()
    while tidied and tidied[0] == BREAK:
        tidied.pop(0)
    return tidied


def _collapsed(runs: Iterable[Run]) -> list[Run]:
    joined: list[Run] = []
    for run in runs:
        text = run.text if run == BREAK else SPACES.sub(" ", run.text)
        if joined and joined[-1].text.endswith(" "):
            text = text.removeprefix(" ")
        if joined and BREAK not in (run, joined[-1]) and joined[-1].marks == run.marks:
            joined[-1] = Run(joined[-1].text + text, run.marks)
        elif text:
            joined.append(Run(text, run.marks))
    return joined


def _trimmed(runs: Iterable[Run], strip: Callable) -> list[Run]:
    """Strip spaces next to a line break or to the beginning of ``runs``."""
    kept: list[Run] = []
    for run in runs:
        at_edge = run != BREAK and (not kept or kept[-1] == BREAK)
        text = strip(run.text, EDGE) if at_edge else run.text
        if text:
            kept.append(Run(text, run.marks))
    return kept


def inline_html(runs: Iterable[Run]) -> str:
    """Write runs as nested a, strong and em; text is escaped."""
    pieces: list[str] = []
    opened: tuple[Mark, ...] = ()
    for run in runs:
        pieces += _step(opened, run.marks, _open_mark)
        pieces.append("<br>" if run == BREAK else escape(run.text, quote=False))
        opened = run.marks
    return "".join((*pieces, *_step(opened, (), _open_mark)))


def _open_mark(mark: Mark) -> str:
    return f'<a href="{escape(mark[1])}">' if mark[0] == "a" else f"<{mark[0]}>"


def _step(opened: tuple, wanted: tuple, open_tag: Callable) -> list[str]:
    """Close what is open and no longer wanted, then open what is wanted and not open."""
    same = 0
    while same < min(len(opened), len(wanted)) and opened[same] == wanted[same]:
        same += 1
    closing = [f"</{tag}>" for tag, _ in reversed(opened[same:])]
    return closing + [open_tag(item) for item in wanted[same:]]


def block_html(flow: Iterable[Leaf]) -> str:
    """Write leaves as HTML in their containers, a figure at the top and on its own."""
    pieces: list[str] = []
    opened: tuple[Container, ...] = ()
    for leaf in flow:
        pieces += _step(opened, leaf.path, lambda container: f"<{container[0]}>")
        pieces.append(_leaf_html(leaf))
        opened = leaf.path
    return "".join((*pieces, *_step(opened, (), str)))


def _leaf_html(leaf: Leaf) -> str:
    if leaf.figure:
        return leaf.figure.html
    tag = HEADINGS.get(leaf.tag, leaf.tag)
    return f"<{tag}>{leaf.inline_html()}</{tag}>" if tag else leaf.inline_html()
