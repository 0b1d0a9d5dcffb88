"""What the tests of chaos share: films, readers who watch, and a look at what is left."""

import functools
import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path
from threading import Event, Thread
from typing import Any

from redis import Redis
from redis.exceptions import ConnectionError

from tests.marked import ffmpeg
from tests.served import MANAGE, Newsroom, wait_until

LONGEST_S = 120.0
NOTICED_S = 20.0
# A reader who never rests takes the machine from those that are to be disturbed.
LOOKS_AGAIN_S = 0.4


def film(path: Path, *, seconds: int = 8, size: str = "320x180", noise: int = 0) -> Path:
    """A film with pictures and sound that must be encoded: MPEG-4 in Matroska is not for the web.

    ``noise`` (0 to 100) makes it long work, and unlike every other film of that noise.
    """
    picture = f"testsrc2=size={size}:rate=25:duration={seconds},noise=alls={noise}:allf=t"
    # Unlike every other film's, so that no two films are the same footage.
    sound = f"sine=frequency={300 + noise}:duration={seconds}"
    inputs = ["-f", "lavfi", "-i", picture, "-f", "lavfi", "-i", sound]
    ffmpeg(*inputs, "-c:v", "mpeg4", "-q:v", 5, "-c:a", "aac", path)
    return path


def story(newsroom: Newsroom, folder: Path, slug: str) -> str:
    """A published story without a clip; its address."""
    text = folder / f"{slug}.txt"
    text.write_text("A story\n\nIt has one paragraph.\n")
    command(newsroom, "import_story", str(text), "--slug", slug)
    command(newsroom, "publish", slug)
    return f"/stories/{slug}/"


def command(newsroom: Newsroom, *words: str) -> dict[str, Any]:
    """Run a command of `manage.py`; the last object that it prints with ``--json``."""
    answer: dict[str, Any] = inside(newsroom, "command", *words)
    return answer


def inside(newsroom: Newsroom, *command: str) -> Any:
    """Have a verb of tests.chaos.inside done; its answer."""
    process = _beside(newsroom)
    assert process.stdin is not None and process.stdout is not None
    process.stdin.write(json.dumps(command) + "\n")
    process.stdin.flush()
    return json.loads(process.stdout.readline())


def lost(newsroom: Newsroom) -> list[str]:
    """What should not be (see tests.chaos.inside), once all that was stopped has noticed."""
    deadline = time.monotonic() + NOTICED_S
    while (found := inside(newsroom, "state")) and time.monotonic() < deadline:
        time.sleep(0.3)
    return [str(line) for line in found]


