"""Effects of work: mining, salvage, repair, and the quiet finds (derelict, distress)."""

import numpy as np

from engine.pictures.hulls import hull_of
from engine.pictures.lighttable import WHITE, LightTable
from engine.pictures.motifs.stage import NOSE, SHIP, Brief, Effect
from engine.pictures.palettes import Colour
from engine.pictures.places.belt import rock, rocks
from engine.pictures.places.wreck import torn
from engine.pictures.raster import HEIGHT, WIDTH, Sprite, axes, smooth
from engine.pictures.shapes import at, box, disc
from engine.pictures.shipyard import Hull, Lamp, Light, Part, Skin, build

_ORE: Colour = (148, 128, 110)
_CUT: Colour = (255, 176, 70)
_TRACTOR: Colour = (120, 255, 200)
_WELD: Colour = (150, 210, 255)
_ALERT: Colour = (255, 92, 70)
_CRATE: Colour = (150, 132, 96)


def mining(rng: np.random.Generator, brief: Brief) -> Effect:
    """Cut into a rock: beam, molten seam, flying grit."""
    spot = (430.0, 206.0)
    stone = rock(rng, 54, _ORE, brief.palette, 0.0).moved(spot[0] + 34, spot[1] + 4)
    grit = [
        piece.moved(spot[0] - abs(rng.normal(0, 44)), min(278, spot[1] + rng.normal(0, 32)))
        for piece in rocks(rng, 22, (1.2, 5.5), _ORE, brief.palette, 0.0)
    ]
    front = LightTable()
    front.beam((NOSE[0] - 6, NOSE[1] + 2), spot, 2.2, _CUT, 1.1)
    front.spot(*spot, 26, _CUT, 1.6)
    front.spot(*spot, 9, WHITE, 1.6)
    front.sparks(rng, *spot, 34, 92, _CUT, (1.9, 4.4))
    seam = spot
    for _ in range(5):
        step = (seam[0] + rng.uniform(4, 13), seam[1] + rng.normal(0, 12))
        front.beam(seam, step, 1.5, _CUT, 0.8)
        seam = step
    front.spot(NOSE[0] - 6, NOSE[1] + 2, 12, _CUT, 0.8)
    return Effect(Sprite((stone, *grit)), front.sprite())


def salvage(rng: np.random.Generator, brief: Brief) -> Effect:
    """Draw crates and plates in with a cone of force."""
    across, down = axes(WIDTH, HEIGHT, NOSE[0] - 10, NOSE[1] + 4)
    turn = np.abs(np.arctan2(down, across) - 0.05)
    far = np.hypot(across, down)
    cone = smooth(0.3, 0.2, turn) * smooth(205, 120, far) * smooth(2, 12, across)
    rings = 0.55 + 0.45 * np.cos(far * 0.32)
    behind = LightTable()
    behind.add(cone * rings, _TRACTOR, 0.3)
    behind.add(smooth(0.04, 0.0, np.abs(turn - 0.24)) * smooth(205, 120, far) * (across > 0), _TRACTOR, 0.4)
    pieces, front = [], LightTable()
    for number in range(9):
        x, y = NOSE[0] + rng.uniform(22, 176), NOSE[1] + 6 + rng.normal(0, 24)
        size = float(rng.uniform(5, 13))
        piece = build(
            _crate() if number % 2 else _sheet(),
            round(size * 2),
            Light(-1, brief.palette.light, _TRACTOR),
            rng,
        )
        pieces.append(piece.stamps[0].moved(x, y))
        front.spot(x, y, 9, _TRACTOR, 0.25)
    front.spot(NOSE[0] - 10, NOSE[1] + 4, 12, _TRACTOR, 0.9)
    return Effect(Sprite((*behind.sprite().stamps, *pieces)), front.sprite())


