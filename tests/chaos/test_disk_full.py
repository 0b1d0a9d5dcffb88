"""The disk is full in mid-work, database and queue on it: work goes on when there is room again."""

import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.chaos.trouble import command, film, grows, lost, ready, whole_packages
from tests.served import Newsroom

SIZE = "96m"
FULL_S = 6


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of its own, in memory. Only root may mount one."""
    folder = tmp_path / "disk"
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", f"size={SIZE}", "newsroom-test", str(folder)]
    if shutil.which("mount") is None or subprocess.run(command, check=False).returncode:
        pytest.skip("no disk can be mounted here: run the tests as root")
    yield folder
    subprocess.run(["umount", "--lazy", str(folder)], check=True)


def fill(ballast: Path) -> None:
    """Write until nothing more can be written."""
    with ballast.open("wb", buffering=0) as file:
        for size in (1 << 20, 1 << 12, 1):
            try:
                while True:
                    file.write(bytes(size))
            except OSError:
                continue


def test_a_full_disk_is_waited_for(
    small_disk: Path, start: Callable[..., Newsroom], encoder, tmp_path: Path
) -> None:
    newsroom = start(
        small_disk / "installation", NEWSROOM_FFMPEG=str(encoder.program), NEWSROOM_AV1="false"
    )
    source = film(tmp_path / "film.mkv", noise=61, size="640x360")
    clip = command(newsroom, "ingest", str(source))["clip"]
    grows(newsroom, clip)

    fill(small_disk / "ballast")
    time.sleep(FULL_S)
    (small_disk / "ballast").unlink()

    ready(newsroom, clip, hurried=True)
    assert whole_packages(newsroom, clip) == (1,)
    assert lost(newsroom) == []
