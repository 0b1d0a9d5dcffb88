"""The table of ratios: each figure compares two things that were measured side by side in one run.

    python -m benchmarks.run [--seconds 12] [--rounds 3]

Prints the table and writes it to ``bench/latest.json`` in the data folder. Run it on a machine
that does nothing else.
"""

import argparse
import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "newsroom.settings")
# Bubblewrap does not hand on what its children used, and CPU seconds are what is measured here.
os.environ["NEWSROOM_JAIL"] = "rlimits"
django.setup()

from django.conf import settings  # noqa: E402 - after the set-up

from media import encoding, ffmpeg, intake, jail, leakscan  # noqa: E402
from media.core.encode_args import Cut  # noqa: E402
from media.core.ladder import Rung, plan_ladder  # noqa: E402
from media.core.probe import Probe, read_probe  # noqa: E402
from media.models import Footage  # noqa: E402
from media.packaging import verify  # noqa: E402

LIMITS = jail.Limits(wall_s=600, cpu_s=1200, memory_bytes=6 * jail.GiB)
Cost = tuple[float, float]


def draw_source(folder: Path, seconds: int) -> Path:
    """A moving, noisy 1080p film with sound: hard to encode, the same on every machine."""
    picture = f"testsrc2=size=1920x1080:rate=30:duration={seconds},noise=alls=12:allf=t"
    sound = f"sine=frequency=330:duration={seconds}"
    arguments = ["-hide_banner", "-loglevel", "error", "-f", "lavfi", "-i", picture]
    arguments += ["-f", "lavfi", "-i", sound, "-c:v", "libx264", "-preset", "ultrafast"]
    arguments += ["-crf", "20", "-pix_fmt", "yuv420p", "-c:a", "aac", "source.mp4"]
    outcome = ffmpeg.run(
        arguments,
        reads=folder,
        writes=folder,
        limits=LIMITS,
        on_time_ms=lambda _: None,
        keep_going=lambda: True,
    )
    if outcome.returncode:
        sys.exit(f"the source could not be drawn: {outcome.stderr}")
    return folder / "source.mp4"


def measured(work: Callable[[], float]) -> Cost:
    """CPU seconds of the child processes (the work says them) and wall seconds."""
    started = time.monotonic()
    cpu_s = work()
    return cpu_s, time.monotonic() - started


def encode(source: Path, probe: Probe, rungs: tuple[Rung, ...], target: Path) -> float:
    target.mkdir()
    encoded = encoding.encode(
        source,
        target,
        probe=probe,
        rungs=rungs,
        cut=Cut(),
        poster_ms=1000,
        on_percent=lambda _: None,
        keep_going=lambda: True,
    )
    return encoded.cpu_s


def one_process(source: Path, probe: Probe, folder: Path) -> float:
    return encode(source, probe, plan_ladder(probe.short_side), folder / "one")


def process_a_rung(source: Path, probe: Probe, folder: Path) -> float:
    rungs = plan_ladder(probe.short_side)
    return sum(encode(source, probe, (rung,), folder / rung.name) for rung in rungs)


def everything_else(probe: Probe, folder: Path) -> float:
    """CPU seconds of this process and its children for verifying and scanning a package."""
    before = os.times()
    verify(folder, probe, plan_ladder(probe.short_side))
    footage = Footage(original_name="IMG_20150612_183412.MOV", metadata=[])
    leakscan.check_folder(folder, footage)
    after = os.times()
    return sum(after[:4]) - sum(before[:4])


def round_of_figures(source: Path, probe: Probe) -> dict[str, float]:
    with tempfile.TemporaryDirectory(dir=settings.WORK_DIR) as name:
        folder = Path(name)
        ours = measured(lambda: one_process(source, probe, folder))
        theirs = measured(lambda: process_a_rung(source, probe, folder))
        rest_s = everything_else(probe, folder / "one")
    return {
        "encode, one process to one process a rung, CPU": ours[0] / theirs[0],
        "encode, one process to one process a rung, wall": ours[1] / theirs[1],
        "verify and scan to encode, CPU": rest_s / ours[0],
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=int, default=12, help="length of the source")
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=settings.WORK_DIR) as name:
        source = draw_source(Path(name), options.seconds)
        probe = read_probe(intake.examine_file(source))
        rounds = [round_of_figures(source, probe) for _ in range(options.rounds)]
    medians = {row: statistics.median(figures[row] for figures in rounds) for row in rounds[0]}
    for row, ratio in medians.items():
        print(f"{ratio:7.3f}  {row}")
    target = settings.DATA_DIR / "bench" / "latest.json"
    target.parent.mkdir(exist_ok=True)
    result = {"ratios": medians, "rounds": rounds, "source_s": options.seconds}
    target.write_text(json.dumps(result, indent=2), encoding="utf-8")
    print(f"written to {target}")


if __name__ == "__main__":
    main()
