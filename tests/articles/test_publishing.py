"""Publishing, scheduling, withdrawing: what lies in `public` before and after."""

import gzip
from datetime import timedelta

import brotli
import pytest
from django.db.models.signals import post_save
from django.utils import timezone

from articles import publishing, writing
from articles.models import Article, Correction, PublicPage
from media import clips
from media.errors import LeakFound, NotCleared
from media.models import Clip, CustodyEvent, Footage, Job, Transcript
from tests.articles.public import (
    LISTS,
    finish_jobs,
    media_files,
    page,
    public_files,
    public_folder,
    story_files,
)
from tests.articles.test_reading import queries_of
from tests.factories import a_clip, a_draft, a_footage, a_person, a_ready_clip, a_transcript

pytestmark = pytest.mark.django_db

STATUSES = Article.Status
SECOND = timedelta(seconds=1)


def ahead(**time):
    return timezone.now() + timedelta(**time)


# Refused ------------------------------------------------------------------------------------


def test_a_story_that_is_not_cleared_stays_as_it_was_and_every_reason_is_told():
    clip = a_clip(title="Fire", withdrawn_at=timezone.now())
    article = a_draft(clip, headline=" ")
    before = Article.objects.values().get()

    with pytest.raises(NotCleared) as refusal:
        publishing.publish(article, by=None)

    reasons = ("no headline", "still being encoded", "was withdrawn")
    assert [reason for reason in reasons if reason not in str(refusal.value)] == []
    assert Article.objects.values().get() == before
    assert Clip.objects.get().cleared_at is None
    assert (public_files(), list(Job.objects.all())) == ([], [])


def a_telling_footage(**fields):
    place = {"where": "udta", "name": "location", "value": "+36.3412+043.1299/"}
    return a_footage(metadata=[place], original_name="IMG 9981 checkpoint.mov", **fields)


@pytest.mark.parametrize("words", ["36.3412", "IMG 9981 checkpoint.mov", "IMG 9981 checkpoint"])
def test_a_clip_that_tells_what_only_its_file_says_is_not_published(words):
    clip = a_ready_clip(footage=a_telling_footage())
    a_transcript(clip, "They stand at a checkpoint.")
    article = a_draft(clip)
    # A place of the page in which no editor writes.
    Transcript.objects.update(language=f"en-{words}")
    before = Article.objects.values().get()

    with pytest.raises(LeakFound):
        publishing.publish(article, by=None)

    assert Article.objects.values().get() == before
    assert Clip.objects.get().cleared_at is None
    assert public_files() == []


def test_captions_that_tell_where_the_footage_was_made_are_not_published():
    clip = a_ready_clip(footage=a_telling_footage())
    a_transcript(clip, "We are at 36.3412 north.")
    article = a_draft(clip)

    with pytest.raises(LeakFound):
        publishing.publish(article, by=None)

    assert Article.objects.get().status == STATUSES.DRAFT
    assert public_files() == []


def test_a_leak_is_found_when_the_story_is_scheduled_and_not_when_it_is_due():
    clip = a_ready_clip(footage=a_telling_footage())
    a_transcript(clip, "We are at 36.3412 north.")

    with pytest.raises(LeakFound):
        publishing.publish(a_draft(clip), by=None, at=ahead(hours=1))

    assert Article.objects.get().status == STATUSES.DRAFT


@pytest.mark.parametrize(
    ("body", "value"),
    [
        ("<p>The phone stood at 36.3412, 43.1299 that night.</p>", "+36.3412+043.1299/"),
        ("<p>Filmed for Sons &amp; Daughters 2015.</p>", "Sons & Daughters 2015"),
    ],
)
def test_the_same_words_written_by_the_editor_are_published(body, value):
    entry = {"where": "udta", "name": "title", "value": value}
    clip = a_ready_clip(footage=a_footage(metadata=[entry]))
    figure = f'<figure data-clip="{clip.public_id}"></figure>'

    article = publishing.publish(a_draft(clip, body=body + figure), by=None)

    assert article.is_public
    assert f"stories/{article.slug}/index.html" in public_files()


FEED_SAYS = "The footage that our stories rest on"


