"""When a story goes out and when it leaves: by the clock of the database, and by no other."""

import logging
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from articles import acts, publishing, writing
from articles.models import Act, Article
from media.errors import NotCleared
from tests.articles.clocks import database_says
from tests.articles.public import LISTS, public_files
from tests.factories import a_draft, a_person, a_ready_clip, an_article

pytestmark = pytest.mark.django_db

STATUSES = Article.Status
MOMENT = datetime(2026, 7, 1, 18, 0, tzinfo=UTC)
TICK = timedelta(milliseconds=1)


def scheduled_for(moment, **fields):
    with database_says(moment - timedelta(days=1)):
        return publishing.publish(a_draft(**fields), by=None, at=moment)


def is_out_at(moment):
    with database_says(moment):
        publishing.keep_time()
        return Article.objects.published().exists()


def kinds(article):
    return [act.kind for act in article.acts.order_by("pk")]


def test_a_story_goes_out_at_its_moment_and_not_a_thousandth_of_a_second_before():
    scheduled_for(MOMENT)

    assert (is_out_at(MOMENT - TICK), is_out_at(MOMENT)) == (False, True)


def test_what_was_asked_before_the_clock_was_held_asks_the_same_clock():
    an_article()
    before = Article.objects.moment()

    with database_says(MOMENT):
        assert Article.objects.moment() == MOMENT
    assert Article.objects.moment() >= before


@pytest.mark.parametrize("jump", [timedelta(hours=3), timedelta(hours=-3)])
def test_a_process_whose_clock_jumps_publishes_neither_sooner_nor_later(monkeypatch, jump):
    now = timezone.now
    scheduled_for(MOMENT)
    monkeypatch.setattr(timezone, "now", lambda: now() + jump)

    assert (is_out_at(MOMENT - TICK), is_out_at(MOMENT)) == (False, True)


@pytest.mark.parametrize("hour", [0, 1])
def test_the_hour_that_comes_twice_in_autumn_is_two_hours(hour):
    """In Berlin it is 02:30 twice that night."""
    moment = datetime(2026, 10, 25, hour, 30, tzinfo=UTC)
    scheduled_for(moment)

    with timezone.override(ZoneInfo("Europe/Berlin")):
        assert (is_out_at(moment - TICK), is_out_at(moment)) == (False, True)


def test_the_hour_that_is_left_out_in_spring_publishes_nothing_sooner():
    moment = datetime(2026, 3, 29, 1, 0, tzinfo=UTC)
    scheduled_for(moment)

    with timezone.override(ZoneInfo("Europe/Berlin")):
        assert (is_out_at(moment - TICK), is_out_at(moment)) == (False, True)


def test_a_clock_that_is_put_back_takes_no_story_out_twice():
    article = scheduled_for(MOMENT)

    seen = [is_out_at(MOMENT), is_out_at(MOMENT - timedelta(hours=1)), is_out_at(MOMENT)]

    assert seen == [True, False, True]
    assert kinds(article).count(Act.Kind.PUBLISHED) == 1


def test_several_clocks_at_once_publish_once():
    article = scheduled_for(MOMENT)

    with database_says(MOMENT):
        due = Article.objects.due().pks()
        for _ in range(3):
            publishing.keep_time()

    assert due == [article.pk]
    assert kinds(article).count(Act.Kind.PUBLISHED) == 1


# Embargo --------------------------------------------------------------------------------------


def later(**time):
    return MOMENT + timedelta(**time)


def test_the_embargo_wins_over_the_schedule():
    scheduled_for(MOMENT, embargo_until=later(hours=2))

    seen = [is_out_at(MOMENT), is_out_at(later(hours=2) - TICK), is_out_at(later(hours=2))]

    assert seen == [False, False, True]
    assert Article.objects.get().published_at == later(hours=2)


