"""PostgreSQL is stopped at once, in the middle of the work, and comes back after a while."""

import signal
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.chaos.conftest import Encoder
from tests.chaos.trouble import (
    Reader,
    at_work,
    command,
    film,
    grows,
    inside,
    lost,
    ready,
    story,
    whole_packages,
)
from tests.postgres import Server
from tests.served import Newsroom, wait_until

AWAY_S = 5


@pytest.fixture
def newsroom(start: Callable[..., Newsroom], postgres: Server, encoder: Encoder) -> Newsroom:
    """Serves as in production: on PostgreSQL, with an encoder that keeps pace."""
    address = postgres.database("chaos")
    return start(database_url=address, NEWSROOM_FFMPEG=str(encoder.program))


def stopped_for_a_while(postgres: Server) -> None:
    postgres.stop(signal.SIGQUIT)
    time.sleep(AWAY_S)
    postgres.start()


def test_postgresql_may_stop_during_first_play_and_during_the_whole_ladder(
    newsroom: Newsroom, postgres: Server, tmp_path: Path
) -> None:
    path = story(newsroom, tmp_path, "away")
    source = film(tmp_path / "film.mkv", noise=42, size="640x360", seconds=20)
    clip = command(newsroom, "ingest", str(source), "--story", "away")["clip"]
    inside(newsroom, "clear", clip)
    grows(newsroom, clip)
    with Reader(newsroom, path) as reader:
        wait_until(lambda: "growing" in reader.seen, newsroom)

        stopped_for_a_while(postgres)
        at_work(newsroom, clip, "package_clip")
        stopped_for_a_while(postgres)

        ready(newsroom, clip)
        wait_until(lambda: "whole" in reader.seen, newsroom)
    assert whole_packages(newsroom, clip) == (1,)
    assert reader.broken == []
    assert lost(newsroom) == []
