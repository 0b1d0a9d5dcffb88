"""What one ffmpeg process is asked for: which part of a clip, in which sizes, what beside it."""

from dataclasses import dataclass
from fractions import Fraction
from math import ceil

from media.core.ladder import Rung
from media.core.storyboard import Storyboard
from media.core.tracks import Area, Box
from media.core.veils import Veil

KEYFRAME_S = 2


def gop_frames(frame_rate: Fraction) -> int:
    """Frames from one keyframe to the next: the whole number that is nearest to KEYFRAME_S.

    A number of frames, not a time: so every encoder puts its keyframes at the same frames, and
    where a piece starts is known before anything is encoded.

    >>> gop_frames(Fraction(25)), gop_frames(Fraction(30000, 1001)), gop_frames(Fraction(100, 9))
    (50, 60, 22)
    """
    return round(frame_rate * KEYFRAME_S)


def piece_s(frame_rate: Fraction) -> Fraction:
    """The exact length of a piece in seconds."""
    return gop_frames(frame_rate) / frame_rate


def piece_count(frame_rate: Fraction, length_ms: int) -> int:
    """How many pieces a clip of so many milliseconds has, the last one shorter.

    >>> piece_count(Fraction(25), 10_000), piece_count(Fraction(25), 10_001)
    (5, 6)
    """
    return ceil(Fraction(length_ms, 1000) / piece_s(frame_rate))


@dataclass(frozen=True)
class Cut:
    """Where the clip starts and ends in its footage, in milliseconds; None is the footage's end.

    And what nobody sees or hears of it: black boxes and spans without sound, in milliseconds of
    the footage, too, and all outside the crop.
    """

    start_ms: int = 0
    end_ms: int | None = None
    boxes: tuple[Box, ...] = ()
    mutes: tuple[Veil, ...] = ()
    crop: Area | None = None

    @property
    def hides(self) -> bool:
        return bool(self.boxes or self.mutes or self.crop)

    def length_ms(self, source_ms: int) -> int:
        return min(self.end_ms or source_ms, source_ms) - self.start_ms


@dataclass(frozen=True)
class Span:
    """A run of pieces of the clip, counted from its start; ``end`` is the first one left out.

    None for ``end`` is the clip's end.
    """

    first: int
    end: int | None = None


@dataclass(frozen=True)
class Pictures:
    """Still pictures to draw. Times in milliseconds, counted from the cut's start.

    What they would show of ``veils`` is covered in black.
    """

    poster_ms: int
    storyboard: Storyboard
    stills_every_ms: int
    veils: tuple[Veil, ...] = ()


@dataclass(frozen=True)
class Part:
    """What to make. ``mp4_of`` is the rung that the plain MP4 shows, if it is among ``rungs``.

    Raises ValueError for a span with sound, MP4 or pictures: those are of the whole clip.
    """

    rungs: tuple[Rung, ...]
    with_sound: bool = False
    mp4_of: Rung | None = None
    pictures: Pictures | None = None
    span: Span | None = None

    def __post_init__(self) -> None:
        if self.span is not None and (self.with_sound or self.has_mp4 or self.pictures):
            raise ValueError("sound, MP4 and pictures are made of the whole clip, not of a span")

    @property
    def has_mp4(self) -> bool:
        return self.mp4_of in self.rungs
