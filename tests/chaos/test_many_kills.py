"""Workers, encoders and the queue are killed at random, again and again, while readers watch.

NEWSROOM_KILLS says how often, NEWSROOM_SEED repeats a run. Where the folder of real footage is,
the films come from it.
"""

import csv
import json
import os
import random
import signal
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.chaos.trouble import (
    Reader,
    command,
    encoders,
    film,
    inside,
    is_quiet,
    job,
    kill,
    lost,
    package_state,
    queue_server,
    story,
)
from tests.served import MANAGE, Newsroom, wait_until

KILLS = int(os.environ.get("NEWSROOM_KILLS", "0"))
SEED = os.environ.get("NEWSROOM_SEED") or str(random.randrange(10**6))
FOOTAGE = Path(
    os.environ.get("NEWSROOM_FOOTAGE_CORPUS", MANAGE.parent.parent / "shared" / "footage")
)
LARGEST = 4 * 1024 * 1024
# A few kills are a test among others, which need not encode for minutes.
LONGEST_S = 20 if KILLS < 20 else 200
KILLS_A_FILM = 5
KINDS = ("first_play", "package_clip")
# A restarted worker waits longer each time, and a lease must run out first.
PATIENCE_S = 120 + 10 * KILLS


def films(chance: random.Random, folder: Path) -> list[Path]:
    """So many that there is work at every kill."""
    wanted = max(3, KILLS // KILLS_A_FILM)
    manifest = FOOTAGE / "MANIFEST.tsv"
    if not manifest.is_file():
        return [
            film(folder / f"{number}.mkv", noise=60 + number, size="640x360")
            for number in range(min(wanted, 12))
        ]
    with manifest.open(newline="", encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file, delimiter="\t") if _is_playable(row)]
    return [FOOTAGE / row["file"] for row in chance.sample(rows, min(wanted, len(rows)))]


def _is_playable(row: dict[str, str]) -> bool:
    return (
        row["expected"].startswith("plays")
        and int(row["bytes"]) <= LARGEST
        and row["duration_s"] != "none"
        and float(row["duration_s"]) <= LONGEST_S
    )


VICTIMS: dict[str, Callable[[Newsroom], list[int]]] = {
    "encoder": lambda newsroom: encoders(newsroom)[-1:],
    "worker": lambda newsroom: newsroom.workers(),
    "queue": queue_server,
}
# What was killed often is started again after half a minute.
AWAITED_S = 40


def victims(newsroom: Newsroom, chance: random.Random) -> tuple[str, list[int]]:
    """What is killed next: one encoder, one worker or the queue, as soon as there is one."""
    kind = chance.choice(list(VICTIMS))
    deadline = time.monotonic() + AWAITED_S
    while not (found := VICTIMS[kind](newsroom)) and time.monotonic() < deadline:
        time.sleep(0.1)
    return kind, [chance.choice(found)] if found else []


@pytest.mark.skipif(not KILLS, reason="make chaos kills as often as is wanted")
def test_many_kills_lose_nothing(start: Callable[..., Newsroom], tmp_path: Path) -> None:
    print(f"NEWSROOM_SEED={SEED} NEWSROOM_KILLS={KILLS}")
    chance = random.Random(SEED)
    newsroom = start()
    path = story(newsroom, tmp_path, "kills")
    sources = films(chance, tmp_path)
    clips: list[str] = []
    done: dict[str, int] = {}
    with Reader(newsroom, path) as reader:
        while sum(done.values()) < KILLS:
            if sources and len(clips) <= sum(done.values()) // KILLS_A_FILM + 1:
                clips.append(ingested(newsroom, sources.pop()))
                inside(newsroom, "clear", clips[-1])
            time.sleep(chance.uniform(0.3, 3))
            kind, pids = victims(newsroom, chance)
            kill(pids, signal.SIGKILL)
            if pids:
                done[kind] = done.get(kind, 0) + 1
        clips += [ingested(newsroom, source) for source in sources]

        failures = settle(newsroom, clips)
        again = settle(newsroom, failures, asked_again=True)

    print(f"kills: {done}; films: {len(clips)}; failed first: {failures}; visits: {reader.visits}")
    assert again == {}
    assert reader.visits > 0
    assert reader.broken == []
    assert lost(newsroom) == []
    assert command(newsroom, "leaks")["found"] == 0


def ingested(newsroom: Newsroom, source: Path) -> str:
    return str(command(newsroom, "ingest", str(source), "--story", "kills")["clip"])


def settle(
    newsroom: Newsroom, clips: list[str] | dict[str, str], *, asked_again: bool = False
) -> dict[str, str]:
    """Wait until nothing is left to do; the clips that are not whole, with their reasons."""
    if asked_again:
        for clip in clips:
            inside(newsroom, "ask", clip)

    def is_over() -> bool:
        inside(newsroom, "hurry")
        return is_quiet(newsroom)

    wait_until(is_over, newsroom, patience_s=PATIENCE_S)
    return {
        clip: json.dumps([job(newsroom, clip, kind, "reason") for kind in KINDS])
        for clip in clips
        if package_state(newsroom, clip) != ("whole",)
    }
