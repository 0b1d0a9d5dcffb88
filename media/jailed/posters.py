"""Runs inside the jail: draws a poster in other sizes and formats, into the working directory.

    posters.py FILE OPTIONS-AS-JSON

FILE is a JPEG that ffmpeg drew from footage. OPTIONS: ``widths`` (pixels; wider ones than the
picture's own are left out) and ``quality`` (by format, which is the end of a file's name). Nothing
is written beside the picture: no EXIF, no XMP, no colour profile, no comment.
"""

import json
import sys
from pathlib import Path
from typing import Any

from PIL import Image

MOST_PIXELS = 1280 * 1280
FORMATS: dict[str, dict[str, Any]] = {
    "avif": {"format": "AVIF", "speed": 6, "max_threads": 1},
    "webp": {"format": "WEBP", "method": 6},
    "jpg": {"format": "JPEG", "optimize": True, "progressive": True},
}


def read(path: str) -> Image.Image:
    """The picture alone, in a new image that knows nothing of the file's other parts."""
    with Image.open(path, formats=["JPEG"]) as file:
        if file.width * file.height > MOST_PIXELS:
            raise ValueError("the poster is larger than any of ours")
        plain = Image.new("RGB", file.size)
        plain.paste(file.convert("RGB"))
    return plain


def draw(
    poster: Image.Image,
    widths: list[int],
    quality: dict[str, int],
    forms: dict[str, dict[str, Any]] = FORMATS,
) -> None:
    for width in widths:
        if width > poster.width:
            continue
        height = max(1, round(poster.height * width / poster.width))
        sized = poster.resize((width, height), Image.Resampling.LANCZOS)
        for form, grade in quality.items():
            sized.save(Path(f"{width}.{form}"), quality=grade, **forms[form])


if __name__ == "__main__":
    options = json.loads(sys.argv[2])
    draw(read(sys.argv[1]), options["widths"], options["quality"])
