"""Pictures in the text of a story: in which sizes they are drawn, and which ones are refused.

A picture that somebody hands in is never shown itself: it is drawn anew from its pixels, in a few
widths and formats, and nothing else of it is taken over.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from media.core.poster_forms import FORMATS, QUALITY

__all__ = ["FORMATS", "QUALITY", "REASONS", "WIDTHS", "Drawn", "read_facts", "widths_for"]

# From a cheap phone to the column of a story on a sharp screen.
WIDTHS = (400, 800, 1200, 1600)
# Pixels. What is narrower and longer is drawn narrower still: formats have a tallest picture.
TALLEST = 8000
MOST_PIXELS = 100_000_000
MOST_BYTES = 64 << 20

REASONS = {
    "empty": "This file is empty: choose it again where it came from.",
    "unknown": "This is no picture that can be read here: choose a JPEG, PNG, WebP or AVIF file.",
    "svg": "An SVG is a small program, and none is run for readers: save it as PNG, choose that.",
    "gif": "A GIF is not shown: hand in what moves as footage, and save what does not as PNG.",
    "heic": "HEIC pictures cannot be read here: share or save it as JPEG, and choose that.",
    "moving": "This picture moves: hand it in as footage, or save one moment of it as PNG.",
    "damaged": "This picture is damaged or cut off: fetch it again where it came from.",
    "large": f"This picture has more than {MOST_PIXELS // 1_000_000} megapixels: make it smaller.",
    "heavy": f"This file has more than {MOST_BYTES >> 20} MB: save the picture smaller, as JPEG.",
    "stopped": "This picture could not be drawn: open it, save it anew as JPEG, and choose that.",
}

KEY = re.compile(r"[\w .:-]{0,60}")
MOST_TEXTS = 5000


@dataclass(frozen=True)
class Drawn:
    """What drawing a picture found: ``width`` and ``height`` are the original's own, upright.

    ``sizes`` are those of the forms, the narrowest first. ``texts`` are the texts of its metadata
    as ``place``, ``name``, ``value``.
    """

    width: int
    height: int
    sizes: tuple[tuple[int, int], ...]
    texts: tuple[dict[str, str], ...]


def widths_for(width: int, height: int) -> list[int]:
    """The widths in pixels in which a picture of this size is drawn, never wider than itself.

    >>> widths_for(4000, 3000), widths_for(1000, 700), widths_for(300, 300)
    ([400, 800, 1200, 1600], [400, 800, 1000], [300])
    >>> widths_for(810, 600), widths_for(1600, 80_000), widths_for(1, 20_000)
    ([400, 810], [160], [1])
    """
    widest = max(1, min(width, WIDTHS[-1], TALLEST * width // height))
    # A form that is hardly narrower than the next one would be worth nothing.
    return [*(one for one in WIDTHS if one * 6 <= widest * 5), widest]


def read_facts(answer: Any) -> Drawn:
    """What the jailed drawing answered. It ran on hostile bytes: everything is looked at.

    Raises ValueError for what it cannot have said, with a key of REASONS for what it refused.
    """
    if not isinstance(answer, dict):
        raise ValueError("stopped")
    if "error" in answer:
        word = answer["error"]
        raise ValueError(word if isinstance(word, str) and word in REASONS else "stopped")
    try:
        sizes = tuple((_pixels(one[0]), _pixels(one[1])) for one in answer["sizes"])
        texts = tuple(map(_text, answer["texts"][:MOST_TEXTS]))
        width, height = _pixels(answer["width"]), _pixels(answer["height"])
    except (KeyError, IndexError, TypeError) as error:
        raise ValueError("stopped") from error
    if [one for one, _ in sizes] != widths_for(width, height):
        raise ValueError("stopped")
    return Drawn(width, height, sizes, texts)


def _pixels(value: Any) -> int:
    if not isinstance(value, int) or not 1 <= value <= MOST_PIXELS:
        raise ValueError("stopped")
    return value


def _text(found: Mapping[str, Any]) -> dict[str, str]:
    name, value = found["name"], found["value"]
    if not isinstance(name, str) or not KEY.fullmatch(name) or not isinstance(value, str):
        raise ValueError("stopped")
    return {"place": "picture", "name": name, "value": value}
