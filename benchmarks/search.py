"""(s): how long an answer takes among a million cues, with SQLite and with PostgreSQL."""

import random
import statistics
import time
from collections.abc import Callable, Iterator
from itertools import accumulate
from typing import Any

from django.core.management import call_command
from django.db import connection, transaction
from django.utils import timezone

from articles import search
from articles.models import Article, Embed, Passage
from benchmarks.figures import Row
from media.models import Clip, Footage, Package, Transcript
from tests import postgres
from tests.databases import as_default, connect

CUES_A_STORY = 1000
WORDS_A_CUE = 10
VOCABULARY = 50_000
# What keeps the index beside the table, row by row.
TRIGGER, GIN = "articles_passage_added", "articles_passage_vector"
COLUMNS = (
    "article_id", "clip_id", "transcript_id", "kind", "position", "start_ms", "end_ms",
    "language", "text", "after", "words", "own_words", "weight",
)  # fmt: skip
SYLLABLES = [first + second for first in "bdfgklmnprstvz" for second in "aeiou"]


def measure(*, stories: int, questions: int) -> list[Row]:
    """Rows for each database that is there; SQLite is the one of the settings."""
    rows = _answers("SQLite", stories, questions)
    programs = postgres.programs()
    if programs is None:
        print("search: there is no PostgreSQL here, so SQLite alone is measured", flush=True)
        return rows
    server = postgres.Server(programs)
    try:
        server.start()
        theirs = connect(server.database("bench"))
        with as_default(theirs):
            call_command("migrate", interactive=False, verbosity=0)
            rows += _answers("PostgreSQL", stories, questions)
        theirs.close()
    finally:
        server.remove()
    return rows


def _answers(database: str, stories: int, questions: int) -> list[Row]:
    chance = random.Random(7)  # noqa: S311 - the same words each time
    draw = _words(chance)
    started = time.monotonic()
    fill(stories, draw)
    filled_s = time.monotonic() - started
    articles = list(Article.objects.all())
    cues = f"{stories * CUES_A_STORY:,} cues"
    rows = [Row("s", f"{database}, to fill in and index {cues} at once", [filled_s], unit="s")]
    asked: dict[str, Callable[[str], Any]] = {
        "the site": lambda text: search.search(text, language="en"),
        "a story": lambda text: search.search_story(chance.choice(articles), text),
    }
    for what, ask in asked.items():
        times = [_ms(ask, text) for text in _questions(draw, questions)]
        shares = statistics.quantiles(times, n=100)
        name = f"{database}, {cues}, an answer of {what}"
        rows.append(Row("s", f"{name}, p50", [shares[49]], unit="ms"))
        rows.append(Row("s", f"{name}, p99", [shares[98]], unit="ms"))
    return rows


def _ms(ask: Callable[[str], Any], text: str) -> float:
    started = time.perf_counter()
    ask(text)
    return (time.perf_counter() - started) * 1000


