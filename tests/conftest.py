"""Fixtures for every test: stores in a folder of its own, and footage made for it."""

import os
from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.base.operations import BaseDatabaseOperations
from pytest_django import DjangoDbBlocker

from tests import marked, walls
from tests.databases import as_default, connect
from tests.postgres import Server, programs

ROOT = Path(__file__).resolve().parent.parent
CORPUS = Path(os.environ.get("NEWSROOM_FOOTAGE_CORPUS", ROOT.parent / "shared" / "footage"))


@pytest.fixture(autouse=True)
def stores_of_its_own(
    settings, tmp_path_factory: pytest.TempPathFactory, static_root: Path
) -> Path:
    """No test touches the data folder of the machine; answers the folder with the stores."""
    data = tmp_path_factory.mktemp("stores")
    configuration = deepcopy(settings.STORAGES)
    for alias in ("originals", "packages", "public"):
        configuration[alias]["OPTIONS"]["location"] = data / alias
        (data / alias).mkdir(parents=True)
    settings.STORAGES = configuration
    settings.DATA_DIR = data
    settings.WORK_DIR = settings.FILE_UPLOAD_TEMP_DIR = data / "work"
    settings.RUN_DIR = data / "run"
    settings.CUSTODY_DIR = data / "custody"
    settings.WORK_DIR.mkdir()
    settings.RUN_DIR.mkdir()
    # Nobody listens: a test does the work itself, or starts what it needs.
    settings.CELERY_BROKER_URL = f"redis+socket://{data}/nobody.sock"
    settings.STATIC_ROOT = static_root
    # A good hash is slow on purpose, and every test that signs in would pay for it.
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    return data


@pytest.fixture(autouse=True, scope="session")
def tables_can_be_emptied() -> Iterator[None]:
    """Django empties every table after a test that commits; the walls of one are in the way."""
    flush = BaseDatabaseOperations.execute_sql_flush

    def behind_the_walls(operations: BaseDatabaseOperations, statements: list[str]) -> None:
        with walls.taken_down(operations.connection):
            flush(operations, statements)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(BaseDatabaseOperations, "execute_sql_flush", behind_the_walls)
        yield


@pytest.fixture(scope="session")
def static_root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Static files under their hashed names, as readers get them."""
    folder = tmp_path_factory.mktemp("static")
    from django.test import override_settings  # noqa: PLC0415 - settings are not ready above

    with override_settings(STATIC_ROOT=folder):
        call_command("collectstatic", interactive=False, verbosity=0)
    return folder


@pytest.fixture(scope="session")
def postgres() -> Iterator[Server]:
    """A running PostgreSQL server; a test that needs it is skipped where there is none."""
    found = programs()
    if found is None:
        pytest.skip("there is no PostgreSQL here (Debian: apt install postgresql)")
    server = Server(found)
    try:
        server.start()
        yield server
    finally:
        server.remove()


@pytest.fixture(scope="session")
def postgresql(
    postgres: Server, django_db_setup: None, django_db_blocker: DjangoDbBlocker
) -> Iterator[BaseDatabaseWrapper]:
    """A connection to a database of our own in PostgreSQL, with our tables in it."""
    connection = connect(postgres.database("tables"))
    with as_default(connection), django_db_blocker.unblock():
        call_command("migrate", interactive=False, verbosity=0)
    yield connection
    connection.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def each_database(request: pytest.FixtureRequest, db: None) -> Iterator[str]:
    """For what speaks to the database in its own words: the test once with either of them.

    The name of the one that it speaks to; what it writes is taken back.
    """
    if request.param == "sqlite":
        yield request.param
        return
    with as_default(request.getfixturevalue("postgresql")), transaction.atomic():
        yield request.param
        transaction.set_rollback(True)


@pytest.fixture(scope="session")
def marked_clip(tmp_path_factory: pytest.TempPathFactory) -> marked.MarkedClip:
    """A phone clip that carries every mark we know how to plant."""
    return marked.marked_clip(tmp_path_factory.mktemp("marked"))


@pytest.fixture(scope="session")
def corpus() -> Iterator[Path]:
    """The folder of awkward real files; a test that needs it is skipped where it is absent."""
    if not CORPUS.is_dir():
        pytest.skip("the folder of real footage is not beside this repository")
    yield CORPUS
