"""What differs between two snapshots of a story, in rows to be read: words, clips, settings."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum

from articles.core import flow
from articles.core.body import leaves
from articles.core.figures import ClipRef, Figure, PictureRef
from articles.core.merge import Blocks, Part, alike
from articles.core.snapshots import CLIP_WORDS, ClipState, Snapshot

# A word, a run of white space, or one sign.
TOKEN = re.compile(r"\w+(?:['’]\w+)*|\s+|[^\w\s]")


# So far on a rewritten block is looked for: everything with everything would take their product.
NEAR = 8


class State(StrEnum):
    SAME = "same"
    CHANGED = "changed"
    GONE = "gone"
    NEW = "new"


@dataclass(frozen=True)
class Piece:
    """Words that stayed, went or came; ``html`` is escaped, with its marks."""

    state: State
    html: str
    words: int = 0


@dataclass(frozen=True)
class Row:
    """One line: ``label`` says what it is, ``kind`` how it is set (p, h2, li, quote, figure)."""

    label: str
    kind: str
    state: State
    pieces: tuple[Piece, ...]


@dataclass(frozen=True)
class Section:
    name: str
    rows: tuple[Row, ...]

    @property
    def is_changed(self) -> bool:
        return any(row.state != State.SAME for row in self.rows)

    @property
    def stretches(self) -> list[tuple[bool, list[Row]]]:
        """Rows in a row that are the same, or not: a page may fold the former."""
        found: list[tuple[bool, list[Row]]] = []
        for row in self.rows:
            is_same = row.state == State.SAME
            if not found or found[-1][0] != is_same:
                found.append((is_same, []))
            found[-1][1].append(row)
        return found


def compare(before: Snapshot, after: Snapshot) -> tuple[Section, ...]:
    """Every part of a story, the changed and the unchanged, in the order of its page."""
    words = [
        _line(name, before.texts.get(name, ""), text)
        for name, text in after.texts.items()
        if name != "body"
    ]
    text = [*words, *body_rows(before, after)]
    return (Section("Words", tuple(text)), *_rest(before, after))


def summary(before: Snapshot, after: Snapshot) -> str:
    """What changed, in a few words for a list.

    >>> summary(Snapshot({"body": "<p>They came.</p>"}), Snapshot({"body": "<p>They left.</p>"}))
    'text (1 word more, 1 fewer)'
    """
    found = [
        name
        for name in after.texts
        if name != "body" and after.texts[name] != before.texts.get(name, "")
    ]
    if before.body != after.body:
        found.append(_counted(body_rows(before, after)))
    found += [section.name.lower() for section in _rest(before, after) if section.is_changed]
    return ", ".join(found)


def _rest(before: Snapshot, after: Snapshot) -> tuple[Section, ...]:
    return (
        Section("Clips", tuple(_clip_rows(before, after))),
        Section("Settings", tuple(_setting_rows(before, after))),
        Section("Corrections", tuple(_correction_rows(before, after))),
    )


def _counted(rows: Sequence[Row]) -> str:
    pieces = [piece for row in rows if row.kind != "figure" for piece in row.pieces]
    more = sum(piece.words for piece in pieces if piece.state == State.NEW)
    fewer = sum(piece.words for piece in pieces if piece.state == State.GONE)
    if not more and not fewer:
        return "text"
    return f"text ({more} word{'' if more == 1 else 's'} more, {fewer} fewer)"


# The text ----------------------------------------------------------------------------------------


def body_rows(before: Snapshot, after: Snapshot) -> list[Row]:
    """The blocks of the text; one that was rewritten is one row."""
    old, new = leaves(before.body), leaves(after.body)
    names = {clip.id: clip.name for clip in (*before.clips, *after.clips)}
    matcher = SequenceMatcher(
        None, [_key(leaf) for leaf in old], [_key(leaf) for leaf in new], autojunk=False
    )
    rows: list[Row] = []
    for tag, low, high, new_low, new_high in matcher.get_opcodes():
        if tag == "equal":
            rows += [_leaf_row(leaf, State.SAME, names) for leaf in new[new_low:new_high]]
        else:
            rows += _rewritten(old[low:high], new[new_low:new_high], names)
    return rows


def _key(leaf: flow.Leaf) -> tuple[str, Figure | None, str]:
    return kind_of(leaf), leaf.figure, leaf.inline_html()


def kind_of(leaf: flow.Leaf) -> str:
    if leaf.figure:
        return "figure"
    containers = {name for name, _ in leaf.path}
    if "li" in containers:
        return "li"
    return "quote" if "blockquote" in containers else leaf.tag or "p"


def _rewritten(old: Sequence[flow.Leaf], new: Sequence[flow.Leaf], names: dict) -> Iterator[Row]:
    start = 0
    for leaf in new:
        twin = next(
            (i for i in range(start, min(start + NEAR, len(old))) if _are_one(old[i], leaf)),
            None,
        )
        if twin is None:
            yield _leaf_row(leaf, State.NEW, names)
            continue
        yield from (_leaf_row(gone, State.GONE, names) for gone in old[start:twin])
        pieces = tuple(_pieces(_tokens(_runs(old[twin])), _tokens(_runs(leaf))))
        yield Row(_label(leaf), kind_of(leaf), State.CHANGED, pieces)
        start = twin + 1
    yield from (_leaf_row(gone, State.GONE, names) for gone in old[start:])


def _are_one(old: flow.Leaf, new: flow.Leaf) -> bool:
    if isinstance(old.figure, PictureRef) and isinstance(new.figure, PictureRef):
        return old.figure.picture_id == new.figure.picture_id
    return not old.figure and not new.figure and alike(old.text, new.text)


def _leaf_row(leaf: flow.Leaf, state: State, names: dict[str, str]) -> Row:
    if isinstance(leaf.figure, ClipRef):
        clip_id = leaf.figure.clip_id
        name = flow.inline_html([flow.Run(names.get(clip_id, clip_id))])
        return Row(_label(leaf), kind_of(leaf), state, (Piece(state, name),))
    runs = _runs(leaf)
    words = sum(len(run.text.split()) for run in runs)
    return Row(_label(leaf), kind_of(leaf), state, (Piece(state, flow.inline_html(runs), words),))


def _label(leaf: flow.Leaf) -> str:
    if not leaf.figure:
        return ""
    return "Clip" if isinstance(leaf.figure, ClipRef) else "Picture"


def _runs(leaf: flow.Leaf) -> Sequence[flow.Run]:
    """What is read of a leaf; of a picture, all that the story says of it."""
    if not isinstance(leaf.figure, PictureRef):
        return leaf.runs
    picture = leaf.figure
    seen = "Decorative." if picture.is_decorative else f"Description: {picture.alt or '-'}"
    said = {"Caption": picture.caption, "Credit": picture.credit, "Warning": picture.warning}
    lines = [seen, *(f"{name}: {text}" for name, text in said.items() if text)]
    return [run for line in lines for run in (flow.Run(line), flow.BREAK)][:-1]


def _tokens(runs: Sequence[flow.Run]) -> list[flow.Run]:
    return [
        flow.Run(token, run.marks)
        for run in runs
        for token in ([run.text] if run == flow.BREAK else TOKEN.findall(run.text))
    ]


def _pieces(old: Sequence[flow.Run], new: Sequence[flow.Run]) -> Iterator[Piece]:
    # In a long paragraph spaces and common words are no places to begin from: there are too many.
    matcher = SequenceMatcher(None, old, new, autojunk=True)
    for tag, low, high, new_low, new_high in matcher.get_opcodes():
        if tag == "equal":
            yield _piece(State.SAME, new[new_low:new_high])
            continue
        if high > low:
            yield _piece(State.GONE, old[low:high])
        if new_high > new_low:
            yield _piece(State.NEW, new[new_low:new_high])


def _piece(state: State, runs: Sequence[flow.Run]) -> Piece:
    words = sum(any(map(str.isalnum, run.text)) for run in runs)
    return Piece(state, flow.inline_html(runs), words)


def part_rows(part: Part, before: Blocks, after: Blocks, names: Mapping[str, str]) -> list[Row]:
    """One version of a place that two people changed, as it differs from another version."""
    if part.is_text:
        clips = tuple(ClipState(clip_id, {"title": name}) for clip_id, name in names.items())
        versions = (Snapshot({"body": "".join(some)}, clips=clips) for some in (before, after))
        return body_rows(*versions)
    return [_line("", *(", ".join(part.named(some)) for some in (before, after)))]


# Everything else ---------------------------------------------------------------------------------


def _line(label: str, before: str, after: str) -> Row:
    """A text without markup, word by word."""
    if before == after:
        same = (Piece(State.SAME, flow.inline_html([flow.Run(after)])),) if after else ()
        return Row(label, "line", State.SAME, same)
    old, new = _tokens([flow.Run(before)]), _tokens([flow.Run(after)])
    state = State.CHANGED if before and after else State.NEW if after else State.GONE
    if state == State.CHANGED and not alike(before, after):
        return Row(label, "line", state, (_piece(State.GONE, old), _piece(State.NEW, new)))
    return Row(label, "line", state, tuple(_pieces(old, new)))


def _clip_rows(before: Snapshot, after: Snapshot) -> Iterator[Row]:
    """What the story says of each clip, and what the clip itself was, as far as there is any."""
    ids = dict.fromkeys(clip.id for clip in (*after.clips, *before.clips))
    for clip_id in ids:
        old, new = before.clip(clip_id), after.clip(clip_id)
        name = (new if clip_id in {clip.id for clip in after.clips} else old).name
        for label, was, now in _said(old, new):
            if was or now:
                yield _line(f"{name}: {label}", was, now)


def _said(old: ClipState, new: ClipState) -> Iterator[tuple[str, str, str]]:
    for word in CLIP_WORDS:
        yield f"{word} here", old.words.get(word, ""), new.words.get(word, "")
    for fact in dict.fromkeys((*new.own, *old.own)):
        yield fact, old.own.get(fact, ""), new.own.get(fact, "")


def _setting_rows(before: Snapshot, after: Snapshot) -> Iterator[Row]:
    for kind in dict.fromkeys((*after.named, *before.named)):
        versions = (
            ", ".join(one.name or str(one.id) for one in version.named.get(kind, ()))
            for version in (before, after)
        )
        yield _line(kind.replace("_", " "), *versions)
    for name in dict.fromkeys((*after.settings, *before.settings)):
        label = name.replace("_", " ")
        yield _line(label, before.settings.get(name, ""), after.settings.get(name, ""))


def _correction_rows(before: Snapshot, after: Snapshot) -> Iterator[Row]:
    for told in after.corrections:
        was = told.text if told in before.corrections else ""
        yield _line(told.at[:10], was, told.text)
    for told in before.corrections:
        if told not in after.corrections:
            yield _line(told.at[:10], told.text, "")
