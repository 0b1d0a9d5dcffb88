"""Measures everything, in the data folder that the environment names, and writes down the result.

Started by ``benchmarks.run``, which gives it a data folder of its own.
"""

import argparse
import json
import os
import platform
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command

from benchmarks import (
    chunks,
    films,
    first_play,
    ladder_costs,
    memory,
    pages,
    quality,
    receiving,
    search,
)
from benchmarks.figures import Row
from benchmarks.films import PHONE, SMALL, TINY, Size
from media import ffmpeg
from media.models import Package


@dataclass(frozen=True)
class Lengths:
    """How much is measured.

    Films of ``film_s`` seconds are drawn, of which the ladder is made; chunks and first plays are
    of so many copies of them, one after the other.
    """

    size: Size
    rounds: int
    film_s: int
    chunked_times: int
    first_plays: tuple[int, ...]
    early_clips: int
    late_clips: int
    # Of a thousand cues each.
    found_stories: int
    questions: int
    composed: int
    loaded_s: float
    received_mib: int


REAL = Lengths(
    PHONE,
    3,
    10,
    3,
    (1, 6, 60),
    20,
    100,
    found_stories=1000,
    questions=150,
    composed=15,
    loaded_s=1.5,
    received_mib=512,
)
QUICK = Lengths(
    SMALL,
    1,
    4,
    2,
    (1, 2),
    2,
    4,
    found_stories=2,
    questions=30,
    composed=2,
    loaded_s=0.1,
    received_mib=40,
)


class Bench:
    """One run of the bench: films that were drawn, and the rows that were found until now."""

    def __init__(self, lengths: Lengths, folder: Path) -> None:
        self.lengths, self.folder = lengths, folder
        self.rows: list[Row] = []
        self.quality: list[dict[str, Any]] = []
        self.took_s: dict[str, float] = {}
        self.started = time.monotonic()

    def films(self) -> None:
        """What most parts measure with."""
        folder, lengths = self.folder, self.lengths
        self.film = films.draw_web_ready(folder, "film.mp4", lengths.size, lengths.film_s)
        self.hevc = films.draw_hevc(self.film, "hevc.mp4", lengths.size)
        self._done("films")

    def _done(self, name: str) -> None:
        self.took_s[name] = round(time.monotonic() - self.started - sum(self.took_s.values()), 1)
        print(f"{name}: {self.took_s[name]:.0f} s", flush=True)

    def first_play(self) -> None:
        lengths = self.lengths
        found = {}
        for times in lengths.first_plays:
            for kind, film in (("web-ready", self.film), ("not web-ready", self.hevc)):
                name = f"{kind.replace(' ', '-')}-{times}.mp4"
                longer = films.lengthen(film, name, times=times)
                found[kind, times * lengths.film_s] = longer
        self.rows += first_play.rows(first_play.measure(found, rounds=lengths.rounds))
        for film in found.values():
            film.unlink()
        self._done("first play")

    def ladder(self) -> None:
        folder = self._folder("ladder")
        rounds = ladder_costs.measure(self.film, folder, rounds=self.lengths.rounds)
        self.rows += ladder_costs.rows(rounds)
        self._done("ladder")

    def memory_and_quality(self) -> None:
        """Nothing is timed here, so the small clips are made while pictures are compared."""
        lengths = self.lengths
        tiny = films.draw_web_ready(self.folder, "tiny.mp4", TINY, 2)
        growth = memory.alone(memory.worker_growth, tiny, lengths.early_clips, lengths.late_clips)
        package_id, peak_mb = memory.alone(memory.package_with_av1, self.film).result()
        self.quality = quality.measure(
            Package.objects.get(pk=package_id),
            self.folder / "ladder" / str(lengths.rounds - 1),
            self.film,
            lengths.size,
            seconds=lengths.film_s,
        )
        self.rows += memory.rows(peak_mb, growth.result())
        self._done("memory and VMAF")

    def chunks(self) -> None:
        film = films.lengthen(self.film, "long.mp4", times=self.lengths.chunked_times)
        folder = self._folder("chunks")
        rounds = chunks.measure(film, folder, rounds=self.lengths.rounds)
        self._done("chunks")
        self.rows += chunks.rows(rounds, film, folder, self.lengths.size)
        self._done("VMAF of chunks")

    def pages(self) -> None:
        lengths = self.lengths
        self.rows += pages.measure(
            repeats=lengths.composed, rounds=lengths.rounds, seconds=lengths.loaded_s
        )
        self._done("pages")

    def receiving(self) -> None:
        lengths = self.lengths
        folder = self._folder("receiving")
        self.rows += receiving.measure(folder, mib=lengths.received_mib, rounds=lengths.rounds)
        self._done("receiving")

    def search(self) -> None:
        lengths = self.lengths
        self.rows += search.measure(stories=lengths.found_stories, questions=lengths.questions)
        self._done("search")

    def _folder(self, name: str) -> Path:
        folder = self.folder / name
        folder.mkdir()
        return folder

    def as_json(self) -> dict[str, Any]:
        rows = sorted(self.rows, key=lambda row: row.part)
        return {
            "rows": [row.as_json() for row in rows],
            "quality": self.quality,
            "film_s": self.lengths.film_s,
            "took_s": self.took_s,
            "machine": {
                "cores": len(os.sched_getaffinity(0)),
                "processor": _processor(),
                "python": platform.python_version(),
                "ffmpeg": Path(ffmpeg.program()).name,
                "load_before": os.getloadavg()[2],
            },
        }


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()


PARTS = {
    "first-play": Bench.first_play,
    "ladder": Bench.ladder,
    "memory": Bench.memory_and_quality,
    "chunks": Bench.chunks,
    "pages": Bench.pages,
    "search": Bench.search,
    "receiving": Bench.receiving,
}
WITHOUT_FILMS = {"pages", "search", "receiving"}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--only", choices=PARTS)
    parser.add_argument("--to", type=Path, required=True, help="where the result is written")
    options = parser.parse_args()
    call_command("migrate", interactive=False, verbosity=0)
    folder = settings.DATA_DIR / "bench"
    folder.mkdir()
    bench = Bench(QUICK if options.quick else REAL, folder)
    wanted = [options.only] if options.only else list(PARTS)
    if set(wanted) - WITHOUT_FILMS:
        bench.films()
    for name in wanted:
        PARTS[name](bench)
    options.to.write_text(json.dumps(bench.as_json(), indent=2), encoding="utf-8")


if __name__ == "__main__":
    main()
