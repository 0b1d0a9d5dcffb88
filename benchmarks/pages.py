"""(p): what a story page costs to compose, and how many of them a second the web server answers;
and what the list of a story's revisions costs.

Composed here, in this process: the database is asked, the page is drawn. Answered by a running
Newsroom, as ``manage.py serve`` runs it, over the loopback; beside it a web server of the same kind
answers the same packed bytes as a static file, without a line of Python. One client loads them in
turn, so that what disturbs one disturbs the others.
"""

import http.client
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from articles import keeping, pages, publishing
from articles.models import Article, Revision
from benchmarks.figures import Row, ratios
from benchmarks.first_play import free_port, served, wait_until
from benchmarks.load import answered_each_second
from newsroom import supervisor
from tests.factories import (
    a_draft,
    a_person,
    a_playable_clip,
    a_ready_clip,
    a_transcript,
    an_article,
)

CLIPS = (1, 3, 30)
# Three minutes of speech, in two languages.
CUES = 60
SAVES = (5, 500)
LANGUAGES = {"en": "They stand at the gate and wait for the others.", "ar": "يقفون عند الباب."}
SLUG, CLIP_SLUG = "loaded", "gate"
PACKED = {"Accept-Encoding": "br"}
READY_S = 30.0


@dataclass(frozen=True)
class Question:
    """What the client asks for, again and again: of whom, what, and which answer is right."""

    port: int
    path: str
    headers: dict[str, str]
    status: int = 200


def measure(*, repeats: int, rounds: int, seconds: float) -> list[Row]:
    """Pages are composed ``repeats`` times; answers are counted for so many seconds a round."""
    with served() as port:
        found = composed(repeats) + listed(repeats)
        _publish_the_loaded_story()
        with static_server() as static_port:
            found += answered(questions(port, static_port), rounds=rounds, seconds=seconds)
    return found


# Composed ----------------------------------------------------------------------------------------


def composed(repeats: int) -> list[Row]:
    """Queries and milliseconds of a story page with few clips and with many, in turn."""
    stories = {count: _a_story(count) for count in CLIPS}
    queries = {count: _queries(article) for count, article in stories.items()}
    times: dict[int, list[float]] = {count: [] for count in CLIPS}
    for _ in range(repeats):
        for count, article in stories.items():
            times[count].append(_ms(article))
    fewest = CLIPS[0]
    found = []
    for count in CLIPS:
        name = f"story page with {_clips(count)}, composed"
        found.append(Row("p", f"{name}: queries", [queries[count]]))
        found.append(Row("p", name, times[count], unit="ms"))
        if count != fewest:
            alike = [queries[count] / queries[fewest]]
            found.append(Row("p", f"{name} / with one, queries", alike, goal=1))
            longer = ratios(times[count], times[fewest])
            found.append(Row("p", f"{name} / with one, time", longer))
    return found


def _clips(count: int) -> str:
    return "1 clip" if count == 1 else f"{count} clips"


def _a_story(clips: int) -> Article:
    article = an_article(*(a_playable_clip() for _ in range(clips)), slug=f"with-{clips}-clips")
    _tell(article)
    return article


def _tell(article: Article) -> None:
    for clip in article.clips.all():
        for language, words in LANGUAGES.items():
            a_transcript(clip, *([words] * CUES), language=language)


def _compose(article: Article) -> None:
    pages.draw_story(pages.public_story(article))


def _queries(article: Article) -> int:
    with CaptureQueriesContext(connection) as queries:
        _compose(article)
    return len(queries)


def _ms(article: Article) -> float:
    started = time.perf_counter()
    _compose(article)
    return (time.perf_counter() - started) * 1000


# Revisions ---------------------------------------------------------------------------------------


