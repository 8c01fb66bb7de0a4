"""Effects of the strange and the grand: storm, alien, anomaly, victory."""

import numpy as np

from engine.pictures.lighttable import WHITE, LightTable
from engine.pictures.motifs.stage import ENEMY, SHIP, Brief, Effect
from engine.pictures.noise import bend, clouds, enlarge, ridges
from engine.pictures.palettes import Colour
from engine.pictures.raster import HEIGHT, WIDTH, Field, Sprite, axes, cover, film, smooth, tiles, tint

_ION: Colour = (170, 150, 255)
_ALIEN: Colour = (90, 255, 190)
_GOLD: Colour = (255, 206, 110)


def storm(rng: np.random.Generator, brief: Brief) -> Effect:
    """Darken the sky with driven cloud and split it with lightning."""
    wide, tall = WIDTH // 2, HEIGHT // 2
    push = (clouds(rng, wide, tall, 80, 3) - 0.5) * 70
    body = smooth(0.36, 0.8, bend(clouds(rng, wide, tall, 90, 5, 0.58), push, push * 0.4))
    _, down = axes(wide, tall)
    clear = (0.35 + 0.65 * smooth(20, 46, down)) * smooth(152, 138, down)
    alpha = _large(body * 0.74 * clear)
    light = tint(np.ones_like(alpha), brief.palette.deep, 1.3) + tint(_large(body**3), _ION, 0.2)
    table = LightTable()
    for _ in range(3):
        start = (rng.uniform(230, 620), 72.0)
        end = (start[0] + rng.normal(-40, 70), rng.uniform(210, 285))
        table.bolt(rng, start, end, 1.5, _ION, 4)
        table.spot(*end, 46, _ION, 0.6)
        table.spot(*start, 90, _ION, 0.5)
    table.bolt(rng, (SHIP[0] + 70, 84), (SHIP[0] + 20, SHIP[1] - 16), 1.3, _ION, 2)
    table.ring(SHIP[0], SHIP[1], (120, 70), 2.0, _ION, 0.4, np.asarray((-2.2, -0.5)))
    table.spot(SHIP[0] + 20, SHIP[1] - 16, 15, WHITE, 1.0)
    rain = LightTable()
    for _ in range(60):
        x, y = rng.uniform(0, WIDTH), rng.uniform(80, 270)
        rain.beam((x, y), (x - rng.uniform(14, 40), y + rng.uniform(4, 12)), 0.6, _ION, rng.uniform(0.1, 0.4))
    wall = tiles(cover(film(light), alpha, 0, 0, rng), 128)
    return Effect(Sprite((*wall, *table.sprite().stamps)), rain.sprite())


def _large(field: Field) -> Field:
    return np.clip(enlarge(field, WIDTH, HEIGHT), 0, 1)


def alien(rng: np.random.Generator, brief: Brief) -> Effect:
    """Breathe living light around a visitor: veils behind it, motes that drift to the ship."""
    behind, front = LightTable(), LightTable()
    across, down = axes(WIDTH, HEIGHT, ENEMY[0], ENEMY[1])
    far = np.sqrt((across / 190) ** 2 + (down / 120) ** 2)
    threads = _large(ridges(rng, WIDTH // 2, HEIGHT // 2, 45, 4))
    behind.add(threads**2 * smooth(1.0, 0.1, far), _ALIEN, 0.5)
    behind.spot(*ENEMY, 84, _ALIEN, 0.5)
    for _ in range(38):
        part = float(rng.random())
        x = ENEMY[0] - part * 220 + rng.normal(0, 16)
        y = ENEMY[1] + part * 20 + 34 * float(np.sin(part * 7)) * (1 - part) + rng.normal(0, 8)
        front.spot(x, y, rng.uniform(1.5, 4.5), _ALIEN, rng.uniform(0.4, 1.0))
    for reach in (60, 92):
        behind.ring(ENEMY[0], ENEMY[1], (reach * 1.5, reach * 0.7), 1.6, _ALIEN, 0.35)
    return Effect(behind.sprite(), front.sprite())


def anomaly(rng: np.random.Generator, brief: Brief) -> Effect:
    """Bend light: broken rings in three colours, and dust that streams inwards."""
    behind, front = LightTable(), LightTable()
    middle = (456.0, 172.0)
    for shade, wide in (((255, 90, 90), 0.97), ((90, 255, 140), 1.0), ((110, 130, 255), 1.03)):
        for reach in (58, 88, 124):
            start = float(rng.uniform(0, 6.28))
            behind.ring(
                *middle,
                (reach * wide * 1.1, reach * wide * 0.84),
                1.8,
                shade,
                0.6,
                np.asarray((start, start + 3.4)),
            )
    for _ in range(70):
        turn, far = rng.uniform(0, 6.2832), rng.uniform(40, 190)
        x, y = middle[0] + far * np.cos(turn), middle[1] + far * 0.72 * np.sin(turn)
        lag = turn + 0.16
        tail = (middle[0] + far * 1.06 * np.cos(lag), middle[1] + far * 0.76 * np.sin(lag))
        front.beam((x, y), tail, 0.7, brief.palette.bright, rng.uniform(0.2, 0.8))
    for turn in np.linspace(0, 6.2832, 5)[:-1] + rng.uniform(0, 1):
        tip = (middle[0] + 250 * float(np.cos(turn)), middle[1] + 150 * float(np.sin(turn)))
        behind.beam(middle, tip, 1.6, brief.palette.contrast, 0.3)
    return Effect(behind.sprite(), front.sprite())


def victory(rng: np.random.Generator, brief: Brief) -> Effect:
    """Raise a golden dawn behind the ship, with fireworks."""
    behind, front = LightTable(), LightTable()
    across, down = axes(WIDTH, HEIGHT, SHIP[0] + 40, SHIP[1] + 10)
    angle = np.arctan2(down, across)
    rays = clouds(rng, 720, 2, 26, 4, 0.7)[0][((angle / (2 * np.pi) + 0.5) * 719).astype(np.int32)]
    far = np.hypot(across, down)
    behind.add((0.15 + rays**2) * smooth(430, 0, far), _GOLD, 0.75)
    behind.spot(SHIP[0] + 40, SHIP[1] + 10, 130, _GOLD, 0.8)
    for x, y, shade in (
        (430, 120, _GOLD),
        (530, 190, brief.palette.bright),
        (350, 96, brief.palette.contrast),
        (560, 105, _GOLD),
    ):
        spot = (x + rng.normal(0, 12), y + rng.normal(0, 8))
        behind.sparks(rng, *spot, 44, 62, shade)
        behind.spot(*spot, 22, shade, 0.8)
        behind.spot(*spot, 5, WHITE, 1.2)
    for _ in range(50):
        front.spot(
            rng.uniform(0, WIDTH), rng.uniform(84, 284), rng.uniform(1.2, 3.2), _GOLD, rng.uniform(0.3, 1.0)
        )
    return Effect(behind.sprite(), front.sprite())
