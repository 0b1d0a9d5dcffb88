"""(d): a clip in chunks beside the same clip in one piece, each on one core."""

import os
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from math import ceil
from multiprocessing import get_context
from pathlib import Path

from benchmarks import ours, quality
from benchmarks.costs import Cost, cost_of, run_ffmpeg
from benchmarks.figures import Row, ratios
from benchmarks.films import Size
from media import assembling, encoding, planning
from media.assembling import Pieces
from media.core import hls
from media.core.ladder import Rung
from media.core.parts import Cut, Part, Span, piece_count
from media.core.probe import Probe
from media.encoding import Watch

COUNT = 2
WORKERS = (1, 2, 4)
CPU_GOAL, TIME_GOAL, VMAF_GOAL = 1.05, 0.10, 0.5
EVERY_FRAME = 20
LONGEST_S = 600


@dataclass(frozen=True)
class Job:
    """One encoding of the tallest rung into a folder of its own; no span is the whole clip."""

    source: Path
    target: Path
    probe: Probe
    rung: Rung
    span: Span | None


@dataclass(frozen=True)
class Round:
    whole: Cost
    chunks: Sequence[Cost]
    join: Cost


def spans(probe: Probe, count: int) -> list[Span]:
    """So many spans, each of the same number of pieces but for the last one.

    They are those of media.chunking, but shorter: the bench has no hour to spend.
    """
    pieces = piece_count(probe.frame_rate, probe.duration_ms)
    each = ceil(pieces / count)
    firsts = range(0, pieces, each)
    return [Span(first, end) for first, end in zip(firsts, [*firsts[1:], None], strict=True)]


def encode(job: Job, core: int) -> Cost:
    """Do one job on one core, in this process and its children."""
    os.sched_setaffinity(0, {core})
    job.target.mkdir(parents=True)
    return cost_of(
        lambda: encoding.encode(
            job.source,
            job.target,
            probe=job.probe,
            part=Part(rungs=(job.rung,), span=job.span),
            cut=Cut(),
            watch=Watch(keep_going=lambda: True),
        )
    )


def encode_in_turn(jobs: Sequence[Job], core: int) -> list[Cost]:
    return [encode(job, core) for job in jobs]


def measure(film: Path, folder: Path, *, rounds: int) -> list[Round]:
    """The clip in one piece on one core and in chunks on another, at the same time.

    The cores are changed every round. What was made stays in ``folder``.
    """
    plan = planning.plan_for(ours.receive(film))
    rung = plan.rungs[0]
    cores = sorted(os.sched_getaffinity(0))
    measured = []
    with ProcessPoolExecutor(max_workers=2, mp_context=get_context("spawn")) as pool:
        for number in range(rounds):
            place = folder / str(number)
            whole = Job(film, place / "whole", plan.probe, rung, None)
            chunks = [
                Job(film, place / f"chunk-{index}", plan.probe, rung, span)
                for index, span in enumerate(spans(plan.probe, COUNT))
            ]
            one = pool.submit(encode_in_turn, [whole], cores[number % 2 - 1])
            many = pool.submit(encode_in_turn, chunks, cores[number % 2])
            costs = many.result()
            measured.append(Round(one.result()[0], costs, _join(whole, chunks, place)))
    return measured


def _join(whole: Job, chunks: Sequence[Job], place: Path) -> Cost:
    name = whole.rung.name
    _assemble(place / "one" / name, [whole])
    return cost_of(lambda: _assemble(place / "joined" / name, chunks))


def _assemble(folder: Path, jobs: Sequence[Job]) -> None:
    pieces = [Pieces(job.target / job.rung.name) for job in jobs]
    track = assembling.assemble(folder, pieces)
    assembling.write_playlists([track], target_s=hls.TARGET_S)


def schedule(chunks: Sequence[float], workers: int) -> float:
    """Seconds until the last of these chunks is done: each goes to the first worker that is free.

    >>> schedule([3.0, 3.0, 2.0], 2), schedule([3.0, 3.0], 4)
    (5.0, 3.0)
    """
    free_at = [0.0] * workers
    for chunk in chunks:
        first = free_at.index(min(free_at))
        free_at[first] += chunk
    return max(free_at)


def predicted(whole_s: float, count: int, join_s: float, workers: int) -> float:
    """The formula of docs/encoding.md, from the single piece alone; nothing was made before.

    >>> predicted(40.0, 2, 1.0, 1), predicted(40.0, 2, 1.0, 4)
    (41.0, 21.0)
    """
    return ceil(count / workers) * whole_s / count + join_s


def _distance(one: Round, workers: int) -> float:
    """How far the formula is from what was measured, as a share of it."""
    chunks = [cost.wall_s for cost in one.chunks]
    measured_s = schedule(chunks, workers) + one.join.wall_s
    told_s = predicted(one.whole.wall_s, len(chunks), one.join.wall_s, workers)
    return abs(told_s / measured_s - 1)


def frame_times(playlist: Path, folder: Path) -> list[int]:
    """When each frame of a rendition is shown, in order, as a demuxer reads it."""
    arguments = ["-i", str(playlist), "-map", "0:v", "-c", "copy", "-f", "framecrc", "frames.txt"]
    run_ffmpeg(arguments, reads=playlist.parent, writes=folder)
    lines = (folder / "frames.txt").read_text(encoding="utf-8").splitlines()
    return sorted(int(line.split(",")[2]) for line in lines if not line.startswith("#"))


def rows(rounds: Sequence[Round], film: Path, folder: Path, size: Size) -> list[Row]:
    """The figures, with the pictures of the last round compared."""
    chunked = [sum(cost.cpu_s for cost in one.chunks) for one in rounds]
    whole = [one.whole.cpu_s for one in rounds]
    name = f"{COUNT} chunks / one piece, CPU"
    found = [Row("d", name, ratios(chunked, whole), goal=CPU_GOAL)]
    for workers in WORKERS:
        distances = [_distance(one, workers) for one in rounds]
        name = f"formula's distance from {workers} one-core workers, simulated"
        found.append(Row("d", name, distances, goal=TIME_GOAL))
    found.append(Row("d", "join", [one.join.wall_s for one in rounds], unit="s"))
    return [*found, *_pictures(folder / str(len(rounds) - 1), film, size)]


def _pictures(place: Path, film: Path, size: Size) -> list[Row]:
    one, joined = (next((place / name).glob(f"*/{hls.INDEX_NAME}")) for name in ("one", "joined"))
    times = [frame_times(path, place) for path in (one, joined)]
    steps = {after - before for before, after in zip(times[1], times[1][1:], strict=False)}
    rated = [
        quality.vmaf(path, film, size, place, every=EVERY_FRAME, most_s=LONGEST_S)
        for path in (one, joined)
    ]
    return [
        Row("d", "frames more or fewer than in one piece", [abs(len(times[0]) - len(times[1]))], 0),
        Row("d", "frames shown at another time than in one piece", [_moved(*times)], 0),
        Row("d", "different steps from frame to frame, but one", [len(steps) - 1], 0),
        Row("d", "VMAF lost in chunks", [rated[0] - rated[1]], VMAF_GOAL, unit="VMAF"),
    ]


def _moved(one: Sequence[int], other: Sequence[int]) -> int:
    return sum(here != there for here, there in zip(one, other, strict=False))
