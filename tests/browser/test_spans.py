"""A reader and a span that is warned of: nothing of it before they agree, and a way around it."""

import pytest
from django.utils import timezone

from media.models import Warning
from tests.browser.conftest import until
from tests.browser.films import Rung, film
from tests.browser.stories import show
from tests.factories import a_clip, a_package, a_transcript, an_article

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("browser")]

WATCH = "/stories/cells/fire/"
SPAN = (3000, 5000)
FILM = "drawbox=color=green:t=fill,drawbox=color=red:t=fill:enable='gte(t,3)*lt(t,5)'"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A package's folder: green, red in the span that is warned of, green again."""
    return film(tmp_path_factory.mktemp("film"), [Rung("v180", 180, 120)], filters=FILM)


@pytest.fixture
def clip(site, folder, stores_of_its_own):
    """Its clip, as a page shows it to readers."""
    clip = a_clip(slug="fire", title="A fire", cleared_at=timezone.now())
    a_package(clip)
    start, end = SPAN
    Warning.objects.create(clip=clip, kind="death", wording="He falls.", start_ms=start, end_ms=end)
    a_transcript(clip, "zero", "two", "four", "six")
    show(an_article(clip, slug="cells"), folder, stores_of_its_own / "public")
    return clip


@pytest.fixture
def reader(page, clip, complaints):
    page.goto(WATCH)
    page.evaluate(WATCH_FOR_RED)
    yield page
    assert complaints == []


# Looks at what is shown, sixty times a second; what lies under the question is not shown.
WATCH_FOR_RED = """() => {
    window.red = 0;
    const pencil = new OffscreenCanvas(8, 8).getContext("2d", { willReadFrequently: true });
    const look = () => {
        const video = document.querySelector("video");
        const covered = document.querySelector(".veil:not([hidden])");
        if (video.readyState > 1 && !covered) {
            pencil.drawImage(video, 0, 0, 8, 8);
            const [r, g] = pencil.getImageData(4, 4, 1, 1).data;
            if (r > 150 && g < 90) window.red += 1;
        }
        requestAnimationFrame(look);
    };
    look();
}"""
ASKS = "document.querySelector('.veil')?.hidden === false"
NOW = "document.querySelector('video').currentTime"


PLAY = """at => {
    const video = document.querySelector("video");
    video.muted = true;
    if (at) video.currentTime = at;
    video.play();
}"""


def open_and_play(page, *, at=0):
    page.locator("figure [data-warning] > summary").click()
    page.evaluate(PLAY, at)


def test_the_player_stops_before_the_span_and_asks(reader):
    open_and_play(reader)

    until(reader, ASKS)

    assert reader.evaluate("red") == 0
    assert 2.5 < reader.evaluate(NOW) < 3
    assert reader.evaluate("document.querySelector('video').paused")
    panel = reader.get_by_role("alertdialog")
    assert "He falls." in panel.text_content()
    assert reader.evaluate("document.activeElement.textContent") == "Skip this part"


@pytest.mark.parametrize("jump", [3.2, 4.9])
def test_a_jump_into_the_span_shows_nothing_of_it(reader, jump):
    open_and_play(reader, at=1)
    until(reader, f"{NOW} > 1.2")

    reader.evaluate(f"{NOW} = {jump}")

    until(reader, ASKS)
    reader.wait_for_timeout(500)
    assert (reader.evaluate("red"), reader.evaluate(NOW) < 3) == (0, True)


def test_the_address_of_a_second_in_the_span_shows_nothing_of_it(reader):
    reader.goto(f"{WATCH}?t=4")
    reader.evaluate(WATCH_FOR_RED)
    reader.locator("figure [data-warning] > summary").click()

    until(reader, ASKS)
    reader.wait_for_timeout(500)

    assert reader.evaluate("red") == 0


def test_a_span_is_skipped_with_a_key(reader):
    open_and_play(reader)
    until(reader, ASKS)

    reader.keyboard.press("Enter")

    until(reader, f"{NOW} > 5.2")
    assert (reader.evaluate("red"), reader.evaluate(ASKS)) == (0, False)
    assert reader.evaluate("document.activeElement.localName") == "video"


def test_whoever_watches_on_sees_the_span_and_may_read_it_and_is_not_asked_again(reader):
    open_and_play(reader)
    until(reader, ASKS)

    reader.keyboard.press("Tab")
    reader.keyboard.press("Enter")

    until(reader, "red > 0")
    assert reader.locator(".fold[open]").count() == 1

    reader.reload()
    until(reader, "document.querySelector('figure [data-warning]').open")
    reader.evaluate("document.querySelector('video').muted = true")
    reader.evaluate(f"{NOW} = 4")
    reader.evaluate("document.querySelector('video').play()")
    until(reader, f"{NOW} > 4.3")
    assert not reader.evaluate(ASKS)


def test_a_choice_ends_with_the_visit_and_leaves_no_cookie(reader, browser, site):
    open_and_play(reader)
    reader.reload()
    until(reader, "document.querySelector('figure [data-warning]').open")

    another = browser.new_context(base_url=site)
    page = another.new_page()
    page.goto(WATCH)

    assert not page.evaluate("document.querySelector('figure [data-warning]').open")
    assert (reader.context.cookies(), another.cookies()) == ([], [])
    another.close()


def test_a_gate_that_is_closed_again_stays_closed(reader):
    gate = "document.querySelector('figure [data-warning]').open"
    summary = reader.locator("figure [data-warning] > summary")
    summary.click()
    reader.reload()
    until(reader, gate)
    summary.click()

    reader.reload()

    assert not reader.evaluate(gate)


def test_without_scripts_the_words_of_the_span_are_folded_and_can_be_opened(browser, site, clip):
    context = browser.new_context(base_url=site, java_script_enabled=False)
    page = context.new_page()
    page.goto(WATCH)
    word = page.get_by_text("four")
    assert not word.is_visible()

    page.locator(".fold summary").click()

    assert word.is_visible()
    context.close()
