"""Lettering: lines of text as pixels, shaped, and in the order in which they are read.

HarfBuzz chooses, joins and places the glyphs, python-bidi says which run stands where. Pillow could
do it by itself only where the system has FriBidi, and a server may have none. The faces lie beside
this module, because no system font can be counted on; the first that has a character draws it.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from pathlib import Path
from unicodedata import bidirectional, combining

import uharfbuzz as hb
from bidi import algorithm
from PIL import Image

FOLDER = Path(__file__).resolve().parent / "fonts"
# Latin, Greek, Cyrillic and Hebrew; then Arabic and its kin, whose letters are drawn smaller there.
FACES = {"OpenSans-SemiBold.ttf": 1.0, "Vazirmatn-SemiBold.ttf": 1.12}
# HarfBuzz counts in whole numbers: so many of them to a pixel.
FINE = 64
ELLIPSIS = "…"
# Ends of paragraphs, and orders to a bidirectional text: python-bidi stumbles over some of them.
ORDERS = ("LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI", "B", "S")


@dataclass(frozen=True)
class Run:
    """Characters in a row that one face draws in one direction, in the order of speech."""

    text: str
    face: int
    level: int


@dataclass(frozen=True)
class Line:
    """A line that has been set. ``width`` is in pixels; ``glyphs`` are face, glyph, x and y, those
    in fractions of a pixel."""

    size: int
    width: int
    glyphs: tuple[tuple[int, int, int, int], ...]


@cache
def _fonts(size: int) -> tuple[hb.Font, ...]:
    fonts = tuple(hb.Font(face) for face in _faces())
    for font, factor in zip(fonts, FACES.values(), strict=True):
        font.scale = (round(size * FINE * factor),) * 2
    return fonts


@cache
def _faces() -> tuple[hb.Face, ...]:
    return tuple(hb.Face(hb.Blob.from_file_path(str(FOLDER / name))) for name in FACES)


@cache
def _face_of(character: str) -> int | None:
    """The number of the first face that has a character."""
    fonts = _fonts(16)
    return next((n for n, font in enumerate(fonts) if font.get_nominal_glyph(ord(character))), None)


def can_be_drawn(text: str) -> bool:
    """Whether the faces have every letter and digit of a text.

    >>> can_be_drawn("Mosul, الموصل, Київ"), can_be_drawn("東京")
    (True, False)
    """
    return all(_face_of(character) is not None for character in text if character.isalnum())


def set_line(text: str, size: int, *, rtl: bool) -> Line:
    """Set one line; what no face has is left out.

    ``size`` is the height of an em in pixels; ``rtl`` means read from right to left.
    """
    glyphs: list[tuple[int, int, int, int]] = []
    x = 0
    for run in _in_order_of_sight(_runs(text, rtl=rtl)):
        for glyph, at, y, advance in _shaped(run, size):
            glyphs.append((run.face, glyph, x + at, y))
            x += advance
    return Line(size, -(-x // FINE), tuple(glyphs))


def wrap(text: str, size: int, width: int, *, rtl: bool) -> list[str]:
    """Lines of whole words, none wider than ``width`` pixels unless a single word is."""
    lines: list[str] = []
    for word in text.split():
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and set_line(longer, size, rtl=rtl).width <= width:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines


def cut(text: str, size: int, width: int, *, rtl: bool) -> str:
    """As much of a text as goes into one line, with an ellipsis where something is left out."""
    if set_line(text, size, rtl=rtl).width <= width:
        return text
    while text and set_line(text + ELLIPSIS, size, rtl=rtl).width > width:
        text = text[:-1].rstrip()
    return text + ELLIPSIS


def draw(image: Image.Image, line: Line, x: int, baseline: int, colour: str) -> None:
    """Draw a line that begins ``x`` pixels from the left; its letters stand on ``baseline``."""
    raster = hb.RasterDraw()
    raster.scale_factor = (FINE, FINE)
    fonts = _fonts(line.size)
    for face, glyph, at, y in line.glyphs:
        raster.transform = (1, 0, 0, 1, at, y)
        raster.draw_glyph(fonts[face], glyph)
    drawn = raster.render()
    about = drawn.extents if drawn else None
    if about is None or not about.width:
        return
    mask = Image.frombytes(
        "L", (about.width, about.height), drawn.buffer, "raw", "L", about.stride, -1
    )
    place = (x + about.x_origin, baseline - about.y_origin - about.height)
    image.paste(colour, (*place, place[0] + about.width, place[1] + about.height), mask)


def _runs(text: str, *, rtl: bool) -> list[Run]:
    """A line cut where the direction or the face changes; what nobody can draw is left out."""
    levels = _levels(text, rtl=rtl)
    faces: list[tuple[str, int, int]] = []
    for character, level in levels:
        face = _face_of(character)
        if faces and (combining(character) or bidirectional(character) in ("WS", "CS", "ON", "BN")):
            # Marks and signs belong to the letters before them, if these have them.
            before = faces[-1][1]
            if _fonts(16)[before].get_nominal_glyph(ord(character)):
                face = before
        if face is not None:
            faces.append((character, face, level))
    return [
        Run("".join(character for character, *_ in group), face, level)
        for (face, level), group in groupby(faces, key=lambda found: found[1:])
    ]


def _levels(text: str, *, rtl: bool) -> list[tuple[str, int]]:
    """Each character with its level: odd where it is read from right to left (UAX #9)."""
    text = "".join(character for character in text if bidirectional(character) not in ORDERS)
    if not text:
        return []
    storage = algorithm.get_empty_storage()
    storage["base_level"], storage["base_dir"] = int(rtl), "LR"[rtl]
    algorithm.get_embedding_levels(text, storage)
    algorithm.explicit_embed_and_overrides(storage)
    algorithm.resolve_weak_types(storage)
    algorithm.resolve_neutral_types(storage, False)
    algorithm.resolve_implicit_levels(storage, False)
    return [(found["ch"], found["level"]) for found in storage["chars"]]


def _in_order_of_sight(runs: list[Run]) -> list[Run]:
    """From left to right: rule L2, for whole runs."""
    for level in range(max((run.level for run in runs), default=0), 0, -1):
        runs = [
            run
            for _, group in groupby(runs, key=lambda run: run.level >= level)
            for run in _turned(list(group), level)
        ]
    return runs


def _turned(runs: list[Run], level: int) -> list[Run]:
    return runs[::-1] if runs[0].level >= level else runs


def _shaped(run: Run, size: int) -> Iterator[tuple[int, int, int, int]]:
    """The glyphs of a run from left to right: number, shift in x and y, advance."""
    buffer = hb.Buffer()
    buffer.add_str(run.text)
    buffer.guess_segment_properties()
    buffer.direction = "rtl" if run.level % 2 else "ltr"
    hb.shape(_fonts(size)[run.face], buffer)
    pairs: Iterable = zip(buffer.glyph_infos, buffer.glyph_positions, strict=True)
    for info, place in pairs:
        yield info.codepoint, place.x_offset, place.y_offset, place.x_advance
