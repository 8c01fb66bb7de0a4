"""Every channel's game: launches, moves, eviction and saves. The face of the engine; it keeps no current one.

Rules run inline, they take microseconds; SQL and files never run on the event loop. Everything that changes
a session happens under that session's lock, and the lock is never held for another session.
"""

import asyncio
import logging
from collections.abc import Callable
from pathlib import Path
from typing import TypedDict

import msgspec

from engine import journal
from engine import session_saves as saves
from engine.content.catalogue import Content
from engine.intents import parse_intent
from engine.journal import Launch, Restore
from engine.rules.codec import encode
from engine.rules.moves import Abandon, Move
from engine.rules.outcome import Outcome, Place
from engine.rules.state import GameState
from engine.session import GameSession
from engine.session_accounts import SessionAccounts
from engine.session_errors import (
    NoVoyage,
    SessionError,
    TurnPassed,
    VoyageEnded,
    VoyageRunning,
    reaching_store,
)
from engine.session_saver import SessionSaver, save_of
from engine.session_table import Accepted, NewTurn, SessionTable
from storage.files import Files, open_files
from storage.leases import fresh_owner
from storage.rows import TurnRow
from storage.runs import Accountant
from storage.sessions import NewestTurn
from storage.store import Store

IDLE_SECONDS = 3600.0
MAX_LOADED = 10_000

_log = logging.getLogger(__name__)


class SessionStats(TypedDict):
    """What a manager holds in memory."""

    active_sessions: int
    total_players: int
    sessions: dict[str, dict[str, int | bool]]


class Summary(msgspec.Struct, frozen=True):
    """One line of the list of all sessions. `updated_at` is UTC seconds since 1970."""

    session_id: str
    voyage: int
    n: int
    captain: str
    place: Place
    active: bool
    updated_at: float


