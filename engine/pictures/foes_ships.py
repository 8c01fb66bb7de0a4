"""Enemy ships, drawn dark with a few sharp lights. Bow to the right here; the picture turns them left."""

import dataclasses

import numpy as np

from engine.pictures.hulls import patchwork
from engine.pictures.palettes import Colour
from engine.pictures.shapes import at, box, disc, half_hoop
from engine.pictures.shipyard import Engine, Hull, Lamp, Part, Skin

_RED: Colour = (255, 60, 56)
_HOT: Colour = (255, 170, 80)
_WARM: Colour = (255, 206, 140)
_PALE: Colour = (150, 255, 236)


def war_paint(identity: str) -> Hull:
    """Give the patchwork hull of an id, spiked and dark."""
    hull = patchwork(identity)
    lamps = tuple(dataclasses.replace(lamp, colour=_RED) for lamp in hull.lamps)
    spikes = (
        Part(at("10,-18 70,-34 96,-30 50,-10"), Skin.DARK, 1.2, 0.8),
        Part(at("20,16 76,32 100,26 56,8"), Skin.DARK, 1.2, 0.8),
    )
    return dataclasses.replace(
        hull,
        parts=(*spikes, *hull.parts),
        lamps=(*lamps, Lamp((0.3, -0.02), _RED, 0.035)),
        paint=(84, 78, 84),
        trim=(176, 40, 40),
        flame=_HOT,
        length=200,
    )


def drone(rng: np.random.Generator) -> Hull:
    """A core with one eye, and blades around it."""
    blades = []
    for turn in np.linspace(0, 2 * np.pi, int(rng.integers(3, 6)), endpoint=False) + rng.uniform(0, 1):
        way = (float(np.cos(turn)), float(np.sin(turn)))
        side = (-way[1] * 0.16, way[0] * 0.16)
        root = (way[0] * 0.3, way[1] * 0.3)
        points = ((root[0] + side[0], root[1] + side[1]), way, (root[0] - side[0], root[1] - side[1]))
        blades.append(Part(points, Skin.HULL, float(rng.uniform(0.7, 1.1)), 0.4))
    core = (
        Part(disc(0, 0, 0.46, 0.46)),
        Part(disc(0, 0, 0.32, 0.32), Skin.TRIM, 0.7, 0.8),
        Part(disc(0.1, 0, 0.2, 0.2), Skin.DARK, 0.8, 0.9),
    )
    lamps = (Lamp((0.12, 0.0), _RED, 0.13), Lamp((0.12, 0.0), (255, 220, 200), 0.05))
    return Hull((*blades, *core), lamps, (), (96, 100, 110), (150, 60, 50), panels=8, length=116)


def raider(rng: np.random.Generator) -> Hull:
    """A cutter with fangs."""
    fang = float(rng.uniform(0.24, 0.44))
    parts = (
        Part(at("-70,-12 -98,-52 -40,-46 10,-14"), Skin.HULL, 0.7, 0.3),
        Part(at("-90,-20 -20,-26 40,-20 62,-4 40,18 -20,24 -90,16")),
        Part(((0.2, -0.16), (0.6, -fang), (1.02, -fang + 0.06), (0.62, -0.08)), Skin.TRIM, 0.9, 0.7),
        Part(((0.2, 0.14), (0.56, fang), (1.0, fang - 0.04), (0.6, 0.06)), Skin.TRIM, 1.0, 0.8),
        Part(at("-60,12 -80,46 -20,50 20,14"), Skin.HULL, 0.9, 0.85),
        Part(at("10,-18 30,-19 50,-6 16,-4"), Skin.GLASS, 0.8, 0.9),
        Part(box(-0.5, -0.36, -0.1, -0.3, 0.01), Skin.DARK, 1.5, 0.5),
        Part(box(-1.0, -0.16, -0.86, 0.12), Skin.DARK, 1.0, 0.4),
    )
    lamps = (
        Lamp((0.36, -0.1), _RED, 0.03),
        Lamp((1.0, -fang + 0.06), _RED, 0.016),
        Lamp((-0.96, -0.5), _HOT, 0.016),
    )
    engines = (Engine((-0.98, -0.08), 0.08, 0.55), Engine((-0.98, 0.07), 0.07, 0.45))
    return Hull(parts, lamps, engines, (88, 80, 78), (158, 54, 38), _HOT, panels=22, rough=0.3)


