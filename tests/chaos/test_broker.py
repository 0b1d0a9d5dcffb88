"""The queue's server forgets everything, or dies and loses its files: the rows know what to do."""

import shutil
import signal
from collections.abc import Callable
from pathlib import Path

import pytest
from redis import Redis

from tests.chaos.trouble import (
    at_work,
    command,
    film,
    kill,
    lost,
    queue_server,
    ready,
    whole_packages,
)
from tests.served import Newsroom


def wiped(newsroom: Newsroom) -> None:
    with Redis(unix_socket_path=str(newsroom.data / "run/queue.sock")) as broker:
        broker.flushall()


def killed(newsroom: Newsroom) -> None:
    servers = queue_server(newsroom)
    assert servers != []
    kill(servers, signal.SIGKILL)
    for folder in (newsroom.data / "queue").iterdir():
        shutil.rmtree(folder / "appendonlydir")


@pytest.mark.parametrize(("happens", "noise"), [(wiped, 31), (killed, 32)])
def test_a_queue_that_loses_everything_loses_no_work(
    newsroom: Newsroom, tmp_path: Path, happens: Callable[[Newsroom], None], noise: int
) -> None:
    films = [film(tmp_path / f"{number}.mkv", noise=noise + 5 * number) for number in range(3)]
    clips = [command(newsroom, "ingest", str(source))["clip"] for source in films]
    at_work(newsroom, clips[-1], "first_play")

    happens(newsroom)

    for clip in clips:
        ready(newsroom, clip)
    assert [whole_packages(newsroom, clip) for clip in clips] == [(1,)] * 3
    assert lost(newsroom) == []
