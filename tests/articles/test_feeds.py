"""Feeds as a feed reader reads them: with clips and captions, and nothing of what is warned."""

from datetime import UTC, datetime, timedelta
from xml.etree import ElementTree

import feedparser
import pytest

from articles import lists
from articles.models import Author, Byline, Correction, Topic
from media.models import Transcript, Warning
from tests.articles.test_pages import BASE
from tests.factories import a_playable_clip, a_transcript, an_article

pytestmark = pytest.mark.django_db

STORIES = ("feeds/stories.atom", "feeds/stories.rss")
VIDEOS = "feeds/videos.rss"
MEDIA = "{http://search.yahoo.com/mrss/}"
ITUNES = "{http://www.itunes.com/dtds/podcast-1.0.dtd}"
PODCAST = "{https://podcastindex.org/namespace/1.0}"


def a_told_story(**fields):
    warned = a_playable_clip(slug="fire", title="A fire", caption="It burns.")
    Warning.objects.create(clip=warned, kind=Warning.Kind.FIRE, wording="A house burns.")
    plain = a_playable_clip(slug="street", title="A street", caption="They wait.", credit="AB")
    a_transcript(plain, "One")
    a_transcript(plain, "واحد", language="ar", kind=Transcript.Kind.SUBTITLES)
    article = an_article(warned, plain, **{"slug": "cells", "section": "Iraq", **fields})
    author = Author.objects.create(name="Dana Reporter", slug="dana")
    Byline.objects.create(article=article, author=author)
    article.topics.add(Topic.objects.create(name="Mosul", slug="mosul"))
    return article


def drawn(path):
    [file] = [f for family in lists.every_family() for f in family.files if f.path == path]
    return file.draw(lists.read([file])[file.path])


def read(path):
    feed = feedparser.parse(drawn(path))
    assert not feed.bozo, feed.get("bozo_exception")
    return feed


def items(path):
    return ElementTree.fromstring(drawn(path)).findall("channel/item")


@pytest.mark.parametrize("path", STORIES)
@pytest.mark.parametrize(("language", "word"), [("en", "Correction"), ("ar", "تصويب")])
def test_a_feed_tells_of_a_correction_with_its_day(path, language, word):
    article = an_article(standfirst="Who they are.", language=language)
    day = datetime(2026, 3, 1, 10, tzinfo=UTC)
    Correction.objects.create(article=article, text="It was the old town.", at=day)

    [entry] = read(path).entries

    told = f"Who they are.\n{word} (2026-03-01): It was the old town."
    assert entry.summary == told


@pytest.mark.parametrize("path", STORIES)
def test_a_feed_tells_each_story_with_its_facts(path):
    a_told_story(standfirst="Who they <em>are</em>.")

    feed = read(path)

    [entry] = feed.entries
    assert (entry.title, entry.link) == ("Mosul's hidden cells", f"{BASE}/stories/cells/")
    assert entry.summary == "Who they &lt;em&gt;are&lt;/em&gt;."
    assert entry.published_parsed is not None
    assert [author.name for author in entry.authors] == ["Dana Reporter"]
    assert [tag.term for tag in entry.tags] == ["Iraq", "Mosul"]
    assert f"{BASE}/{path}" in [link.href for link in feed.feed.links if link.rel == "self"]


@pytest.mark.parametrize("path", STORIES)
def test_a_feed_brings_clips_and_captions_but_no_word_of_a_transcript(path):
    plain = a_told_story().clips.get(slug="street")

    text = drawn(path)

    [entry] = read(path).entries
    [film] = entry.media_content
    assert film["url"] == f"{BASE}/media/{plain.current_package.public_id}/clip.mp4"
    assert (film["type"], film["medium"], film["width"]) == ("video/mp4", "video", "1280")
    captions = ElementTree.fromstring(text).iter(f"{MEDIA}subTitle")
    assert [(c.get("lang"), c.get("type")) for c in captions] == [
        ("ar", "text/vtt"),
        ("en", "text/vtt"),
    ]
    assert "One" not in text


@pytest.mark.parametrize("path", [*STORIES, VIDEOS])
def test_of_a_warned_clip_a_feed_names_the_player_alone(path):
    warned = a_told_story().clips.get(slug="fire")

    text = drawn(path)

    assert warned.current_package.public_id not in text
    assert f"{BASE}/embed/{warned.public_id}/" in text
    assert "A house burns. It burns." in text
    ratings = [r.text for r in ElementTree.fromstring(text).iter(f"{MEDIA}rating")]
    assert sorted(ratings) == ["adult", "nonadult"]


def test_the_clips_are_a_podcast():
    plain = a_told_story().clips.get(slug="street")

    channel = ElementTree.fromstring(drawn(VIDEOS)).find("channel")
    feed = read(VIDEOS)

    # What directories of podcasts require of a channel.
    assert channel.find(f"{ITUNES}category").get("text") == "News"
    assert channel.find(f"{ITUNES}image").get("href").endswith(".png")
    assert channel.find(f"{ITUNES}explicit").text == "true"
    assert [channel.findtext(name) for name in ("title", "link", "language")] == [
        "Newsroom: clips",
        f"{BASE}/",
        "en",
    ]
    episode = next(entry for entry in feed.entries if entry.title == "A street")
    [film] = episode.enclosures
    assert (film.type, film.length) == ("video/mp4", "900000")
    assert film.href.endswith(f"{plain.current_package.public_id}/clip.mp4")
    assert (episode.itunes_duration, episode.link) == ("10", f"{BASE}/stories/cells/street/")
    assert plain.public_id in episode.id


def test_an_episode_names_its_captions_in_every_language():
    a_told_story()

    item = next(item for item in items(VIDEOS) if item.findtext("title") == "A street")

    found = [(t.get("language"), t.get("type")) for t in item.findall(f"{PODCAST}transcript")]
    assert found == [("ar", "text/vtt"), ("en", "text/vtt")]


def test_a_clip_of_several_stories_is_one_episode_in_the_words_of_the_first():
    article = a_told_story()
    clip = article.clips.get(slug="street")
    an_article(clip, slug="later")
    earlier = article.published_at - timedelta(hours=1)
    an_article(clip, slug="told-ar", translation_of=article, published_at=earlier)

    links = [item.findtext("link") for item in items(VIDEOS)]

    assert sorted(links) == [f"{BASE}/stories/cells/fire/", f"{BASE}/stories/cells/street/"]


@pytest.mark.parametrize("path", [*STORIES, VIDEOS])
def test_a_feed_without_stories_is_a_feed(path):
    assert read(path).entries == []
