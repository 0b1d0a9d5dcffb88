"""The clock of the database, held in a test's hand."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime

from django.db import connection


def database_says(moment: datetime) -> AbstractContextManager[None]:
    """While the block runs, the database answers that it is ``moment``."""
    return (_postgresql if connection.vendor == "postgresql" else _sqlite)(moment)


@contextmanager
def _sqlite(moment: datetime) -> Iterator[None]:
    """SQLite asks a function of ours for the time."""
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


@contextmanager
def _postgresql(moment: datetime) -> Iterator[None]:
    """PostgreSQL finds a function of that name in a schema of ours before it finds its own."""
    with connection.cursor() as cursor:
        cursor.execute("CREATE SCHEMA IF NOT EXISTS held")
        cursor.execute(
            "CREATE OR REPLACE FUNCTION held.statement_timestamp() RETURNS timestamptz "
            f"LANGUAGE sql AS $$ SELECT '{moment.isoformat()}'::timestamptz $$"
        )
        cursor.execute("SET search_path TO held, public, pg_catalog")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SET search_path TO DEFAULT")
