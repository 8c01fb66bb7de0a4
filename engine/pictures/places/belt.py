"""An asteroid belt: a band of tumbling rocks, hazy far ones first, sharp near ones last."""

import numpy as np

from engine.pictures.noise import clouds, enlarge
from engine.pictures.palettes import Colour, Palette
from engine.pictures.raster import Field, Sprite, Stamp, axes, colour, cover, film, glow, smooth, tint

_STONES: tuple[Colour, ...] = ((150, 138, 126), (128, 118, 120), (168, 140, 112), (120, 128, 140))


def paint(rng: np.random.Generator, palette: Palette) -> Sprite:
    """Paint a belt around the origin; it crosses most of the picture."""
    slope = rng.uniform(-0.28, 0.28)
    stone = _STONES[int(rng.integers(len(_STONES)))]
    stamps = [_haze(rng, palette, slope)]
    for count, low, high, spread, haze in (
        (34, 2.5, 6, 74, 0.62),
        (14, 7, 15, 66, 0.34),
        (4, 20, 34, 62, 0.1),
    ):
        for piece in rocks(rng, count, (low, high), stone, palette, haze):
            x = rng.uniform(-430, 240)
            y = slope * x + rng.normal(0, spread * 0.55)
            if haze < 0.2 and x < -90:  # leave the ship's place free of large rocks
                x = -x * 0.6
            stamps.append(piece.moved(x, y))
    stamps.append(rock(rng, rng.uniform(44, 60), stone, palette, 0.0).moved(20, slope * 20))
    return Sprite(tuple(stamps))


def rocks(
    rng: np.random.Generator,
    count: int,
    size: tuple[float, float],
    stone: Colour,
    palette: Palette,
    haze: float,
) -> list[Stamp]:
    """Paint many small rocks around the origin: a few are painted, the rest are copies of them."""
    painted = [rock(rng, float(rng.uniform(*size)), stone, palette, haze) for _ in range(min(count, 7))]
    return painted + [painted[int(rng.integers(len(painted)))] for _ in range(count - len(painted))]


def rock(rng: np.random.Generator, radius: float, stone: Colour, palette: Palette, haze: float) -> Stamp:
    """Paint one rock around the origin; `haze` 0..1 sinks it into the colour of the sky."""
    size = 2 * round(radius * 1.35) + 6
    across, down = axes(size, size, size / 2, size / 2)
    stretch_by, turn = rng.uniform(0.66, 1.0), rng.uniform(0, np.pi)
    x = (across * np.cos(turn) + down * np.sin(turn)) / (radius * stretch_by)
    y = (down * np.cos(turn) - across * np.sin(turn)) / radius
    angle = np.arctan2(y, x)
    waves = [rng.uniform(0.02, 0.09) * np.cos(angle * wave + rng.uniform(0, 6.3)) for wave in (2, 3, 5, 7)]
    outline = 1 + sum(waves)
    far = np.sqrt(x**2 + y**2) / outline
    alpha = np.clip((1 - far) * radius * stretch_by + 0.5, 0, 1)
    light = _lit(rng, far, size, radius, stone, palette)
    sky = colour(palette.shade) * 0.55 + colour(palette.deep) * 0.45
    return cover(light * (1 - haze) + sky * haze, alpha, size / 2, size / 2, rng)


def _lit(
    rng: np.random.Generator, far: Field, size: int, radius: float, stone: Colour, palette: Palette
) -> Field:
    lumps = clouds(rng, size, size, max(4.0, radius * 0.8), 5 if radius > 16 else 3, 0.6)
    form = np.sqrt(np.clip(1 - np.minimum(far, 1) ** 2, 0, 1)) * radius + (lumps - 0.5) * radius * 0.75
    form -= _craters(rng, size, radius)
    down, across = np.gradient(form)
    toward = 1 / np.sqrt(across**2 + down**2 + 1)
    day = np.clip((across * 0.66 + down * 0.52 + 0.5) * toward, 0, 1.3)
    paint = colour(stone) * (0.7 + 0.45 * lumps)[..., None]
    light = paint * (0.05 + 1.1 * day**1.3)[..., None] * colour(palette.light)
    edge = smooth(0.72, 1.0, far)
    light += tint(edge * smooth(0.35, 0.9, day), palette.light, 0.5)
    light += tint(edge * smooth(0.3, 0.0, day), palette.cloud, 0.15)
    return film(light, 1.5)


def _craters(rng: np.random.Generator, size: int, radius: float) -> Field:
    dents = np.zeros((size, size), dtype=np.float32)
    for _ in range(int(radius / 7)):
        wide = radius * rng.uniform(0.1, 0.3)
        across, down = axes(
            size, size, size / 2 + rng.normal(0, radius * 0.45), size / 2 + rng.normal(0, radius * 0.45)
        )
        dents += np.exp(-(((across**2 + down**2) / wide**2) ** 2)) * wide * 0.7
    return dents


def _haze(rng: np.random.Generator, palette: Palette, slope: float) -> Stamp:
    width, height = 700, 300
    across, down = axes(width, height, 440, height / 2)
    band = (
        np.exp(-(((down - slope * across) / 58) ** 2)) * smooth(-440, -300, across) * smooth(260, 120, across)
    )
    grit = enlarge(clouds(rng, width // 2, height // 2, 20, 5, 0.75), width, height)
    sparks = (rng.random((height, width)) > 0.994) * rng.random((height, width))
    light = tint(band * (0.15 + 0.5 * grit), palette.cloud, 0.34) + tint(band * sparks, palette.light, 0.9)
    return glow(light, 440, height / 2, rng)
