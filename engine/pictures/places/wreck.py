"""A wreck: a large hull torn open, drifting askew in a cloud of its own splinters."""

import numpy as np
from PIL import Image

from engine.pictures.hulls import hull_of
from engine.pictures.noise import clouds
from engine.pictures.palettes import Colour, Palette
from engine.pictures.places.belt import rocks
from engine.pictures.raster import Pixels, Sprite, Stamp, axes, film, glow, smooth, tint
from engine.pictures.shipyard import Hull, Light, build

_TYPES = ("freighter", "gunship", "surveyor", "wreck-a", "wreck-b", "wreck-c")
_METAL: Colour = (112, 112, 118)
_FIRE: Colour = (255, 128, 54)


def paint(rng: np.random.Generator, palette: Palette) -> Sprite:
    """Paint a wreck around the origin."""
    whole = hull_of(_TYPES[int(rng.integers(len(_TYPES)))])
    dead = Hull(whole.parts, (), (), _dim(whole.paint), _dim(whole.trim), panels=44, rough=0.5)
    body = build(dead, 270, Light(-1, palette.light, palette.cloud), rng).stamps[0]
    angle = float(rng.uniform(12, 34)) * float(rng.choice((-1, 1)))
    broken = _turned(torn(body, rng), angle)
    pieces = rocks(rng, 34, (1.6, 6.4), _METAL, palette, 0.12)
    splinters = [piece.moved(rng.normal(0, 92), rng.normal(0, 46)) for piece in pieces]
    return Sprite((_dust(rng, palette), *splinters[:16], broken, *splinters[16:], _embers(rng)))


def _dim(paint: Colour) -> Colour:
    red, green, blue = (round(channel * 0.5 + 18) for channel in paint)
    return red, green, blue


def torn(stamp: Stamp, rng: np.random.Generator) -> Stamp:
    """Bite holes and a break through the middle out of a hull, with soot around them."""
    assert stamp.keep is not None
    height, width = stamp.light.shape[:2]
    field = clouds(rng, width, height, 44, 5, 0.62)
    across, _ = axes(width, height, width * rng.uniform(0.4, 0.62), 0)
    jag = (clouds(rng, width, height, 16, 3) - 0.5) * 34
    stay = (smooth(0.3, 0.33, field) * smooth(9, 12, np.abs(across + jag)))[..., None]
    soot = (0.3 + 0.7 * smooth(0.32, 0.5, field) * smooth(9, 40, np.abs(across + jag)))[..., None]
    light = (stamp.light * stay * soot).astype(np.uint8)
    keep = 255 - ((255 - stamp.keep) * stay).astype(np.uint8)
    return Stamp(np.minimum(light, 255 - keep), keep, stamp.x, stamp.y)


def _turned(stamp: Stamp, angle: float) -> Stamp:
    assert stamp.keep is not None
    light = _rotated(stamp.light, angle)
    keep = 255 - _rotated(255 - stamp.keep, angle)
    height, width = light.shape[:2]
    return Stamp(np.minimum(light, 255 - keep), keep, -width // 2, -height // 2)


def _rotated(pixels: Pixels, angle: float) -> Pixels:
    image = Image.fromarray(pixels).rotate(angle, Image.Resampling.BICUBIC, expand=True)
    return np.array(image)


def _dust(rng: np.random.Generator, palette: Palette) -> Stamp:
    width, height = 420, 240
    across, down = axes(width, height, width / 2, height / 2)
    fade = smooth(1.0, 0.1, np.sqrt((across / (width / 2)) ** 2 + (down / (height / 2)) ** 2))
    return glow(
        tint(clouds(rng, width, height, 70, 5) ** 2 * fade, palette.cloud, 0.3), width / 2, height / 2, rng
    )


def _embers(rng: np.random.Generator) -> Stamp:
    width, height = 260, 140
    light = np.zeros((height, width, 3), dtype=np.float32)
    for _ in range(int(rng.integers(3, 8))):
        across, down = axes(width, height, rng.uniform(60, 200), rng.uniform(45, 95))
        far = across**2 + down**2
        heat = rng.uniform(0.5, 1.0)
        light += tint(np.exp(-far / 5) * heat + np.exp(-far / 160) * 0.22 * heat, _FIRE)
    return glow(film(light, 1.4), width / 2, height / 2, rng)
