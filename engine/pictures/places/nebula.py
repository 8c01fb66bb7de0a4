"""A nebula one can fly into: lit billows with dark pillars before them and young stars inside."""

import numpy as np

from engine.pictures.noise import bend, clouds, enlarge, ridges
from engine.pictures.palettes import Palette
from engine.pictures.raster import Field, Sprite, Stamp, axes, colour, cover, film, glow, smooth, tint

_WIDTH, _HEIGHT = 600, 420
_X, _Y = 336, 210  # the middle of the place in the fields; there is more of it on the ship's side


def paint(rng: np.random.Generator, palette: Palette) -> Sprite:
    """Paint a nebula around the origin."""
    wide, tall = _WIDTH // 2, _HEIGHT // 2
    push = (clouds(rng, wide, tall, 60, 4) - 0.5) * 64
    pull = (clouds(rng, wide, tall, 60, 4) - 0.5) * 64
    body = bend(clouds(rng, wide, tall, 70, 5, 0.55), push, pull)
    threads = bend(ridges(rng, wide, tall, 54, 5), pull, push)
    across, down = axes(wide, tall, _X / 2, _Y / 2)
    # The outline follows the cloud, so that no ellipse shows.
    far = np.sqrt((across / (wide * 0.5)) ** 2 + (down / (tall * 0.5)) ** 2) + (0.5 - body) * 0.45
    fade = smooth(0.9, 0.1, far) * _frame(wide, tall)
    mass = smooth(0.12, 0.95, body * 0.55 + fade * 0.5) * fade
    light = tint(mass, palette.cloud, 0.42) + tint(mass**2 * threads, palette.bright, 0.62)
    light += tint(mass**3, palette.bright, 0.3)
    light += tint(fade**2 * threads**2 * (1 - mass), palette.contrast, 0.6)
    dark = _pillars(rng, push, fade)
    large = enlarge(light, _WIDTH, _HEIGHT) + _young_stars(rng, palette, enlarge(fade, _WIDTH, _HEIGHT))
    gas = glow(film(large, 1.2), _X, _Y, rng)
    return Sprite((gas, _dust(rng, palette, enlarge(dark, _WIDTH, _HEIGHT), enlarge(light, _WIDTH, _HEIGHT))))


def _frame(wide: int, tall: int) -> Field:
    across, down = axes(wide, tall)
    sides = smooth(0, 40, across) * smooth(wide, wide - 40, across)
    return sides * smooth(0, 40, down) * smooth(tall, tall - 40, down)


def _young_stars(rng: np.random.Generator, palette: Palette, fade: Field) -> Field:
    light = np.zeros((_HEIGHT, _WIDTH, 3), dtype=np.float32)
    for _ in range(int(rng.integers(4, 8))):
        x, y = round(_X + rng.normal(0, 70)), round(_Y + rng.normal(0, 45))
        left, top = min(max(0, x - 60), _WIDTH - 121), min(max(0, y - 60), _HEIGHT - 121)
        view = light[top : top + 121, left : left + 121]
        across, down = axes(121, 121, x - left, y - top)
        far = across**2 + down**2
        size = rng.uniform(1.2, 2.8)
        view += tint(np.exp(-far / size**2), (255, 255, 255), 1.6)
        view += tint(np.exp(-np.sqrt(far) / (size * 6)) * smooth(3600, 1200, far), palette.bright, 0.7)
    return light * fade[..., None]


def _pillars(rng: np.random.Generator, push: Field, fade: Field) -> Field:
    tall, wide = push.shape
    columns = bend(clouds(rng, wide, tall, 46, 5, 0.6), push * 0.8, np.zeros_like(push))
    _, down = axes(wide, tall)
    rise = smooth(0.4, 0.95, down / tall)
    return smooth(0.5, 0.66, columns * 0.62 + rise * 0.4) * smooth(0.02, 0.4, fade) * 0.9


def _dust(rng: np.random.Generator, palette: Palette, dark: Field, light: Field) -> Stamp:
    """Cover the gas with dust that is lit along its edges by what shines behind it."""
    dark = np.clip(dark, 0, 1)
    edge = smooth(0.0, 0.45, dark) * smooth(0.9, 0.45, dark)
    inside = np.broadcast_to(colour(palette.deep), light.shape) * np.float32(0.9)
    return cover(film(inside + light * (0.1 + 0.9 * edge)[..., None]), dark, _X, _Y, rng)
