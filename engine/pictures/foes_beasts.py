"""Enemies that were never built: beasts and visitors with lights of their own, heads to the right."""

import numpy as np

from engine.pictures.palettes import Colour
from engine.pictures.shapes import arc, at, disc
from engine.pictures.shipyard import Hull, Lamp, Part, Point, Skin

_GLOW: Colour = (90, 255, 200)
_RED: Colour = (255, 60, 56)
_GOLD: Colour = (255, 226, 130)
_BONE: Colour = (206, 198, 176)


def worm(rng: np.random.Generator) -> Hull:
    """A long body of rings, a jaw in front."""
    parts, lamps = [], []
    for number in range(11, -1, -1):
        part = number / 11
        x, size = 0.62 - part * 1.5, 0.3 * (1 - part) ** 0.7 + 0.04
        y = 0.16 * float(np.sin(part * 5.2 + rng.uniform(-0.1, 0.1))) * (0.3 + part)
        tone, height = 0.7 + 0.4 * (1 - part), 0.4 + 0.4 * (1 - part)
        parts.append(Part(disc(x, y, size * 0.95, size), Skin.HULL, tone, height))
        fin = ((x, y - size * 0.9), (x - 0.12, y - size * 1.5), (x - 0.1, y - size * 0.7))
        parts.append(Part(fin, Skin.TRIM, 0.9, 0.5))
        lamps.append(Lamp((x, y + size * 0.35), _GLOW, 0.014 + 0.012 * (1 - part)))
    parts += [
        Part(at("56,-26 100,-14 74,-2 60,-4"), Skin.HULL, 1.1, 0.9),
        Part(at("56,26 98,16 74,4 60,4"), Skin.HULL, 0.8, 0.9),
        Part(at("62,-6 80,-2 80,3 62,6"), Skin.TRIM, 1.2, 0.6),
    ]
    lamps += [Lamp((0.62, -0.16), _GOLD, 0.035), Lamp((0.76, 0.0), _RED, 0.03)]
    return Hull(tuple(parts), tuple(lamps), (), (74, 92, 98), (130, 66, 92), panels=0, rough=0.4, length=240)


def bones(rng: np.random.Generator) -> Hull:
    """Something vast, mostly skeleton: a spine, ribs like arches, a skull with old light in it."""
    parts: list[Part] = []
    for number in range(9):
        x = 0.42 - number * 0.16
        tall = 0.62 * float(np.sin(0.5 + number * 0.26))
        for side in (-1, 1):
            outer = arc((x - 0.06, 0.02), (0.2, tall), side * 0.1, side * np.pi * 0.62, 14)
            inner = arc((x - 0.06, 0.02), (0.16, tall * 0.9), side * np.pi * 0.62, side * 0.1, 14)
            parts.append(
                Part((*outer, *inner), Skin.HULL, 0.62 if side < 0 else 0.92, 0.3 if side < 0 else 0.8)
            )
    spine = tuple(Part(disc(0.46 - 0.075 * n, 0.02, 0.055, 0.075), Skin.HULL, 0.95, 0.7) for n in range(19))
    skull = (
        Part(at("40,-20 62,-38 92,-30 114,-6 104,4 60,10 40,12"), Skin.HULL, 1.05, 0.9),
        Part(at("52,12 98,8 108,18 70,28 50,22"), Skin.HULL, 0.8, 0.8),
        Part(disc(0.76, -0.12, 0.09, 0.08), Skin.DARK, 0.5, 0.2),
    )
    embers = tuple(
        Lamp((float(x), float(y)), (255, 110, 70), 0.02)
        for x, y in rng.normal((-0.2, 0.02), (0.3, 0.12), (12, 2))
    )
    lamps = (*embers, Lamp((0.77, -0.12), (255, 150, 80), 0.05), Lamp((0.77, -0.12), (255, 240, 200), 0.02))
    return Hull((*parts, *spine, *skull), lamps, (), _BONE, (150, 120, 110), panels=0, rough=0.35, length=280)


def ray(rng: np.random.Generator) -> Hull:
    """A wide winged swimmer of the gas, seen from below."""
    wing = float(rng.uniform(0.62, 0.76))

    def half(side: int) -> tuple[Point, ...]:
        return (
            (0.72, 0.05 * side),
            (0.5, 0.22 * side),
            (0.05, wing * side),
            (-0.3, wing * 0.98 * side),
            (-0.24, 0.34 * side),
            (-0.6, 0.08 * side),
            (-0.6, 0.0),
        )

    tail = Part(((-0.5, -0.05), (-1.5, 0.16), (-1.52, 0.19), (-0.5, 0.05)), Skin.HULL, 0.8, 0.5)
    parts = (
        tail,
        Part(half(-1), Skin.HULL, 0.85, 0.4),
        Part(half(1), Skin.HULL, 1.05, 0.6),
        Part(arc((0.1, 0.0), (0.62, 0.16), 0, 6.2, 30), Skin.TRIM, 0.9, 0.85),
    )
    dots = []
    for part in np.linspace(0.1, 0.95, 7):
        for side in (-1, 1):
            dots.append(Lamp((float(0.46 - 0.6 * part), float(side * wing * part)), _GOLD, 0.02))
    eyes = tuple(Lamp((0.6, side * 0.12), (255, 255, 230), 0.03) for side in (-1, 1))
    return Hull(parts, (*dots, *eyes), (), (150, 92, 70), (214, 140, 80), panels=0, rough=0.3, length=190)


