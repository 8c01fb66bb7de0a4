"""A space station: a lit spire with wheels, arms or sails, and a hundred windows."""

import numpy as np

from engine.pictures.palettes import Colour, Palette
from engine.pictures.raster import Sprite
from engine.pictures.shapes import band, box, disc
from engine.pictures.shipyard import Hull, Lamp, Light, Part, Skin, build

_WARM: Colour = (255, 206, 130)
_COOL: Colour = (150, 220, 255)
_RED: Colour = (255, 70, 60)


def paint(rng: np.random.Generator, palette: Palette) -> Sprite:
    """Paint a station around the origin."""
    design = (_wheel, _tower, _sails)[int(rng.integers(3))]
    return build(design(rng), int(rng.uniform(215, 250)), Light(-1, palette.light, palette.cloud), rng)


def _wheel(rng: np.random.Generator) -> Hull:
    flat = rng.uniform(0.26, 0.36)
    parts = (
        *_ring(0.0, 0.95, flat, False),
        Part(box(-0.8, -0.03, 0.8, 0.03), Skin.DARK, 1.3, 0.3),
        *_spire(0.95),
        *_ring(0.0, 0.95, flat, True),
    )
    lamps = (*_windows(rng, flat), *_spire_lamps(rng, 0.95))
    return Hull(parts, lamps, (), (150, 156, 166), (196, 132, 70), panels=34)


def _tower(rng: np.random.Generator) -> Hull:
    decks = []
    for y in (-0.62, -0.26, 0.12, 0.46):
        wide = rng.uniform(0.3, 0.62)
        decks.append(Part(box(-wide, y - 0.06, wide, y + 0.08, 0.05), Skin.HULL, rng.uniform(0.75, 1.1), 0.7))
        decks.append(Part(box(-wide * 0.8, y + 0.08, wide * 0.8, y + 0.12, 0.01), Skin.TRIM, 0.9, 0.5))
    lamps = [
        Lamp((float(rng.uniform(-0.4, 0.4)), y + float(rng.uniform(-0.03, 0.05))), _WARM, 0.011)
        for y in (-0.62, -0.26, 0.12, 0.46)
        for _ in range(9)
    ]
    return Hull(
        (*_spire(1.05), *decks),
        (*lamps, *_spire_lamps(rng, 1.05)),
        (),
        (140, 150, 168),
        (90, 150, 190),
        panels=30,
    )


def _sails(rng: np.random.Generator) -> Hull:
    sails = []
    for x in (-1.0, -0.64, 0.34, 0.7):
        sails.append(Part(box(x - 0.02, -0.42, x + 0.32, 0.42, 0.01), Skin.DARK, 0.9, 0.4))
        for row in range(6):
            for column in range(2):
                left, top = x + 0.155 * column, -0.4 + 0.136 * row
                tone = 1.0 + 0.9 * float(rng.random()) ** 2
                sails.append(Part(box(left, top, left + 0.145, top + 0.12, 0.004), Skin.GLASS, tone, 0.5))
    boom = Part(box(-1.0, -0.03, 1.0, 0.03), Skin.DARK, 1.4, 0.3)
    hub = Part(disc(0.0, 0.0, 0.24, 0.24), Skin.HULL, 1.05, 0.8)
    belt = Part(box(-0.26, -0.05, 0.26, 0.06, 0.02), Skin.TRIM, 1.0, 0.9)
    lamps = [Lamp((float(x), float(y)), _COOL, 0.012) for x, y in rng.uniform(-0.16, 0.16, (14, 2))]
    return Hull(
        (boom, *sails, *_spire(0.7), hub, belt),
        (*lamps, *_spire_lamps(rng, 0.7)),
        (),
        (170, 172, 170),
        panels=26,
    )


def _ring(y: float, wide: float, flat: float, front: bool) -> tuple[Part, ...]:
    tall = wide * flat
    outer = band((0.0, y), (wide, tall), (wide * 0.84, tall * 0.7), front)
    inner = band((0.0, y), (wide * 0.89, tall * 0.8), (wide * 0.86, tall * 0.74), front)
    tone = 1.05 if front else 0.6
    return (
        Part(outer, Skin.HULL, tone, 0.8 if front else 0.2),
        Part(inner, Skin.TRIM, tone, 0.9 if front else 0.2),
    )


def _spire(tall: float) -> tuple[Part, ...]:
    lower = tall * 0.8
    half = ((0.05, -tall), (0.09, -0.3), (0.17, -0.2), (0.17, 0.22), (0.1, 0.3), (0.05, lower))
    body = (*half, *((-x, y) for x, y in reversed(half)))
    mast = Part(box(-0.012, -tall - 0.22, 0.012, -tall, 0.002), Skin.DARK, 1.6, 0.5)
    return (mast, Part(body, Skin.HULL, 1.0, 0.55), Part(box(-0.2, -0.08, 0.2, 0.1), Skin.HULL, 1.15, 0.8))


def _spire_lamps(rng: np.random.Generator, tall: float) -> tuple[Lamp, ...]:
    rows = rng.uniform(-tall * 0.8, tall * 0.7, 16)
    lit = tuple(Lamp((float(rng.uniform(-0.05, 0.05)), float(y)), _WARM, 0.01) for y in rows)
    return (*lit, Lamp((0.0, -tall - 0.22), _RED, 0.022), Lamp((0.0, tall * 0.8), _RED, 0.02))


def _windows(rng: np.random.Generator, flat: float) -> tuple[Lamp, ...]:
    lamps = []
    for turn in np.linspace(0.12, np.pi - 0.12, 40):
        if rng.random() < 0.72:
            x, y = 0.925 * np.cos(turn), 0.925 * flat * np.sin(turn)
            lamps.append(Lamp((float(x), float(y) - 0.012), _WARM if rng.random() < 0.8 else _COOL, 0.01))
    return tuple(lamps)
