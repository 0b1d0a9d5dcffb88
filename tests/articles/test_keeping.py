"""Every save is kept; what was public is known; no save overwrites another unseen."""

import os
import random
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.db import connection, transaction
from django.utils import timezone

from articles import drafting, keeping, merging, publishing, writing
from articles.core.body import blocks
from articles.importing import import_story
from articles.models import Article, Author, Byline, Embed, Revision, Topic
from media.models import Transcript, Warning
from tests.factories import a_clip, a_draft, a_person, a_playable_clip, a_ready_clip, a_transcript

# As many as wanted: NEWSROOM_INTERLEAVINGS=200.
COUNT = int(os.environ.get("NEWSROOM_INTERLEAVINGS", "6"))
pytestmark = pytest.mark.django_db


def numbers(article):
    return list(article.revisions.values_list("number", "kind"))


def with_body(article, html, began_from=keeping.FIRST):
    """A version of a story that somebody wrote."""
    with transaction.atomic():
        keeping.hold(article.pk)
    return drafting.words_of({"body": [html], "began_from": [str(began_from)]}, article)


# What is kept ------------------------------------------------------------------------------------


def test_every_save_is_kept_and_one_that_changes_nothing_is_not_kept_twice():
    eli = a_person("eli")
    article = a_draft()
    keeping.hold(article.pk)

    article.headline = "Another headline"
    article.save()
    writing.saved(article, by=eli)
    writing.saved(article, by=eli)

    [found, saved] = article.revisions.order_by("number")
    assert (found.kind, found.snapshot.texts["headline"]) == ("found", "Mosul's hidden cells")
    assert (saved.kind, saved.by, saved.changes) == ("saved", eli, "headline")


def test_an_imported_story_and_a_clip_that_was_put_in_are_kept():
    article = import_story(b"Cells\n\nThey came at night.\n\nNobody slept.")

    writing.attach_clip(article, a_clip())

    assert numbers(article) == [(1, "imported"), (2, "clip")]


def test_a_revision_holds_words_clips_and_settings_as_they_were():
    clip = a_playable_clip(title="The gate")
    words = a_transcript(clip)
    Warning.objects.create(clip=clip, kind="death")
    article = a_draft(clip, section="World", embargo_until=timezone.now())
    Embed.objects.update(caption="Ours.")
    topic = Topic.objects.create(name="Mosul", slug="mosul")
    article.topics.add(topic)
    Byline.objects.create(article=article, author=Author.objects.create(name="Ali", slug="ali"))

    kept = keeping.keep(article, by=None).snapshot
    clip.warnings.all().delete()
    topic.delete()

    [state] = Revision.objects.get().snapshot.clips
    assert kept.settings["section"] == "World"
    assert kept.settings["embargo_until"] == article.embargo_until.isoformat()
    assert [one.name for one in kept.named["topics"]] == ["Mosul"]
    assert [one.name for one in kept.named["bylines"]] == ["Ali"]
    assert (state.words["caption"], state.own["title"]) == ("Ours.", "The gate")
    assert state.own["warnings"] == "A person is killed"
    assert state.own["captions (en)"] == f"version {words.public_id}"


def test_a_story_is_read_in_as_many_queries_whatever_stands_in_it(django_assert_num_queries):
    def a_full_story(count):
        article = a_draft(*(a_playable_clip() for _ in range(count)))
        for clip in article.clips.all():
            a_transcript(clip)
            Warning.objects.create(clip=clip, kind="death")
        return Article.objects.get(pk=article.pk)

    for count in (1, 3):
        article = a_full_story(count)
        with django_assert_num_queries(6):
            keeping.snapshot_of(article)


# What was public when ----------------------------------------------------------------------------


def test_what_readers_saw_is_known_for_every_moment():
    article = publishing.publish(a_draft(a_ready_clip()), by=None)
    before = timezone.now()
    article.headline = "Another headline"
    article.save()
    writing.saved(article, by=None)
    between = timezone.now()
    publishing.withdraw(article, by=None, reason="A mistake.")

    def seen_at(moment):
        return [kept.snapshot.texts["headline"] for kept in article.revisions.public_at(moment)]

    assert seen_at(before - timedelta(hours=1)) == []
    assert seen_at(before) == ["Mosul's hidden cells"]
    assert seen_at(between) == ["Another headline"]
    assert seen_at(timezone.now()) == []


def test_a_story_that_comes_back_unchanged_has_a_time_of_its_own():
    article = publishing.publish(a_draft(a_ready_clip()), by=None)
    publishing.withdraw(article, by=None, reason="A mistake.")

    publishing.publish(article, by=None)

    first, second = article.revisions.ever_public().order_by("number")
    assert first.public_until <= second.public_from
    assert (second.public_until, second.changes) == (None, f"as revision {first.number}")


def test_drawing_the_same_pages_again_is_no_revision():
    article = publishing.publish(a_draft(a_ready_clip()), by=None)
    kept = numbers(article)

    writing.refresh(article)

    assert numbers(article) == kept


