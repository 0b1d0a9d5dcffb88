"""The words of an original, gathered from its bytes.

A demuxer tells the tags it knows. A camera writes more: boxes of its own, names of tracks,
telemetry, XMP. Those words are read here without asking any demuxer, to be looked for later in
what becomes public. What is gathered is never shown, so reading too much does no harm.
"""

import re
import struct
from collections.abc import Iterator
from itertools import islice
from typing import BinaryIO

from media.core.leaks.boxes import Box, headers
from media.core.leaks.findings import listed
from media.core.leaks.marks import SHORTEST
from media.core.leaks.reading import Malformed, size_of
from media.core.leaks.samples import TABLES, Track, table_samples

MOST_VALUES = 5_000
MOST_BOXES = 50_000
DEEPEST = 12
LONGEST_BODY = 4 << 20
"""Bytes read of one box, and of the samples of one telemetry track."""
LONGEST_SAMPLE = 4096
SMALL = 256
SHORTEST_IN_NUMBERS = 8
"""Characters. Above SMALL bytes numbers may look like a short text, which compressed video would
then hold by accident."""
LONGEST_VALUE = 1000
"""Characters. A longer text is not a fact about the source, but a file inside the file."""

CONTAINERS = listed("moov trak mdia minf gmhd stbl udta meta ilst moof traf mvex tapt edts dinf")
NUMBERS_ONLY = listed(
    """ftyp mvhd tkhd mdhd vmhd smhd nmhd gmin elst dref stts ctts stss stsc stsz stco co64 sdtp
    sgpd sbgp sidx mfhd tfhd tfdt trun mehd trex clef prof enof cslg mdat wide"""
)
"""Boxes without words. Bytes that look like text in them would only look like it."""

OUR_CODECS = frozenset({"vide", "soun"})
LANGUAGE_FIRST = listed("titl auth perf dscp cprt albm gnre kywd loci")
"""Boxes of 3GPP that open with a version, flags and a language."""

_UTF8 = re.compile(
    rb"(?:[\x20-\x7e\t\n\r]|[\xc3-\xdf][\x80-\xbf]|\xc2[\xa0-\xbf]"
    rb"|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}){5,}"
)
_UTF16_LE = re.compile(rb"(?:[\x20-\x7e]\0){5,}")
_UTF16_BE = re.compile(rb"(?:\0[\x20-\x7e]){5,}")
_XML = re.compile(r"<[a-zA-Z?!/]")
_NAMESPACE = re.compile(r"xmlns(?::[\w.-]+)?\s*=\s*(?:\"[^\"]*\"|'[^']*')")
_XML_VALUE = re.compile(r">([^<>]+)<|=\s*\"([^\"<>]*)\"|=\s*'([^'<>]*)'")


def text_values(stream: BinaryIO) -> list[str]:
    """Return every text in the boxes of an MP4 or QuickTime original, each once, in file order.

    Names and tags of all kinds, XMP, free boxes, bytes after the last box, and the samples of
    tracks that are neither video nor sound (telemetry, time code, chapters, subtitles). Other
    containers give an empty list. Reads in bounded memory; damaged files give what they hold.
    """
    if read_start(stream)[4:8] not in (b"ftyp", b"moov", b"wide", b"mdat", b"free", b"skip"):
        return []
    texts = (text.strip()[:LONGEST_VALUE] for text in _Original(stream).texts())
    kept = dict.fromkeys(text for text in texts if len(text) >= SHORTEST)
    return list(islice(kept, MOST_VALUES))


def read_start(stream: BinaryIO) -> bytes:
    """Return the first bytes of a file, as many as tell a container."""
    stream.seek(0)
    return stream.read(8)