class SessionManager:
    """The sessions of one engine, in memory and in the store."""

    def __init__(
        self,
        store: Store,
        content: Content,
        *,
        clock: Callable[[], float],
        seeds: Callable[[], int],
        folder: Path,
        idle_seconds: float = IDLE_SECONDS,
        max_loaded: int = MAX_LOADED,
        accountant: Accountant | None = None,
        owner: str = "",
        files: Files | None = None,
    ) -> None:
        self._store = store
        self.content = content
        self._clock = clock
        self._seeds = seeds
        self._folder = folder
        self._idle_seconds = idle_seconds
        self._max_loaded = max_loaded
        accounts = SessionAccounts(content, accountant) if accountant is not None else None
        self._table = SessionTable(store, clock, accounts, owner or fresh_owner())
        self._saver = SessionSaver(store, files or open_files("", folder))

    async def create_session(
        self, session_id: str, force_new: bool = False, *, captain: str = "", turn_id: str = ""
    ) -> GameSession:
        """Give the session's voyage under way, or launch one; `force_new` ends one under way first."""
        saves.session_folder(self._folder, session_id)
        async with self._table.lock(session_id):
            session = await self._table.refresh(session_id)
            if session is not None and session.active:
                if not force_new:
                    return session
                await self._abandon(session)
            turn_id = turn_id or f"{session_id}.launch.{session.version if session else 0}"
            await self._begin(session_id, session, Launch(self._seeds(), captain), turn_id, captain)
            created = await self._table.touch(session_id)
            if created is None:
                raise NoVoyage(session_id)
            return created

    async def launch(self, session_id: str, *, turn_id: str, captain: str) -> Accepted:
        """Launch a new voyage. Raises VoyageRunning, and ValueError for what is no session id."""
        saves.session_folder(self._folder, session_id)
        async with self._table.lock(session_id):
            session = await self._table.refresh(session_id)
            if session is not None and session.active:
                return await self._table.find(session, turn_id) or _refuse(VoyageRunning(session_id))
            return await self._begin(session_id, session, Launch(self._seeds(), captain), turn_id, captain)

    async def act(
        self, session_id: str, move: Move | str, *, turn_id: str, expected: tuple[int, int], actor: str
    ) -> Accepted:
        """Apply a move, or a player's own words, to the turn `expected` (voyage, n).

        A turn id that was accepted before gives its turn again, whatever is expected. Raises NoVoyage,
        VoyageEnded, TurnPassed, and from the rules Refused and UnknownChoice.
        """
        async with self._table.lock(session_id):
            session = await self._table.touch(session_id)
            if session is None or session.place != expected or not session.active:
                session = await self._table.refresh(session_id)
            if session is None:
                raise NoVoyage(session_id)
            if session.place != expected or not session.active:
                return await self._table.find(session, turn_id) or _refuse(_lateness(session, expected))
            before = session.state
            entry = parse_intent(self.content, before, move) if isinstance(move, str) else move
            state, outcome = self._step(session, before, entry)
            new = NewTurn(turn_id, actor, entry, state, outcome, before.current_node_id)
            return await self._table.keep(session_id, session, new)

    async def get_session(self, session_id: str) -> GameSession | None:
        """Give a session, from memory or the store; None when no voyage was ever launched there."""
        session = self._table.get(session_id)
        if session is not None and not self._store.database.shared:
            return session
        async with self._table.lock(session_id):
            return await self._table.refresh(session_id)

    async def turn(self, session_id: str, voyage: int, n: int) -> TurnRow | None:
        """Give one turn of a session's journal."""
        session = self._table.get(session_id)
        if session is not None and session.place == (voyage, n):
            return session.row
        with reaching_store():
            return await self._store.turns.get(session_id, voyage, n)

    async def turns_after(self, session_id: str, voyage: int, n: int, limit: int) -> list[TurnRow]:
        """List a session's turns after (voyage, n), oldest first, across voyages."""
        with reaching_store():
            return await self._store.turns.after(session_id, voyage, n, limit)

    async def summaries(self) -> list[Summary]:
        """List every session of the store, newest change first."""
        with reaching_store():
            newest = await self._store.sessions.newest_turns()
        return await asyncio.to_thread(lambda: [_summary(turn) for turn in newest])

    async def remove_session(self, session_id: str) -> bool:
        """Forget a session, its journal and its readable saves; give False when there was none."""
        saves.session_folder(self._folder, session_id)
        async with self._table.lock(session_id):
            self._table.drop(session_id)
            with reaching_store():
                await self._saver.remove(session_id)
                return await self._store.sessions.remove(session_id)

    async def cleanup_old_sessions(self) -> int:
        """Save and let go the sessions that nobody touched for long, or that are too many; give how many.

        One whose save cannot be written stays for the next time.
        """
        sessions = self._table.all()
        surplus = len(sessions) - self._max_loaded
        limit = self._clock() - self._idle_seconds
        leaving = [s for index, s in enumerate(sessions) if index < surplus or s.touched_at <= limit]
        touched = {session.session_id: session.touched_at for session in leaving}
        gone = 0
        for session in await self._saver.save(leaving):
            unchanged = session.touched_at == touched[session.session_id]
            if unchanged and not self._table.lock(session.session_id).locked():
                self._table.drop(session.session_id)
                gone += 1
        return gone

    async def save_all_sessions(self) -> int:
        """Write the readable saves of every loaded session that changed since its last; give how many.

        One that fails is logged and does not stop the others.
        """
        changed = [session for session in self._table.all() if session.saved_version != session.version]
        return len(await self._saver.save(changed))

    async def release_sessions(self) -> int:
        """Give up the sessions that this process owns on a shared database, when it ends; give how many."""
        return await self._table.release_all()

    def get_session_stats(self) -> SessionStats:
        """Say what is in memory: how many sessions, of how many captains, and each one's numbers."""
        sessions = self._table.all()
        return {
            "active_sessions": len(sessions),
            "total_players": len({session.captain for session in sessions}),
            "sessions": {session.session_id: session.stats() for session in sessions},
        }

    @property
    def loaded(self) -> int:
        """Count the sessions in memory."""
        return len(self._table)

    async def export_save(self, session_id: str) -> bytes:
        """Give the session's voyage as a save file. Raises NoVoyage."""
        session = await self.get_session(session_id)
        if session is None:
            raise NoVoyage(session_id)
        return saves.encode_save(save_of(session, self._clock()))

    async def import_save(self, session_id: str, data: bytes, *, turn_id: str, actor: str) -> Accepted:
        """Begin a new voyage from a save file; one under way ends first.

        Raises SaveRefused, and then nothing has changed.
        """
        saves.session_folder(self._folder, session_id)
        save = saves.decode_save(self.content, data)
        async with self._table.lock(session_id):
            session = await self._table.refresh(session_id)
            if session is not None:
                repeated = await self._table.find(session, turn_id)
                if repeated is not None:
                    return repeated
                if session.active:
                    await self._abandon(session)
            return await self._begin(session_id, session, Restore(encode(save.state)), turn_id, actor)

    async def _begin(
        self, session_id: str, session: GameSession | None, entry: Launch | Restore, turn_id: str, actor: str
    ) -> Accepted:
        state, outcome = journal.begin(self.content, entry)
        try:
            return await self._table.keep(session_id, session, NewTurn(turn_id, actor, entry, state, outcome))
        except TurnPassed as error:
            raise VoyageRunning(session_id) from error

    def _step(self, session: GameSession, before: GameState, move: Move) -> tuple[GameState, Outcome]:
        """Apply a move by the rules; a voyage that they cannot handle any more can still be abandoned."""
        try:
            return journal.step(self.content, before, move)
        except (LookupError, ValueError, TypeError, ArithmeticError, AttributeError):
            if not isinstance(move, Abandon):
                raise
            _log.exception("session %s is abandoned without the rules", session.session_id)
            return journal.end_anyhow(before, session.outcome, move)

    async def _abandon(self, session: GameSession) -> None:
        move = Abandon("restart")
        before = session.state
        state, outcome = self._step(session, before, move)
        turn_id = f"{session.session_id}.restart.{session.version}"
        new = NewTurn(turn_id, "", move, state, outcome, before.current_node_id)
        await self._table.keep(session.session_id, session, new)


class _Glance(msgspec.Struct):
    """The part of an outcome that a summary needs; the rest is skipped unread."""

    captain: str
    place: Place


_GLANCE = msgspec.msgpack.Decoder(_Glance)


def _summary(newest: NewestTurn) -> Summary:
    glance = _GLANCE.decode(newest.outcome)
    place = (newest.session_id, newest.voyage, newest.n)
    return Summary(*place, glance.captain, glance.place, newest.active, newest.updated_at)


def _lateness(session: GameSession, expected: tuple[int, int]) -> SessionError:
    """Say why an action does not fit: the voyage ended with the very turn it was meant for, or moved on."""
    return VoyageEnded(session.session_id) if session.place == expected else TurnPassed(session.row)


def _refuse(error: SessionError) -> Accepted:
    raise error
