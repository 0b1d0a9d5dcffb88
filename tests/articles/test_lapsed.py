"""The rights to a film end: the film leaves by itself, and its words stay in the story."""

from datetime import UTC, date, datetime, timedelta

import pytest

from articles import clearance, publishing
from media import consent
from media.errors import NotCleared
from media.models import Clip, CustodyEvent
from tests.articles.clocks import database_says
from tests.articles.finding import on_the_site
from tests.articles.public import finish_jobs, media_files, page, public_files
from tests.factories import a_draft, a_footage, a_person, a_ready_clip, a_transcript

pytestmark = pytest.mark.django_db

LAST_DAY = date(2027, 3, 31)
AFTER = datetime(2027, 4, 1, 0, 0, tzinfo=UTC)
BEFORE = AFTER - timedelta(milliseconds=1)


def a_clip_on_lease(**fields):
    footage = a_footage(rights_until=LAST_DAY)
    clip = a_ready_clip(footage=footage, slug="mill", title="The mill", **fields)
    a_transcript(clip, "They came at night.")
    return clip


@pytest.fixture
def article():
    return publishing.publish(a_draft(a_clip_on_lease(), slug="cells"), by=None)


def time_passes(moment):
    with database_says(moment):
        publishing.keep_time()
        finish_jobs()


def story():
    return page("stories/cells/index.html")


def test_a_film_leaves_when_its_last_day_is_over_and_not_before(article):
    films = set(media_files(article.clips.get()))

    time_passes(BEFORE)
    kept = films <= set(public_files())
    time_passes(AFTER)

    assert (kept, films & set(public_files())) == (True, set())
    assert Clip.objects.playable().count() == 0


def test_its_words_stay_in_the_story_and_say_why_there_is_no_film(article):
    time_passes(AFTER)

    assert "<video" not in story()
    assert "it was taken away on 1 April 2027." in story()
    for words in ("The mill", "They came at night."):
        assert words in story()
    assert on_the_site("night") == ["Mosul's hidden cells"]
    assert "stories/cells/mill/index.html" not in public_files()


@pytest.mark.parametrize("address", ["", "?t=4", "read/", "q/1-1/"])
def test_an_old_address_of_it_leads_to_its_words(client, article, address):
    time_passes(AFTER)

    answer = client.get(f"/stories/cells/mill/{address}")

    assert (answer.status_code, answer["Location"]) == (302, "/stories/cells/#clip-mill")
    assert 'id="clip-mill"' in story()


def test_it_is_written_down_once_however_many_clocks_look(article):
    for _ in range(3):
        time_passes(AFTER)

    event = CustodyEvent.objects.get(kind=CustodyEvent.Kind.WITHDRAWN)
    assert (event.actor, event.detail["reason"]) == (
        "the clock",
        "The rights ended on 2027-03-31.",
    )


def test_a_film_comes_back_when_its_rights_are_renewed(article):
    time_passes(AFTER)
    footage = article.clips.get().footage
    footage.rights_until = LAST_DAY + timedelta(days=30)
    footage.save()

    with database_says(AFTER):
        consent.changed(footage)
        finish_jobs()

    assert "<video" in story()
    assert set(media_files(article.clips.get())) <= set(public_files())


def test_rights_that_are_cut_short_end_at_once(article):
    footage = article.clips.get().footage
    footage.rights_until = LAST_DAY - timedelta(days=300)
    footage.save()

    time_passes(BEFORE - timedelta(days=1))

    assert "<video" not in story()


def test_a_film_that_somebody_answered_for_stays():
    clip = a_clip_on_lease()
    draft, editor = a_draft(clip, slug="cells"), a_person("eli", "publishers")
    red = f"clip {clip.public_id}: rights on the day and for the territory"
    with database_says(AFTER), pytest.raises(NotCleared, match="ended on 2027-03-31"):
        publishing.publish(draft, by=None)

    with database_says(AFTER):
        clearance.answer(draft, [red], by=editor, reason="Renewed by telephone.")
        publishing.publish(draft, by=None)
    time_passes(AFTER + timedelta(days=1))

    assert "<video" in story()