def sloop(rng: np.random.Generator) -> Hull:
    """A patched trader with one gun that is too big for it."""
    parts = (
        Part(at("-40,-24 -62,-58 -30,-56 6,-26"), Skin.TRIM, 0.8, 0.3),
        Part(at("-90,-22 -40,-30 40,-26 84,-4 70,16 10,30 -60,30 -90,20")),
        Part(at("20,-24 44,-22 66,-8 30,-4"), Skin.GLASS, 0.9, 0.9),
        Part(at("-60,-6 -20,-8 -16,14 -58,18"), Skin.TRIM, 0.8, 0.7),
        Part(at("-6,2 26,0 24,18 -4,22"), Skin.HULL, 1.25, 0.7),
        Part(box(-0.1, 0.3, 0.24, 0.42), Skin.DARK, 1.5, 0.8),
        Part(box(0.2, 0.335, 1.02, 0.395, 0.006), Skin.DARK, 1.7, 0.85),
        Part(box(-1.0, -0.12, -0.88, 0.12), Skin.DARK, 1.0, 0.4),
    )
    lamps = (
        Lamp((0.8, 0.0), _WARM, 0.024),
        Lamp((-0.6, -0.58), _RED, 0.018),
        Lamp((1.02, 0.365), _HOT, 0.02),
    )
    engines = (Engine((-0.99, 0.0), 0.12, float(rng.uniform(0.4, 0.6))),)
    return Hull(parts, lamps, engines, (116, 106, 92), (150, 92, 50), _HOT, panels=24, rough=0.4, length=172)


def wrecker(rng: np.random.Generator) -> Hull:
    """A tug with cutting claws."""
    claws = (
        Part(at("40,-20 70,-52 104,-46 116,-20 100,-30 74,-36 56,-10"), Skin.TRIM, 0.9, 0.8),
        Part(at("40,18 70,50 104,44 116,18 100,28 74,34 56,8"), Skin.TRIM, 0.75, 0.8),
    )
    parts = (
        Part(at("-60,-26 -70,-50 -20,-50 0,-28"), Skin.HULL, 0.8, 0.4),
        Part(at("-94,-28 -20,-34 46,-26 60,0 46,26 -20,34 -94,28")),
        *claws,
        Part(at("10,-30 36,-26 44,-8 14,-8"), Skin.GLASS, 0.8, 0.9),
        Part(disc(-0.4, 0.06, 0.2, 0.2), Skin.DARK, 1.4, 0.9),
        Part(disc(-0.4, 0.06, 0.1, 0.1), Skin.TRIM, 1.0, 1.0),
        Part(box(-1.04, -0.2, -0.92, 0.2), Skin.DARK, 1.0, 0.4),
    )
    lamps = (
        Lamp((1.14, -0.2), _HOT, 0.026),
        Lamp((1.14, 0.18), _HOT, 0.026),
        Lamp((-0.68, -0.5), _RED, 0.02),
    )
    engines = (Engine((-1.03, -0.1), 0.1, 0.36), Engine((-1.03, 0.1), 0.1, 0.36))
    return Hull(parts, lamps, engines, (104, 94, 76), (176, 126, 40), _HOT, panels=26, rough=0.4, length=196)


def warship(rng: np.random.Generator) -> Hull:
    """A long hull with turrets in a row and many lit ports."""
    parts = [
        Part(at("-80,-20 -60,-40 -10,-40 6,-22"), Skin.HULL, 0.8, 0.4),
        Part(at("-46,-38 -40,-56 -24,-56 -18,-38"), Skin.HULL, 1.0, 0.5),
        Part(at("-96,-22 60,-20 102,0 96,8 50,20 -96,24")),
        Part(at("-96,4 60,4 94,6 50,20 -96,24"), Skin.HULL, 0.75, 0.75),
        Part(at("-90,-4 40,-6 56,-1 -90,2"), Skin.TRIM, 1.0, 0.8),
        Part(box(-1.04, -0.18, -0.92, 0.2), Skin.DARK, 1, 0.4),
    ]
    for x in (-0.5, -0.05, 0.35):
        parts.append(Part(box(x, -0.27, x + 0.14, -0.18), Skin.DARK, 1.6, 0.6))
        parts.append(Part(box(x + 0.1, -0.245, x + 0.34, -0.215, 0.004), Skin.DARK, 1.6, 0.6))
        parts.append(Part(box(x - 0.1, 0.22, x + 0.1, 0.3), Skin.DARK, 1.4, 0.8))
    ports = [Lamp((float(x), 0.1), _WARM, 0.008) for x in np.arange(-0.8, 0.5, 0.09) if rng.random() < 0.75]
    lamps = (*ports, Lamp((-0.32, -0.57), _RED, 0.02), Lamp((0.98, 0.02), (120, 170, 255), 0.016))
    engines = tuple(Engine((-1.02, y), 0.06, 0.36) for y in (-0.12, 0.0, 0.13))
    trim = ((170, 140, 60), (70, 96, 170), (140, 40, 50))[int(rng.integers(3))]
    return Hull(tuple(parts), lamps, engines, (104, 110, 122), trim, (130, 170, 255), panels=34, length=236)


