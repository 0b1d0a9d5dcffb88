"""What somebody can do who owns the database: get behind the walls around the custody log."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper

from media import walls


@contextmanager
def taken_down(on: BaseDatabaseWrapper = connection) -> Iterator[None]:
    """The walls are down while the block runs, and stand again after it."""
    with on.cursor() as cursor:
        if on.vendor == "sqlite":
            for name in walls.SQLITE:
                cursor.execute(f"DROP TRIGGER IF EXISTS {name}")
        else:
            # A table that has checks of its rows before it cannot be altered.
            on.check_constraints()
            cursor.execute(f"ALTER TABLE {walls.TABLE} DISABLE TRIGGER USER")
    yield
    if on.vendor == "postgresql":
        on.check_constraints()
    walls.build(on)


def tampered(statement: str, *values: object) -> None:
    """One statement behind the walls."""
    with taken_down(), connection.cursor() as cursor:
        cursor.execute(statement, values)
