"""The encoder crashes: it is tried again, and given up with a sentence when it never stops."""

from pathlib import Path

from tests.chaos.conftest import Encoder
from tests.chaos.trouble import command, failed_at_last, film, job, lost, ready, whole_packages
from tests.served import Newsroom, wait_until

KILLED = (
    "The encoder was stopped by the machine, perhaps for want of memory: free some, then ask for "
    "the clip's package again."
)


def test_an_encoder_that_crashes_at_first_ends_in_one_package(
    newsroom: Newsroom, encoder: Encoder, tmp_path: Path
) -> None:
    encoder.crash(True)
    clip = command(newsroom, "ingest", str(film(tmp_path / "film.mkv", noise=1)))["clip"]
    wait_until(
        lambda: job(newsroom, clip, "first_play", "reason, attempts") == (KILLED, 1), newsroom
    )

    encoder.crash(False)
    ready(newsroom, clip)

    assert whole_packages(newsroom, clip) == (1,)
    assert lost(newsroom) == []


def test_an_encoder_that_always_crashes_is_given_up_with_a_sentence(
    newsroom: Newsroom, encoder: Encoder, tmp_path: Path
) -> None:
    encoder.crash(True)
    clip = command(newsroom, "ingest", str(film(tmp_path / "film.mkv", noise=2)))["clip"]

    reason = failed_at_last(newsroom, clip, "first_play")

    encoder.crash(False)
    assert reason == KILLED
    assert lost(newsroom) == []
