"""What machines are told: the fields that schema.org and search engines ask for, and no more."""

import json
import re
from datetime import datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from django.utils import timezone

from articles import pages, structured_data
from articles.models import Author, Byline, Correction, Topic
from media.models import Package, Transcript, Warning
from tests.articles.test_pages import BASE, elements
from tests.factories import a_clip, a_package, a_playable_clip, a_transcript, an_article

pytestmark = pytest.mark.django_db

DURATION = re.compile(r"PT(\d+H)?(\d+M)?(\d+S)?")
# What search engines require, and what they recommend and we know.
OF_A_STORY = {"headline", "image", "datePublished", "dateModified", "author", "publisher"}
OF_A_VIDEO = {"name", "thumbnailUrl", "uploadDate", "duration", "description", "embedUrl"}


def a_told_story(**fields):
    warned = a_playable_clip(slug="fire", title="A fire")
    Warning.objects.create(clip=warned, kind=Warning.Kind.FIRE, wording="A house burns.")
    plain = a_playable_clip(slug="street", title="A street", caption="They wait.", credit="AB")
    a_transcript(warned, "It burns")
    a_transcript(plain, "One", "Two")
    article = an_article(warned, plain, **{"slug": "cells", "section": "Iraq", **fields})
    author = Author.objects.create(name="Dana Reporter", slug="dana")
    Byline.objects.create(article=article, author=author)
    article.topics.add(Topic.objects.create(name="Mosul", slug="mosul"))
    return article


def told(html):
    """The data of a page; every page has at most one."""
    found = elements(html).data
    return json.loads("".join(found)) if found else None


def story_told(article):
    return told(pages.draw_story(pages.public_story(article)))


def videos_told(article):
    story = pages.public_story(article)
    return [told(pages.draw_watch(story, clip)) for clip in story.clips]


def values(thing):
    """Every text and number in the data, however deep."""
    if isinstance(thing, dict):
        return [value for part in thing.values() for value in values(part)]
    if isinstance(thing, list):
        return [value for part in thing for value in values(part)]
    return [thing]


def test_a_story_is_a_news_article_with_all_that_is_asked_for():
    data = story_told(a_told_story())

    assert (data["@context"], data["@type"]) == ("https://schema.org", "NewsArticle")
    assert OF_A_STORY - data.keys() == set()
    assert data["url"] == data["mainEntityOfPage"] == f"{BASE}/stories/cells/"
    assert data["author"] == [
        {"@type": "Person", "name": "Dana Reporter", "url": f"{BASE}/authors/dana/"}
    ]
    assert (data["inLanguage"], data["articleSection"]) == ("en", "Iraq")
    assert [topic["name"] for topic in data["about"]] == ["Mosul"]
    assert datetime.fromisoformat(data["datePublished"]).tzinfo is not None
    assert data["publisher"]["logo"]["url"].startswith(f"{BASE}/static/img/square")
    assert "correction" not in data


def test_a_correction_is_told_and_dates_the_story():
    article = a_told_story()
    Correction.objects.create(article=article, text="The date was wrong.")

    data = story_told(article)

    [correction] = data["correction"]
    assert (correction["@type"], correction["text"]) == ("CorrectionComment", "The date was wrong.")
    assert data["dateModified"] == correction["datePublished"] > data["datePublished"]


def test_each_clip_is_a_video_with_all_that_is_asked_for():
    article = a_told_story()

    for data in [*videos_told(article), *story_told(article)["video"]]:
        assert data["@type"] == "VideoObject"
        assert OF_A_VIDEO - data.keys() == set()
        assert DURATION.fullmatch(data["duration"])
        assert datetime.fromisoformat(data["uploadDate"]).tzinfo is not None
        assert all(url.startswith("http") for url in [*data["thumbnailUrl"], data["embedUrl"]])


def test_a_clip_tells_its_file_its_words_and_how_to_link_to_a_second():
    _warned, plain = videos_told(a_told_story())

    assert plain["contentUrl"].endswith("/clip.mp4")
    assert plain["transcript"] == "One Two"
    assert plain["potentialAction"]["@type"] == "SeekToAction"
    assert plain["potentialAction"]["target"] == (
        f"{BASE}/stories/cells/street/?t={{seek_to_second_number}}"
    )
    assert [caption["inLanguage"] for caption in plain["caption"]] == ["en"]
    assert plain["isFamilyFriendly"] is True


