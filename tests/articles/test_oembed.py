"""oEmbed by its specification: required fields, limits, formats, and what is refused."""

import json
from html.parser import HTMLParser
from xml.etree import ElementTree

import pytest

from articles import oembed, publishing
from articles.models import Author, Byline
from media import clips
from media.models import Clip, Warning
from tests.articles.test_pages import BASE
from tests.factories import a_draft, a_ready_clip

pytestmark = pytest.mark.django_db

CLIP = f"{BASE}/stories/cells/fire/"


@pytest.fixture
def article():
    story = a_draft(a_ready_clip(slug="fire", title="A fire & more"), slug="cells")
    Byline.objects.create(article=story, author=Author.objects.create(name="Dana", slug="dana"))
    return publishing.publish(story, by=None)


def ask(client, url=CLIP, **parameters):
    return client.get("/oembed/", {"url": url, **parameters})


def frame_of(html):
    found = []
    parser = HTMLParser()
    parser.handle_starttag = lambda tag, attrs: found.append((tag, dict(attrs)))
    parser.feed(html)
    [(tag, attributes)] = found
    assert tag == "iframe"
    return attributes


@pytest.mark.parametrize(
    "url", [CLIP, f"{CLIP}?t=soon", CLIP.replace("http:", "https:"), f"{CLIP}#words"]
)
def test_a_clip_is_a_video_with_all_that_the_specification_requires(client, article, url):
    clip = Clip.objects.get()

    response = ask(client, url)

    told = json.loads(response.content)
    assert response["Content-Type"] == "application/json"
    assert (told["type"], told["version"], told["title"]) == ("video", "1.0", "A fire & more")
    assert (told["author_name"], told["provider_name"]) == ("Dana", "Newsroom")
    frame = frame_of(told["html"])
    assert frame["src"] == f"{BASE}/embed/{clip.public_id}/"
    assert (int(frame["width"]), int(frame["height"])) == (told["width"], told["height"])
    assert frame["title"] == "A fire & more"
    assert {"thumbnail_url", "thumbnail_width", "thumbnail_height"} <= told.keys()


@pytest.mark.parametrize("page", [CLIP, None])
def test_a_clip_that_is_shared_at_a_second_is_framed_at_that_second(client, article, page):
    player = f"/embed/{Clip.objects.get().public_id}/"

    told = ask(client, f"{page or BASE + player}?t=61.5").json()

    assert frame_of(told["html"])["src"] == f"{BASE}{player}?t=61.5"


def test_the_player_itself_can_be_asked_about(client, article):
    clip = Clip.objects.get()

    assert ask(client, f"{BASE}/embed/{clip.public_id}/").json()["type"] == "video"


def test_a_story_is_a_link(client, article):
    told = ask(client, f"{BASE}/stories/cells/").json()

    assert (told["type"], told["version"], told["title"]) == ("link", "1.0", article.headline)


def test_xml_says_the_same_as_json(client, article):
    response = ask(client, format="xml")

    root = ElementTree.fromstring(response.content)
    told = {name: str(value) for name, value in ask(client).json().items()}
    assert response["Content-Type"].startswith("text/xml")
    assert root.tag == "oembed"
    assert {element.tag: element.text for element in root} == told


@pytest.mark.parametrize(
    ("limits", "most"),
    [
        ({"maxwidth": "320"}, (320, 10_000)),
        ({"maxheight": "200"}, (10_000, 200)),
        ({"maxwidth": "100", "maxheight": "90"}, (100, 90)),
        ({"maxwidth": "16", "maxheight": "16"}, (16, 16)),
    ],
)
def test_nothing_is_larger_than_was_asked_for(client, article, limits, most):
    told = ask(client, **limits).json()

    assert 0 < told["width"] <= most[0]
    assert 0 < told["height"] <= most[1]
    assert told.get("thumbnail_width", 0) <= most[0]
    assert told.get("thumbnail_height", 0) <= most[1]


@pytest.mark.parametrize("size", [(1920, 1080), (1080, 1920), (640, 640), (4000, 100)])
def test_a_frame_has_the_shape_of_its_film(size):
    width, height = oembed.frame_size(*size)

    film = height - oembed.LINE_HEIGHT
    assert max(width, film) == oembed.LONGER_SIDE
    assert abs(width / film - size[0] / size[1]) < size[0] / size[1] * 0.1


def test_a_warned_clip_comes_without_a_picture(client, article):
    Warning.objects.create(clip=Clip.objects.get(), kind=Warning.Kind.FIRE)

    told = ask(client).json()

    assert [name for name in told if name.startswith("thumbnail")] == []


@pytest.mark.parametrize(
    ("parameters", "status"),
    [
        ({"url": ""}, 400),
        ({"maxwidth": "wide"}, 400),
        ({"maxwidth": "-1"}, 400),
        ({"maxheight": "٣٢٠"}, 400),
        ({"format": "yaml"}, 501),
        ({"url": f"{BASE}/stories/cells/other/"}, 404),
        ({"url": f"{BASE}/stories/other/"}, 404),
        ({"url": f"{BASE}/topics/cells/"}, 404),
        ({"url": f"{BASE}/nowhere/at/all/"}, 404),
        ({"url": "http://elsewhere.example/stories/cells/fire/"}, 404),
        ({"url": "/stories/cells/fire/"}, 404),
        ({"url": "http://[::1/"}, 404),
        ({"url": f"{BASE}/embed/nobodysclip1/"}, 404),
    ],
)
def test_what_is_refused_says_why_in_a_sentence(client, article, parameters, status):
    response = ask(client, **parameters)

    sentence = response.content.decode()
    assert response.status_code == status
    assert sentence.endswith(".")
    assert response["Content-Type"].startswith("text/plain")


def test_what_was_withdrawn_is_gone(client, article):
    clip = Clip.objects.get()
    publishing.withdraw(article, by=None, reason="Danger.")

    urls = (CLIP, f"{BASE}/stories/cells/", f"{BASE}/embed/{clip.public_id}/")
    assert [ask(client, url).status_code for url in urls] == [410] * 3


def test_a_clip_that_was_taken_back_is_gone_from_a_story_that_stays(client, article):
    clip = Clip.objects.get()

    clips.withdraw_clip(clip, by="archivist")

    assert ask(client, f"{BASE}/embed/{clip.public_id}/").status_code == 410
    assert ask(client).status_code == 404


def test_any_site_may_ask(client, article):
    assert ask(client)["Access-Control-Allow-Origin"] == "*"
