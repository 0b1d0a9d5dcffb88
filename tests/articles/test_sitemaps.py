"""Sitemaps hold against the published schema, and name nothing that would show what is warned."""

import hashlib
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone
from lxml import etree

from articles import lists, sitemaps
from articles.models import Correction, Topic
from media.models import Warning
from tests.articles.test_pages import BASE
from tests.factories import a_package, a_playable_clip, an_article

pytestmark = pytest.mark.django_db

SCHEMAS = Path(__file__).resolve().parent.parent / "schemas"
SITEMAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
VIDEO = "{http://www.google.com/schemas/sitemap-video/1.1}"
NEWS = "{http://www.google.com/schemas/sitemap-news/0.9}"


def valid(text):
    """The document, held against the schemas."""
    root = etree.fromstring(text.encode())
    schema = etree.XMLSchema(etree.parse(SCHEMAS / "all.xsd"))
    schema.assertValid(root)
    return root


def drawn(path):
    [file] = [f for family in lists.every_family() for f in family.files if f.path == path]
    return file.draw(lists.read([file])[file.path])


def a_told_story(**fields):
    warned = a_playable_clip(slug="fire", title="A fire")
    Warning.objects.create(clip=warned, kind=Warning.Kind.FIRE)
    plain = a_playable_clip(slug="street", title="A street & more", caption="<They> wait.")
    article = an_article(warned, plain, **{"slug": "cells", **fields})
    article.topics.add(Topic.objects.create(name="Mosul", slug="mosul"))
    return article


def locations(root):
    return [element.text for element in root.iter(f"{SITEMAP}loc")]


@pytest.mark.parametrize("name", ["ninjs-schema_3.0.json", "sitemap.xsd"])
def test_the_published_schemas_are_as_they_were_published(name):
    digest = hashlib.sha256((SCHEMAS / name).read_bytes()).hexdigest()

    assert f"`{digest}`" in (SCHEMAS / "README.md").read_text(encoding="utf-8")


def test_the_sitemap_names_lists_stories_and_clips():
    a_told_story()

    root = valid(drawn("sitemap.xml"))

    addresses = ["", "archive/", "corrections/"]
    addresses += ["stories/cells/", "stories/cells/fire/", "stories/cells/fire/read/"]
    addresses += ["stories/cells/street/", "stories/cells/street/read/"]
    assert locations(root) == [f"{BASE}/{address}" for address in addresses]


def test_a_story_was_changed_last_when_it_was_corrected():
    article = a_told_story()
    correction = Correction.objects.create(article=article, text="The date was wrong.")

    root = valid(drawn("sitemap.xml"))

    moments = {element.text for element in root.iter(f"{SITEMAP}lastmod")}
    assert moments == {correction.at.isoformat()}


def test_the_sitemap_of_an_empty_site_is_one():
    assert locations(valid(drawn("sitemap.xml")))[0] == f"{BASE}/"


def test_an_index_names_sitemaps():
    root = etree.fromstring(sitemaps.draw_index(["sitemap-new.xml", "sitemap-1.xml"]).encode())

    assert root.tag == f"{SITEMAP}sitemapindex"
    assert {child.tag for child in root} == {f"{SITEMAP}sitemap"}
    assert locations(root) == [f"{BASE}/sitemap-new.xml", f"{BASE}/sitemap-1.xml"]


def test_the_video_sitemap_names_each_clip_with_its_facts():
    plain = a_told_story().clips.get(slug="street")

    root = valid(drawn("sitemap-video.xml"))

    videos = {url.findtext(f"{SITEMAP}loc"): url.find(f"{VIDEO}video") for url in root}
    video = videos[f"{BASE}/stories/cells/street/"]
    told = {element.tag.removeprefix(VIDEO): element.text for element in video}
    media = f"{BASE}/media/{plain.current_package.public_id}"
    assert told["content_loc"] == f"{media}/clip.mp4"
    assert told["thumbnail_loc"] == f"{media}/poster.jpg"
    assert told["player_loc"] == f"{BASE}/embed/{plain.public_id}/"
    assert (told["title"], told["description"]) == ("A street & more", "<They> wait.")
    assert (told["duration"], told["family_friendly"], told["tag"]) == ("10", "yes", "Mosul")


def test_of_a_warned_clip_the_video_sitemap_names_neither_picture_nor_film():
    warned = a_told_story().clips.get(slug="fire")

    text = drawn("sitemap-video.xml")

    valid(text)
    assert warned.current_package.public_id not in text
    assert text.count(">no</video:family_friendly>") == 1


def test_what_is_too_long_for_a_sitemap_is_cut():
    clip = a_playable_clip(title="T" * 160, caption="C" * 5000)
    a_package(clip, duration_ms=9 * 60 * 60 * 1000)
    article = an_article(clip)
    article.topics.set(Topic.objects.create(name=f"T{n}", slug=f"t{n}") for n in range(40))

    root = valid(drawn("sitemap-video.xml"))

    assert root.find(f".//{VIDEO}duration") is None


@pytest.mark.parametrize("language", ["en", "ar-IQ", "ckb", "zh-Hant-TW", "pt-BR"])
def test_the_news_sitemap_names_the_stories_of_two_days(language):
    fresh = a_told_story(language=language)
    an_article(slug="old", published_at=timezone.now() - lists.NEWS_AGE - timedelta(minutes=1))

    root = valid(drawn("sitemap-news.xml"))

    assert locations(root) == [f"{BASE}/stories/cells/"]
    assert root.findtext(f".//{NEWS}title") == fresh.headline
    assert root.findtext(f".//{NEWS}name") == "Newsroom"


def test_robots_are_told_where_the_sitemaps_are(client):
    lines = drawn("robots.txt").splitlines()

    names = ("sitemap.xml", "sitemap-news.xml", "sitemap-video.xml")
    assert lines[:2] == ["User-agent: *", "Disallow: /admin/"]
    assert [line for line in lines if line.startswith("Sitemap")] == [
        f"Sitemap: {BASE}/{name}" for name in names
    ]
