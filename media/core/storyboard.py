"""The storyboard: small pictures of the whole clip on one sheet, for looking while seeking."""

from dataclasses import dataclass
from math import ceil

from media.core.ladder import even
from media.core.probe import Probe
from media.core.webvtt import format_timestamp

LONG_SIDE = 160
COLUMNS = 10
MOST_TILES = COLUMNS * COLUMNS
# One a second while they fit on a sheet: closer ones cannot be told apart at this size.
CLOSEST_MS = 1000
STEP_MS = 100
STILLS_EVERY_MS = 6000
MOST_STILLS = 200


@dataclass(frozen=True)
class Storyboard:
    """A sheet of ``count`` tiles, row by row; tile n shows the moment n times ``every_ms``."""

    every_ms: int
    columns: int
    rows: int
    tile_width: int
    tile_height: int
    count: int


def plan_storyboard(probe: Probe, length_ms: int) -> Storyboard:
    """The sheet for a clip of so many milliseconds, upright and of the picture's own shape."""
    every_ms = _every(length_ms, CLOSEST_MS, MOST_TILES)
    count = max(1, ceil(length_ms / every_ms))
    columns = min(COLUMNS, count)
    width, height = _tile(probe.width, probe.height)
    return Storyboard(every_ms, columns, ceil(count / columns), width, height, count)


def stills_every_ms(length_ms: int) -> int:
    """From one still to the next: six seconds, more where that would be more than 200 stills.

    >>> stills_every_ms(60_000), stills_every_ms(7_200_000)
    (6000, 36000)
    """
    return _every(length_ms, STILLS_EVERY_MS, MOST_STILLS)


def vtt(storyboard: Storyboard, length_ms: int, *, sheet: str = "storyboard.jpg") -> str:
    """WebVTT that names, for each span of time, the place of its picture on the sheet."""
    # A clip may come out shorter than its footage promised: what lies behind its end has no cue.
    shown = min(storyboard.count, ceil(length_ms / storyboard.every_ms))
    cues = [_cue(storyboard, number, length_ms, sheet) for number in range(shown)]
    return "\n\n".join(["WEBVTT", *cues]) + "\n"


def _cue(storyboard: Storyboard, number: int, length_ms: int, sheet: str) -> str:
    start_ms = number * storyboard.every_ms
    is_last = number == storyboard.count - 1
    end_ms = length_ms if is_last else min(length_ms, start_ms + storyboard.every_ms)
    row, column = divmod(number, storyboard.columns)
    width, height = storyboard.tile_width, storyboard.tile_height
    return (
        f"{format_timestamp(start_ms)} --> {format_timestamp(end_ms)}\n"
        f"{sheet}#xywh={column * width},{row * height},{width},{height}"
    )


def _every(length_ms: int, closest_ms: int, most: int) -> int:
    """The distance, in steps of a tenth of a second, at which no more than ``most`` fit."""
    return max(closest_ms, ceil(length_ms / most / STEP_MS) * STEP_MS)


def _tile(width: int, height: int) -> tuple[int, int]:
    """Even, with the longer side of 160 pixels, and never larger than the picture."""
    scale = min(1, LONG_SIDE / max(width, height))
    return even(round(width * scale)), even(round(height * scale))
