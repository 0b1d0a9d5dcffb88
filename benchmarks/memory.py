"""(e): the most memory that a package takes, and whether a worker that goes on needs more of it."""

import resource
import sys
from collections.abc import Callable
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import TypeVar

from benchmarks import ours
from benchmarks.figures import Row
from media import queue
from media.models import Clip, Package

# 1.2 GB.
PEAK_GOAL_MB = 1200.0
# Linux counts in KiB, the BSD family in bytes.
RSS_UNIT = 1 if sys.platform == "darwin" else 1024

Answer = TypeVar("Answer")


@dataclass(frozen=True)
class Growth:
    """What a worker held after a few clips, and after many; in MB."""

    early: int
    late: int
    early_mb: float
    late_mb: float


def alone(work: Callable[..., Answer], *arguments: object) -> "Future[Answer]":
    """Have work done in a fresh process, which ends after it."""
    with_one = ProcessPoolExecutor(max_workers=1, mp_context=get_context("spawn"))
    future = with_one.submit(work, *arguments)
    with_one.shutdown(wait=False)
    return future


def package_with_av1(film: Path) -> tuple[int, float]:
    """Make a whole package and its AV1; its row, and the most MB that any child process had."""
    made = ours.make_package(film)
    ours.work("add_av1", made.clip)
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * RSS_UNIT
    package = Package.objects.get(current_for=made.clip)
    return package.pk, peak / 1e6


def worker_growth(film: Path, early: int, late: int) -> Growth:
    """Make packages of clip after clip of one small film, as a worker does."""
    footage = ours.receive(film).footage
    held = {}
    for number in range(1, late + 1):
        clip = Clip.objects.create(footage=footage)
        queue.request("package_clip", clip.pk)
        ours.work("package_clip", clip)
        held[number] = _held_mb()
    return Growth(early, late, held[early], held[late])


def _held_mb() -> float:
    """What this process holds now, not what it once held at most."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * resource.getpagesize() / 1e6


def rows(peak_mb: float, growth: Growth) -> list[Row]:
    name = f"worker, growth from {growth.early} to {growth.late} clips"
    return [
        Row("e", "largest process of a package with AV1", [peak_mb], PEAK_GOAL_MB, unit="MB"),
        Row("e", f"worker after {growth.early} clips", [growth.early_mb], unit="MB"),
        Row("e", name, [growth.late_mb - growth.early_mb], unit="MB"),
    ]
