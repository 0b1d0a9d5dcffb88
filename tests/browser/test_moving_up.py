"""A clip that is played while it is made: it is followed as it grows, and moves up by itself."""

import shutil
import time
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.utils import timezone
from playwright.sync_api import Page

from articles import pages
from articles.models import Article
from articles.reading import read_story
from media import release
from media.models import Clip, Package
from tests.browser.films import AV1, LENGTH_S, Growth, Rung, film
from tests.factories import a_clip, a_package, a_transcript, an_article

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("browser")]

State = Package.State
SMALL = Rung("v180", 180, 120)
LADDER = (Rung("v360", 360, 200), SMALL)
WITH_AV1 = (*LADDER, Rung("av1-360", 360, 160, AV1))
WATCH = "/stories/cells/fire/"


@pytest.fixture(scope="module")
def films(tmp_path_factory) -> Path:
    """Finished packages: small, with the whole ladder, and with AV1 beside it."""
    folder = tmp_path_factory.mktemp("films")
    film(folder / "small", [SMALL])
    film(folder / "whole", LADDER)
    film(folder / "av1", WITH_AV1)
    return folder


@dataclass
class Newsroom:
    """A published story with one clip, whose packages a test replaces under the readers' eyes."""

    films: Path
    public: Path
    clip: Clip
    article: Article

    def show(self, film: str, state: State) -> Path:
        """Make a film the clip's current package, and draw its page; answers its folder."""
        fields = {"mp4_byte_size": 0} if state == State.GROWING else {}
        package = a_package(self.clip, state=state, **fields)
        folder = self.folder(package)
        shutil.copytree(self.films / film, folder, dirs_exist_ok=True)
        self.draw()
        return folder

    def folder(self, package: Package) -> Path:
        return self.public / "packages" / package.public_id

    def draw(self) -> None:
        """The page, with packages at addresses that a cache does not keep for ever."""
        self.article.refresh_from_db()
        story = read_story(self.article, addresses=lambda id, name: f"/packages/{id}/{name}")
        for transcript in self.clip.transcripts.all():
            words = (
                self.public / "packages" / transcript.public_id / release.caption_name(transcript)
            )
            words.parent.mkdir(parents=True, exist_ok=True)
            words.write_text("WEBVTT\n\n00:00.000 --> 00:23.000\nA fire\n")
        self.place(pages.draw_watch(story, story.clips[0]))

    def place(self, html: str) -> None:
        path = self.public / WATCH.strip("/") / "index.html"
        path.parent.mkdir(parents=True, exist_ok=True)
        new = path.with_suffix(".new")
        new.write_text(html, encoding="utf-8")
        new.replace(path)

    def withdraw(self) -> None:
        (self.public / WATCH.strip("/") / "index.html").unlink()


@pytest.fixture
def newsroom(site: str, films: Path, stores_of_its_own: Path) -> Newsroom:
    clip = a_clip(slug="fire", cleared_at=timezone.now())
    article = an_article(clip, slug="cells")
    return Newsroom(films, stores_of_its_own / "public", clip, article)


# The longest time for which the picture stood still, and what a reader would have noticed.
WATCHED = """() => {
    const video = document.querySelector("video");
    const seen = { longest_ms: 0, back: 0, signs: [] };
    let [at, since] = [video.currentTime, performance.now()];
    for (const sign of ["emptied", "pause", "ratechange", "seeking", "waiting"]) {
        video.addEventListener(sign, () => seen.signs.push(sign));
    }
    setInterval(() => {
        const { currentTime } = video;
        if (currentTime === at && !video.ended) {
            seen.longest_ms = Math.max(seen.longest_ms, performance.now() - since);
            return;
        }
        if (currentTime < at) seen.back += 1;
        [at, since] = [currentTime, performance.now()];
    }, 10);
    window.seen = seen;
}"""
SHARP = "document.querySelector('video').videoHeight === 360"
SOURCE = "new URL(document.querySelector('video > source').src).pathname"


