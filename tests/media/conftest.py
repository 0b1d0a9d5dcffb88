"""Fixtures of the archive's tests: who sits at the desk, and where the stores lie."""

import pytest

from tests.factories import a_person


@pytest.fixture
def archivist(client):
    client.force_login(a_person("ada", "archivists"))
    return client


@pytest.fixture
def editor(client):
    client.force_login(a_person("eli", "editors"))
    return client


@pytest.fixture
def data(stores_of_its_own):
    return stores_of_its_own
