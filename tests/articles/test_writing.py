"""What follows from saving a story: its clips stand where its text says."""

from datetime import timedelta

import pytest
from django.utils import timezone

from articles import publishing, writing
from articles.models import Article, Embed
from media.models import Job
from tests.articles.public import LISTS, finish_jobs, page, public_files
from tests.factories import a_clip, a_draft, a_person, a_ready_clip

pytestmark = pytest.mark.django_db


def figure(clip):
    return f'<figure data-clip="{clip.public_id}"></figure>'


def placed(article):
    return [embed.clip for embed in article.embeds.select_related("clip")]


def rewrite(article, body):
    article.body = body
    article.save()
    writing.saved(article, by=None)


def test_clips_stand_in_the_order_of_the_text():
    first, second, third = a_clip(), a_clip(), a_clip()
    article = a_draft(first, second, third)

    rewrite(article, f"<p>Text</p>{figure(third)}{figure(first)}{figure(second)}")

    assert placed(article) == [third, first, second]


def test_a_clip_that_was_taken_out_of_the_text_stands_there_no_more():
    kept, gone = a_clip(), a_clip()
    article = a_draft(kept, gone)

    rewrite(article, figure(kept))

    assert placed(article) == [kept]


def test_a_clip_that_is_named_twice_stands_once():
    clip = a_clip()
    article = a_draft()

    rewrite(article, figure(clip) + "<p>Text</p>" + figure(clip))

    assert placed(article) == [clip]


def test_what_a_story_says_of_a_clip_stays_when_the_clip_moves():
    first, second = a_clip(), a_clip()
    article = a_draft(first, second)
    Embed.objects.filter(clip=second).update(caption="Taken at dawn.")

    rewrite(article, figure(second) + figure(first))

    captions = list(article.embeds.values_list("clip", "caption"))
    assert captions == [(second.pk, "Taken at dawn."), (first.pk, "")]


def test_a_clip_that_does_not_exist_is_named_in_a_sentence_and_nothing_changes():
    clip = a_clip()
    article = a_draft(clip)
    article.body = f'{figure(clip)}<figure data-clip="doesnotexist"></figure>'

    with pytest.raises(writing.UnknownFigure) as refusal:
        writing.place_figures(article)

    assert str(refusal.value) == (
        "The story names clips that do not exist (doesnotexist): take them out, or insert them "
        "again."
    )
    assert placed(article) == [clip]


def test_whoever_saved_a_story_is_remembered():
    article, editor = a_draft(), a_person("editor")

    writing.saved(article, by=editor)

    article.refresh_from_db()
    assert article.updated_by == editor


def test_an_attached_clip_stands_at_the_end():
    first, second = a_clip(), a_clip()
    article = a_draft(first)

    writing.attach_clip(article, second)

    assert placed(article) == [first, second]


def test_a_clip_is_attached_once_however_often_it_is_asked():
    clip = a_clip()
    article = a_draft()

    writing.attach_clip(article, clip)
    once = Article.objects.get().body
    writing.attach_clip(article, clip)

    assert Article.objects.get().body == once
    assert placed(article) == [clip]


def test_what_an_editor_wrote_while_a_clip_was_made_is_kept():
    clip, article = a_clip(), a_draft(body="<p>Early</p>")
    attach = writing.attacher(article.slug)
    Article.objects.update(body="<p>Early, and written on</p>")

    attach(clip)

    assert Article.objects.get().body == f"<p>Early, and written on</p>{figure(clip)}"


def test_clips_for_a_story_that_is_not_there_are_refused_before_they_are_made():
    with pytest.raises(writing.UnknownStory) as refusal:
        writing.attacher("nowhere")

    assert str(refusal.value) == "There is no story at /stories/nowhere/: check the address."


def test_saving_a_draft_places_nothing():
    article = a_draft(a_ready_clip())

    writing.saved(article, by=None)
    finish_jobs()

    assert public_files() == []


def test_a_public_story_is_drawn_again_when_it_is_saved():
    article = publishing.publish(a_draft(), by=None)
    article.headline = "The cells speak"
    article.save()

    writing.saved(article, by=None)

    names = (f"stories/{article.slug}/index.html", "index.html", "feeds/stories.atom")
    assert [name for name in names if "The cells speak" not in page(name)] == []


def test_the_files_of_a_clip_that_left_its_only_public_story_leave_with_it():
    clip, kept = a_ready_clip(), a_ready_clip()
    article = publishing.publish(a_draft(clip, kept), by=None)
    before = public_files()

    rewrite(article, f"<p>Text</p>{figure(kept)}")
    finish_jobs()

    gone = (
        f"media/{clip.current_package.public_id}/",
        f"stories/{article.slug}/{clip.slug}/",
        f"embed/{clip.public_id}/",
    )
    assert public_files() == [name for name in before if not name.startswith(gone)] != before


def test_the_files_of_a_clip_that_another_public_story_shows_stay():
    clip = a_ready_clip()
    article = publishing.publish(a_draft(clip), by=None)
    publishing.publish(a_draft(clip), by=None)

    rewrite(article, "<p>Text</p>")
    finish_jobs()

    assert f"media/{clip.current_package.public_id}/master.m3u8" in public_files()


def test_a_clip_that_nobody_signed_off_does_not_slip_into_a_public_story():
    article = publishing.publish(a_draft(), by=None)
    before, clip = public_files(), a_ready_clip()

    rewrite(article, article.body + figure(clip))
    finish_jobs()

    assert public_files() == before
    assert clip.public_id not in page(f"stories/{article.slug}/index.html")


def test_an_embargo_on_a_public_story_takes_it_back_until_it_is_over():
    article = publishing.publish(a_draft(a_ready_clip()), by=None)
    before = public_files()
    times = {"embargo_until": timezone.now() + timedelta(hours=1), "expires_at": None}

    publishing.set_times(article, **times, by=a_person("eli"), reason="The agency asks.")
    during = public_files()
    Article.objects.update(embargo_until=timezone.now() - timedelta(seconds=1))
    publishing.keep_time()

    assert during == LISTS
    assert public_files() == before


def test_nothing_waits_to_be_done_after_a_public_story_was_saved():
    article = publishing.publish(a_draft(), by=None)

    writing.saved(article, by=None)

    assert list(Job.objects.unfinished()) == []
