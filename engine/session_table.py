"""The sessions in memory, one lock for each, and the one way in which a turn is kept.

Memory is a copy of the store. When it may differ (another process was first, a commit was cut off), the
session is dropped here and read again at its next touch. It knows no rules.

Where processes share the database, a session's row names the process that serves it, with an epoch that grows
with every change of hands. A turn takes the session over in its own commit: that is refused unless the row
still has the version, the owner and the epoch that the turn was computed from, so a former owner's writes are
refused from then on, and a take-over costs no statement and waits for no lease.
"""

import asyncio
import logging
from collections.abc import Callable
from weakref import WeakValueDictionary

import msgspec

from engine.journal import Entry, Launch, Restore, encode_entry
from engine.rules.codec import decode_outcome, encode
from engine.rules.outcome import Outcome
from engine.rules.state import GameState
from engine.session import GameSession
from engine.session_accounts import SessionAccounts
from engine.session_errors import NoVoyage, StoreAway, TurnPassed, reaching_store
from storage.errors import Conflict, StaleEpoch, StorageError
from storage.rows import TurnCommit, TurnRow, VoyageFinish, VoyageLaunch
from storage.store import Store

_log = logging.getLogger(__name__)

OWNED_SECONDS = 60.0  # after its newest turn a session's owner counts as alive
TAKE_OVERS = 3  # how often a turn is offered again when only the session's owner has changed


class Accepted(msgspec.Struct, frozen=True):
    """A turn of the journal with its outcome. `repeated` is true when its id had been accepted before."""

    row: TurnRow
    outcome: Outcome
    repeated: bool = False


class NewTurn(msgspec.Struct, frozen=True):
    """A computed turn that is not kept yet. `came_from` is the node before it, "" at a launch."""

    turn_id: str
    actor: str
    entry: Entry
    state: GameState
    outcome: Outcome
    came_from: str = ""


