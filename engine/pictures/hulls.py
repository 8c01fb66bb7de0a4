"""The hull of any ship type: the drawn ones by id, and a seeded patchwork for an id nobody has drawn."""

from collections.abc import Callable
from types import MappingProxyType

import numpy as np

from engine.pictures import fleet_fast, fleet_work
from engine.pictures.palettes import Colour
from engine.pictures.seeds import generator
from engine.pictures.shapes import box
from engine.pictures.shipyard import Engine, Hull, Lamp, Part, Skin

_WARM: Colour = (255, 214, 150)
_RED: Colour = (255, 70, 60)

_DRAWN: MappingProxyType[str, Callable[[], Hull]] = MappingProxyType(
    {
        "scout": fleet_fast.scout,
        "courier": fleet_fast.courier,
        "gunship": fleet_fast.gunship,
        "skiff": fleet_fast.skiff,
        "pod": fleet_fast.pod,
        "freighter": fleet_work.freighter,
        "prospector": fleet_work.prospector,
        "ark": fleet_work.ark,
        "seeker": fleet_work.seeker,
        "surveyor": fleet_work.surveyor,
    }
)


def hull_of(ship_type: str) -> Hull:
    """Give the hull of a ship type; an unknown id gets one of its own, always the same."""
    make = _DRAWN.get(ship_type)
    return make() if make is not None else patchwork(ship_type)


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
