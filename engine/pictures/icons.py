"""Small signs for the HUD and the map, as masks: drawn four times as large and reduced."""

import math
from collections.abc import Callable
from types import MappingProxyType

from PIL import Image, ImageDraw

_FINE = 4
Pen = ImageDraw.ImageDraw


def icon(name: str, size: int) -> Image.Image:
    """Draw the sign `name` as a mask of size × size pixels. Raises KeyError for an unknown name."""
    large = Image.new("L", (size * _FINE, size * _FINE))
    _SIGNS[name](ImageDraw.Draw(large), size * _FINE / 24)
    return large.resize((size, size), Image.Resampling.BOX)


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
    }
)
