"""The boxes of MP4 and CMAF files: which may stand where.

The list below is the whole of what a public file may be built of. A box that is not on it, or
stands elsewhere, is a finding, whatever it holds: that is how tags, positions, chapters, data
tracks and everything a later camera may invent stay inside.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import BinaryIO

from media.core.leaks.findings import MOST_FINDINGS, Finding, listed
from media.core.leaks.reading import Malformed, read_at, size_of

MOST_BOXES = 200_000
"""More than ten hours of fragments; a file that claims more is not one of ours."""

ROOT = ""
STBL = "moov/trak/mdia/minf/stbl"
STSD = f"{STBL}/stsd"

CHILDREN: dict[str, frozenset[str]] = {
    ROOT: listed("ftyp styp sidx moov moof mdat free skip"),
    "moov": listed("mvhd trak mvex udta"),
    # Empty, as ffmpeg writes it when it has nothing to say: the ilst may have no child.
    "moov/udta": listed("meta"),
    "moov/udta/meta": listed("hdlr ilst"),
    "moov/udta/meta/ilst": frozenset(),
    "moov/mvex": listed("mehd trex"),
    "moov/trak": listed("tkhd edts mdia"),
    "moov/trak/edts": listed("elst"),
    "moov/trak/mdia": listed("mdhd hdlr minf"),
    "moov/trak/mdia/minf": listed("vmhd smhd dinf stbl"),
    "moov/trak/mdia/minf/dinf": listed("dref"),
    "moov/trak/mdia/minf/dinf/dref": frozenset({"url "}),
    # sdtp: which AV1 pictures depend on which.
    STBL: listed("stsd stts ctts stss stsc stsz stco co64 sdtp sgpd sbgp"),
    STSD: listed("avc1 av01 mp4a"),
    f"{STSD}/avc1": listed("avcC colr fiel pasp btrt"),
    f"{STSD}/av01": listed("av1C colr fiel pasp btrt"),
    f"{STSD}/mp4a": listed("esds btrt"),
    "moof": listed("mfhd traf"),
    "moof/traf": listed("tfhd tfdt trun sgpd sbgp"),
}
"""Path of a container -> the boxes that may stand in it."""

FIELDS_BEFORE_CHILDREN = {
    "moov/udta/meta": 4,
    "moov/trak/mdia/minf/dinf/dref": 8,
    STSD: 8,
    f"{STSD}/avc1": 78,
    f"{STSD}/av01": 78,
    f"{STSD}/mp4a": 28,
}
"""Path of a container -> bytes of its own between its header and its first child."""

REPEATABLE = listed(
    f"""styp sidx moof mdat free skip moov/trak moov/mvex/trex {STBL}/sgpd {STBL}/sbgp
    moof/traf moof/traf/trun moof/traf/sgpd moof/traf/sbgp"""
)
"""Paths of the boxes that may stand more than once in their parent. Of any other a second one
could say something else to a player than to this scan."""


@dataclass
class Box:
    """One box: ``start`` of its header, ``body`` and ``end`` of its content, in bytes."""

    path: str
    start: int
    body: int
    end: int
    children: list["Box"] = field(default_factory=list)

    @property
    def kind(self) -> str:
        """The four characters of its type."""
        return self.path.rpartition("/")[2]

    def all(self, path: str) -> list["Box"]:
        """Every box at a path below this one, in file order."""
        kind, _, rest = path.partition("/")
        found = [child for child in self.children if child.kind == kind]
        return [box for child in found for box in child.all(rest)] if rest else found

    def first(self, path: str) -> "Box | None":
        """The first box at a path below this one."""
        return next(iter(self.all(path)), None)


def headers(stream: BinaryIO, start: int, end: int) -> Iterator[tuple[str, int, int, int]]:
    """Yield ``(kind, start, body, end)`` of the boxes that fill ``start`` to ``end``.

    The kind is latin-1 text of four characters, and may be anything. Raises Malformed where the
    bytes are no box, or a box is longer than its place.
    """
    while start < end:
        if end - start < 8:
            raise Malformed("bytes lie outside any box")
        size, kind = struct.unpack(">I4s", read_at(stream, start, 8))
        body = start + 8
        if size == 1:
            size, body = *struct.unpack(">Q", read_at(stream, body, 8)), body + 8
        if start + size < body or start + size > end:
            raise Malformed(f"the size of a box at byte {start} is false")
        yield kind.decode("latin-1"), start, body, start + size
        start += size


def parse(stream: BinaryIO) -> tuple[Box, list[Finding]]:
    """Return the tree of the boxes that may be published, and a finding for every other."""
    root = Box(ROOT, 0, 0, size_of(stream))
    tree = _Tree(stream)
    tree.fill(root)
    return root, tree.found


class _Tree:
    """Walks the boxes of one file; its depth is that of the list above, its breadth is bounded."""

    def __init__(self, stream: BinaryIO):
        self.stream = stream
        self.found: list[Finding] = []
        self.boxes = 0

    def fill(self, parent: Box) -> None:
        """Add to a container every child that is allowed in it."""
        inside = parent.body + FIELDS_BEFORE_CHILDREN.get(parent.path, 0)
        if inside > parent.end:
            self._report(parent.path, "The box is too short for its own fields.")
            return
        try:
            for kind, start, body, end in headers(self.stream, inside, parent.end):
                self._take(parent, kind, Box(_join(parent.path, kind), start, body, end))
        except Malformed as fault:
            self._report(parent.path or "file", f"Malformed: {fault}.")

    def _take(self, parent: Box, kind: str, box: Box) -> None:
        self.boxes += 1
        if self.boxes > MOST_BOXES or len(self.found) > MOST_FINDINGS:
            raise Malformed("there are more boxes than any file of ours has")
        if kind not in CHILDREN[parent.path]:
            self._report(box.path, "This box is not on the list of what may be published.")
        elif box.path not in REPEATABLE and any(kind == other.kind for other in parent.children):
            self._report(box.path, "This box stands twice, where one is allowed.")
        else:
            parent.children.append(box)
            if box.path in CHILDREN:
                self.fill(box)

    def _report(self, place: str, what: str) -> None:
        self.found.append(Finding(place, what))


def _join(path: str, kind: str) -> str:
    """Path of a child. A kind is four bytes from outside: shown harmless, and never a slash."""
    shown = kind if kind.isprintable() and "/" not in kind else ascii(kind.encode("latin-1"))
    return f"{path}/{shown}" if path else shown
