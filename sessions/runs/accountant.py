"""Accounts runs inside the turn's own transaction, for an engine that lets units take part in it.

An engine calls it for each turn that came to another node or ended the voyage, and runs the unit where it
keeps the turn: both are kept or neither.
"""

import logging
from functools import partial

from sessions.runs import ledger
from sessions.runs.codec import change_of, standing_of
from storage.database import Unit
from storage.run_rows import Moment, RunBooks, RunChange
from storage.runs import booking

log = logging.getLogger(__name__)


class Accountant:
    """Makes the unit that accounts a moment."""

    def __call__(self, moment: Moment) -> Unit[None]:
        """Give the unit; it may run more than once and then does the same again."""
        return booking(moment.session_id, partial(decide, moment))


def decide(moment: Moment, books: RunBooks) -> RunChange | None:
    """Say what a moment does to a session's books. It never stops the turn: what fails here is logged."""
    move = ledger.end if moment.ended else ledger.arrive
    try:
        return change_of(move(standing_of(books), moment), moment.session_id)
    except Exception:
        log.exception("turn not accounted session=%s turn=%d.%d", moment.session_id, moment.voyage, moment.n)
        return None
