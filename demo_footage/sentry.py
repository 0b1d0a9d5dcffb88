"""The third scene: a sentry at a road block at dusk, seen from far away through a phone.

The shot is heard, the picture jerks away, and when it steadies the post is empty.
"""

import math

from PIL import Image, ImageDraw, ImageFilter

from demo_footage.chance import ramp, seeded, wobble
from demo_footage.paint import (
    BONE,
    MARGIN,
    Colour,
    Layer,
    Sway,
    film,
    font,
    gradient,
    halo,
    handheld,
    shine,
)

SIZE = (1280, 720)
FPS = 25
LENGTH_MS = 18000
SHOT_MS, GONE_MS = 10200, 10600

_CANVAS = (SIZE[0] + 2 * MARGIN, SIZE[1] + 2 * MARGIN)
_SKY = [(0, (104, 124, 142)), (0.3, (206, 182, 152)), (0.62, (247, 200, 136)), (1, (247, 200, 136))]
_HAZE: tuple[Colour, ...] = ((222, 166, 118), (188, 128, 98), (146, 96, 82))
_GROUND = [(0, (168, 116, 88)), (1, (78, 54, 52))]
_DARK, _SHADOW = (40, 28, 36), (88, 56, 54)
_HORIZON = 540
_SUN = (930, 404)
_RED = (214, 66, 48)


class Sentry:
    """Draws the road block at any moment of the clip."""

    def __init__(self) -> None:
        self._far, self._near = _distance(), _roof_edge()
        self._post = _post()
        self._sun, self._warmth = halo(820, 820), halo(1900, 1000)
        self._letters = font("LiberationSansNarrow-Bold", 25)

    def frame(self, at_ms: int) -> Image.Image:
        """Return the finished picture at ``at_ms``, as the phone's screen shows it."""
        picture = film(self._canvas(at_ms), SIZE, self._sway(at_ms))
        self._viewfinder(picture, at_ms)
        return picture

    def _canvas(self, at_ms: int) -> Image.Image:
        canvas = self._far.copy()
        canvas.paste(self._post, (0, 0), self._post)
        moving = Layer(_CANVAS)
        _birds(moving, at_ms)
        if at_ms < GONE_MS:
            _watchman(moving, at_ms)
        sheet = moving.done()
        canvas.paste(sheet, (0, 0), sheet)
        shine(canvas, self._warmth, (_SUN[0], 470), (150, 84, 40), 0.3)
        canvas.paste(self._near, (0, 0), self._near)
        return canvas

    def _sway(self, at_ms: int) -> Sway:
        """Return the camera: zoomed in, so each tremble shows; the shot throws it off."""
        jolt = ramp(at_ms, SHOT_MS + 120, SHOT_MS + 330) - ramp(
            at_ms, SHOT_MS + 500, SHOT_MS + 1900
        )
        hand = handheld(at_ms, 1.25 + 1.3 * jolt, 2)
        zoom = 1 + 0.17 * ramp(at_ms, 3200, 5200)
        return Sway(hand.x + 18 * jolt, hand.y + 17 * jolt, hand.tilt + 0.035 * jolt, zoom)

    def _viewfinder(self, picture: Image.Image, at_ms: int) -> None:
        """Draw what the screen of a phone that films shows: a frame, a red dot, time and zoom."""
        draw, (wide, high) = ImageDraw.Draw(picture), SIZE
        for x, across in ((32, 1), (wide - 32, -1)):
            for y, down in ((110, 1), (high - 32, -1)):
                draw.line([(x + 42 * across, y), (x, y), (x, y + 42 * down)], BONE, 3)
        seconds = at_ms // 1000
        draw.rectangle((wide - 146, 32, wide - 33, 75), (48, 46, 52))
        draw.text((wide - 46, 55), f"00:{seconds:02}", BONE, self._letters, anchor="rm")
        if at_ms % 1000 < 600:
            draw.ellipse((wide - 132, 46, wide - 116, 62), _RED)
        times = 4 + 4 * ramp(at_ms, 3200, 5200)
        draw.text((wide - 52, high - 54), f"{times:.1f}×", BONE, self._letters, anchor="rm")


def _distance() -> Image.Image:
    """Return sky, sun, the town in the haze, and the open ground before it."""
    canvas = gradient(_CANVAS, _SKY)
    shine(canvas, halo(900, 900), _SUN, (255, 226, 160), 0.8)
    layer = Layer(_CANVAS)
    layer.disc(*_SUN, 54, (255, 246, 218))
    for depth, tone in enumerate(_HAZE):
        _roofs(layer, depth, tone)
    town = layer.done()
    canvas.paste(town, (0, 0), town)
    canvas.paste(gradient((_CANVAS[0], _CANVAS[1] - _HORIZON), _GROUND), (0, _HORIZON))
    return canvas


def _roofs(layer: Layer, depth: int, tone: Colour) -> None:
    """Draw one row of flat roofs; ``depth`` 0 is the farthest and palest."""
    dice, x, foot = seeded(20 + depth), -20, _HORIZON + 4
    while x < _CANVAS[0]:
        wide = dice.randrange(44, 96) + 16 * depth
        top = foot - dice.randrange(26, 70) - 44 * (2 - depth)
        layer.box(x, top, x + wide, foot, tone)
        if dice.random() < 0.5:
            layer.box(x + wide * 0.3, top - 11, x + wide * 0.6, top, tone)
        if dice.random() < 0.3:
            layer.line([(x + wide * 0.8, top), (x + wide * 0.8, top - 30)], 2, tone)
        x += wide
    if depth == 0:
        _minaret(layer, 300, 330, tone)
        _minaret(layer, 1130, 352, tone)
        layer.oval(224, 424, 48, 44, tone)


