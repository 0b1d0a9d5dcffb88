"""The words of an original, looked for in everything that may become public.

Rules by format say what a file may hold; this is the second net under them: whatever the
original says of its source (place, device, person, title, file name) must not stand anywhere in
a public file, in any form text takes there.
"""

import html
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import BinaryIO
from urllib.parse import quote

from ahocorasick_rs import BytesAhoCorasick, Implementation

from media.core.leaks.findings import Finding, shown
from media.core.leaks.reading import chunks

SHORTEST = 5
"""Characters. Shorter words stand in compressed video by accident."""

WRITTEN_BY_US = frozenset(
    {
        # ffmpeg gives these names to every track it writes,
        "VideoHandler",
        "SoundHandler",
        # this one to every H.264 picture, with or without a source that had it,
        "Lavc libx264",
        # these brands to every MP4,
        "isom",
        "mp42",
        "isomiso2avc1mp41",
        "isomav01iso2mp41",
        "iso5iso6mp41",
        # and our own pages name the types of their files.
        "video/mp4",
        "audio/mp4",
        "image/jpeg",
        "image/png",
        "image/webp",
        "text/vtt",
    }
)
"""Values that say nothing of a source, because our own encoder or pages write them anyway."""

STEM = 32
"""Bytes of a longer form that are looked for at first, to bound what an automaton holds."""
LARGEST_TABLE = 64 << 10
"""Bytes of all stems. Up to here the fastest automaton takes at most some 60 MB."""

_COORDINATES = re.compile(r"[+-]?\d{1,3}\.\d+(?:[,; ]{1,2}|(?=[+-]))[+-]?\d{1,3}\.\d+")
_NUMBER = re.compile(r"(\d{1,3})(\.\d+)")


@dataclass(frozen=True)
class Marks:
    """What to look for: each of ``values`` is one encoded form of a word of the original.

    ``words`` names, at the same index, the word a value is a form of (for reports).
    """

    values: tuple[bytes, ...]
    words: tuple[str, ...] = ()

    def word(self, index: int) -> str:
        """The text behind ``values[index]``."""
        if index < len(self.words):
            return self.words[index]
        return self.values[index].decode("utf-8", "replace")

    @cached_property
    def automaton(self) -> BytesAhoCorasick:
        """Finds the stem of any value in one pass over the data, however many there are."""
        return _automaton(self.values)

    @cached_property
    def longest(self) -> int:
        """Bytes of the longest value; 0 without any."""
        return max(map(len, self.values), default=0)

    @cached_property
    def folded(self) -> dict[str, str]:
        """Each word in the form in which names are compared, and the word itself."""
        words = sorted({self.word(index) for index in range(len(self.values))})
        return {word.casefold(): word for word in words}


def _automaton(values: Iterable[bytes]) -> BytesAhoCorasick:
    stems = {value[:STEM] for value in values}
    fits = sum(map(len, stems)) <= LARGEST_TABLE
    return BytesAhoCorasick(stems, implementation=Implementation.DFA if fits else None)


def marks_from(values: Iterable[str], *, ignore: Iterable[str] = ()) -> Marks:
    """Make marks of the text values of an original's metadata.

    Dropped are values under five characters, values our own encoder writes into every file, and
    values contained in one of ``ignore``: text an editor published on purpose.

    >>> marks_from(["iPhone 12", "und", "VideoHandler"]).words[0]
    'iPhone 12'
    >>> marks_from(["Mosul"], ignore=["The old bridge of Mosul"])
    Marks(values=(), words=())
    """
    # Part of a word of ours counts as ours: Android names its tracks "VideoHandle".
    allowed = (*WRITTEN_BY_US, *ignore)
    forms: dict[bytes, str] = {}
    for value in values:
        for word in _words(value):
            if any(word in text or word.casefold() in text for text in allowed):
                continue
            forms.update((form, word) for form in _forms(word) if form not in forms)
    return Marks(tuple(forms), tuple(forms.values()))


def _words(value: str) -> list[str]:
    """The value itself and, of a position in it, the numbers: pages write them apart."""
    found = [value.strip()]
    for position in _COORDINATES.findall(value):
        numbers = _NUMBER.findall(position)
        # A position of 0,0 is what a phone writes when it knows nothing.
        found += [f"{int(whole)}{rest}" for whole, rest in numbers if float(whole + rest)]
    return [word for word in found if len(word) >= SHORTEST]


def _forms(word: str) -> Iterator[bytes]:
    """The bytes a word may become in a container, a page, a feed or an address."""
    for text in (word, html.escape(word), json.dumps(word)[1:-1], quote(word)):
        yield text.encode("utf-8", "ignore")
    for encoding in ("utf-16-le", "utf-16-be", "latin-1"):
        form = word.encode(encoding, "ignore")
        # Of an Arabic word, latin-1 would keep nothing but its spaces.
        if form.decode(encoding) == word:
            yield form


def search(stream: BinaryIO, marks: Marks) -> Iterator[Finding]:
    """Report each word of the original that stands in the file, at its first place.

    One pass finds out whether any stem occurs in a chunk. Only then each value is looked for by
    itself, and what was found is left out from there on: a file of nothing but marks costs no more
    than its report.
    """
    automaton, left = marks.automaton, dict(enumerate(marks.values))
    for offset, data in chunks(stream, max(marks.longest - 1, 0)):
        if not automaton.find_matches_as_indexes(data):
            continue
        before = len(left)
        for index, value in list(left.items()):
            if (place := data.find(value)) >= 0:
                del left[index]
                yield _leak(f"byte {offset + place}", marks.word(index))
        if len(left) < before:
            automaton = _automaton(left.values())


def search_name(name: str, marks: Marks) -> Iterator[Finding]:
    """Report the words of the original that stand in a public file's name, in any case."""
    name = name.casefold()
    for folded, word in marks.folded.items():
        if folded in name:
            yield _leak("file name", word)


def _leak(place: str, word: str) -> Finding:
    return Finding(place, f"{shown(word)} comes from the metadata of the original.")
