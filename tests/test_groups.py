"""Tests that share a browser or an installation run in one process of the suite."""

import os

import pytest

pytestmark = pytest.mark.xdist_group("groups")


@pytest.mark.skipif("PYTEST_XDIST_WORKER" not in os.environ, reason="there is one process")
def test_tests_of_a_group_are_kept_together(request):
    # pytest-xdist tells its scheduler so in the names of tests: …::test_name[values]@group.
    marked = [item for item in request.session.items if item.get_closest_marker("xdist_group")]

    apart = [item.nodeid for item in marked if "@" not in item.nodeid.rpartition("]")[2]]

    assert apart == []
