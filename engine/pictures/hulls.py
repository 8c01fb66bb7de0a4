"""The hulls of known ship types, and a seeded one for any other id.

Units and axes are those of `shipyard.Hull`.
"""

import numpy as np

from engine.pictures.palettes import Colour
from engine.pictures.seeds import generator
from engine.pictures.shapes import at, box, disc
from engine.pictures.shipyard import Engine, Hull, Lamp, Part, Skin

_WARM: Colour = (255, 214, 150)
_RED: Colour = (255, 70, 60)
_GREEN: Colour = (90, 255, 150)


def hull_of(ship_type: str) -> Hull:
    """Give the hull of a ship type; an unknown id gets one of its own, always the same."""
    known = {
        "scout": _scout,
        "freighter": _freighter,
        "gunship": _gunship,
        "surveyor": _surveyor,
        "courier": _courier,
        "pod": _pod,
    }
    make = known.get(ship_type)
    return make() if make is not None else patchwork(ship_type)


def _scout() -> Hull:
    return Hull(
        parts=(
            Part(at("-55,-10 -95,-50 -72,-50 -5,-13"), Skin.HULL, 0.75, 0.2),
            Part(at("-60,10 -98,40 -60,38 10,13"), Skin.HULL, 0.85, 0.8),
            Part(at("-86,-13 -40,-19 35,-13 100,3 35,12 -50,16 -86,12")),
            Part(at("-30,-17 2,-26 30,-20 50,-10 0,-10"), Skin.GLASS, 1, 0.8),
            Part(at("-50,2 55,0 90,3 50,6 -50,8"), Skin.TRIM, 1, 0.6),
            Part(box(-0.94, -0.1, -0.8, 0.1), Skin.DARK, 1, 0.4),
            Part(at("-95,-50 -84,-50 -72,-38 -84,-38"), Skin.TRIM, 1, 0.3),
        ),
        lamps=(
            Lamp((0.96, 0.03), _WARM, 0.016),
            Lamp((-0.93, -0.49), _RED, 0.014),
            Lamp((-0.95, 0.39), _GREEN, 0.014),
        ),
        engines=(Engine((-0.94, 0.0), 0.09, 0.62),),
        paint=(172, 182, 196),
    )


def _freighter() -> Hull:
    crates = tuple(
        Part(box(-0.62 + 0.27 * i, top, -0.38 + 0.27 * i, top + 0.2, 0.015), skin, tone, 0.65)
        for i, (top, skin, tone) in enumerate(
            (
                (-0.27, Skin.TRIM, 0.8),
                (-0.27, Skin.HULL, 0.8),
                (-0.27, Skin.TRIM, 0.62),
                (-0.27, Skin.HULL, 1.0),
            )
        )
    )
    lower = tuple(
        Part(box(-0.62 + 0.27 * i, 0.09, -0.38 + 0.27 * i, 0.29, 0.015), skin, tone, 0.65)
        for i, (skin, tone) in enumerate(
            ((Skin.HULL, 0.9), (Skin.TRIM, 0.7), (Skin.HULL, 0.7), (Skin.TRIM, 0.9))
        )
    )
    return Hull(
        parts=(
            Part(box(-0.8, -0.07, 0.7, 0.09), Skin.DARK, 1.3, 0.3),
            *crates,
            *lower,
            Part(at("-100,-24 -74,-30 -64,-24 -64,26 -74,32 -100,24"), Skin.HULL, 0.9, 0.7),
            Part(at("46,-20 62,-38 80,-38 98,-8 100,12 80,26 46,22"), Skin.HULL, 1.1, 0.8),
            Part(at("66,-33 79,-33 90,-12 68,-16"), Skin.GLASS, 1, 0.9),
            Part(box(0.5, 0.04, 0.94, 0.1), Skin.TRIM, 1, 0.85),
            Part(box(-1.06, -0.2, -0.96, -0.04), Skin.DARK, 1, 0.4),
            Part(box(-1.06, 0.04, -0.96, 0.2), Skin.DARK, 1, 0.4),
        ),
        lamps=(
            Lamp((0.62, 0.16), _WARM, 0.014),
            Lamp((0.7, 0.16), _WARM, 0.014),
            Lamp((0.78, 0.16), _WARM, 0.014),
            Lamp((-0.86, -0.28), _RED, 0.016),
            Lamp((0.7, -0.4), _GREEN, 0.014),
        ),
        engines=(Engine((-1.05, -0.12), 0.09, 0.42), Engine((-1.05, 0.12), 0.09, 0.42)),
        paint=(160, 158, 150),
        flame=(255, 170, 90),
        panels=20,
    )


