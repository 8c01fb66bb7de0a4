"""Tells the accountant of the house about turns that came to another node or ended a voyage.

What the accountant makes of it runs in the turn's own transaction. Nothing is valued here.
"""

from engine.content.catalogue import Content
from engine.rules.outcome import Outcome
from engine.rules.state import GameState
from storage.database import Unit
from storage.rows import TurnCommit
from storage.run_rows import Moment
from storage.runs import Accountant

PURSE = "credits"  # money is accounted as an item worth 1 a piece


class SessionAccounts:
    """Knows what this engine's items are called and worth."""

    def __init__(self, content: Content, accountant: Accountant) -> None:
        self._accountant = accountant
        self._prices = {**content.values, PURSE: 1.0}
        self._names = {item: good.name for item, good in content.goods.items()} | {PURSE: "Credits"}

    def units(
        self, commit: TurnCommit, came_from: str, state: GameState, outcome: Outcome
    ) -> tuple[Unit[None], ...]:
        """Give what the turn's transaction runs too; `came_from` is the node before it, "" at a launch."""
        end = outcome.end
        if came_from == state.current_node_id and end is None:
            return ()
        moment = Moment(
            session_id=commit.session_id,
            voyage=commit.voyage,
            n=commit.n,
            at=commit.at,
            region_id=outcome.place.region_id,
            region=outcome.place.region,
            node_id=outcome.place.node_id,
            node=outcome.place.node,
            held={**state.inventory, PURSE: state.wealth},
            prices=self._prices,
            names=self._names,
            level=outcome.tallies.get("level", 0),
            ended=(end.cause or "ended") if end is not None else "",
        )
        return (self._accountant(moment),)
