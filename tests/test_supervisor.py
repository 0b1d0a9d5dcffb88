"""`manage.py serve` with real processes: it starts, mends and ends everything."""

import json
import os
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.served import PATIENCE_S, PROCESSES, Newsroom, wait_until

pytestmark = [
    pytest.mark.slow,
    pytest.mark.xdist_group("serve"),
    pytest.mark.skipif(not (PROCESSES / "self").exists(), reason="needs /proc to see processes"),
]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[..., Newsroom]]:
    """Start one, or several; whatever a test leaves is ended."""
    started: list[Newsroom] = []

    def start(name: str = "served", port: int | None = None) -> Newsroom:
        started.append(Newsroom(tmp_path / name, port))
        return started[-1]

    yield start
    for newsroom in started:
        newsroom.process.kill()
        newsroom.process.wait()
        wait_until(lambda newsroom=newsroom: not newsroom.processes(), newsroom)


def test_it_serves_mends_what_dies_and_ends_when_asked(start: Callable[..., Newsroom]) -> None:
    newsroom = start()
    wait_until(newsroom.ready_lines, newsroom)
    assert newsroom.ready_lines() == [f"Newsroom is ready: http://127.0.0.1:{newsroom.port}/"]
    status, body = newsroom.get("/readyz")
    assert (status, json.loads(body)["ready"]) == (200, True)
    assert newsroom.get("/healthz") == (200, b"ok\n")

    # Its files are answered through the real web server, a part of a large one as well.
    film = newsroom.data / "public/media/k7/clip.mp4"
    film.parent.mkdir(parents=True)
    film.write_bytes(bytes(range(256)) * 8192)
    assert newsroom.get("/media/k7/clip.mp4") == (200, film.read_bytes())
    assert newsroom.get("/media/k7/clip.mp4", Range="bytes=255-256") == (206, b"\xff\0")

    # Neither a second one on the same folder nor one on the same port may start.
    second, third = start(), start("other", newsroom.port)
    assert [second.process.wait(PATIENCE_S), third.process.wait(PATIENCE_S)] == [1, 1]
    assert "runs already on the data folder" in second.lines()[-1]
    assert f"Port {newsroom.port} cannot be used" in third.lines()[-1]

    # A worker that is killed, with the processes it made, is replaced.
    killed = newsroom.workers()
    os.kill(killed[0], signal.SIGKILL)
    wait_until(lambda: newsroom.workers() and not set(newsroom.workers()) & set(killed), newsroom)
    assert "The worker ended (SIGKILL); it is started again in 1 s." in newsroom.lines()

    started_at = time.monotonic()
    assert newsroom.end(signal.SIGTERM) == 0
    assert time.monotonic() - started_at < 10
    assert newsroom.processes() == {}
    assert len(newsroom.ready_lines()) == 1


def test_nothing_outlives_a_supervisor_that_is_killed(start: Callable[..., Newsroom]) -> None:
    newsroom = start()
    # The worker, its child and its clock: all that there will be.
    wait_until(lambda: len(newsroom.workers()) == 3, newsroom)

    newsroom.end(signal.SIGKILL)

    wait_until(lambda: not newsroom.processes(), newsroom)
    assert newsroom.processes() == {}


def test_it_can_be_ended_while_it_starts(start: Callable[..., Newsroom]) -> None:
    newsroom = start()
    wait_until(newsroom.workers, newsroom)

    assert newsroom.end(signal.SIGINT) == 0

    assert newsroom.processes() == {}
    assert newsroom.ready_lines() == []
