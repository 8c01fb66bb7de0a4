"""Decides the conditions of the content and the chances of tests."""

from collections.abc import Callable, Iterable

from engine.content.conditions import NAMED, NUMBERS
from engine.rules.play import Play
from engine.rules.state import GameState

BASE_CHANCE = 0.5  # when the stat equals the difficulty
CHANCE_STEP = 0.12
LEAST, MOST = 0.08, 0.96


def holds_all(play: Play, conditions: Iterable[str]) -> bool:
    """Say whether every condition holds."""
    known = play.content.conditions
    for text in conditions:
        condition = known[text]
        if not condition.accepts(_measure(play, condition.subject, condition.name)):
            return False
    return True


def chance_of(play: Play, test: str) -> float:
    """Give the chance of a test, from the stat and the difficulty."""
    stat, difficulty = play.content.tests[test]
    return min(MOST, max(LEAST, BASE_CHANCE + CHANCE_STEP * (play.stats[stat] - difficulty)))


def _measure(play: Play, subject: str, name: str) -> int:
    """Give the number that a condition compares; for named things, how many or whether there is one."""
    state = play.state
    if subject in NAMED:
        return int(_MEASURES[subject](state, name))
    if subject == "hull":
        return state.ship_condition
    if subject == "danger":
        return play.region.danger
    return getattr(state, subject) if subject in NUMBERS else play.stats[subject]


_MEASURES: dict[str, Callable[[GameState, str], int]] = {
    "item": lambda state, name: state.inventory.get(name, 0),
    "flag": lambda state, name: state.flags.get(name, 0),
    "effect": lambda state, name: any(effect.id == name for effect in state.temp_effects),
    "quest": lambda state, name: state.active_quest is not None and state.active_quest.id == name,
    "done": lambda state, name: name in state.completed_quests,
    "ship": lambda state, name: state.ship_type == name,
    "pod": lambda state, name: state.has_flight_pod,
    "region": lambda state, name: state.current_region_id == name,
}
