"""Effects of violence: battle, loss, the pod's escape, and the light of a hit."""

import numpy as np

from engine.pictures.lighttable import WHITE, LightTable
from engine.pictures.motifs.stage import ENEMY, NOSE, SHIP, Brief, Effect
from engine.pictures.noise import clouds
from engine.pictures.palettes import Colour
from engine.pictures.places.belt import rocks
from engine.pictures.raster import HEIGHT, WIDTH, Field, Sprite, Stamp, axes, cover, film, smooth, tint

_OURS: Colour = (90, 220, 255)
_THEIRS: Colour = (255, 74, 84)
_FIRE: Colour = (255, 138, 48)
_EMBER: Colour = (255, 84, 30)
_METAL: Colour = (120, 120, 126)


def battle(rng: np.random.Generator, brief: Brief) -> Effect:
    """Cross fire between the two ships: our beams land, theirs meet the shield or the hull."""
    if not brief.manned:
        return _aftermath(rng, brief)
    behind, front = LightTable(), LightTable()
    muzzle = (NOSE[0] - 8, NOSE[1] + 2)
    for offset in (-7, 6):
        hit = (ENEMY[0] - 48 + rng.normal(0, 8), ENEMY[1] + 6 + offset + rng.normal(0, 6))
        front.beam((muzzle[0], muzzle[1] + offset), hit, 1.7, _OURS, 1.0)
        front.spot(*hit, 15, _OURS, 1.2)
        front.sparks(rng, *hit, 9, 34, _FIRE, (2.2, 4.1))
    front.spot(*muzzle, 13, _OURS, 0.9)
    for _ in range(4):
        part = rng.uniform(0.15, 0.85)
        x = ENEMY[0] - 70 - part * 130
        y = ENEMY[1] + 12 + part * 22 + rng.normal(0, 20)
        front.beam((x, y), (x + 26, y - 4), 1.6, _THEIRS, 1.1)
        front.spot(x, y, 7, _THEIRS, 0.5)
    if brief.hurt:
        hull_hit(rng, front)
    else:
        _shield(front, rng)
    _flak(rng, behind)
    return Effect(behind.sprite(), front.sprite())


def _aftermath(rng: np.random.Generator, brief: Brief) -> Effect:
    """Leave splinters, embers and a last stray shot where the enemy was."""
    behind, front = LightTable(), LightTable()
    _flak(rng, behind)
    splinters = [
        piece.moved(ENEMY[0] + rng.normal(0, 62), ENEMY[1] + 8 + rng.normal(0, 30))
        for piece in rocks(rng, 24, (1.6, 8), _METAL, brief.palette, 0.05)
    ]
    for _ in range(7):
        x, y = ENEMY[0] + rng.normal(0, 54), ENEMY[1] + 8 + rng.normal(0, 24)
        front.spot(x, y, rng.uniform(4, 14), _EMBER, rng.uniform(0.5, 1.0))
        front.spot(x, y, 2.0, _FIRE, 1.0)
    front.sparks(rng, ENEMY[0], ENEMY[1] + 8, 20, 96, _FIRE)
    if brief.hurt:
        hull_hit(rng, front)
    return Effect(Sprite((*behind.sprite().stamps, *splinters)), front.sprite())


def hull_hit(rng: np.random.Generator, table: LightTable) -> None:
    """Lay the light of a blow on our own hull."""
    x, y = SHIP[0] + rng.uniform(-20, 40), SHIP[1] + rng.uniform(-8, 8)
    table.spot(x, y, 26, _FIRE, 1.5)
    table.spot(x, y, 10, WHITE, 1.6)
    table.sparks(rng, x, y, 26, 78, _FIRE, (3.4, 6.0))
    table.sparks(rng, x, y, 10, 44, WHITE)


def _shield(table: LightTable, rng: np.random.Generator) -> None:
    turn = float(rng.uniform(-0.7, -0.2))
    table.ring(SHIP[0], SHIP[1], (124, 78), 2.2, _OURS, 0.9, np.asarray((turn - 0.6, turn + 0.6)))
    table.ring(SHIP[0], SHIP[1], (118, 73), 5, _OURS, 0.28, np.asarray((turn - 0.9, turn + 0.9)))
    x, y = SHIP[0] + 124 * float(np.cos(turn)), SHIP[1] + 78 * float(np.sin(turn))
    table.spot(x, y, 18, _THEIRS, 1.2)
    table.spot(x, y, 7, WHITE, 1.4)


def _flak(rng: np.random.Generator, table: LightTable) -> None:
    for _ in range(4):
        x, y = rng.uniform(250, 420), rng.uniform(90, 265)
        table.spot(x, y, rng.uniform(8, 20), _FIRE, rng.uniform(0.3, 0.7))