def _words(chance: random.Random) -> Callable[[int], list[str]]:
    """What draws words as people use them: the n-th most common one n times as rarely."""
    words = [
        "".join(chance.choices(SYLLABLES, k=1 + min(3, number // 100)))
        for number in range(VOCABULARY)
    ]
    weights = list(accumulate(1 / (number + 1) for number in range(VOCABULARY)))
    return lambda count: chance.choices(words, cum_weights=weights, k=count)


def _questions(draw: Callable[[int], list[str]], count: int) -> list[str]:
    """One word, two, or two in quotation marks, in turn, as common as in the cues."""
    forms = ("{0}", "{0} {1}", '"{0} {1}"')
    return [forms[number % len(forms)].format(*draw(2)) for number in range(count)]


def fill(stories: int, draw: Callable[[int], list[str]]) -> None:
    """Public stories of one clip each, with its transcript, as passages that can be found."""
    now = timezone.now()
    footage = Footage.objects.create(
        sha256="0" * 64,
        byte_size=1,
        store_name="bench",
        state=Footage.State.READY,
        probe={"duration_ms": 1},
    )
    clips = Clip.objects.bulk_create(Clip(footage=footage, cleared_at=now) for _ in range(stories))
    facts = {"width": 16, "height": 9, "duration_ms": 1, "byte_size": 1, "mp4_byte_size": 1}
    packages = Package.objects.bulk_create(
        Package(clip=clip, version=1, mp4_height=9, has_audio=True, scan={"found": 0}, **facts)
        for clip in clips
    )
    for clip, package in zip(clips, packages, strict=True):
        clip.current_package = package
    Clip.objects.bulk_update(clips, ["current_package"], batch_size=200)
    transcripts = Transcript.objects.bulk_create(
        Transcript(clip=clip, language="en", state=Transcript.State.APPROVED) for clip in clips
    )
    articles = Article.objects.bulk_create(
        Article(slug=f"s{number}", headline=" ".join(draw(8)), status="published", published_at=now)
        for number in range(stories)
    )
    Embed.objects.bulk_create(
        Embed(article=article, clip=clip, position=0)
        for article, clip in zip(articles, clips, strict=True)
    )
    _insert(_passages(articles, clips, transcripts, draw))


def _passages(
    articles: list[Article],
    clips: list[Clip],
    transcripts: list[Transcript],
    draw: Callable[[int], list[str]],
) -> Iterator[tuple[object, ...]]:
    for article, clip, transcript in zip(articles, clips, transcripts, strict=True):
        head = article.headline
        headline = (article.pk, None, None, Passage.Kind.HEADLINE.value, 0, None, None)
        yield (*headline, "en", head, "", head, 8, 10)
        for number in range(CUES_A_STORY):
            text = " ".join(draw(WORDS_A_CUE))
            at = number * 2000
            place = (Passage.Kind.CUE.value, number + 1, at, at + 1900)
            ids = (article.pk, clip.pk, transcript.pk)
            yield (*ids, *place, "en", text, "", text, WORDS_A_CUE, 2)


def _insert(rows: Iterator[tuple[object, ...]]) -> None:
    """In bulk, and the index made afterwards of all rows: that takes a fifth of the time."""
    insert = {"sqlite": _insert_into_sqlite, "postgresql": _insert_into_postgresql}
    names = ", ".join(f'"{name}"' for name in COLUMNS)
    insert[connection.vendor](names, rows)


def _insert_into_sqlite(names: str, rows: Iterator[tuple[object, ...]]) -> None:
    places = ", ".join(["%s"] * len(COLUMNS))
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT sql FROM sqlite_master WHERE name = %s", [TRIGGER])
        [trigger] = cursor.fetchone()
        cursor.execute(f"DROP TRIGGER {TRIGGER}")
        cursor.execute("SELECT coalesce(max(id), 0) FROM articles_passage")
        [last] = cursor.fetchone()
        cursor.executemany(f"INSERT INTO articles_passage ({names}) VALUES ({places})", rows)
        cursor.execute(
            "INSERT INTO articles_passage_index(rowid, story, words) "
            "SELECT id, 's' || article_id, words FROM articles_passage WHERE id > %s",
            [last],
        )
        cursor.execute(trigger)


def _insert_into_postgresql(names: str, rows: Iterator[tuple[object, ...]]) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT indexdef FROM pg_indexes WHERE indexname = %s", [GIN])
        [index] = cursor.fetchone()
        cursor.execute(f"DROP INDEX {GIN}")
        # Millions of references that we have just made need not be followed.
        cursor.execute("SET session_replication_role = replica")
        with cursor.copy(f"COPY articles_passage ({names}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
        cursor.execute("RESET session_replication_role")
        cursor.execute("SET maintenance_work_mem = '512MB'")
        cursor.execute(index)
        cursor.execute("VACUUM ANALYZE articles_passage")
        # Else the first answers wait until all this has been written down.
        cursor.execute("CHECKPOINT")
