"""A reader with a real browser: the demo's clips play, with JavaScript and without."""

import re
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.browser.conftest import until

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("browser")]

STORIES = {"en": "/stories/mosul-hidden-cells/", "ar": "/stories/mosul-hidden-cells-ar/"}
CLIPS = ("house-set-alight", "pistol-with-silencer", "sentry-shot-from-distance")
PHONE = {"width": 360, "height": 740}


def open_gate(page, figure="figure[data-clip]"):
    page.locator(f"{figure} [data-warning] > summary").click()


def play(page):
    """Press play, and answer the second at which the clip begins."""
    return page.evaluate(
        """async () => {
            const video = document.querySelector("video");
            video.muted = true;
            await video.play();
            return video.currentTime;
        }"""
    )


PLAYS = "document.querySelector('video').currentTime > 0.5"
CAPTIONED = """() => {
    const tracks = [...document.querySelector("video").textTracks];
    const track = tracks.find(({ mode, activeCues }) => mode === "showing" && activeCues?.length);
    return track && `${track.language}: ${track.activeCues[0].text.length > 0}`;
}"""
SEEK_TO_FIRST_CUE = """() => {
    const cue = document.querySelector("[data-cue]");
    document.querySelector("video").currentTime = cue.dataset.startMs / 1000 + 0.1;
}"""


@pytest.mark.parametrize("clip", CLIPS)
@pytest.mark.parametrize("language", STORIES)
def test_a_clip_plays_as_a_stream_with_captions_in_the_pages_language(reader_with, language, clip):
    reader = reader_with()
    reader.page.goto(f"{STORIES[language]}{clip}/")
    open_gate(reader.page)

    play(reader.page)
    until(reader.page, PLAYS)
    reader.page.evaluate(SEEK_TO_FIRST_CUE)

    assert until(reader.page, CAPTIONED) == f"{language}: true"
    kinds = {Path(name).suffix for name in reader.names()}
    assert ("master.m3u8" in reader.names(), ".m4s" in kinds, ".mp4" in kinds) == (True, True, True)
    assert "clip.mp4" not in reader.names()


@pytest.mark.parametrize("clip", CLIPS)
@pytest.mark.parametrize("language", STORIES)
def test_a_clip_plays_without_javascript_with_captions(reader_with, language, clip):
    reader = reader_with(java_script_enabled=False)
    reader.page.goto(f"{STORIES[language]}{clip}/")
    open_gate(reader.page)

    play(reader.page)
    until(reader.page, PLAYS)
    reader.page.evaluate(SEEK_TO_FIRST_CUE)

    assert until(reader.page, CAPTIONED) == f"{language}: true"
    assert "clip.mp4" in reader.names()
    assert [name for name in reader.names() if name.endswith((".m3u8", ".m4s", ".js"))] == []


def nth_cue(page, number, figure_id):
    cue = page.locator(f"[data-transcript='{figure_id}'] [data-cue]").nth(number)
    return cue.locator("a"), int(cue.get_attribute("data-start-ms")) / 1000


def first_clip(page):
    return page.locator("figure[data-clip]").first.get_attribute("data-clip")


def test_a_line_of_the_transcript_plays_its_second_on_the_same_page(reader_with):
    page = reader_with().page
    page.goto(STORIES["en"])
    clip = first_clip(page)
    open_gate(page, f"figure[data-clip='{clip}']")
    page.evaluate("document.querySelector('video').muted = true")
    link, start_s = nth_cue(page, 3, clip)

    link.click()

    at = until(
        page,
        """() => {
            const video = document.querySelector("video");
            return !video.paused && !video.seeking && video.readyState > 2 && video.currentTime;
        }""",
    )
    assert urlsplit(page.url).path == STORIES["en"]
    assert 0 <= at - start_s + 0.05 <= 0.55


