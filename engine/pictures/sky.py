"""The sky of a region: nebula, dust and stars on plates that are larger than the picture.

A region has a few plates; a node shows its own cut of one, mirrored or not, so that a thousand nodes look
different while the memory holds a handful of plates.
"""

import numpy as np

from engine.pictures.noise import bend, clouds, enlarge, ridges
from engine.pictures.palettes import Palette
from engine.pictures.raster import Field, Plate, axes, colour, film, smooth, tint, to_pixels
from engine.pictures.seeds import generator

PLATE_WIDTH = 832
PLATE_HEIGHT = 468
PLATES_PER_REGION = 3


def paint_plate(region: str, palette: Palette, number: int) -> Plate:
    """Paint plate `number` of a region."""
    rng = generator("sky", region, number)
    light = _nebula(rng, palette, PLATE_WIDTH // 2, PLATE_HEIGHT // 2)
    light = enlarge(light, PLATE_WIDTH, PLATE_HEIGHT)
    _add_stars(light, rng, palette)
    return Plate(to_pixels(film(light), rng))


def _nebula(rng: np.random.Generator, palette: Palette, width: int, height: int) -> Field:
    across = (clouds(rng, width, height, 110, 3) - 0.5) * 90
    down = (clouds(rng, width, height, 110, 3) - 0.5) * 90
    body = bend(clouds(rng, width, height, 150, 6, 0.52), across, down)
    threads = bend(ridges(rng, width, height, 90), down, across)
    veil = bend(clouds(rng, width, height, 170, 4), down, -across)
    dust = smooth(0.42, 0.8, bend(clouds(rng, width, height, 80, 5, 0.6), across * 1.4, down * 1.4))
    core = _core(rng, width, height)
    gas = smooth(0.34, 0.95, body * 0.75 + core * 0.45)
    light = np.broadcast_to(colour(palette.deep), (height, width, 3)) * np.float32(1.1)
    light = light + tint(gas, palette.shade, 1.15)
    light += tint(gas**2 * (0.45 + 0.8 * threads), palette.cloud, 0.95)
    light += tint(gas**4 * (0.3 + threads), palette.bright, 0.75)
    light += tint(smooth(0.55, 1.0, veil) * (0.35 + 0.65 * threads) * (1 - gas * 0.5), palette.contrast, 0.5)
    light += tint(core**3, palette.bright, 0.35)
    return light * (1 - 0.72 * dust * (1 - core * 0.5))[..., None]


def _core(rng: np.random.Generator, width: int, height: int) -> Field:
    x = width * rng.uniform(0.25, 0.75)
    y = height * rng.uniform(0.3, 0.7)
    across, down = axes(width, height, x, y)
    angle = rng.uniform(-0.5, 0.5)
    along = across * np.float32(np.cos(angle)) + down * np.float32(np.sin(angle))
    over = down * np.float32(np.cos(angle)) - across * np.float32(np.sin(angle))
    return np.exp(-((along / (width * 0.3)) ** 2) - (over / (height * 0.22)) ** 2)


def _add_stars(light: Field, rng: np.random.Generator, palette: Palette) -> None:
    height, width = light.shape[:2]
    warm, cold = np.asarray((1.0, 0.82, 0.62)), np.asarray((0.68, 0.84, 1.0))
    for count, low, high, reach in (
        (1500, 0.06, 0.4, 0),
        (240, 0.4, 1.1, 1),
        (26, 1.0, 2.2, 3),
        (6, 2.0, 3.2, 9),
    ):
        columns = rng.integers(10, width - 10, count)
        rows = rng.integers(10, height - 10, count)
        power = low + (high - low) * rng.random(count) ** 3
        heat = rng.random((count, 1))
        shades = (warm * heat + cold * (1 - heat)) * 0.75 + 0.25 * colour(palette.bright)
        if reach == 0:
            np.add.at(light, (rows, columns), power[:, None] * shades)
            continue
        for column, row, strength, shade in zip(columns, rows, power, shades, strict=True):
            _add_star(light, int(column), int(row), strength * shade, reach)


def _add_star(light: Field, column: int, row: int, shade: np.ndarray, reach: int) -> None:
    light[row, column] += shade
    across, down = axes(2 * reach + 1, 2 * reach + 1, reach, reach)
    far = across**2 + down**2
    halo = np.exp(-far / (0.32 * reach + 0.35)) * 0.45
    if reach > 4:
        cross = np.exp(-np.abs(across) * 0.42 - down**2 * 1.6) + np.exp(
            -np.abs(down) * 0.42 - across**2 * 1.6
        )
        halo = halo + cross * 0.4 + np.exp(-far / 22) * 0.16
    light[row - reach : row + reach + 1, column - reach : column + reach + 1] += halo[..., None] * shade