def named(newsroom: Newsroom, name: str) -> str:
    newsroom.clip.refresh_from_db()
    return f"/packages/{newsroom.clip.current_package.public_id}/{name}"


def addresses(page: Page) -> list[str]:
    """The paths that the page asks for from now on."""
    asked: list[str] = []
    page.on("request", lambda request: asked.append(urlsplit(request.url).path))
    return asked


def renditions(asked: list[str]) -> set[str]:
    """The folders from which pieces were fetched."""
    return {Path(path).parent.name for path in asked if path.endswith(".m4s")}


def play(page: Page) -> None:
    page.evaluate(
        """async () => {
            const video = document.querySelector("video");
            video.muted = true;
            await video.play();
        }"""
    )


def until(page: Page, condition: str, patience_s: float = 25) -> None:
    """Wait in this process: the policy lets nobody evaluate a text inside the page."""
    deadline = time.monotonic() + patience_s
    while not page.evaluate(condition):
        assert time.monotonic() < deadline, f"never came true: {condition}"
        page.wait_for_timeout(50)


def later(page: Page) -> None:
    """A minute passes for the scripts of the page; what they ask for then is answered."""
    page.clock.fast_forward(60_000)
    page.wait_for_timeout(500)


def plays_beyond(page: Page, seconds: float) -> None:
    until(page, f"document.querySelector('video').currentTime > {seconds}")


def of_video(page: Page, expression: str):
    """What an expression says of the only video."""
    call = f"(() => {{ const video = document.querySelector('video'); return {expression}; }})()"
    return page.evaluate(call)


def test_a_clip_is_followed_while_it_grows_and_ends_when_it_ends(newsroom, page, complaints):
    growth = Growth(newsroom.show("small", State.GROWING))
    growth.show(4)
    page.goto(WATCH)

    play(page)
    plays_beyond(page, 0.3)
    began_with = of_video(page, "[video.duration, video.currentTime < 3]")
    growth.show(10)
    plays_beyond(page, 5)
    later = of_video(page, "video.duration")
    growth.show(LENGTH_S)
    until(page, f"document.querySelector('video').duration > {LENGTH_S - 1}")
    of_video(page, "video.currentTime = video.duration - 1")
    until(page, "document.querySelector('video').ended")

    assert began_with == [pytest.approx(4, abs=0.2), True]
    assert later == pytest.approx(10, abs=0.2)
    assert of_video(page, "video.webkitAudioDecodedByteCount > 0")
    assert complaints == []


def test_a_playing_clip_moves_up_at_the_same_second_without_a_new_page(newsroom, page, complaints):
    a_transcript(newsroom.clip, "A fire")
    newsroom.show("small", State.FIRST)
    page.goto(WATCH)
    play(page)
    plays_beyond(page, 1)
    of_video(page, "Object.assign(video, { playbackRate: 1.25, volume: 0.5 })")
    of_video(page, "video.textTracks[0].mode = 'hidden'")
    page.evaluate(WATCHED)

    newsroom.show("whole", State.WHOLE)
    until(page, SHARP)
    plays_beyond(page, 16)

    seen = page.evaluate("window.seen")
    assert (seen["back"], seen["signs"]) == (0, [])
    assert seen["longest_ms"] < 500
    assert of_video(page, "[video.playbackRate, video.volume, video.textTracks[0].mode]") == [
        1.25,
        0.5,
        "hidden",
    ]
    assert page.evaluate("performance.getEntriesByType('navigation').length") == 1
    assert complaints == []


def test_a_clip_moves_up_from_the_edge_of_what_is_made(newsroom, page, complaints):
    Growth(newsroom.show("small", State.GROWING)).show(4)
    page.goto(WATCH)
    play(page)
    plays_beyond(page, 3.5)

    newsroom.show("whole", State.WHOLE)
    until(page, SHARP)
    plays_beyond(page, 7)

    assert page.locator("[data-preparing]").count() == 0
    assert page.evaluate(SOURCE) == named(newsroom, "clip.mp4")
    assert complaints == []


