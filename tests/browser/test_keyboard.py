"""Every function by keyboard alone: no pointer, and no focus that a test gives, in Chromium."""

import io
import re

import pytest
from django.utils import timezone
from PIL import Image, ImageChops

from media.models import Transcript, Warning
from tests.browser.conftest import tab_to, until
from tests.browser.stories import show
from tests.factories import a_clip, a_package, a_transcript, an_article

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("browser")]

STORY = "/stories/cells/"
WATCH = f"{STORY}fire/"
DEMO = "/stories/mosul-hidden-cells/"
GATE = "figure [data-warning] > summary"
WORDS = ("zero", "two", "four", "six", "the Café", "ten", *["and so on"] * 20)
SHOWN = """() => [...document.querySelector("video").textTracks]
    .filter(({ mode }) => mode === "showing").map(({ language }) => language).join()"""


@pytest.fixture
def keys(page, site, two_rungs, stores_of_its_own, complaints):
    """The keyboard, before the page of a warned clip with all that can be done with one."""
    clip = a_clip(slug="fire", title="A fire", cleared_at=timezone.now())
    a_package(clip)
    Warning.objects.create(clip=clip, kind="fire", wording="A house burns.")
    a_transcript(clip, *WORDS)
    a_transcript(clip, "صفر", "اثنان", language="ar")
    a_transcript(clip, "The start", "The fire", "The end", kind=Transcript.Kind.CHAPTERS)
    show(an_article(clip, slug="cells"), two_rungs, stores_of_its_own / "public")
    page.goto(WATCH)
    yield page.keyboard
    assert complaints == []


def has_focus(page, selector):
    return page.evaluate("one => document.activeElement.matches(one)", selector)


def of_video(page, expression):
    return page.evaluate(f"(({{ {expression} }}) => {expression})(document.querySelector('video'))")


def open_gate(page):
    tab_to(page, GATE)
    page.keyboard.press("Enter")
    page.locator("[data-speed]").wait_for()
    page.evaluate("document.querySelector('video').muted = true")


def play(page):
    open_gate(page)
    tab_to(page, "video")
    page.keyboard.press("k")
    plays_from(page, 0.3)


def plays_from(page, second):
    video = "document.querySelector('video')"
    until(page, f"!{video}.paused && {video}.currentTime > {second}")


# The way through a page ---------------------------------------------------------------------------

FOLLOW = """() => {
    window.stops = [];
    window.ringless = new CSSStyleSheet();
    ringless.replaceSync("* { outline-color: transparent !important; }");
}"""
# What has the focus now; the inside of a player is one stop.
STEP = """() => {
    const one = document.activeElement;
    if (one === stops.at(-1)) return "the same";
    if (one === document.body || stops.includes(one)) return "the end";
    stops.push(one);
    const names = [one.localName, one.id, one.className, ...Object.keys(one.dataset)];
    return `${names.filter(Boolean).join(" ")}: ${one.textContent.trim().slice(0, 30)}`;
}"""
IN_ORDER = """() => stops.every((one, n) => {
    const { DOCUMENT_POSITION_FOLLOWING: FOLLOWS } = Node;
    return n === 0 || stops[n - 1].compareDocumentPosition(one) & FOLLOWS;
})"""
STOPS_INSIDE_A_PLAYER = 12
# As many points as a short line has.
RING = 60


@pytest.mark.parametrize(
    ("address", "scheme", "width"), [(STORY, "light", 1280), (WATCH, "dark", 390)]
)
def test_the_tab_key_goes_through_a_page_in_order_and_its_ring_is_painted(
    page, keys, address, scheme, width
):
    page.set_viewport_size({"width": width, "height": 800})
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    open_gate(page)
    page.goto(address)
    page.locator("[data-speed]").wait_for()
    page.evaluate(FOLLOW)

    passed, faint, same = [], [], 0
    keys.press("Tab")
    while (stop := page.evaluate(STEP)) != "the end":
        same = same + 1 if stop == "the same" else 0
        assert same < STOPS_INSIDE_A_PLAYER, f"the focus stays on {passed[-1]}"
        if not same:
            passed.append(stop)
            faint += [] if is_ringed(page) else [stop]
        keys.press("Tab")

    assert faint == []
    assert page.evaluate(IN_ORDER)
    kinds = {stop.partition(":")[0].split()[0] for stop in passed}
    assert kinds == {"a", "input", "button", "summary", "video", "select", "section"}
    assert len(passed) > len(WORDS)


def is_ringed(page):
    """Whether there is a ring to be seen that is not there without its colour."""
    pictures = []
    for sheets in ("[]", "[ringless]"):
        page.evaluate(f"document.adoptedStyleSheets = {sheets}")
        pictures.append(Image.open(io.BytesIO(page.screenshot())).convert("RGB"))
    page.evaluate("document.adoptedStyleSheets = []")
    changed = ImageChops.difference(*pictures).convert("L")
    return changed.point(lambda value: value > 40 and 255).histogram()[255] > RING


def test_the_first_stop_leads_past_the_frame_of_the_page(page, keys):
    keys.press("Tab")
    seen = page.get_by_role("link", name="Skip to the content").bounding_box()
    keys.press("Enter")
    keys.press("Tab")

    assert seen["height"] > 20
    assert page.evaluate("document.querySelector('main').contains(document.activeElement)")


def test_words_are_asked_for_and_a_place_is_opened(reader_with):
    page = reader_with().page
    page.goto(DEMO)

    tab_to(page, "#find")
    page.keyboard.type("dark")
    page.keyboard.press("Enter")
    page.wait_for_url("**/find/?q=dark")
    tab_to(page, "[data-hit=cue] a")
    page.keyboard.press("Enter")

    page.wait_for_url(re.compile(r"/house-set-alight/\?t=[\d.]+$"))