@pytest.mark.parametrize("hours", [None, 1])
def test_what_only_a_list_would_tell_of_the_footage_holds_the_story_back(hours):
    clip = a_ready_clip(footage=a_footage(original_name=f"{FEED_SAYS}.mov"))
    article = a_draft(clip)

    with pytest.raises(LeakFound, match=r"feeds/videos\.rss"):
        publishing.publish(article, by=None, at=hours and ahead(hours=hours))

    assert Article.objects.get().status == STATUSES.DRAFT
    assert public_files() == []


def test_a_list_leaves_out_the_story_of_whose_footage_it_would_tell_until_it_is_mended():
    told, other = a_ready_clip(title="Told"), a_ready_clip(title="Other")
    stories = [publishing.publish(a_draft(clip), by=None) for clip in (told, other)]
    names = Footage.objects.filter(clips=told)
    names.update(original_name=f"{FEED_SAYS}.mov")

    publishing.publish(a_draft(a_ready_clip(title="New")), by=None)
    without, feed = page("feeds/videos.rss"), page("feeds/stories.atom")
    names.update(original_name="video.mov")
    publishing.publish(a_draft(), by=None)

    titles = ("Told", "Other", "New")
    assert [title in without for title in titles] == [False, True, True]
    assert [story.slug in feed for story in stories] == [True, True]
    assert [title in page("feeds/videos.rss") for title in titles] == [True, True, True]


# Published ----------------------------------------------------------------------------------


def test_publishing_places_the_story_its_clips_their_captions_and_the_lists():
    clip = a_ready_clip()
    captions = a_transcript(clip)
    draft = a_transcript(clip, state=Transcript.State.DRAFT, language="ar")

    article = publishing.publish(a_draft(clip), by=None)

    wanted = [*LISTS, *media_files(clip), *story_files(article, clip)]
    assert public_files() == sorted([*wanted, f"media/{captions.public_id}/captions.vtt"])
    assert draft.public_id not in page(f"stories/{article.slug}/index.html")


def test_every_page_lies_there_packed_with_the_same_words():
    publishing.publish(a_draft(a_ready_clip()), by=None)

    pages = [public_folder() / name for name in public_files() if not name.startswith("media/")]

    plain = [path.read_bytes() for path in pages]
    zipped = [gzip.decompress(path.with_name(f"{path.name}.gz").read_bytes()) for path in pages]
    brotlied = [brotli.decompress(path.with_name(f"{path.name}.br").read_bytes()) for path in pages]
    assert len(pages) == len(LISTS) + 6
    assert zipped == plain == brotlied


def test_publishing_dates_the_story_and_signs_its_clips_off():
    editor, clip, other = a_person("editor", "editors"), a_ready_clip(), a_ready_clip()
    before = timezone.now()

    article = publishing.publish(a_draft(clip), by=editor)

    clip.refresh_from_db()
    other.refresh_from_db()
    assert (article.status, article.updated_by) == (STATUSES.PUBLISHED, editor)
    assert before <= article.published_at <= timezone.now()
    assert (clip.cleared_by, other.cleared_at) == (editor, None)
    assert clip.cleared_at >= before


def test_the_release_of_a_clip_is_in_its_custody_log_once():
    clip = a_ready_clip()

    article = publishing.publish(a_draft(clip), by=a_person("editor", "editors"))
    publishing.publish(article, by=None)

    events = CustodyEvent.objects.filter(kind=CustodyEvent.Kind.RELEASED)
    detail = {"clip": clip.public_id, "package": clip.current_package.public_id}
    assert list(events.values_list("footage", "actor", "detail")) == [
        (clip.footage_id, "editor", detail)
    ]


def test_publishing_again_keeps_the_date():
    article = publishing.publish(a_draft(), by=None)

    again = publishing.publish(article, by=None)

    assert again.published_at == article.published_at


def test_a_correction_appears_in_the_page():
    article = publishing.publish(a_draft(), by=None)
    Correction.objects.create(article=article, text="The date was wrong.", at=ahead(hours=-2))

    writing.saved(article, by=None)

    html = page(f"stories/{article.slug}/index.html")
    assert html.count("<p data-correction>") == 1
    assert "The date was wrong." in html


def queries_to_publish(clips, cues):
    """Of a story that is published, and of the same once more."""
    article = a_draft(*(a_ready_clip() for _ in range(clips)))
    for clip in article.clips.all():
        a_transcript(clip, *(["word"] * cues))
    return [queries_of(lambda: publishing.publish(article, by=None)) for _ in range(2)]


