"""What one watch of time does to a ship: hunger, fuel, repairs, medicine, effects that run out."""

from engine.content.catalogue import Content
from engine.content.models import EffectKind
from engine.rules.play import Play, own_copy
from engine.rules.state import GameState, TempEffect
from engine.rules.stats import stat_totals

HUNGER = 7  # health lost in a watch without food
COLD = 6  # health lost in a watch without fuel


def process_turn_effects(content: Content, state: GameState) -> tuple[GameState, tuple[str, ...]]:
    """Let one watch pass on a copy of the state: durations, repair, food and fuel. Gives messages too."""
    work = own_copy(state)
    return work, tuple(run_watch(content, work, stat_totals(content, work)))


def pass_time(play: Play, watches: int = 1) -> None:
    """Let watches pass in the turn under way."""
    state = play.state
    if (
        not (state.temp_effects or state.market or state.in_pod_mode)
        and min(state.food, state.fuel) > watches
    ):
        _pass_quietly(state, play.stats, watches)
        return
    for _ in range(watches):
        play.messages.extend(run_watch(play.content, play.state, play.stats))


def _pass_quietly(state: GameState, stats: dict[str, int], watches: int) -> None:
    """Do what run_watch does so many times, when there is nothing but food, fuel and repairs."""
    state.day += watches
    state.food -= watches
    state.fuel -= watches
    state.ship_condition = _towards(state.ship_condition, stats["repair"] * watches, stats["hull"])
    state.health = _towards(state.health, stats["medbay"] * watches, 100)


def pass_ashore(play: Play) -> None:
    """Let a watch pass in port: nobody is hungry and the engines rest, but effects and markets go on."""
    state = play.state
    state.day += 1
    if state.temp_effects:
        _run_effects(play.content, state, play.stats, play.messages)
    if state.market:
        _settle_markets(state)


def run_watch(content: Content, state: GameState, stats: dict[str, int]) -> list[str]:
    """Let one watch pass in the given state, which is changed; `stats` are its totals. Returns messages."""
    messages: list[str] = []
    state.day += 1
    if state.in_pod_mode:
        state.pod_air = max(0, state.pod_air - 1)
    else:
        _consume(state, messages)
        state.ship_condition = _towards(state.ship_condition, stats["repair"], stats["hull"])
    if state.food > 0 or state.in_pod_mode:
        state.health = _towards(state.health, stats["medbay"], 100)
    if state.temp_effects:
        _run_effects(content, state, stats, messages)
    if state.market:
        _settle_markets(state)
    return messages


def _consume(state: GameState, messages: list[str]) -> None:
    if state.food > 0:
        state.food -= 1
        if state.food == 0:
            messages.append("The last of the food is gone.")
    else:
        _harm(state, HUNGER, "starved")
        messages.append("Nothing to eat: the crew grows weak.")
    if state.fuel > 0:
        state.fuel -= 1
    else:
        _harm(state, COLD, "froze")
        messages.append("No fuel for heat: frost on the inside of the hull.")


def _run_effects(content: Content, state: GameState, stats: dict[str, int], messages: list[str]) -> None:
    left: list[TempEffect] = []
    for effect in state.temp_effects:
        kind = content.effects[effect.id]
        if kind.health < 0:
            _harm(state, -kind.health, "sickness")
        else:
            state.health = _towards(state.health, kind.health, 100)
        if not state.in_pod_mode:
            _tick_ship(state, stats, kind)
        if effect.turns > 1:
            left.append(TempEffect(effect.id, effect.turns - 1))
        else:
            messages.append(f"{kind.name} wears off.")
    state.temp_effects = tuple(left)


def _tick_ship(state: GameState, stats: dict[str, int], kind: EffectKind) -> None:
    if kind.hull < 0:
        state.ship_condition = max(0, state.ship_condition + kind.hull)
        state.last_blow = "hull_failed"
    elif kind.hull > 0:
        state.ship_condition = _towards(state.ship_condition, kind.hull, stats["hull"])
    if kind.fuel:
        state.fuel = min(max(0, state.fuel + kind.fuel), max(state.fuel, stats["tank"]))
    if kind.food:
        state.food = min(max(0, state.food + kind.food), max(state.food, stats["larder"]))


def _settle_markets(state: GameState) -> None:
    """Let each shaken price come one step back."""
    state.market = {
        key: pressure - (1 if pressure > 0 else -1)
        for key, pressure in state.market.items()
        if abs(pressure) > 1
    }


def _harm(state: GameState, health: int, blow: str) -> None:
    state.health = max(0, state.health - health)
    state.last_blow = blow


def _towards(value: int, step: int, maximum: int) -> int:
    """Add without passing the maximum, and without cutting what is already above it."""
    return value if value >= maximum else min(maximum, value + step)
