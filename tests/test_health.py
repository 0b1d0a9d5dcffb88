"""Whether Newsroom can work: the two addresses, and what they say of each part."""

from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from media import ffmpeg
from newsroom import health


@pytest.fixture(autouse=True)
def looks_anew() -> Any:
    """Answers last a moment, and a program is looked for once: here, both are fresh."""
    health.answer.holds_until = 0.0
    ffmpeg.program.cache_clear()
    yield
    health.answer.holds_until = 0.0
    ffmpeg.program.cache_clear()


def test_healthz_touches_no_part(client: Client) -> None:
    # Without the django_db mark, a query would fail this test.
    answer = client.get("/healthz")

    assert (answer.status_code, answer.content) == (200, b"ok\n")
    assert "no-store" in answer.headers["Cache-Control"]
    assert not answer.cookies


@pytest.mark.django_db
def test_without_a_queue_readyz_names_queue_and_worker(client: Client) -> None:
    answer = client.get("/readyz")

    assert answer.status_code == 503
    assert answer.json() == {
        "ready": False,
        "parts": {
            "database": "ok",
            "stores": "ok",
            "ffmpeg": "ok",
            "queue": "not ready",
            "worker": "not ready",
        },
    }


@pytest.mark.django_db
def test_readyz_tells_the_public_no_path(
    client: Client, settings: Any, stores_of_its_own: Path
) -> None:
    settings.FFMPEG = str(stores_of_its_own / "ffmpeg")

    answer = client.get("/readyz")

    assert answer.json()["parts"]["ffmpeg"] == "not ready"
    assert str(stores_of_its_own) not in answer.content.decode()
    assert str(stores_of_its_own) in health.problems()["ffmpeg"]


@pytest.mark.django_db
def test_the_parts_are_looked_at_once_however_many_ask(
    client: Client, settings: Any, stores_of_its_own: Path
) -> None:
    first = client.get("/readyz").json()
    settings.FFMPEG = str(stores_of_its_own / "ffmpeg")

    again = client.get("/readyz").json()

    assert (first["parts"]["ffmpeg"], again) == ("ok", first)


def test_a_store_that_is_a_file_cannot_be_written(stores_of_its_own: Path) -> None:
    (stores_of_its_own / "packages").rmdir()
    (stores_of_its_own / "packages").write_bytes(b"")

    with pytest.raises(health.NotReady, match="store 'packages' cannot be written"):
        health.check_stores()


def test_a_store_that_is_not_made_yet_is_writable_if_it_can_be_made(
    stores_of_its_own: Path,
) -> None:
    (stores_of_its_own / "packages").rmdir()

    health.check_stores()

    assert sorted(path.name for path in stores_of_its_own.iterdir()) == [
        "originals",
        "public",
        "run",
        "work",
    ]


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_health_is_only_asked_for(client: Client, path: str) -> None:
    assert client.post(path).status_code == 405
