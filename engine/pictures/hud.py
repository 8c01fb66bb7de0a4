"""The HUD over every picture: where, when, and how the ship is doing, readable at half size on a phone.

Colour is never the only signal: a bar has a sign and a word, and a low one gets stripes and a warning sign.
"""

from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageDraw

from engine.pictures.cache import ByteCache
from engine.pictures.icons import sign
from engine.pictures.lettering import WHITE, Lettering, Run
from engine.pictures.palettes import Colour
from engine.pictures.raster import WIDTH, Pixels, Plate, Stamp, merged
from engine.rules.scene import Gauges, Scene

LOW = 0.25  # of the maximum: from here on a gauge is marked

_LABEL_TOP = 300
_BAR_TOP = 329
_BAR_HEIGHT = 18
_COLUMNS = (14, 170, 326, 482)
_COLUMN_WIDTH = 144
_ALARM: Colour = (255, 112, 92)
_GOLD: Colour = (255, 216, 120)
_SOFT: Colour = (206, 218, 236)


@dataclass(frozen=True)
class _Bar:
    key: str
    label: str
    colour: Colour
    value: int
    maximum: int

    @property
    def share(self) -> float:
        return min(1.0, max(0.0, self.value / max(1, self.maximum)))

    @property
    def low(self) -> bool:
        return self.share <= LOW


