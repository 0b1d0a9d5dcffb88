"""The database answers nobody for longer than anybody waits for it."""

import sqlite3
import time
from contextlib import closing
from pathlib import Path

from tests.chaos.trouble import at_work, command, film, lost, ready, whole_packages
from tests.served import Newsroom

# Writers wait for 20 seconds, and a lease lasts for 15.
LOCKED_S = 25


def test_a_database_that_is_locked_for_long_costs_no_work(
    newsroom: Newsroom, tmp_path: Path
) -> None:
    clip = command(newsroom, "ingest", str(film(tmp_path / "film.mkv", noise=41)))["clip"]
    at_work(newsroom, clip, "first_play")

    with closing(sqlite3.connect(newsroom.data / "newsroom.sqlite3", timeout=20)) as somebody:
        somebody.execute("BEGIN EXCLUSIVE")
        time.sleep(LOCKED_S)
        somebody.rollback()

    ready(newsroom, clip)
    assert whole_packages(newsroom, clip) == (1,)
    assert lost(newsroom) == []
