"""(c): how long a reader waits, from the last byte of the footage to the first of its picture.

The clip stands, signed off, in a published story of a running Newsroom: web server, queue and
workers as ``manage.py serve`` runs them. The clock starts when the last byte has been read and
hashed, as it arrives. Then: the original is written down, examined, its first package begun, the
story's page drawn. A reader asks for that page until it shows a player, then for the clip's
playlists and the first segment of its picture; the clock stops when that segment is there, whole.
"""

import http.client
import os
import re
import socket
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urljoin

from django.conf import settings
from django.utils import timezone

from articles.models import Article, Embed
from benchmarks import ours
from benchmarks.figures import Row, ratios
from benchmarks.films import make_distinct
from media import clips, intake, queue, stores
from media.models import Clip, Footage, Job
from newsroom import supervisor

READY_S = 120.0
PATIENCE_S = 60.0
POLL_S = 0.05
QUIET_S = 20.0
GOALS = {"web-ready": 1.0, "not web-ready": 3.0}
LENGTH_GOAL = 1.5
PLAYER = re.compile(r'data-hls="([^"]+)"')
CHUNK = 1024 * 1024

# "web-ready" or not, and seconds of film.
Kind = tuple[str, int]


@dataclass(frozen=True)
class Wait:
    """Seconds from the last byte: until the footage was examined, until a segment was there."""

    examined_s: float
    segment_s: float


class Reader:
    """Somebody with a browser, who keeps one connection open."""

    def __init__(self, port: int) -> None:
        self.connection = http.client.HTTPConnection(supervisor.HOST, port, timeout=30)

    def get(self, path: str) -> bytes | None:
        """The body, or None where there is nothing yet."""
        self.connection.request("GET", path)
        answer = self.connection.getresponse()
        body = answer.read()
        return body if answer.status == http.HTTPStatus.OK else None

    def wait_for_player(self, story: str) -> str:
        """The address of the playlist on a story's page, as soon as it stands there."""
        deadline = time.monotonic() + PATIENCE_S
        while time.monotonic() < deadline:
            page = self.get(story)
            if page and (found := PLAYER.search(page.decode())):
                return found[1]
            time.sleep(POLL_S)
        states = ", ".join(map(str, Job.objects.unfinished()))
        raise RuntimeError(f"no player on {story} after {PATIENCE_S:.0f} s; at work: {states}")

    def watch(self, master: str) -> None:
        """Fetch the first segment as a player does. Raises RuntimeError if anything is missing."""
        media = self._follow(master, ".m3u8")
        segment = self._follow(media, ".m4s")
        if not self.get(segment):
            raise RuntimeError(f"{segment} is named by a playlist and is not there")

    def _follow(self, playlist: str, ending: str) -> str:
        text = (self.get(playlist) or b"").decode()
        named = [line for line in text.splitlines() if line.endswith(ending) and line[0] != "#"]
        if not named:
            raise RuntimeError(f"{playlist} names no {ending}")
        return urljoin(playlist, named[0])


@contextmanager
def served() -> Iterator[int]:
    """A Newsroom in this data folder while the block runs; its port."""
    port = free_port()
    program = supervisor.Program(
        "serve", [*supervisor.manage("serve"), "--port", str(port)], patience_s=20
    )
    environment = {**os.environ, "NEWSROOM_DATA_DIR": str(settings.DATA_DIR)}
    log = settings.DATA_DIR / "serve.log"
    with log.open("w", encoding="utf-8") as stream:
        service = supervisor.Service(program, environment, supervisor.Console(stream))
        service.start()
        try:
            wait_until(lambda: _is_ready(port, service, log), READY_S)
            yield port
        finally:
            service.ask_to_end()
            service.stop()


