"""The floor: what decoding, scaling and encoding cost when nothing else is done.

Each step is timed alone, on frames that lie on the disk undone: a step's cost is that of its
process less that of a process that only reads the same frames.
"""

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from benchmarks.costs import run_ffmpeg
from media.core.encode_args import encode_args
from media.core.filters import rate
from media.core.ladder import Rung
from media.core.parts import Cut, Part
from media.core.probe import Probe
from media.planning import Plan

NOWHERE = ["-an", "-f", "null", "-"]


@dataclass(frozen=True)
class Frames:
    """Undone frames: planes of 4:2:0, one after the other."""

    path: Path
    width: int
    height: int
    frame_rate: Fraction

    @property
    def reading(self) -> list[str]:
        size = f"{self.width}x{self.height}"
        return [
            *("-f", "rawvideo", "-pixel_format", "yuv420p", "-video_size", size),
            *("-framerate", rate(self.frame_rate), "-i", str(self.path)),
        ]


@dataclass(frozen=True)
class Floor:
    """CPU seconds of each step."""

    decode_s: float
    scale_s: float
    encode_s: float

    @property
    def cpu_s(self) -> float:
        return self.decode_s + self.scale_s + self.encode_s


def undo(film: Path, probe: Probe, rung: Rung, folder: Path) -> Frames:
    """The film's frames in the size of a rung, as they come out of the decoder and the scaler."""
    sides = [
        2 * round(side * rung.short_side / probe.short_side / 2)
        for side in (probe.width, probe.height)
    ]
    frames = Frames(folder / f"{rung.name}.yuv", *sides, probe.frame_rate)
    size = f"scale={frames.width}:{frames.height}:flags=bicubic,format=yuv420p"
    arguments = ["-i", str(film), "-vf", size, "-an", "-f", "rawvideo", str(frames.path)]
    run_ffmpeg(arguments, reads=film, writes=folder)
    return frames


def undo_all(film: Path, plan: Plan, folder: Path) -> dict[Rung, Frames]:
    return {rung: undo(film, plan.probe, rung, folder) for rung in plan.rungs}


def decode_s(film: Path) -> float:
    return run_ffmpeg(["-i", str(film), *NOWHERE], reads=film, writes=film.parent)


def measure(film: Path, plan: Plan, frames: dict[Rung, Frames], folder: Path) -> Floor:
    """One measurement of the floor; ``frames`` are the film's own, in the size of each rung."""
    folder.mkdir()
    reading = {rung: _run(frames[rung].reading, NOWHERE, folder) for rung in plan.rungs}
    source = frames[plan.rungs[0]]
    scale = encode = 0.0
    for rung in plan.rungs:
        if frames[rung].width != source.width:
            size = f"scale={frames[rung].width}:{frames[rung].height}:flags=bicubic"
            scaled = _run(source.reading, ["-vf", size, *NOWHERE], folder)
            scale += scaled - reading[plan.rungs[0]]
        encoded = _run(frames[rung].reading, [*encoder_of(plan.probe, rung), *NOWHERE], folder)
        encode += encoded - reading[rung]
    return Floor(decode_s(film), scale, encode)


def _run(reading: list[str], work: list[str], folder: Path) -> float:
    return run_ffmpeg([*reading, *work], reads=folder, writes=folder)


def encoder_of(probe: Probe, rung: Rung) -> list[str]:
    """The encoder's own arguments out of those of the pipeline: the same settings, then."""
    arguments = encode_args(probe, Part(rungs=(rung,)), source="/unread", cut=Cut())
    start = arguments.index("-c:v")
    return arguments[start : arguments.index("-metadata:s:v")]
