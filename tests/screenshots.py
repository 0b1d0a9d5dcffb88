"""The pictures in docs/screenshots, of a demo that runs: `make demo`, then `make screenshots`.

Each is a page at one width, in one language and one scheme: light, dark, and in Arabic. The colours
of each are reduced, so that a picture stays below 250 KB. The desk's pages are the demo editor's,
whose password lies in the demo's data folder.
"""

import json
import os
import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

FOLDER = Path(__file__).resolve().parent.parent / "docs" / "screenshots"
STORIES = {"en": "/stories/mosul-hidden-cells/", "ar": "/stories/mosul-hidden-cells-ar/"}
CLIP = "sentry-shot-from-distance/"
SIZES = {"phone": {"width": 390, "height": 844}, "desk": {"width": 1280, "height": 900}}
MOST_BYTES = 250_000
COLOURS = (128, 64, 32, 16)


PLAY = """async (second) => {
    const video = document.querySelector("video");
    video.muted = true;
    video.currentTime = second;
    await video.play();
}"""


def as_it_comes(page: Page) -> None:
    """The page before the reader does anything."""


def spoken_at(second: float, place: str) -> Callable[[Page], None]:
    """The gate opened, the clip at a line that is spoken, and that place of the page on top."""

    def act(page: Page) -> None:
        page.locator("figure [data-warning] > summary").first.click()
        page.evaluate(PLAY, second)
        page.wait_for_timeout(1000)
        page.evaluate("document.querySelector('video').pause()")
        page.wait_for_timeout(500)
        page.locator(place).first.evaluate("one => one.scrollIntoView({ block: 'start' })")

    return act


@dataclass(frozen=True)
class Shot:
    name: str
    address: str
    size: str
    scheme: str = "light"
    act: Callable[[Page], None] = as_it_comes
    media: str = "screen"


@dataclass(frozen=True)
class Subject:
    """A page in both languages, and what the reader has done to it."""

    address: str
    arabic: str
    act: Callable[[Page], None] = as_it_comes

    def shots(self, name: str) -> Iterator[Shot]:
        for size in SIZES:
            yield Shot(f"{name}-{size}", self.address, size, act=self.act)
            yield Shot(f"{name}-{size}-dark", self.address, size, "dark", self.act)
            yield Shot(f"{name}-{size}-arabic", self.arabic, size, act=self.act)


def of_story(path: str, act: Callable[[Page], None] = as_it_comes) -> Subject:
    return Subject(STORIES["en"] + path, STORIES["ar"] + path, act)


SUBJECTS = {
    "front": Subject("/", "/archive/"),
    "story": of_story(""),
    "scene": of_story("", spoken_at(11.2, ".scene")),
    "watch": of_story(CLIP, spoken_at(12.3, ".watch")),
    "read": of_story(f"{CLIP}read/"),
    "quote": of_story(f"{CLIP}q/2-4/"),
    "find": Subject(f"{STORIES['en']}find/?q=militia", f"{STORIES['ar']}find/?q=الموصل"),
    "search": Subject("/search/?q=mosul+brigades", "/search/?q=كتائب الموصل&lang=ar"),
    "list": Subject("/topics/mosul/", "/topics/mosul-ar/"),
}
SHOTS = (
    *(shot for name, subject in SUBJECTS.items() for shot in subject.shots(name)),
    Shot("story-paper", STORIES["en"], "desk", media="print"),
    Shot("read-paper", STORIES["en"] + CLIP + "read/", "desk", media="print"),
)


# The desk: where each picture is found, from the page of the demo's story or of its clip.
DESK = {
    "home": "/admin/",
    "writing": "/admin/articles/article/{story}/change/",
    "clearance": "/admin/articles/article/{story}/publish/",
    "transcript": "/admin/media/transcript/{transcript}/edit/",
    "cut": "/admin/media/clip/{clip}/cut/",
}
BESIDE = "See it beside, as you write"


def sign_in(page: Page) -> None:
    data = Path(os.environ.get("NEWSROOM_DATA_DIR", "var"))
    passwords = json.loads((data / "demo-passwords.json").read_text(encoding="utf-8"))
    page.goto("/admin/")
    page.get_by_label("Username").fill("editor")
    page.get_by_label("Password").fill(passwords["editor"])
    page.get_by_role("button", name="Log in").click()


def first_in(page: Page, model: str, words: str) -> str:
    """The number, as its address has it, of the first thing of a list that says these words."""
    page.goto(f"/admin/{model}/")
    row = page.locator("#result_list tbody tr").filter(has_text=words).first
    address = row.get_by_role("link").first.get_attribute("href")
    return str(address).split("/")[-3]


def take_desk(browser: Browser, origin: str) -> None:
    """The editors' pages, on a desk and, in the dark, on a phone."""
    for size, scheme in (("desk", "light"), ("phone", "dark")):
        context = browser.new_context(base_url=origin, viewport=SIZES[size], color_scheme=scheme)
        page = context.new_page()
        sign_in(page)
        known = {
            "story": first_in(page, "articles/article", "Mosul’s hidden cells"),
            "clip": first_in(page, "media/clip", "A sentry"),
            "transcript": first_in(page, "media/transcript", "captions"),
        }
        for name, address in DESK.items():
            page.goto(address.format(**known))
            if name == "writing" and size == "desk":
                page.get_by_role("button", name=BESIDE).click()
            page.wait_for_timeout(2500)
            ending = "" if scheme == "light" else f"-{size}-dark"
            (FOLDER / f"desk-{name}{ending}.png").write_bytes(small(page.screenshot()))
        context.close()


def take(origin: str) -> None:
    """Take all of them anew."""
    FOLDER.mkdir(exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"]
        )
        for shot in SHOTS:
            context = browser.new_context(
                base_url=origin, viewport=SIZES[shot.size], color_scheme=shot.scheme
            )
            page = context.new_page()
            page.goto(shot.address, wait_until="networkidle")
            page.emulate_media(media=shot.media, color_scheme=shot.scheme)
            shot.act(page)
            (FOLDER / f"{shot.name}.png").write_bytes(small(page.screenshot()))
            context.close()
        take_desk(browser, origin)
        browser.close()


def small(png: bytes) -> bytes:
    """The picture in as many colours as fit. Raises ValueError if none do."""
    with Image.open(BytesIO(png)) as picture:
        for colours in COLOURS:
            out = BytesIO()
            picture.convert("RGB").quantize(colours).save(out, "PNG", optimize=True)
            if out.tell() < MOST_BYTES:
                return out.getvalue()
    raise ValueError("the picture is too large: show less of the page")


if __name__ == "__main__":
    take(sys.argv[1] if len(sys.argv) > 1 else "http://127.0.0.1:8000")
