"""Effective stats: base ship, then modifications, then pod augmentations, then temporary effects.

The rules of stacking and the caps are written here and nowhere else:

- everything adds up; the second and every further copy of the same modification or augmentation counts half,
  rounded towards zero;
- pod augmentations count only while the captain has the pod; ship and modifications not at all in pod mode;
- a temporary effect never stacks with itself (the longer duration wins) and never changes `cargo` or `tank`
  or `hull`, so that nothing spills when it ends;
- each total is cut to its cap in CAPS.
"""

from collections.abc import Iterator

import msgspec

from engine.content.catalogue import Content
from engine.content.conditions import STATS
from engine.rules.state import GameState

CAPS: dict[str, tuple[int, int]] = {
    "hull": (20, 300),
    "tank": (20, 250),
    "larder": (20, 200),
    "cargo": (10, 250),
    "attack": (1, 30),
    "shield": (0, 15),
    "speed": (0, 12),
    "scanner": (0, 12),
    "mining": (0, 12),
    "repair": (0, 8),
    "medbay": (0, 6),
    "drive": (-6, 12),
    "trade": (-5, 10),
}
NAMES: dict[str, str] = {  # as players read them
    "hull": "Hull",
    "tank": "Fuel tank",
    "larder": "Food store",
    "cargo": "Cargo room",
    "attack": "Guns",
    "shield": "Shield",
    "speed": "Speed",
    "scanner": "Scanner",
    "mining": "Mining",
    "repair": "Repair crew",
    "medbay": "Medbay",
    "drive": "Jump drive",
    "trade": "Trade",
}
LASTING = frozenset({"hull", "tank", "cargo"})  # stats that no temporary effect touches
_POD_BASE = {"hull": 30, "tank": 20, "larder": 20, "cargo": 10, "attack": 1}


class Contribution(msgspec.Struct, frozen=True):
    """What one source adds to a stat. `note` tells how long, for temporary effects."""

    stat: str
    amount: int
    source: str
    note: str = ""


class EffectiveStats(msgspec.Struct, frozen=True):
    """The totals after caps, and every contribution in the order of counting."""

    totals: dict[str, int]
    parts: tuple[Contribution, ...]

    def explain(self, stat: str) -> str:
        """Say where a number comes from: "Scanner 7 = 4 Scout + 2 Deep Array + 1 Focus (3 watches)"."""
        terms = [part for part in self.parts if part.stat == stat]
        text = " ".join(_term(part, first=number == 0) for number, part in enumerate(terms))
        total = self.totals[stat]
        summed = sum(part.amount for part in terms)
        cap = "" if summed == total else f" (held at {total})"
        return f"{NAMES[stat]} {total} = {text or 0}{cap}"


def get_effective_stats(content: Content, state: GameState) -> EffectiveStats:
    """Count the effective stats, each contribution kept."""
    parts = tuple(_contributions(content, state))
    return EffectiveStats(_total(parts), parts)


def watches(count: int) -> str:
    """Count watches: "1 watch", "3 watches"."""
    return f"{count} watch" if count == 1 else f"{count} watches"


def stat_totals(content: Content, state: GameState) -> dict[str, int]:
    """Give only the totals, from the content's cache. Treat the dictionary as read only."""
    key = (
        state.ship_type,
        state.ship_mods,
        state.pod_augmentations if state.has_flight_pod else (),
        tuple([effect.id for effect in state.temp_effects]),
        state.in_pod_mode,
    )
    return content.tables.get(key, lambda: _total(tuple(_contributions(content, state))))


def _total(parts: tuple[Contribution, ...]) -> dict[str, int]:
    totals: dict[str, int] = dict.fromkeys(STATS, 0)
    for part in parts:
        totals[part.stat] += part.amount
    return {stat: min(high, max(low, totals[stat])) for stat, (low, high) in CAPS.items()}


def _contributions(content: Content, state: GameState) -> Iterator[Contribution]:
    if state.in_pod_mode:
        yield from (Contribution(stat, amount, "Flight pod") for stat, amount in _POD_BASE.items())
    else:
        ship = content.ships[state.ship_type]
        yield from (Contribution(stat, amount, ship.name) for stat, amount in ship.stats.items())
        fitted = (*state.ship_mods.high, *state.ship_mods.mid, *state.ship_mods.low, *state.ship_mods.rig)
        yield from _stacked((mod, content.mods[mod].name, content.mods[mod].stats) for mod in fitted)
    if state.has_flight_pod or state.in_pod_mode:
        grown = [content.augmentations[name] for name in state.pod_augmentations]
        yield from _stacked((entry.id, entry.name, entry.stats) for entry in grown)
    for effect in state.temp_effects:
        kind = content.effects[effect.id]
        yield from (
            Contribution(stat, amount, kind.name, watches(effect.turns))
            for stat, amount in kind.stats.items()
            if stat not in LASTING
        )


def _stacked(sources: Iterator[tuple[str, str, dict[str, int]]]) -> Iterator[Contribution]:
    """Count the first copy of each source whole and the others half."""
    seen: set[str] = set()
    for identity, name, stats in sources:
        for stat, amount in stats.items():
            counted = int(amount / 2) if identity in seen else amount
            if counted:
                yield Contribution(stat, counted, name)
        seen.add(identity)


def _term(part: Contribution, *, first: bool) -> str:
    sign = ("−" if part.amount < 0 else "") if first else ("− " if part.amount < 0 else "+ ")
    note = f" ({part.note})" if part.note else ""
    return f"{sign}{abs(part.amount)} {part.source}{note}"
