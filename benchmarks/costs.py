"""What work costs: CPU seconds, its own and its children's, and wall seconds."""

import resource
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from media import ffmpeg, jail

LIMITS = jail.Limits(wall_s=900, cpu_s=1800, memory_bytes=6 * jail.GiB, file_bytes=16 * jail.GiB)
QUIET = ["-hide_banner", "-nostdin", "-y", "-loglevel", "error"]


@dataclass(frozen=True)
class Cost:
    """Seconds: ``own_s`` of CPU in this process, ``children_s`` in those that it waited for."""

    own_s: float
    children_s: float
    wall_s: float

    @property
    def cpu_s(self) -> float:
        return self.own_s + self.children_s


def cost_of(work: Callable[[], object]) -> Cost:
    """Do some work here and now. Nothing else of this process may run meanwhile."""
    before, started = _used_s(), time.monotonic()
    work()
    after, ended = _used_s(), time.monotonic()
    own_s, children_s = (late - early for early, late in zip(before, after, strict=True))
    return Cost(own_s, children_s, ended - started)


def _used_s() -> list[float]:
    """CPU seconds of this process, and of the children that have ended."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return [one.ru_utime + one.ru_stime for one in used]


def run_ffmpeg(arguments: list[str], *, reads: Path, writes: Path) -> float:
    """Run the pinned ffmpeg in ``writes``; its CPU seconds. Raises RuntimeError with its words."""
    outcome = ffmpeg.run(
        [*QUIET, *arguments],
        reads=reads,
        writes=writes,
        limits=LIMITS,
    )
    if outcome.returncode:
        raise RuntimeError(f"ffmpeg ended with {outcome.returncode}: {outcome.stderr[-500:]}")
    return outcome.cpu_s
