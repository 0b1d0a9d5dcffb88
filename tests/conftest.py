"""Fixtures for every test: stores in a folder of its own, and footage made for it."""

import os
from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path

import pytest
from django.core.management import call_command

from tests import marked
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
    settings.WORK_DIR.mkdir()
    settings.RUN_DIR.mkdir()
    # Nobody listens: a test does the work itself, or starts what it needs.
    settings.CELERY_BROKER_URL = f"redis+socket://{data}/nobody.sock"
    settings.STATIC_ROOT = static_root
    # A good hash is slow on purpose, and every test that signs in would pay for it.
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    return data


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
def marked_clip(tmp_path_factory: pytest.TempPathFactory) -> marked.MarkedClip:
    """A phone clip that carries every mark we know how to plant."""
    return marked.marked_clip(tmp_path_factory.mktemp("marked"))


@pytest.fixture(scope="session")
def corpus() -> Iterator[Path]:
    """The folder of awkward real files; a test that needs it is skipped where it is absent."""
    if not CORPUS.is_dir():
        pytest.skip("the folder of real footage is not beside this repository")
    yield CORPUS
