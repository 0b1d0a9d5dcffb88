"""The boxes of an MP4 or QuickTime file, read without a demuxer: what libavformat does not tell."""

import struct
from collections.abc import Iterator
from itertools import chain, islice
from pathlib import Path
from typing import BinaryIO

MOST_BOXES = 100_000
LARGEST_HEAD = 64 * 1024 * 1024
NORMAL_SPEED = 0x10000


def read_head(path: Path) -> bytes:
    """The payload of the ``moov`` box, or nothing where there is none."""
    with path.open("rb") as file:
        for size, kind in boxes(file):
            if kind == b"moov":
                return file.read(min(size, LARGEST_HEAD))
    return b""


def boxes(file: BinaryIO) -> Iterator[tuple[int, bytes]]:
    """Yield size of the payload and kind of each box of the top level, the file at its payload."""
    position = 0
    for _ in range(MOST_BOXES):
        file.seek(position)
        header = file.read(16)
        if len(header) < 8:
            return
        size, length = int.from_bytes(header[:4], "big"), 8
        if size == 1 and len(header) == 16:
            size, length = int.from_bytes(header[8:], "big"), 16
        if size < length:
            return
        file.seek(position + length)
        yield size - length, header[4:8]
        position += size


def is_encrypted(head: bytes) -> bool:
    """Whether the sample entries are the encrypted ones of ISO/IEC 23001-7.

    libavformat opens such a file and decodes it to noise without a word.
    """
    return b"sinf" in head and (b"encv" in head or b"enca" in head)


def is_plain(head: bytes) -> bool:
    """Whether each track is described once, and shown from one moment on to its end as it is.

    A second description changes the decoder in mid-stream; a second edit leaves out, repeats or
    stretches a part.
    """
    tracks = [(head, start, end) for kind, start, end in inside(head) if kind == b"trak"]
    descriptions = chain.from_iterable(
        found(*track, b"mdia", b"minf", b"stbl", b"stsd") for track in tracks
    )
    edits = chain.from_iterable(found(*track, b"edts", b"elst") for track in tracks)
    return all(body[4:8] == b"\0\0\0\1" for body in descriptions) and all(
        only_starts(body) for body in edits
    )


def only_starts(edit_list: bytes) -> bool:
    """Whether an edit list is one edit at normal speed, after at most one pause."""
    entry = struct.Struct(">Qqi" if edit_list[:1] == b"\1" else ">Iii")
    count = int.from_bytes(edit_list[4:8], "big")
    rows = edit_list[8 : 8 + entry.size * min(count, 2)]
    if count > 2 or len(rows) != entry.size * count:
        return False
    edits = list(entry.iter_unpack(rows))
    pauses = [media_time < 0 for _, media_time, _ in edits]
    return pauses in ([], [False], [True, False]) and all(
        speed == NORMAL_SPEED for _, _, speed in edits
    )


def found(data: bytes, start: int, end: int, *path: bytes) -> Iterator[bytes]:
    """The payloads at a path of kinds inside a box, which lies between two places."""
    for kind, first, last in inside(data, start, end):
        if kind == path[0] and len(path) == 1:
            yield data[first:last]
        elif kind == path[0]:
            yield from found(data, first, last, *path[1:])


def inside(data: bytes, start: int = 0, end: int | None = None) -> Iterator[tuple[bytes, int, int]]:
    """Kind and span of the payload of each box between two places."""
    yield from islice(_inside(data, start, len(data) if end is None else end), MOST_BOXES)


def _inside(data: bytes, place: int, end: int) -> Iterator[tuple[bytes, int, int]]:
    while place + 8 <= end:
        size = int.from_bytes(data[place : place + 4], "big")
        if size < 8 or place + size > end:
            return
        yield data[place + 4 : place + 8], place + 8, place + size
        place += size