def test_publishing_costs_a_few_queries_more_for_each_clip_and_none_for_cues():
    """A clip's release is written into its log, its files are held against their list, and it is
    asked whether it may still be seen.
    """
    publishing.publish(a_draft(), by=None)

    few, many_cues, three = (queries_to_publish(*size) for size in ((1, 2), (1, 30), (3, 2)))

    assert few == many_cues
    first, again = (more - fewer for fewer, more in zip(few, three, strict=True))
    assert (first <= 2 * 19, again <= 2 * 8) == (True, True), (few, three)


# Scheduled ----------------------------------------------------------------------------------


def test_a_scheduled_story_has_nothing_in_public_until_it_is_due():
    clip = a_ready_clip()
    article = publishing.publish(a_draft(clip), by=None, at=ahead(hours=1))
    publishing.keep_time()
    finish_jobs()
    before = public_files()
    Article.objects.update(published_at=timezone.now() - SECOND)

    publishing.keep_time()

    assert (article.status, before) == (STATUSES.SCHEDULED, [])
    assert public_files() == sorted([*LISTS, *media_files(clip), *story_files(article, clip)])
    assert Article.objects.get().status == STATUSES.PUBLISHED


def test_a_due_story_keeps_the_moment_for_which_it_was_scheduled():
    publishing.publish(a_draft(), by=None, at=ahead(hours=1))
    moment = timezone.now() - SECOND
    Article.objects.update(published_at=moment)

    publishing.keep_time()

    assert Article.objects.get().published_at == moment


def test_an_embargo_that_ends_later_wins_over_the_schedule():
    embargo = ahead(hours=2)
    article = a_draft(embargo_until=embargo)

    article = publishing.publish(article, by=None, at=ahead(hours=1))

    assert (article.status, article.goes_out_at) == (STATUSES.SCHEDULED, embargo)


def test_an_embargo_that_was_put_on_a_scheduled_story_later_holds_it_back():
    publishing.publish(a_draft(), by=None, at=ahead(hours=1))
    Article.objects.update(published_at=timezone.now() - SECOND, embargo_until=ahead(hours=1))

    publishing.keep_time()

    assert (Article.objects.get().status, public_files()) == (STATUSES.SCHEDULED, [])


def test_a_story_under_embargo_is_scheduled_for_its_end():
    embargo = ahead(hours=2)

    article = publishing.publish(a_draft(embargo_until=embargo), by=None)

    assert (article.status, article.goes_out_at) == (STATUSES.SCHEDULED, embargo)
    assert public_files() == []


def test_a_public_story_that_is_put_off_leaves_at_once():
    clip = a_ready_clip()
    article = publishing.publish(a_draft(clip), by=None)

    publishing.publish(article, by=None, at=ahead(hours=1))

    assert public_files() == LISTS


def test_one_due_story_that_fails_does_not_hold_up_the_others():
    broken = publishing.publish(a_draft(), by=None, at=ahead(hours=2))
    whole = publishing.publish(a_draft(), by=None, at=ahead(hours=1))
    Article.objects.update(published_at=timezone.now() - SECOND)
    Article.objects.filter(pk=broken.pk).update(headline="")

    publishing.keep_time()

    assert list(Article.objects.published()) == [whole]


def test_a_due_story_that_is_withdrawn_while_others_are_published_stays_away():
    stories = [publishing.publish(a_draft(), by=None, at=ahead(hours=1)) for _ in range(2)]
    Article.objects.update(published_at=timezone.now() - SECOND)
    withdrawn = []

    def withdraw_the_other(instance, **_):
        if instance.status == STATUSES.PUBLISHED and not withdrawn:
            withdrawn.extend(story for story in stories if story != instance)
            publishing.withdraw(withdrawn[0], by=None, reason="A source is in danger.")

    post_save.connect(withdraw_the_other, sender=Article)
    try:
        publishing.keep_time()
    finally:
        post_save.disconnect(withdraw_the_other, sender=Article)

    [other] = withdrawn
    assert list(Article.objects.published()) == [story for story in stories if story != other]
    assert [name for name in public_files() if other.slug in name] == []


# Withdrawn ----------------------------------------------------------------------------------