def minelayer(rng: np.random.Generator) -> Hull:
    """A blunt hull that sows spiked globes in front of itself."""
    mines, lamps = [], []
    for x, y in ((0.86, -0.4), (1.14, -0.1), (0.9, 0.4)):
        for turn in np.linspace(0, 2 * np.pi, 8, endpoint=False) + rng.uniform(0, 1):
            way = (float(np.cos(turn)), float(np.sin(turn)))
            side = (-way[1] * 0.025, way[0] * 0.025)
            tip = (x + way[0] * 0.16, y + way[1] * 0.16)
            mines.append(Part(((x + side[0], y + side[1]), tip, (x - side[0], y - side[1])), Skin.DARK, 1.5))
        mines.append(Part(disc(x, y, 0.1, 0.1), Skin.DARK, 1.7, 0.8))
        lamps.append(Lamp((x, y), _RED, 0.03))
    parts = (
        Part(at("-94,-30 -60,-42 30,-40 56,-22 56,24 30,40 -60,40 -94,30")),
        Part(at("-94,2 56,2 56,24 30,40 -60,40 -94,30"), Skin.HULL, 0.75, 0.7),
        *(Part(disc(x, 0.12, 0.13, 0.13), Skin.DARK, 1.3, 0.9) for x in (-0.6, -0.22, 0.16)),
        Part(box(-0.8, -0.2, 0.4, -0.12, 0.01), Skin.TRIM, 1, 0.8),
        Part(at("10,-40 30,-52 48,-40 44,-30"), Skin.GLASS, 0.8, 0.6),
        Part(box(-1.04, -0.2, -0.92, 0.2), Skin.DARK, 1, 0.4),
    )
    engines = (Engine((-1.03, -0.1), 0.09, 0.34), Engine((-1.03, 0.1), 0.09, 0.34))
    hull = Hull((*mines, *parts), tuple(lamps), engines, (90, 98, 92), (196, 164, 40), _HOT, panels=22)
    return dataclasses.replace(hull, length=176)


def galley(rng: np.random.Generator) -> Hull:
    """A warlord's long ship: oars of fire-blackened steel and a ram."""
    oars = []
    for number in range(9):
        x = -0.66 + 0.15 * number
        oars.append(
            Part(((x, 0.14), (x - 0.2, 0.56), (x - 0.13, 0.57), (x + 0.06, 0.14)), Skin.DARK, 1.5, 0.5)
        )
        oars.append(
            Part(((x, -0.14), (x - 0.2, -0.46), (x - 0.13, -0.47), (x + 0.06, -0.14)), Skin.DARK, 1.2, 0.3)
        )
    parts = (
        *oars,
        Part(at("-98,-20 -104,-50 -70,-40 -50,-22"), Skin.TRIM, 1.0, 0.5),
        Part(at("-100,-20 60,-18 118,2 60,22 -100,22")),
        Part(at("60,-18 118,2 60,22 70,2"), Skin.TRIM, 1.1, 0.9),
        Part(at("-96,-4 56,-4 62,2 56,7 -96,7"), Skin.TRIM, 0.8, 0.8),
        Part(at("-60,-18 -50,-36 -10,-36 0,-18"), Skin.HULL, 1.1, 0.5),
        Part(box(-1.08, -0.16, -0.96, 0.18), Skin.DARK, 1, 0.4),
    )
    fires = tuple(Lamp((float(x), 0.02), _HOT, 0.018) for x in rng.uniform(-0.8, 0.4, 9))
    engines = tuple(Engine((-1.07, y), 0.07, 0.4) for y in (-0.1, 0.01, 0.12))
    lamps = (*fires, Lamp((1.16, 0.02), _RED, 0.03))
    return Hull(
        parts, lamps, engines, (78, 66, 62), (186, 48, 30), (255, 110, 50), panels=30, rough=0.4, length=252
    )


