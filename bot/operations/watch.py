"""Times what players ask for, and names it for the log, from where an interaction enters to its answer.

`bot/views/answering.py` is the one door through which every command, button and modal comes.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum

import discord

from bot.views import ids
from engine_client.telemetry.context import working_for
from engine_client.telemetry.metrics import Metrics


class Answered(StrEnum):
    """How an interaction ended."""

    DONE = "done"
    REFUSED = "refused"  # with a sentence that says why
    FAILED = "failed"  # with a reference to the log


class Entered:
    """One interaction under way. Its outcome is DONE unless somebody notes another one."""

    def __init__(self) -> None:
        self.outcome = Answered.DONE


class InteractionWatch:
    """Histograms of interactions: turns by outcome, all others by kind and outcome."""

    def __init__(self, metrics: Metrics) -> None:
        text = "Turns that players took, from the accepted click or words until the board was edited"
        turns = metrics.histogram("turn_seconds", text, ("outcome",))
        text = "Other interactions, from their arrival until they were answered"
        others = metrics.histogram("interaction_seconds", text, ("kind", "outcome"))
        self._turns = {outcome: turns.labels(outcome.value) for outcome in Answered}
        self._others = {
            (kind, outcome): others.labels(kind, outcome.value)
            for kind in ("command", "component", "modal")
            for outcome in Answered
        }

    @contextmanager
    def entered(self, interaction: discord.Interaction) -> Iterator[Entered]:
        """Time the block and name it in the log."""
        began, entered = time.perf_counter(), Entered()
        custom_id = str((interaction.data or {}).get("custom_id", ""))
        turn = ids.ACT.fullmatch(custom_id) or ids.SAY.fullmatch(custom_id)
        named = turn or ids.BOARD.fullmatch(custom_id)
        place = (int(named["voyage"]), int(named["turn"])) if named else (0, 0)
        session = str(interaction.channel_id or "")
        try:
            with working_for(session, interaction=str(interaction.id), voyage=place[0], turn=place[1]):
                yield entered
        finally:
            outcome = entered.outcome
            series = self._turns[outcome] if turn else self._others[_kind(interaction), outcome]
            series.observe(time.perf_counter() - began)


def _kind(interaction: discord.Interaction) -> str:
    kinds = {
        discord.InteractionType.component: "component",
        discord.InteractionType.modal_submit: "modal",
    }
    return kinds.get(interaction.type, "command")
