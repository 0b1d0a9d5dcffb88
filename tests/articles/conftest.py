"""Fixtures for what speaks to the database in its own words: each test once with either of them."""

from collections.abc import Iterator

import pytest
from django.core.management import call_command
from django.db import transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from pytest_django import DjangoDbBlocker

from tests.databases import as_default, connect
from tests.postgres import Server


@pytest.fixture(scope="session")
def postgresql(
    postgres: Server, django_db_setup: None, django_db_blocker: DjangoDbBlocker
) -> Iterator[BaseDatabaseWrapper]:
    """A connection to a database of our own in PostgreSQL, with our tables in it."""
    connection = connect(postgres.database("search"))
    with as_default(connection), django_db_blocker.unblock():
        call_command("migrate", interactive=False, verbosity=0)
    yield connection
    connection.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def each_database(request: pytest.FixtureRequest, db: None) -> Iterator[str]:
    """The name of the database that the test speaks to; what it writes is taken back."""
    if request.param == "sqlite":
        yield request.param
        return
    with as_default(request.getfixturevalue("postgresql")), transaction.atomic():
        yield request.param
        transaction.set_rollback(True)
