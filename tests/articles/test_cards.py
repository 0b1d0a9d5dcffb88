"""The pictures of quotations: what they say and show, and what they may not."""

import io

import pytest
from PIL import Image, ImageChops

from articles import quote_cards, quoting
from articles.quoting import Asked
from media import release
from media.models import Package, Warning
from tests.articles.clips_to_read import a_clip_to_read, lines, opened, shown
from tests.factories import an_article

PAPER = (251, 250, 247)


def a_card(clip, *, first=1, last=1, language="", place=True):
    story, view = shown(an_article(clip))
    if place:
        release.place_clip(clip)
    quote = quoting.find_quote(view, story.language, Asked(first, last, language))
    return opened(quote_cards.draw_card(story, quote))


def has_still(card):
    """Whether some of it is as blue and green as the stills of these tests, and as nothing else."""
    red, _, blue = card.split()
    return ImageChops.subtract(blue, red).getextrema()[1] > 100


@pytest.fixture
def clip(db):
    clip = a_clip_to_read(stills=4, title="The mill")
    lines(clip, (0, "Ali", "They came at night."), (13, "Ali", "We hid."))
    lines(clip, (0, "علي", "جاؤوا ليلًا."), language="ar")
    return clip


def test_a_card_has_the_size_that_networks_ask_for_and_tells_nothing_beside(clip):
    story, view = shown(an_article(clip))
    quote = quoting.find_quote(view, "en", Asked(1, 1))

    content = quote_cards.draw_card(story, quote)

    assert opened(content).size == (1200, 630)
    assert quote_cards.draw_card(story, quote) == content
    assert len(content) < 300_000
    with Image.open(io.BytesIO(content)) as image:
        assert set(image.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}


def test_the_words_are_drawn_on_it(clip):
    Package.objects.update(pictures={})
    told, other = a_card(clip), a_card(clip, first=2, last=2)

    assert told.getpixel((600, 20)) == pytest.approx(PAPER, abs=3)
    assert min(told.convert("L").crop((60, 150, 1140, 450)).tobytes()) < 60
    assert ImageChops.difference(told, other).getbbox() is not None


def test_the_still_of_the_moment_stands_at_the_end_of_the_lines(clip):
    english, arabic = a_card(clip), a_card(clip, language="ar")

    assert has_still(english.crop((820, 0, 1200, 630)))
    assert not has_still(english.crop((0, 0, 818, 630)))
    assert has_still(arabic.crop((0, 0, 380, 630)))
    assert not has_still(arabic.crop((382, 0, 1200, 630)))
    assert english.getpixel((1000, 300)) == pytest.approx((0, 0, 255), abs=12)
    assert a_card(clip, first=2, last=2).getpixel((1000, 300)) == pytest.approx(
        (0, 80, 175), abs=12
    )


def test_a_still_that_is_not_public_is_not_on_it(clip):
    assert not has_still(a_card(clip, place=False))


def test_no_frame_of_a_warned_clip_is_on_it_but_its_warning(clip):
    before = a_card(clip)
    Warning.objects.create(clip=clip, kind=Warning.Kind.DEATH, wording="A man is killed.")

    card = a_card(clip)

    assert (has_still(before), has_still(card)) == (True, False)
    story, view = shown(an_article(clip))
    quote = quoting.find_quote(view, "en", Asked(1, 1))
    assert quote_cards._card(story, quote).notice.text == "Before you watch: A man is killed."


def test_neither_frame_nor_words_of_a_warned_span_are_on_it(clip):
    package = clip.current_package
    package.pictures |= {"veils": [[12_500, 16_000]]}
    package.save()
    span = {"start_ms": 12_500, "end_ms": 16_000}
    Warning.objects.create(clip=clip, kind="death", wording="A man is killed.", **span)

    assert not has_still(a_card(clip, first=2, last=2))
    story, view = shown(an_article(clip))
    quote = quoting.find_quote(view, "en", Asked(2, 2))
    assert "We hid" not in quote_cards._card(story, quote).text
    # The words before it have their own still, and none of the span's.
    assert a_card(clip).getpixel((1000, 300)) == pytest.approx((0, 0, 255), abs=12)


def test_words_in_a_script_without_a_face_have_no_card(client, clip):
    lines(clip, (0, "", "夜に来た"), language="ja")
    an_article(clip, slug="cells")

    page = client.get("/stories/cells/mill/q/1-1/?lang=ja")

    assert (page.status_code, b"og:image" in page.content) == (200, False)
    assert client.get("/stories/cells/mill/q/1-1/card.jpg?lang=ja").status_code == 404


def test_a_long_quotation_fits(clip):
    clip.transcripts.filter(language="en").update(superseded=True)
    lines(
        clip,
        *(
            (second, "Ali", "They took the men of the house to the mill. " * 3)
            for second in range(12)
        ),
    )

    card = a_card(clip, last=12)

    # Nothing runs over the margins: the paper is clean around the words.
    for box in ((14, 0, 60, 630), (14, 0, 800, 40), (14, 592, 800, 630)):
        assert min(card.convert("L").crop(box).tobytes()) > 235
