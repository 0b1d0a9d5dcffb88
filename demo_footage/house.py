"""The first scene: a street at night, and a house that begins to burn."""

import math
from functools import lru_cache
from typing import NamedTuple

from PIL import Image, ImageFilter

from demo_footage.chance import ramp, seeded, wobble
from demo_footage.paint import (
    MARGIN,
    Colour,
    Layer,
    Point,
    Sway,
    blend,
    film,
    gradient,
    halo,
    handheld,
    shine,
)

SIZE = (1280, 720)
FPS = 30
LENGTH_MS = 19000
CATCH_MS, BLAZE_MS = 6200, 12500
# The fire is drawn anew ten times a second, as by hand; the camera moves with every frame.
DRAWN_MS = 100

_CANVAS = (SIZE[0] + 2 * MARGIN, SIZE[1] + 2 * MARGIN)
_SKY = [(0, (16, 26, 46)), (0.4, (38, 54, 84)), (0.76, (112, 96, 118)), (1, (112, 96, 118))]
_FAR, _NEAR, _STREET = (62, 64, 90), (27, 34, 52), (36, 41, 58)
_WALL, _SHADE, _HOLE = (72, 76, 98), (50, 56, 78), (16, 20, 32)
_BLACK = (8, 11, 18)
_TONGUES: tuple[tuple[Colour, float], ...] = (
    ((196, 62, 34), 1.0),
    ((240, 132, 44), 0.7),
    ((255, 214, 128), 0.38),
)
_GROUND = 612


class Blaze(NamedTuple):
    """One fire: the middle of its foot, its width and height in pixels, when it starts."""

    x: float
    y: float
    wide: float
    high: float
    start_ms: int
    seed: int


_BLAZES = (
    Blaze(748, 270, 330, 190, 10200, 6),
    Blaze(624, 398, 104, 172, 9300, 4),
    Blaze(871, 398, 104, 186, 9000, 5),
    Blaze(624, 538, 104, 166, 7300, 2),
    Blaze(871, 538, 104, 176, 8000, 3),
    Blaze(748, 612, 88, 236, 6200, 1),
)
# Openings behind which the fire glows: left, top, right, bottom, and when it gets there.
_OPENINGS = (
    (576, 306, 672, 398, 9300),
    (823, 306, 919, 398, 9000),
    (576, 446, 672, 538, 7300),
    (823, 446, 919, 538, 8000),
    (712, 312, 784, 380, 9600),
    (706, 470, 790, 612, 6200),
)


class House:
    """Draws the street at any moment of the clip."""

    def __init__(self) -> None:
        self._back = gradient(_CANVAS, _SKY)
        _stars(self._back)
        self._paste(_far_town())
        self._house, self._front = _house(), _front()
        self._lit = _lit_ground()
        self._glow, self._wide_glow = halo(1000, 860), halo(1500, 1240)
        self._puff = halo(128, 128)

    def frame(self, at_ms: int) -> Image.Image:
        """Return the finished picture at ``at_ms``."""
        return film(self._canvas(at_ms - at_ms % DRAWN_MS), SIZE, self._sway(at_ms))

    @lru_cache(maxsize=1)  # noqa: B019 - the scene lives as long as the program
    def _canvas(self, at_ms: int) -> Image.Image:
        canvas = self._back.copy()
        heat = ramp(at_ms, CATCH_MS, BLAZE_MS) * (0.9 + 0.1 * wobble(at_ms / 1000, 2, 3.0))
        shine(canvas, self._wide_glow, (748, 360), (232, 96, 52), heat * 0.6)
        self._smoke(canvas, at_ms)
        canvas.paste(self._house, (0, 0), self._house)
        canvas.paste((224, 116, 54), (0, 0), self._lit.point([round(v * heat) for v in range(256)]))
        shine(canvas, self._glow, (748, 400), (236, 112, 48), heat * 0.55)
        self._fire(canvas, at_ms)
        canvas.paste(self._front, (0, 0), self._front)
        _sparks(canvas, at_ms)
        return canvas

    def _sway(self, at_ms: int) -> Sway:
        """Return the camera: a calm hand that starts when the fire catches."""
        start = ramp(at_ms, CATCH_MS, CATCH_MS + 200) - ramp(at_ms, CATCH_MS + 300, CATCH_MS + 1500)
        hand = handheld(at_ms, 1 + 1.2 * start, 4)
        return hand._replace(zoom=1 + 0.03 * ramp(at_ms, 2000, LENGTH_MS))

    def _paste(self, layer: Image.Image) -> None:
        self._back.paste(layer, (0, 0), layer)

    def _fire(self, canvas: Image.Image, at_ms: int) -> None:
        sheet = Layer(_CANVAS)
        for left, top, right, bottom, start_ms in _OPENINGS:
            warm = ramp(at_ms, start_ms, start_ms + 1800) * (
                0.85 + 0.15 * wobble(at_ms / 1000, start_ms, 4)
            )
            sheet.box(left, top, right, bottom, blend(_HOLE, (168, 62, 34), warm))
        for blaze in _BLAZES:
            size = ramp(at_ms, blaze.start_ms, blaze.start_ms + 2600)
            if size:
                _tongues(sheet, blaze, size, at_ms / 1000)
        flames = sheet.done()
        canvas.paste(flames, (0, 0), flames)

    def _smoke(self, canvas: Image.Image, at_ms: int) -> None:
        thick = ramp(at_ms, 7200, 12500)
        for number in range(26):
            age = (at_ms / 1000 * 0.16 + number / 26) % 1
            x = 748 + 150 * age * age + 46 * wobble(age * 2 + number, number)
            wide = round(90 + 300 * age)
            mask = self._puff.resize((wide, round(wide * 0.8)))
            fade = thick * 0.62 * min(1, age * 6) * (1 - age)
            tone = blend((148, 76, 58), (34, 38, 56), min(1, age * 2))
            place = (round(x - wide / 2), round(250 - 330 * age - wide * 0.4))
            canvas.paste(tone, place, mask.point([round(v * fade) for v in range(256)]))