def _gunship() -> Hull:
    return Hull(
        parts=(
            Part(at("-70,-16 -90,-46 -30,-40 20,-14"), Skin.HULL, 0.7, 0.3),
            Part(at("-95,-20 -20,-30 50,-18 100,6 72,16 -30,26 -95,18"), Skin.HULL, 0.85),
            Part(at("-60,12 -30,42 42,34 62,22 30,12"), Skin.HULL, 0.95, 0.85),
            Part(box(0.3, 0.27, 0.98, 0.315, 0.005), Skin.DARK, 1.2, 0.9),
            Part(box(-0.1, -0.42, 0.56, -0.375, 0.005), Skin.DARK, 1.2, 0.3),
            Part(box(-0.32, -0.46, 0.02, -0.28), Skin.DARK, 1.5, 0.5),
            Part(at("12,-22 44,-17 66,-6 20,-8"), Skin.GLASS, 1, 0.9),
            Part(at("-90,-2 20,-2 34,5 -90,6"), Skin.TRIM, 1, 0.7),
            Part(box(-1.02, -0.17, -0.9, -0.02), Skin.DARK, 1, 0.4),
            Part(box(-1.02, 0.02, -0.9, 0.16), Skin.DARK, 1, 0.4),
        ),
        lamps=(
            Lamp((-0.88, -0.45), _RED, 0.018),
            Lamp((0.97, 0.29), _RED, 0.016),
            Lamp((0.54, -0.4), _RED, 0.014),
        ),
        engines=(Engine((-1.0, -0.1), 0.08, 0.5), Engine((-1.0, 0.09), 0.08, 0.5)),
        paint=(126, 134, 142),
        trim=(196, 54, 46),
        flame=(255, 120, 80),
        panels=18,
    )


def _surveyor() -> Hull:
    return Hull(
        parts=(
            Part(at("-20,-12 -14,-44 -8,-44 -6,-12"), Skin.DARK, 1.4, 0.3),
            Part(at("-46,-62 14,-56 6,-46 -10,-40 -30,-44"), Skin.HULL, 1.15, 0.7),
            Part(at("-18,-60 -13,-78 -10,-60"), Skin.DARK, 1.5, 0.8),
            Part(box(0.5, -0.035, 1.12, 0.005, 0.005), Skin.DARK, 1.5, 0.4),
            Part(disc(-0.1, 0.02, 0.2, 0.42), Skin.TRIM, 0.8, 0.35),
            Part(disc(-0.1, 0.02, 0.13, 0.33), Skin.DARK, 1.0, 0.25),
            Part(at("-85,-12 -50,-16 40,-14 66,-2 60,10 30,16 -85,13")),
            Part(disc(0.42, 0.0, 0.13, 0.11), Skin.GLASS, 1, 0.9),
            Part(at("-75,14 -60,40 -10,36 -20,30 -40,14"), Skin.HULL, 0.7, 0.8),
            Part(box(-0.96, -0.09, -0.82, 0.1), Skin.DARK, 1, 0.4),
        ),
        lamps=(
            Lamp((1.12, -0.015), _GREEN, 0.02),
            Lamp((-0.12, -0.78), _RED, 0.016),
            Lamp((0.1, 0.03), _WARM, 0.013),
            Lamp((0.18, 0.03), _WARM, 0.013),
            Lamp((-0.5, 0.0), _WARM, 0.013),
        ),
        engines=(Engine((-0.95, 0.0), 0.085, 0.5),),
        paint=(196, 200, 196),
        trim=(70, 160, 170),
        flame=(120, 255, 220),
    )


