"""The second scene, upright: two figures before a lit doorway, a flash, and nobody.

Nothing of the killing is drawn: the camera is startled away and finds the doorway empty.
"""

import math

from PIL import Image, ImageFilter

from demo_footage.chance import ramp, wobble
from demo_footage.paint import (
    MARGIN,
    Colour,
    Layer,
    Sway,
    blend,
    film,
    gradient,
    halo,
    handheld,
    shine,
)

SIZE = (720, 1280)
FPS = 30
LENGTH_MS = 19000
WALK_MS, HALT_MS, FLASH_MS = 3200, 8600, 10600

_CANVAS = (SIZE[0] + 2 * MARGIN, SIZE[1] + 2 * MARGIN)
_SKY = [(0, (14, 30, 38)), (0.3, (40, 74, 80)), (1, (40, 74, 80))]
_BACK, _LEFT, _RIGHT = (30, 56, 60), (18, 36, 41), (13, 28, 33)
_GROUND = [(0, (38, 60, 62)), (1, (14, 26, 30))]
_LIGHT, _WARM, _FIGURE = (250, 212, 138), (214, 156, 84), (10, 17, 20)
_BLACK = (7, 14, 17)
_FLOOR = 872
_DOOR = (352, 566, 484, _FLOOR)


class Pistol:
    """Draws the alley at any moment of the clip."""

    def __init__(self) -> None:
        self._alley, self._front = _alley(), _front()
        self._spill = _spill()
        self._glow, self._lamp, self._burst = halo(760, 860), halo(240, 240), halo(1200, 1200)

    def frame(self, at_ms: int) -> Image.Image:
        """Return the finished picture at ``at_ms``."""
        return film(self._canvas(at_ms), SIZE, self._sway(at_ms))

    def _canvas(self, at_ms: int) -> Image.Image:
        canvas = self._alley.copy()
        steady = 0.92 + 0.08 * wobble(at_ms / 1000, 6, 1.6)
        shine(canvas, self._glow, (418, 730), (190, 122, 52), 0.62 * steady)
        canvas.paste(_WARM, (0, 0), self._spill.point([round(v * steady) for v in range(256)]))
        self._people(canvas, at_ms)
        shine(canvas, self._lamp, (418, 508), (255, 214, 140), 0.8 * steady)
        flash = _flash(at_ms)
        if flash:
            shine(canvas, self._burst, (344, 760), (150, 118, 78), flash)
            shine(canvas, self._lamp, (344, 760), (255, 244, 220), flash)
        canvas.paste(self._front, (0, 0), self._front)
        return canvas

    def _sway(self, at_ms: int) -> Sway:
        """Return the camera: uneasy, then startled by the flash."""
        jolt = ramp(at_ms, FLASH_MS, FLASH_MS + 90) - ramp(at_ms, FLASH_MS + 250, FLASH_MS + 1700)
        hand = handheld(at_ms, 1.2 + 1.4 * jolt, 9)
        zoom = 1 + 0.1 * ramp(at_ms, 2500, 9500) + 0.08 * jolt
        return Sway(hand.x + 16 * jolt, hand.y - 14 * jolt, hand.tilt - 0.03 * jolt, zoom)

    def _people(self, canvas: Image.Image, at_ms: int) -> None:
        gone = ramp(at_ms, FLASH_MS + 60, FLASH_MS + 420)
        sheet = Layer(_CANVAS)
        stay = round(255 * (1 - gone))
        _shadow(sheet, 432, 0.92, stay)
        _person(sheet, 432, _FLOOR - 2, 0.92, 0, stay)
        _robe(sheet, 432, _FLOOR - 2, 0.92, stay)
        walked = ramp(at_ms, WALK_MS, HALT_MS)
        stride = math.sin(at_ms / 1000 * 5.2) * (0 < walked < 1)
        x, y = 96 + 190 * walked, _FLOOR + 86 - 34 * walked
        _shadow(sheet, x, 1.12, stay // 2 if walked > 0.4 else 0, y)
        _person(sheet, x, y - 3 * abs(stride), 1.12, stride, stay)
        people = sheet.done()
        canvas.paste(people, (0, 0), people)


def _flash(at_ms: int) -> float:
    """Return the flash's strength, 0 to 1: sudden, gone within a fifth of a second."""
    since = at_ms - FLASH_MS
    return max(0.0, 1 - since / 190) if since >= 0 else 0.0


def _alley() -> Image.Image:
    canvas = gradient(_CANVAS, _SKY)
    ground = gradient((_CANVAS[0], _CANVAS[1] - _FLOOR), _GROUND)
    layer = Layer(_CANVAS)
    layer.box(214, 330, 620, _FLOOR, _BACK)
    layer.box(206, 318, 628, 336, (24, 46, 50))
    layer.box(236, 380, 304, 480, (22, 44, 48))
    layer.box(246, 390, 294, 480, (15, 32, 36))
    layer.box(532, 380, 600, 480, (22, 44, 48))
    layer.box(542, 390, 590, 480, (15, 32, 36))
    _doorway(layer)
    walls = layer.done()
    canvas.paste(ground, (0, _FLOOR))
    canvas.paste(walls, (0, 0), walls)
    sides = _sides()
    canvas.paste(sides, (0, 0), sides)
    return canvas


def _doorway(layer: Layer) -> None:
    left, top, right, bottom = _DOOR
    layer.box(left - 18, top, right + 18, bottom, (58, 78, 74))
    layer.oval((left + right) / 2, top, (right - left) / 2 + 18, 84, (58, 78, 74))
    layer.box(left, top, right, bottom, _LIGHT)
    layer.oval((left + right) / 2, top, (right - left) / 2, 66, _LIGHT)
    layer.box(left, top - 4, right, top + 6, (150, 110, 62))
    for x in (left + 33, left + 66, left + 99):
        layer.line([(x, top - 58), (x, top)], 4, (150, 110, 62))
    layer.box(left - 24, bottom - 6, right + 24, bottom + 8, (70, 88, 82))
    layer.shape(
        [
            (right, top + 6),
            (right + 2, top + 6),
            (right - 34, top + 40),
            (right - 34, bottom),
            (right, bottom),
        ],
        (176, 124, 66),
    )
    layer.box(404, 484, 432, 496, (12, 26, 30))
    layer.shape([(406, 496), (430, 496), (436, 520), (400, 520)], _LIGHT)


def _sides() -> Image.Image:
    """Return the walls that run towards the camera, with a balcony and washing lines."""
    layer = Layer(_CANVAS)
    layer.shape([(0, 60), (216, 300), (216, _FLOOR), (0, 1080)], _LEFT)
    layer.shape([(800, 0), (618, 280), (618, _FLOOR), (800, 1060)], _RIGHT)
    layer.shape([(66, 560), (150, 580), (150, 790), (66, 830)], (13, 27, 31))
    layer.shape([(30, 300), (150, 372), (150, 470), (30, 430)], (13, 27, 31))
    layer.shape([(640, 520), (740, 480), (740, 640), (640, 650)], (10, 22, 26))
    layer.shape([(560, 372), (800, 300), (800, 330), (560, 392)], _BLACK)
    for step in range(9):
        x = 566 + 28 * step
        layer.line([(x, 392 - 8.6 * step), (x, 330 - 9.8 * step)], 3, _BLACK)
    layer.line([(562, 332), (800, 248)], 5, _BLACK)
    for start, end, sag in (((60, 130), (720, 120), 60), ((120, 196), (700, 170), 46)):
        layer.wire(start, end, sag, _BLACK)
    for x, y, wide, high in ((210, 233, 58, 74), (290, 238, 40, 56), (392, 236, 70, 62)):
        layer.shape(
            [(x, y), (x + wide, y - 1), (x + wide - 4, y + high), (x + 5, y + high + 4)],
            (16, 31, 36),
        )
    return layer.done()


def _spill() -> Image.Image:
    """Return where the doorway's light lies on the ground, as a mask."""
    layer, white = Layer(_CANVAS), (255, 255, 255)
    left, _, right, bottom = _DOOR
    layer.shape(
        [(left - 30, bottom + 8), (right + 30, bottom + 8), (660, 1360), (170, 1360)], white, 70
    )
    layer.shape([(left, bottom + 8), (right, bottom + 8), (560, 1360), (276, 1360)], white, 150)
    mask = layer.done().getchannel("A").filter(ImageFilter.GaussianBlur(4))
    fade = Image.linear_gradient("L").resize((_CANVAS[0], _CANVAS[1] - bottom))
    fade = fade.point([255 - round(v * 0.8) for v in range(256)])
    faded = Image.new("L", _CANVAS, 255)
    faded.paste(fade, (0, bottom))
    return Image.composite(mask, Image.new("L", _CANVAS), faded)


def _front() -> Image.Image:
    """Return the near edge of a wall, behind which the phone is held."""
    layer = Layer(_CANVAS)
    layer.shape([(800, 0), (742, 0), (700, 1360), (800, 1360)], _BLACK)
    layer.shape([(0, 1360), (0, 1180), (90, 1196), (150, 1250), (190, 1360)], _BLACK)
    return layer.done()


def _person(sheet: Layer, x: float, foot: float, size: float, stride: float, alpha: int) -> None:
    """Draw a standing or walking silhouette, feet at ``foot``; ``stride`` runs from -1 to 1."""

    def at(across: float, up: float) -> tuple[float, float]:
        return x + across * size, foot - up * size

    def limb(*points: tuple[float, float]) -> None:
        sheet.shape([at(*point) for point in points], _FIGURE, alpha)

    step = 17 * stride
    limb((-15, 98), (3, 98), (-2 - step, 0), (-16 - step, 0), (-17 - step / 2, 50))
    limb((-3, 98), (15, 98), (17 + step / 2, 50), (16 + step, 0), (2 + step, 0))
    limb((-24, 166), (-17, 175), (-6, 181), (6, 181), (17, 175), (24, 166), (19, 92), (-19, 92))
    limb((-24, 168), (-17, 170), (-20 + step / 2, 96), (-29 + step / 2, 98), (-28, 130))
    limb((24, 168), (17, 170), (20 - step / 2, 96), (29 - step / 2, 98), (28, 130))
    limb((-6, 192), (6, 192), (8, 176), (-8, 176))
    sheet.oval(*at(0, 200), 12 * size, 15.5 * size, _FIGURE, alpha)


def _robe(sheet: Layer, x: float, foot: float, size: float, alpha: int) -> None:
    """Draw the long shirt that one of the two wears."""
    edge = ((-19, 150), (19, 150), (23, 60), (25, 12), (-25, 12), (-23, 60))
    sheet.shape([(x + across * size, foot - up * size) for across, up in edge], _FIGURE, alpha)


def _shadow(sheet: Layer, x: float, size: float, alpha: int, foot: float = _FLOOR) -> None:
    """Draw the shadow that a figure throws from the doorway towards the camera."""
    tone: Colour = blend(_FIGURE, _WARM, 0.22)
    lean = (x - 418) * 0.9
    near = [(x - 15 * size, foot + 2), (x + 15 * size, foot + 2)]
    far = [(x + 34 * size + lean, foot + 330), (x - 34 * size + lean, foot + 330)]
    sheet.shape([*near, *far], tone, round(alpha * 0.62))
    sheet.oval(x + lean * 1.06, foot + 352, 25 * size, 40 * size, tone, round(alpha * 0.62))
