"""Proof that what is to be hidden is hidden: the finished files are decoded and looked at.

An encoder's exit code proves nothing here either. Of every film, still and sheet the boxes are
measured at their ends, at their keys and between; of every sound the muted spans. A package that
fails is thrown away, and readers never meet it.
"""

import json
import logging
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from media import jail
from media.core.encode_args import (
    MP4_NAME,
    POSTER_NAME,
    SMALL_STILL_NAME,
    STILL_NAME,
    STORYBOARD_NAME,
)
from media.core.filters import frame_ms
from media.core.tracks import Area, Box, looks
from media.errors import EncodingFailed
from media.planning import Plan
from media.proving import CODEC_WHITELIST

logger = logging.getLogger(__name__)

LOOKER = Path(__file__).resolve().parent / "jailed" / "hidden.py"
MOST_DEVIATION = 4
"""Of 255: what an encoder may make of black."""
LOUDEST_DB = -80
# A moment at either end of a muted span, in which a decoder fades what it heard before.
FADE_MS = 5
MOST_PICTURES = 40
UNPROVED = (
    "What is to be hidden could not be proved to be hidden, so nothing of this version is shown: "
    "draw the boxes larger, or report it with the log."
)


def prove(
    folder: Path, plan: Plan, *, films: Sequence[str], sounds: Sequence[str]
) -> dict[str, Any]:
    """Look at every film and sound by name, and at the pictures, below an absolute folder.

    The proof as it is kept with the package; empty where nothing is to be hidden. Raises
    EncodingFailed where a box deviates from black, a muted span is heard, or a box that is in the
    clip could not be looked at.
    """
    if not plan.cut.hides:
        return {}
    boxes = [box.moved(-plan.cut.start_ms) for box in plan.cut.boxes]
    mutes = _mutes(plan)
    options: dict[str, Any] = {
        "films": [*films, MP4_NAME] if boxes else [],
        "looks": _looks(boxes, plan),
        "pictures": _pictures(folder, boxes, plan) if boxes else [],
        "sounds": [*sounds, MP4_NAME] if mutes and sounds else [],
        "mutes": mutes,
        "codec_whitelist": CODEC_WHITELIST,
    }
    found = _look(folder, options, plan.length_ms)
    proof = _told(found)
    seen = {at_ms for name, at_ms, _ in found["boxes"] if name in options["films"]}
    missing = {at_ms for at_ms, _ in options["looks"]} - seen
    if missing or proof["deviation"] > MOST_DEVIATION or proof["level_db"] > LOUDEST_DB:
        logger.error("not hidden: %s, nothing seen at %s", proof, sorted(missing))
        raise EncodingFailed(UNPROVED)
    return proof


def _mutes(plan: Plan) -> list[list[int]]:
    """The muted spans in the clip's own time, as far as they lie in it."""
    spans = ((m.start_ms - plan.cut.start_ms, m.end_ms - plan.cut.start_ms) for m in plan.cut.mutes)
    inside = ((max(0, start), min(end, plan.length_ms)) for start, end in spans)
    return [[start + FADE_MS, end - FADE_MS] for start, end in inside if end - start > 2 * FADE_MS]


def _looks(boxes: Sequence[Box], plan: Plan) -> list[list[object]]:
    """Each moment, and the areas that are to be black then."""
    frame = frame_ms(plan.probe)
    moments = {ms for box in boxes for ms in looks(box, frame) if 0 <= ms < plan.length_ms - frame}
    found = [[ms, _areas(boxes, ms, plan.cut.crop)] for ms in sorted(moments)]
    return [look for look in found if look[1]]


def _areas(boxes: Sequence[Box], ms: float, crop: Area | None) -> list[Area]:
    """Where there are boxes at a moment, in fractions of the cropped picture."""
    there = (box.at(ms) for box in boxes if box.start_ms <= ms < box.end_ms)
    return [area for area in (one.within(crop) for one in there) if area is not None]


def _pictures(folder: Path, boxes: Sequence[Box], plan: Plan) -> list[list[object]]:
    """The poster, the stills and the tiles of the sheet that show a moment of a box."""
    pictures, crop = plan.pictures, plan.cut.crop
    sheet = pictures.storyboard
    found: list[list[object]] = [
        [POSTER_NAME, pictures.poster_ms, None, _areas(boxes, pictures.poster_ms, crop)]
    ]
    for number in range(plan.length_ms // pictures.stills_every_ms + 1):
        at_ms = number * pictures.stills_every_ms
        areas = _areas(boxes, at_ms, crop)
        found += [[name % number, at_ms, None, areas] for name in (STILL_NAME, SMALL_STILL_NAME)]
    for number in range(sheet.count):
        row, column = divmod(number, sheet.columns)
        tile = [
            column * sheet.tile_width,
            row * sheet.tile_height,
            sheet.tile_width,
            sheet.tile_height,
        ]
        at_ms = number * sheet.every_ms
        found.append([STORYBOARD_NAME, at_ms, tile, _areas(boxes, at_ms, crop)])
    shown = [picture for picture in found if picture[3] and (folder / str(picture[0])).is_file()]
    step = max(1, len(shown) // MOST_PICTURES)
    return [shown[0], *shown[1::step]] if shown else []


def _look(folder: Path, options: Mapping[str, object], length_ms: int) -> dict[str, list[Any]]:
    wall_s = 120 + length_ms // 100
    limits = jail.Limits(
        wall_s=wall_s, cpu_s=2 * wall_s, memory_bytes=4 * jail.GiB, file_bytes=0, nice=5
    )
    program = jail.script(LOOKER, str(folder), json.dumps(options))
    try:
        outcome = jail.run(program, limits=limits, reads=folder)
        if outcome.returncode:
            logger.error("looking ended with %d: %s", outcome.returncode, outcome.stderr[-500:])
            raise EncodingFailed(UNPROVED)
        told = json.loads(outcome.stdout)
        return {
            name: [(str(a), int(b), float(c)) for a, b, c in told[name]]
            for name in ("boxes", "mutes")
        }
    except (jail.JailError, ValueError, TypeError, KeyError) as error:
        raise EncodingFailed(UNPROVED) from error


def _told(found: Mapping[str, list[tuple[str, int, float]]]) -> dict[str, Any]:
    """What is kept: how many places were looked at, and the worst of them."""
    boxes, mutes = found["boxes"], found["mutes"]
    return {
        "looks": len(boxes),
        "deviation": round(max((value for _, _, value in boxes), default=0.0), 1),
        "spans": len(mutes),
        "level_db": round(max((value for _, _, value in mutes), default=-120.0), 1),
    }
