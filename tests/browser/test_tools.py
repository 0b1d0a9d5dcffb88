"""A reader and the player's tools: remembered, and never in the way."""

import pytest
from django.utils import timezone

from media.models import Transcript
from tests.browser.conftest import until
from tests.browser.stories import place, show
from tests.factories import a_clip, a_package, a_transcript, an_article

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("browser")]

WATCH = "/stories/cells/fire/"
NOW = "document.querySelector('video').currentTime"
PLAYS = "!document.querySelector('video').paused"
SHOWN = """() => [...document.querySelector("video").textTracks]
    .filter(({ mode }) => mode === "showing").map(({ language }) => language).join()"""


@pytest.fixture
def clip(site, two_rungs, stores_of_its_own):
    clip = a_clip(slug="fire", title="A fire", cleared_at=timezone.now())
    a_package(clip)
    a_transcript(clip, "zero", "two", "four", "six", "the Café", "ten")
    a_transcript(clip, "صفر", "اثنان", language="ar")
    a_transcript(clip, "The start", "The fire", "The end", kind=Transcript.Kind.CHAPTERS)
    show(an_article(clip, slug="cells"), two_rungs, stores_of_its_own / "public")
    return clip


@pytest.fixture
def player(page, clip, complaints):
    """The clip's own page, its player with the focus and its tools there."""
    page.goto(WATCH)
    page.evaluate("document.querySelector('video').muted = true")
    page.locator("video").focus()
    page.locator("[data-speed]").wait_for()
    yield page
    assert complaints == []


def play(page):
    page.keyboard.press("k")
    until(page, f"{PLAYS} && {NOW} > 0.3")


@pytest.fixture
def described(clip, stores_of_its_own):
    """The clip has descriptions of what is seen, in the page's language and in another."""
    for language, words in (("ar", "رجل"), ("en", "A man <in> the street")):
        a_transcript(clip, words, language=language, kind=Transcript.Kind.DESCRIPTIONS)
    place(clip.articles.get(), stores_of_its_own / "public")


DESCRIBED = """() => {
    const line = document.querySelector("[data-described]");
    return line.checkVisibility() ? `${line.lang}: ${line.textContent}` : null;
}"""


def test_what_is_seen_is_told_in_a_line_for_those_who_ask_for_it(described, player):
    asked = []
    player.on("request", lambda request: asked.append(request.url))
    assert player.evaluate(DESCRIBED) is None
    player.locator("[data-describe]").focus()
    player.keyboard.press(" ")
    player.locator("video").focus()
    play(player)

    until(player, f"({DESCRIBED})() === 'en: A man <in> the street'")
    player.keyboard.press("5")

    until(player, f"({DESCRIBED})() === 'en: '")
    assert player.get_attribute("[data-described]", "aria-live") == "polite"
    assert [url for url in asked if "descriptions" in url][1:] == []


def test_who_wants_descriptions_has_them_at_the_next_clip_and_nobody_else(described, player):
    player.locator("[data-describe]").check()
    player.reload()
    player.locator("video").focus()
    player.locator("[data-describe]").wait_for()

    assert player.is_checked("[data-describe]")


def test_a_clip_without_descriptions_does_not_offer_them(player):
    assert player.locator("[data-describe]").is_hidden()


def test_keys_play_pause_and_move(player):
    play(player)

    player.keyboard.press("l")
    until(player, f"{NOW} > 10")
    player.keyboard.press("ArrowLeft")
    until(player, f"{NOW} > 5 && {NOW} < 10")
    player.keyboard.press("5")
    until(player, f"{NOW} > 11.5 && {NOW} < 14")
    player.keyboard.press(" ")

    until(player, f"!({PLAYS})")
    assert player.evaluate(f"{NOW} < 16")


def test_keys_change_speed_sound_and_captions_and_open_the_list_of_keys(player):
    play(player)

    for key in (">", "m", "c", "?"):
        player.keyboard.press(key)

    state = "(({ playbackRate, muted }) => [playbackRate, muted])(document.querySelector('video'))"
    assert player.evaluate(state) == [1.25, False]
    assert player.evaluate("document.querySelector('[data-speed]').value") == "1.25"
    # After English come none.
    until(player, f"({SHOWN})() === ''")
    assert player.locator("[data-keys][open]").count() == 1


