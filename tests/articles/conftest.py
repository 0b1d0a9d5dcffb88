"""Fixtures for what speaks to the database in its own words: each test once with either of them."""

from collections.abc import Iterator

import pytest
from django.core.management import call_command
from django.db import connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.utils import load_backend

from newsroom import env
from tests.postgres import Server


@pytest.fixture(scope="session")
def postgresql(
    postgres: Server, django_db_setup: None, django_db_blocker: pytest.FixtureRequest
) -> Iterator[BaseDatabaseWrapper]:
    """A connection to a database of our own in PostgreSQL, with our tables in it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DATABASE_URL", postgres.database("search"))
        configured = env.database("DATABASE_URL", postgres.folder)
    settings = connections.configure_settings({"default": configured})["default"]
    connection = load_backend(settings["ENGINE"]).DatabaseWrapper(settings, "default")
    ours = connections["default"]
    connections["default"] = connection
    with django_db_blocker.unblock():
        call_command("migrate", interactive=False, verbosity=0)
    connections["default"] = ours
    yield connection
    connection.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def each_database(request: pytest.FixtureRequest, db: None) -> Iterator[str]:
    """The name of the database that the test speaks to; what it writes is taken back."""
    if request.param == "sqlite":
        yield request.param
        return
    theirs, ours = request.getfixturevalue("postgresql"), connections["default"]
    connections["default"] = theirs
    try:
        with transaction.atomic():
            yield request.param
            transaction.set_rollback(True)
    finally:
        connections["default"] = ours
