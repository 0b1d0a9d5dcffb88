"""The pictures in docs/screenshots, of a demo that runs: `make demo`, then `make screenshots`.

Each is a page at one width, in one language and one scheme; the colours of each are reduced, so
that a picture stays below 250 KB.
"""

import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, sync_playwright

FOLDER = Path(__file__).resolve().parent.parent / "docs" / "screenshots"
STORIES = {"en": "/stories/mosul-hidden-cells/", "ar": "/stories/mosul-hidden-cells-ar/"}
CLIP = "sentry-shot-from-distance/"
SIZES = {"phone": {"width": 390, "height": 844}, "desk": {"width": 1280, "height": 900}}
MOST_BYTES = 250_000
COLOURS = (128, 64, 32, 16)


def as_it_comes(page: Page) -> None:
    """The page before the reader does anything."""


PLAY = """async (second) => {
    const video = document.querySelector("video");
    video.muted = true;
    video.currentTime = second;
    await video.play();
}"""


def spoken_at(second: float) -> Callable[[Page], None]:
    """The gate opened, and the clip at a line that is spoken."""

    def act(page: Page) -> None:
        page.locator("figure [data-warning] > summary").first.click()
        page.evaluate(PLAY, second)
        page.wait_for_timeout(1000)
        page.evaluate("document.querySelector('video').pause()")
        page.wait_for_timeout(500)

    return act


@dataclass(frozen=True)
class Shot:
    name: str
    address: str
    size: str
    scheme: str = "light"
    act: Callable[[Page], None] = as_it_comes
    media: str = "screen"
    at: str = ""


SHOTS = (
    Shot("front-desk", "/", "desk"),
    Shot("front-phone-dark", "/", "phone", "dark"),
    Shot("story-desk", STORIES["en"], "desk", act=spoken_at(11.2), at=".scene"),
    Shot("story-phone", STORIES["en"], "phone"),
    Shot("story-phone-arabic-dark", STORIES["ar"], "phone", "dark"),
    Shot("story-paper", STORIES["en"], "desk", media="print"),
    Shot("watch-desk", STORIES["en"] + CLIP, "desk", act=spoken_at(12.3)),
    Shot("watch-desk-dark", STORIES["en"] + CLIP, "desk", "dark", spoken_at(12.3)),
    Shot("watch-phone-arabic", STORIES["ar"] + CLIP, "phone", act=spoken_at(12.3)),
    Shot("read-desk", STORIES["en"] + CLIP + "read/", "desk"),
    Shot("read-phone-arabic", STORIES["ar"] + CLIP + "read/", "phone"),
    Shot("read-paper", STORIES["en"] + CLIP + "read/", "desk", media="print"),
    Shot("quote-desk", STORIES["en"] + CLIP + "q/2-4/", "desk"),
    Shot("quote-phone-arabic-dark", STORIES["ar"] + CLIP + "q/2-4/", "phone", "dark"),
)


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
            if shot.at:
                page.locator(shot.at).first.scroll_into_view_if_needed()
            (FOLDER / f"{shot.name}.png").write_bytes(small(page.screenshot()))
            context.close()
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