def listed(repeats: int) -> list[Row]:
    """The list of a story's revisions, with few saves and with many, in turn."""
    desk = Client(headers={"host": "127.0.0.1"})
    desk.force_login(a_person("bench", "editors"))
    lists = {saves: _saved(saves) for saves in SAVES}
    times: dict[int, list[float]] = {saves: [] for saves in SAVES}
    for address in lists.values():
        # Once before: what is read from the disk at first is no matter of how many there are.
        desk.get(address)
    for _ in range(repeats):
        for saves, address in lists.items():
            started = time.perf_counter()
            assert desk.get(address).status_code == http.client.OK
            times[saves].append((time.perf_counter() - started) * 1000)
    few, many = SAVES
    name = f"revisions of a story saved {many} times"
    return [
        Row("p", f"{name}, listed", times[many], unit="ms"),
        Row("p", f"{name} / saved {few} times", ratios(times[many], times[few]), goal=3),
    ]


def _saved(saves: int) -> str:
    article = an_article(a_playable_clip(), slug=f"saved-{saves}-times")
    first = keeping.keep(article, by=None)
    Revision.objects.bulk_create(
        Revision(article=article, number=number, words=first.words)
        for number in range(first.number + 1, saves + 1)
    )
    return reverse("admin:articles_article_revisions", args=[article.pk])


# Answered ----------------------------------------------------------------------------------------


def _publish_the_loaded_story() -> None:
    first, *others = (a_ready_clip() for _ in range(3))
    first.slug = CLIP_SLUG
    first.save()
    article = a_draft(first, *others, slug=SLUG)
    _tell(article)
    publishing.publish(article, by=None)


@contextmanager
def static_server() -> Iterator[int]:
    """The web server of ``serve`` with a folder that it answers itself; its port.

    In the folder lies the packed story page, byte for byte.
    """
    port = free_port()
    folder = settings.DATA_DIR / "bench" / "static"
    folder.mkdir(parents=True)
    packed = Path(settings.STORAGES["public"]["OPTIONS"]["location"], f"stories/{SLUG}")
    (folder / "page").write_bytes((packed / "index.html.br").read_bytes())
    program = supervisor.web_program(port)
    options = ["--static-path-route", "/files", "--static-path-mount", str(folder)]
    command = [*program.command[:-1], *options, program.command[-1]]
    service = supervisor.Service(
        supervisor.Program("static", command, program.patience_s),
        supervisor.service_environment(port),
        supervisor.Console(Path("/dev/null").open("w")),  # noqa: SIM115 - as long as we live
    )
    service.start()
    try:
        wait_until(lambda: _answers(port), READY_S)
        yield port
    finally:
        service.stop()


def _answers(port: int) -> bool:
    try:
        return _ask(Question(port, "/files/page", {}))[0] == http.client.OK
    except OSError:
        return False


def _ask(question: Question) -> tuple[int, str]:
    """The status of one answer, and its entity tag."""
    asking = http.client.HTTPConnection(supervisor.HOST, question.port, timeout=READY_S)
    asking.request("GET", question.path, headers=question.headers)
    answer = asking.getresponse()
    answer.read()
    asking.close()
    return answer.status, answer.headers.get("ETag", "")


def questions(port: int, static_port: int) -> dict[str, Question]:
    story = f"/stories/{SLUG}/"
    _, etag = _ask(Question(port, story, PACKED))
    return {
        "the same bytes as a static file": Question(static_port, "/files/page", PACKED),
        "story page": Question(port, story, PACKED),
        "story page that the reader has, 304": Question(
            port, story, {**PACKED, "If-None-Match": etag}, 304
        ),
        "watch page at a second, computed": Question(port, f"{story}{CLIP_SLUG}/?t=2", PACKED),
    }


def answered(asked: dict[str, Question], *, rounds: int, seconds: float) -> list[Row]:
    """Answers a second, the questions in turn; and how that compares with the first of them."""
    speeds: dict[str, list[float]] = {name: [] for name in asked}
    for _ in range(rounds):
        for name, question in asked.items():
            speed = answered_each_second(
                (supervisor.HOST, question.port),
                question.path,
                question.headers,
                status=question.status,
                seconds=seconds,
            )
            speeds[name].append(speed)
    return _compared(speeds)


def _compared(speeds: dict[str, list[float]]) -> list[Row]:
    static, *others = speeds
    found = [Row("p", f"{name}, answers a second", speeds[name], unit="/s") for name in speeds]
    return found + [
        Row("p", f"{name} / {static}", ratios(speeds[name], speeds[static])) for name in others
    ]
