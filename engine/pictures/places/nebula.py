"""A nebula one can fly into: lit billows with dark pillars before them and young stars inside."""

import numpy as np

from engine.pictures.noise import bend, clouds, ridges
from engine.pictures.palettes import Palette
from engine.pictures.raster import Field, Sprite, Stamp, axes, cover, film, glow, smooth, tint

_WIDTH, _HEIGHT = 560, 380


def paint(rng: np.random.Generator, palette: Palette) -> Sprite:
    """Paint a nebula around the origin."""
    across, down = axes(_WIDTH, _HEIGHT, _WIDTH * 0.56, _HEIGHT / 2)
    push = (clouds(rng, _WIDTH, _HEIGHT, 120, 4) - 0.5) * 120
    pull = (clouds(rng, _WIDTH, _HEIGHT, 120, 4) - 0.5) * 120
    body = bend(clouds(rng, _WIDTH, _HEIGHT, 130, 6, 0.55), push, pull)
    threads = bend(ridges(rng, _WIDTH, _HEIGHT, 100, 5), pull, push)
    far = np.sqrt((across / (_WIDTH * 0.46)) ** 2 + (down / (_HEIGHT * 0.48)) ** 2)
    fade = smooth(1.0, 0.12, far)
    mass = smooth(0.22, 0.9, body * 0.7 + fade * 0.5) * fade
    light = tint(mass, palette.cloud, 0.75) + tint(mass**2 * threads, palette.bright, 1.05)
    light += tint(fade**2 * threads**2, palette.contrast, 0.7)
    lamps = _young_stars(rng, palette, fade)
    gas = glow(film(light + lamps * (0.5 + mass)[..., None], 1.15), _WIDTH * 0.56, _HEIGHT / 2, rng)
    return Sprite((gas, _pillars(rng, palette, body, push, fade)))


def _young_stars(rng: np.random.Generator, palette: Palette, fade: Field) -> Field:
    light = np.zeros((_HEIGHT, _WIDTH, 3), dtype=np.float32)
    for _ in range(int(rng.integers(4, 8))):
        across, down = axes(
            _WIDTH, _HEIGHT, _WIDTH * 0.56 + rng.normal(0, 70), _HEIGHT / 2 + rng.normal(0, 45)
        )
        far = across**2 + down**2
        size = rng.uniform(1.2, 3.2)
        light += tint(np.exp(-far / size**2), (255, 255, 255), 1.6)
        light += tint(np.exp(-np.sqrt(far) / (size * 7)), palette.bright, 0.75)
    return light * fade[..., None]


def _pillars(rng: np.random.Generator, palette: Palette, body: Field, push: Field, fade: Field) -> Stamp:
    columns = bend(clouds(rng, _WIDTH, _HEIGHT, 90, 5, 0.6), push * 0.7, np.zeros_like(push))
    _, down = axes(_WIDTH, _HEIGHT)
    rise = smooth(0.45, 0.95, down / _HEIGHT)
    dark = smooth(0.5, 0.64, columns * 0.62 + rise * 0.42) * smooth(0.0, 0.35, fade) * 0.86
    edge = smooth(0.0, 0.5, dark) * smooth(0.86, 0.4, dark)
    light = tint(np.ones_like(dark), palette.deep, 1.0) + tint(edge, palette.bright, 0.5)
    light += tint(body * 0.25, palette.shade)
    return cover(film(light), dark, _WIDTH * 0.56, _HEIGHT / 2, rng)
