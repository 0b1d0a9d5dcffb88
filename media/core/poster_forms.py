"""The poster in the sizes and formats that pages ask for: names, and nothing else.

Beside ``poster.jpg`` a package has them in a folder of their own: ``posters/640.avif``.
"""

from collections.abc import Collection

FOLDER = "posters"
# From a card on a cheap phone to a wide one on a desk; a page offers them all.
WIDTHS = (320, 640, 960, 1280)
# In the order in which a page offers them: a browser takes the first that it knows.
AVIF, WEBP, JPEG = FORMATS = ("avif", "webp", "jpg")
QUALITY = {AVIF: 50, WEBP: 75, JPEG: 75}


def form_name(width: int, form: str) -> str:
    """The name of one file in a package.

    >>> form_name(640, AVIF)
    'posters/640.avif'
    """
    return f"{FOLDER}/{width}.{form}"


def widths_there(names: Collection[str]) -> list[int]:
    """The widths that are there in every format, given names of files in the folder.

    >>> widths_there(["320.avif", "320.webp", "320.jpg", "640.jpg", "link"])
    [320]
    """
    return [width for width in WIDTHS if all(f"{width}.{form}" in names for form in FORMATS)]
