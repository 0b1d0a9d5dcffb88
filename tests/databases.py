"""Another database in the place of the one that the settings name."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.utils import load_backend

from newsroom import env


def connect(address: str) -> BaseDatabaseWrapper:
    """A connection to the database of a URL, as the settings would make it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DATABASE_URL", address)
        configured = env.database("DATABASE_URL", Path())
    settings = connections.configure_settings({"default": configured})["default"]
    connection: BaseDatabaseWrapper = load_backend(settings["ENGINE"]).DatabaseWrapper(
        settings, "default"
    )
    return connection


@contextmanager
def as_default(connection: BaseDatabaseWrapper) -> Iterator[None]:
    """Everything in this thread speaks to that connection meanwhile."""
    ours = connections["default"]
    connections["default"] = connection
    try:
        yield
    finally:
        connections["default"] = ours
