"""Posters: the picture of a clip in the sizes and formats that pages ask for.

They are drawn from the poster itself: it has been covered, scanned and proved, and no other frame
can slip in. They cost about as much as a twentieth of an encode, so nobody waits for them where a
version of the package with AV1 is still to come: a page shows the poster until then.
"""

import json
import logging
from pathlib import Path

from media import jail
from media.core import poster_forms
from media.core.encode_args import POSTER_NAME
from media.errors import EncodingFailed

logger = logging.getLogger(__name__)

DRAWER = Path(__file__).resolve().parent / "jailed" / "posters.py"
LIMITS = jail.Limits(
    wall_s=120, cpu_s=60, memory_bytes=2 * jail.GiB, file_bytes=8 * jail.MiB, nice=19
)
FAILED = "The poster could not be drawn in other sizes: try again, and report it with the log."


def draw(package: Path) -> list[int]:
    """Put the forms of a poster into the folder in which it lies; the widths that there are.

    Raises EncodingFailed.
    """
    folder = package / poster_forms.FOLDER
    folder.mkdir()
    poster = package / POSTER_NAME
    options = {"widths": poster_forms.WIDTHS, "quality": poster_forms.QUALITY}
    program = jail.script(DRAWER, str(poster), json.dumps(options))
    try:
        outcome = jail.run(program, limits=LIMITS, reads=poster, writes=folder)
    except jail.JailError as error:
        raise EncodingFailed(FAILED) from error
    if outcome.returncode:
        logger.error("drawing posters ended with %d: %s", outcome.returncode, outcome.stderr[-500:])
        raise EncodingFailed(FAILED)
    return poster_forms.widths_there({path.name for path in folder.iterdir()})
