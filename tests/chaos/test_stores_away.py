"""A store is away for a while, or the original is gone for ever."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.chaos.trouble import (
    at_work,
    command,
    failed,
    failed_at_last,
    film,
    grows,
    inside,
    job,
    lost,
    package_state,
    ready,
    whole_packages,
)
from tests.served import Newsroom, wait_until

MISSING = "The original is missing from the vault: run manage.py fixity."


@contextmanager
def away(store: Path) -> Iterator[None]:
    """Where the folder was lies a file: nothing can be written, even by who may do everything."""
    store.mkdir(exist_ok=True)
    elsewhere = store.rename(store.with_name("elsewhere"))
    store.touch()
    yield
    store.unlink()
    elsewhere.rename(store)


def test_work_goes_on_by_itself_when_the_store_is_back(newsroom: Newsroom, tmp_path: Path) -> None:
    clip = command(newsroom, "ingest", str(film(tmp_path / "film.mkv", noise=51)))["clip"]
    grows(newsroom, clip)

    with away(newsroom.data / "packages"):
        wait_until(
            lambda: job(newsroom, clip, "first_play", "state, reason <> ''") == ("queued", 1),
            newsroom,
        )

    ready(newsroom, clip)
    assert whole_packages(newsroom, clip) == (1,)
    assert lost(newsroom) == []


def test_a_store_that_stays_away_is_told_in_a_sentence(newsroom: Newsroom, tmp_path: Path) -> None:
    source = film(tmp_path / "film.mkv", noise=52)
    with away(newsroom.data / "packages"):
        clip = command(newsroom, "ingest", str(source))["clip"]
        reason = failed_at_last(newsroom, clip, "first_play")

    assert (
        reason == "A store cannot be read or written: see that its disk is there, then ask again."
    )
    assert lost(newsroom) == []
    inside(newsroom, "ask", clip)
    ready(newsroom, clip)
    assert lost(newsroom) == []


def original(newsroom: Newsroom, clip: str) -> Path:
    name = newsroom.row(
        "SELECT store_name FROM media_footage JOIN media_clip "
        f"ON media_footage.id = footage_id WHERE media_clip.public_id = '{clip}'"
    )
    return newsroom.data / "originals" / str(name[0])


def test_an_original_that_is_gone_is_told_and_the_package_stays(
    newsroom: Newsroom, tmp_path: Path
) -> None:
    clip = command(newsroom, "ingest", str(film(tmp_path / "film.mkv", noise=53, seconds=4)))[
        "clip"
    ]
    ready(newsroom, clip)
    original(newsroom, clip).unlink()

    inside(newsroom, "ask", clip)

    assert failed(newsroom, clip, "package_clip") == MISSING
    assert package_state(newsroom, clip) == ("whole",)
    assert lost(newsroom) == []


def test_an_original_that_goes_while_it_is_encoded_leaves_what_was_made(
    newsroom: Newsroom, tmp_path: Path
) -> None:
    source = film(tmp_path / "film.mkv", noise=54, size="640x360")
    clip = command(newsroom, "ingest", str(source))["clip"]
    at_work(newsroom, clip, "first_play")

    original(newsroom, clip).unlink()

    assert failed(newsroom, clip, "package_clip") == MISSING
    assert package_state(newsroom, clip) == ("first",)
    assert lost(newsroom) == []