def _is_ready(port: int, service: supervisor.Service, log: Path) -> bool:
    if service.ended() is not None:
        raise RuntimeError(f"the services ended: {log.read_text(encoding='utf-8')[-2000:]}")
    return "is ready" in log.read_text(encoding="utf-8")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind((supervisor.HOST, 0))
        return int(probe.getsockname()[1])


def wait_until(is_so: Callable[[], bool], patience_s: float) -> None:
    deadline = time.monotonic() + patience_s
    while not is_so():
        if time.monotonic() > deadline:
            raise RuntimeError(f"nothing came of it in {patience_s:.0f} s")
        time.sleep(0.1)


def measure(films: Mapping[Kind, Path], *, rounds: int) -> dict[Kind, list[Wait]]:
    """How long a reader waits for each film, in each round."""
    # What other parts of the bench have left waiting is not this one's.
    queue.cancel_all(Job.objects.all(), by="the bench")
    found = defaultdict(list)
    with served() as port:
        for number in range(rounds):
            for kind, film in films.items():
                slug = f"{number}-{kind[0]}-{kind[1]}".replace(" ", "-")
                found[kind].append(_wait(film, slug, port))
    return found


def _wait(film: Path, slug: str, port: int) -> Wait:
    make_distinct(film)
    article = Article.objects.create(
        slug=slug,
        headline="A street",
        status=Article.Status.PUBLISHED,
        published_at=timezone.now(),
    )
    last_byte: list[float] = []
    footage = intake.receive(_bytes_of(film, last_byte), name="film.mp4", arrival=ours.ARRIVAL)
    examined = time.monotonic()
    clip = _in_story(footage, article)
    try:
        reader = Reader(port)
        reader.watch(reader.wait_for_player(f"/stories/{slug}/"))
        return Wait(examined - last_byte[0], time.monotonic() - last_byte[0])
    finally:
        _stop(clip)
        stores.discard_unclaimed(footage.store_name)


def _bytes_of(film: Path, last_byte: list[float]) -> Iterator[bytes]:
    """The film's bytes as they arrive; when the last one has been taken, the clock starts."""
    with film.open("rb") as file:
        yield from iter(lambda: file.read(CHUNK), b"")
    last_byte.append(time.monotonic())


def _in_story(footage: Footage, article: Article) -> Clip:
    """The footage's clip, signed off, in a published story; its package is asked for."""
    clip = Clip.objects.create(footage=footage, title="A street", cleared_at=timezone.now())
    article.body = f'<p>They film.</p><figure data-clip="{clip.public_id}"></figure>'
    article.save()
    Embed.objects.create(article=article, clip=clip, position=0)
    clips.make_clip(footage)
    return clip


def _stop(clip: Clip) -> None:
    """End the clip's further work, and wait until the workers have noticed."""
    for kind in ("first_play", "package_clip", "add_av1"):
        queue.cancel(kind, clip.pk, by="the bench")
    wait_until(lambda: not any(settings.WORK_DIR.iterdir()), QUIET_S)


def rows(found: Mapping[Kind, list[Wait]]) -> list[Row]:
    measured = []
    for (kind, seconds), waits in found.items():
        name = f"{kind}, {seconds} s: last byte to"
        segment = [wait.segment_s for wait in waits]
        examined = [wait.examined_s for wait in waits]
        measured.append(Row("c", f"{name} first segment", segment, GOALS[kind], unit="s"))
        measured.append(Row("c", f"{name} examined", examined, unit="s"))
    return [*measured, *(_longest_to_shortest(found, kind) for kind in GOALS)]


def _longest_to_shortest(found: Mapping[Kind, list[Wait]], kind: str) -> Row:
    lengths = sorted(seconds for other, seconds in found if other == kind)
    longest, shortest = (
        [wait.segment_s for wait in found[kind, seconds]] for seconds in (lengths[-1], lengths[0])
    )
    name = f"{kind}, first play of {lengths[-1]} s / of {lengths[0]} s"
    return Row("c", name, ratios(longest, shortest), goal=LENGTH_GOAL)
