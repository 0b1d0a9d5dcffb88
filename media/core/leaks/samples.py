"""Where the pictures and sounds of an MP4 lie, by its own tables, without decoding anything."""

import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import count, repeat
from typing import BinaryIO, NamedTuple

from media.core.leaks import h264
from media.core.leaks.boxes import Box, parse
from media.core.leaks.reading import Malformed, read_at

TABLES = "mdia/minf/stbl"


@dataclass(frozen=True)
class Track:
    """What has to be known of a track to read its samples."""

    id: int
    codec: str
    """The kind of its sample entry: "avc1", "av01" or "mp4a"."""
    length_size: int = 0
    """Bytes of the length before each H.264 unit; 0 for other codecs."""
    default_size: int = 0
    """Bytes of a sample of which a fragment gives no size; 0 if that cannot be known."""


class Sample(NamedTuple):
    """One sample: its place in the file, in bytes."""

    start: int
    size: int
    track: Track
    number: int
    """Counted from 1, in its track or in its fragment."""

    @property
    def end(self) -> int:
        """The byte after the last."""
        return self.start + self.size


def tracks_of(stream: BinaryIO) -> dict[int, Track]:
    """Return the tracks an init segment declares, by their number; none if it is malformed.

    With them the media segments that belong to it can be read: see ``scan_package``.
    """
    try:
        return tracks_in(stream, parse(stream)[0])
    except (Malformed, struct.error, IndexError):
        return {}


def tracks_in(stream: BinaryIO, root: Box) -> dict[int, Track]:
    """Return the tracks of a parsed file, by their number."""
    defaults = {}
    for box in root.all("moov/mvex/trex"):
        number, _, _, size, _ = struct.unpack(">5I", _body(stream, box, 24)[4:])
        defaults[number] = size
    found = [_track(stream, box, defaults) for box in root.all("moov/trak")]
    tracks = {track.id: track for track in found}
    if len(tracks) != len(found):
        raise Malformed("two tracks have the same number")
    return tracks


def _track(stream: BinaryIO, trak: Box, defaults: dict[int, int]) -> Track:
    header, entries = trak.first("tkhd"), trak.first(f"{TABLES}/stsd")
    if header is None or entries is None or not entries.children:
        raise Malformed("a track lacks its header or its description")
    head = _body(stream, header)
    number = _u32(head, 20 if head[:1] == b"\1" else 12)
    entry = entries.children[0]
    config = entry.first("avcC")
    if (entry.kind == "avc1") != (config is not None):
        raise Malformed("a track lacks its configuration")
    length_size = h264.length_size(_body(stream, config)) if config else 0
    return Track(number, entry.kind, length_size, defaults.get(number, 0))


def table_samples(stream: BinaryIO, trak: Box, track: Track) -> Iterator[Sample]:
    """Yield the samples that the tables of a whole (not fragmented) track tell of."""
    tables = {box.kind: _body(stream, box) for box in trak.all("mdia/minf/stbl")[0].children}
    if not {"stsz", "stsc"} <= tables.keys() or not {"stco", "co64"} & tables.keys():
        raise Malformed("a track lacks a table of its samples")
    sizes, numbers = _sizes(tables["stsz"]), count(1)
    for offset, samples in zip(_offsets(tables), _samples_by_chunk(tables["stsc"]), strict=False):
        for _ in range(samples):
            size = next(sizes, None)
            if size is None:
                return
            yield Sample(offset, size, track, next(numbers))
            offset += size
    if next(sizes, None) is not None:
        raise Malformed("a track has samples of which no table tells the place")


def _sizes(stsz: bytes) -> Iterator[int]:
    fixed, samples = struct.unpack_from(">II", stsz, 4)
    return repeat(fixed, samples) if fixed else _numbers(stsz, 12, "I")


def _offsets(tables: dict[str, bytes]) -> Iterator[int]:
    if "co64" in tables:
        return _numbers(tables["co64"], 8, "Q")
    return _numbers(tables["stco"], 8, "I")


def _numbers(table: bytes, head: int, entry: str, column: int = 0) -> Iterator[int]:
    """One column of the entries that follow the head of a table."""
    width = struct.calcsize(f">{entry}")
    entries = memoryview(table)[head : head + (len(table) - head) // width * width]
    return (row[column] for row in struct.iter_unpack(f">{entry}", entries))


def _samples_by_chunk(stsc: bytes) -> Iterator[int]:
    """How many samples each chunk holds, chunk after chunk, without end."""
    runs = list(struct.iter_unpack(">III", stsc[8 : 8 + (len(stsc) - 8) // 12 * 12]))
    followers = [first for first, _, _ in runs[1:]]
    for (first, samples, _), following in zip(runs, followers, strict=False):
        yield from repeat(samples, max(following - first, 0))
    if runs:
        yield from repeat(runs[-1][1])


def fragment_samples(
    stream: BinaryIO, moof: Box, traf: Box, tracks: Mapping[int, Track]
) -> Iterator[Sample]:
    """Yield the samples of one track in one fragment."""
    header = traf.first("tfhd")
    head = _body(stream, header, 8) if header else bytes(8)
    flags, number = _u32(head, 0) & 0xFFFFFF, _u32(head, 4)
    if number not in tracks:
        raise Malformed("a fragment belongs to a track that its init segment does not declare")
    if flags & 1 or not flags & 0x20000:
        raise Malformed("a fragment gives the place of its samples in an unknown way")
    track, start, numbers = tracks[number], moof.start, count(1)
    default = _default_size(head, flags) or track.default_size
    for box in traf.all("trun"):
        run = _body(stream, box, 8)
        start = _run_start(run, moof, start, first=box is traf.first("trun"))
        for size in _run_sizes(run, default):
            yield Sample(start, size, track, next(numbers))
            start += size


def _default_size(head: bytes, flags: int) -> int:
    at = 8 + 4 * bool(flags & 2) + 4 * bool(flags & 8)
    return _u32(head, at) if flags & 16 else 0


def _run_start(run: bytes, moof: Box, after: int, *, first: bool) -> int:
    """Where a run begins: at its own offset from the fragment, or where the last one ended."""
    if run[3] & 1:
        return moof.start + struct.unpack_from(">i", run, 8)[0]
    if first:
        raise Malformed("a fragment does not give the place of its samples")
    return after


def _run_sizes(run: bytes, default: int) -> Iterator[int]:
    flags, samples = struct.unpack_from(">II", run)
    if not flags & 0x200:
        if samples and not default:
            raise Malformed("a fragment does not give the sizes of its samples")
        return repeat(default, samples)
    head = 8 + 4 * bool(flags & 1) + 4 * bool(flags & 4)
    width = (flags >> 8 & 15).bit_count()
    size_column = flags >> 8 & 1  # after the duration, if there is one
    return _numbers(run, head, "I" * width, size_column)


def _body(stream: BinaryIO, box: Box, least: int = 0) -> bytes:
    body = read_at(stream, box.body, box.end - box.body)
    if len(body) < least:
        raise Malformed(f"{box.path} is too short")
    return body


def _u32(data: bytes, at: int) -> int:
    return struct.unpack_from(">I", data, at)[0]