def _courier() -> Hull:
    return Hull(
        parts=(
            Part(at("-80,-6 -60,-34 -36,-34 -10,-6"), Skin.HULL, 0.8, 0.3),
            Part(at("-98,-36 -34,-40 -14,-35 -34,-29 -98,-27"), Skin.TRIM, 0.9, 0.6),
            Part(at("-70,-8 10,-12 60,-5 115,2 60,8 0,11 -70,9")),
            Part(at("16,-10 36,-13 56,-5 20,-3"), Skin.GLASS, 1, 0.9),
            Part(at("-80,6 -60,30 -36,30 0,8"), Skin.HULL, 0.95, 0.8),
            Part(at("-98,25 -34,23 -14,29 -34,35 -98,34"), Skin.TRIM, 1.1, 0.8),
        ),
        lamps=(
            Lamp((1.12, 0.02), _WARM, 0.014),
            Lamp((-0.15, -0.35), _RED, 0.014),
            Lamp((-0.15, 0.29), _GREEN, 0.014),
        ),
        engines=(Engine((-0.98, -0.315), 0.07, 0.75), Engine((-0.98, 0.295), 0.07, 0.75)),
        paint=(204, 198, 186),
        trim=(222, 168, 50),
        flame=(150, 130, 255),
    )


def _pod() -> Hull:
    return Hull(
        parts=(
            Part(at("-90,-20 -62,-30 -62,30 -90,20"), Skin.DARK, 1.3, 0.3),
            Part(disc(0.0, 0.0, 0.72, 0.44)),
            Part(at("-30,-42 2,-44 2,44 -30,42"), Skin.TRIM, 1, 0.7),
            Part(disc(0.36, -0.05, 0.2, 0.2), Skin.DARK, 1.2, 0.9),
            Part(disc(0.36, -0.05, 0.15, 0.15), Skin.GLASS, 1, 0.95),
        ),
        lamps=(Lamp((-0.14, -0.46), _RED, 0.05), Lamp((0.36, -0.05), _WARM, 0.08)),
        engines=(Engine((-0.9, 0.0), 0.12, 0.5),),
        paint=(206, 206, 202),
        panels=5,
    )


def patchwork(identity: str) -> Hull:
    """Make a hull out of an id nobody has drawn: a spine, a bow, a bridge, fins and engines by chance."""
    rng = generator("hull", identity)
    thick = rng.uniform(0.12, 0.24)
    bow = rng.uniform(0.45, 0.75)
    spine = (
        (-0.85, -thick),
        (bow, -thick * rng.uniform(0.6, 1.0)),
        (1.0, rng.uniform(-0.06, 0.08)),
        (bow, thick * rng.uniform(0.6, 1.0)),
        (-0.85, thick),
    )
    fin, back = rng.uniform(0.3, 0.55), rng.uniform(-0.95, -0.7)
    parts = [
        Part(
            ((back + 0.2, -thick), (back, -fin), (back + 0.3, -fin), (back + 0.8, -thick)),
            Skin.HULL,
            0.75,
            0.3,
        )
    ]
    parts.append(Part(spine))
    for _ in range(int(rng.integers(1, 4))):
        left, top = rng.uniform(-0.6, 0.1), rng.choice((-1, 1)) * thick
        parts.append(
            Part(
                box(left, top - 0.1, left + rng.uniform(0.2, 0.45), top + 0.1),
                Skin.TRIM,
                rng.uniform(0.6, 1.1),
                0.7,
            )
        )
    seat = rng.uniform(0.1, 0.4)
    parts.append(
        Part(
            ((seat - 0.15, -thick), (seat, -thick - 0.12), (seat + 0.18, -thick * 0.6), (seat, -0.02)),
            Skin.GLASS,
            1,
            0.9,
        )
    )
    low = rng.uniform(0.28, 0.45)
    parts.append(
        Part(((-0.7, thick * 0.6), (-0.8, low), (-0.35, low), (0.1, thick * 0.6)), Skin.HULL, 0.9, 0.85)
    )
    count = int(rng.integers(1, 4))
    rows = np.linspace(-thick * 0.6, thick * 0.6, count) if count > 1 else np.zeros(1)
    trim = tuple(int(value) for value in rng.integers(60, 240, 3))
    return Hull(
        parts=(*parts, *(Part(box(-0.97, row - 0.06, -0.83, row + 0.06), Skin.DARK, 1, 0.4) for row in rows)),
        lamps=(Lamp((0.95, 0.0), _WARM, 0.016), Lamp((back + 0.03, -fin), _RED, 0.016)),
        engines=tuple(Engine((-0.96, float(row)), 0.07, float(rng.uniform(0.35, 0.7))) for row in rows),
        trim=(trim[0], trim[1], trim[2]),
    )
