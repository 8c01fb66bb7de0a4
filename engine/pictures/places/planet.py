"""A planet: lit from the upper left, with a soft terminator, air that scatters light, sometimes rings."""

import numpy as np

from engine.pictures.noise import bend, clouds, enlarge, ridges
from engine.pictures.palettes import Colour, Palette
from engine.pictures.raster import Field, Sprite, axes, colour, cover, film, glow, smooth, tint

LIGHT = np.asarray((-0.76, -0.5, 0.41), dtype=np.float32)

# ground, lowland, highland, air: picked by variant so that planets of one region differ.
_GROUNDS: tuple[tuple[Colour, Colour, Colour, Colour], ...] = (
    ((16, 44, 92), (52, 110, 96), (208, 196, 150), (120, 190, 255)),
    ((88, 40, 26), (170, 92, 52), (236, 186, 130), (255, 170, 120)),
    ((60, 72, 92), (140, 160, 182), (240, 246, 252), (170, 215, 255)),
    ((34, 30, 40), (88, 78, 86), (168, 156, 150), (150, 150, 180)),
    ((70, 30, 74), (160, 84, 122), (250, 190, 170), (255, 160, 220)),
    ((22, 60, 46), (92, 138, 60), (226, 216, 140), (170, 255, 200)),
)


def paint(rng: np.random.Generator, palette: Palette) -> Sprite:
    """Paint a planet around the origin."""
    radius = float(rng.uniform(58, 128))
    ringed = rng.random() < 0.38
    if ringed:
        radius = min(radius, 84.0)
    giant = rng.random() < 0.42
    reach = radius * (2.35 if ringed else 1.32)
    size = 2 * round(reach) + 2
    across, down = axes(size, size, size / 2, size / 2)
    ground = _GROUNDS[int(rng.integers(len(_GROUNDS)))]
    light, alpha = _ball(rng, palette, across / radius, down / radius, ground, giant, radius)
    air = _air(across / radius, down / radius)
    halo = glow(tint(air, ground[3], 0.62), size / 2, size / 2, rng)
    body = cover(light, alpha, size / 2, size / 2, rng)
    if not ringed:
        return Sprite((halo, body))
    back, front = _rings(rng, palette, ground, across / radius, down / radius)
    return Sprite((halo, cover(*back, size / 2, size / 2, rng), body, cover(*front, size / 2, size / 2, rng)))


def _ball(
    rng: np.random.Generator,
    palette: Palette,
    across: Field,
    down: Field,
    ground: tuple[Colour, Colour, Colour, Colour],
    giant: bool,
    radius: float,
) -> tuple[Field, Field]:
    far = across**2 + down**2
    toward = np.sqrt(np.clip(1 - far, 0, 1))
    alpha = np.clip((1 - np.sqrt(far)) * radius + 0.5, 0, 1)
    surface, lamps = _surface(rng, across, down, toward, ground, giant)
    day = across * LIGHT[0] + down * LIGHT[1] + toward * LIGHT[2]
    lit = smooth(-0.16, 0.74, day)
    key = colour(palette.light)
    light = surface * (0.03 + 1.6 * lit)[..., None] * key
    edge = (1 - toward) ** 2.6
    light += tint(edge * smooth(-0.25, 0.6, day), ground[3], 0.95)
    light += tint(edge * smooth(0.15, -0.6, day), palette.cloud, 0.16)
    light += tint(np.exp(-(((day - 0.02) / 0.1) ** 2)) * 0.1, palette.bright)
    light += tint(lamps * smooth(-0.02, -0.2, day) * toward, (255, 196, 110), 0.9)
    return film(light, 1.25), alpha


