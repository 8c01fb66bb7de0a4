"""Who stands in the way: the hull of any enemy id, how large, how many.

The ids of our own content have hulls of their own. Any other id is read for a word that gives its family, and
what says nothing gets a patchwork hull in war paint.
"""

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from engine.pictures import foes_beasts, foes_ships
from engine.pictures.seeds import generator
from engine.pictures.shipyard import Hull

_LONE = ((0, 0, 1.0),)
_PACK = ((62, -46, 0.62), (78, 44, 0.7), (-24, 4, 0.8))

_KNOWN: MappingProxyType[str, Callable[[np.random.Generator], Hull]] = MappingProxyType(
    {
        "smuggler": foes_ships.sloop,
        "pirate": foes_ships.raider,
        "raider": foes_ships.raider,
        "wrecker": foes_ships.wrecker,
        "mutineers": foes_ships.sloop,
        "bailiff": foes_ships.warship,
        "minelayer": foes_ships.minelayer,
        "warlord": foes_ships.galley,
        "gate_warden": foes_ships.warden,
        "bounty_hunter": foes_ships.hunter,
        "rogue_drone": foes_ships.drone,
        "gas_ray": foes_beasts.ray,
        "spore_bloom": foes_beasts.bloom,
        "marrow": foes_beasts.bones,
        "tender": foes_beasts.worm,
        "listener": foes_beasts.visitor,
        "ghost_ship": foes_ships.ghost,
        "glass_wraith": foes_beasts.wraith,
    }
)

_WORDS = (
    (foes_ships.drone, ("drone", "probe", "sentinel", "sentry", "turret", "machine")),
    (foes_ships.raider, ("pirate", "raider", "corsair", "bandit", "scav", "marauder", "reaver")),
    (foes_ships.warship, ("patrol", "customs", "navy", "cruiser", "frigate", "enforcer", "dread")),
    (foes_ships.hunter, ("hunter", "assassin", "stalker")),
    (foes_beasts.worm, ("leviathan", "worm", "whale", "beast", "kraken", "eel", "serpent")),
    (foes_beasts.bloom, ("spore", "hive", "swarm", "bloom")),
    (foes_beasts.visitor, ("alien", "xeno", "visitor", "ancient", "herald", "choir")),
    (foes_ships.ghost, ("ghost", "phantom", "derelict")),
)


@dataclass(frozen=True)
class Foe:
    """An enemy's hull and where its ships stand: offsets in pixels and relative sizes."""

    hull: Hull
    places: tuple[tuple[int, int, float], ...] = _LONE


def enemy_of(identity: str) -> Foe:
    """Give the hull of an enemy id; every id has one, always the same."""
    rng = generator("enemy", identity)
    make = _KNOWN.get(identity)
    if make is None:
        word = identity.lower()
        make = next((make for make, words in _WORDS if any(part in word for part in words)), None)
    if make is None:
        return Foe(foes_ships.war_paint(identity))
    hull = make(rng)
    if identity == "mutineers":
        hull = dataclasses.replace(hull, trim=(196, 60, 50), paint=(150, 148, 140))
    return Foe(hull, _PACK if identity == "raider" else _LONE)
