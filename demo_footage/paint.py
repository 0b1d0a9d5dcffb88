"""What the three scenes share: flat shapes, light, the hand-held camera, label and title card.

Scenes paint a canvas that is ``MARGIN`` pixels larger than the frame on every side, so that the
camera may shake without showing an edge. Colours are ``(red, green, blue)``, 0 to 255.
"""

import itertools
import math
from collections.abc import Sequence
from typing import NamedTuple

from PIL import Image, ImageChops, ImageDraw, ImageFilter, ImageFont

from demo_footage.chance import ramp, seeded, wobble

Colour = tuple[int, int, int]
Point = tuple[float, float]

MARGIN = 40
# Shapes are drawn this much larger and reduced, because Pillow's polygons have hard edges.
FINE = 2
TITLE_MS = 1500
FADE_MS = 350
GRAIN_MS = 160
LABEL = "RECONSTRUCTION FOR DEMONSTRATION"

INK = (11, 16, 25)
BONE = (240, 230, 208)
AMBER = (240, 164, 66)


class Sway(NamedTuple):
    """Where the hand holds the phone: offset in pixels, tilt in radians, and zoom."""

    x: float
    y: float
    tilt: float
    zoom: float = 1.0


class Layer:
    """A transparent sheet of flat shapes, given in canvas pixels."""

    def __init__(self, size: tuple[int, int]):
        self._sheet = Image.new("RGBA", (size[0] * FINE, size[1] * FINE))
        self._draw = ImageDraw.Draw(self._sheet)

    def shape(self, points: Sequence[Point], colour: Colour, alpha: int = 255) -> None:
        self._draw.polygon([(x * FINE, y * FINE) for x, y in points], fill=(*colour, alpha))

    def box(self, left: float, top: float, right: float, bottom: float, colour: Colour) -> None:
        self.shape([(left, top), (right, top), (right, bottom), (left, bottom)], colour)

    def disc(self, x: float, y: float, radius: float, colour: Colour, alpha: int = 255) -> None:
        self.oval(x, y, radius, radius, colour, alpha)

    def oval(
        self, x: float, y: float, wide: float, high: float, colour: Colour, alpha: int = 255
    ) -> None:
        edges = [(x - wide) * FINE, (y - high) * FINE, (x + wide) * FINE, (y + high) * FINE]
        self._draw.ellipse(edges, fill=(*colour, alpha))

    def line(self, points: Sequence[Point], width: float, colour: Colour) -> None:
        fine = [(x * FINE, y * FINE) for x, y in points]
        self._draw.line(fine, fill=(*colour, 255), width=round(width * FINE), joint="curve")

    def wire(self, start: Point, end: Point, sag: float, colour: Colour) -> None:
        """Draw a cable that hangs ``sag`` pixels below the straight line at its middle."""
        shares = [step / 24 for step in range(25)]
        across = [start[0] + (end[0] - start[0]) * share for share in shares]
        down = [start[1] + (end[1] - start[1]) * s + sag * 4 * s * (1 - s) for s in shares]
        self.line(list(zip(across, down, strict=True)), 1.5, colour)

    def done(self) -> Image.Image:
        """Return the sheet at canvas size, its edges smooth."""
        return self._sheet.reduce(FINE)


def gradient(size: tuple[int, int], stops: Sequence[tuple[float, Colour]]) -> Image.Image:
    """Return a vertical gradient; each stop is a share of the height (0 to 1) and a colour."""
    column = Image.new("RGB", (1, size[1]))
    for y in range(size[1]):
        column.putpixel((0, y), _between(stops, y / size[1]))
    return column.resize(size)


def _between(stops: Sequence[tuple[float, Colour]], place: float) -> Colour:
    for (start, above), (end, below) in itertools.pairwise(stops):
        if place <= end:
            return blend(above, below, max(0.0, (place - start) / (end - start)))
    return stops[-1][1]


def blend(one: Colour, other: Colour, share: float) -> Colour:
    """Mix two colours: ``share`` 0 gives ``one``, 1 gives ``other``."""
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(one, other, strict=True))
    return red, green, blue


def halo(wide: int, high: int) -> Image.Image:
    """Return a soft light as a mask: bright in the middle, nothing at the rim."""
    # Pillow's gradient is at its brightest in the corners: 180 is where it meets the sides.
    fall = [round(255 * max(0.0, 1 - v / 180) ** 1.5) for v in range(256)]
    spot = Image.radial_gradient("L").point(fall)
    return spot.resize((wide, high), Image.Resampling.BICUBIC)


def shine(
    canvas: Image.Image, mask: Image.Image, middle: Point, colour: Colour, power: float
) -> None:
    """Add light of ``colour`` to the canvas around ``middle``; ``power`` is 0 to 1."""
    left, top = round(middle[0] - mask.width / 2), round(middle[1] - mask.height / 2)
    area = (left, top, left + mask.width, top + mask.height)
    tint = [mask.point([round(v * part * power / 255) for v in range(256)]) for part in colour]
    lit = ImageChops.screen(canvas.crop(area), Image.merge("RGB", tint))
    canvas.paste(lit, (left, top))