def _surface(
    rng: np.random.Generator,
    across: Field,
    down: Field,
    toward: Field,
    ground: tuple[Colour, Colour, Colour, Colour],
    giant: bool,
) -> tuple[Field, Field]:
    span = 256
    if giant:
        field = _bands(rng, span)
        lamps = np.zeros((span, span), dtype=np.float32)
    else:
        field = bend(clouds(rng, span, span, 88, 6, 0.55), *_swirl(rng, span, 21))
        town = smooth(0.62, 0.9, clouds(rng, span, span, 48, 3)) * (rng.random((span, span)) > 0.86)
        lamps = (town * (rng.random() < 0.5)).astype(np.float32)
    tilt = rng.uniform(-0.5, 0.5)
    x = across * np.cos(tilt) + down * np.sin(tilt)
    y = down * np.cos(tilt) - across * np.sin(tilt)
    bulge = np.arctan2(x, toward + 0.12) / 1.6
    columns = np.clip((bulge * 0.5 + 0.5) * (span - 1), 0, span - 1).astype(np.int32)
    rows = np.clip((np.clip(y, -1, 1) * 0.5 + 0.5) * (span - 1), 0, span - 1).astype(np.int32)
    value = field[rows, columns]
    surface = _ramp(value, ground)
    if not giant:
        weather = bend(ridges(rng, span, span, 56, 4), *_swirl(rng, span, 32))
        cover_part = smooth(0.5, 0.95, weather)[rows, columns] * np.float32(rng.uniform(0.2, 0.85))
        surface = surface * (1 - cover_part[..., None]) + cover_part[..., None]
    return surface, lamps[rows, columns]


def _bands(rng: np.random.Generator, span: int) -> Field:
    across, down = _swirl(rng, span, 9)
    lines = clouds(rng, 2, span, 46, 5, 0.7)[:, :1]
    fine = clouds(rng, span, span, 60, 4)
    return bend(np.broadcast_to(lines, (span, span)) * 0.85 + 0.15 * fine, across, down * 1.4)


def _swirl(rng: np.random.Generator, span: int, strength: float) -> tuple[Field, Field]:
    half = span // 2
    fields = [(clouds(rng, half, half, 26, 4) - 0.5) * np.float32(2 * strength) for _ in range(2)]
    return enlarge(fields[0], span, span), enlarge(fields[1], span, span)


def _ramp(value: Field, ground: tuple[Colour, Colour, Colour, Colour]) -> Field:
    low = smooth(0.34, 0.56, value)[..., None]
    high = smooth(0.56, 0.88, value)[..., None]
    base = colour(ground[0]) * (1 - low) + colour(ground[1]) * low
    return base * (1 - high) + colour(ground[2]) * high


def _air(across: Field, down: Field) -> Field:
    far = np.sqrt(across**2 + down**2)
    side = smooth(-0.55, 0.9, -(across * LIGHT[0] + down * LIGHT[1]) * -1 / np.maximum(far, 0.3))
    return np.exp(-np.abs(far - 1) * 11) * (0.12 + 0.88 * side) * smooth(1.32, 1.05, far)


def _rings(
    rng: np.random.Generator,
    palette: Palette,
    ground: tuple[Colour, Colour, Colour, Colour],
    across: Field,
    down: Field,
) -> tuple[tuple[Field, Field], tuple[Field, Field]]:
    tilt, flat = rng.uniform(-0.42, 0.42), rng.uniform(0.2, 0.34)
    x = across * np.cos(tilt) + down * np.sin(tilt)
    y = (down * np.cos(tilt) - across * np.sin(tilt)) / flat
    far = np.sqrt(x**2 + y**2)
    lines = clouds(rng, 400, 2, 26, 6, 0.75)[0]
    grain = lines[np.clip(((far - 1.3) / 0.95) * 399, 0, 399).astype(np.int32)]
    density = smooth(1.32, 1.42, far) * smooth(2.24, 2.1, far) * (0.12 + 0.88 * smooth(0.25, 0.7, grain))
    # The planet's shadow falls on the far side, away from the light.
    shadow = smooth(0.75, 1.05, np.abs(across * LIGHT[1] - down * LIGHT[0]) * 1.25)
    behind = smooth(-0.1, 0.25, -(across * LIGHT[0] + down * LIGHT[1]))
    shine = 0.1 + 0.95 * (1 - behind * (1 - shadow))
    shade = colour(ground[2]) * 0.55 + colour(palette.light) * 0.45
    light = film((shade * (0.35 + 0.75 * grain)[..., None]) * shine[..., None], 1.5)
    near = smooth(-0.02, 0.02, y)
    return (light, density * (1 - near) * 0.9), (light, density * near * 0.9)