def _minaret(layer: Layer, x: float, top: float, tone: Colour) -> None:
    layer.shape([(x - 9, _HORIZON), (x - 7, top + 40), (x + 7, top + 40), (x + 9, _HORIZON)], tone)
    layer.shape([(x - 7, top + 40), (x, top), (x + 7, top + 40)], tone)
    layer.box(x - 13, top + 74, x + 13, top + 83, tone)


def _post() -> Image.Image:
    """Return the road block: road, hut, concrete barriers, the bar across the road."""
    layer = Layer(_CANVAS)
    layer.shape([(486, _HORIZON), (560, _HORIZON), (440, 800), (-180, 800)], (110, 78, 66))
    layer.shape([(520, 552), (525, 552), (236, 800), (176, 800)], (152, 112, 88))
    for left in (752, 850, 948, 1046):
        _barrier(layer, left)
    _hut(layer)
    layer.box(600, 560, 616, 630, _DARK)
    layer.shape([(604, 574), (604, 566), (338, 540), (338, 545)], _DARK)
    for share in (0.12, 0.38, 0.64, 0.9):
        x, y = 604 - 266 * share, 570 - 27 * share
        layer.shape(
            [(x, y + 3.5), (x, y - 4.5), (x - 30, y - 7), (x - 30, y + 0.5)], (206, 160, 120)
        )
    layer.shape([(600, 630), (616, 630), (470, 700), (440, 700)], _SHADOW, 150)
    return layer.done()


def _barrier(layer: Layer, left: float) -> None:
    layer.shape(
        [(left - 6, 630), (left + 84, 630), (left - 24, 690), (left - 130, 690)], _SHADOW, 120
    )
    layer.shape([(left + 18, 566), (left + 66, 566), (left + 84, 630), (left, 630)], (70, 50, 52))
    layer.shape(
        [(left + 58, 566), (left + 66, 566), (left + 84, 630), (left + 72, 630)], (206, 140, 96)
    )


def _hut(layer: Layer) -> None:
    layer.shape([(690, 630), (800, 630), (640, 716), (486, 716)], _SHADOW, 150)
    layer.box(690, 470, 800, 630, _DARK)
    layer.box(793, 470, 800, 630, (214, 148, 100))
    layer.box(676, 456, 814, 472, (56, 40, 46))
    layer.box(712, 498, 764, 540, (150, 104, 84))
    layer.line([(780, 456), (780, 392)], 2.5, _DARK)
    for row, count in enumerate((5, 4)):
        for number in range(count):
            layer.oval(702 + 24 * number + 12 * row, 450 - 12 * row, 14, 8, (62, 45, 50))


def _watchman(sheet: Layer, at_ms: int) -> None:
    """Draw the sentry, who shifts from one foot to the other, and the long shadow."""
    lean, x, foot = 3.2 * wobble(at_ms / 1000, 5, 0.28), 652, 634
    sheet.shape([(x - 9, foot), (x + 9, foot), (x - 176, 764), (x - 214, 764)], _SHADOW, 190)
    sheet.oval(x - 208, 772, 26, 9, _SHADOW, 190)
    parts = (
        [(-10, 0), (-2, 0), (0, 48), (-10, 48)],
        [(3, 0), (11, 0), (10, 48), (0, 48)],
        [(-13, 46), (12, 46), (15, 86), (6, 91), (-6, 91), (-15, 86)],
        [(-15, 86), (-10, 84), (-12, 50), (-18, 50), (-19, 66)],
        [(15, 86), (10, 84), (12, 50), (18, 50), (20, 66)],
        [(-4, 89), (4, 89), (4, 97), (-4, 97)],
    )
    for part in parts:
        sheet.shape([(x + across + lean * up / 90, foot - up) for across, up in part], _DARK)
    sheet.oval(x + lean * 1.15, foot - 104, 7.6, 9.4, _DARK)
    sheet.line([(x + 10 + lean, foot - 96), (x - 12 + lean / 2, foot - 44)], 3.4, _DARK)


def _birds(sheet: Layer, at_ms: int) -> None:
    """Draw a few birds that cross the sky, faster after the shot."""
    flown = at_ms / 1000 * 7 + max(0, at_ms - SHOT_MS) / 1000 * 46
    for number in range(7):
        x = 400 + flown * (1 + number % 3 * 0.1) + number * 31 % 190
        y = 236 + number * 47 % 90 - flown * 0.12
        lift = 6 * math.sin(at_ms / 1000 * (7 + number % 3) + number * 2)
        sheet.line([(x - 9, y - lift), (x, y), (x + 9, y - lift)], 2, (96, 78, 82))


def _roof_edge() -> Image.Image:
    """Return the parapet behind which the phone is held, out of focus."""
    layer = Layer(_CANVAS)
    layer.shape([(0, 690), (250, 716), (250, 800), (0, 800)], (30, 22, 30))
    layer.shape([(930, 800), (960, 742), (1360, 700), (1360, 800)], (30, 22, 30))
    layer.shape([(1230, 400), (1360, 380), (1360, 720), (1262, 724)], (30, 22, 30))
    return layer.done().filter(ImageFilter.GaussianBlur(7))