def test_the_site_is_searched(reader_with):
    page = reader_with().page
    page.goto("/")

    tab_to(page, "#search")
    page.keyboard.type("militia")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search/?q=militia")
    tab_to(page, ".found h2 a")
    page.keyboard.press("Enter")

    page.wait_for_url(f"**{DEMO}")


def test_another_language_is_chosen(reader_with):
    page = reader_with().page
    page.goto(DEMO)

    tab_to(page, ".editions a")
    page.keyboard.press("Enter")

    page.wait_for_url(f"**{DEMO[:-1]}-ar/")


def test_lines_are_quoted(reader_with):
    page = reader_with().page
    page.goto(f"{DEMO}house-set-alight/read/")

    tab_to(page, ".moment__links a")
    page.keyboard.press("Enter")

    page.wait_for_url("**/house-set-alight/q/*-*/?t=*")


# The gate -----------------------------------------------------------------------------------------


def test_a_gate_is_passed_by_or_opened_and_closed_again(page, keys):
    tab_to(page, GATE)
    keys.press("Tab")
    passed_by = has_focus(page, "[data-chapter] a") and not page.locator("video").is_visible()
    keys.press("Shift+Tab")
    keys.press("Enter")
    opened = page.locator("video").is_visible() and has_focus(page, GATE)
    keys.press("Enter")

    assert (passed_by, opened) == (True, True)
    assert not page.locator("video").is_visible()
    assert has_focus(page, GATE)


def test_a_line_behind_a_closed_gate_leads_to_the_gate(page, keys):
    tab_to(page, "[data-cue] a")

    keys.press("Enter")

    assert has_focus(page, GATE)


# The player and its tools -------------------------------------------------------------------------


def test_a_clip_plays_moves_and_stops(page, keys):
    play(page)

    keys.press("l")
    plays_from(page, 10)
    keys.press("j")
    until(page, "document.querySelector('video').currentTime < 9")
    keys.press(" ")

    until(page, "document.querySelector('video').paused")
    assert of_video(page, "currentTime") < 9
    assert has_focus(page, "video")


def test_captions_are_chosen(page, keys):
    play(page)
    first = until(page, SHOWN)
    tab_to(page, "[data-captions]")

    keys.press("ArrowUp")
    second = until(page, SHOWN)
    keys.press("Home")
    until(page, f"({SHOWN})() === ''")

    assert (first, second) == ("en", "ar")


def test_the_look_of_captions_is_chosen(page, keys):
    open_gate(page)
    tab_to(page, "[data-keys] > summary")
    keys.press("Enter")

    for name in ("Size", "Ground"):
        tab_to(page, f"[name={name}]")
        keys.press("ArrowDown")

    video = page.locator("video")
    assert video.get_attribute("data-captions-size") == "large"
    assert video.get_attribute("data-captions-ground") == "solid"


def test_the_speed_is_chosen(page, keys):
    open_gate(page)
    tab_to(page, "[data-speed]")

    keys.press("ArrowDown")

    assert of_video(page, "playbackRate") == 1.25


def test_rungs_are_switched_and_the_captions_stay(page, keys):
    play(page)
    page.locator("[data-quality]").wait_for()
    tab_to(page, "[data-quality]")

    for height in (360, 180):
        keys.press("ArrowDown")
        until(page, f"document.querySelector('video').videoHeight === {height}")

    assert page.evaluate(SHOWN) == "en"


def test_a_small_window_opens_and_closes(page, keys):
    play(page)
    tab_to(page, "[data-pip]")

    keys.press("Enter")
    until(page, "document.pictureInPictureElement?.localName === 'video'")
    keys.press("Enter")

    until(page, "document.pictureInPictureElement === null")
    assert has_focus(page, "[data-pip]")


def test_the_whole_screen_is_taken_and_given_back(page, keys):
    play(page)

    keys.press("f")
    until(page, "document.fullscreenElement?.localName === 'video'")
    keys.press("f")

    until(page, "document.fullscreenElement === null")
    assert has_focus(page, "video")


def test_this_second_is_shared(page, keys):
    play(page)
    tab_to(page, "[data-share]")

    keys.press("Enter")
    shared = page.locator("[data-shared] input")
    shared.wait_for()
    tab_to(page, "[data-shared] input")

    assert shared.input_value().partition("?")[0].endswith(WATCH)


def test_a_chapter_is_opened(page, keys):
    open_gate(page)
    tab_to(page, "[data-chapter] a")
    keys.press("Tab")

    keys.press("Enter")

    plays_from(page, 2)
    assert "The fire" in page.locator("[data-chapter][aria-current=true]").text_content()


# The transcript -----------------------------------------------------------------------------------


def test_a_line_plays_from_its_second(page, keys):
    open_gate(page)
    tab_to(page, "[data-cue][data-start-ms='8000'] a")

    keys.press("Enter")

    plays_from(page, 8)


def test_a_transcript_is_scrolled(page, keys):
    tab_to(page, "[data-transcript]")

    keys.press("End")

    until(page, "document.querySelector('[data-transcript]').scrollTop > 100")


def test_words_are_found_in_a_transcript_one_after_the_other(page, keys):
    tab_to(page, "[data-transcript]")
    page.locator(".finder input").wait_for()
    keys.press("Shift+Tab")
    assert has_focus(page, ".finder input")

    keys.type("o")
    said = page.locator(".finder output")
    told = [said.text_content()]
    for key in ("Enter", "Shift+Enter"):
        keys.press(key)
        told.append(said.text_content())

    assert [one.partition(" ")[0] for one in told] == ["1", "2", "1"]
    assert has_focus(page, ".finder input")