def test_a_line_of_the_transcript_leads_to_its_second_without_javascript(reader_with):
    page = reader_with(java_script_enabled=False).page
    page.goto(STORIES["en"])
    link, start_s = nth_cue(page, 3, first_clip(page))

    link.click()
    open_gate(page)
    began_at = play(page)

    assert re.search(r"/house-set-alight/\?t=[\d.]+$", page.url)
    assert abs(began_at - start_s) < 0.5


@pytest.mark.parametrize("scripts", [True, False])
def test_nothing_of_a_warned_clip_is_fetched_before_the_reader_wants_it(reader_with, scripts):
    reader = reader_with(java_script_enabled=scripts)

    for address in (*STORIES.values(), f"{STORIES['en']}{CLIPS[0]}/"):
        reader.page.goto(address, wait_until="networkidle")

    fetched = [urlsplit(url).path for url in reader.fetched]
    media = [path for path in fetched if path.startswith("/media/") and not path.endswith(".vtt")]
    assert media == []


def test_the_picture_of_a_warned_clip_comes_when_its_gate_opens(reader_with):
    reader = reader_with()
    reader.page.goto(f"{STORIES['en']}{CLIPS[0]}/")

    with reader.page.expect_request("**/poster.jpg"):
        open_gate(reader.page)

    assert reader.names().count("poster.jpg") == 1


def find(page, name, text):
    """Ask a form of the page with the keyboard."""
    field = page.get_by_role("search", name=name).get_by_role("searchbox")
    field.fill(text)
    field.press("Enter")


@pytest.mark.parametrize(
    ("language", "name", "text"),
    [("en", "Find in this story", "dark"), ("ar", "ابحث في هذا التقرير", "الظلام")],
)
def test_a_word_is_found_in_the_story_and_played_at_its_second_without_javascript(
    reader_with, language, name, text
):
    page = reader_with(java_script_enabled=False).page
    page.goto(STORIES[language])

    find(page, name, text)
    hit = page.locator("[data-hit='cue'] a").first
    marked = hit.locator("mark").inner_text()
    hit.click()
    open_gate(page)
    began_at = play(page)

    at = re.search(r"/house-set-alight/\?t=([\d.]+)$", page.url)
    assert at and abs(began_at - float(at[1])) < 0.5
    assert text in marked.lower()


def test_a_word_is_found_on_the_site_and_leads_to_all_its_places_in_a_story(reader_with):
    page = reader_with(java_script_enabled=False).page
    page.goto("/")

    find(page, "Search all stories", "hidden cells")
    page.get_by_role("link", name="places in this story").click()

    assert urlsplit(page.url).path == f"{STORIES['en']}find/"
    assert {mark.lower() for mark in page.locator("mark").all_inner_texts()} == {"hidden", "cells"}


PAGES = (
    "/",
    *STORIES.values(),
    *(f"{story}{CLIPS[0]}/" for story in STORIES.values()),
    f"{STORIES['en']}find/?q=house",
    f"{STORIES['ar']}find/?q=بيت",
    "/search/?q=mosul",
    "/search/?q=الموصل&lang=ar",
    "/search/?q=zebra",
)


@pytest.mark.parametrize("address", PAGES)
def test_a_phone_shows_a_page_without_scrolling_sideways(reader_with, address):
    page = reader_with(viewport=PHONE).page

    page.goto(address)

    root = "document.documentElement"
    assert page.evaluate(f"{root}.scrollWidth - {root}.clientWidth") == 0


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("address", PAGES)
def test_a_page_has_no_barrier_that_can_be_measured(reader_with, address, scheme):
    # The checker is a script that is not ours: only it may pass the policy.
    page = reader_with(color_scheme=scheme, bypass_csp=True).page
    page.goto(address)
    for gate in page.locator("details > summary").all():
        gate.click()

    violations = Axe().run(page).response["violations"]

    assert [(found["id"], found["nodes"][0]["target"]) for found in violations] == []
