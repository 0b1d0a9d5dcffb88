"""Words and warnings when a clip is cut anew: what lies in the cut moves along, the rest waits.

Times are integer milliseconds.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from media.core.cue_rows import Row
from media.core.veils import Veil

SHORTEST_MS = 100
"""What is left of a line at the edge of a cut is kept if it can be seen at all."""


def inside(start_ms: int, end_ms: int, cut: Veil) -> tuple[int, int] | None:
    """A span's part in the cut, counted from its start; None where next to nothing is left.

    >>> inside(4000, 6000, Veil(5000, 9000)), inside(4000, 5050, Veil(5000, 9000))
    ((0, 1000), None)
    """
    start, end = max(start_ms, cut.start_ms), min(end_ms, cut.end_ms)
    if end - start < min(SHORTEST_MS, end_ms - start_ms):
        return None
    return start - cut.start_ms, end - cut.start_ms


def follow(
    rows: Iterable[Row], laid_aside: Iterable[Row], *, was: Veil, cut: Veil
) -> tuple[list[Row], list[Row]]:
    """Lines for a new cut, and those that do not lie in it whole, in milliseconds of the footage.

    ``rows`` are those of the cut that ``was``, ``laid_aside`` what did not lie in that whole. A
    line at the edge is in both: its words may have been changed since, its time is the whole one.
    Where it is in the second alone, somebody has taken it out.
    """
    known = {row.key: row for row in laid_aside}
    lines = list(_whole(rows, known, was.start_ms))
    lines += [row for row in known.values() if inside(row.start_ms, row.end_ms, was) is None]
    shown, aside = [], []
    for row in lines:
        part = inside(row.start_ms, row.end_ms, cut)
        if part is not None:
            shown.append(replace(row, start_ms=part[0], end_ms=part[1]))
        if part is None or part[1] - part[0] < row.end_ms - row.start_ms:
            aside.append(row)
    return sorted(shown, key=lambda row: row.start_ms), aside


def _whole(rows: Iterable[Row], known: dict[str, Row], started_ms: int) -> Iterator[Row]:
    """The lines in milliseconds of the footage, each as long as it was before it was cut.

    Those that are ``known`` are taken out of there.
    """
    for row in rows:
        start, end = row.start_ms + started_ms, row.end_ms + started_ms
        before = known.pop(row.key, None)
        if before is not None:
            start, end = min(start, before.start_ms), max(end, before.end_ms)
        yield replace(row, start_ms=start, end_ms=end)
