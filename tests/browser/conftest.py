"""A real browser in front of the whole site: public files first, Django behind them."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.test.testcases import LiveServerThread
from playwright.sync_api import Browser, Page, sync_playwright

from newsroom.front import PublicFiles, policy_text

# Playwright's event loop runs in the thread in which tests speak to the database.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    if CHROMIUM is None:
        if os.environ.get("CI") == "true":
            pytest.fail("no Chromium on PATH: install the package chromium")
        pytest.skip("no Chromium on PATH")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
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
    page.set_default_timeout(10_000)

    def listen(message):
        if message.type == "error":
            complaints.append(message.text)

    page.on("console", listen)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    yield page
    context.close()
