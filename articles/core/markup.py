"""HTML of any quality, read as a browser reads it, into a plain tree and out again.

nh3 repairs the tag soup (it holds the HTML parsing algorithm of browsers); what it hands back is
balanced, so that a short parser can build the tree. Nothing here decides what a reader may see.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser

import nh3

from articles.core import figures


def names(text: str) -> frozenset[str]:
    """The words of a text as a set, for lists too long to be read one a line."""
    return frozenset(text.split())


VOID = frozenset({"br", "hr", "meta"})
INLINE = names(
    "a abbr b bdi bdo big cite code data del dfn em font i ins kbd mark q s small span "
    "strike strong sub sup time tt u var wbr"
)
BLOCK = names(
    "address article aside blockquote button center dd div dl dt fieldset figcaption "
    "figure footer form h1 h2 h3 h4 h5 h6 header hgroup li main menu nav ol p pre section "
    "summary details table caption tbody td tfoot th thead title tr ul label select option"
)
# What these hold is not writing: not even its text is kept.
DROPPED = names(
    "script style noscript iframe object embed applet svg math template audio video canvas "
    "map noframes noembed xmp plaintext textarea"
)
ATTRIBUTES = figures.ATTRIBUTES | names(
    "class id role rel itemprop property name content style hidden aria-hidden"
)
# Deeper nesting is broken or hostile; its content is folded into the element at this depth.
MAX_DEPTH = 150
# The parser's time grows with the square of the depth: 200,000 open elements would take minutes.
MAX_OPEN = 100
SELF_CLOSING = VOID | names("p li td th tr dt dd option tbody thead tfoot img input link")
TAG = re.compile(r"<(/?)([a-z][a-z0-9]*)[^<>]*>", re.IGNORECASE)
# XML feeds cannot carry control characters, and lone surrogates cannot be stored as UTF-8.
UNSTORABLE = re.compile("[\x00-\x08\x0b\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")


@dataclass(eq=False)
class Element:
    """One element; its children are elements and pieces of unescaped text, in order."""

    tag: str
    attrs: dict[str, str] = field(default_factory=dict)
    children: list["Element | str"] = field(default_factory=list)

    def walk(self) -> Iterator["Element"]:
        """This element and all below it, in document order."""
        yield self
        for child in self.children:
            if isinstance(child, Element):
                yield from child.walk()

    def text(self) -> str:
        """The text below, runs of white space as one space, blocks apart."""
        return " ".join("".join(self._pieces()).split())

    def _pieces(self) -> Iterator[str]:
        gap = "" if self.tag in INLINE else " "
        yield gap
        for child in self.children:
            if isinstance(child, Element):
                yield from child._pieces()
            else:
                yield child
        yield gap


def parse(html: str, *, schemes: frozenset[str], relative_links: bool) -> Element:
    """Return the root of the tree; links of another scheme than ``schemes`` lose their href."""
    balanced = nh3.clean(
        _shallow(UNSTORABLE.sub("", html)),
        tags=set(INLINE | BLOCK | VOID),
        clean_content_tags=set(DROPPED),
        attributes={"*": set(ATTRIBUTES), "a": {"href"}},
        url_schemes=set(schemes),
        url_relative="pass_through" if relative_links else "deny",
        link_rel=None,
    )
    builder = _TreeBuilder()
    builder.feed(balanced)
    builder.close()
    return builder.root


def _shallow(html: str) -> str:
    """Drop the start tags that would leave more than MAX_OPEN elements open."""
    depth = 0

    def keep(tag: re.Match[str]) -> str:
        nonlocal depth
        if tag[2].lower() in SELF_CLOSING:
            return tag[0]
        if tag[1]:
            depth = max(0, depth - 1)
        elif depth >= MAX_OPEN:
            return ""
        else:
            depth += 1
        return tag[0]

    return TAG.sub(keep, html)


class _TreeBuilder(HTMLParser):
    """Builds the tree from balanced HTML, which is the only kind it is given."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root = Element("body")
        self._open = [self.root]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        parent = self._open[-1]
        element = Element(tag, {name: value or "" for name, value in attrs})
        too_deep = len(self._open) >= MAX_DEPTH
        if not too_deep:
            parent.children.append(element)
        if tag not in VOID:
            self._open.append(parent if too_deep else element)

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID and len(self._open) > 1:
            self._open.pop()

    def handle_data(self, data: str) -> None:
        # Once more, for what the source had written as a character reference.
        self._open[-1].children.append(UNSTORABLE.sub("", data))
