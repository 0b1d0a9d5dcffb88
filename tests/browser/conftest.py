"""A real browser in front of the whole site: public files first, Django behind them."""

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import urlopen

import pytest
from django.conf import settings as django_settings
from django.test.testcases import LiveServerThread
from playwright.sync_api import Browser, Page, Playwright, sync_playwright

from newsroom.front import PublicFiles, policy_text
from tests.browser import desk
from tests.browser.films import Rung, film

# Playwright's event loop runs in the thread in which tests speak to the database.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
ROOT = Path(__file__).resolve().parents[2]
PATIENCE_S = 60
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="session")
def driver() -> Iterator[Playwright]:
    """What starts browsers."""
    if CHROMIUM is None:
        if os.environ.get("CI") == "true":
            pytest.fail("no Chromium on PATH: install the package chromium")
        pytest.skip("no Chromium on PATH")
    with sync_playwright() as playwright:
        yield playwright


@pytest.fixture(scope="session")
def browser(driver: Playwright) -> Iterator[Browser]:
    chromium = driver.chromium.launch(executable_path=CHROMIUM, args=QUIET)
    yield chromium
    chromium.close()


@pytest.fixture
def site(transactional_db, stores_of_its_own: Path, static_root: Path) -> Iterator[str]:
    """The address of the site, served as in production; the test database is a file."""
    public = stores_of_its_own / "public"
    shutil.copytree(static_root, public / "static")
    policy = policy_text(django_settings.CONTENT_SECURITY_POLICY["DIRECTIVES"])
    server = LiveServerThread("127.0.0.1", lambda app: PublicFiles(app, public, policy=policy))
    server.daemon = True
    server.start()
    server.is_ready.wait()
    if server.error:
        raise server.error
    yield f"http://127.0.0.1:{server.port}"
    server.terminate()


@pytest.fixture
def complaints() -> list[str]:
    """What the browser complained of while the test's page was open."""
    return []


@pytest.fixture
def page(browser: Browser, site: str, complaints: list[str]) -> Iterator[Page]:
    """A page of a browser without history; its addresses start at the site."""
    context = browser.new_context(base_url=site)
    page = context.new_page()
    page.set_default_timeout(30_000)

    def listen(message):
        if message.type == "error":
            complaints.append(message.text)

    page.on("console", listen)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    yield page
    context.close()


def until(page, condition):
    """Wait in this process: a page without scripts cannot wait by itself."""
    deadline = time.monotonic() + 20
    while not (value := page.evaluate(condition)):
        assert time.monotonic() < deadline, f"never came true: {condition}"
        page.wait_for_timeout(50)
    return value


def tab_to(page, selector):
    """Go on with the Tab key alone until that has the focus; fails if it cannot be reached."""
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("one => document.activeElement.matches(one)", selector):
            return
    raise AssertionError(f"the Tab key does not lead to {selector}")


@pytest.fixture(scope="session")
def two_rungs(tmp_path_factory) -> Path:
    """A package's folder: the same film in two heights."""
    rungs = [Rung("v360", 360, 200), Rung("v180", 180, 120)]
    return film(tmp_path_factory.mktemp("film"), rungs)


@pytest.fixture(scope="session")
def tone(tmp_path_factory) -> Path:
    """Six seconds of grey with a sound, as the desk plays them."""
    return desk.tone(tmp_path_factory.mktemp("tone") / "clip.mp4")


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture(scope="session")
def demo(tmp_path_factory):
    """The address of the demo, loaded and served as in production, in a folder of its own."""
    port = free_port()
    origin = f"http://127.0.0.1:{port}"
    environment = {
        **os.environ,
        "NEWSROOM_DATA_DIR": str(tmp_path_factory.mktemp("demo")),
        "NEWSROOM_BASE_URL": origin,
        "DJANGO_SETTINGS_MODULE": "newsroom.settings",
        # Two sizes are enough to move from one to the other.
        "NEWSROOM_TALLEST": "360",
    }
    environment.pop("DATABASE_URL", None)
    options = {"cwd": ROOT, "env": environment, "stdout": subprocess.DEVNULL}
    subprocess.run([sys.executable, "manage.py", "demo"], **options, check=True, timeout=300)
    server = [sys.executable, "-m", "granian", "--interface", "wsgi", "--port", str(port)]
    process = subprocess.Popen(
        [*server, "--blocking-threads", "32", "newsroom.wsgi:application"],
        **options,
        stderr=subprocess.DEVNULL,
    )
    try:
        wait_for(origin, process)
        yield origin
    finally:
        process.terminate()
        process.wait(timeout=30)


def wait_for(origin, process):
    deadline = time.monotonic() + PATIENCE_S
    while True:
        try:
            return urlopen(f"{origin}/", timeout=5).close()
        except OSError:
            assert process.poll() is None and time.monotonic() < deadline, "the server is not up"
            time.sleep(0.1)


class Reader:
    """A page of a browser without history, and what it fetched and complained of."""

    def __init__(self, browser, origin, **options):
        self.origin = origin
        self.context = browser.new_context(base_url=origin, **options)
        self.page = self.context.new_page()
        self.page.set_default_timeout(15_000)
        self.fetched, self.complaints = [], []
        self.page.on("request", lambda request: self.fetched.append(request.url))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("console", self.hear)

    def hear(self, message):
        if message.type in ("error", "warning"):
            self.complaints.append(message.text)

    def elsewhere(self):
        """What was fetched from another place than the site; addresses inside the page are none."""
        return [
            url
            for url in self.fetched
            if not url.startswith((f"{self.origin}/", f"blob:{self.origin}/", "data:"))
        ]

    def names(self):
        return [urlsplit(url).path.rsplit("/", 1)[-1] for url in self.fetched]


@pytest.fixture
def reader_with(browser, demo):
    """Makes readers; in the end, none of them may have met anything foreign, or a complaint."""
    readers = []

    def make(**options):
        readers.append(Reader(browser, demo, **options))
        return readers[-1]

    yield make
    for reader in readers:
        cookies = reader.context.cookies()
        reader.context.close()
        assert (reader.elsewhere(), reader.complaints, cookies) == ([], [], [])
