"""Veils: the spans of a clip of which nobody sees anything before they agree."""

from collections.abc import Iterable
from typing import NamedTuple


class Veil(NamedTuple):
    """From ``start_ms`` up to ``end_ms``, in milliseconds of the clip."""

    start_ms: int
    end_ms: int

    def covers(self, other: "Veil") -> bool:
        return self.start_ms <= other.start_ms and other.end_ms <= self.end_ms

    def touches(self, start_ms: int, end_ms: int) -> bool:
        """Whether something that lasts from one moment to another shows a part of the span."""
        return start_ms < self.end_ms and self.start_ms < end_ms


def merged(veils: Iterable[Veil]) -> tuple[Veil, ...]:
    """The same moments as spans in order that do not touch.

    >>> merged([Veil(500, 900), Veil(0, 200), Veil(100, 300)])
    (Veil(start_ms=0, end_ms=300), Veil(start_ms=500, end_ms=900))
    """
    found: list[Veil] = []
    for veil in sorted(veils):
        if found and veil.start_ms <= found[-1].end_ms:
            last = found.pop()
            veil = Veil(last.start_ms, max(last.end_ms, veil.end_ms))
        found.append(veil)
    return tuple(found)


def widened(veils: Iterable[Veil], frame_ms: int) -> tuple[Veil, ...]:
    """The spans in which frames begin that are seen in these: a frame stays for ``frame_ms``."""
    return merged(Veil(max(0, start - frame_ms), end) for start, end in veils)


def free_moment(wanted_ms: int, veils: Iterable[Veil], length_ms: int) -> int:
    """The moment outside all spans that is nearest to the wanted one.

    The wanted one itself where none is free: what is drawn there is covered. A wanted moment
    behind the end is kept where nothing is hidden there.

    >>> free_moment(150, [Veil(100, 400)], 1000), free_moment(150, [Veil(0, 1000)], 1000)
    (99, 150)
    """
    spans = merged(veils)
    if not any(veil.touches(wanted_ms, wanted_ms + 1) for veil in spans):
        return wanted_ms
    moments = [m for veil in spans for m in (veil.start_ms - 1, veil.end_ms)]
    free = [
        moment
        for moment in moments
        if 0 <= moment < length_ms and not any(veil.touches(moment, moment + 1) for veil in spans)
    ]
    return min(free, key=lambda moment: abs(moment - wanted_ms), default=wanted_ms)
