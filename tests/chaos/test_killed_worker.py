"""A worker is killed in the middle of an encode, while readers watch: real processes throughout."""

import os
import re
import signal
from collections.abc import Iterator
from pathlib import Path
from threading import Event, Thread

import pytest

from tests.marked import ffmpeg
from tests.served import Newsroom, wait_until

LONGEST_S = 150

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("serve")]


@pytest.fixture
def newsroom(tmp_path: Path) -> Iterator[Newsroom]:
    served = Newsroom(tmp_path / "installation")
    wait_until(served.ready_lines, served)
    yield served
    served.end(signal.SIGTERM)


def eventually(newsroom: Newsroom, query: str, wanted: tuple[object, ...]) -> None:
    """Wait until a query answers as wanted."""
    wait_until(lambda: newsroom.row(query) == wanted, newsroom, patience_s=LONGEST_S)


class Reader(Thread):
    """Opens the story again and again and fetches every file that its clip consists of."""

    def __init__(self, newsroom: Newsroom, path: str) -> None:
        super().__init__(daemon=True)
        self.newsroom, self.path = newsroom, path
        self.stop = Event()
        self.visits = 0
        self.broken: list[str] = []

    def run(self) -> None:
        while not self.stop.is_set():
            page = self.fetch(self.path)
            for master in re.findall(r'data-hls="([^"]+)"', page):
                self.watch(master)
            self.visits += 1

    def watch(self, master: str) -> None:
        folder = master.rsplit("/", 1)[0]
        for rung in re.findall(r"^(\S+/index\.m3u8)$", self.fetch(master), re.MULTILINE):
            playlist = self.fetch(f"{folder}/{rung}")
            if not playlist.endswith("#EXT-X-ENDLIST\n"):
                self.broken.append(f"{rung} has no end")
            for segment in re.findall(r"^(\d+\.m4s)$", playlist, re.MULTILINE):
                self.fetch(f"{folder}/{rung.rsplit('/', 1)[0]}/{segment}")

    def fetch(self, path: str) -> str:
        status, body = self.newsroom.get(path)
        if status != 200:
            self.broken.append(f"{path}: {status}")
        return body.decode("latin-1")


STATE = (
    "SELECT state, percent > 0 FROM media_job WHERE kind = 'package_clip' ORDER BY id DESC LIMIT 1"
)
AFTERWARDS = """
    SELECT (SELECT group_concat(version) FROM media_package),
           (SELECT version FROM media_package JOIN media_clip
            ON media_clip.current_package_id = media_package.id),
           (SELECT count(*) FROM media_custodyevent WHERE kind = 'cut'),
           (SELECT count(*) FROM media_job WHERE state = 'failed')
"""


def test_a_worker_killed_in_the_middle_of_an_encode_loses_nothing(newsroom: Newsroom, tmp_path):
    film = tmp_path / "film.mp4"
    picture = "testsrc2=size=854x480:rate=30:duration=12,noise=alls=10:allf=t"
    ffmpeg("-f", "lavfi", "-i", picture, "-preset", "ultrafast", "-pix_fmt", "yuv420p", str(film))
    story = tmp_path / "story.txt"
    story.write_text("A story\n\nIt has one paragraph.\n")
    newsroom.manage("import_story", str(story), "--slug", "killed")
    clip = newsroom.manage("ingest", str(film), "--story", "killed", "--wait")["clip"]
    newsroom.manage("publish", "killed")
    reader = Reader(newsroom, "/stories/killed/")
    reader.start()

    newsroom.manage("repackage", clip)
    eventually(newsroom, STATE, ("running", 1))
    killed = newsroom.workers()
    assert killed != []
    for pid in killed:
        os.kill(pid, signal.SIGKILL)
    eventually(newsroom, STATE, ("done", 1))
    reader.stop.set()
    reader.join(timeout=30)

    assert newsroom.row(AFTERWARDS) == ("1,2", 2, 2, 0)
    assert len(list((newsroom.data / "packages").iterdir())) == 2
    assert reader.visits > 0
    assert reader.broken == []
