"""The words that decide what a reader may see, asked of sets and of single rows."""

import itertools
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError
from django.utils import timezone

from articles.models import Article
from media.models import Clip, Footage
from tests.factories import a_clip, a_footage, a_package, an_article

pytestmark = pytest.mark.django_db

PAST, FUTURE = timedelta(hours=-1), timedelta(hours=1)
STATUSES = Article.Status


def every_article():
    """One story for each combination, with the combination it stands for."""
    now = timezone.now()
    for status, published, embargo in itertools.product(
        STATUSES, (None, PAST, FUTURE), (None, PAST, FUTURE)
    ):
        if published is None and status in (STATUSES.SCHEDULED, STATUSES.PUBLISHED):
            continue
        is_withdrawn = status == STATUSES.WITHDRAWN
        article = an_article(
            status=status,
            published_at=published and now + published,
            embargo_until=embargo and now + embargo,
            withdrawn_at=now if is_withdrawn else None,
            withdrawn_reason="It was wrong." if is_withdrawn else "",
        )
        yield (status, published, embargo), article


def wanted(status, embargoes):
    return [(status, PAST, embargo) for embargo in embargoes]


def combinations(articles, queryset):
    found = set(queryset.values_list("pk", flat=True))
    return [combination for combination, article in articles if article.pk in found]


def test_published_means_published_dated_and_out_of_embargo():
    articles = list(every_article())

    found = combinations(articles, Article.objects.published())

    assert found == wanted(STATUSES.PUBLISHED, (None, PAST))


def test_one_row_is_public_exactly_when_the_set_says_so():
    articles = list(every_article())

    public = [combination for combination, article in articles if article.is_public]

    assert public == combinations(articles, Article.objects.published()) != []


def test_due_means_scheduled_for_a_moment_that_has_come_and_out_of_embargo():
    articles = list(every_article())

    found = combinations(articles, Article.objects.due())

    assert found == wanted(STATUSES.SCHEDULED, (None, PAST))


def test_withdrawn_means_taken_back_after_readers_could_see_it():
    articles = list(every_article())

    found = combinations(articles, Article.objects.withdrawn())

    assert found == wanted(STATUSES.WITHDRAWN, (None, PAST))


def every_clip():
    now = timezone.now()
    for cleared, withdrawn, packaged, consent in itertools.product(
        (True, False), (True, False), (True, False), Footage.Consent
    ):
        clip = a_clip(
            footage=a_footage(consent=consent),
            cleared_at=now if cleared else None,
            withdrawn_at=now if withdrawn else None,
        )
        if packaged:
            a_package(clip)
        yield (cleared, withdrawn, packaged, consent), clip


def test_playable_means_cleared_packaged_consented_and_not_taken_back():
    clips = list(every_clip())

    found = set(Clip.objects.playable().values_list("pk", flat=True))

    consents = [consent for consent in Footage.Consent if consent != Footage.Consent.WITHDRAWN]
    playable = [combination for combination, clip in clips if clip.pk in found]
    assert playable == [(True, False, True, consent) for consent in consents]


def test_one_clip_is_playable_exactly_when_the_set_says_so():
    clips = list(every_clip())

    found = set(Clip.objects.playable().values_list("pk", flat=True))

    asked = [clip.pk for _combination, clip in clips if clip.is_playable]
    assert asked == sorted(found) != []


def test_the_newest_story_comes_first():
    now = timezone.now()
    older = an_article(published_at=now - timedelta(days=2))
    newer = an_article(published_at=now - timedelta(days=1))
    same_moment = an_article(published_at=older.published_at)

    assert list(Article.objects.newest_first()) == [newer, same_moment, older]


def test_a_story_and_its_translations_are_one_group():
    root, other = an_article(), an_article()
    translation = an_article(translation_of=root)
    an_article(translation_of=other)

    assert set(Article.objects.translations_of(root.pk)) == {root, translation}


def test_the_stories_of_a_clip_are_those_in_which_it_stands():
    clip, other = a_clip(), a_clip()
    shown = an_article(clip)
    an_article(other)

    assert list(Article.objects.showing(clip)) == [shown]


def test_a_clip_that_stands_in_a_story_cannot_be_deleted():
    clip = a_clip()
    an_article(clip)

    with pytest.raises(ProtectedError):
        clip.delete()

    assert list(Clip.objects.all()) == [clip]


@pytest.mark.parametrize(
    "fields",
    [
        {"status": STATUSES.PUBLISHED, "published_at": None},
        {"status": STATUSES.SCHEDULED, "published_at": None},
        {"status": STATUSES.WITHDRAWN, "withdrawn_at": None, "withdrawn_reason": "Wrong."},
        {"status": STATUSES.WITHDRAWN, "withdrawn_at": timezone.now(), "withdrawn_reason": ""},
    ],
)
def test_the_database_refuses_a_story_that_contradicts_itself(fields):
    with pytest.raises(IntegrityError), transaction.atomic():
        an_article(**fields)

    assert list(Article.objects.all()) == []


@pytest.mark.parametrize(("words", "minutes"), [(1, 1), (240, 1), (600, 2), (1200, 5)])
def test_reading_time_counts_words_at_the_speed_of_a_reader(words, minutes):
    article = an_article(body=f"<p>{'word ' * words}</p>")

    assert (article.word_count, article.reading_minutes) == (words, minutes)