def test_a_schedule_holds_again_when_the_embargo_is_lifted():
    article = scheduled_for(MOMENT, embargo_until=later(hours=2))

    with database_says(MOMENT - TICK):
        times = {"embargo_until": None, "expires_at": None}
        publishing.set_times(article, **times, by=a_person("eli"), reason="It was lifted.")

    assert (is_out_at(MOMENT - TICK), is_out_at(MOMENT)) == (False, True)
    act = article.acts.get(kind=Act.Kind.TIMED)
    assert (act.actor, act.reason, act.detail) == (
        "eli",
        "It was lifted.",
        {"embargo": None, "expiry": None},
    )


def test_a_story_that_was_withdrawn_under_its_embargo_was_never_there(client):
    article = scheduled_for(MOMENT, embargo_until=later(days=365_0))

    with database_says(later(hours=1)):
        publishing.withdraw(article, by=None, reason="Danger.")
        status = client.get(article.get_absolute_url()).status_code

    assert status == 404


def test_times_are_set_with_a_reason_and_in_their_order():
    article = an_article()

    for embargo, expiry, reason in ((MOMENT, None, " "), (later(days=1), MOMENT, "Ours.")):
        with pytest.raises(NotCleared):
            publishing.set_times(
                article,
                embargo_until=embargo,
                expires_at=expiry,
                by=a_person(f"eli{reason}"),
                reason=reason,
            )

    article.refresh_from_db()
    assert (article.embargo_until, article.expires_at) == (None, None)


# Expiry ---------------------------------------------------------------------------------------


def test_an_expired_story_leaves_by_itself_and_its_address_says_so(client):
    article = publishing.publish(a_draft(a_ready_clip()), by=None)
    before = public_files()
    Article.objects.update(expires_at=timezone.now() + timedelta(days=1))

    publishing.keep_time()
    kept = public_files()
    Article.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    publishing.keep_time()
    publishing.keep_time()

    assert (kept, public_files()) == (before, LISTS)
    assert client.get(article.get_absolute_url()).status_code == 410
    assert (article.state, kinds(article)[-1]) == (Article.State.EXPIRED, Act.Kind.EXPIRED)
    assert kinds(article).count(Act.Kind.EXPIRED) == 1


def test_a_story_that_expires_before_it_goes_out_is_not_cleared():
    article = a_draft(expires_at=timezone.now() + timedelta(hours=1))

    with pytest.raises(NotCleared, match="before it goes out"):
        publishing.publish(article, by=None, at=timezone.now() + timedelta(hours=2))

    assert Article.objects.get().status == STATUSES.DRAFT


# Held back --------------------------------------------------------------------------------------


def a_due_story_without_headline():
    article = publishing.publish(a_draft(), by=None, at=timezone.now() + timedelta(hours=1))
    past = timezone.now() - timedelta(seconds=1)
    Article.objects.filter(pk=article.pk).update(published_at=past, headline="")
    return Article.objects.get(pk=article.pk)


def test_a_scheduled_story_that_turned_red_is_held_back_and_said_so_once(caplog):
    article = a_due_story_without_headline()

    with caplog.at_level(logging.ERROR):
        for _ in range(3):
            publishing.keep_time()
            # As if the minute were over.
            Article.objects.update(try_again_at=None)
            publishing.keep_time()

    article.refresh_from_db()
    assert (article.status, article.held_reason) == (
        STATUSES.SCHEDULED,
        "The story has no headline.",
    )
    assert kinds(article).count(Act.Kind.HELD) == 1
    assert [record.message for record in caplog.records] == [
        f"the story {article.slug} is held back: The story has no headline."
    ]


def test_a_story_that_is_held_back_is_left_alone_until_something_changes():
    article = a_due_story_without_headline()
    publishing.keep_time()
    waiting = Article.objects.due().pks()

    article.headline = "Mosul's hidden cells"
    article.save(update_fields=["headline"])
    writing.saved(article, by=a_person("eli"))
    publishing.keep_time()

    article.refresh_from_db()
    assert waiting == []
    assert (article.status, article.held_reason) == (STATUSES.PUBLISHED, "")
    assert article.acts.first().actor == acts.CLOCK
