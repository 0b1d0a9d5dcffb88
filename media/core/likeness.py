"""Likeness: whether two films show the same pictures, by a small hash of some of their frames.

A hash says, for eight rows of nine grey places, where it gets brighter to the right: it stays
nearly the same when a picture is made smaller, brighter, or is encoded again by a messenger.
"""

from collections.abc import Sequence
from itertools import pairwise

WIDTH, HEIGHT = 9, 8
# A picture of so few greys is a wall or the night, and like every other.
FEWEST_GREYS = 24
# Of 64 bits. Two pictures that have nothing to do with one another differ in about half of them.
MOST_BITS_APART = 8
FEWEST_FRAMES = 3
SHARE = 0.3


def hash_of(grey: bytes) -> int | None:
    """64 bits for nine by eight grey places, row by row; None for a picture that shows nothing.

    >>> hash_of(bytes(range(9)) * 8), hash_of(bytes([0, 90] * 36)) is None
    (None, False)
    """
    if max(grey) - min(grey) < FEWEST_GREYS:
        return None
    bits = 0
    for row in range(HEIGHT):
        line = grey[row * WIDTH : (row + 1) * WIDTH]
        for left, right in pairwise(line):
            bits = bits << 1 | (left < right)
    return bits


def frames_alike(one: Sequence[int], other: Sequence[int]) -> int:
    """How many frames of the shorter film are seen in the longer one, too."""
    few, many = sorted((set(one), set(other)), key=len)
    return sum(any((a ^ b).bit_count() <= MOST_BITS_APART for b in many) for a in few)


def is_near(alike: int, one: Sequence[int], other: Sequence[int]) -> bool:
    """Whether so many frames are enough to show the two films to a person.

    >>> is_near(3, [1, 2, 3], range(100)), is_near(3, range(50), range(100))
    (True, False)
    """
    return alike >= max(FEWEST_FRAMES, SHARE * min(len(set(one)), len(set(other))))
