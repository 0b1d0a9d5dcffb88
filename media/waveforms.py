"""Waveforms: the outline of a clip's sound, for those who time its words by eye.

It is made from the package, so it shows no more than what the package says: what is muted there is
flat here. It lies in the database, some kilobytes for a minute, and never in `public`.
"""

import logging
from pathlib import Path

from media import jail, queue, stores
from media.core.encode_args import MP4_NAME
from media.errors import EncodingFailed
from media.models import Clip, Package, Waveform
from media.models.job import URGENT

logger = logging.getLogger(__name__)

KIND = "draw_waveform"
DRAWER = Path(__file__).resolve().parent / "jailed" / "waveform.py"
FAILED = "The sound's outline could not be drawn: the words can be timed by ear."


def limits_for(length_ms: int) -> jail.Limits:
    """A slow machine decodes sound at fifty times its speed."""
    wall_s = 60 + length_ms // 50_000
    return jail.Limits(wall_s=wall_s, cpu_s=wall_s, memory_bytes=2 * jail.GiB, file_bytes=0)


def of_package(package: Package) -> Waveform | None:
    """The outline of a package, or None: then it was asked for, and will be there in a moment.

    A package that still grows has no file to draw it from.
    """
    found = Waveform.objects.filter(package=package).first()
    if found is None and package.has_mp4:
        queue.request(KIND, package.clip_id, priority=URGENT)
    return found


def draw_waveform(clip_id: int, lease: queue.Lease) -> None:
    """Job: draw the outline of a clip's current package. Raises EncodingFailed."""
    clip = Clip.objects.select_related("current_package").get(pk=clip_id)
    package = clip.current_package
    if package is None or not package.has_mp4 or Waveform.objects.filter(package=package).exists():
        with lease.finishing():
            return
    peaks = _peaks(package, lease) if package.has_audio else b""
    with lease.finishing():
        if Package.objects.filter(pk=package.pk).exists():
            Waveform.objects.get_or_create(package=package, defaults={"peaks": peaks})


def _peaks(package: Package, lease: queue.Lease) -> bytes:
    with stores.localised("packages", f"{package.public_id}/{MP4_NAME}") as film:
        try:
            outcome = jail.run(
                jail.script(DRAWER, str(film)),
                limits=limits_for(package.duration_ms),
                reads=film,
                keep_going=lease.is_held,
            )
        except jail.Stopped as error:
            raise queue.LeaseLost from error
        except jail.JailError as error:
            raise EncodingFailed(FAILED) from error
    if outcome.returncode:
        logger.error("drawing a waveform ended with %d: %s", outcome.returncode, outcome.stderr)
        raise EncodingFailed(FAILED)
    return outcome.stdout
