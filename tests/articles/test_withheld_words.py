"""A name that is withheld stands in no public byte, answer or index: every address is walked."""

import pytest
from django.db import connection
from django.utils import timezone

from articles import publishing
from articles.models import Author, Byline, Passage, Topic
from media import transcribing
from media.core.withheld import SIGN
from media.models import Transcript
from tests import marked
from tests.articles.addresses import addresses_of
from tests.articles.public import finish_jobs, public_folder
from tests.factories import a_draft, a_ready_clip, a_transcript

pytestmark = pytest.mark.django_db

NAMES = {"words": "Zaynabquz", "speaker": "Tariqwahm"}


@pytest.fixture
def story():
    clip = a_ready_clip(slug="fire", title="A fire", cleared_at=timezone.now())
    transcript = a_transcript(clip, f"I am {NAMES['words']}.", "They burn it.")
    transcript.cues.filter(position=1).update(speaker=NAMES["speaker"])
    article = a_draft(clip, slug="cells")
    article.topics.add(Topic.objects.create(name="Mills", slug="mills"))
    author = Author.objects.create(name="Mary Miller", slug="mary")
    Byline.objects.create(article=article, author=author)
    return publishing.publish(article, by=None)


@pytest.fixture
def addresses(story):
    """Every address at which something of the story could stand, as it was published."""
    return [address for kind in addresses_of(story).values() for address in kind]


def said_to_readers(client, addresses):
    """The names that any address answers with, or that lie in the public store, by place."""
    watch = "/stories/cells/fire/"
    asked = [*addresses]
    asked += [f"{watch}q/1-1/", f"{watch}q/1-2/?lang=en", f"{watch}read/", f"{watch}?t=2"]
    asked += [f"/search/?q={name}" for name in ("burn", "withheld")]
    asked += [f"/stories/cells/find/?q={name}" for name in ("burn", "withheld")]
    answers = [client.get(address) for address in asked]
    found = {
        place: name
        for answer in answers
        for place, name in marked.search(
            answer.content + str(answer.headers).encode(), NAMES
        ).items()
    }
    return {**marked.search(public_folder(), NAMES), **found}


def test_a_withheld_name_leaves_every_public_byte_and_the_index(client, addresses):
    before = said_to_readers(client, addresses)
    old = Transcript.objects.approved().get()
    rows = [
        transcribing.Row(
            row.key,
            row.start_ms,
            row.end_ms,
            row.speaker and f"[[{row.speaker}]]",
            row.text.replace(NAMES["words"], f"[[{NAMES['words']}]]"),
        )
        for row in transcribing.rows_of(old)
    ]

    version = transcribing.save_version(old, rows, by="eli", checked_by="", approve=True)
    finish_jobs()

    assert set(before) == set(NAMES)
    assert said_to_readers(client, addresses) == {}
    assert SIGN in (public_folder() / "stories/cells/index.html").read_text(encoding="utf-8")
    texts = " ".join(map(str, Passage.objects.values_list("text", "after", "words")))
    assert {name: name.lower() in texts.lower() for name in NAMES.values()} == dict.fromkeys(
        NAMES.values(), False
    )
    # At the desk they are kept.
    assert {word for cue in version.cues.all() for word in cue.withheld} == set(NAMES.values())


def test_the_index_of_the_database_does_not_know_the_name_either(story):
    old = Transcript.objects.approved().get()
    rows = [
        transcribing.Row(row.key, row.start_ms, row.end_ms, "", "I am [[Zaynabquz]].")
        for row in transcribing.rows_of(old)
    ]
    transcribing.save_version(old, rows, by="eli", checked_by="", approve=True)
    finish_jobs()

    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("SELECT name, sql FROM sqlite_master WHERE sql LIKE '%fts5%'")
            tables = [name for name, _ in cursor.fetchall()]
            found = {}
            for table in tables:
                cursor.execute(f"SELECT count(*) FROM {table} WHERE {table} MATCH 'zaynabquz'")
                found[table] = cursor.fetchone()[0]
        assert tables
        assert set(found.values()) == {0}


def test_another_transcript_that_says_the_name_is_taken_from_readers_until_it_is_mended(story):
    clip = story.clips.get()
    german = a_transcript(clip, "Ich bin Zaynabquz.", language="de")
    finish_jobs()
    old = Transcript.objects.approved().get(language="en")

    transcribing.save_version(
        old,
        [transcribing.Row("a", 0, 1000, "", "I am [[Zaynabquz]].")],
        by="",
        checked_by="",
        approve=True,
    )
    finish_jobs()

    german.refresh_from_db()
    assert german.state == Transcript.State.DRAFT
    assert marked.search(public_folder(), {"name": "Zaynabquz"}) == {}


def test_captions_are_refused_that_came_past_the_desk_and_say_the_name(story):
    clip = story.clips.get()
    old = Transcript.objects.approved().get()
    transcribing.save_version(
        old,
        [transcribing.Row("a", 0, 1000, "", "I am [[Zaynabquz]].")],
        by="",
        checked_by="",
        approve=True,
    )
    # As a file from before the name was withheld would bring it in.
    a_transcript(clip, "Ich bin Zaynabquz.", language="de")

    finish_jobs()

    assert marked.search(public_folder() / "media", {"name": "Zaynabquz"}) == {}
