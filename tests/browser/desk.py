"""A clip with a small film at the desk, and an editor in front of it."""

import shutil
import subprocess
from pathlib import Path

import imageio_ffmpeg
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings

from media.models import Clip, Waveform
from tests.browser.barriers import look
from tests.browser.editors import sign_in
from tests.factories import a_ready_clip

STEPS = 120


def tone(path: Path) -> Path:
    """Six seconds of grey with a sound."""
    inputs = ["-f", "lavfi", "-i", "color=gray:s=160x90:r=25:d=6"]
    inputs += ["-f", "lavfi", "-i", "sine=440:d=6"]
    options = ["-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-c:a", "aac"]
    program = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-y"]
    subprocess.run([*program, *inputs, *options, str(path)], check=True, timeout=60)
    return path


def a_clip_at_the_desk(film: Path, **fields) -> Clip:
    """A ready clip whose package is that film, the outline of its sound drawn."""
    clip = a_ready_clip(**fields)
    folder = settings.STORAGES["packages"]["OPTIONS"]["location"] / clip.current_package.public_id
    shutil.copyfile(film, folder / "clip.mp4")
    Waveform.objects.create(package=clip.current_package, peaks=bytes([90] * STEPS))
    return clip


def sit_down(page, address, ready):
    """Sign in as an editor and open a page, until its scripts have run."""
    sign_in(page)
    page.goto(address)
    page.locator(f"{ready}[data-ready]").wait_for()


def barriers(page):
    """What stands in somebody's way on a page, on phones and desks, light and dark."""
    page.evaluate("document.querySelectorAll('details').forEach((one) => (one.open = true))")
    page.evaluate(Axe().axe_script)
    # The admin's links change their colour in a moment of their own.
    page.add_style_tag(content="* { transition: none !important; }")
    found = {}
    look(page, "page", found)
    return found