def compact(value: int) -> str:
    """Write a whole number in at most six characters: 9,999 · 12.3k · 4.5M · −1.2B · 999T+."""
    sign, size = ("−" if value < 0 else ""), abs(value)
    if size < 10_000:
        return f"{sign}{size:,}"
    for unit, letter in ((1_000, "k"), (10**6, "M"), (10**9, "B"), (10**12, "T")):
        if size < unit * 1000:
            text = f"{size // unit}.{size % unit * 10 // unit}" if size < unit * 100 else str(size // unit)
            return f"{sign}{text}{letter}"
    return f"{sign}999T+"


class Hud:
    """Draws the HUD; its texts and bars are kept in the given cache."""

    def __init__(self, cache: ByteCache, lettering: Lettering) -> None:
        self._cache = cache
        self._lettering = lettering

    def draw(self, canvas: Pixels, scene: Scene) -> None:
        """Draw all of it onto a picture of 640 × 360."""
        for left, bar in zip(_COLUMNS, _bars(scene.gauges, in_pod=scene.in_pod), strict=True):
            self._draw_bar(canvas, left, bar)
        self._draw_place(canvas, scene)
        self._draw_purse(canvas, scene)
        if scene.damage > 0:
            self._lettering.run(f"−{compact(scene.damage)}", 26, _ALARM).draw(canvas, _COLUMNS[0], 268)

    def _draw_bar(self, canvas: Pixels, left: int, bar: _Bar) -> None:
        filled = round(bar.share * (_COLUMN_WIDTH - 4))
        if bar.share > 0:
            filled = max(3, filled)
        low = bar.low
        body = self._cache.get(("bar", bar.key, filled, low), lambda: _paint_bar(bar.colour, filled, low))
        canvas[_BAR_TOP : _BAR_TOP + _BAR_HEIGHT, left : left + _COLUMN_WIDTH] = body.pixels
        shade = _ALARM if low else WHITE
        self._cache.get(("label", bar.key, bar.label, low), lambda: self._label(bar)).draw(
            canvas, left, _LABEL_TOP + 1
        )
        number = self._lettering.fit(compact(bar.value), 24, 62, shade)
        number.draw(canvas, left + _COLUMN_WIDTH - number.width, _LABEL_TOP - 3)

    def _label(self, bar: _Bar) -> Stamp:
        word = self._lettering.fit(bar.label, 19, 64, _ALARM if bar.low else WHITE).stamp.moved(28, 1)
        return merged(sign("warning", 22, _ALARM) if bar.low else sign(bar.key, 22, bar.colour), word)

    def _draw_place(self, canvas: Pixels, scene: Scene) -> None:
        self._name(scene.region_name, "Uncharted", 19, _SOFT).draw(canvas, 14, 8)
        self._name(scene.node_name, "Unnamed", 28, WHITE).draw(canvas, 14, 28)
        pips = min(5, max(0, scene.danger))
        if pips:
            self._cache.get(("danger", pips), lambda: _danger(pips)).draw(canvas, 14, 66)

    def _name(self, name: str, otherwise: str, size: int, shade: Colour) -> Run:
        run = self._lettering.fit(name, size, 400, shade)
        return run if run.text else self._lettering.fit(otherwise, size, 400, shade)

    def _draw_purse(self, canvas: Pixels, scene: Scene) -> None:
        right, gauges = WIDTH - 14, scene.gauges
        turn = self._lettering.run(f"TURN {compact(scene.turn)}", 19, _SOFT)
        turn.draw(canvas, right - turn.width, 8)
        self._amount("credits", compact(gauges.wealth), 26, _GOLD).draw(canvas, right, 29)
        hold = f"{compact(gauges.cargo)}/{compact(gauges.cargo_max)}"
        self._amount("cargo", hold, 19, _SOFT).draw(canvas, right, 61)

    def _amount(self, name: str, text: str, size: int, shade: Colour) -> Stamp:
        """Give a number with its sign before it; the origin is its upper right corner."""
        return self._cache.get(("amount", name, text), lambda: self._make_amount(name, text, size, shade))

    def _make_amount(self, name: str, text: str, size: int, shade: Colour) -> Stamp:
        run = self._lettering.run(text, size, shade)
        mark = self._cache.get(("sign", name, size, shade), lambda: sign(name, size - 1, shade))
        return merged(mark.moved(-run.width - size - 4, size // 7), run.stamp.moved(-run.width, 0))


def _danger(pips: int) -> Stamp:
    return merged(*(sign("danger", 20, _ALARM).moved(24 * pip, 0) for pip in range(pips)))


def _bars(gauges: Gauges, *, in_pod: bool) -> tuple[_Bar, ...]:
    """Name the bars as the rules do; a pod has its own shell, and air instead of fuel."""
    return (
        _Bar(
            "hull",
            "POD" if in_pod else "HULL",
            (120, 200, 255),
            gauges.ship_condition,
            gauges.ship_condition_max,
        ),
        _Bar("fuel", "AIR" if in_pod else "FUEL", (255, 190, 84), gauges.fuel, gauges.fuel_max),
        _Bar("food", "FOOD", (150, 224, 110), gauges.food, gauges.food_max),
        _Bar("health", "HEALTH", (255, 134, 168), gauges.health, gauges.health_max),
    )


def _paint_bar(colour: Colour, filled: int, low: bool) -> Plate:
    image = Image.new("RGB", (_COLUMN_WIDTH, _BAR_HEIGHT), (8, 10, 18))
    pen = ImageDraw.Draw(image)
    edge = _ALARM if low else (104, 116, 138)
    pen.rounded_rectangle((0, 0, _COLUMN_WIDTH - 1, _BAR_HEIGHT - 1), 3, fill=(16, 20, 32), outline=edge)
    body = _ALARM if low else colour
    for row in range(2, _BAR_HEIGHT - 2):
        part = 1.12 - 0.5 * (row - 2) / (_BAR_HEIGHT - 5)
        shade = tuple(min(255, round(channel * part)) for channel in body)
        if filled:
            pen.line((2, row, 1 + filled, row), fill=(shade[0], shade[1], shade[2]))
    if low:
        _draw_stripes(pen, filled)
    for tenth in range(1, 10):
        x = 2 + round((_COLUMN_WIDTH - 4) * tenth / 10)
        pen.line((x, 2, x, _BAR_HEIGHT - 3), fill=(10, 12, 20))
    return Plate(np.array(image))


def _draw_stripes(pen: ImageDraw.ImageDraw, filled: int) -> None:
    for left in range(-_BAR_HEIGHT, filled, 10):
        for row in range(2, _BAR_HEIGHT - 2):
            start, end = left + row, left + row + 4
            if end >= 0 and start < filled:
                pen.line((2 + max(0, start), row, 1 + min(filled - 1, end), row), fill=(120, 20, 24))
