"""Writes the readable saves of many sessions, some at a time, none stopping another."""

import asyncio
import logging
from collections.abc import Iterable

from engine import session_saves as saves
from engine.session import GameSession
from engine.session_saves import FORMAT, VERSION, Save
from storage.errors import StorageError
from storage.files import Files
from storage.rows import TurnRow, VoyageRow
from storage.store import Store

HISTORY_VOYAGES = 100
HISTORY_TURNS = 1000  # more than a voyage has
AT_ONCE = 8

_log = logging.getLogger(__name__)


class SessionSaver:
    """Saves sessions among their files."""

    def __init__(self, store: Store, files: Files) -> None:
        self._store = store
        self._files = files

    async def save(self, sessions: Iterable[GameSession]) -> list[GameSession]:
        """Write the saves of these sessions; give those that need no further one of us."""
        slots = asyncio.Semaphore(AT_ONCE)

        async def save_one(session: GameSession) -> GameSession | None:
            async with slots:
                return session if await self._save(session) else None

        done = await asyncio.gather(*[save_one(session) for session in sessions])
        return [session for session in done if session is not None]

    async def remove(self, session_id: str) -> None:
        """Remove a session's saves, and its folder when nothing else is in it. Raises OSError, FilesAway."""
        await self._files.delete(saves.keys_of(session_id))
        await asyncio.to_thread(saves.remove_empty, self._files.folder, session_id)

    async def _save(self, session: GameSession) -> bool:
        version, save, voyage = session.version, save_of(session, session.touched_at), session.row.voyage
        if session.saved_version == version:
            return True
        try:
            if await self._is_elsewhere(session, version):
                session.saved_version = version
                return True
            voyages = await self._store.voyages.list(session.session_id, limit=HISTORY_VOYAGES)
            turns = await self._store.turns.after(session.session_id, voyage, 0, HISTORY_TURNS)
            for key, data in (await asyncio.to_thread(_encoded, save, voyages, turns)).items():
                await self._files.put(key, data)
        except (OSError, StorageError) as error:
            _log.warning("the save of session %s was not written: %s", session.session_id, error)
            return False
        session.saved_version = version
        return True

    async def _is_elsewhere(self, session: GameSession, version: int) -> bool:
        """Say whether another process has played on: the save is its to write, ours would be older."""
        if not self._store.database.shared:
            return False
        newest, _ = await self._store.sessions.version(session.session_id)
        return newest != version


def _encoded(save: Save, voyages: list[VoyageRow], turns: list[TurnRow]) -> dict[str, bytes]:
    return saves.encode_files(save, saves.make_history(save.session_id, voyages, turns))


def save_of(session: GameSession, now: float) -> Save:
    """Make a session's save file."""
    return Save(FORMAT, VERSION, session.session_id, session.row.voyage, now, session.state)
