"""`manage.py serve` with real processes: it starts, mends and ends everything."""

import json
import os
import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.marked import ffmpeg
from tests.served import PATIENCE_S, PROCESSES, Newsroom, wait_until

pytestmark = [
    pytest.mark.slow,
    pytest.mark.xdist_group("supervisor"),
    pytest.mark.skipif(not (PROCESSES / "self").exists(), reason="needs /proc to see processes"),
]


# A job that encodes.
AT_WORK = "SELECT 1 FROM media_job WHERE state = 'running' AND percent > 0"


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

    # The desk with its clock, the encoder, and the spare one: also without AV1 there is fixity.
    assert (len(newsroom.workers("spare")), len(newsroom.workers())) == (1, 4)

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
    killed, others = newsroom.workers("desk"), newsroom.workers("encoder")
    os.kill(killed[0], signal.SIGKILL)
    wait_until(lambda: now_another(newsroom, "desk", killed), newsroom)
    assert "The desk ended (SIGKILL); it is started again in 1 s." in newsroom.lines()
    assert newsroom.workers("encoder") == others

    assert newsroom.end(signal.SIGTERM) == 0
    assert newsroom.processes() == {}
    assert len(newsroom.ready_lines()) == 1


def now_another(newsroom: Newsroom, worker: str, killed: list[int]) -> bool:
    now = set(newsroom.workers(worker))
    return bool(now) and not now & set(killed)


def test_nothing_outlives_a_supervisor_that_is_killed(
    start: Callable[..., Newsroom],
) -> None:
    newsroom = start()
    # The desk with its clock, the encoder and the spare one: all that there will be.
    wait_until(lambda: len(newsroom.workers()) == 4, newsroom)

    newsroom.end(signal.SIGKILL)

    wait_until(lambda: not newsroom.processes(), newsroom)
    assert newsroom.processes() == {}


def test_work_is_handed_back_uncounted_when_it_is_ended(
    start: Callable[..., Newsroom], tmp_path: Path
) -> None:
    film = tmp_path / "film.mp4"
    picture = "testsrc2=size=640x360:rate=30:duration=60,noise=alls=10:allf=t"
    # Without a keyframe to start from in mid-film, it must be encoded before it can be watched.
    quick = ["-preset", "ultrafast", "-g", "9000", "-pix_fmt", "yuv420p"]
    ffmpeg("-f", "lavfi", "-i", picture, *quick, str(film))
    newsroom = start()
    wait_until(newsroom.ready_lines, newsroom)
    newsroom.manage("ingest", str(film))
    wait_until(lambda: newsroom.row(AT_WORK), newsroom)
    assert newsroom.jailed() != {}

    assert newsroom.end(signal.SIGTERM) == 0

    assert newsroom.processes() == {}
    assert newsroom.jailed() == {}
    assert newsroom.row("SELECT count(*) FROM media_job WHERE state = 'running'") == (0,)
    assert newsroom.row("SELECT max(attempts) FROM media_job WHERE state = 'queued'") == (0,)


def test_it_can_be_ended_while_it_starts(start: Callable[..., Newsroom]) -> None:
    newsroom = start()
    wait_until(newsroom.workers, newsroom)

    assert newsroom.end(signal.SIGINT) == 0

    assert newsroom.processes() == {}
    assert newsroom.ready_lines() == []
