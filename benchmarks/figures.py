"""The table: one row for each figure, the median of what the rounds found."""

import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Row:
    """One figure. ``values`` has one for each round; ``goal`` is the most that it may be.

    ``unit`` is empty for a ratio.
    """

    part: str
    name: str
    values: Sequence[float]
    goal: float | None = None
    unit: str = ""

    @property
    def median(self) -> float:
        return statistics.median(self.values)

    @property
    def is_met(self) -> bool | None:
        return None if self.goal is None else self.median <= self.goal

    def as_json(self) -> dict[str, Any]:
        return {
            "part": self.part,
            "name": self.name,
            "median": self.median,
            "values": list(self.values),
            "goal": self.goal,
            "met": self.is_met,
            "unit": self.unit,
        }


def ratios(above: Sequence[float], below: Sequence[float]) -> list[float]:
    """Each round's first figure for each unit of its second."""
    return [one / other for one, other in zip(above, below, strict=True)]


def table(rows: Sequence[dict[str, Any]]) -> str:
    """Rows as they stand in the JSON, as lines to read.

    >>> print(table([Row("a", "ours to theirs", [0.5, 0.6, 0.9], goal=0.7).as_json()]))
    (a)     0.600       goal 0.7    met     ours to theirs
    """
    return "\n".join(map(_line, rows))


def _line(row: dict[str, Any]) -> str:
    goal = "" if row["goal"] is None else f"goal {row['goal']:g}"
    verdict = {None: "", True: "met", False: "MISSED"}[row["met"]]
    return (
        f"({row['part']}) {row['median']:9.3f} {row['unit']:<5} {goal:<11} {verdict:<7} "
        f"{row['name']}"
    )


def quality_table(rungs: Sequence[dict[str, Any]]) -> str:
    """What each rung looks like: whose it is, its size, kbit/s and VMAF.

    >>> print(quality_table([{"ladder": "ours", "rung": "v480", "kbps": 812.4, "vmaf": 61.25}]))
    ours                  v480        812 kbit/s   VMAF  61.25
    """
    return "\n".join(
        f"{rung['ladder']:<21} {rung['rung']:<9} {rung['kbps']:5.0f} kbit/s   "
        f"VMAF {rung['vmaf']:6.2f}"
        for rung in rungs
    )
