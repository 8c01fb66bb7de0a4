"""Accounts runs inside the turn's own transaction, for an engine that lets units take part in it.

An engine calls it for each turn that came to another node or ended the voyage, and runs the unit where it
keeps the turn: both are kept or neither.
"""

from functools import partial

from sessions.runs import ledger
from sessions.runs.codec import change_of, standing_of
from sessions.runs.phases import Hear, unheard
from storage.database import Unit
from storage.run_rows import Moment, RunBooks, RunChange
from storage.runs import booking


class Accountant:
    """Makes the unit that accounts a moment. `hear` listens to the phases, on the store's thread."""

    def __init__(self, hear: Hear = unheard) -> None:
        self._hear = hear

    def __call__(self, moment: Moment) -> Unit[None]:
        """Give the unit; it may run more than once and then does the same again."""
        return booking(moment.session_id, partial(self._decide, moment))

    def _decide(self, moment: Moment, books: RunBooks) -> RunChange:
        move = ledger.end if moment.ended else ledger.arrive
        return change_of(move(standing_of(books), moment, self._hear), moment.session_id)
