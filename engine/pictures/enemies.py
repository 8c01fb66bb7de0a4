"""The hulls of those who stand in the way, dark with a few sharp lights. `build` turns their bows left.

Ids are content: a word in the id chooses the family (drone, raider, warship, beast, alien), its hash the
details. An id without a known word gets a patchwork hull in war paint.
"""

import dataclasses

import numpy as np

from engine.pictures.hulls import patchwork
from engine.pictures.palettes import Colour
from engine.pictures.seeds import generator
from engine.pictures.shapes import arc, at, box, disc
from engine.pictures.shipyard import Engine, Hull, Lamp, Part, Point, Skin

_RED: Colour = (255, 60, 56)
_HOT: Colour = (255, 170, 80)
_GLOW: Colour = (90, 255, 200)

_FAMILIES = (
    ("drone", ("drone", "probe", "sentinel", "sentry", "mine", "automat", "machine", "turret")),
    ("raider", ("pirate", "raider", "corsair", "bandit", "scav", "marauder", "smuggler", "reaver", "cutter")),
    (
        "warship",
        ("patrol", "customs", "hunter", "navy", "cruiser", "frigate", "warden", "enforcer", "dread", "war"),
    ),
    (
        "beast",
        ("leviathan", "worm", "whale", "beast", "swarm", "maw", "kraken", "spore", "hive", "eel", "ray"),
    ),
    ("alien", ("alien", "xeno", "visitor", "ancient", "herald", "shade", "wraith", "ghost", "choir")),
)


def enemy_of(identity: str) -> tuple[Hull, int]:
    """Give the hull of an enemy id and its length in pixels."""
    word = identity.lower()
    family = next((name for name, words in _FAMILIES if any(part in word for part in words)), "")
    rng = generator("enemy", identity)
    match family:
        case "drone":
            return _drone(rng), 116
        case "raider":
            return _raider(rng), 190
        case "warship":
            return _warship(rng), 236
        case "beast":
            return _beast(rng), 250
        case "alien":
            return _alien(rng), 206
        case _:
            return _war_paint(patchwork(identity)), 200


def _war_paint(hull: Hull) -> Hull:
    lamps = tuple(dataclasses.replace(lamp, colour=_RED) for lamp in hull.lamps)
    spikes = (
        Part(at("10,-18 70,-34 96,-30 50,-10"), Skin.DARK, 1.2, 0.8),
        Part(at("20,16 76,32 100,26 56,8"), Skin.DARK, 1.2, 0.8),
    )
    eye = Lamp((0.3, -0.02), _RED, 0.035)
    return dataclasses.replace(
        hull,
        parts=(*spikes, *hull.parts),
        lamps=(*lamps, eye),
        paint=(84, 78, 84),
        trim=(176, 40, 40),
        flame=_HOT,
    )


def _drone(rng: np.random.Generator) -> Hull:
    blades = []
    for turn in np.linspace(0, 2 * np.pi, int(rng.integers(3, 6)), endpoint=False) + rng.uniform(0, 1):
        way, side = (float(np.cos(turn)), float(np.sin(turn))), (float(-np.sin(turn)), float(np.cos(turn)))
        tip, root = (way[0] * 0.98, way[1] * 0.98), 0.3
        blades.append(
            Part(
                (
                    (way[0] * root + side[0] * 0.16, way[1] * root + side[1] * 0.16),
                    tip,
                    (way[0] * root - side[0] * 0.16, way[1] * root - side[1] * 0.16),
                ),
                Skin.HULL,
                float(rng.uniform(0.7, 1.1)),
                0.4,
            )
        )
    core = (
        Part(disc(0, 0, 0.46, 0.46)),
        Part(disc(0, 0, 0.32, 0.32), Skin.TRIM, 0.7, 0.8),
        Part(disc(0.1, 0, 0.2, 0.2), Skin.DARK, 0.8, 0.9),
    )
    lamps = (Lamp((0.12, 0.0), _RED, 0.13), Lamp((0.12, 0.0), (255, 220, 200), 0.05))
    return Hull((*blades, *core), lamps, (), (96, 100, 110), (150, 60, 50), panels=8)


