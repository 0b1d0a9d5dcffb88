"""Footage that an edit list hides from players, and from nobody who downloads the file.

A cut made without encoding anew starts at the key frame before the in point; the edit list tells
players to skip what was cut out. The pictures an editor took away would still be in the file.
"""

import struct
from collections.abc import Iterator
from typing import BinaryIO, NamedTuple

from media.core.leaks.boxes import Box
from media.core.leaks.findings import Finding
from media.core.leaks.reading import Malformed, read_at
from media.core.leaks.samples import TABLES

MOST_HIDDEN_MS = 250
"""Encoders need up to this much sound to start, and round the end to a whole picture."""

LONGEST_DELAY_MS = 1000
"""In a fragmented file an edit may only undo the delay of reordered pictures."""


class Edit(NamedTuple):
    """One line of an edit list, in the ticks of the film and of the track."""

    duration: int
    media_time: int
    """Where in the track it starts; -1 for a pause."""
    rate: int


def hidden(stream: BinaryIO, root: Box) -> Iterator[Finding]:
    """Report each track of which an edit list hides pictures or sounds."""
    film = _clock(stream, root.first("moov/mvhd"))
    for trak in root.all("moov/trak"):
        if box := trak.first("edts/elst"):
            for sentence in _faults(stream, trak, list(_edits(stream, box)), film[0]):
                yield Finding(box.path, sentence)


def _faults(stream: BinaryIO, trak: Box, edits: list[Edit], film_ticks: int) -> Iterator[str]:
    shown = [edit for edit in edits if edit.media_time >= 0]
    # ffmpeg writes one edit, after at most one pause.
    if len(edits) > 2 or len(shown) != 1 or any(edit.rate != 0x10000 for edit in edits):
        yield "The edit list does more than set the start of the track."
        return
    edit, (ticks, length) = shown[0], _clock(stream, trak.first("mdia/mdhd"))
    skipped, most = _skipped(stream, trak, edit, ticks)
    if skipped > most:
        yield f"The edit list hides {skipped * 1000 // ticks} ms at the start of the track."
    left = (length - skipped) * 1000 // ticks - edit.duration * 1000 // film_ticks
    if edit.duration and left > MOST_HIDDEN_MS:
        yield f"The edit list hides {left} ms at the end of the track."


def _skipped(stream: BinaryIO, trak: Box, edit: Edit, ticks: int) -> tuple[int, int]:
    """Return how much an edit skips at the start of a track, and how much it may, in ticks."""
    durations = _first_line(stream, trak.first(f"{TABLES}/stts"))
    if durations is None:
        return edit.media_time, ticks * LONGEST_DELAY_MS // 1000
    if trak.first("mdia/minf/smhd"):
        return edit.media_time, ticks * MOST_HIDDEN_MS // 1000
    # Reordered pictures come late by the offset of the first; the edit takes that back.
    _, late = _first_line(stream, trak.first(f"{TABLES}/ctts")) or (0, 0)
    return edit.media_time - late, max(durations[1] - 1, 0)


def _edits(stream: BinaryIO, box: Box) -> Iterator[Edit]:
    body = read_at(stream, box.body, box.end - box.body)
    entry = ">Qqi" if body[:1] == b"\1" else ">Iii"
    if (len(body) - 8) % struct.calcsize(entry):
        raise Malformed("an edit list has a false length")
    return (Edit(*row) for row in struct.iter_unpack(entry, body[8:]))


def _clock(stream: BinaryIO, box: Box | None) -> tuple[int, int]:
    """Return ticks a second, and length in ticks, of the film (mvhd) or of a track (mdhd)."""
    if box is None:
        return 1, 0
    body = read_at(stream, box.body, box.end - box.body)
    ticks, length = struct.unpack_from(*((">IQ", body, 20) if body[0] else (">II", body, 12)))
    if not ticks:
        raise Malformed("a clock stands still")
    return ticks, length


def _first_line(stream: BinaryIO, box: Box | None) -> tuple[int, int] | None:
    """The first line of stts (how many, how long) or ctts (how many, how late)."""
    body = read_at(stream, box.body, min(16, box.end - box.body)) if box else b""
    return struct.unpack_from(">Ii", body, 8) if len(body) == 16 else None
