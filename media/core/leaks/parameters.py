"""H.264 parameter sets, read bit by bit to their very end.

A re-wrapped clip keeps the parameter sets of the camera that wrote them. Every field is read, so
that whatever stands in one is a number with a meaning and a limit, and nothing stands behind the
last (ISO/IEC 14496-10, 7.3.2.1, 7.3.2.2 and annex E).
"""

from collections.abc import Callable
from fractions import Fraction
from functools import lru_cache

from media.core.leaks.reading import Malformed

SEQUENCE, PICTURE = 7, 8

WITH_CHROMA_FORMAT = frozenset({100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134, 135})
"""Profiles whose sequence parameters say how colours are sampled."""

MOST = (1 << 16) - 1
"""Above any size, count or offset in a picture of ours; a longer number could spell something."""
LONGEST_NUMBER = 32
"""Bits before and after the middle of the longest number that H.264 knows."""
MOST_REFERENCES = 16
MOST_BUFFERS = 4
"""Descriptions of the buffer that a stream is sent through; encoders write one."""
MOST_ORDER_OFFSETS = 4
FLAT_WEIGHT = 8
HIGHEST_FIRST_WEIGHT = 31
"""The weight of a plain area. 16 is usual; from 32 on numbers could be letters."""
EXTENDED_RATIO = 255


@lru_cache(maxsize=256)
def fault(unit: bytes) -> str:
    """Return what is wrong with a parameter set, header byte included, as a clause; "" if nothing.

    >>> fault(bytes.fromhex("68ebe3cb22c0")), fault(b"\\x68\\xeb\\xe3\\xcb\\x22\\xc0 Mosul")
    ('', 'it goes on after its last field')
    """
    try:
        bits = _Bits(unit[1:].replace(b"\0\0\3", b"\0\0"))
        _READERS[unit[0] & 31](bits)
        bits.end()
    except (Malformed, IndexError) as problem:
        return str(problem)
    return ""


class _Bits:
    """Reads numbers of any length from the content of one unit, its stop bit left out."""

    def __init__(self, content: bytes):
        value = int.from_bytes(content, "big")
        stop = (value & -value).bit_length()
        if not 0 < stop <= 8:
            raise Malformed("it does not end with its stop bit")
        self.value = value >> stop
        self.left = len(content) * 8 - stop

    def number(self, width: int) -> int:
        """A number of a fixed width in bits."""
        self.left -= width
        if self.left < 0:
            raise Malformed("it ends in the middle of a field")
        return self.value >> self.left & (1 << width) - 1

    def flag(self) -> bool:
        return self.number(1) == 1

    def up_to(self, most: int) -> int:
        """A number of variable width (Exp-Golomb), which may not be above ``most``."""
        zeros = 0
        while not self.number(1):
            zeros += 1
            if zeros > LONGEST_NUMBER:
                raise Malformed("a number in it is too long")
        found = (1 << zeros) - 1 + self.number(zeros)
        if found > most:
            raise Malformed("a number in it is larger than any that a player needs")
        return found

    def signed(self, most: int = MOST) -> int:
        """A number of variable width with a sign."""
        found = self.up_to(2 * most)
        return (found + 1) // 2 if found % 2 else -(found // 2)

    def end(self) -> None:
        if self.left:
            raise Malformed("it goes on after its last field")


def _sequence(bits: _Bits) -> None:
    profile = bits.number(8)
    bits.number(16)
    bits.up_to(31)
    if profile in WITH_CHROMA_FORMAT:
        _chroma(bits)
    bits.up_to(12)
    _picture_order(bits)
    bits.up_to(MOST_REFERENCES)
    bits.flag()
    bits.up_to(MOST)
    bits.up_to(MOST)
    if not bits.flag():
        bits.flag()
    bits.flag()
    if bits.flag():
        for _ in range(4):
            bits.up_to(MOST)
    if bits.flag():
        _usability(bits)


def _chroma(bits: _Bits) -> None:
    chroma = bits.up_to(3)
    if chroma == 3:
        bits.flag()
    bits.up_to(6)
    bits.up_to(6)
    bits.flag()
    if bits.flag():
        _scaling_lists(bits, 6, 6 if chroma == 3 else 2)


def _scaling_lists(bits: _Bits, small: int, large: int) -> None:
    for side in [4] * small + [8] * large:
        if bits.flag():
            _check_curve(_scaling_list(bits, side * side), side)


def _scaling_list(bits: _Bits, size: int) -> list[int]:
    """The weights of the frequencies; none where the standard's own are meant."""
    weights: list[int] = []
    last = FLAT_WEIGHT
    for position in range(size):
        following = (last + bits.signed(128)) % 256
        if not following:
            return weights + [last] * (size - position if position else 0)
        weights.append(following)
        last = following
    return weights


def _check_curve(weights: list[int], side: int) -> None:
    """Weights start low, and grow from one diagonal of the square to the next: no text does."""
    means, start = [Fraction(0)], 0
    for length in [*range(1, side), *range(side, 0, -1)] if weights else ():
        means.append(Fraction(sum(weights[start : start + length]), length))
        start += length
    if weights[:1] > [HIGHEST_FIRST_WEIGHT] or means != sorted(means):
        raise Malformed("a scaling list in it is not a curve")


def _picture_order(bits: _Bits) -> None:
    kind = bits.up_to(2)
    if kind == 0:
        bits.up_to(12)
    elif kind == 1:
        bits.flag()
        bits.signed()
        bits.signed()
        for _ in range(bits.up_to(MOST_ORDER_OFFSETS)):
            bits.signed()


def _usability(bits: _Bits) -> None:
    """What annex E adds for the display: shape of a pixel, colours, clock, buffers."""
    if bits.flag() and bits.number(8) == EXTENDED_RATIO:
        bits.number(32)
    if bits.flag():
        bits.flag()
    if bits.flag():
        bits.number(4)
        if bits.flag():
            bits.number(24)
    if bits.flag():
        bits.up_to(5)
        bits.up_to(5)
    if bits.flag():
        bits.number(65)
    buffered = False
    for _ in range(2):
        if bits.flag():
            _buffer(bits)
            buffered = True
    if buffered:
        bits.flag()
    bits.flag()
    if bits.flag():
        bits.flag()
        for _ in range(6):
            bits.up_to(MOST_REFERENCES)


def _buffer(bits: _Bits) -> None:
    count = bits.up_to(MOST_BUFFERS - 1) + 1
    bits.number(8)
    for _ in range(count):
        bits.up_to((1 << LONGEST_NUMBER) - 2)
        bits.up_to((1 << LONGEST_NUMBER) - 2)
        bits.flag()
    bits.number(20)


def _picture(bits: _Bits) -> None:
    bits.up_to(255)
    bits.up_to(31)
    bits.number(2)
    # More than one group of slices is in no profile that browsers play.
    bits.up_to(0)
    bits.up_to(31)
    bits.up_to(31)
    bits.number(3)
    for _ in range(3):
        bits.signed(64)
    bits.number(3)
    if bits.left:
        large = 2 * bits.flag()
        if bits.flag():
            _scaling_lists(bits, 6, large)
        bits.signed(12)


_READERS: dict[int, Callable[[_Bits], None]] = {SEQUENCE: _sequence, PICTURE: _picture}