def lost(rng: np.random.Generator, brief: Brief) -> Effect:
    """End the ship: a fireball and flying plates, or, when only the crew is gone, a cold silence."""
    if not brief.wrecked:
        return _silence(rng, brief)
    front = LightTable()
    ball = _fireball(rng, 118)
    front.spot(*SHIP, 92, _FIRE, 0.9)
    front.spot(*SHIP, 30, WHITE, 1.4)
    front.sparks(rng, *SHIP, 70, 210, _FIRE)
    front.sparks(rng, *SHIP, 24, 150, WHITE)
    front.ring(*SHIP, (186, 74), 2.6, (255, 206, 150), 0.8)
    front.ring(*SHIP, (206, 84), 7, _FIRE, 0.22)
    plates = _plates(rng, brief)
    light = front.sprite(1.4)
    return Effect(Sprite(()), Sprite((*plates[:14], ball, *light.stamps, *plates[14:])))


def _plates(rng: np.random.Generator, brief: Brief) -> tuple[Stamp, ...]:
    plates = []
    for piece in rocks(rng, 26, (2, 9), _METAL, brief.palette, 0.0):
        turn, far = rng.uniform(0, 6.2832), 30 + 170 * float(rng.random())
        x, y = SHIP[0] + far * np.cos(turn), SHIP[1] + far * 0.5 * np.sin(turn)
        plates.append(piece.moved(x, min(max(y, 80), 275)))
    return tuple(plates)


def _fireball(rng: np.random.Generator, radius: int) -> Stamp:
    size = 2 * radius
    across, down = axes(size, size, radius, radius)
    ragged = clouds(rng, size, size, 60, 5, 0.6)
    far = np.sqrt(across**2 + (down * 1.15) ** 2) / radius + (ragged - 0.5) * 0.5
    heat = smooth(0.95, 0.05, far)
    smoke = clouds(rng, size, size, 34, 5, 0.65)
    fire = heat * (0.5 + 0.8 * smoke)
    light = tint(fire, _EMBER, 1.1) + tint(fire**2, _FIRE, 1.5) + tint(fire**4, (255, 244, 214), 1.6)
    dark = tint(np.ones_like(heat), (34, 22, 24)) * smooth(0.75, 0.4, heat)[..., None]
    alpha = smooth(0.98, 0.66, far) * smooth(1.0, 0.86, np.hypot(across, down) / radius)
    return cover(film(light * 1.15 + dark * 0.4), alpha * 0.97, radius, radius, rng).moved(*SHIP)


def _silence(rng: np.random.Generator, brief: Brief) -> Effect:
    front = LightTable()
    for _ in range(46):
        x, y = SHIP[0] + rng.normal(0, 90), SHIP[1] + rng.normal(0, 36)
        front.spot(x, y, rng.uniform(1.0, 2.4), (190, 220, 255), rng.uniform(0.2, 0.6))
    front.spot(SHIP[0] - 22, SHIP[1] - 12, 13, (255, 60, 50), 0.9)
    front.spot(SHIP[0] - 22, SHIP[1] - 12, 3, (255, 160, 140), 1.2)
    behind = LightTable()
    behind.add(_veil(rng), (110, 140, 190), 0.16)
    return Effect(behind.sprite(), front.sprite())


def _veil(rng: np.random.Generator) -> Field:
    across, down = axes(WIDTH, HEIGHT, SHIP[0], SHIP[1])
    return clouds(rng, WIDTH, HEIGHT, 90, 5) * smooth(
        1.0, 0.2, np.sqrt((across / 230) ** 2 + (down / 100) ** 2)
    )


def pod(rng: np.random.Generator, brief: Brief) -> Effect:
    """Show what the pod has left behind: a dying glow, splinters, and its own thin trail."""
    behind, front = LightTable(), LightTable()
    wreck = (52.0, 224.0)
    behind.spot(*wreck, 48, _FIRE, 1.0)
    behind.spot(*wreck, 16, (255, 220, 170), 1.2)
    behind.sparks(rng, *wreck, 30, 120, _EMBER)
    behind.ring(*wreck, (104, 42), 1.8, _FIRE, 0.45)
    behind.beam((wreck[0] + 20, wreck[1] - 5), (SHIP[0] - 42, SHIP[1] + 2), 1.5, brief.palette.bright, 0.35)
    pieces = [
        piece.moved(wreck[0] + rng.normal(0, 52), min(280, wreck[1] + rng.normal(0, 22)))
        for piece in rocks(rng, 14, (1.6, 6), _METAL, brief.palette, 0.1)
    ]
    front.ring(*SHIP, (74, 50), 1.4, (255, 120, 90), 0.3)
    return Effect(Sprite((*behind.sprite().stamps, *pieces)), front.sprite())
