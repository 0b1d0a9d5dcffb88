"""Answers of the application: placed files as they are, a clip at its second, and refusals."""

import pytest

from articles import publishing
from articles.models import Article
from tests.articles.public import public_folder
from tests.factories import a_draft, a_person, a_ready_clip, a_transcript

pytestmark = pytest.mark.django_db

PLACED = {
    "/": ("index.html", "text/html"),
    "/stories/cells/": ("stories/cells/index.html", "text/html"),
    "/stories/cells/fire/": ("stories/cells/fire/index.html", "text/html"),
    "/feeds/stories.atom": ("feeds/stories.atom", "application/"),
    "/feeds/stories.rss": ("feeds/stories.rss", "application/"),
    "/feeds/videos.rss": ("feeds/videos.rss", "application/"),
    "/archive/": ("archive/index.html", "text/html"),
    "/corrections/": ("corrections/index.html", "text/html"),
    "/stories/cells.json": ("stories/cells.json", "application/json"),
    "/stories/cells.ninjs.json": ("stories/cells.ninjs.json", "application/json"),
    "/sitemap.xml": ("sitemap.xml", "application/xml"),
    "/sitemap-news.xml": ("sitemap-news.xml", "application/xml"),
    "/sitemap-video.xml": ("sitemap-video.xml", "application/xml"),
    "/robots.txt": ("robots.txt", "text/plain"),
}


@pytest.fixture
def article():
    clip = a_ready_clip(slug="fire")
    a_transcript(clip, "One", "Two")
    return publishing.publish(a_draft(clip, slug="cells"), by=None)


@pytest.mark.parametrize("address", PLACED)
def test_an_answer_is_the_placed_file_byte_for_byte(client, article, address):
    name, kind = PLACED[address]

    response = client.get(address)

    assert response.content == (public_folder() / name).read_bytes()
    assert response["Content-Type"].startswith(kind)


@pytest.mark.parametrize("address", [*PLACED, "/stories/cells/fire/?t=2"])
def test_head_is_answered_and_post_is_not(client, article, address):
    head, post = client.head(address), client.post(address)

    assert (head.status_code, head.content, post.status_code) == (200, b"", 405)


@pytest.mark.parametrize(("text", "start"), [("12", "12.0"), ("12.5", "12.5"), ("0", "0.0")])
def test_a_watch_page_starts_at_the_second_asked_for(client, article, text, start):
    html = client.get(f"/stories/cells/fire/?t={text}").content.decode()

    assert f'clip.mp4#t={start}" type="video/mp4"' in html


@pytest.mark.parametrize(
    "text", ["", "-1", "1e9", "abc", "١٢", "999999999", "1.2.3", "NaN", "²", "1" * 400, "<b>", ".5"]
)
def test_a_second_that_is_none_starts_at_the_beginning(client, article, text):
    response = client.get("/stories/cells/fire/", {"t": text})

    placed = public_folder() / "stories/cells/fire/index.html"
    assert (response.status_code, response.content) == (200, placed.read_bytes())


@pytest.mark.parametrize(
    "address",
    [
        "/stories/other/",
        "/stories/cells/other/",
        "/stories/cells/other/?t=1",
        "/stories/cells/fire/index.html",
        "/stories/../../newsroom.sqlite3",
        "/nowhere/",
    ],
)
def test_what_is_not_there_is_not_found(client, article, address):
    assert client.get(address).status_code == 404


def test_before_anything_is_published_there_is_nothing(client):
    assert [client.get(address).status_code for address in PLACED] == [404] * len(PLACED)


@pytest.mark.parametrize("address", ["/stories/cells/", "/stories/cells/fire/?t=1"])
def test_a_withdrawn_page_says_that_and_nothing_of_what_it_said(client, article, address):
    publishing.withdraw(article, by=None, reason="A source is in danger.")

    response = client.get(address)

    html = response.content.decode()
    assert response.status_code == 410
    assert "This was withdrawn" in html
    told = (article.headline, article.standfirst, "danger", "cells")
    assert [word for word in told if word in html] == []


def test_a_file_that_lies_there_still_is_not_answered_for_a_story_that_is_not_public(
    client, article
):
    """The row decides, also in the moment before its files are gone."""
    Article.objects.update(status=Article.Status.DRAFT)

    assert client.get("/stories/cells/").status_code == 404


def test_readers_and_strangers_get_no_preview(client, article):
    address = f"/admin/articles/article/{article.pk}/preview/"
    stranger = client.get(address)
    client.force_login(a_person("archivist"))

    assert (stranger.status_code, client.get(address).status_code) == (302, 403)


def test_an_editor_sees_a_draft_as_readers_will(client):
    clip = a_ready_clip(title="A fire")
    draft = a_draft(clip, headline="Not yet")
    client.force_login(a_person("editor", "editors"))

    response = client.get(f"/admin/articles/article/{draft.pk}/preview/")

    html = response.content.decode()
    assert ("Not yet" in html, "A fire" in html, "/media/" in html) == (True, True, False)
    assert f"/admin/packages/{clip.current_package.public_id}/clip.mp4" in html
    assert response["X-Robots-Tag"] == "noindex"
    assert "no-store" in response["Cache-Control"]
