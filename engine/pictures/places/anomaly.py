"""Things that should not be there: a black hole, a spiral that turns the wrong way, a shattered prism."""

import numpy as np
from PIL import Image, ImageDraw

from engine.pictures.noise import clouds, ridges
from engine.pictures.palettes import Palette, blend
from engine.pictures.raster import Field, Sprite, Stamp, axes, cover, film, glow, smooth, tint

_SIZE = 340


def paint(rng: np.random.Generator, palette: Palette) -> Sprite:
    """Paint an anomaly around the origin."""
    return (_hole, _spiral, _prism)[int(rng.integers(3))](rng, palette)


def _polar(tilt: float, flat: float) -> tuple[Field, Field, Field]:
    across, down = axes(_SIZE, _SIZE, _SIZE / 2, _SIZE / 2)
    x = across * np.cos(tilt) + down * np.sin(tilt)
    y = down * np.cos(tilt) - across * np.sin(tilt)
    return np.sqrt(x**2 + (y / flat) ** 2), np.arctan2(y / flat, x), y


def _whirl(rng: np.random.Generator, far: Field, angle: Field, twist: float) -> Field:
    span = 512
    sheet = clouds(rng, span, span, 56, 6, 0.62) * 0.6 + ridges(rng, span, span, 70, 4) * 0.4
    sheet = np.maximum(sheet * np.hanning(span)[None, :] ** 0.35, np.roll(sheet, span // 2, axis=1) * 0.9)
    turn = (angle / (2 * np.pi) + twist * np.log1p(far)) % 1.0
    rows = np.clip(far * 2.2, 0, span - 1).astype(np.int32)
    return sheet[rows, (turn * (span - 1)).astype(np.int32)]


def _hole(rng: np.random.Generator, palette: Palette) -> Sprite:
    radius = float(rng.uniform(34, 46))
    tilt, flat = float(rng.uniform(-0.4, 0.4)), float(rng.uniform(0.16, 0.26))
    far, angle, side = _polar(tilt, flat)
    round_far, _, _ = _polar(0, 1)
    gas = _whirl(rng, far, angle, 0.55)
    disk = smooth(radius * 1.25, radius * 1.6, far) * np.exp(-(far - radius * 1.4) / (radius * 0.95))
    disk = np.clip(disk, 0, 1.4) * smooth(_SIZE * 0.49, _SIZE * 0.36, far) * (0.3 + 1.1 * gas)
    beam = 1 + 0.65 * np.cos(angle + np.pi)  # the side that turns towards us is brighter
    front = disk * beam * smooth(-1.5, 1.5, side)
    back = disk * beam * smooth(1.5, -1.5, side)
    bow = np.exp(-(((round_far - radius * 1.14) / (radius * 0.09)) ** 2)) * (0.75 + 0.5 * gas)
    arch = np.exp(-np.abs(round_far - radius * 1.2) / (radius * 0.22)) * smooth(
        radius, radius * 1.05, round_far
    )
    halo = np.exp(-round_far / (radius * 1.7)) * smooth(_SIZE * 0.5, _SIZE * 0.3, round_far)
    behind = (
        tint(back, palette.cloud, 1.5) + tint(back**2, palette.bright, 1.2) + tint(halo, palette.cloud, 0.4)
    )
    before = tint(front, palette.cloud, 1.7) + tint(front**2, palette.bright, 1.4)
    ring = tint(bow, palette.bright, 1.5) + tint(arch * 0.7, palette.cloud, 1.2)
    night = np.zeros((_SIZE, _SIZE, 3), dtype=np.float32)
    middle = _SIZE / 2
    return Sprite(
        (
            glow(film(behind), middle, middle, rng),
            cover(night, smooth(radius * 1.12, radius * 1.0, round_far), middle, middle, rng),
            glow(film(ring), middle, middle, rng),
            glow(film(before), middle, middle, rng),
        )
    )


def _spiral(rng: np.random.Generator, palette: Palette) -> Sprite:
    far, angle, _ = _polar(float(rng.uniform(-0.6, 0.6)), float(rng.uniform(0.5, 0.8)))
    arms = int(rng.integers(2, 4))
    twist = float(rng.choice((-1, 1))) * 2.4
    arm = 0.5 + 0.5 * np.cos(arms * angle + twist * 3 * np.log1p(far / 8))
    gas = _whirl(rng, far, angle, twist * 0.3)
    fade = smooth(_SIZE * 0.48, _SIZE * 0.08, far)
    light = tint(arm**2 * gas * fade, palette.cloud, 1.6) + tint(arm**5 * gas * fade**2, palette.bright, 1.8)
    light += tint((1 - arm) ** 3 * gas * fade, palette.contrast, 0.9)
    light += tint(np.exp(-far / 13), (255, 255, 255), 2.2) + tint(np.exp(-far / 42), palette.bright, 0.8)
    return Sprite((glow(film(light), _SIZE / 2, _SIZE / 2, rng),))


def _prism(rng: np.random.Generator, palette: Palette) -> Sprite:
    stamps: list[Stamp] = [_aura(rng, palette)]
    for number in range(13):
        turn, far = number * 2.4 + rng.uniform(-0.4, 0.4), 28 + 74 * float(rng.random())
        tall = float(rng.uniform(9, 30))
        stamps.append(_shard(rng, palette, tall).moved(far * np.cos(turn), far * 0.8 * np.sin(turn)))
    for x, y, tall in ((-26, 14, 50), (24, -12, 56), (2, 0, 82)):
        stamps.append(_shard(rng, palette, tall).moved(x, y))
    return Sprite(tuple(stamps))


def _aura(rng: np.random.Generator, palette: Palette) -> Stamp:
    far, angle, _ = _polar(0, 1)
    rays = clouds(rng, 512, 2, 24, 4, 0.7)[0][((angle / (2 * np.pi) + 0.5) * 511).astype(np.int32)]
    fade = smooth(_SIZE * 0.49, 0, far)
    light = tint(fade**2 * (0.1 + rays**2), palette.cloud, 0.9) + tint(fade**4, palette.bright, 0.7)
    arcs = np.clip(np.cos(angle * 2 + rng.uniform(0, 6.3)), 0, 1) ** 1.5
    rainbow = np.stack([np.exp(-(((far - reach) / 6) ** 2)) for reach in (120, 126, 132)], axis=-1)
    return glow(film(light + rainbow * (arcs * 0.3)[..., None]), _SIZE / 2, _SIZE / 2, rng)


def _shard(rng: np.random.Generator, palette: Palette, tall: float) -> Stamp:
    """Paint one crystal: four facets from light to dark, bright edges, a glow at its heart."""
    fine, size = 3, 2 * round(tall * 1.15) + 4
    lean, wide = float(rng.uniform(-0.5, 0.5)), tall * float(rng.uniform(0.26, 0.4))
    middle = size * fine / 2

    def point(across: float, down: float) -> tuple[float, float]:
        x = across * wide * np.cos(lean) - down * tall * np.sin(lean)
        y = across * wide * np.sin(lean) + down * tall * np.cos(lean)
        return float(middle + x * fine), float(middle + y * fine)

    top, bottom, heart = (
        point(0, -1),
        point(0, 1),
        point(float(rng.uniform(-0.3, 0.2)), float(rng.uniform(-0.2, 0.2))),
    )
    left, right = point(-1, float(rng.uniform(-0.35, 0))), point(1, float(rng.uniform(-0.25, 0.15)))
    image = Image.new("RGB", (size * fine, size * fine))
    mask = Image.new("L", image.size)
    ImageDraw.Draw(mask).polygon([top, right, bottom, left], fill=232)
    pen = ImageDraw.Draw(image)
    for corners, part in (
        ((top, left, heart), 0.92),
        ((top, heart, right), 0.5),
        ((left, heart, bottom), 0.4),
        ((heart, right, bottom), 0.12),
    ):
        pen.polygon(corners, fill=blend(blend(palette.deep, palette.cloud, 0.55), palette.bright, part))
    for corner in (top, left, right, bottom):
        pen.line([heart, corner], fill=blend(palette.cloud, (255, 255, 255), 0.7), width=fine - 1)
    pen.line([left, top, right], fill=(255, 255, 255), width=fine)
    alpha = np.asarray(mask.resize((size, size), Image.Resampling.BOX), dtype=np.float32) / 255
    light = np.asarray(image.resize((size, size), Image.Resampling.BOX), dtype=np.float32) / 255
    across, down = axes(size, size, heart[0] / fine, heart[1] / fine)
    shine = np.exp(-np.hypot(across, down) / (tall * 0.4)) * 0.5
    return cover(np.clip(light + tint(shine, palette.bright), 0, 1), alpha, size / 2, size / 2, rng)
