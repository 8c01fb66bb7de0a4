"""Small signs for the HUD and the map: drawn four times as large and reduced."""

import math
from collections.abc import Callable
from types import MappingProxyType

from PIL import Image, ImageDraw

from engine.pictures.lettering import inked
from engine.pictures.palettes import Colour
from engine.pictures.raster import Stamp

_FINE = 4
_EDGE = 2  # pixels around a sign for its shadow
Pen = ImageDraw.ImageDraw


def icon(name: str, size: int) -> Image.Image:
    """Draw the sign `name` as a mask of size × size pixels. Raises KeyError for an unknown name."""
    large = Image.new("L", (size * _FINE, size * _FINE))
    _SIGNS[name](ImageDraw.Draw(large), size * _FINE / 24)
    return large.resize((size, size), Image.Resampling.BOX)


def sign(name: str, size: int, shade: Colour) -> Stamp:
    """Draw the sign `name` in a colour over its shadow; the origin is its upper left corner."""
    mask = Image.new("L", (size + 2 * _EDGE, size + 2 * _EDGE))
    mask.paste(icon(name, size), (_EDGE, _EDGE))
    return inked(mask, shade).moved(-_EDGE, -_EDGE)


def _polygon(pen: Pen, unit: float, points: list[tuple[float, float]], fill: int = 255) -> None:
    pen.polygon([(x * unit, y * unit) for x, y in points], fill=fill)


def _ellipse(pen: Pen, unit: float, box: tuple[float, float, float, float], fill: int = 255) -> None:
    pen.ellipse(tuple(value * unit for value in box), fill=fill)


def _rectangle(pen: Pen, unit: float, box: tuple[float, float, float, float], fill: int = 255) -> None:
    pen.rectangle(tuple(value * unit for value in box), fill=fill)


def _hull(pen: Pen, unit: float) -> None:
    _polygon(pen, unit, [(12, 1), (22, 5), (21, 13), (17, 19), (12, 23), (7, 19), (3, 13), (2, 5)])
    _polygon(pen, unit, [(12, 5), (12, 18.5), (9, 16), (6.4, 12), (5.6, 7)], 0)


def _fuel(pen: Pen, unit: float) -> None:
    _polygon(pen, unit, [(12, 1), (19, 11), (20, 15), (18.5, 19.5), (12, 23), (5.5, 19.5), (4, 15), (5, 11)])
    _polygon(pen, unit, [(8, 12), (10, 12), (9.4, 16), (12, 19), (11, 20.4), (7.4, 17.6)], 0)


def _food(pen: Pen, unit: float) -> None:
    for x in (4, 7.4, 10.8):
        _rectangle(pen, unit, (x, 1, x + 1.8, 9))
    _polygon(pen, unit, [(4, 8), (12.6, 8), (11, 12), (9.8, 12), (9.8, 23), (6.8, 23), (6.8, 12), (5.6, 12)])
    _polygon(pen, unit, [(16, 1), (20, 4), (20, 14), (18.6, 14), (18.6, 23), (16, 23)])


def _health(pen: Pen, unit: float) -> None:
    _ellipse(pen, unit, (1, 3, 13, 15))
    _ellipse(pen, unit, (11, 3, 23, 15))
    _polygon(pen, unit, [(1.7, 11.5), (12, 6), (22.3, 11.5), (12, 23)])


def _credits(pen: Pen, unit: float) -> None:
    points = [
        (12 + 11 * math.cos(turn), 12 + 11 * math.sin(turn)) for turn in (i * math.pi / 3 for i in range(6))
    ]
    inner = [
        (12 + 8 * math.cos(turn), 12 + 8 * math.sin(turn)) for turn in (i * math.pi / 3 for i in range(6))
    ]
    _polygon(pen, unit, points)
    _polygon(pen, unit, inner, 0)
    _polygon(pen, unit, [(12, 5.4), (16.4, 12), (12, 18.6), (7.6, 12)])


def _cargo(pen: Pen, unit: float) -> None:
    _polygon(pen, unit, [(12, 1), (22, 6.4), (22, 17.6), (12, 23), (2, 17.6), (2, 6.4)])
    _polygon(pen, unit, [(11.2, 12.6), (11.2, 20.4), (4, 16.4), (4, 8.6)], 90)
    _polygon(pen, unit, [(12.8, 12.6), (12.8, 20.4), (20, 16.4), (20, 8.6)], 0)


def _warning(pen: Pen, unit: float) -> None:
    _polygon(pen, unit, [(12, 1), (23.5, 22), (0.5, 22)])
    _rectangle(pen, unit, (10.7, 8, 13.3, 15.2), 0)
    _rectangle(pen, unit, (10.7, 17, 13.3, 19.4), 0)