def test_nothing_is_asked_for_any_more_once_a_clip_is_whole(newsroom, page):
    page.clock.install()
    newsroom.show("small", State.FIRST)
    page.goto(WATCH)
    asked = addresses(page)
    play(page)
    plays_beyond(page, 1)
    newsroom.show("whole", State.WHOLE)
    until(page, SHARP)
    before = asked.count(WATCH)

    later(page)

    assert before >= 2
    assert asked.count(WATCH) == before


def test_a_page_of_whole_clips_never_asks_for_itself(newsroom, page):
    newsroom.show("whole", State.WHOLE)
    asked = addresses(page)
    page.goto(WATCH)
    play(page)

    plays_beyond(page, 6)

    assert asked.count(WATCH) == 1
    assert [path for path in asked if path.startswith("/static/js/growing")] == []


def test_a_page_whose_clip_nobody_plays_asks_for_nothing(newsroom, page):
    page.clock.install()
    newsroom.show("small", State.FIRST)
    asked = addresses(page)
    page.goto(WATCH)

    later(page)

    assert asked.count(WATCH) == 1


def test_a_press_of_play_takes_what_is_newest(newsroom, page, complaints):
    old = newsroom.show("small", State.GROWING)
    page.goto(WATCH)
    shutil.rmtree(old)
    newsroom.show("whole", State.WHOLE)

    play(page)
    plays_beyond(page, 1)

    assert page.evaluate(SOURCE) == named(newsroom, "clip.mp4")
    assert complaints == []


def test_a_withdrawn_clip_is_asked_for_no_more_and_plays_on(newsroom, page):
    page.clock.install()
    newsroom.show("small", State.FIRST)
    page.goto(WATCH)
    play(page)
    plays_beyond(page, 1)
    asked = addresses(page)

    newsroom.withdraw()
    later(page)
    now = of_video(page, "video.currentTime")
    later(page)
    plays_beyond(page, now + 1)

    assert asked.count(WATCH) == 1


def test_a_growing_clip_whose_stream_fails_says_so_and_plays_at_the_next_press(newsroom, page):
    folder = newsroom.show("small", State.GROWING)
    hidden = (folder / "master.m3u8").rename(folder / "hidden.m3u8")
    page.goto(WATCH)

    page.evaluate("document.querySelector('video').play().catch(() => undefined)")
    until(page, "document.querySelector('[data-preparing]').textContent.includes('again')")
    hidden.rename(folder / "master.m3u8")
    play(page)
    plays_beyond(page, 1)

    assert "follow by itself" in page.locator("[data-preparing]").inner_text()


def test_a_clip_whose_stream_fails_plays_its_mp4(newsroom, page):
    (newsroom.show("small", State.FIRST) / "master.m3u8").unlink()
    page.goto(WATCH)

    play(page)
    plays_beyond(page, 1)

    assert urlsplit(of_video(page, "video.currentSrc")).path == named(newsroom, "clip.mp4")


def test_the_mp4_goes_on_where_a_piece_of_the_stream_is_missing(newsroom, page):
    folder = newsroom.show("small", State.WHOLE)
    for piece in sorted(folder.glob("v180/*.m4s"))[2:]:
        piece.unlink()
    page.goto(WATCH)

    play(page)
    plays_beyond(page, 3)

    assert urlsplit(of_video(page, "video.currentSrc")).path == named(newsroom, "clip.mp4")


