"""The ladder: which sizes a clip is encoded in, and how many bits each may use."""

from dataclasses import dataclass
from fractions import Fraction

H264 = "h264"
AV1 = "av1"


@dataclass(frozen=True)
class Step:
    """Quality at one size. ``short_side`` in pixels; ``cap_kbps`` is the most a second may take."""

    short_side: int
    crf: int
    cap_kbps: int
    preset: str


# Chosen by VMAF for each CPU second: the table stands in docs/encoding.md.
STEPS = (
    Step(1080, 23, 5000, "veryfast"),
    Step(720, 23, 2800, "veryfast"),
    Step(480, 24, 1400, "veryfast"),
    Step(360, 25, 700, "veryfast"),
    Step(240, 26, 350, "veryfast"),
)
AV1_STEPS = (
    Step(1080, 36, 3000, "10"),
    Step(720, 36, 1600, "10"),
    Step(480, 38, 900, "8"),
    Step(360, 40, 500, "8"),
)
# Below it H.264 is small enough, and the phones that need it decode AV1 in software if at all.
SMALLEST_AV1 = 360
# A rung that is nearly the size of the one above it costs encoding and gains a reader nothing.
SMALLEST_GAP = Fraction(4, 5)
MIDDLE = 480
TALLEST = STEPS[0].short_side


@dataclass(frozen=True)
class Rung:
    """One size to encode. ``short_side`` in pixels, even; ``name`` is its folder."""

    short_side: int
    crf: int
    cap_kbps: int
    preset: str
    codec: str = H264

    @property
    def name(self) -> str:
        return f"v{self.short_side}" if self.codec == H264 else f"{self.codec}-{self.short_side}"


def even(pixels: int) -> int:
    """The nearest even number below, at least 2: 4:2:0 has no half pixels."""
    return max(2, pixels - pixels % 2)


def plan_ladder(source_short_side: int, tallest: int = TALLEST) -> tuple[Rung, ...]:
    """The rungs for a source whose shorter side has so many pixels, tallest first.

    Never larger than the source, nor than ``tallest``. Raises ValueError if the size is not
    positive.

    >>> [rung.short_side for rung in plan_ladder(1080)]
    [1080, 720, 480, 360, 240]
    >>> [rung.short_side for rung in plan_ladder(432)], [r.short_side for r in plan_ladder(121)]
    ([432, 240], [120])
    >>> [rung.short_side for rung in plan_ladder(1080, tallest=480)]
    [480, 360, 240]
    """
    if source_short_side <= 0:
        raise ValueError("a picture has at least one pixel")
    top = even(min(source_short_side, tallest))
    sizes = [top, *(step.short_side for step in STEPS if step.short_side <= top * SMALLEST_GAP)]
    return tuple(_rung(size, STEPS, H264) for size in sizes)


def plan_av1(source_short_side: int, tallest: int = TALLEST) -> tuple[Rung, ...]:
    """The rungs in AV1: the sizes of ``plan_ladder`` from 360 pixels up, tallest first.

    >>> [rung.name for rung in plan_av1(1080)], plan_av1(240)
    (['av1-1080', 'av1-720', 'av1-480', 'av1-360'], ())
    """
    sizes = [rung.short_side for rung in plan_ladder(source_short_side, tallest)]
    return tuple(_rung(size, AV1_STEPS, AV1) for size in sizes if size >= SMALLEST_AV1)


def _rung(short_side: int, steps: tuple[Step, ...], codec: str) -> Rung:
    step = next(step for step in reversed(steps) if step.short_side >= short_side)
    return Rung(short_side, step.crf, step.cap_kbps, step.preset, codec)


def middle_rung(rungs: tuple[Rung, ...]) -> Rung:
    """The rung of the plain MP4: the largest up to 480, for a phone on a bad line.

    >>> middle_rung(plan_ladder(1080)).short_side, middle_rung(plan_ladder(120)).short_side
    (480, 120)
    """
    return next((rung for rung in rungs if rung.short_side <= MIDDLE), rungs[-1])
