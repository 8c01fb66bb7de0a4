"""A gate: a ring older than anyone, with a skin of light stretched across it."""

import numpy as np

from engine.pictures.noise import bend, clouds, ridges
from engine.pictures.palettes import Colour, Palette
from engine.pictures.raster import Field, Sprite, Stamp, axes, colour, film, glow, smooth, tint
from engine.pictures.shapes import arc
from engine.pictures.shipyard import Hull, Lamp, Light, Part, Point, Skin, build

_LENGTH = 236


def paint(rng: np.random.Generator, palette: Palette) -> Sprite:
    """Paint a gate around the origin, seen from the side and a little from the front."""
    lean = float(rng.uniform(0.5, 0.66))
    hull = _ring(rng, lean, palette.bright)
    frame = build(hull, _LENGTH, Light(-1, palette.light, palette.cloud), rng)
    return Sprite((_skin(rng, palette, lean), *frame.stamps))


def _ring(rng: np.random.Generator, lean: float, lamp: Colour) -> Hull:
    count = int(rng.integers(10, 15))
    parts: list[Part] = [Part(_slice(lean, (0.8, 0.93), (0, 2 * np.pi), 80), Skin.DARK, 1.1, 0.3)]
    lamps: list[Lamp] = []
    for number in range(count):
        start = 2 * np.pi * number / count
        end = start + 2 * np.pi / count * 0.8
        tone = float(rng.uniform(0.75, 1.1))
        parts.append(Part(_slice(lean, (0.84, 1.02), (start, end), 9), Skin.HULL, tone, 0.7))
        middle = (start + end) / 2
        parts.append(Part(_slice(lean, (0.76, 0.87), (middle - 0.09, middle + 0.09), 4), Skin.TRIM, 1.0, 0.9))
        lamps.append(Lamp((float(0.8 * lean * np.cos(middle)), float(0.8 * np.sin(middle))), lamp, 0.022))
    return Hull(tuple(parts), tuple(lamps), (), (118, 122, 134), (160, 140, 96), panels=40)


def _slice(lean: float, reach: Point, span: tuple[float, float], corners: int) -> tuple[Point, ...]:
    inner, outer = reach
    return arc((0, 0), (outer * lean, outer), *span, corners) + arc(
        (0, 0), (inner * lean, inner), span[1], span[0], corners
    )


def _skin(rng: np.random.Generator, palette: Palette, lean: float) -> Stamp:
    size = 320
    across, down = axes(size, size, size / 2, size / 2)
    reach = _LENGTH / 2 * 0.84
    far = np.sqrt((across / (reach * lean)) ** 2 + (down / reach) ** 2)
    water = _ripples(rng, size, far)
    inside = smooth(1.0, 0.93, far)
    light = tint(inside * (0.18 + 0.5 * water) * (0.35 + 0.65 * smooth(0.0, 1.0, far)), palette.cloud, 1.3)
    light += tint(inside * water**3, palette.bright, 1.0)
    light += tint(np.exp(-(((far - 0.95) / 0.05) ** 2)), palette.bright, 0.9)
    light += tint(np.exp(-np.abs(far - 0.98) * 5.5) * smooth(1.5, 1.1, far), palette.cloud, 0.55)
    light += colour(palette.bright) * (np.exp(-((far / 0.3) ** 2)) * 0.35)[..., None]
    return glow(film(light), size / 2, size / 2, rng)


def _ripples(rng: np.random.Generator, size: int, far: Field) -> Field:
    push = (clouds(rng, size, size, 60, 4) - 0.5) * 46
    field = bend(ridges(rng, size, size, 54, 4), push, push.T)
    rings = 0.5 + 0.5 * np.cos(far * 21 + push * 0.12)
    return np.clip(field * 0.75 + rings * 0.3, 0, 1)
