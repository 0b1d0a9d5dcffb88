"""H.264 as it lies in MP4: which units may stand in a picture, and in the configuration."""

import re
from collections.abc import Iterator
from typing import BinaryIO

from media.core.leaks import parameters
from media.core.leaks.reading import Malformed, read_at

PARAMETERS = {7: "sequence parameters", 8: "picture parameters"}

SLICES = frozenset({1, 5})

FORMS = {
    9: re.compile(rb"\x09[\x10\x30\x50\x70\x90\xb0\xd0\xf0]"),
    10: re.compile(rb"\x0a"),
    11: re.compile(rb"\x0b"),
    12: re.compile(rb"\x0c\xff*\x80"),
}
"""Delimiters, ends and filler: NAL type -> the only thing such a unit says."""

ALLOWED = SLICES | PARAMETERS.keys() | FORMS.keys()
"""What a decoder needs, and what is empty by its form."""

NAMES = {6: "SEI", 12: "filler", 13: "SPS extension", 14: "prefix", 20: "SVC or MVC slice"}

LONGEST = {7: 255, 8: 255, 9: 2, 10: 1, 11: 1}
"""NAL type -> bytes. With every optional table a parameter set stays below this."""

_HIGH_PROFILE = re.compile(rb"(?:[\xfc-\xff][\xf8-\xff][\xf8-\xff]\0)?")

MOST_SETS = 16
"""Parameter sets in one configuration; cameras write two to four."""


def units(
    stream: BinaryIO, start: int, end: int, length_size: int
) -> Iterator[tuple[int, int, int]]:
    """Yield ``(NAL type, start, size)`` of the length-prefixed units between two places.

    Raises Malformed if they do not fill the span exactly.
    """
    while start < end:
        head = read_at(stream, start, min(length_size + 1, end - start))
        size = int.from_bytes(head[:length_size], "big")
        start += length_size
        if not 0 < size <= end - start:
            raise Malformed("a NAL unit does not fit its sample")
        yield head[length_size] & 31, start, size
        start += size


def refused(stream: BinaryIO, start: int, end: int, length_size: int) -> Iterator[str]:
    """Name each unit of a sample that may not be published.

    An SEI is refused whatever it holds: cameras write model, settings and closed captions there,
    encoders their version, and no player needs it.
    """
    for kind, at, size in units(stream, start, end, length_size):
        if kind in SLICES:
            continue
        if kind not in ALLOWED:
            yield name(kind)
        elif size > LONGEST.get(kind, size):
            yield f"{name(kind)} of {size} bytes"
        elif fault := _fault(kind, read_at(stream, at, size)):
            yield f"{name(kind)}: {fault},"


def _fault(kind: int, unit: bytes) -> str:
    """What is wrong with a unit that is not a slice, as a clause; "" if nothing."""
    if kind in PARAMETERS:
        return parameters.fault(unit)
    return "" if FORMS[kind].fullmatch(unit) else "it is not empty"


def name(kind: int) -> str:
    """How a report names a NAL type."""
    return f"NAL {kind} ({NAMES[kind]})" if kind in NAMES else f"NAL {kind}"


def check_configuration(body: bytes) -> Iterator[str]:
    """Yield what is wrong with an avcC: parameter sets and nothing else belong there."""
    rest, sets = body[5:], []
    for kind, mask in ((7, 31), (8, 255)):
        count, rest = rest[:1], rest[1:]
        for _ in range(count[0] & mask if count else 0):
            size = int.from_bytes(rest[:2], "big")
            unit, rest = rest[2 : 2 + size], rest[2 + size :]
            if not unit or len(unit) != size or unit[0] & 31 != kind or size > LONGEST[kind]:
                yield f"The configuration holds something else than {PARAMETERS[kind]}."
                return
            if fault := parameters.fault(unit):
                yield f"The {PARAMETERS[kind]} are not as they should be: {fault}."
            sets.append(unit)
    # High profiles add three numbers, and a count of SPS extensions, which x264 never writes.
    if not 0 < len(sets) <= MOST_SETS or not _HIGH_PROFILE.fullmatch(rest):
        yield "The configuration holds more than parameter sets."
    elif body[:4] != b"\1" + sets[0][1:4]:
        yield "The configuration names another profile than its sequence parameters."


def length_size(body: bytes) -> int:
    """Bytes of the length before each unit, as an avcC says."""
    return (body[4] & 3) + 1
