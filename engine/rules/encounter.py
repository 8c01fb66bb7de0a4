"""The screen of an event: what it offers to this ship, and what a choice of it leads to."""

from engine.content.models import Event, EventChoice
from engine.rules import cargo, consequences, vitals
from engine.rules.errors import UnknownChoice
from engine.rules.judge import chance_of, holds_all
from engine.rules.outcome import Choice, ChoiceStyle
from engine.rules.play import Play, choice
from engine.rules.stats import NAMES

STYLES = {style.value: style for style in ChoiceStyle}
UNITS = {"credits": "credits", "fuel": "fuel", "food": "food", "health": "health", "hull": "hull"}


def offer(play: Play) -> list[Choice]:
    """List what the event at hand offers to this ship."""
    event = play.content.events[play.state.current_event]
    return [_button(play, entry) for entry in event.choice if is_open(play, entry)]


def out_of_reach(play: Play) -> str:
    """Say what the event would offer to somebody with the right things aboard, or ""."""
    event = play.content.events[play.state.current_event]
    missed = [
        f"{entry.label} ({_bill(play, entry)})"
        for entry in event.choice
        if entry.cost and not _affords(play, entry) and (not entry.need or holds_all(play, entry.need))
    ]
    return f"Out of reach: {'; '.join(missed)}" if missed else ""


def is_open(play: Play, entry: EventChoice) -> bool:
    """Say whether this ship can make a choice: what it needs is there and its cost can be paid."""
    if entry.need and not holds_all(play, entry.need):
        return False
    return not entry.cost or _affords(play, entry)


def _affords(play: Play, entry: EventChoice) -> bool:
    return all(_held(play, name) >= amount for name, amount in entry.cost.items())


def _bill(play: Play, entry: EventChoice) -> str:
    return ", ".join([_price(play, name, amount) for name, amount in entry.cost.items()])


def take(play: Play, identity: str) -> None:
    """Make a choice of the event at hand."""
    event = play.content.events[play.state.current_event]
    entry = _choice_of(event, identity)
    play.title, play.motif, play.danger, play.event = event.title, event.motif, event.danger, event.id
    play.action = entry.label
    for name, amount in entry.cost.items():
        _pay(play, name, amount)
    results = entry.result
    if entry.test:
        won = play.is_lucky(chance_of(play, entry.test))
        results = entry.result if won else entry.failure
    consequences.apply(play, consequences.choose_result(play, results))


def _choice_of(event: Event, identity: str) -> EventChoice:
    for entry in event.choice:
        if entry.id == identity:
            return entry
    raise UnknownChoice(identity)


def _button(play: Play, entry: EventChoice) -> Choice:
    parts = [entry.hint] if entry.hint else []
    if entry.cost:
        bill = _bill(play, entry)
        if bill not in f"{entry.label} {entry.hint}":
            parts.append(f"costs {bill}")
    if entry.test:
        stat, _ = play.content.tests[entry.test]
        parts.append(f"{NAMES[stat].lower()} {play.stats[stat]}: {chance_of(play, entry.test):.0%}")
    return choice(entry.id, entry.label, " · ".join(parts), entry.emoji, STYLES[entry.style])


def _price(play: Play, name: str, amount: int) -> str:
    return f"{amount} {UNITS.get(name) or play.content.goods[name].name}"


def _held(play: Play, name: str) -> int:
    state = play.state
    match name:
        case "credits":
            return state.wealth
        case "fuel" | "food":
            return getattr(state, name)
        case "health":
            return state.health - 1
        case "hull":
            return state.ship_condition - 1
        case _:
            return state.inventory.get(name, 0)


def _pay(play: Play, name: str, amount: int) -> None:
    match name:
        case "credits":
            vitals.change_wealth(play, -amount)
        case "fuel":
            play.state.fuel -= amount
        case "food":
            play.state.food -= amount
        case "health":
            play.state.health -= amount
        case "hull":
            play.state.ship_condition -= amount
        case _:
            cargo.unload(play, name, amount)