def _stars(sky: Image.Image) -> None:
    dice = seeded(11)
    for _ in range(90):
        place = dice.randrange(_CANVAS[0]), dice.randrange(300)
        sky.putpixel(place, (92 + dice.randrange(60),) * 2 + (140,))


def _far_town() -> Image.Image:
    """Return the roofs behind: flat tops, one dome, one minaret."""
    layer, dice = Layer(_CANVAS), seeded(3)
    x = -10
    while x < _CANVAS[0]:
        wide, top = dice.randrange(60, 130), dice.randrange(455, 520)
        layer.box(x, top, x + wide, _GROUND, _FAR)
        layer.box(x + wide * 0.2, top - 14, x + wide * 0.45, top, _FAR)
        x += wide
    layer.oval(1150, 470, 60, 58, _FAR)
    layer.box(1090, 470, 1210, _GROUND, _FAR)
    layer.shape([(1240, 500), (1244, 300), (1252, 270), (1260, 300), (1264, 500)], _FAR)
    layer.box(1236, 332, 1268, 342, _FAR)
    return layer.done()


def _house() -> Image.Image:
    """Return the house itself, the neighbours' walls and the street."""
    layer = Layer(_CANVAS)
    layer.shape([(0, _GROUND), (1360, _GROUND), (1360, 800), (0, 800)], _STREET)
    layer.box(0, 350, 330, _GROUND, _NEAR)
    layer.box(60, 322, 190, 350, _NEAR)
    layer.box(1090, 392, 1360, _GROUND, _NEAR)
    layer.box(1180, 366, 1260, 392, _NEAR)
    _palm(layer, (1035, 300), 330, (36, 40, 60))
    layer.box(530, 268, 966, _GROUND, _WALL)
    layer.box(520, 256, 976, 274, _SHADE)
    layer.box(530, 404, 966, 418, _SHADE)
    layer.box(900, 274, 966, _GROUND, (62, 66, 88))
    _roof(layer)
    for x in (576, 823):
        _window(layer, x, 306, 96, 92)
        _window(layer, x, 446, 96, 92)
    layer.box(700, 300, 796, 404, _SHADE)
    layer.box(712, 312, 784, 404, _HOLE)
    layer.box(690, 380, 806, 404, (58, 63, 84))
    layer.box(698, 462, 798, 612, _SHADE)
    layer.box(400, 566, 700, _GROUND, (54, 59, 80))
    layer.box(796, 566, 1090, _GROUND, (54, 59, 80))
    layer.box(394, 560, 704, 569, (74, 79, 101))
    layer.box(792, 560, 1096, 569, (74, 79, 101))
    return layer.done()


def _roof(layer: Layer) -> None:
    layer.box(838, 206, 930, 258, _SHADE)
    layer.box(552, 226, 612, 248, (38, 44, 64))
    layer.line([(560, 248), (560, 258)], 4, (38, 44, 64))
    layer.line([(604, 248), (604, 258)], 4, (38, 44, 64))
    layer.oval(668, 232, 17, 19, (38, 44, 64))
    layer.line([(668, 236), (674, 258)], 3, (38, 44, 64))
    layer.line([(950, 258), (950, 190)], 2.5, (38, 44, 64))
    layer.line([(936, 200), (964, 200)], 2.5, (38, 44, 64))
    layer.line([(940, 212), (960, 212)], 2.5, (38, 44, 64))


def _window(layer: Layer, left: float, top: float, wide: float, high: float) -> None:
    layer.box(left - 7, top - 7, left + wide + 7, top + high + 7, _SHADE)
    layer.box(left, top, left + wide, top + high, _HOLE)


