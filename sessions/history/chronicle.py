"""Writes the history as voyages end: a projection of the accounts and the journal, once per voyage.

It reads the journal through the engine client. A voyage whose engine is away waits for the next time.
"""

import logging
from typing import Protocol

from engine_client.errors import EngineError
from engine_client.models import SessionId, Turn, TurnRef
from engine_client.protocol import GameEngineClient
from sessions.history.book import History
from sessions.history.build import make_record
from sessions.history.models import VoyageRecord
from sessions.projections.sweeps import Mine, everything
from sessions.runs.codec import account_of
from storage.run_rows import AccountRow, RunRow

log = logging.getLogger(__name__)


class AccountRows(Protocol):
    """The store's part of it."""

    async def ended(self, *, recorded: bool | None = None) -> list[AccountRow]: ...
    async def runs(self, session_id: str, voyage: int) -> list[RunRow]: ...


class Chronicle:
    """Makes the records that are missing. `mine` says which sessions' are this process's to make."""

    def __init__(
        self, engine: GameEngineClient, rows: AccountRows, history: History, *, mine: Mine = everything
    ) -> None:
        self._engine = engine
        self._rows = rows
        self._history = history
        self._mine = mine
        self._away: set[str] = set()

    @property
    def waiting(self) -> frozenset[str]:
        """Name the sessions whose ended voyage could not be recorded yet."""
        return frozenset(self._away)

    async def catch_up(self) -> list[VoyageRecord]:
        """Record every voyage that ended and is not recorded; give the new records, oldest first."""
        written = []
        for row in await self._rows.ended(recorded=False):
            if not await self._mine(row.session_id):
                continue
            try:
                turns = await self._turns(SessionId(row.session_id), row.voyage)
            except EngineError as error:
                self._tell_away(row.session_id, error)
                continue
            self._away.discard(row.session_id)
            runs = await self._rows.runs(row.session_id, row.voyage)
            written.append(await self._history.save_session(make_record(account_of(row), runs, turns)))
        return written

    async def _turns(self, session_id: SessionId, voyage: int) -> list[Turn]:
        found: list[Turn] = []
        after = TurnRef(voyage, 0)
        while turns := await self._engine.turns(session_id, after=after):
            found += [turn for turn in turns if turn.voyage == voyage]
            if turns[-1].voyage != voyage:
                break
            after = turns[-1].ref
        return found

    def _tell_away(self, session_id: str, error: EngineError) -> None:
        """Log the first failure only."""
        if session_id not in self._away:
            self._away.add(session_id)
            log.warning("voyage not recorded yet session=%s: %r", session_id, error)
