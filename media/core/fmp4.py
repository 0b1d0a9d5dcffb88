"""Fragmented MP4: the pieces that ffmpeg writes, joined into segments without encoding again.

A piece is one or more fragments: a moof box, which describes samples, and the mdat box that holds
them. Only the headers are read here; the samples are passed on as they are.
"""

import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from media.core import mp4
from media.core.mp4 import NotOurs

ALONE = 3
"""So many pieces at the start are a segment each: what is small arrives soon."""
FULL_US = 5_500_000
"""A segment has the nominal six seconds, give or take half of one: three pieces of sound make
5.99 s, a fourth would make it longer than a player was told that a segment may be."""

# Without "msix", which promises the index that is left out here.
STYP = struct.pack(">I4s4sI4s", 20, b"styp", b"msdh", 0, b"msdh")
MOST_TIME = (1 << 64) - 1

# Flags of tfhd and trun in ISO/IEC 14496-12.
BASE_GIVEN, DESCRIPTION_GIVEN, FROM_MOOF = 0x1, 0x2, 0x20000
DURATION, SIZE, FLAGS = 0x8, 0x10, 0x20
OFFSET_GIVEN, FIRST_FLAGS = 0x1, 0x4
OF_EACH = {"duration": 0x100, "size": 0x200, "flags": 0x400, "shift": 0x800}
NOT_A_KEYFRAME = 0x10000


@dataclass(frozen=True)
class Samples:
    """``duration`` in the track's time units."""

    count: int
    duration: int


class KeyRange(NamedTuple):
    """Where a keyframe lies in a file, its moof in front: bytes; ``start`` in time units."""

    offset: int
    length: int
    start: int


class Defaults(NamedTuple):
    """What holds for samples that say nothing of themselves; None where nothing was said."""

    duration: int | None = None
    size: int | None = None
    flags: int | None = None


@dataclass(frozen=True)
class _Fragment:
    """Positions in the piece, in bytes, and views on what is read further."""

    start: int
    data: int
    end: int
    sequence_at: int
    time_at: int
    time: int
    header: memoryview
    runs: tuple[memoryview, ...]


def is_full(number: int, length_us: int) -> bool:
    """Whether the segment with this number, from 0, ends here, at so many microseconds.

    The first three have one piece each, the others as many as make six seconds. A longer piece is
    a segment of its own.
    """
    return number < ALONE or length_us >= FULL_US


def join(pieces: Sequence[bytes], *, first_sequence: int, shift: int = 0) -> bytes:
    """One segment of pieces that follow one another. Raises NotOurs.

    Fragments are numbered from ``first_sequence``; a segment has as many as ``key_ranges`` finds.
    ``shift``, in time units, is added to the time of each: the start of the chunk they belong to.
    """
    parts: list[bytes | memoryview] = [STYP]
    sequence = first_sequence
    for piece in pieces:
        view = memoryview(piece)
        for fragment in _fragments(view):
            parts.append(_renumbered(view, fragment, sequence, shift))
            parts.append(view[fragment.data : fragment.end])
            sequence += 1
    if len(parts) == 1:
        raise NotOurs("no pieces to join")
    return b"".join(parts)


def _renumbered(view: memoryview, fragment: _Fragment, sequence: int, shift: int) -> bytes:
    """The moof with its new number and time; nothing in it changes its size."""
    if not 0 <= fragment.time + shift <= MOST_TIME:
        raise NotOurs("a time before the start")
    moof = bytearray(view[fragment.start : fragment.data])
    struct.pack_into(">I", moof, fragment.sequence_at - fragment.start, sequence)
    struct.pack_into(">Q", moof, fragment.time_at - fragment.start, fragment.time + shift)
    return bytes(moof)


def timescale(init: bytes) -> int:
    """Time units in a second, from an initialisation segment. Raises NotOurs."""
    return mp4.read_track(init).timescale


def base_time(piece: bytes) -> int:
    """When the first sample is decoded, in time units. Raises NotOurs."""
    first, *_ = _fragments(memoryview(piece))
    return first.time


def samples(piece: bytes, *, init: bytes = b"") -> Samples:
    """How many samples a piece or a segment has, and how long they last. Raises NotOurs.

    ``init`` is asked for defaults that the piece leaves out; ffmpeg leaves out none.
    """
    found = [
        _run_samples(run, defaults)
        for fragment in _fragments(memoryview(piece))
        for defaults in [_defaults(fragment, init)]
        for run in fragment.runs
    ]
    return Samples(sum(run.count for run in found), sum(run.duration for run in found))


def key_ranges(segment: bytes, *, init: bytes = b"") -> list[KeyRange]:
    """The first sample of each fragment, as a player that only shows keyframes asks for it.

    Raises NotOurs, also where a fragment does not start with a keyframe.
    """
    view = memoryview(segment)
    return [
        KeyRange(fragment.start, _key_length(fragment, init), fragment.time)
        for fragment in _fragments(view)
    ]