def test_a_withdrawn_story_leaves_nothing_but_lists_without_it():
    clip = a_ready_clip()
    a_transcript(clip)
    article = publishing.publish(a_draft(clip, headline="The cells speak"), by=None)

    article = publishing.withdraw(article, by=a_person("editor"), reason=" Danger. ")

    assert (article.status, article.withdrawn_reason) == (STATUSES.WITHDRAWN, "Danger.")
    assert public_files() == LISTS
    assert [
        name for name in LISTS if "cells speak" in page(name) or article.slug in page(name)
    ] == []
    assert list(PublicPage.objects.values_list("path", flat=True)) == LISTS


def test_nothing_packed_is_left_of_a_withdrawn_story():
    article = publishing.publish(a_draft(a_ready_clip()), by=None)

    publishing.withdraw(article, by=None, reason="Danger.")

    left = [path.name for path in public_folder().iterdir()]
    folders = sorted(name for name in left if "." not in name)
    assert folders == ["archive", "corrections", "feeds"]


def test_the_address_of_a_withdrawn_story_says_so_and_an_unknown_one_says_nothing(client):
    clip = a_ready_clip()
    article = publishing.publish(a_draft(clip), by=None)
    addresses = [article.get_absolute_url(), f"/stories/{article.slug}/{clip.slug}/"]
    publishing.withdraw(article, by=None, reason="Danger.")

    statuses = [client.get(address).status_code for address in [*addresses, "/stories/never/"]]

    assert statuses == [410, 410, 404]


def test_a_story_taken_back_before_its_moment_was_never_there(client):
    article = publishing.publish(a_draft(), by=None, at=ahead(hours=1))

    publishing.withdraw(article, by=None, reason="Danger.")

    assert client.get(article.get_absolute_url()).status_code == 404


def test_a_clip_that_another_public_story_shows_stays_when_one_is_withdrawn():
    shared, alone = a_ready_clip(), a_ready_clip()
    first = publishing.publish(a_draft(shared, alone), by=None)
    second = publishing.publish(a_draft(shared), by=None)

    publishing.withdraw(first, by=None, reason="Danger.")

    assert public_files() == sorted([*LISTS, *media_files(shared), *story_files(second, shared)])


def test_a_clip_of_a_withdrawn_story_is_noted_in_its_custody_log():
    clip = a_ready_clip()
    article = publishing.publish(a_draft(clip), by=None)

    publishing.withdraw(article, by=a_person("editor"), reason="Danger.")

    events = CustodyEvent.objects.filter(kind=CustodyEvent.Kind.WITHDRAWN)
    detail = {"clip": clip.public_id, "story": article.slug}
    assert list(events.values_list("actor", "detail")) == [("editor", detail)]


@pytest.mark.parametrize("reason", ["", "  \n"])
def test_a_story_is_not_withdrawn_without_a_reason(reason):
    article = publishing.publish(a_draft(), by=None)
    before = public_files()

    with pytest.raises(NotCleared) as refusal:
        publishing.withdraw(article, by=None, reason=reason)

    assert str(refusal.value) == "A story is withdrawn with a reason: write one."
    assert (Article.objects.get().status, public_files()) == (STATUSES.PUBLISHED, before)


def test_a_draft_cannot_be_withdrawn():
    with pytest.raises(NotCleared) as refusal:
        publishing.withdraw(a_draft(), by=None, reason="Danger.")

    assert str(refusal.value) == "Only a published or scheduled story can be withdrawn."


def test_a_withdrawn_story_can_be_published_again():
    clip = a_ready_clip()
    article = publishing.publish(a_draft(clip), by=None)
    before = public_files()
    article = publishing.withdraw(article, by=None, reason="Danger.")

    article = publishing.publish(article, by=None)

    assert (article.status, article.withdrawn_at) == (STATUSES.PUBLISHED, None)
    assert public_files() == before


def test_a_clip_whose_consent_ends_is_gone_from_the_story_that_stays():
    clip, kept = a_ready_clip(), a_ready_clip()
    article = publishing.publish(a_draft(clip, kept), by=None)

    clips.withdraw_clip(clip, by="archivist")
    finish_jobs()

    assert public_files() == sorted([*LISTS, *media_files(kept), *story_files(article, kept)])
    assert clip.public_id not in page(f"stories/{article.slug}/index.html")