def _raider(rng: np.random.Generator) -> Hull:
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


def _warship(rng: np.random.Generator) -> Hull:
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
    lamps = [
        Lamp((float(x), 0.1), (255, 206, 140), 0.008)
        for x in np.arange(-0.8, 0.5, 0.09)
        if rng.random() < 0.75
    ]
    lamps += [Lamp((-0.32, -0.57), _RED, 0.02), Lamp((0.98, 0.02), (120, 170, 255), 0.016)]
    engines = tuple(Engine((-1.02, y), 0.06, 0.36) for y in (-0.12, 0.0, 0.13))
    trim = ((70, 96, 170), (170, 140, 60), (140, 40, 50))[int(rng.integers(3))]
    return Hull(tuple(parts), tuple(lamps), engines, (104, 110, 122), trim, (130, 170, 255), panels=34)


def _beast(rng: np.random.Generator) -> Hull:
    parts, lamps = [], []
    for number in range(11, -1, -1):
        part = number / 11
        x, size = 0.62 - part * 1.5, 0.3 * (1 - part) ** 0.7 + 0.04
        y = 0.16 * float(np.sin(part * 5.2 + rng.uniform(-0.1, 0.1))) * (0.3 + part)
        parts.append(
            Part(disc(x, y, size * 0.95, size), Skin.HULL, 0.7 + 0.4 * (1 - part), 0.4 + 0.4 * (1 - part))
        )
        parts.append(
            Part(
                ((x, y - size * 0.9), (x - 0.12, y - size * 1.5), (x - 0.1, y - size * 0.7)),
                Skin.TRIM,
                0.9,
                0.5,
            )
        )
        lamps.append(Lamp((x, y + size * 0.35), _GLOW, 0.014 + 0.012 * (1 - part)))
    parts += [
        Part(at("56,-26 100,-14 74,-2 60,-4"), Skin.HULL, 1.1, 0.9),
        Part(at("56,26 98,16 74,4 60,4"), Skin.HULL, 0.8, 0.9),
        Part(at("62,-6 80,-2 80,3 62,6"), Skin.TRIM, 1.2, 0.6),
    ]
    lamps += [Lamp((0.62, -0.16), (255, 240, 150), 0.035), Lamp((0.76, 0.0), _RED, 0.03)]
    return Hull(tuple(parts), tuple(lamps), (), (74, 92, 98), (130, 66, 92), panels=0, rough=0.4)


def _alien(rng: np.random.Generator) -> Hull:
    wing = float(rng.uniform(0.5, 0.72))

    def sail(side: int) -> tuple[Point, ...]:
        return (
            (0.5, 0.02 * side),
            (0.1, wing * 0.55 * side),
            (-0.9, wing * side),
            (-0.5, wing * 0.4 * side),
            (-0.66, 0.04 * side),
        )

    spine = arc((-0.1, 0), (0.8, 0.17), 0, 2 * np.pi, 36)
    tail = tuple(
        Part(((-0.5, y), (-1.15, y * 2.6 - 0.02), (-1.2, y * 2.6), (-0.5, y + 0.05)), Skin.DARK, 1.3, 0.4)
        for y in (-0.12, 0.0, 0.1)
    )
    parts = (
        *tail,
        Part(sail(-1), Skin.HULL, 0.8, 0.35),
        Part(spine, Skin.HULL, 1.05, 0.8),
        Part(sail(1), Skin.HULL, 1.0, 0.7),
        Part(disc(0.42, -0.02, 0.16, 0.08), Skin.TRIM, 1.3, 0.9),
    )
    lamps = [Lamp((0.44, -0.02), _GLOW, 0.06)]
    for part in np.linspace(0.15, 1, 6):
        for side in (-1, 1):
            lamps.append(Lamp((float(0.3 - 1.15 * part), float(side * wing * 0.94 * part)), _GLOW, 0.016))
    lamps += [Lamp((-1.18, y), _GLOW, 0.018) for y in (-0.32, 0.0, 0.26)]
    return Hull(parts, tuple(lamps), (), (70, 84, 104), (60, 190, 170), panels=0, rough=0.2)