def _key_length(fragment: _Fragment, init: bytes) -> int:
    """Bytes from the start of the moof to the end of the first sample."""
    defaults, run = _defaults(fragment, init), fragment.runs[0]
    flags, count = _unpack(">II", run)
    if not flags & OFFSET_GIVEN or not count:
        raise NotOurs("a fragment that does not say where its samples are")
    own = _first_sample(run, flags)
    size, properties = own.get("size", defaults.size), own.get("flags", defaults.flags)
    if size is None or properties is None or properties & NOT_A_KEYFRAME:
        raise NotOurs("a fragment that does not start with a keyframe")
    (offset,) = _unpack(">i", run, 8)
    if offset < fragment.data - fragment.start + 8 or fragment.start + offset + size > fragment.end:
        raise NotOurs("a sample outside its fragment")
    return offset + size


def _first_sample(run: memoryview, flags: int) -> dict[str, int]:
    at = _table(flags)
    names = [name for name, flag in OF_EACH.items() if flags & flag]
    values = dict(zip(names, _unpack(f">{len(names)}I", run, at), strict=True))
    if flags & FIRST_FLAGS:
        (values["flags"],) = _unpack(">I", run, at - 4)
    return values


def _run_samples(run: memoryview, defaults: Defaults) -> Samples:
    flags, count = _unpack(">II", run)
    width = sum(1 for flag in OF_EACH.values() if flags & flag)
    table = _unpack(f">{count * width}I", run, _table(flags)) if len(run) >= count * width else ()
    if len(table) != count * width:
        raise NotOurs("a list of samples that ends too early")
    if flags & OF_EACH["duration"]:
        return Samples(count, sum(table[::width]))
    if defaults.duration is None:
        raise NotOurs("samples without a duration")
    return Samples(count, count * defaults.duration)


def _table(flags: int) -> int:
    """Where a run's list starts: behind its flags, count, offset and first sample's flags."""
    return 8 + 4 * bool(flags & OFFSET_GIVEN) + 4 * bool(flags & FIRST_FLAGS)


def _defaults(fragment: _Fragment, init: bytes) -> Defaults:
    (flags,) = _unpack(">I", fragment.header)
    found, at = list(_of_movie(init)), 12 if flags & DESCRIPTION_GIVEN else 8
    for index, flag in enumerate((DURATION, SIZE, FLAGS)):
        if flags & flag:
            (found[index],) = _unpack(">I", fragment.header, at)
            at += 4
    return Defaults(*found)


def _of_movie(init: bytes) -> Defaults:
    # Duration, size and flags stand behind the box's version, its track and its description.
    defaults = [payload for kind, payload in mp4.walk(init) if kind == b"trex"]
    return Defaults(*_unpack(">III", memoryview(defaults[0]), 12)) if defaults else Defaults()


def _fragments(view: memoryview) -> Iterator[_Fragment]:
    """Each moof with its mdat; at least one. Raises NotOurs for anything that we do not write."""
    moof: tuple[int, int] | None = None
    found = False
    for kind, body, end in _boxes(view, 0, len(view)):
        if kind == b"moof" and moof is None:
            moof = body - 8, end
        elif kind == b"mdat" and moof is not None:
            yield _fragment(view, *moof, end)
            moof, found = None, True
        elif kind not in (b"styp", b"sidx") or moof is not None:
            raise NotOurs("a box where it does not belong")
    if moof is not None or not found:
        raise NotOurs("a piece without its samples")


def _fragment(view: memoryview, start: int, data: int, end: int) -> _Fragment:
    children = list(_boxes(view, start + 8, data))
    if [kind for kind, _, _ in children] != [b"mfhd", b"traf"]:
        raise NotOurs("a fragment of more than one track")
    (_, number, number_end), (_, track, track_end) = children
    boxes = list(_boxes(view, track, track_end))
    header, time = view[slice(*_only(boxes, b"tfhd"))], _only(boxes, b"tfdt")
    runs = tuple(view[body:end] for kind, body, end in boxes if kind == b"trun")
    (base,), (version,) = _unpack(">I", header), _unpack(">B", view[slice(*time)])
    # Positions that count from the fragment, and a time of 64 bits: then both may move.
    if base & BASE_GIVEN or not base & FROM_MOOF or version != 1 or not runs:
        raise NotOurs("a fragment that cannot be moved")
    if number_end - number != 8 or time[1] - time[0] != 12:
        raise NotOurs("a number or a time of a wrong size")
    (moment,) = _unpack(">Q", view, time[0] + 4)
    return _Fragment(start, data, end, number + 4, time[0] + 4, moment, header, runs)


def _only(boxes: list[tuple[bytes, int, int]], wanted: bytes) -> tuple[int, int]:
    found = [(body, end) for kind, body, end in boxes if kind == wanted]
    if len(found) != 1:
        raise NotOurs("a box that must stand exactly once")
    return found[0]


def _boxes(view: memoryview, start: int, end: int) -> Iterator[tuple[bytes, int, int]]:
    """Kind, start of the content and end of each box in a range that boxes fill."""
    while start < end:
        size, kind = _unpack(">I4s", view[:end], start)
        if size < 8 or start + size > end:
            raise NotOurs("a box with a wrong size")
        yield kind, start + 8, start + size
        start += size


def _unpack(form: str, view: memoryview, at: int = 0) -> tuple:
    try:
        return struct.unpack_from(form, view, at)
    except struct.error as error:
        raise NotOurs("a box that ends too early") from error
