"""Writes the readable saves of many sessions, some at a time, none stopping another."""

import asyncio
import logging
from collections.abc import Iterable
from pathlib import Path

from engine import session_saves as saves
from engine.session import GameSession
from engine.session_saves import FORMAT, VERSION, Save
from storage.errors import StorageError
from storage.rows import TurnRow, VoyageRow
from storage.store import Store

HISTORY_VOYAGES = 100
HISTORY_TURNS = 1000  # more than a voyage has
AT_ONCE = 8

_log = logging.getLogger(__name__)


class SessionSaver:
    """Saves sessions under the data folder."""

    def __init__(self, store: Store, folder: Path) -> None:
        self._store = store
        self._folder = folder

    async def save(self, sessions: Iterable[GameSession]) -> list[GameSession]:
        """Write the saves of these sessions; give those whose files are up to date now."""
        slots = asyncio.Semaphore(AT_ONCE)

        async def save_one(session: GameSession) -> GameSession | None:
            async with slots:
                return session if await self._save(session) else None

        done = await asyncio.gather(*[save_one(session) for session in sessions])
        return [session for session in done if session is not None]

    async def _save(self, session: GameSession) -> bool:
        version, save, voyage = session.version, save_of(session, session.touched_at), session.row.voyage
        if session.saved_version == version:
            return True
        try:
            voyages = await self._store.voyages.list(session.session_id, limit=HISTORY_VOYAGES)
            turns = await self._store.turns.after(session.session_id, voyage, 0, HISTORY_TURNS)
            await asyncio.to_thread(self._write, save, voyages, turns)
        except (OSError, StorageError) as error:
            _log.warning("the save of session %s was not written: %s", session.session_id, error)
            return False
        session.saved_version = version
        return True

    def _write(self, save: Save, voyages: list[VoyageRow], turns: list[TurnRow]) -> None:
        saves.write_files(self._folder, save, saves.make_history(save.session_id, voyages, turns))


def save_of(session: GameSession, now: float) -> Save:
    """Make a session's save file."""
    return Save(FORMAT, VERSION, session.session_id, session.row.voyage, now, session.state)