def _palm(layer: Layer, crown: Point, high: float, colour: Colour) -> None:
    x, y = crown
    layer.shape([(x - 4, y), (x + 4, y), (x + 12, y + high), (x - 6, y + high)], colour)
    for angle in range(-200, 30, 23):
        turn = math.radians(angle)
        tip = (x + 92 * math.cos(turn), y + 66 * math.sin(turn) + 34)
        bend = (x + 52 * math.cos(turn), y + 58 * math.sin(turn) - 8)
        layer.shape([(x, y - 5), bend, tip, (bend[0], bend[1] + 13), (x, y + 6)], colour)


def _lit_ground() -> Image.Image:
    """Return where the fire's light falls: the street before the house and the walls beside it."""
    layer = Layer(_CANVAS)
    layer.shape([(640, _GROUND), (856, _GROUND), (1240, 800), (250, 800)], (255, 255, 255), 150)
    layer.shape([(700, _GROUND), (796, _GROUND), (960, 800), (530, 800)], (255, 255, 255), 190)
    layer.shape([(1090, 392), (1098, 392), (1098, _GROUND), (1090, _GROUND)], (255, 255, 255), 150)
    layer.shape([(330, 350), (322, 350), (322, _GROUND), (330, _GROUND)], (255, 255, 255), 150)
    layer.shape([(400, 560), (1090, 560), (1090, 569), (400, 569)], (255, 255, 255), 120)
    return layer.done().getchannel("A").filter(ImageFilter.GaussianBlur(3))


def _front() -> Image.Image:
    """Return what stands between the camera and the house, in the dark."""
    layer = Layer(_CANVAS)
    layer.shape([(0, 0), (118, 0), (104, 800), (0, 800)], _BLACK)
    layer.line([(392, 110), (388, 760)], 11, _BLACK)
    layer.line([(330, 150), (454, 142)], 7, _BLACK)
    layer.line([(346, 186), (438, 180)], 6, _BLACK)
    for start, end, sag in (
        ((110, 60), (334, 150), 26),
        ((450, 142), (1360, 30), 74),
        ((436, 180), (1360, 120), 96),
        ((110, 120), (346, 186), 22),
        ((450, 146), (1360, 62), 108),
    ):
        layer.wire(start, end, sag, _BLACK)
    _car(layer)
    return layer.done()


def _car(layer: Layer) -> None:
    body = [(1010, 742), (1010, 700), (1030, 684), (1090, 676), (1132, 634), (1250, 632)]
    layer.shape([*body, (1300, 678), (1360, 688), (1360, 742)], _BLACK)
    layer.disc(1082, 742, 31, _BLACK)
    layer.disc(1290, 742, 31, _BLACK)
    layer.shape([(1108, 674), (1140, 643), (1184, 642), (1184, 674)], (30, 36, 54))
    layer.shape([(1194, 674), (1194, 642), (1244, 642), (1274, 676)], (30, 36, 54))


def _tongues(sheet: Layer, blaze: Blaze, size: float, seconds: float) -> None:
    """Draw one fire as three flat flames, one inside the other."""
    for colour, share in _TONGUES:
        wide, high = blaze.wide * (0.35 + 0.65 * share), blaze.high * size * share
        sheet.shape(_flame(blaze, wide, high, seconds), colour)


def _flame(blaze: Blaze, wide: float, high: float, seconds: float) -> list[Point]:
    """Return the outline of one flame: a flat foot, and cusps that climb and lean."""
    outline = []
    for step in range(61):
        share = step / 60
        peak = _peak(share, wide, seconds, blaze.seed)
        lean = 0.12 * peak * high * (0.6 + wobble(seconds * 1.4, blaze.seed + 9))
        x = blaze.x + wide * (share - 0.5) * (1 - 0.25 * peak) + lean
        outline.append((x, blaze.y - high * peak))
    return [(blaze.x - wide / 2, blaze.y + 4), *outline, (blaze.x + wide / 2, blaze.y + 4)]


def _peak(share: float, wide: float, seconds: float, seed: int) -> float:
    arch = math.sin(math.pi * share) ** 0.8
    cusps = 1.2 + wide / 62
    ripple = abs(
        math.sin(math.pi * (cusps * share + 0.35 * wobble(seconds, seed, 0.8) + seed * 0.37))
    )
    flicker = 0.82 + 0.18 * wobble(seconds + share * 1.7, seed + 20, 2.2)
    return arch * flicker * (1 - 0.62 * ripple**0.55)


def _sparks(canvas: Image.Image, at_ms: int) -> None:
    heat = ramp(at_ms, CATCH_MS + 1500, BLAZE_MS)
    sheet = Layer(_CANVAS)
    for number in range(46):
        age = (at_ms / 1000 * (0.22 + number % 5 * 0.04) + number * 0.137) % 1
        x = 620 + number * 37 % 260 + 130 * age * age + 26 * wobble(age * 1.5, number)
        y = 420 - 380 * age
        sheet.disc(x, y, 2.6 * (1 - 0.6 * age), (255, 190, 96), round(235 * heat * (1 - age)))
    sparks = sheet.done()
    canvas.paste(sparks, (0, 0), sparks)