class _Original:
    """Walks the boxes of one original, whatever they are."""

    def __init__(self, stream: BinaryIO):
        self.stream = stream
        self.boxes = 0

    def texts(self) -> Iterator[str]:
        end = size_of(self.stream)
        yield from self._inside(Box("", 0, 0, end), 0)

    def _inside(self, parent: Box, depth: int) -> Iterator[str]:
        reached = parent.body
        try:
            for kind, start, body, end in headers(self.stream, parent.body, parent.end):
                self.boxes += 1
                if self.boxes > MOST_BOXES or depth > DEEPEST:
                    return
                box = Box(kind, start, body, end)
                parent.children.append(box)
                yield from self._box(box, parent, depth)
                reached = end
        except (Malformed, struct.error, IndexError):
            # Not a box any more: bytes after the last one can hold words, too. Coded pictures that
            # were cut short hold none, only what looks like a word by accident.
            if self._bytes(reached + 4, reached + 8) != b"mdat":
                yield from texts_in(self._bytes(reached, parent.end))

    def _box(self, box: Box, parent: Box, depth: int) -> Iterator[str]:
        if box.path in CONTAINERS or parent.path == "ilst":
            body = self._bytes(box.body, min(box.end, box.body + 8))
            # In QuickTime a meta box starts with its first child, elsewhere with a version.
            box.body += 4 if box.path == "meta" and body[4:8] != b"hdlr" else 0
            yield from self._inside(box, depth + 1)
            if box.path == "trak":
                yield from self._track(box)
        elif box.path not in NUMBERS_ONLY and box.path != "stsd":
            yield from _leaf_texts(box.path, self._bytes(box.body, box.end))

    def _track(self, trak: Box) -> Iterator[str]:
        """The names in a track's description; of telemetry and the like, its samples as well."""
        handler, entry = trak.first("mdia/hdlr"), trak.first(f"{TABLES}/stsd")
        if handler is None or entry is None:
            return
        kind = self._bytes(handler.body, handler.end)[8:12].decode("latin-1")
        described = self._bytes(entry.body, entry.end)
        if kind in OUR_CODECS:
            # 8 bytes of the table, 8 of the entry's header, 42 before the compressor's name.
            yield from texts_in(described[59:90] if kind == "vide" else b"")
        else:
            yield from texts_in(described)
            yield from self._samples(trak)

    def _samples(self, trak: Box) -> Iterator[str]:
        left = LONGEST_BODY
        try:
            for sample in table_samples(self.stream, trak, Track(0, "")):
                left -= LONGEST_SAMPLE
                if left < 0:
                    return
                end = sample.start + min(sample.size, LONGEST_SAMPLE)
                texts = texts_in(self._bytes(sample.start, end))
                yield from (text for text in texts if len(text) >= SHORTEST_IN_NUMBERS)
        except (Malformed, struct.error, IndexError):
            # The tables of a damaged track: the boxes have been read, which is what there is.
            return

    def _bytes(self, start: int, end: int) -> bytes:
        self.stream.seek(start)
        return self.stream.read(min(end - start, LONGEST_BODY))


def _leaf_texts(kind: str, body: bytes) -> Iterator[str]:
    """The words of one box, without the numbers before them that could pass for letters."""
    if kind.startswith("©"):
        yield from _quicktime_texts(body)
    elif kind == "data":
        yield from texts_in(body[8:])
    elif kind == "hdlr":
        yield from texts_in(body[24:])
    elif kind == "keys":
        yield from _key_names(body)
    elif kind in LANGUAGE_FIRST:
        yield from texts_in(body[6:])
    else:
        yield from texts_in(body)


def _quicktime_texts(body: bytes) -> Iterator[str]:
    """One text for each language: its length, the language, the text."""
    while len(body) > 4:
        size = int.from_bytes(body[:2], "big")
        yield from texts_in(body[4 : 4 + size])
        body = body[4 + size :]


def _key_names(body: bytes) -> Iterator[str]:
    """Names of tags: a length (which counts itself), a name space of four letters, a name."""
    body = body[8:]
    while len(body) > 8:
        size = max(int.from_bytes(body[:4], "big"), 8)
        yield from texts_in(body[8:size])
        body = body[size:]


def texts_in(data: bytes) -> Iterator[str]:
    """Yield the runs of printable UTF-8 or UTF-16 text.

    Of XML, the values: nobody writes a whole XMP packet into a page, but the place in it.

    >>> list(texts_in(b"\\x00\\x05Mosul, 2017\\x00<a b='Tigris'>bridge</a>"))
    ['Mosul, 2017', 'Tigris', 'bridge']
    """
    least = SHORTEST if len(data) <= SMALL else SHORTEST_IN_NUMBERS
    runs = [run.decode("utf-8", "ignore") for run in _UTF8.findall(data)]
    runs += [run.decode("utf-16-le") for run in _UTF16_LE.findall(data)]
    runs += [run.decode("utf-16-be") for run in _UTF16_BE.findall(data)]
    for run in runs:
        if _XML.search(run):
            yield from map("".join, _XML_VALUE.findall(_NAMESPACE.sub("", run)))
        elif len(run) >= least:
            yield run
            # A length that stands before a text can pass for its first letter.
            yield from [run[1:]] if ord(run[0]) == len(run[1:].encode()) else []
