"""What a page shows, and what it costs to find out."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from articles import pages
from articles.models import Author, Byline, Correction, Embed
from articles.reading import ClipBlock, TextBlock, read_story
from articles.story_cards import read_cards
from articles.warned import WarningView
from media.models import Package, Transcript, Warning
from tests.factories import (
    a_clip,
    a_draft,
    a_package,
    a_playable_clip,
    a_transcript,
    an_article,
)

pytestmark = pytest.mark.django_db


def queries_of(action):
    with CaptureQueriesContext(
        connection,
    ) as queries:
        action()
    return len(queries)


def a_full_story(*, clips, cues=2):
    article = an_article(*(a_playable_clip() for _ in range(clips)))
    for clip in article.clips.all():
        a_transcript(clip, *(["word"] * cues))
        a_transcript(clip, *(["كلمة"] * cues), language="ar")
        Warning.objects.create(clip=clip, kind=Warning.Kind.FIRE)
    return article


def test_reading_a_story_costs_the_same_for_one_clip_and_for_three():
    one, three = a_full_story(clips=1), a_full_story(clips=3)

    costs = [queries_of(lambda story=story: pages.public_story(story)) for story in (one, three)]

    assert costs[0] == costs[1] <= 10


def test_reading_a_story_costs_the_same_for_few_cues_and_for_many():
    few, many = a_full_story(clips=1, cues=5), a_full_story(clips=1, cues=50)

    costs = [queries_of(lambda story=story: pages.public_story(story)) for story in (few, many)]

    assert costs[0] == costs[1]


def test_drawing_a_story_that_was_read_asks_the_database_nothing():
    story = pages.public_story(a_full_story(clips=3))

    assert queries_of(lambda: pages.draw_story(story)) == 0
    assert queries_of(lambda: pages.draw_watch(story, story.clips[0])) == 0
    assert queries_of(lambda: pages.draw_read(story, story.clips[0])) == 0


def test_text_and_clips_come_in_the_order_of_the_body():
    first, second = a_playable_clip(), a_playable_clip()
    body = (
        f'<p>One</p><figure data-clip="{second.public_id}"></figure><p>Two</p>'
        f'<figure data-clip="{first.public_id}"></figure>'
    )
    article = an_article(first, second, body=body)

    story = read_story(article)

    found = [b.clip.id if isinstance(b, ClipBlock) else b.html for b in story.blocks]
    assert found == ["<p>One</p>", second.public_id, "<p>Two</p>", first.public_id]


def test_a_clip_that_readers_may_not_see_leaves_no_trace():
    shown, unclear = a_playable_clip(), a_clip()
    a_package(unclear)
    withdrawn = a_playable_clip(withdrawn_at=timezone.now())
    article = an_article(unclear, shown, withdrawn, body="<p>One</p>")
    article.body += "".join(
        f'<figure data-clip="{clip.public_id}"></figure>' for clip in (unclear, shown, withdrawn)
    )

    story = read_story(article)

    assert [block.kind for block in story.blocks] == ["text", "clip"]
    assert [clip.id for clip in story.clips] == [shown.public_id]


def test_a_preview_shows_clips_and_words_that_wait_for_clearance():
    clip, unmade = a_clip(), a_clip()
    a_package(clip)
    a_transcript(clip, "Not yet approved", state=Transcript.State.DRAFT)
    article = a_draft(clip, unmade)

    story = read_story(article, addresses=lambda public_id, name: f"/private/{name}", draft=True)

    assert [found.id for found in story.clips] == [clip.public_id]
    [transcript] = story.clips[0].transcripts
    assert [cue.text for cue in transcript.cues] == ["Not yet approved"]
    assert story.clips[0].mp4_url == "/private/clip.mp4"


def test_a_growing_clip_has_a_stream_and_neither_file_nor_picture():
    clip = a_clip(cleared_at=timezone.now())
    a_package(clip, state=Package.State.GROWING, mp4_byte_size=0)

    [view] = read_story(an_article(clip)).clips

    assert (view.growing, view.mp4_url, view.mp4_size, view.poster) == ("growing", "", "", None)
    assert view.hls_url == f"/media/{clip.current_package.public_id}/master.m3u8"


@pytest.mark.parametrize(
    ("state", "growing"), [(Package.State.FIRST, "first"), (Package.State.WHOLE, "")]
)
def test_a_clip_with_a_file_says_whether_better_pictures_will_come(state, growing):
    clip = a_clip(cleared_at=timezone.now())
    package = a_package(clip, state=state)

    [view] = read_story(an_article(clip)).clips

    folder = f"/media/{package.public_id}"
    assert (view.growing, view.mp4_url, view.poster.url) == (
        growing,
        f"{folder}/clip.mp4",
        f"{folder}/poster.jpg",
    )


def test_readers_get_the_newest_approved_words_alone():
    clip = a_playable_clip()
    a_transcript(clip, "Old", superseded=True)
    a_transcript(clip, "New")
    a_transcript(clip, "Unread", language="ar", state=Transcript.State.DRAFT)
    article = an_article(clip)

    [view] = read_story(article).clips

    words = [[cue.text for cue in transcript.cues] for transcript in view.transcripts]
    assert words == [["New"]]
    assert [track.language for track in view.tracks] == ["en"]


def test_chapters_are_a_track_and_no_transcript():
    clip = a_playable_clip()
    a_transcript(clip, "The fire", kind=Transcript.Kind.CHAPTERS)
    article = an_article(clip)

    [view] = read_story(article).clips

    assert [track.kind for track in view.tracks] == ["chapters"]
    assert view.transcripts == ()


@pytest.mark.parametrize(
    ("language", "default"), [("en", "en"), ("en-GB", "en"), ("ar", "ar"), ("fr", None)]
)
def test_the_captions_of_the_pages_own_language_are_the_default(language, default):
    clip = a_playable_clip()
    for spoken in ("ar", "en"):
        a_transcript(clip, language=spoken)
    article = an_article(clip, language=language)

    [view] = read_story(article).clips

    assert [t.language for t in view.tracks if t.is_default] == ([default] if default else [])


def test_a_cue_links_to_its_second_on_the_watch_page():
    clip = a_playable_clip(slug="fire")
    a_transcript(clip, "One", "Two")
    article = an_article(clip, slug="cells")

    [transcript] = read_story(article).clips[0].transcripts

    assert [(cue.start_ms, cue.url) for cue in transcript.cues] == [
        (0, "/stories/cells/fire/?t=0"),
        (2000, "/stories/cells/fire/?t=2"),
    ]


def test_what_a_story_says_of_a_clip_goes_before_what_the_clip_says():
    clip = a_playable_clip(title="A fire", caption="In the night", credit="A neighbour")
    article = an_article(clip)
    Embed.objects.update(title="حريق")

    [view] = read_story(article).clips

    assert (view.title, view.caption, view.credit) == ("حريق", "In the night", "A neighbour")


def test_a_warning_is_worded_in_the_pages_language_else_by_its_kind():
    clip = a_playable_clip()
    for kind, language, wording in (
        (Warning.Kind.FIRE, "en", "A house burns."),
        (Warning.Kind.FIRE, "ar", "يُحرق بيت."),
        (Warning.Kind.INJURY, "ar", "دم."),
    ):
        Warning.objects.create(clip=clip, kind=kind, language=language, wording=wording)

    [view] = pages.public_story(an_article(clip)).clips

    assert view.warnings == (
        WarningView("fire", "A house burns."),
        WarningView("injury", "Injury or blood"),
    )


def warn(clip, *span, kind=Warning.Kind.DEATH, **fields):
    start, end = span or (None, None)
    Warning.objects.create(clip=clip, kind=kind, start_ms=start, end_ms=end, **fields)


def test_warnings_of_spans_come_after_those_of_the_whole_clip_in_the_order_of_time():
    clip = a_playable_clip()
    warn(clip, 8000, 9000, wording="He falls.")
    warn(clip, 2000, 4500, wording="He is hit.")
    warn(clip, 2000, 4500, wording="يُضرب.", language="ar")
    warn(clip, kind=Warning.Kind.FIRE)

    [view] = pages.public_story(an_article(clip)).clips

    assert view.warnings == (
        WarningView("fire", "Fire or explosion"),
        WarningView("death", "He is hit.", 2000, 4500, "0:02–0:05"),
        WarningView("death", "He falls.", 8000, 9000, "0:08–0:09"),
    )


def test_the_words_of_a_warned_span_are_a_stretch_of_their_own():
    clip = a_playable_clip()
    a_transcript(clip, "before", "within", "within too", "after")
    warn(clip, 3000, 4100)

    [view] = pages.public_story(an_article(clip)).clips

    [transcript] = view.transcripts
    told = [
        ([w.span for w in stretch.warnings], [c.text for p in stretch.turns for c in p.cues])
        for stretch in transcript.stretches
    ]
    assert told == [
        ([], ["before"]),
        (["0:03–0:05"], ["within", "within too"]),
        ([], ["after"]),
    ]


def test_a_turn_is_what_one_speaker_says_in_a_row():
    clip = a_playable_clip()
    transcript = a_transcript(clip, "one", "two", "three")
    transcript.cues.filter(position__gt=0).update(speaker="Ana")

    [view] = pages.public_story(an_article(clip)).clips

    [stretch] = view.transcripts[0].stretches
    assert [(p.speaker, len(p.cues)) for p in stretch.turns] == [("", 1), ("Ana", 2)]


def test_pictures_from_before_a_warning_are_not_named():
    clip = a_playable_clip()
    package = clip.current_package
    package.pictures = {"storyboard": {}, "veils": [[2000, 4000]]}
    package.save()
    warn(clip, 2500, 4000)
    [fit] = pages.public_story(an_article(clip)).clips
    warn(clip, 7000, 8000)

    [unfit] = pages.public_story(an_article(clip)).clips

    folder = f"/media/{package.public_id}"
    assert fit.poster.url == f"{folder}/poster.jpg"
    assert fit.storyboard_url == f"{folder}/storyboard.vtt"
    assert (unfit.poster, unfit.storyboard_url) == (None, "")


def test_chapters_come_in_the_pages_language_if_there_are_such():
    clip = a_playable_clip(slug="fire")
    for language, word in (("ar", "البداية"), ("en", "The start")):
        a_transcript(clip, word, language=language, kind=Transcript.Kind.CHAPTERS)

    found = [
        [(c.text, c.url) for c in pages.public_story(article).clips[0].chapters]
        for article in (
            an_article(clip, slug="a"),
            an_article(clip, slug="b", language="ar"),
            an_article(clip, slug="c", language="fr"),
        )
    ]

    assert found == [
        [("The start", "/stories/a/fire/?t=0")],
        [("البداية", "/stories/b/fire/?t=0")],
        [("البداية", "/stories/c/fire/?t=0")],
    ]


def test_a_story_is_updated_only_by_a_correction_after_its_publication():
    article = an_article()
    before = read_story(article).updated_at
    moment = timezone.now()
    Correction.objects.create(article=article, text="Wrong.", at=moment)
    Correction.objects.create(
        article=article, text="Early.", at=article.published_at - timedelta(days=1)
    )

    assert (before, read_story(article).updated_at) == (None, moment)


def test_a_card_counts_only_the_clips_that_readers_may_see():
    author = Author.objects.create(name="Ann Example", slug="ann")
    article = an_article(a_playable_clip(), a_playable_clip(), a_clip())
    Byline.objects.create(article=article, author=author)

    [card] = read_cards([article])

    assert (card.clip_count, card.duration, card.author_names) == (2, "0:20", ("Ann Example",))


def test_a_story_without_clips_is_text_alone():
    story = read_story(an_article(body="<p>Only words.</p>"))

    assert story.blocks == (TextBlock("<p>Only words.</p>"),)