class SessionTable:
    """Loaded sessions by id. All methods but `lock`, `get` and `all` want the session's lock held."""

    def __init__(
        self,
        store: Store,
        clock: Callable[[], float],
        accounts: SessionAccounts | None = None,
        owner: str = "",
    ) -> None:
        self._store = store
        self._owner = owner
        self._clock = clock
        self._accounts = accounts
        self._loaded: dict[str, GameSession] = {}
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    def lock(self, session_id: str) -> asyncio.Lock:
        """Give the session's lock; it lives as long as somebody holds or awaits it."""
        lock = self._locks.get(session_id)
        if lock is None:
            lock = self._locks[session_id] = asyncio.Lock()
        return lock

    def get(self, session_id: str) -> GameSession | None:
        """Give a session that is in memory."""
        return self._loaded.get(session_id)

    def __len__(self) -> int:
        """Count the sessions in memory."""
        return len(self._loaded)

    def all(self) -> list[GameSession]:
        """List the sessions in memory, longest untouched first."""
        return sorted(self._loaded.values(), key=lambda session: session.touched_at)

    def drop(self, session_id: str) -> None:
        """Let a session leave memory."""
        self._loaded.pop(session_id, None)

    async def touch(self, session_id: str) -> GameSession | None:
        """Give a session and note the time, loading it when it is not in memory; None when there is none."""
        session = self._loaded.get(session_id)
        if session is None:
            with reaching_store():
                kept = await self._store.sessions.load_newest(session_id)
            if kept is None:
                return None
            session = self._loaded[session_id] = GameSession.load(*kept, self._clock())
        session.touched_at = self._clock()
        return session

    async def refresh(self, session_id: str) -> GameSession | None:
        """Touch a session, and where other processes write too, make sure that it is the newest."""
        session = self._loaded.get(session_id)
        if session is not None and self._store.database.shared:
            with reaching_store():
                version = await self._store.sessions.version(session_id)
            if version != (session.version, session.row.at):
                self.drop(session_id)
        return await self.touch(session_id)

    async def find(self, session: GameSession, turn_id: str) -> Accepted | None:
        """Give the session's turn that was accepted under an id."""
        row = session.row
        if row.turn_id != turn_id:
            with reaching_store():
                found = await self._store.turns.find(turn_id)
            if found is None or found.session_id != session.session_id:
                return None
            row = found
        return Accepted(row, decode_outcome(row.outcome), repeated=True)

    async def keep(self, session_id: str, session: GameSession | None, new: NewTurn) -> Accepted:
        """Commit a turn, then take it over into memory. Raises TurnPassed when another process was first.

        Where only the owner has changed since the session was read, the turn still fits: it is offered again.
        """
        for _ in range(TAKE_OVERS):
            try:
                return await self._keep(session_id, session, new)
            except (Conflict, StaleEpoch) as error:
                self.drop(session_id)
                newest = await self.touch(session_id)
                if newest is None:
                    raise NoVoyage(session_id) from None
                if not isinstance(error, StaleEpoch) or session is None or not newest.same_as(session):
                    raise TurnPassed(newest.row) from None
                session.owner, session.epoch = newest.owner, newest.epoch
                self._loaded[session_id] = session  # the caller goes on with it
        raise StoreAway(f"session {session_id} changes hands all the time")

    async def _keep(self, session_id: str, session: GameSession | None, new: NewTurn) -> Accepted:
        commit = self._accounted(self._owned(_commit_of(session_id, session, new, self._clock())), new)
        try:
            with reaching_store():
                committed = await self._store.turns.commit(commit)
        except (Conflict, StaleEpoch):
            raise
        except BaseException:
            self.drop(session_id)  # it may have been kept: the next touch finds out
            raise
        if committed.repeated:
            self.drop(session_id)
            return Accepted(committed.row, decode_outcome(committed.row.outcome), repeated=True)
        self._adopt(session, commit, committed.row, new.state)
        return Accepted(committed.row, new.outcome)

    async def release_all(self) -> int:
        """Give up every session that this process owns, in one statement; give how many.

        Their next turn here, if one comes, takes them back. Where the store is away they are taken over all
        the same, at their next turn anywhere. Wants no lock.
        """
        if not (self._owner and self._store.database.shared):
            return 0
        for session in self._loaded.values():
            if session.owner == self._owner:
                session.owner = ""
        try:
            return await self._store.sessions.release(self._owner)
        except StorageError as error:
            _log.warning("the sessions of %s were not given up: %s", self._owner, error)
            return 0

    def _owned(self, commit: TurnCommit) -> TurnCommit:
        """Have the commit take or keep the session for this process."""
        if not self._store.database.shared:
            return commit
        until = commit.at + OWNED_SECONDS
        return msgspec.structs.replace(commit, owner=self._owner, owned_until=until)

    def _accounted(self, commit: TurnCommit, new: NewTurn) -> TurnCommit:
        if self._accounts is None:
            return commit
        also = self._accounts.units(commit, new.came_from, new.state, new.outcome)
        return msgspec.structs.replace(commit, also=also) if also else commit

    def _adopt(self, session: GameSession | None, commit: TurnCommit, row: TurnRow, state: GameState) -> None:
        if session is None:
            session = self._loaded[commit.session_id] = GameSession(commit.at)
        version, active = commit.expected_version + 1, commit.finish is None
        session.accept(version, row, commit.state, state, active=active)
        session.owner, session.epoch = commit.owner, commit.next_epoch


def _commit_of(session_id: str, session: GameSession | None, new: NewTurn, now: float) -> TurnCommit:
    voyage, n = session.place if session else (0, 0)
    opens = isinstance(new.entry, Launch | Restore)
    end = new.outcome.end
    return TurnCommit(
        session_id=session_id,
        expected_version=session.version if session else 0,
        voyage=voyage + 1 if opens else voyage,
        n=1 if opens else n + 1,
        turn_id=new.turn_id,
        actor=new.actor,
        at=now,
        action=encode_entry(new.entry),
        outcome=encode(new.outcome),
        state=encode(new.state),
        launch=VoyageLaunch(new.state.seed, new.state.captain, new.outcome.ship) if opens else None,
        finish=VoyageFinish(end.cause, end.title, end.victory) if end else None,
        held_by=session.owner if session else "",
        epoch=session.epoch if session else 0,
    )
