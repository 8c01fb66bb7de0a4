"""Effects of moving and of being somewhere: calm flight, jump, docked, scan."""

import numpy as np

from engine.pictures.lighttable import WHITE, LightTable
from engine.pictures.motifs.stage import NOSE, SHIP, STERN, TARGET, Brief, Effect
from engine.pictures.noise import clouds
from engine.pictures.palettes import Colour
from engine.pictures.raster import HEIGHT, WIDTH, axes, smooth

_GUIDE: Colour = (120, 255, 190)
_LAMP: Colour = (255, 214, 150)
_SCAN: Colour = (110, 240, 255)


def calm(rng: np.random.Generator, brief: Brief) -> Effect:
    """Leave a long faint wake and a few motes close to the lens."""
    behind, front = LightTable(), LightTable()
    for _ in range(5):
        row = STERN[1] + rng.normal(0, 5)
        behind.beam(
            (-20, row + rng.normal(0, 2)),
            (STERN[0], row),
            rng.uniform(1.0, 2.4),
            brief.palette.cloud,
            0.16,
        )
    for _ in range(9):
        x, y = rng.uniform(0, WIDTH), rng.uniform(80, 285)
        front.spot(x, y, rng.uniform(2.5, 7), brief.palette.bright, rng.uniform(0.08, 0.2))
    return Effect(behind.sprite(), front.sprite())


def jump(rng: np.random.Generator, brief: Brief) -> Effect:
    """Tear the stars into streaks around the point that the ship flies to."""
    behind, front = LightTable(), LightTable()
    middle = (430.0, 178.0)
    for _ in range(120):
        turn = rng.uniform(0, 6.2832)
        near = rng.uniform(34, 250)
        far = near * rng.uniform(1.25, 1.9)
        way = (np.cos(turn) * 1.35, np.sin(turn) * 0.8)
        start = (middle[0] + way[0] * near, middle[1] + way[1] * near)
        end = (middle[0] + way[0] * far, middle[1] + way[1] * far)
        shade = (brief.palette.bright, brief.palette.cloud, WHITE)[int(rng.integers(3))]
        table = front if near > 190 and rng.random() < 0.4 else behind
        table.beam(start, end, 0.5 + near / 260, shade, rng.uniform(0.15, 0.75))
    behind.spot(*middle, 60, brief.palette.cloud, 1.1)
    behind.spot(*middle, 24, WHITE, 1.5)
    for reach in (70, 122, 190):
        behind.ring(*middle, (reach * 1.35, reach * 0.8), 3 + reach / 40, brief.palette.cloud, 0.28)
    behind.beam((-30, SHIP[1]), (STERN[0], SHIP[1]), 7, brief.palette.bright, 0.5)
    behind.beam((-30, SHIP[1]), (STERN[0], SHIP[1]), 2.4, WHITE, 0.8)
    return Effect(behind.sprite(), front.sprite())


def docked(rng: np.random.Generator, brief: Brief) -> Effect:
    """Hold the ship in flood light between two rows of guide lamps, with a clamp at its bow."""
    behind, front = LightTable(), LightTable()
    for row, shade in ((-58, _GUIDE), (58, _GUIDE)):
        for step in range(9):
            x = 100 + step * 42
            y = SHIP[1] + row * (1.0 - step * 0.07)
            table = front if row > 0 else behind
            table.spot(x, y, 7 - step * 0.3, shade, 0.75)
            table.spot(x, y, 2.2, WHITE, 1.0)
    across, down = axes(WIDTH, HEIGHT, 420, 70)
    cone = smooth(0.2, 0.05, np.abs(np.arctan2(across + down * 0.9, down) + 0.18)) * smooth(
        330, 20, np.hypot(across, down)
    )
    behind.add(cone * (down > 0) * (0.6 + 0.4 * clouds(rng, WIDTH, HEIGHT, 60, 3)), _LAMP, 0.4)
    behind.spot(SHIP[0], SHIP[1] + 6, 110, _LAMP, 0.34)
    front.beam((NOSE[0] + 4, NOSE[1] + 3), (430, 178), 1.5, _LAMP, 0.45)
    for side in (-9, 9):
        front.beam((NOSE[0] + 6, NOSE[1] + 3 + side), (NOSE[0] + 44, NOSE[1] + side * 0.6), 1.0, WHITE, 0.5)
    return Effect(behind.sprite(), front.sprite())


def scan(rng: np.random.Generator, brief: Brief) -> Effect:
    """Send rings out from the bow and lay a measuring grid around what they meet."""
    behind, front = LightTable(), LightTable()
    for step in range(6):
        reach = 50 + step * 46
        behind.ring(
            NOSE[0] - 40,
            NOSE[1],
            (reach, reach * 0.9),
            1.6,
            _SCAN,
            0.75 - step * 0.09,
            np.asarray((-0.5, 0.42)),
        )
    for turn in (-0.42, 0.34):
        tip = (NOSE[0] + 300 * float(np.cos(turn)), NOSE[1] + 300 * float(np.sin(turn)))
        behind.beam(NOSE, tip, 1.0, _SCAN, 0.22)
    left, top, right, bottom = TARGET[0] - 82, TARGET[1] - 92, TARGET[0] + 118, TARGET[1] + 70
    for x, y, way_x, way_y in (
        (left, top, 1, 1),
        (right, top, -1, 1),
        (left, bottom, 1, -1),
        (right, bottom, -1, -1),
    ):
        front.beam((x, y), (x + 26 * way_x, y), 1.2, _SCAN, 1.0)
        front.beam((x, y), (x, y + 26 * way_y), 1.2, _SCAN, 1.0)
    for _ in range(7):
        x, y = rng.uniform(left + 20, right - 20), rng.uniform(top + 20, bottom - 16)
        front.ring(x, y, (6, 6), 1.0, _SCAN, 0.8)
        front.spot(x, y, 2.0, WHITE, 0.9)
    row = rng.uniform(top + 30, bottom - 30)
    front.beam((left, row), (right, row), 1.3, _SCAN, 0.55)
    return Effect(behind.sprite(), front.sprite())