def repair(rng: np.random.Generator, brief: Brief) -> Effect:
    """Weld on the hull: two drones, white sparks, a lattice of light where plates are missing."""
    front, drones = LightTable(), []
    for x, y, work in ((SHIP[0] - 44, SHIP[1] - 62, -46), (SHIP[0] + 52, SHIP[1] + 52, 44)):
        drone = build(_drone(), 36, Light(-1, brief.palette.light, _WELD), rng, left=work > 0)
        drones += [stamp.moved(x, y) for stamp in drone.stamps]
        spot = (SHIP[0] + work, SHIP[1] + (12 if y > SHIP[1] else -12))
        front.beam((x, y), spot, 0.9, _WELD, 0.6)
        front.spot(*spot, 15, _WELD, 1.3)
        front.spot(*spot, 5, WHITE, 1.8)
        down = (0.2, 2.9) if y > SHIP[1] else (3.4, 6.1)
        front.sparks(rng, *spot, 26, 54, (255, 214, 140), down)
    for step in range(7):
        x = SHIP[0] - 20 + step * 9
        front.beam((x, SHIP[1] - 10), (x + 12, SHIP[1] + 14), 0.6, _WELD, 0.3)
        front.beam((x + 12, SHIP[1] - 10), (x, SHIP[1] + 14), 0.6, _WELD, 0.3)
    return Effect(Sprite(()), Sprite((*drones, *front.sprite().stamps)))


def derelict(rng: np.random.Generator, brief: Brief) -> Effect:
    """Let the search light find a dead ship, dark and much too large."""
    dark = hull_of(f"derelict-{int(rng.integers(3))}")
    body = Hull(dark.parts, (), (), (74, 80, 92), (70, 62, 58), panels=50, rough=0.4)
    hulk = build(body, 330, Light(-1, brief.palette.light, brief.palette.shade), rng, left=True)
    across, down = axes(WIDTH, HEIGHT, NOSE[0] - 16, NOSE[1] + 6)
    turn = np.abs(np.arctan2(down, across) + 0.1)
    far = np.hypot(across, down)
    front = LightTable()
    front.add(smooth(0.19, 0.03, turn) * smooth(300, 40, far) * (across > 0), (255, 244, 214), 0.36)
    front.spot(NOSE[0] - 16, NOSE[1] + 6, 12, (255, 244, 214), 0.9)
    front.spot(NOSE[0] + 168, NOSE[1] - 12, 40, (255, 244, 214), 0.32)
    front.spot(520, 140, 5, _ALERT, 0.6)
    return Effect(Sprite((torn(hulk.stamps[0], rng).moved(480, 172),)), front.sprite())


def distress(rng: np.random.Generator, brief: Brief) -> Effect:
    """Set a small beacon far out, calling in widening rings."""
    spot = (398.0, 228.0)
    buoy = build(hull_of("pod"), 46, Light(-1, brief.palette.light, _ALERT), rng)
    behind, front = LightTable(), LightTable()
    for step in range(5):
        reach = 26 + step * 30
        behind.ring(*spot, (reach, reach * 0.62), 1.5, _ALERT, 0.95 - step * 0.17)
    behind.spot(*spot, 44, _ALERT, 0.7)
    front.spot(spot[0], spot[1] - 12, 11, _ALERT, 1.5)
    front.spot(spot[0], spot[1] - 12, 3, WHITE, 1.8)
    front.beam((spot[0] - 120, spot[1] - 12), (spot[0] + 120, spot[1] - 12), 0.8, _ALERT, 0.35)
    pieces = rocks(rng, 12, (1.2, 4), _CRATE, brief.palette, 0.2)
    drift = [piece.moved(spot[0] + rng.normal(0, 46), spot[1] + rng.normal(0, 22)) for piece in pieces]
    return Effect(
        Sprite((*behind.sprite().stamps, *drift, *(stamp.moved(*spot) for stamp in buoy.stamps))),
        front.sprite(),
    )


def _crate() -> Hull:
    return Hull(
        (Part(box(-1, -0.8, 1, 0.8, 0.1)), Part(box(-1, -0.2, 1, 0.2, 0.05), Skin.TRIM, 1, 0.7)),
        paint=_CRATE,
        panels=0,
    )


def _sheet() -> Hull:
    return Hull((Part(at("-100,-20 -30,-60 60,-40 100,10 30,50 -60,40")),), panels=2)


def _drone() -> Hull:
    parts = (
        Part(at("-90,-10 90,-10 90,10 -90,10"), Skin.DARK, 1.5, 0.3),
        Part(disc(0, 0, 0.5, 0.42)),
        Part(disc(0.2, 0, 0.2, 0.2), Skin.GLASS, 1, 0.9),
    )
    return Hull(parts, (Lamp((0.2, 0), _WELD, 0.12), Lamp((-0.9, 0), _ALERT, 0.08)), panels=0)
