"""Events: which one happens. What it offers and leads to is `engine.rules.encounter`'s."""

from engine.rules.judge import holds_all
from engine.rules.play import Play
from engine.rules.state import Pending, Screen

MEMORY = 24  # newest events that do not come again as long as there are others
SHORT_MEMORY = 6  # newest events that do not come again at all


def draw(play: Play, trigger: str) -> bool:
    """Let something happen by a trigger, if anything fits here and now."""
    state = play.state
    pool = play.content.pool(trigger, play.node.region, play.node.kind)
    possible = [
        event
        for event in pool
        if event.id not in state.once_events and (not event.when or holds_all(play, event.when))
    ]
    recent = frozenset(state.recent_events)
    held = [event for event in possible if event.id not in recent]
    held = held or [event for event in possible if event.id not in state.recent_events[-SHORT_MEMORY:]]
    if not held:
        return False
    present(play, play.rng.choices(held, [event.weight for event in held])[0].id)
    return True


def draw_due(play: Play) -> bool:
    """Let the oldest consequence that is due come back."""
    due = [entry for entry in play.state.pending if entry.day <= play.state.day]
    if not due:
        return False
    first = min(due, key=lambda entry: entry.day)
    play.state.pending = tuple(entry for entry in play.state.pending if entry is not first)
    if first.event not in play.content.events:
        return False
    present(play, first.event)
    return True


def present(play: Play, name: str) -> None:
    """Put an event before the players."""
    event = play.content.events[name]
    state = play.state
    state.current_event = name
    state.recent_events = (*state.recent_events, name)[-MEMORY:]
    if event.once and name not in state.once_events:
        state.once_events += (name,)
    play.title = event.title
    play.motif = event.motif
    play.danger = event.danger
    play.event = name
    play.tell(event.text)
    play.show(Screen.EVENT)


def postpone(play: Play, name: str, watches: int) -> None:
    """Let an event come back later."""
    play.state.pending += (Pending(name, play.state.day + watches),)
