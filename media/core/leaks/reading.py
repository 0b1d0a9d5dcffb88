"""Reading pieces of a file of any size, within a fixed amount of memory."""

import io
from collections.abc import Iterator
from typing import BinaryIO

CHUNK = 1 << 20
"""Bytes read at a time from a file that is looked through from end to end."""

MOST_AT_ONCE = 64 << 20
"""The largest piece (bytes) ever held in memory: no size written in a file can make it more."""


class Malformed(ValueError):
    """The bytes do not follow their format; the message says how, as a clause."""


def size_of(stream: BinaryIO) -> int:
    """Return the length of a seekable stream in bytes."""
    return stream.seek(0, io.SEEK_END)


def read_at(stream: BinaryIO, start: int, size: int) -> bytes:
    """Return exactly ``size`` bytes from ``start``; raise Malformed if they are not there."""
    if size > MOST_AT_ONCE:
        raise Malformed("a part is larger than any that is written here")
    stream.seek(start)
    data = stream.read(size)
    if len(data) != size:
        raise Malformed("the file ends in the middle of a part")
    return data


def read_all(stream: BinaryIO) -> bytes:
    """Return the whole of a file that has to be small; raise Malformed above MOST_AT_ONCE."""
    size = size_of(stream)
    if size > MOST_AT_ONCE:
        raise Malformed(f"the file is larger than {MOST_AT_ONCE >> 20} MB")
    return read_at(stream, 0, size)


def chunks(stream: BinaryIO, overlap: int) -> Iterator[tuple[int, bytes]]:
    """Yield ``(offset, bytes)`` over a whole file; each chunk repeats the last ``overlap`` bytes
    of the one before, so that nothing of up to ``overlap + 1`` bytes is ever cut in two."""
    stream.seek(0)
    offset, kept = 0, b""
    while fresh := stream.read(CHUNK):
        data = kept + fresh
        yield offset, data
        kept = data[-overlap:] if overlap else b""
        offset += len(data) - len(kept)