@functools.cache
def _beside(newsroom: Newsroom) -> subprocess.Popen[str]:
    """It ends with us: there is no more to read then."""
    told = {
        "NEWSROOM_DATA_DIR": str(newsroom.data),
        "DJANGO_SETTINGS_MODULE": "newsroom.settings",
        "NEWSROOM_LOG": "ERROR",
    }
    return subprocess.Popen(
        [sys.executable, "-m", "tests.chaos.inside"],
        env={**newsroom.environment, **told},
        cwd=MANAGE.parent,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def finish(newsroom: Newsroom) -> None:
    """End it, and what stands beside it."""
    beside = _beside(newsroom)
    beside.communicate()
    newsroom.end(signal.SIGTERM)


def encoders(newsroom: Newsroom) -> list[int]:
    """The processes that encode footage of this installation, the innermost last."""
    return sorted(pid for pid, command in newsroom.jailed().items() if "ffmpeg" in command)


def queue_server(newsroom: Newsroom) -> list[int]:
    """The queue's server, which hides what it was started with; nothing if it is down."""
    try:
        with Redis(unix_socket_path=str(newsroom.data / "run/queue.sock")) as server:
            return [int(server.info("server")["process_id"])]
    except ConnectionError:
        return []


# The newest job about a clip ----------------------------------------------------------------


def job(newsroom: Newsroom, clip: str, kind: str, columns: str) -> tuple[object, ...]:
    return newsroom.row(
        f"SELECT {columns} FROM media_job JOIN media_clip ON media_clip.id = subject_id "
        f"WHERE kind = '{kind}' AND public_id = '{clip}' ORDER BY media_job.id DESC LIMIT 1"
    )


def at_work(newsroom: Newsroom, clip: str, kind: str) -> None:
    """Wait until a job about a clip is in the middle of its work."""
    wait_until(lambda: job(newsroom, clip, kind, "state, percent > 0") == ("running", 1), newsroom)


def package_state(newsroom: Newsroom, clip: str) -> tuple[object, ...]:
    return newsroom.row(
        "SELECT media_package.state FROM media_package JOIN media_clip "
        "ON media_clip.current_package_id = media_package.id "
        f"WHERE media_clip.public_id = '{clip}'"
    )


def grows(newsroom: Newsroom, clip: str) -> None:
    """Wait until a clip can be watched, and is not finished."""
    wait_until(lambda: package_state(newsroom, clip) == ("growing",), newsroom)


def is_ready(newsroom: Newsroom, clip: str) -> bool:
    return package_state(newsroom, clip) == ("whole",) and is_quiet(newsroom)


def is_quiet(newsroom: Newsroom) -> bool:
    """Nothing waits and nothing is at work."""
    waiting = "SELECT count(*) FROM media_job WHERE state IN ('queued', 'running')"
    return newsroom.row(waiting) == (0,)


def ready(newsroom: Newsroom, clip: str, *, hurried: bool = False) -> None:
    """Wait until a clip's whole package is made and nothing is left to do.

    Where it is ``hurried``, nobody waits for the pauses before what is tried again.
    """

    def is_over() -> bool:
        if hurried:
            inside(newsroom, "hurry")
        return is_ready(newsroom, clip)

    wait_until(is_over, newsroom, patience_s=LONGEST_S)


def failed(newsroom: Newsroom, clip: str, kind: str) -> str:
    """Wait until the work on a clip has failed; the reason."""
    wait_until(
        lambda: job(newsroom, clip, kind, "state") == ("failed",) and is_quiet(newsroom),
        newsroom,
        patience_s=LONGEST_S,
    )
    return str(job(newsroom, clip, kind, "reason")[0])


def failed_at_last(newsroom: Newsroom, clip: str, kind: str) -> str:
    """As ``failed``, for what is tried again and again: nobody waits for its pauses."""

    def is_over() -> bool:
        inside(newsroom, "hurry")
        return job(newsroom, clip, kind, "state") == ("failed",)

    wait_until(is_over, newsroom, patience_s=LONGEST_S)
    return failed(newsroom, clip, kind)


def whole_packages(newsroom: Newsroom, clip: str) -> tuple[object, ...]:
    """How many whole packages a clip ever got, and how many cuts the log tells of."""
    return newsroom.row(
        "SELECT count(*) FROM media_package JOIN media_clip ON media_clip.id = clip_id "
        f"WHERE state = 'whole' AND media_clip.public_id = '{clip}'"
    )


class Reader(Thread):
    """Opens a story again and again and fetches every file that its clips consist of.

    Reads as long as its ``with`` block lasts. ``broken`` tells what did not come though the page
    that names it still did afterwards.
    """

    def __init__(self, newsroom: Newsroom, path: str) -> None:
        super().__init__(daemon=True)
        self.newsroom, self.path = newsroom, path
        self.stop = Event()
        self.visits = 0
        self.seen: set[str] = set()
        self.broken: list[str] = []

    def run(self) -> None:
        while not self.stop.wait(LOOKS_AGAIN_S):
            for master in self.named():
                broken = self.watch(master)
                # A package that nobody names any more may go.
                if broken and master in self.named():
                    self.broken += broken
            self.visits += 1

    def named(self) -> list[str]:
        status, page = self.newsroom.get(self.path)
        if status != 200:
            self.broken.append(f"{self.path}: {status}")
        return re.findall(r'data-hls="([^"]+)"', page.decode())

    def watch(self, master: str) -> list[str]:
        folder = master.rsplit("/", 1)[0]
        broken: list[str] = []
        for rung in re.findall(r"^(\S+/index\.m3u8)$", self.fetch(master, broken), re.MULTILINE):
            playlist = self.fetch(f"{folder}/{rung}", broken)
            place = f"{folder}/{rung.rsplit('/', 1)[0]}"
            for name in re.findall(r"^(\d+\.m4s)$", playlist, re.MULTILINE):
                self.fetch(f"{place}/{name}", broken)
            kind = "whole" if "#EXT-X-ENDLIST" in playlist else "growing"
            self.seen |= {kind} if playlist else set()
        return broken

    def fetch(self, path: str, broken: list[str]) -> str:
        status, body = self.newsroom.get(path)
        if status != 200:
            broken.append(f"{path}: {status}")
            return ""
        return body.decode("latin-1")

    def __enter__(self) -> "Reader":
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop.set()
        self.join(timeout=30)


def kill(pids: list[int], number: int) -> None:
    for pid in pids:
        try:
            os.kill(pid, number)
        except ProcessLookupError:
            # It was quicker.
            continue
