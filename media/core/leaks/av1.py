"""AV1 as it lies in MP4: which OBUs (its units) may stand in a picture and the configuration."""

from collections.abc import Iterator
from typing import BinaryIO

from media.core.leaks.reading import Malformed, read_at

ALLOWED = frozenset({1, 2, 3, 4, 6})
"""Sequence header, temporal delimiter, frame header, tile group and frame."""

NAMES = {5: "metadata", 7: "second frame header", 8: "tile list", 15: "padding"}

LONGEST = {1: 24, 2: 0, 3: 128}
"""OBU type -> bytes of its content. SVT-AV1 writes a sequence header of 12, and frame headers of
their own only to show a picture once more, in one byte."""

LONGEST_HEADER = 10
"""Bytes of an OBU header: two, and a size of up to eight."""


def units(stream: BinaryIO, start: int, end: int) -> Iterator[tuple[int, int, int]]:
    """Yield ``(OBU type, start of the content, its size)`` between two places.

    Raises Malformed if they do not fill the span exactly.
    """
    while start < end:
        head = read_at(stream, start, min(LONGEST_HEADER, end - start))
        kind, at = head[0] >> 3 & 15, 1 + (head[0] >> 2 & 1)
        if head[0] & 2:
            size, at = _leb128(head, at)
        else:
            size = end - start - at
        start += at
        if not 0 <= size <= end - start:
            raise Malformed("an OBU does not fit its sample")
        yield kind, start, size
        start += size


def _leb128(head: bytes, at: int) -> tuple[int, int]:
    """Return a number of seven bits a byte, low bits first, and the place after it."""
    value = 0
    for shift, byte in enumerate(head[at:]):
        value |= (byte & 127) << 7 * shift
        if byte < 128:
            return value, at + shift + 1
    raise Malformed("the size of an OBU has no end")


def refused(stream: BinaryIO, start: int, end: int) -> Iterator[str]:
    """Name each unit of a sample that may not be published: metadata above all."""
    for kind, _, size in units(stream, start, end):
        if kind not in ALLOWED:
            yield f"OBU {kind} ({NAMES.get(kind, 'unknown')})"
        elif size > LONGEST.get(kind, size):
            yield f"OBU {kind} of {size} bytes"


def check_configuration(body: bytes) -> Iterator[str]:
    """Yield what is wrong with an av1C: four bytes, then at most one sequence header."""
    header = body[4:]
    sized = len(header) > 1 and header[0] == 1 << 3 | 2 and header[1] == len(header) - 2
    if len(body) < 4 or len(header) > LONGEST[1] + 2 or (header and not sized):
        yield "The configuration holds more than a sequence header."