def test_corrected_captions_of_a_public_story_are_a_revision_that_does_not_disturb_who_writes():
    article = publishing.publish(a_draft(a_ready_clip()), by=None)
    began_from = keeping.number_of(article)

    a_transcript(article.clips.get())
    writing.refresh(article)

    assert numbers(article)[-1] == (began_from + 1, "placed")
    assert not keeping.is_stale(article, began_from)
    assert Transcript.objects.count() == 1


# Restoring ---------------------------------------------------------------------------------------


def test_an_older_revision_is_restored_as_a_new_one():
    clip = a_clip()
    article = a_draft(clip, section="World")
    Embed.objects.update(caption="Ours.")
    ali, omar = (Author.objects.create(name=name, slug=name) for name in ("ali", "omar"))
    Byline.objects.create(article=article, author=ali)
    keeping.hold(article.pk)
    embargo = timezone.now() + timedelta(days=1)
    changed = {"headline": "Other", "body": "<p>Other</p>", "section": "", "embargo_until": embargo}
    Article.objects.update(**changed)
    article.embeds.all().delete()
    Byline.objects.update(author=omar)
    article.refresh_from_db()
    keeping.keep(article, by=None)

    restored = merging.restore(article, 1, by=None, began_from=2)

    article.refresh_from_db()
    assert (article.headline, article.section) == ("Mosul's hidden cells", "World")
    assert [(embed.clip, embed.caption) for embed in article.embeds.all()] == [(clip, "Ours.")]
    assert [byline.author for byline in article.bylines.all()] == [ali]
    assert article.embargo_until == embargo
    assert (restored.number, restored.kind, restored.restored_from) == (3, "restored", 1)


def test_a_revision_with_a_clip_that_is_gone_is_not_restored():
    clip = a_clip()
    article = a_draft(clip)
    keeping.hold(article.pk)
    article.embeds.all().delete()
    clip.delete()
    Article.objects.update(body="<p>Other</p>")

    with pytest.raises(writing.UnknownFigure, match="clips that do not exist"):
        merging.restore(article, 1, by=None, began_from=1)

    article.refresh_from_db()
    assert article.body == "<p>Other</p>"


# Two editors -------------------------------------------------------------------------------------


def test_a_save_from_an_older_revision_is_refused():
    article = a_draft(body="<p>A</p>")
    keeping.hold(article.pk)
    merging.save(article, with_body(article, "<p>A1</p>"), by=None, began_from=1)

    with pytest.raises(keeping.Stale):
        merging.save(article, with_body(article, "<p>A2</p>", 1), by=None, began_from=1)

    article.refresh_from_db()
    assert article.body == "<p>A1</p>"


@pytest.mark.django_db(transaction=True)
def test_of_two_saves_in_the_same_moment_one_is_refused():
    article = a_draft(body="<p>A</p>")
    wanted = [with_body(article, f"<p>{text}</p>", 1) for text in ("A1", "A2")]
    together = Barrier(2)

    def saves(words):
        together.wait()
        try:
            return merging.save(article, words, by=None, began_from=1).number
        except keeping.Stale:
            return "refused"
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(saves, wanted))

    assert sorted(answers, key=str) == [2, "refused"]
    assert numbers(article) == [(1, "found"), (2, "saved")]


def test_random_interleavings_of_two_editors_lose_no_save():
    chance = random.Random(7)
    eli, ada = a_person("eli"), a_person("ada")
    for number in range(COUNT):
        article = a_draft(body="<p>First</p><p>Second</p>")
        keeping.hold(article.pk)
        wrote = interleaved(chance, article, (eli, ada), number)

        article.refresh_from_db()
        assert {word for _, word in wrote} <= set(words_in(article.body))
        for person, word in wrote:
            kept = article.revisions.filter(by=person)
            assert any(word in words_in(revision.snapshot.body) for revision in kept)


def words_in(body):
    return [html.removeprefix("<p>").removesuffix("</p>") for html in blocks(body)]


def interleaved(chance, article, people, number):
    """Both open the story, write and save, in any order; each word and who wrote it."""
    opened, wrote = {}, []
    for step in range(3):
        person = chance.choice(people)
        began_from, body = opened.pop(person, None) or look(article)
        word = f"{person.username}{number}.{step}"
        texts = words_in(body)
        place = chance.randrange(len(texts) + 1)
        if place == len(texts) or texts[place] not in ("First", "Second"):
            texts.insert(place, word)
        else:
            texts[place] = word
        opened.setdefault(next(one for one in people if one != person), look(article))
        save(article, "".join(f"<p>{text}</p>" for text in texts), person, began_from)
        wrote.append((person, word))
    return wrote


def look(article):
    article.refresh_from_db()
    return keeping.number_of(article), article.body


def save(article, body, person, began_from):
    """As the form does: a stale one is set aside, put together, and saved."""
    form = {"body": [body], "began_from": [str(began_from)]}
    try:
        wanted = drafting.words_of(form, article)
        merging.save(article, wanted, by=person, began_from=began_from)
    except keeping.Stale:
        draft = drafting.keep_words(person, article, form, f"tab-{person}")
        choices = {part.key: "both" for part in merging.merge_of(draft).conflicts}
        newest = keeping.number_of(article)
        merging.put_together(draft, choices, by=person, began_from=newest)
