"""The ship as `/ship` shows it: effective stats with their sources, what is fitted, what acts for a while."""

import msgspec

from engine.content.catalogue import Content
from engine.rules.state import GameState
from engine.rules.stats import get_effective_stats, watches


class Sheet(msgspec.Struct, frozen=True):
    """A ship in words. `stats` holds (stat, value, explanation); `fitted` names by slot kind."""

    ship: str
    stats: tuple[tuple[str, int, str], ...]
    fitted: dict[str, tuple[str, ...]]
    effects: tuple[str, ...]
    quest: str


def sheet_of(content: Content, state: GameState) -> Sheet:
    """Describe the ship."""
    effective = get_effective_stats(content, state)
    stats = tuple((stat, value, effective.explain(stat)) for stat, value in effective.totals.items())
    slots = msgspec.structs.asdict(state.ship_mods)
    fitted = {kind: tuple(content.mods[mod].name for mod in mods) for kind, mods in slots.items()}
    fitted["pod"] = tuple(content.augmentations[name].name for name in state.pod_augmentations)
    effects = tuple(
        f"{content.effects[effect.id].name} ({watches(effect.turns)})" for effect in state.temp_effects
    )
    return Sheet(content.ships[state.ship_type].name, stats, fitted, effects, _quest(content, state))


def _quest(content: Content, state: GameState) -> str:
    progress = state.active_quest
    if progress is None:
        return ""
    quest = content.quests[progress.id]
    return f"{quest.name}: {quest.step[progress.step].text} (step {progress.step + 1} of {len(quest.step)})"
