"""The ladder: which sizes a clip is encoded in, and how many bits each may use."""

from dataclasses import dataclass
from fractions import Fraction


@dataclass(frozen=True)
class Step:
    """Quality at one size. ``short_side`` in pixels; ``cap_kbps`` is the most a second may take."""

    short_side: int
    crf: int
    cap_kbps: int


STEPS = (
    Step(1080, 22, 5000),
    Step(720, 22, 2800),
    Step(480, 23, 1400),
    Step(360, 23, 800),
    Step(240, 24, 400),
)
# A rung that is nearly the size of the one above it costs encoding and gains a reader nothing.
SMALLEST_GAP = Fraction(4, 5)
MIDDLE = 480


@dataclass(frozen=True)
class Rung:
    """One size to encode. ``short_side`` in pixels, even; ``name`` is its folder."""

    short_side: int
    crf: int
    cap_kbps: int

    @property
    def name(self) -> str:
        return f"v{self.short_side}"


def even(pixels: int) -> int:
    """The nearest even number below, at least 2: 4:2:0 has no half pixels."""
    return max(2, pixels - pixels % 2)


def plan_ladder(source_short_side: int) -> tuple[Rung, ...]:
    """The rungs for a source whose shorter side has so many pixels, tallest first.

    Never larger than the source. Raises ValueError if the size is not positive.

    >>> [rung.short_side for rung in plan_ladder(1080)]
    [1080, 720, 480, 360, 240]
    >>> [rung.short_side for rung in plan_ladder(432)], [r.short_side for r in plan_ladder(121)]
    ([432, 240], [120])
    """
    if source_short_side <= 0:
        raise ValueError("a picture has at least one pixel")
    top = even(min(source_short_side, STEPS[0].short_side))
    sizes = [top, *(step.short_side for step in STEPS if step.short_side <= top * SMALLEST_GAP)]
    return tuple(_rung(size) for size in sizes)


def _rung(short_side: int) -> Rung:
    step = next(step for step in reversed(STEPS) if step.short_side >= short_side)
    return Rung(short_side, step.crf, step.cap_kbps)


def middle_rung(rungs: tuple[Rung, ...]) -> Rung:
    """The rung of the plain MP4: the largest up to 480, for a phone on a bad line.

    >>> middle_rung(plan_ladder(1080)).short_side, middle_rung(plan_ladder(120)).short_side
    (480, 120)
    """
    return next((rung for rung in rungs if rung.short_side <= MIDDLE), rungs[-1])
