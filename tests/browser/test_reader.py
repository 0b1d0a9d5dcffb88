"""A reader with a real browser: the demo's clips play, with JavaScript and without."""

import re
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.browser.conftest import tab_to, until

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("browser")]

STORIES = {"en": "/stories/mosul-hidden-cells/", "ar": "/stories/mosul-hidden-cells-ar/"}
CLIPS = ("house-set-alight", "pistol-with-silencer", "sentry-shot-from-distance")
# Small, ordinary, and lying on its side.
PHONES = ((320, 568), (390, 844), (844, 390))


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
    const words = `[data-transcript][lang="${track?.language}"] [data-cue] span`;
    const said = document.querySelector(words)?.textContent;
    return track && [track.language, track.activeCues[0].text.endsWith(said)];
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

    assert until(reader.page, CAPTIONED) == [language, True]
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

    assert until(reader.page, CAPTIONED) == [language, True]
    assert "clip.mp4" in reader.names()
    assert [name for name in reader.names() if name.endswith((".m3u8", ".m4s", ".js"))] == []


def test_a_warning_is_passed_without_javascript_and_without_a_pointer(reader_with):
    reader = reader_with(java_script_enabled=False)
    page = reader.page
    page.goto(f"{STORIES['en']}{CLIPS[0]}/")
    video = page.locator("video")
    before = video.is_visible()

    tab_to(page, "figure [data-warning] > summary")
    page.keyboard.press("Enter")
    opened = video.is_visible()
    page.keyboard.press("Enter")

    assert (before, opened, video.is_visible()) == (False, True, False)


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
    *(
        f"{story}{CLIPS[0]}/{page}"
        for story in STORIES.values()
        for page in ("", "read/", "q/2-4/")
    ),
    f"{STORIES['en']}find/?q=house",
    f"{STORIES['ar']}find/?q=بيت",
    "/search/?q=mosul",
    "/search/?q=الموصل&lang=ar",
    "/search/?q=zebra",
)


def test_no_page_scrolls_sideways_on_a_phone(reader_with):
    page = reader_with().page
    root, wide = "document.documentElement", []

    for address in PAGES:
        page.goto(address)
        for width, height in PHONES:
            page.set_viewport_size({"width": width, "height": height})
            if page.evaluate(f"{root}.scrollWidth - {root}.clientWidth"):
                wide.append((address, width))

    assert wide == []
