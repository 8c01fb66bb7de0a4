"""A state that came from outside: is it one that the rules can go on from, and what does its first turn show?

Pure. Every number and id is checked against the content, and then every offered choice is tried on a copy,
because a state of the right shape can still be one that no voyage ever reaches.
"""

from collections.abc import Iterable, Iterator

from engine.content.catalogue import Content
from engine.rules import game
from engine.rules.cargo import used_cargo
from engine.rules.errors import RuleError
from engine.rules.moves import Choose
from engine.rules.outcome import MAX_CHOICES, Outcome
from engine.rules.play import Play
from engine.rules.starmap import star_map
from engine.rules.state import GameState, Screen
from engine.rules.view import outcome_of

MOST = 10**9  # of anything that is counted
LONGEST_NAME = 100

_UNITS = [
    "health",
    "wealth",
    "ship_condition",
    "fuel",
    "food",
    "pod_hp",
    "cargo_capacity",
    "turn_count",
    "total_distance_traveled",
    "systems_visited",
    "items_collected",
    "credits_earned",
    "credits_spent",
    "ships_destroyed",
    "pod_uses",
    "day",
    "pod_air",
]


def resume(content: Content, state: GameState) -> tuple[GameState, Outcome]:
    """Give the state as the first turn of a voyage that goes on from it, with its choices offered anew."""
    play = Play(content, state, game.turn_random(state.seed, state.turn_count))
    play.action = "Restore"
    play.title = f"{state.captain} is back aboard"
    play.tell("The log is read back, page by page, and the ship answers as if nobody had ever left.")
    choices = game.SCREENS[state.screen][0](play)
    play.state.default_choice = play.default or game.default_of(choices)
    play.state.available_choices = tuple(choice.id for choice in choices)
    return play.state, outcome_of(play, state, choices)


def fault_of(content: Content, state: GameState) -> str:
    """Say what is wrong with a state, or "" when a voyage can go on from it."""
    return next((fault for fault in _faults(content, state)), "") or _dry_run(content, state)


def _faults(content: Content, state: GameState) -> Iterator[str]:
    if state.game_over or state.victory or state.screen is Screen.OVER:
        yield "its voyage has ended"
    if not 0 < len(state.captain) <= LONGEST_NAME or "\0" in state.captain:  # PostgreSQL keeps no such text
        yield "it names no captain"
    for name in _UNITS:
        if not 0 <= getattr(state, name) <= MOST:
            yield f"{name} is {getattr(state, name)}"
    yield from _map_faults(content, state)
    yield from _id_faults(content, state)
    if not _unknown(content.goods, state.inventory) and (
        used_cargo(content, state.inventory) > state.cargo_capacity
    ):
        yield "its hold is too full"


def _map_faults(content: Content, state: GameState) -> Iterator[str]:
    seen = state.star_map
    if not (0 <= state.seed <= game.MOST_SEED and 0 <= seen.seed <= game.MOST_SEED):
        yield "its seed is out of range"
        return
    stars = star_map(content, seen.seed)
    indexes = (*seen.known, *seen.visited, *seen.path, *seen.spent)
    if seen.size != len(stars.nodes) or any(not 0 <= index < seen.size for index in indexes):
        yield "its star map is another one"
    node = next((node for node in stars.nodes if node.id == state.current_node_id), None)
    if node is None or node.region != state.current_region_id:
        yield "it is nowhere on the star map"
    quest = state.active_quest
    if quest is not None and not -1 <= quest.node < seen.size:
        yield "its quest leads nowhere"


def _id_faults(content: Content, state: GameState) -> Iterator[str]:
    quest, battle, mods = state.active_quest, state.battle, state.ship_mods
    named: list[tuple[str, Iterable[str], Iterable[str]]] = [
        ("ship", content.ships, [state.ship_type]),
        ("modification", content.mods, (*mods.high, *mods.mid, *mods.low, *mods.rig)),
        ("augmentation", content.augmentations, state.pod_augmentations),
        ("effect", content.effects, [effect.id for effect in state.temp_effects]),
        ("item", content.goods, state.inventory),
        ("event", content.events, [state.current_event] if state.current_event else []),
        ("event", content.events, [pending.event for pending in state.pending]),
        ("event", content.events, [battle.after] if battle and battle.after else []),
        ("enemy", content.enemies, [battle.enemy] if battle else []),
        ("quest", content.quests, [quest.id] if quest else []),
        ("quest", content.quests, state.completed_quests),
    ]
    for kind, known, ids in named:
        for name in _unknown(known, ids):
            yield f"there is no {kind} {name[:40]!r} in this game"
    if any(not 0 < count <= MOST for count in state.inventory.values()):
        yield "its inventory has an impossible quantity"
    if any(not 0 < effect.turns <= MOST for effect in state.temp_effects):
        yield "an effect lasts impossibly long"
    if (state.screen is Screen.BATTLE) != (battle is not None):
        yield "it is half in a battle"


def _unknown(known: Iterable[str], ids: Iterable[str]) -> list[str]:
    names = set(known)
    return [name for name in ids if name not in names]


def _dry_run(content: Content, state: GameState) -> str:
    """Offer the choices and take each once. What the rules refuse is fine; what they trip over is not."""
    try:
        begun, outcome = resume(content, state)
        if not 1 <= len(outcome.choices) <= MAX_CHOICES:
            return "it leaves nothing to choose"
        for choice in outcome.choices:
            _try(content, begun, choice.id)
    except (LookupError, ValueError, TypeError, ArithmeticError, AttributeError, StopIteration) as error:
        return f"the rules cannot go on from it ({type(error).__name__})"
    return ""


def _try(content: Content, state: GameState, choice: str) -> None:
    try:
        game.act(content, state, Choose(choice), game.turn_random(state.seed, state.turn_count + 1))
    except RuleError:
        return