def _danger(pen: Pen, unit: float) -> None:
    _polygon(pen, unit, [(12, 2), (22, 21), (12, 16.5), (2, 21)])


def _ring(pen: Pen, unit: float, reach: float, hole: float) -> None:
    _ellipse(pen, unit, (12 - reach, 12 - reach, 12 + reach, 12 + reach))
    _ellipse(pen, unit, (12 - hole, 12 - hole, 12 + hole, 12 + hole), 0)


def _star(pen: Pen, unit: float) -> None:
    spikes = [(11.5 if step % 2 == 0 else 4.2, step * math.pi / 4) for step in range(8)]
    points = [(12 + reach * math.sin(turn), 12 - reach * math.cos(turn)) for reach, turn in spikes]
    _polygon(pen, unit, points)


def _planet(pen: Pen, unit: float) -> None:
    _polygon(pen, unit, [(0, 17), (24, 6.4), (24, 9), (0, 19.6)])
    _ellipse(pen, unit, (4.5, 4.5, 19.5, 19.5))
    _polygon(pen, unit, [(2, 15.6), (22, 6.8), (22, 8.2), (2, 17)], 0)


def _station(pen: Pen, unit: float) -> None:
    _rectangle(pen, unit, (10, 1, 14, 23))
    _rectangle(pen, unit, (1, 10, 23, 14))
    _rectangle(pen, unit, (6, 6, 18, 18))
    _rectangle(pen, unit, (9.4, 9.4, 14.6, 14.6), 0)


def _belt(pen: Pen, unit: float) -> None:
    for box in ((1, 10, 9, 18), (9, 3, 19, 13), (15, 14, 22, 21), (8, 17, 12, 21)):
        _ellipse(pen, unit, box)


def _nebula(pen: Pen, unit: float) -> None:
    for box in ((1, 10, 12, 20), (5, 4, 17, 16), (12, 9, 23, 20), (7, 11, 18, 20)):
        _ellipse(pen, unit, box)


def _wreck(pen: Pen, unit: float) -> None:
    pen.line([3 * unit, 3 * unit, 21 * unit, 21 * unit], fill=255, width=round(4 * unit))
    pen.line([21 * unit, 3 * unit, 3 * unit, 21 * unit], fill=255, width=round(4 * unit))


def _anomaly(pen: Pen, unit: float) -> None:
    _polygon(pen, unit, [(12, 0.5), (23.5, 12), (12, 23.5), (0.5, 12)])
    _polygon(pen, unit, [(12, 4.5), (19.5, 12), (12, 19.5), (4.5, 12)], 0)
    _ellipse(pen, unit, (9, 9, 15, 15))


def _gate(pen: Pen, unit: float) -> None:
    _ring(pen, unit, 11.5, 7.8)
    _ellipse(pen, unit, (9.6, 9.6, 14.4, 14.4))


def _unknown(pen: Pen, unit: float) -> None:
    _ring(pen, unit, 6.5, 4.2)


def _here(pen: Pen, unit: float) -> None:
    _polygon(pen, unit, [(12, 23.5), (2.5, 4), (12, 8.6), (21.5, 4)])


def _goal(pen: Pen, unit: float) -> None:
    _rectangle(pen, unit, (4, 1, 7, 23))
    _polygon(pen, unit, [(7, 2), (22, 6.6), (7, 13)])


def _quest(pen: Pen, unit: float) -> None:
    _polygon(pen, unit, [(12, 0.5), (23.5, 12), (12, 23.5), (0.5, 12)])
    _rectangle(pen, unit, (10.4, 5.4, 13.6, 13.4), 0)
    _rectangle(pen, unit, (10.4, 15.4, 13.6, 18.4), 0)


def _range(pen: Pen, unit: float) -> None:
    for step in range(8):
        start = step * 45 + 4
        pen.arc((unit, unit, 23 * unit, 23 * unit), start, start + 32, fill=255, width=round(3 * unit))


def _path(pen: Pen, unit: float) -> None:
    _rectangle(pen, unit, (0, 10, 24, 14))
    _ellipse(pen, unit, (7.4, 7.4, 16.6, 16.6))


_SIGNS: MappingProxyType[str, Callable[[Pen, float], None]] = MappingProxyType(
    {
        "hull": _hull,
        "fuel": _fuel,
        "food": _food,
        "health": _health,
        "credits": _credits,
        "cargo": _cargo,
        "warning": _warning,
        "danger": _danger,
        "star": _star,
        "planet": _planet,
        "station": _station,
        "belt": _belt,
        "nebula": _nebula,
        "wreck": _wreck,
        "anomaly": _anomaly,
        "gate": _gate,
        "unknown": _unknown,
        "here": _here,
        "goal": _goal,
        "quest": _quest,
        "range": _range,
        "path": _path,
    }
)
