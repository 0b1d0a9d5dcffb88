"""Whether each keyframe of an H.264 track starts anew, told from its bytes.

A header may call any picture a keyframe. A copy may be cut only before an IDR picture (ITU-T
H.264, 7.4.1.2.4), and only where the decoder's parameters are those of the header.
"""

from dataclasses import dataclass
from typing import BinaryIO

# What is read of a keyframe: its parameters, messages and the first byte of its first slice.
LOOKED_AT = 4096
SLICES = frozenset({1, 2, 3, 4, 5})
IDR = 5
PARAMETERS = frozenset({7, 8})
# Pictures of a second layer or view: no player of the web shows them.
LAYERS = frozenset({14, 15, 20, 21})


@dataclass(frozen=True)
class Header:
    """An avcC: how many bytes stand for a unit's length, and the parameter sets."""

    length_size: int
    parameters: frozenset[bytes]


def read_header(data: bytes) -> Header | None:
    """The header of a track whose units are preceded by lengths; None for any other."""
    if len(data) < 7 or data[0] != 1:
        return None
    parameters, place = [], 5
    for mask in (31, 255):
        count, place = data[place : place + 1], place + 1
        for _ in range(count[0] & mask if count else 0):
            size = int.from_bytes(data[place : place + 2], "big")
            parameters.append(bytes(data[place + 2 : place + 2 + size]))
            place += 2 + size
    return Header((data[4] & 3) + 1, frozenset(parameters)) if place <= len(data) else None


def starts_anew(picture: bytes, header: Header) -> bool:
    """Whether a picture, of which at least the first bytes are given, is an IDR picture."""
    place = 0
    while place + header.length_size < len(picture):
        size = int.from_bytes(picture[place : place + header.length_size], "big")
        place += header.length_size
        kind = picture[place] & 31
        if kind in SLICES:
            return kind == IDR
        if kind in LAYERS or not size:
            return False
        if kind in PARAMETERS and picture[place : place + size] not in header.parameters:
            return False
        place += size
    return False


def read_start(file: BinaryIO, place: int, size: int) -> bytes:
    file.seek(place)
    return file.read(min(size, LOOKED_AT))
