"""Footage comes through a bad line, a reload and a server that is killed, byte for byte.

Longer by hand, with what it took printed:

    NEWSROOM_UPLOAD_MIB=2048 NEWSROOM_UPLOAD_CUTS=50 NEWSROOM_UPLOAD_KILLS=2 pytest -s --timeout=0 …
"""

import hashlib
import os
import random
import re
import signal
import subprocess
import sys
import time
from pathlib import Path
from threading import Event
from urllib.request import urlopen

import pytest
from django.conf import settings
from django.db import connection
from django.urls import reverse

from media import queue, receiving, staging, stores
from media.models import Footage, Upload
from tests.browser import desk
from tests.browser.bad_line import BadLine
from tests.browser.conftest import ROOT, free_port
from tests.factories import a_person

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.xdist_group("browser"),
    pytest.mark.django_db(transaction=True),
]

MIB = 1 << 20
SIZE = int(os.environ.get("NEWSROOM_UPLOAD_MIB", "32")) * MIB
CUTS = int(os.environ.get("NEWSROOM_UPLOAD_CUTS", "4"))
KILLS = int(os.environ.get("NEWSROOM_UPLOAD_KILLS", "1"))
PATIENCE_MS = 60_000 + 60 * SIZE // MIB * 5
LARGEST = (SIZE // (1 << 30) + 1) << 30
# What a server may have more after a file than before it, whatever the file's size.
GROWTH_KIB = 28 * 1024


class Server:
    """A real server process in front of the test's own database and stores."""

    def __init__(self, data: Path) -> None:
        self.port = free_port()
        self.grown_kib: list[int] = []
        self.environment = {
            **os.environ,
            "NEWSROOM_DATA_DIR": str(data),
            "DATABASE_URL": f"sqlite://{connection.settings_dict['NAME']}",
            "NEWSROOM_KEPT_FREE": "0",
            "NEWSROOM_LARGEST_UPLOAD": str(LARGEST >> 30),
            # Whoever is signed in here is signed in there.
            "NEWSROOM_SECRET_KEY": settings.SECRET_KEY,
            "DJANGO_SETTINGS_MODULE": "newsroom.settings",
        }
        self.start()

    def start(self) -> None:
        options = ["--interface", "wsgi", "--port", str(self.port), "--blocking-threads", "16"]
        self.process = subprocess.Popen(
            [sys.executable, "-m", "granian", *options, "newsroom.wsgi:application"],
            cwd=ROOT,
            env=self.environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        deadline = time.monotonic() + 60
        while True:
            try:
                urlopen(f"http://127.0.0.1:{self.port}/admin/login/", timeout=5).close()
                break
            except OSError:
                assert self.process.poll() is None and time.monotonic() < deadline
                time.sleep(0.05)
        self.before_kib = self.memory("VmRSS")

    def memory(self, what: str) -> int:
        """Of the largest process of the server, in KiB."""
        group = os.getpgid(self.process.pid)
        found = [0]
        for status in Path("/proc").glob("[0-9]*/status"):
            try:
                if os.getpgid(int(status.parent.name)) == group:
                    found += re.findall(rf"{what}:\s+(\d+)", status.read_text())
            except OSError:
                continue
        return max(map(int, found))

    def kill(self, _line: object = None) -> None:
        """At once, without a word to anybody."""
        self.grown_kib.append(self.memory("VmHWM") - self.before_kib)
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(timeout=30)

    def kill_and_start(self, line: BadLine) -> None:
        self.kill()
        line.cut()
        self.start()


class Hold:
    """Keeps the line still for as long as a person looks at it."""

    def __init__(self) -> None:
        self.reached, self.go_on = Event(), Event()

    def __call__(self, line: BadLine) -> None:
        self.reached.set()
        assert self.go_on.wait(120)
        line.cut()


def big_file(folder: Path) -> tuple[Path, str]:
    """Bytes that cannot be guessed, in blocks, and their hash."""
    path, digest, chance = folder / "big.mov", hashlib.sha256(), random.Random(SIZE)
    with path.open("wb") as file:
        for _ in range(SIZE // MIB):
            block = chance.randbytes(MIB)
            digest.update(block)
            file.write(block)
    return path, digest.hexdigest()


def a_folder(folder: Path) -> Path:
    """With a film that is larger than what is taken, of no bytes on the disk, and a note."""
    card = folder / "card"
    card.mkdir()
    with (card / "huge.mov").open("wb") as file:
        file.truncate(LARGEST + 1)
    (card / "notes.txt").write_text("Who filmed this?")
    return card


def barriers_at(browser, address, cookies):
    """What stands in somebody's way where footage is received and found."""
    # The checker is a script that is not ours: only it may pass the policy.
    context = browser.new_context(base_url=address, bypass_csp=True)
    context.add_cookies(cookies)
    page, found = context.new_page(), {}
    for one in (
        reverse("admin:media_footage_add"),
        reverse("admin:media_footage_changelist") + "?q=Heron",
    ):
        page.goto(one)
        if wrong := desk.barriers(page):
            found[one] = wrong
    context.close()
    return found


def choose(page, *paths):
    page.locator("[data-receive][data-ready]").wait_for()
    page.locator("input[name=videos]").set_input_files([str(path) for path in paths])


def words_of(page, name):
    return page.locator(f".receive__batch .receive__row:has-text('{name}') [data-words]")


def test_a_large_file_arrives_through_broken_lines_a_reload_and_killed_servers(
    browser, client, stores_of_its_own, static_root, tmp_path, marked_clip
):
    (stores_of_its_own / "public").mkdir(exist_ok=True)
    (stores_of_its_own / "public" / "static").symlink_to(static_root)
    path, digest = big_file(tmp_path)
    chance, held = random.Random(os.environ.get("NEWSROOM_SEED", "7")), Hold()
    server = Server(stores_of_its_own)
    cuts = [(chance.randrange(SIZE // 10, SIZE), BadLine.cut) for _ in range(CUTS)]
    kills = [(SIZE * (2 * n + 1) // (2 * KILLS), server.kill_and_start) for n in range(KILLS)]
    line = BadLine(server.port, [*cuts, *kills, (SIZE // 3, held)])
    context = browser.new_context(base_url=line.address)
    complaints: list[str] = []
    try:
        page = context.new_page()
        page.set_default_timeout(PATIENCE_MS)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda said: "Policy" in said.text and complaints.append(said.text))
        client.force_login(a_person("ada", "archivists"))
        cookie = client.cookies[settings.SESSION_COOKIE_NAME].value
        context.add_cookies(
            [{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": line.address}]
        )
        began = time.monotonic()

        # Two files, and one word about both of them.
        page.goto(reverse("admin:media_footage_add"))
        choose(page, path, marked_clip.path)
        page.get_by_label("Source:", exact=True).fill("Heron")
        page.get_by_role("button", name="Receive").click()
        while not held.reached.is_set():
            page.wait_for_timeout(20)
        page.wait_for_timeout(300)
        words_of(page, "big.mov").filter(
            has_text=re.compile(r"\d %|trying again|Begins")
        ).wait_for()
        kept = page.evaluate("JSON.stringify([localStorage, sessionStorage])")

        # The page is loaded again while the line stands still; the server knows what it has.
        page.get_by_role("button", name="Pause all").click()
        words_of(page, "big.mov").filter(has_text="Paused").wait_for()
        held.go_on.set()
        page.reload()
        page.get_by_role("heading", name="Not whole yet").wait_for()
        choose(page, path)
        words_of(page, "big.mov").filter(has_text="Part of it is here already").wait_for()
        page.get_by_role("button", name="Receive").click()
        words_of(page, "big.mov").filter(has_text="is being looked at").wait_for()
        took_s = time.monotonic() - began

        # A worker looks at them.
        while queue.work_one(receiving.KIND, Upload.objects.values_list("pk", flat=True)):
            pass
        words_of(page, "big.mov").filter(has_text="cannot be used").wait_for()

        # A folder: what is no film is left out, what is too large is refused with its reason.
        page.goto(reverse("admin:media_footage_add"))
        page.locator("[data-receive][data-ready]").wait_for()
        page.locator("[data-folder]").set_input_files(a_folder(tmp_path))
        page.locator("[data-say]", has_text="Left out: 1 file that is no film").wait_for()
        page.get_by_role("button", name="Receive").click()
        words_of(page, "huge.mov").filter(
            has_text=f"at most {LARGEST >> 30} GiB are taken here"
        ).wait_for()
        found = barriers_at(browser, line.address, context.cookies())
        server.kill()
    finally:
        context.close()
        line.close()
        server.process.poll() is None and server.kill()
    print(
        f"{SIZE // MIB} MiB, {line.cuts} cuts, {KILLS} kills: {took_s:.1f} s, "
        f"{line.passed / SIZE:.3f} times its bytes sent, memory grown by {server.grown_kib} KiB"
    )

    big = Footage.objects.get(byte_size=SIZE)
    assert (big.sha256, big.original_name, big.source_alias) == (digest, "big.mov", "Heron")
    assert stores.sha256_of("originals", big.store_name) == digest
    assert line.troubles == []
    assert line.cuts >= CUTS + KILLS
    assert max(server.grown_kib) < GROWTH_KIB
    assert Upload.objects.filter(byte_size=SIZE).count() == 1
    assert (complaints, found) == ([], {})
    assert not re.search("tus|gate|big|upload", kept)
    assert staging.names() <= set(Upload.objects.values_list("public_id", flat=True))
