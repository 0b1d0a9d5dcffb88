"""AAC as it lies in MP4: what stands before the sound in each sample.

Encoders write their name and version into a fill element at the start of a sample, four bits
off any byte, where no search for words finds it. (What follows the sound could be told only by
decoding it.) ISO/IEC 14496-3, 4.4.2.1 and 4.4.2.7.
"""

from collections.abc import Iterator
from typing import BinaryIO

from media.core.leaks.reading import read_at

NAMES = {4: "data stream", 5: "program configuration", 6: "fill"}
"""Elements that are no sound. The others are channels, and the end."""

FILL, END, ESCAPE = 6, 7, 15
LONGEST_FILL = 269
"""Bytes: a count of four bits, and one of eight where that is full."""


def refused(stream: BinaryIO, start: int, end: int) -> Iterator[str]:
    """Name what stands before the sound of a sample and may hold words; one blank fill may not."""
    # Two more bytes: the header of the element, and that of the next.
    data = read_at(stream, start, min(end - start, LONGEST_FILL + 2))
    kind = _kind(data)
    if kind == FILL:
        count, at = data[0] >> 1 & 15, 7
        if count == ESCAPE:
            count, at = ESCAPE - 1 + _shifted(data, 7)[0], 15
        if _is_blank(_shifted(data, at)[:count]):
            kind = _kind(_shifted(data, at + 8 * count))
    if kind in NAMES:
        yield f"AAC element {kind} ({NAMES[kind]})"


def _kind(data: bytes) -> int:
    """The type of the element that data start with: three bits."""
    return data[0] >> 5 if data else END


def _shifted(data: bytes, bits: int) -> bytes:
    """The data from a bit on, filled up with zeros."""
    value = int.from_bytes(data, "big") << bits % 8
    return value.to_bytes(len(data) + 1, "big")[1 + bits // 8 :]


def _is_blank(content: bytes) -> bool:
    """Whether a fill holds what the standard fills with: zeros, or its pattern after a byte."""
    return not any(content) or (content[:1] == b"\x10" and set(content[1:]) <= {0xA5})
