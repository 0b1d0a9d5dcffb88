"""Posters: the picture of a clip in the sizes and formats that pages ask for.

They are drawn from the poster itself: it has been covered, scanned and proved, and no other frame
can slip in. They cost about as much as a twentieth of an encode, so nobody waits for them: a page
shows the poster until the version of the package comes that has them.
"""

import json
import logging
import sys
from pathlib import Path

from media import jail, queue, revising
from media.core import poster_forms
from media.core.encode_args import POSTER_NAME
from media.errors import EncodingFailed
from media.models import Package
from media.packaging import Making
from media.planning import Plan

logger = logging.getLogger(__name__)

DRAWER = Path(__file__).resolve().parent / "jailed" / "posters.py"
LIMITS = jail.Limits(
    wall_s=120, cpu_s=60, memory_bytes=2 * jail.GiB, file_bytes=8 * jail.MiB, nice=19
)
FAILED = "The poster could not be drawn in other sizes: try again, and report it with the log."


def draw_posters(clip_id: int, lease: queue.Lease) -> None:
    """Job: make a version of a clip's package with the forms of its poster, if it has none."""
    revising.revise(clip_id, lease, is_wanted=_is_wanted, fill=_fill)


def _is_wanted(_: Plan, package: Package) -> bool:
    return package.lacks_posters


def _fill(making: Making, current: Package) -> None:
    making.take_over(current)
    draw(making)


def draw(making: Making) -> None:
    """Put the forms of a poster into the folder in which it lies. Raises EncodingFailed."""
    folder = making.folder / poster_forms.FOLDER
    folder.mkdir()
    poster = making.folder / POSTER_NAME
    options = {"widths": poster_forms.WIDTHS, "quality": poster_forms.QUALITY}
    program = [sys.executable, "-I", str(DRAWER), str(poster), json.dumps(options)]
    try:
        outcome = jail.run(program, limits=LIMITS, reads=poster, writes=folder)
    except jail.JailError as error:
        raise EncodingFailed(FAILED) from error
    if outcome.returncode:
        logger.error("drawing posters ended with %d: %s", outcome.returncode, outcome.stderr[-500:])
        raise EncodingFailed(FAILED)
    widths = poster_forms.widths_there({path.name for path in folder.iterdir()})
    making.pictures = {**making.pictures, poster_forms.FOLDER: widths}
