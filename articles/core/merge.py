"""Putting two people's changes of one story together.

``before`` is what both began from, ``theirs`` what was saved meanwhile, ``yours`` what is to be
saved now. The text is merged block by block (a paragraph, a heading, a list, a quotation, a clip,
a picture). Where only one of the two changed something, that stands; where both changed the same
thing differently, a person chooses. Nothing is dropped without being shown.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from difflib import SequenceMatcher
from enum import StrEnum

from articles.core.body import blocks, clean_body
from articles.core.snapshots import CLIP_WORDS, ClipState, Snapshot

Blocks = tuple[str, ...]
# Two blocks at least so much alike are one block that was rewritten.
ALIKE = 0.5
TAG, WORD = re.compile(r"<[^>]*>"), re.compile(r"\w+")
PICTURE = re.compile(r'<figure data-picture="(\w+)"')
# Longer stretches than this are not searched for blocks that are alike: it takes their product.
MOST_PAIRED = 40


class Outcome(StrEnum):
    SAME = "same"
    THEIRS = "theirs"
    YOURS = "yours"
    BOTH = "both"
    MIXED = "mixed"
    CONFLICT = "conflict"


@dataclass(frozen=True)
class Part:
    """One place of a story in three versions. A version of the text is several blocks, or none."""

    key: str
    label: str
    outcome: Outcome
    before: Blocks
    theirs: Blocks
    yours: Blocks
    # Who is meant, where the versions are numbers of people, topics or stories.
    names: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_text(self) -> bool:
        return self.key.startswith("body-")

    @property
    def may_be_both(self) -> bool:
        """Whether both versions may stand one after the other: only in the text."""
        return self.is_text and bool(self.theirs) and bool(self.yours)

    def named(self, version: Blocks) -> Blocks:
        """A version as a person reads it."""
        return tuple(self.names.get(one) or one for one in version)

    def chosen(self, choice: str = "") -> Blocks:
        """What stands here; of a conflict, what the choice says, and yours if it says nothing."""
        outcome = choice if self.outcome == Outcome.CONFLICT else self.outcome
        if outcome == Outcome.THEIRS:
            return self.theirs
        if outcome == Outcome.BOTH:
            return self.theirs + self.yours
        return self.yours


@dataclass(frozen=True)
class Merge:
    parts: tuple[Part, ...]
    theirs: Snapshot
    yours: Snapshot

    @property
    def conflicts(self) -> tuple[Part, ...]:
        return tuple(part for part in self.parts if part.outcome == Outcome.CONFLICT)

    @property
    def is_one_sided(self) -> bool:
        """Whether nobody else changed anything: then there is nothing to merge."""
        return all(part.outcome in (Outcome.SAME, Outcome.YOURS) for part in self.parts)

    @property
    def is_all_theirs(self) -> bool:
        """Whether there is nothing in yours that theirs has not."""
        told = all(told in self.theirs.corrections for told in self.yours.corrections)
        return told and all(part.outcome in (Outcome.SAME, Outcome.THEIRS) for part in self.parts)

    def resolved(self, choices: Mapping[str, str]) -> Snapshot:
        """The story with everything put together; ``choices`` are by the keys of the conflicts."""
        found = {part.key: part.chosen(choices.get(part.key, "")) for part in self.parts}
        body = [html for key, some in found.items() if key.startswith("body-") for html in some]

        def one(key: str) -> str:
            return "".join(found[key])

        texts = {name: one(name) for name in self.yours.texts if name != "body"}
        told = [told for told in self.yours.corrections if told not in self.theirs.corrections]
        return Snapshot(
            texts={**texts, "body": clean_body("".join(body))},
            settings={name: one(f"set-{name}") for name in self.yours.settings},
            named={kind: self._named(kind, found) for kind in self.yours.named},
            clips=tuple(self._clips(found)),
            corrections=(*self.theirs.corrections, *told),
        )

    def _named(self, kind: str, found: Mapping[str, Blocks]) -> tuple:
        known = {
            str(one.id): one for one in (*self.theirs.named.get(kind, ()), *self.yours.named[kind])
        }
        return tuple(known[key] for key in found[f"named-{kind}"])

    def _clips(self, found: Mapping[str, Blocks]) -> Iterator[ClipState]:
        for clip in _clips_of(self.theirs, self.yours):
            words = {name: "".join(found[f"clip-{clip.id}-{name}"]) for name in CLIP_WORDS}
            yield replace(clip, words=words)


def merge(before: Snapshot, theirs: Snapshot, yours: Snapshot) -> Merge:
    """Lay the two changes side by side, in the order of the page."""
    parts = (
        *(_text(name, before, theirs, yours) for name in yours.texts if name != "body"),
        *_body(blocks(before.body), blocks(theirs.body), blocks(yours.body)),
        *_clip_parts(before, theirs, yours),
        *(_list(kind, before, theirs, yours) for kind in yours.named),
        *(_setting(name, before, theirs, yours) for name in yours.settings),
    )
    return Merge(parts, theirs, yours)


# One value ---------------------------------------------------------------------------------------


def _part(key: str, label: str, before: Blocks, theirs: Blocks, yours: Blocks) -> Part:
    return Part(key, label, _outcome(before, theirs, yours), before, theirs, yours)


def _outcome(before: Blocks, theirs: Blocks, yours: Blocks) -> Outcome:
    if yours == before == theirs:
        return Outcome.SAME
    if yours in (before, theirs):
        return Outcome.THEIRS
    return Outcome.YOURS if theirs == before else Outcome.CONFLICT


def _value(key: str, label: str, *versions: str) -> Part:
    before, theirs, yours = ((version,) for version in versions)
    return _part(key, label, before, theirs, yours)


def _text(name: str, *versions: Snapshot) -> Part:
    return _value(name, name, *(version.texts.get(name, "") for version in versions))


def _setting(name: str, *versions: Snapshot) -> Part:
    label = name.replace("_", " ")
    return _value(f"set-{name}", label, *(version.settings.get(name, "") for version in versions))


def _clip_parts(before: Snapshot, theirs: Snapshot, yours: Snapshot) -> Iterator[Part]:
    for clip in _clips_of(theirs, yours):
        for name in CLIP_WORDS:
            said = (
                version.clip(clip.id).words.get(name, "") for version in (before, theirs, yours)
            )
            yield _value(f"clip-{clip.id}-{name}", f"{name} of the clip “{clip.name}”", *said)


def _clips_of(theirs: Snapshot, yours: Snapshot) -> Iterator[ClipState]:
    known = {clip.id: clip for clip in (*yours.clips, *theirs.clips)}
    yield from known.values()


def _list(kind: str, before: Snapshot, theirs: Snapshot, yours: Snapshot) -> Part:
    """Those whom somebody added are there, those whom somebody took out are not: no conflict.

    But a story is the translation of one other story only.
    """
    versions = [_keys(version, kind) for version in (before, theirs, yours)]
    names = {
        str(one.id): one.name
        for version in (yours, theirs, before)
        for one in version.named.get(kind, ())
    }
    part = replace(_part(f"named-{kind}", kind.replace("_", " "), *versions), names=names)
    if part.outcome != Outcome.CONFLICT or kind == "translation_of":
        return part
    old, their, your = versions
    kept = tuple(key for key in your if key in their or key not in old)
    added = tuple(key for key in their if key not in old and key not in your)
    return replace(part, outcome=Outcome.MIXED, yours=kept + added)


def _keys(version: Snapshot, kind: str) -> Blocks:
    return tuple(str(one.id) for one in version.named.get(kind, ()))


# The text ----------------------------------------------------------------------------------------


def _body(before: Blocks, theirs: Blocks, yours: Blocks) -> Iterator[Part]:
    """A part for each gap between the old blocks into which one was put, and for each old block."""
    their, your = _fates(before, theirs), _fates(before, yours)
    for index in range(len(before) + 1):
        added = _part(f"body-{index}-new", "text", (), their.into[index], your.into[index])
        if added.theirs or added.yours:
            # Two people put something new at one place: both stand there.
            both = replace(added, outcome=Outcome.BOTH)
            yield both if added.outcome == Outcome.CONFLICT else added
        if index < len(before):
            was = (before[index],)
            yield _part(f"body-{index}", "text", was, their.of[index], your.of[index])


@dataclass
class _Fates:
    """What became of each old block (itself, others, nothing), and what came before each."""

    of: list[Blocks]
    into: list[Blocks]


def _fates(before: Blocks, after: Blocks) -> _Fates:
    fates = _Fates([(html,) for html in before], [() for _ in range(len(before) + 1)])
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    for tag, low, high, new_low, new_high in matcher.get_opcodes():
        if tag != "equal":
            _rewritten(fates, before, low, high, after[new_low:new_high])
    return fates


def _rewritten(fates: _Fates, before: Blocks, low: int, high: int, new: Blocks) -> None:
    """Note what became of a stretch of old blocks; what is like one of them is that one."""
    pairs = _pairs(before[low:high], new)
    for index in range(low, high):
        fates.of[index] = ()
    place, lone = low, 0
    for position, html in enumerate(new):
        if position in pairs:
            place = low + pairs[position]
            fates.of[place] = (html,)
            place += 1
        elif not pairs and low + lone < high:
            fates.of[low + lone] = (html,)
            lone += 1
            place = low + lone
        else:
            fates.into[place] += (html,)


def _pairs(old: Sequence[str], new: Sequence[str]) -> dict[int, int]:
    """Which new block is which old one: the first that is like it, in the order of both."""
    if len(old) == len(new):
        return {index: index for index in range(len(new))}
    if max(len(old), len(new)) > MOST_PAIRED:
        return {}
    found: dict[int, int] = {}
    start = 0
    for position, html in enumerate(new):
        for index in range(start, len(old)):
            if alike(old[index], html):
                found[position], start = index, index + 1
                break
    return found


def alike(one: str, other: str) -> bool:
    """Whether one text is the other, rewritten.

    >>> alike("They came at night.", "They came late at night."), alike("They came.", "Nobody.")
    (True, False)
    """
    pictures = PICTURE.findall(one), PICTURE.findall(other)
    if any(pictures):
        # Whatever is said of a picture, it is the same one or another.
        return pictures[0] == pictures[1]
    matcher = SequenceMatcher(None, _words(one), _words(other), autojunk=False)
    return matcher.quick_ratio() >= ALIKE and matcher.ratio() >= ALIKE


def _words(html: str) -> list[str]:
    return WORD.findall(TAG.sub(" ", html).lower())
