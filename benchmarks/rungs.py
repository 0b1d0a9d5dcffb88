"""What each encoder gives for its bits and its CPU, at each size: what the ladder was chosen by.

    python -m benchmarks.rungs [FILM ...]

Prints a table for the drawn film, or for the films that are named (H.264, upright, 8 bits): kbit/s,
VMAF scaled up to the source's size, and CPU seconds for a second of film. It takes some minutes a
film, wants a machine that does nothing else, and is no part of ``make bench``: its figures change
with the encoders alone.
"""

import argparse
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from benchmarks.costs import run_ffmpeg
from benchmarks.films import PHONE, Size, draw_web_ready, probe_of
from benchmarks.floor import NOWHERE, Frames, encoder_of, undo
from benchmarks.quality import vmaf
from media.core.ladder import AV1, H264, STEPS, Rung
from media.core.probe import Probe

LOOKED_AT_S = 4
EVERY_FRAME = 5
# No cap: what is asked is what a quality costs.
UNCAPPED_KBPS = 100_000
H264_TRIED = [("veryfast", crf) for crf in (21, 23, 25, 27)] + [("fast", 23), ("medium", 23)]
AV1_TRIED = [("8", 34), ("8", 40), ("10", 34), ("10", 40)]


@dataclass(frozen=True)
class Tried:
    """One encode of one size. ``cpu_s`` for each second of film, of the encoder alone."""

    rung: Rung
    kbps: float
    vmaf: float
    cpu_s: float

    def __str__(self) -> str:
        rung = self.rung
        name = "SVT-AV1" if rung.codec == AV1 else "x264"
        return (
            f"| {rung.short_side} | {name} {rung.preset}, {rung.crf} | {self.kbps:.0f} "
            f"| {self.vmaf:.1f} | {self.cpu_s:.2f} |"
        )


def rungs(short_side: int) -> Iterator[Rung]:
    """Everything that is tried for a source of this size."""
    for step in STEPS:
        if step.short_side <= short_side:
            for codec, tried in ((H264, H264_TRIED), (AV1, AV1_TRIED)):
                for preset, crf in tried:
                    yield Rung(step.short_side, crf, UNCAPPED_KBPS, preset, codec)


def measure(film: Path, folder: Path) -> Iterator[Tried]:
    """Each rung of a film's first seconds; files are written below ``folder``."""
    probe = probe_of(film)
    short = folder / f"short-{film.stem}.mp4"
    arguments = ["-t", str(LOOKED_AT_S), "-i", str(film), "-map", "0:v:0", "-c", "copy", short.name]
    run_ffmpeg(arguments, reads=film, writes=folder)
    frames: dict[int, tuple[Frames, float]] = {}
    for rung in rungs(probe.short_side):
        if rung.short_side not in frames:
            undone = undo(short, probe, rung, folder)
            reading = run_ffmpeg([*undone.reading, *NOWHERE], reads=folder, writes=folder)
            frames[rung.short_side] = undone, reading
        yield _tried(probe, rung, *frames[rung.short_side], short)


def _tried(probe: Probe, rung: Rung, frames: Frames, reading_s: float, source: Path) -> Tried:
    folder = frames.path.parent
    target = folder / "tried.mp4"
    arguments = [*frames.reading, *encoder_of(probe, rung), "-an", target.name]
    cpu_s = run_ffmpeg(arguments, reads=folder, writes=folder) - reading_s
    size = Size(probe.width, probe.height, 0, 0)
    return Tried(
        rung,
        kbps=target.stat().st_size / 125 / LOOKED_AT_S,
        vmaf=vmaf(target, source, size, folder, every=EVERY_FRAME, most_s=LOOKED_AT_S),
        cpu_s=cpu_s / LOOKED_AT_S,
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("films", nargs="*", type=Path, metavar="FILM")
    wanted = parser.parse_args().films
    with tempfile.TemporaryDirectory(prefix="newsroom-rungs-") as name:
        folder = Path(name)
        for film in wanted or [draw_web_ready(folder, "drawn.mp4", PHONE, LOOKED_AT_S)]:
            sys.stdout.write(f"\n{film.name}\n| size | encoder | kbit/s | VMAF | CPU |\n")
            for tried in measure(film.resolve(), folder):
                sys.stdout.write(f"{tried}\n")
                sys.stdout.flush()


if __name__ == "__main__":
    main()
