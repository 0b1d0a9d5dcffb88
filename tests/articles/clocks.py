"""The clock of the database, held in a test's hand: SQLite asks a function of ours for the time."""

from collections.abc import Callable
from contextlib import contextmanager
from datetime import UTC, datetime

from django.db import connection


@contextmanager
def database_says(moment: datetime):
    """While the block runs, the database answers that it is ``moment``."""
    connection.ensure_connection()
    _ask(lambda: moment)
    try:
        yield
    finally:
        # What SQLite answers by itself; its own function does not come back.
        _ask(lambda: datetime.now(UTC))


def _ask(clock: Callable[[], datetime]) -> None:
    def spelled(_form: str, _when: str) -> str:
        at = clock().astimezone(UTC)
        return f"{at:%Y-%m-%d %H:%M:%S}.{at.microsecond // 1000:03}000"

    # Only a function that is replaced has statements compiled anew: what was asked before, and is
    # kept compiled, would else go on to ask SQLite's own, and the two would see different stories.
    for _ in range(2):
        connection.connection.create_function("STRFTIME", 2, spelled)
