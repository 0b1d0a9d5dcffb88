"""Posters on pages: light where they are drawn, and none that a reader would be warned of."""

import re

import pytest

from articles import pages
from articles.story_cards import read_cards
from media.models import Package, Warning
from tests.factories import a_clip, a_playable_clip, an_article

pytestmark = pytest.mark.django_db


def a_clip_with_forms(*widths, **fields):
    clip = a_playable_clip(**fields)
    clip.current_package.pictures = {"posters": list(widths)}
    clip.current_package.save()
    return clip


def front(*articles):
    return pages.draw_home(list(articles))


def test_a_card_offers_the_poster_in_each_format_and_size():
    clip = a_clip_with_forms(320, 640, 960, 1280, alt="A street")
    folder = f"/media/{clip.current_package.public_id}"

    html = front(an_article(clip))

    types = re.findall(r'<source type="image/(\w+)" srcset="([^"]+)"', html)
    assert [kind for kind, _ in types] == ["avif", "webp", "jpeg"]
    assert types[0][1].split(", ") == [
        f"{folder}/posters/{width}.avif {width}w" for width in (320, 640, 960, 1280)
    ]
    assert f'<img src="{folder}/poster.jpg" width="1280" height="720" alt="A street"' in html


def test_a_package_without_forms_shows_its_poster():
    clip = a_playable_clip()
    folder = f"/media/{clip.current_package.public_id}"
    article = an_article(clip)

    html = front(article)

    assert (html.count("<source"), f'<img src="{folder}/poster.jpg"' in html) == (0, True)
    assert f'poster="{folder}/poster.jpg"' in pages.draw_story(pages.public_story(article))


@pytest.mark.parametrize(
    ("widths", "name"),
    [((320, 640, 960, 1280), "posters/960.webp"), ((320,), "posters/320.webp"), ((), "poster.jpg")],
)
def test_a_player_gets_one_poster_that_fits_most_screens(widths, name):
    clip = a_clip_with_forms(*widths)

    html = pages.draw_story(pages.public_story(an_article(clip)))

    assert f' poster="/media/{clip.current_package.public_id}/{name}"' in html


def test_those_who_share_a_page_get_the_jpeg():
    clip = a_clip_with_forms(320, 640)

    html = pages.draw_story(pages.public_story(an_article(clip)))

    assert re.findall(r'og:image" content="[^"]+/([^/"]+)"', html) == ["poster.jpg"]


def test_a_clip_that_is_warned_of_gives_its_story_no_picture():
    whole, span, plain = (a_clip_with_forms(320, 640) for _ in range(3))
    Warning.objects.create(clip=whole, kind="death")
    Warning.objects.create(clip=span, kind="death", start_ms=2000, end_ms=4000)
    warned, mixed = an_article(whole, span), an_article(whole, span, plain)

    html = [front(article) for article in (warned, mixed)]

    assert ("<picture" in html[0], ".avif" in html[0], "poster" in html[0]) == (False,) * 3
    assert set(re.findall(r"/media/(\w+)/", html[1])) == {plain.current_package.public_id}


def test_a_clip_that_grows_or_may_not_be_seen_gives_no_picture():
    growing = a_clip_with_forms(320)
    Package.objects.update(state=Package.State.GROWING)
    article = an_article(growing, a_clip())

    [card] = read_cards([article])

    assert (card.picture, card.picture_alt) == (None, "")


def test_a_picture_below_the_first_waits_until_it_is_scrolled_to():
    html = front(*(an_article(a_clip_with_forms(320, 640)) for _ in range(3)))

    assert (html.count('fetchpriority="high"'), html.count('loading="lazy"')) == (1, 2)