def test_chapters_stand_in_place_of_the_link_to_any_second():
    clip = a_playable_clip(slug="street")
    a_transcript(clip, "Arrival", "The gate", kind=Transcript.Kind.CHAPTERS)

    [data] = videos_told(an_article(clip, slug="cells"))

    parts = [(part["name"], part["startOffset"], part["url"]) for part in data["hasPart"]]
    url = f"{BASE}/stories/cells/street/"
    assert parts == [("Arrival", 0, f"{url}?t=0"), ("The gate", 2, f"{url}?t=2")]
    assert all(part["endOffset"] > part["startOffset"] for part in data["hasPart"])
    assert "potentialAction" not in data


def test_of_a_warned_clip_nothing_is_named_that_would_show_it():
    article = a_told_story()
    package = article.clips.get(slug="fire").current_package.public_id
    story = pages.public_story(article)
    warned, plain = (elements(pages.draw_watch(story, clip)) for clip in story.clips)

    named = [
        value
        for tag, attrs in warned.found
        if tag in ("meta", "link")
        for value in attrs.values()
        if value and package in value
    ]
    data = videos_told(article)[0]

    assert named == []
    assert [value for value in values(data) if package in str(value)] == []
    assert (data["isFamilyFriendly"], "transcript" in data) == (False, False)
    assert data["thumbnailUrl"] == [structured_data.card().url]
    assert metas(warned)["robots"] == "max-image-preview:none, max-video-preview:0"
    assert metas(plain)["og:image"].endswith("/poster.jpg")


def metas(found):
    return {
        attrs.get("property") or attrs.get("name"): attrs["content"]
        for attrs in found.named("meta")
        if "content" in attrs
    }


def test_a_story_shows_the_first_picture_that_may_be_shown():
    article = a_told_story()
    plain = article.clips.get(slug="street").current_package.public_id

    with_plain = metas(elements(pages.draw_story(pages.public_story(article))))
    alone = an_article(article.clips.get(slug="fire"))
    without = metas(elements(pages.draw_story(pages.public_story(alone))))

    assert plain in with_plain["og:image"]
    assert without["og:image"] == structured_data.card().url


def test_a_clip_is_shared_as_a_player_that_asks_first():
    article = a_told_story()
    story = pages.public_story(article)

    warned, plain = (metas(elements(pages.draw_watch(story, clip))) for clip in story.clips)

    for clip, found in zip(story.clips, (warned, plain), strict=True):
        assert found["twitter:card"] == "player"
        assert found["twitter:player"] == f"{BASE}/embed/{clip.id}/"
        assert found["og:type"] == "video.other"
    assert "twitter:player:stream" not in warned
    assert plain["twitter:player:stream"].endswith("/clip.mp4")


def test_a_growing_clip_names_no_file_that_is_not_there():
    clip = a_clip(cleared_at=timezone.now(), slug="fire")
    a_package(clip, state=Package.State.GROWING, mp4_byte_size=0)

    [data] = videos_told(an_article(clip))

    assert "contentUrl" not in data
    assert data["thumbnailUrl"] == [structured_data.card().url]


def test_what_an_editor_writes_cannot_leave_its_place_in_the_data():
    bad = '</script><script>alert("1")</script>&amp;'
    article = a_told_story(headline=bad)

    data = story_told(article)

    assert data["headline"] == bad
    assert elements(pages.draw_story(pages.public_story(article))).code == []


def test_a_page_names_where_to_ask_how_it_is_embedded():
    found = elements(pages.draw_story(pages.public_story(a_told_story())))

    links = {
        attrs["type"]: parse_qs(urlsplit(attrs["href"]).query)
        for attrs in found.named("link")
        if attrs.get("type", "").endswith("+oembed")
    }

    url = [f"{BASE}/stories/cells/"]
    assert links == {
        "application/json+oembed": {"url": url},
        "text/xml+oembed": {"url": url, "format": ["xml"]},
    }


def test_a_preview_of_a_draft_says_no_date_that_is_not_there():
    article = a_told_story(published_at=timezone.now() + timedelta(days=1))
    article.published_at = None

    data = story_told(article)

    assert {"datePublished", "dateModified"} & data.keys() == set()
