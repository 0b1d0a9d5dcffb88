"""Repeatable unrest: the same seed always gives the same flicker, shake and crackle."""

import math
import random


def seeded(seed: int) -> random.Random:
    """Return a generator that gives the same numbers on every run."""
    return random.Random(seed)  # noqa: S311 - it draws sparks, it guards nothing


def wobble(seconds: float, seed: int, pace: float = 1.0) -> float:
    """Return a smooth wandering value between -1 and 1; ``pace`` is about swings a second."""
    turn = 2 * math.pi * pace * seconds
    swings = ((0.53, 1.7), (0.97, 4.1), (1.61, 2.3))
    return sum(math.sin(turn * rate + seed * shift) for rate, shift in swings) / len(swings)


def ramp(at_ms: int, start_ms: int, end_ms: int) -> float:
    """Return 0 before ``start_ms``, 1 after ``end_ms`` and an eased value between.

    >>> [ramp(at, 1000, 2000) for at in (0, 1500, 9000)]
    [0.0, 0.5, 1.0]
    """
    share = min(1.0, max(0.0, (at_ms - start_ms) / (end_ms - start_ms)))
    return share * share * (3 - 2 * share)
