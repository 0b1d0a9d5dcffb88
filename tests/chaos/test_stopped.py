"""A person stops the work, before a clip can be watched or while it is: nothing is left of it."""

from pathlib import Path

from tests.chaos.trouble import (
    Reader,
    at_work,
    command,
    failed,
    film,
    grows,
    inside,
    lost,
    ready,
    story,
    whole_packages,
)
from tests.served import Newsroom, wait_until

STOPPED = "Stopped by Amal: ask for it again when it is wanted."


def test_stopped_while_the_whole_ladder_is_encoded(newsroom: Newsroom, tmp_path: Path) -> None:
    source = film(tmp_path / "film.mkv", noise=11, size="640x360", seconds=24)
    clip = command(newsroom, "ingest", str(source))["clip"]
    at_work(newsroom, clip, "package_clip")

    assert inside(newsroom, "cancel", clip, "Amal") == 1
    assert failed(newsroom, clip, "package_clip") == STOPPED
    assert lost(newsroom) == []

    inside(newsroom, "ask", clip)
    ready(newsroom, clip)
    assert whole_packages(newsroom, clip) == (1,)
    assert lost(newsroom) == []


def test_stopped_while_readers_watch_it_grow(newsroom: Newsroom, tmp_path: Path) -> None:
    path = story(newsroom, tmp_path, "stopped")
    source = film(tmp_path / "film.mkv", noise=12, seconds=30)
    clip = command(newsroom, "ingest", str(source), "--story", "stopped")["clip"]
    inside(newsroom, "clear", clip)
    grows(newsroom, clip)
    with Reader(newsroom, path) as reader:
        wait_until(lambda: "growing" in reader.seen, newsroom)

        inside(newsroom, "cancel", clip, "Amal")
        assert failed(newsroom, clip, "first_play") == STOPPED
        wait_until(lambda: reader.named() == [], newsroom)
        # Who watched what was stopped loses it, a moment before the page does not show it any more.
        reader.broken.clear()
        assert lost(newsroom) == []

        inside(newsroom, "ask", clip)
        ready(newsroom, clip)
        wait_until(lambda: "whole" in reader.seen, newsroom)
    assert whole_packages(newsroom, clip) == (1,)
    assert reader.broken == []
    assert lost(newsroom) == []