def warden(rng: np.random.Generator) -> Hull:
    """A keeper of gates: a hoop around one great eye."""
    hoops = ((0.0, 0.0), (0.46, 0.98), (0.38, 0.86))
    spines = tuple(
        Part(((-0.04, side * 0.3), (side * 0.0 - 0.7, side * 0.74), (0.1, side * 0.5)), Skin.HULL, 0.9, 0.4)
        for side in (-1, 1)
    )
    parts = (
        Part(half_hoop(*hoops, near=False), Skin.HULL, 0.6, 0.3),
        *spines,
        Part(at("-60,-10 0,-34 50,-22 74,0 50,22 0,34 -60,10")),
        Part(disc(0.24, 0.0, 0.26, 0.22), Skin.DARK, 1.2, 0.8),
        Part(disc(0.26, 0.0, 0.17, 0.15), Skin.TRIM, 1.1, 0.95),
        Part(half_hoop(*hoops, near=True), Skin.HULL, 1.0, 0.9),
    )
    runes = [
        Lamp((float(0.42 * np.cos(t)), float(0.92 * np.sin(t))), (255, 190, 244), 0.02)
        for t in np.linspace(-1.4, 1.4, 9)
    ]
    lamps = (*runes, Lamp((0.28, 0.0), (255, 120, 230), 0.14), Lamp((0.28, 0.0), (255, 255, 255), 0.05))
    return Hull(parts, lamps, (), (104, 92, 118), (190, 120, 220), panels=24, length=216)


def hunter(rng: np.random.Generator) -> Hull:
    """A black blade with three engines."""
    parts = (
        Part(at("-60,-8 -104,-46 -64,-42 20,-10"), Skin.HULL, 0.7, 0.3),
        Part(at("-90,-12 0,-17 70,-10 112,2 70,10 0,16 -90,13")),
        Part(at("-60,8 -104,44 -50,42 40,9"), Skin.HULL, 0.9, 0.85),
        Part(at("14,-15 40,-14 62,-6 20,-4"), Skin.GLASS, 0.9, 0.9),
        Part(at("-70,1 60,0 92,2 60,5 -70,6"), Skin.TRIM, 1.1, 0.8),
        Part(box(0.0, 0.18, 0.8, 0.22, 0.004), Skin.DARK, 1.7, 0.9),
        Part(box(-0.98, -0.1, -0.88, 0.1), Skin.DARK, 1, 0.4),
    )
    lamps = (Lamp((1.1, 0.02), _RED, 0.02), Lamp((0.8, 0.2), _RED, 0.016), Lamp((-1.02, -0.45), _RED, 0.016))
    engines = tuple(Engine((-0.98, y), 0.055, float(rng.uniform(0.5, 0.7))) for y in (-0.07, 0.0, 0.07))
    return Hull(parts, lamps, engines, (58, 60, 70), (210, 64, 54), (255, 90, 110), panels=18, length=206)


def ghost(rng: np.random.Generator) -> Hull:
    """A hull that should have stopped long ago: pale, holed, lit by nothing that burns."""
    plain = patchwork(f"ghost {int(rng.integers(1000))}")
    where, size = rng.uniform((-0.7, -0.2), (0.5, 0.2), (7, 2)), rng.uniform(0.03, 0.09, 7)
    holes = tuple(
        Part(disc(float(x), float(y), float(wide), float(wide) * 0.8, 9), Skin.DARK, 0.35, 0.1)
        for (x, y), wide in zip(where, size, strict=True)
    )
    spots = rng.uniform((-0.8, -0.2), (0.6, 0.2), (9, 2))
    lamps = tuple(Lamp((float(x), float(y)), _PALE, 0.03) for x, y in spots)
    return dataclasses.replace(
        plain,
        parts=(*plain.parts, *holes),
        lamps=lamps,
        engines=(),
        paint=(150, 186, 188),
        trim=(96, 140, 146),
        panels=40,
        rough=0.5,
        length=226,
    )
