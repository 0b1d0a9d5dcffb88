"""The disk with everything on it answers nobody for longer than a lease lasts, then goes on."""

import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.chaos.conftest import Encoder
from tests.chaos.trouble import command, film, grows, lost, ready, whole_packages
from tests.served import Newsroom

SIZE = "96M"
# A lease lasts for 15.
HANGS_S = 20
# In a process of its own, so that the disk thaws whatever becomes of the tests.
FREEZE = f'fsfreeze --freeze "$1" && {{ sleep {HANGS_S}; fsfreeze --unfreeze "$1"; }}'


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A disk in a file. Only root may mount one, and not on every machine."""
    image, folder = tmp_path / "disk.img", tmp_path / "disk"
    folder.mkdir()
    steps = [
        ["truncate", "--size", SIZE, str(image)],
        ["mkfs.ext4", "-q", str(image)],
        ["mount", "-o", "loop", str(image), str(folder)],
    ]
    tools = all(map(shutil.which, ("mkfs.ext4", "mount", "fsfreeze")))
    if not tools or any(subprocess.run(step, check=False).returncode for step in steps):
        pytest.skip("no disk that can be frozen can be mounted here: run the tests as root")
    yield folder
    subprocess.run(["umount", "--lazy", str(folder)], check=True)


def test_a_disk_that_hangs_is_waited_for(
    disk: Path, start: Callable[..., Newsroom], encoder: Encoder, tmp_path: Path
) -> None:
    newsroom = start(disk / "installation", NEWSROOM_FFMPEG=str(encoder.program))
    clip = command(newsroom, "ingest", str(film(tmp_path / "film.mkv", noise=62)))["clip"]
    grows(newsroom, clip)

    subprocess.run(["sh", "-c", FREEZE, "sh", str(disk)], check=True)

    ready(newsroom, clip, hurried=True)
    assert whole_packages(newsroom, clip) == (1,)
    assert lost(newsroom) == []
