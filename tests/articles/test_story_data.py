"""A story as data: ninjs against IPTC's own schema, and JSON that says what the page says."""

import json
from datetime import datetime

import jsonschema
import pytest

from articles import pages, story_data
from articles.models import Author, Byline, Correction, Topic
from media.models import Warning
from tests.articles.test_pages import BASE
from tests.articles.test_sitemaps import SCHEMAS
from tests.factories import a_playable_clip, a_transcript, an_article

pytestmark = pytest.mark.django_db

MOMENTS = ("firstCreated", "versionCreated")


def a_told_story(**fields):
    warned = a_playable_clip(slug="fire", title="A fire")
    Warning.objects.create(clip=warned, kind=Warning.Kind.FIRE, wording="A house burns.")
    plain = a_playable_clip(slug="street", title="A street", caption="They wait.", credit="AB")
    a_transcript(plain, "One")
    article = an_article(warned, plain, **{"slug": "cells", "section": "Iraq", **fields})
    author = Author.objects.create(name="Dana Reporter", slug="dana")
    Byline.objects.create(article=article, author=author)
    article.topics.add(Topic.objects.create(name="Mosul", slug="mosul"))
    Correction.objects.create(article=article, text="The date was wrong.")
    return article


def ninjs_of(article):
    return json.loads(story_data.draw_ninjs(pages.public_story(article)))


def json_of(article):
    return json.loads(story_data.draw_json(pages.public_story(article)))


def refusals(data):
    schema = json.loads((SCHEMAS / "ninjs-schema_3.0.json").read_text(encoding="utf-8"))
    found = jsonschema.Draft202012Validator(schema).iter_errors(data)
    return [error.message for error in found]


@pytest.mark.parametrize(
    "make", [a_told_story, an_article, lambda: an_article(standfirst="", language="ar", body="")]
)
def test_ninjs_holds_against_its_published_schema(make):
    data = ninjs_of(make())

    assert refusals(data) == []
    assert [datetime.fromisoformat(data[name]).tzinfo is not None for name in MOMENTS] == [True] * 2


def test_the_schema_refuses_what_it_does_not_know():
    data = ninjs_of(a_told_story())

    assert refusals({**data, "unknown": 1}) != []
    assert refusals({**data, "associations": [{"name": "without an address"}]}) != []


def test_ninjs_tells_the_story_and_associates_its_clips():
    data = ninjs_of(a_told_story())

    assert (data["uri"], data["standard"]["version"]) == (f"{BASE}/stories/cells/", "3.0")
    assert data["headlines"][0]["value"] == "Mosul's hidden cells"
    assert (data["by"], data["subjects"][0]["name"]) == ("Dana Reporter", "Mosul")
    assert "The date was wrong." in data["descriptions"][-1]["value"]
    body = data["bodies"][0]["value"]
    assert "<p>The pictures are hurried.</p>" in body
    assert f'<a href="{BASE}/stories/cells/street/">A street</a>' in body
    assert [clip["name"] for clip in data["associations"]] == ["A fire", "A street"]
    names = [rendition["name"] for rendition in data["associations"][1]["renditions"]]
    assert names == ["main", "stream", "thumbnail", "captions"]


def test_a_warned_clip_carries_its_warning_and_no_picture():
    article = a_told_story()

    ninjs, plain_json = ninjs_of(article)["associations"][0], json_of(article)["clips"][0]

    assert {"role": "warning", "value": "A house burns."} in ninjs["descriptions"]
    assert ninjs["edNote"] == story_data.ASK_FIRST
    assert "thumbnail" not in [rendition["name"] for rendition in ninjs["renditions"]]
    assert (plain_json["warnings"], plain_json["picture_url"]) == (["A house burns."], None)


def test_json_says_what_the_page_says_in_its_order():
    article = a_told_story()

    data = json_of(article)

    assert (data["slug"], data["headline"]) == ("cells", article.headline)
    assert [block["kind"] for block in data["body"]] == ["text", "clip", "clip"]
    assert [clip["id"] for clip in data["clips"]] == [block["clip"] for block in data["body"][1:]]
    assert data["authors"] == [{"name": "Dana Reporter", "url": f"{BASE}/authors/dana/"}]
    assert [correction["text"] for correction in data["corrections"]] == ["The date was wrong."]
    plain = data["clips"][1]
    assert (plain["mp4_bytes"], plain["duration_ms"]) == (900_000, 10_000)
    assert [track["language"] for track in plain["tracks"]] == ["en"]


def test_a_growing_clip_has_no_file_in_the_data():
    article = a_told_story()
    clip = article.clips.get(slug="street")
    type(clip.current_package).objects.update(mp4_byte_size=0, state="growing")

    names = [r["name"] for r in ninjs_of(article)["associations"][1]["renditions"]]
    assert (names, json_of(article)["clips"][1]["mp4_url"]) == (["stream", "captions"], None)
