"""From a turn of the embedded engine's journal to the protocol's Turn. It must not compute anything."""

from typing import Protocol

from engine.rules import outcome as rules
from engine_client.models import Choice, ChoiceStyle, Gauge, Place, Turn, VoyageEnd


class JournalTurn(Protocol):
    """What is read of a row of the journal."""

    @property
    def session_id(self) -> str: ...
    @property
    def voyage(self) -> int: ...
    @property
    def n(self) -> int: ...
    @property
    def turn_id(self) -> str: ...
    @property
    def at(self) -> float: ...
    @property
    def actor(self) -> str: ...


_VITAL = {"hull", "air", "fuel", "food", "health"}


def turn_of(row: JournalTurn, outcome: rules.Outcome) -> Turn:
    """Give the turn as players see it."""
    return Turn(
        session_id=row.session_id,
        voyage=row.voyage,
        n=row.n,
        turn_id=row.turn_id,
        at=row.at,
        actor=row.actor,
        action=outcome.action,
        title=outcome.title,
        story=outcome.story,
        messages=outcome.messages,
        choices=tuple(_choice(choice) for choice in outcome.choices),
        gauges=tuple(
            Gauge(g.key, g.label, g.value, g.maximum, g.emoji, g.key in _VITAL) for g in outcome.gauges
        ),
        place=_place(outcome.place),
        captain=outcome.captain,
        ship=outcome.ship,
        picture_text=outcome.picture_text,
        tallies=outcome.tallies,
        end=_end(outcome.end) if outcome.end else None,
    )


def _choice(choice: rules.Choice) -> Choice:
    return Choice(choice.id, choice.label, choice.hint, choice.emoji, ChoiceStyle(choice.style.value))


def _place(place: rules.Place) -> Place:
    return Place(place.region_id, place.region, place.node_id, place.node)


def _end(end: rules.VoyageEnd) -> VoyageEnd:
    return VoyageEnd(end.cause, end.title, end.sentence, end.victory)
