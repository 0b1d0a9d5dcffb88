"""What is hidden in a clip: boxes that move, spans without sound, and what lies outside a crop.

Times are milliseconds of the footage, so that a new in point moves nothing. Places are fractions of
the whole upright picture, from its upper left corner.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from math import ceil
from typing import NamedTuple

MOST_KEYS = 200
# How far a box may go, in fractions of the picture, while one rectangle stands for it.
STEP = 0.02
# All rectangles of a clip are arguments of one process.
MOST_PIECES = 600
SMALLEST = 0.005


class BadTrack(ValueError):
    """Something to be hidden that cannot be: one sentence for the editor."""


class Area(NamedTuple):
    x: float
    y: float
    width: float
    height: float

    def joined(self, other: "Area") -> "Area":
        """The smallest area that holds both."""
        x, y = min(self.x, other.x), min(self.y, other.y)
        right = max(self.x + self.width, other.x + other.width)
        bottom = max(self.y + self.height, other.y + other.height)
        return Area(x, y, right - x, bottom - y)

    def within(self, crop: "Area | None") -> "Area | None":
        """Its part inside a crop, in fractions of that; None where they do not meet."""
        crop = crop or WHOLE
        x, y = max(self.x, crop.x), max(self.y, crop.y)
        right = min(self.x + self.width, crop.x + crop.width)
        bottom = min(self.y + self.height, crop.y + crop.height)
        if right - x < SMALLEST or bottom - y < SMALLEST:
            return None
        return Area(
            (x - crop.x) / crop.width,
            (y - crop.y) / crop.height,
            (right - x) / crop.width,
            (bottom - y) / crop.height,
        )


WHOLE = Area(0.0, 0.0, 1.0, 1.0)


@dataclass(frozen=True)
class Key:
    """Where a box is at one moment."""

    at_ms: int
    area: Area


@dataclass(frozen=True)
class Box:
    """A black box from ``start_ms`` up to ``end_ms``, on straight lines from key to key."""

    start_ms: int
    end_ms: int
    keys: tuple[Key, ...]

    def at(self, ms: float) -> Area:
        """Where it is at a moment; before the first key and after the last as at those.

        >>> box = Box(0, 1000, (Key(0, Area(0, 0, .1, .1)), Key(1000, Area(.5, 0, .1, .1))))
        >>> box.at(500).x
        0.25
        """
        for one, two in pairwise(self.keys):
            if one.at_ms <= ms < two.at_ms:
                part = (ms - one.at_ms) / (two.at_ms - one.at_ms)
                return Area(*(a + (b - a) * part for a, b in zip(one.area, two.area, strict=True)))
        return self.keys[0].area if ms < self.keys[0].at_ms else self.keys[-1].area

    def moved(self, by_ms: int) -> "Box":
        keys = tuple(replace(key, at_ms=key.at_ms + by_ms) for key in self.keys)
        return Box(self.start_ms + by_ms, self.end_ms + by_ms, keys)


class Piece(NamedTuple):
    """One rectangle that stands for a box from a moment up to another."""

    start_ms: float
    end_ms: float
    area: Area


def pieces(box: Box, frame_ms: int) -> list[Piece]:
    """Rectangles that cover the box at every moment, and where it is a frame before and after.

    A frame that begins before the box does, and is still seen in it, is covered as well.
    """
    moments = sorted({box.start_ms, box.end_ms, *_inside(box)})
    return [
        Piece(
            start - frame_ms if start == box.start_ms else start,
            end,
            _hull(box, start, end, frame_ms),
        )
        for one, two in pairwise(moments)
        for start, end in pairwise(_cut(box, one, two))
    ]


def _inside(box: Box) -> Iterator[int]:
    return (key.at_ms for key in box.keys if box.start_ms < key.at_ms < box.end_ms)


def _cut(box: Box, start: int, end: int) -> list[float]:
    """Moments on one straight line between which the box goes less than a step."""
    went = max(
        abs(a - b) for a, b in zip(_edges(box.at(start)), _edges(box.at(end - 0.01)), strict=True)
    )
    count = max(1, ceil(went / STEP))
    return [start + (end - start) * n / count for n in range(count + 1)]


def _edges(area: Area) -> tuple[float, ...]:
    return (area.x, area.y, area.x + area.width, area.y + area.height)


def _hull(box: Box, start: float, end: float, frame_ms: int) -> Area:
    hull = box.at(start - frame_ms)
    for moment in (start, end, end + frame_ms, *_inside(box)):
        if start - frame_ms <= moment <= end + frame_ms:
            hull = hull.joined(box.at(moment))
    return hull


def looks(box: Box, frame_ms: int) -> list[int]:
    """Moments at which it is worth looking whether a box is there: its ends, its keys, between."""
    last = max(box.start_ms, box.end_ms - frame_ms)
    known = sorted({box.start_ms, last, *(ms for ms in _inside(box) if ms < last)})
    between = [(one + two) // 2 for one, two in pairwise(known)]
    return sorted({*known, *between})


# Reading ----------------------------------------------------------------------------------------


def read_box(start_ms: int, end_ms: int, keyframes: object) -> Box:
    """A box as it is stored: [{"at_ms", "x", "y", "width", "height"}, …]. Raises BadTrack."""
    if not isinstance(keyframes, Sequence) or not 1 <= len(keyframes) <= MOST_KEYS:
        raise BadTrack(f"A box has at least one place and at most {MOST_KEYS}.")
    keys = sorted((_key(told) for told in keyframes), key=lambda key: key.at_ms)
    if len({key.at_ms for key in keys}) < len(keys):
        raise BadTrack("A box is at two places at once: take one of them out.")
    return Box(start_ms, end_ms, tuple(keys))


def _key(told: object) -> Key:
    if not isinstance(told, Mapping):
        raise BadTrack("A place of a box cannot be read: load the page again.")
    at_ms = told.get("at_ms")
    if isinstance(at_ms, bool) or not isinstance(at_ms, int) or at_ms < 0:
        raise BadTrack("A place of a box has no moment: load the page again.")
    return Key(at_ms, read_area(told))


def read_area(told: Mapping[str, object]) -> Area:
    """An area as it is stored, kept inside the picture. Raises BadTrack."""
    values = [told.get(name) for name in Area._fields]
    if not all(isinstance(value, int | float) and not isinstance(value, bool) for value in values):
        raise BadTrack("An area has no place or no size: load the page again.")
    x, y, width, height = (float(value) for value in values)  # type: ignore[arg-type]
    if not all(-1 <= value <= 2 for value in (x, y, width, height)):
        raise BadTrack("An area lies outside the picture: draw it inside.")
    left, top = max(0.0, x), max(0.0, y)
    right, bottom = min(1.0, x + width), min(1.0, y + height)
    if right - left < SMALLEST or bottom - top < SMALLEST:
        raise BadTrack("An area is too small to be seen: draw it larger, inside the picture.")
    return Area(left, top, right - left, bottom - top)


def require_few(boxes: Iterable[Box], frame_ms: int) -> None:
    """Raise BadTrack where the boxes go so far that one process could not draw them."""
    if sum(len(pieces(box, frame_ms)) for box in boxes) > MOST_PIECES:
        raise BadTrack("The boxes move too much for one clip: cut it into two clips.")
