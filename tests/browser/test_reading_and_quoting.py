"""A clip to read and its quotations in a real browser, without scripts and with them."""

from urllib.parse import parse_qs, urlsplit

import pytest

from articles import publishing
from media.models import Transcript
from tests.articles.clips_to_read import lines
from tests.browser.stories import SAID, the_fire, the_mill
from tests.factories import a_draft

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

WATCH = "/stories/cells/mill/"


@pytest.fixture
def told(site, transactional_db):
    """A public story of a clip with a warned span, in two languages; and one that is warned of."""
    clip, other = the_mill(stills=6), the_fire()
    for shown in (clip, other):
        lines(shown, *SAID)
        lines(shown, (0, "علي", "جاؤوا ليلًا."), (4, "علي", "اختبأنا في Mosul."), language="ar")
    publishing.publish(a_draft(clip, other, slug="cells"), by=None)
    publishing.publish(a_draft(clip, other, slug="cells-ar", language="ar"), by=None)


@pytest.fixture
def plain(browser, site, told):
    """A page of a browser in which no script runs, and what it has fetched."""
    context = browser.new_context(base_url=site, java_script_enabled=False)
    page = context.new_page()
    page.fetched = []
    page.on("response", lambda response: page.fetched.append(response))
    yield page
    context.close()


def names(page, start="/media/"):
    paths = [urlsplit(response.url).path for response in page.fetched]
    return [path.rpartition("/")[2] for path in paths if path.startswith(start)]


def test_without_scripts_a_clip_is_read_and_a_time_leads_to_its_second(plain):
    plain.goto(f"{WATCH}read/", wait_until="networkidle")

    assert "small-00000.jpg" in names(plain)
    plain.get_by_role("link", name="0:09").click()
    assert plain.url.endswith(f"{WATCH}?t=9")


def test_the_whole_page_with_its_stills_is_light(plain):
    plain.goto(f"{WATCH}read/", wait_until="networkidle")
    for still in plain.locator("img").all():
        still.scroll_into_view_if_needed()
    plain.wait_for_load_state("networkidle")

    assert len(names(plain)) == plain.locator("img").count() == 3
    assert sum(len(response.body()) for response in plain.fetched) < 100_000


@pytest.mark.parametrize("clip", ["mill", "fire"])
def test_no_picture_of_what_is_warned_of_is_fetched(plain, clip):
    plain.set_viewport_size({"width": 1280, "height": 5000})

    for address in ("read/", "q/1-2/", "q/5-5/"):
        plain.goto(f"/stories/cells/{clip}/{address}", wait_until="networkidle")

    stills = {name for name in names(plain) if name.endswith(".jpg")}
    # From 17 to 23 seconds stands the one of 18 seconds; and none of a clip that is warned of.
    assert stills == (
        {"small-00000.jpg", "small-00002.jpg", "small-00005.jpg"} if clip == "mill" else set()
    )


def test_without_scripts_folded_words_are_opened(plain):
    plain.goto(f"{WATCH}read/")
    words = plain.get_by_text("They fired.")
    assert not words.is_visible()

    plain.locator("summary", has_text="A man is killed.").first.click()

    assert words.is_visible()


def test_on_paper_nothing_is_folded_and_the_address_is_told(plain):
    plain.goto(f"{WATCH}read/")

    plain.emulate_media(media="print")

    assert plain.get_by_text("They fired.").is_visible()
    assert plain.get_by_text(f"{WATCH}read/").is_visible()


def test_without_scripts_a_scene_leads_to_its_quotation(plain):
    plain.goto(f"{WATCH}read/")

    plain.get_by_role("link", name="Link to these words, 0:00").first.click()

    assert plain.url.endswith(f"{WATCH}q/1-3/?t=0")
    assert plain.locator("blockquote").inner_text().startswith("Ali They came at night.")


# Selecting words ----------------------------------------------------------------------------

SELECT = """([first, last, language]) => {
    const section = document.querySelector(`[data-transcript][lang="${language}"]`);
    const words = [...section.querySelectorAll("[data-cue] span")];
    const range = document.createRange();
    range.setStart(words[first].firstChild, 2);
    range.setEnd(words[last].firstChild, 5);
    getSelection().removeAllRanges();
    getSelection().addRange(range);
}"""


def select(page, first, last, language="en"):
    page.evaluate(SELECT, [first, last, language])


def offered(page):
    return page.locator(".quoting button")


def copied(page):
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    offered(page).focus()
    page.keyboard.press("Enter")
    page.locator(".quoting output", has_text="Copied.").wait_for()
    return urlsplit(page.evaluate("navigator.clipboard.readText()"))


@pytest.mark.parametrize(
    ("language", "path", "query"),
    [
        ("en", f"{WATCH}q/2-3/", {"t": ["4"]}),
        ("ar", f"{WATCH}q/1-2/", {"t": ["0"], "lang": ["ar"]}),
    ],
)
def test_selected_words_offer_the_address_of_their_lines(page, told, language, path, query):
    page.goto(WATCH)
    first = 1 if language == "en" else 0
    select(page, first, first + 1, language)
    offered(page).wait_for()

    address = copied(page)

    assert (address.path, parse_qs(address.query)) == (path, query)
    page.goto(f"{address.path}?{address.query}")
    assert page.locator("blockquote").count() == 1


def test_the_tab_key_comes_from_the_last_line_to_the_offer(page, told):
    page.goto(WATCH)
    page.locator("[data-transcript][lang=en] [data-cue] a").nth(1).focus()
    select(page, 0, 1)
    offered(page).wait_for()

    page.keyboard.press("Tab")

    assert page.evaluate("document.activeElement === document.querySelector('.quoting button')")


def test_the_offer_goes_with_the_selection(page, told):
    page.goto(WATCH)
    select(page, 0, 1)
    offered(page).wait_for()

    page.evaluate("getSelection().removeAllRanges()")

    offered(page).wait_for(state="detached")


def test_words_outside_a_transcript_and_of_what_is_seen_offer_nothing(page, told):
    Transcript.objects.filter(language="en").update(kind=Transcript.Kind.DESCRIPTIONS)
    page.goto(f"{WATCH}?t=0")
    page.evaluate("getSelection().selectAllChildren(document.querySelector('h1'))")
    page.wait_for_timeout(400)
    assert offered(page).count() == 0

    select(page, 0, 1)
    page.wait_for_timeout(400)

    assert offered(page).count() == 0
