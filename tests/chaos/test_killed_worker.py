"""Workers are killed in the middle of an encode, while readers watch."""

import signal
from pathlib import Path

from tests.chaos.trouble import (
    Reader,
    at_work,
    command,
    film,
    grows,
    inside,
    kill,
    lost,
    ready,
    story,
    whole_packages,
)
from tests.served import Newsroom, wait_until


def test_workers_killed_in_the_middle_of_an_encode_lose_nothing(
    newsroom: Newsroom, tmp_path: Path
) -> None:
    path = story(newsroom, tmp_path, "killed")
    source = film(tmp_path / "film.mkv", noise=21, size="640x360", seconds=12)
    clip = command(newsroom, "ingest", str(source), "--story", "killed", "--wait")["clip"]
    command(newsroom, "publish", "killed")
    ready(newsroom, clip)
    with Reader(newsroom, path) as reader:
        inside(newsroom, "ask", clip)
        at_work(newsroom, clip, "package_clip")
        killed = newsroom.workers()
        assert killed != []
        kill(killed, signal.SIGKILL)
        ready(newsroom, clip)

    assert whole_packages(newsroom, clip) == (2,)
    assert reader.seen == {"whole"}
    assert reader.broken == []
    assert lost(newsroom) == []


def test_readers_of_a_growing_clip_lose_nothing_when_its_worker_is_killed(
    newsroom: Newsroom, tmp_path: Path
) -> None:
    path = story(newsroom, tmp_path, "growing")
    source = film(tmp_path / "film.mkv", noise=22, seconds=30)
    clip = command(newsroom, "ingest", str(source), "--story", "growing")["clip"]
    inside(newsroom, "clear", clip)
    grows(newsroom, clip)
    with Reader(newsroom, path) as reader:
        wait_until(lambda: "growing" in reader.seen, newsroom)

        killed = newsroom.workers("desk")
        assert killed != []
        kill(killed, signal.SIGKILL)
        ready(newsroom, clip)
        wait_until(lambda: "whole" in reader.seen, newsroom)

    assert whole_packages(newsroom, clip) == (1,)
    assert reader.broken == []
    assert lost(newsroom) == []