def test_keys_do_nothing_where_the_player_has_no_focus(player):
    player.locator("[data-share]").focus()

    player.keyboard.press("k")

    assert not player.evaluate(PLAYS)


def test_quality_is_chosen_among_the_heights_of_the_stream(player):
    play(player)
    player.locator("[data-quality]").wait_for()

    player.locator("[data-quality]").select_option("360p")

    until(player, "document.querySelector('video').videoHeight === 360")
    options = player.locator("[data-quality] option").all_text_contents()
    assert options == ["Automatic", "360p", "180p"]


def test_captions_of_the_pages_language_are_on_and_a_choice_is_remembered(player):
    play(player)
    assert until(player, SHOWN) == "en"

    player.locator("[data-captions]").select_option("ar")
    player.locator("[data-keys] > summary").click()
    player.locator("[name=Size]").select_option("large")
    player.reload()
    player.evaluate("document.querySelector('video').muted = true")
    player.locator("video").focus()
    player.locator("[data-speed]").wait_for()
    play(player)

    assert until(player, SHOWN) == "ar"
    assert player.locator("video").get_attribute("data-captions-size") == "large"
    assert player.context.cookies() == []


def test_words_are_fetched_when_they_are_shown(player):
    with player.expect_response("**/*.vtt") as fetched:
        play(player)

    assert fetched.value.ok
    cues = "[...document.querySelector('video').textTracks].find(t => t.mode === 'showing').cues"
    assert until(player, f"{cues}?.length") == 6


def test_the_address_of_this_second_is_shown_to_be_copied(player):
    player.evaluate(f"{NOW} = 7.6")

    player.locator("[data-share]").click()

    assert player.locator("[data-shared] input").input_value().endswith(f"{WATCH}?t=7")


TOP_LINES = """() => [...document.querySelectorAll("[data-transcript]")].map((list) => {
    const { top } = list.getBoundingClientRect();
    const cue = [...list.querySelectorAll("[data-cue]")]
        .find((cue) => cue.getBoundingClientRect().top >= top);
    return cue.dataset.startMs;
})"""


def test_two_transcripts_side_by_side_are_scrolled_together(
    page, site, two_rungs, stores_of_its_own
):
    clip = a_clip(slug="fire", title="A fire", cleared_at=timezone.now())
    a_package(clip)
    a_transcript(clip, *["A line"] * 40)
    a_transcript(
        clip, *["A line that is so long that it takes more room than one"] * 40, language="fr"
    )
    show(an_article(clip, slug="cells"), two_rungs, stores_of_its_own / "public")
    page.goto(WATCH)

    with page.expect_response("**/beside*.js"):
        page.locator("[data-transcript]").first.hover()
    page.wait_for_timeout(200)
    page.mouse.wheel(0, 500)

    until(page, "document.querySelectorAll('[data-transcript]')[1].scrollTop > 100")
    page.wait_for_timeout(300)
    first, second = page.evaluate(TOP_LINES)
    assert (first, second) == (second, first) != ("0", "0")


def test_without_scripts_a_chapter_leads_to_its_second(browser, site, clip):
    context = browser.new_context(base_url=site, java_script_enabled=False)
    page = context.new_page()
    page.goto(WATCH)

    assert page.locator("[data-chapter] a").nth(1).get_attribute("href") == f"{WATCH}?t=2"
    assert page.locator("[data-speed], .finder").count() == 0
    context.close()


@pytest.mark.parametrize(
    ("words", "said"), [("cafe", "found once"), ("o", "1 / 3"), ("x!", "not found")]
)
def test_a_transcript_finds_words_within_itself(player, words, said):
    player.locator("[data-transcript]").first.hover()

    player.locator(".finder input").fill(words)

    assert player.locator(".finder output").text_content() == said
    assert player.locator("[data-shown]").count() == (said != "not found")