def bloom(rng: np.random.Generator) -> Hull:
    """A cluster of swollen globes that breathe."""
    parts, lamps = [], []
    for number in range(15):
        turn, far = rng.uniform(0, 6.28), 0.62 * (1 - number / 18) * float(rng.uniform(0.7, 1.1))
        x, y = far * float(np.cos(turn)), far * 0.8 * float(np.sin(turn))
        size = float(rng.uniform(0.14, 0.3))
        parts.append(
            Part(
                disc(x, y, size, size),
                Skin.HULL if number % 3 else Skin.TRIM,
                float(rng.uniform(0.7, 1.1)),
                0.7,
            )
        )
        if number % 2:
            lamps.append(Lamp((x, y), (190, 255, 120), size * 0.3))
    threads = []
    for _ in range(8):
        turn = rng.uniform(0, 6.28)
        way = (float(np.cos(turn)), float(np.sin(turn)))
        threads.append(
            Part(
                ((way[0] * 0.4, way[1] * 0.4), way, (way[0] * 0.4 + 0.05, way[1] * 0.4 + 0.03)),
                Skin.TRIM,
                0.8,
                0.3,
            )
        )
    return Hull(
        (*threads, *parts), tuple(lamps), (), (104, 122, 74), (150, 84, 120), panels=0, rough=0.5, length=176
    )


def visitor(rng: np.random.Generator) -> Hull:
    """A smooth sail-winged thing that listens."""
    wing = float(rng.uniform(0.5, 0.72))

    def sail(side: int) -> tuple[Point, ...]:
        return (
            (0.5, 0.02 * side),
            (0.1, wing * 0.55 * side),
            (-0.9, wing * side),
            (-0.5, wing * 0.4 * side),
            (-0.66, 0.04 * side),
        )

    tail = tuple(
        Part(((-0.5, y), (-1.15, y * 2.6 - 0.02), (-1.2, y * 2.6), (-0.5, y + 0.05)), Skin.DARK, 1.3, 0.4)
        for y in (-0.12, 0.0, 0.1)
    )
    parts = (
        *tail,
        Part(sail(-1), Skin.HULL, 0.8, 0.35),
        Part(arc((-0.1, 0), (0.8, 0.17), 0, 2 * np.pi, 36), Skin.HULL, 1.05, 0.8),
        Part(sail(1), Skin.HULL, 1.0, 0.7),
        Part(disc(0.42, -0.02, 0.16, 0.08), Skin.TRIM, 1.3, 0.9),
    )
    lamps = [Lamp((0.44, -0.02), _GLOW, 0.06), *(Lamp((-1.18, y), _GLOW, 0.018) for y in (-0.32, 0.0, 0.26))]
    for part in np.linspace(0.15, 1, 6):
        for side in (-1, 1):
            lamps.append(Lamp((float(0.3 - 1.15 * part), float(side * wing * 0.94 * part)), _GLOW, 0.016))
    return Hull(parts, tuple(lamps), (), (70, 84, 104), (60, 190, 170), panels=0, rough=0.2, length=206)


def wraith(rng: np.random.Generator) -> Hull:
    """A figure of splinters that holds together without touching."""
    parts = []
    for _ in range(22):
        x, y = float(rng.normal(-0.05, 0.32)), float(rng.normal(0, 0.24))
        long, wide, turn = (
            float(rng.uniform(0.14, 0.4)),
            float(rng.uniform(0.03, 0.08)),
            float(rng.normal(0, 0.6)),
        )
        way, side = (float(np.cos(turn)), float(np.sin(turn))), (-float(np.sin(turn)), float(np.cos(turn)))
        points = (
            (x + way[0] * long, y + way[1] * long),
            (x + side[0] * wide, y + side[1] * wide),
            (x - way[0] * long * 0.6, y - way[1] * long * 0.6),
            (x - side[0] * wide, y - side[1] * wide),
        )
        parts.append(
            Part(points, Skin.HULL if rng.random() < 0.6 else Skin.TRIM, float(rng.uniform(0.7, 1.3)), 0.8)
        )
    lamps = (Lamp((0.12, -0.02), (190, 250, 255), 0.12), Lamp((0.12, -0.02), (255, 255, 255), 0.05))
    return Hull(tuple(parts), lamps, (), (150, 206, 214), (96, 160, 190), panels=0, rough=0.2, length=210)