def test_a_clip_that_is_finished_at_its_address_gets_its_file_and_plays_on(newsroom, page):
    newsroom.show("small", State.GROWING)
    page.goto(WATCH)
    play(page)
    plays_beyond(page, 1)
    page.evaluate(WATCHED)

    Package.objects.update(state=State.FIRST, mp4_byte_size=900_000)
    newsroom.draw()
    until(page, "document.querySelector('[data-preparing]') === null")
    page.wait_for_timeout(500)

    assert page.evaluate(SOURCE) == named(newsroom, "clip.mp4")
    assert page.locator("figure li[data-file]").inner_text().startswith("Plays at 480p")
    assert page.evaluate("[window.seen.signs, window.seen.longest_ms < 500]") == [[], True]


def test_a_browser_that_follows_no_playlists_can_still_be_pressed(newsroom, page):
    page.add_init_script("HTMLMediaElement.prototype.canPlayType = () => '';")
    newsroom.show("small", State.GROWING)
    page.goto(WATCH)
    until(page, "document.querySelector('video').src.startsWith('blob:')")
    of_video(page, "video.muted = true")

    page.locator("video").press("Space")

    plays_beyond(page, 1)


def test_a_growing_clip_plays_without_javascript_where_the_browser_follows_playlists(
    newsroom, site, browser
):
    newsroom.show("small", State.GROWING)
    context = browser.new_context(base_url=site, java_script_enabled=False)
    page = context.new_page()
    page.goto(WATCH)

    play(page)
    plays_beyond(page, 1)
    line = page.locator("[data-preparing]").inner_text()
    context.close()

    assert "Reload the page later" in line


def test_av1_is_taken_where_it_plays_well(newsroom, page, complaints):
    newsroom.show("av1", State.WHOLE)
    page.goto(WATCH)
    asked = addresses(page)

    play(page)
    plays_beyond(page, 7)

    assert renditions(asked) == {"audio", "av1-360"}
    assert complaints == []


@pytest.mark.parametrize(
    "answer",
    [
        "{ supported: true, smooth: false, powerEfficient: true }",
        "{ supported: false, smooth: false, powerEfficient: false }",
    ],
)
def test_h264_is_taken_where_av1_does_not_play_well(newsroom, page, complaints, answer):
    page.add_init_script(f"navigator.mediaCapabilities.decodingInfo = async () => ({answer});")
    newsroom.show("av1", State.WHOLE)
    page.goto(WATCH)
    asked = addresses(page)

    play(page)
    plays_beyond(page, 7)

    assert renditions(asked) - {"v180"} == {"audio", "v360"}
    assert complaints == []


def test_av1_must_spare_the_battery_of_a_device_that_runs_on_it(newsroom, page):
    page.add_init_script("navigator.getBattery = async () => ({ charging: false });")
    page.add_init_script(
        "navigator.mediaCapabilities.decodingInfo = async () =>"
        " ({ supported: true, smooth: true, powerEfficient: false });"
    )
    newsroom.show("av1", State.WHOLE)
    page.goto(WATCH)
    asked = addresses(page)

    play(page)
    plays_beyond(page, 1)

    assert "av1-360" not in renditions(asked)


def test_a_clip_that_moves_up_keeps_its_codec(newsroom, page, complaints):
    newsroom.show("small", State.FIRST)
    page.goto(WATCH)
    asked = addresses(page)
    play(page)
    plays_beyond(page, 1)

    newsroom.show("av1", State.WHOLE)
    until(page, SHARP)

    assert "av1-360" not in renditions(asked)
    assert complaints == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("language", ["en", "ar"])
def test_the_line_under_a_growing_clip_is_no_barrier(newsroom, site, browser, language, scheme):
    newsroom.article.language = language
    newsroom.article.save()
    newsroom.show("small", State.GROWING)
    # The checker is a script that is not ours: only it may pass the policy.
    context = browser.new_context(base_url=site, color_scheme=scheme, bypass_csp=True)
    page = context.new_page()
    page.goto(WATCH)
    page.locator("[data-preparing]").wait_for()

    violations = Axe().run(page).response["violations"]
    context.close()

    assert [(found["id"], found["nodes"][0]["target"]) for found in violations] == []