def handheld(at_ms: int, unrest: float, seed: int) -> Sway:
    """Return the sway of a phone held in the hand; ``unrest`` 1 is a calm hand."""
    seconds = at_ms / 1000
    drift = wobble(seconds, seed, 0.35), wobble(seconds, seed + 3, 0.3)
    tremble = wobble(seconds, seed + 5, 2.1), wobble(seconds, seed + 8, 2.4)
    x, y = ((7 * slow + 1.6 * quick) * unrest for slow, quick in zip(drift, tremble, strict=True))
    return Sway(x, y, 0.004 * unrest * wobble(seconds, seed + 11, 0.4))


def film(canvas: Image.Image, size: tuple[int, int], sway: Sway) -> Image.Image:
    """Return the part of the canvas that the swaying camera sees."""
    cosine, sine = math.cos(sway.tilt) / sway.zoom, math.sin(sway.tilt) / sway.zoom
    x, y = size[0] / 2, size[1] / 2
    left = canvas.width / 2 + sway.x - cosine * x + sine * y
    top = canvas.height / 2 + sway.y - sine * x - cosine * y
    view = (cosine, -sine, left, sine, cosine, top)
    return canvas.transform(size, Image.Transform.AFFINE, view, Image.Resampling.BICUBIC)


def font(name: str, size: int) -> ImageFont.FreeTypeFont:
    """Load an installed font, or the one nearly every system has."""
    try:
        return ImageFont.truetype(f"{name}.ttf", size)
    except OSError:
        return ImageFont.truetype("DejaVuSans-Bold.ttf", size)


class Finish:
    """The last touch on every frame: vignette, grain, title card, label, fade at the end."""

    def __init__(self, size: tuple[int, int], title: str, length_ms: int):
        self._length_ms = length_ms
        self._vignette = _vignette(size)
        self._grains = [_grain(size, seed) for seed in range(7)]
        self._card = _title_card(size, title)
        self._label = _label(size)
        self._night = Image.new("RGB", size, INK)

    def apply(self, frame: Image.Image, at_ms: int) -> Image.Image:
        card = 1 - ramp(at_ms, TITLE_MS, TITLE_MS + FADE_MS)
        dark = ramp(at_ms, self._length_ms - 700, self._length_ms - 100)
        frame = ImageChops.multiply(frame, self._vignette)
        if dark:
            frame = Image.blend(frame, self._night, dark * 0.85)
        if card:
            frame = Image.blend(frame, self._card, card)
        # Grain that changed with every frame would cost as many bits as the drawing itself.
        grain = self._grains[at_ms // GRAIN_MS % len(self._grains)]
        frame = ImageChops.add(frame, grain, offset=-128)
        frame.paste(self._label, (0, 0), self._label)
        return frame


def _vignette(size: tuple[int, int]) -> Image.Image:
    spot = Image.radial_gradient("L").point([255 - round(v * v / 255 * 0.36) for v in range(256)])
    return spot.resize(size, Image.Resampling.BICUBIC).convert("RGB")


def _grain(size: tuple[int, int], seed: int) -> Image.Image:
    """Return film grain around mid-grey; one slab is turned about to give many."""
    slab = Image.frombytes("L", (256, 256), seeded(seed).randbytes(65536))
    fine = slab.filter(ImageFilter.GaussianBlur(0.7)).point(
        [128 + (v - 128) // 20 for v in range(256)]
    )
    sheet = Image.new("L", size)
    for left in range(0, size[0], 256):
        for top in range(0, size[1], 256):
            sheet.paste(fine, (left, top))
    return Image.merge("RGB", [sheet] * 3)


def _label(size: tuple[int, int]) -> Image.Image:
    """Return the strip that says, for the entire clip, that this is a reconstruction."""
    strip = Layer(size)
    left, top, high = 32, 32, 44
    letters = font("LiberationSansNarrow-Bold", 27)
    wide = spaced_width(LABEL, letters, 2)
    strip.shape(
        [(left, top), (left + wide + 56, top), (left + wide + 56, top + high), (left, top + high)],
        INK,
        alpha=205,
    )
    strip.box(left + 15, top + 15, left + 29, top + 29, AMBER)
    image = strip.done()
    spaced_text(ImageDraw.Draw(image), (left + 41, top + 22), LABEL, letters, 2, (*BONE, 255))
    return image


def spaced_width(text: str, letters: ImageFont.FreeTypeFont, gap: int) -> int:
    """Return the width in pixels of ``text`` set with ``gap`` pixels between its letters."""
    return round(sum(letters.getlength(letter) + gap for letter in text)) - gap


def spaced_text(draw, start: Point, text: str, letters, gap: int, colour) -> None:
    """Set letter-spaced ``text`` from ``start``, its middle on the line."""
    x, y = start
    for letter in text:
        draw.text((x, y), letter, colour, letters, anchor="lm")
        x += letters.getlength(letter) + gap


def _title_card(size: tuple[int, int], title: str) -> Image.Image:
    card = gradient(size, [(0, INK), (1, (24, 32, 46))])
    draw = ImageDraw.Draw(card)
    left, middle = round(size[0] * 0.09), round(size[1] * 0.46)
    draw.rectangle((left, middle - 96, left + 64, middle - 91), AMBER)
    draw.text((left, middle), title, BONE, font("NotoSerif-Bold", 58), anchor="ls")
    note = "Drawn for this demonstration.\nNot the footage of the news report."
    draw.multiline_text(
        (left, middle + 34), note, (168, 172, 178), font("NotoSans-Regular", 27), spacing=12
    )
    return card
