"""The projector's view of the cursors, for a journal in the same database and for one behind an engine."""

from collections.abc import Iterable, Sequence
from typing import Protocol

from engine_client.models import SessionSummary
from sessions.projections.track import Place
from storage.cursors import CursorStore
from storage.following import FollowStore


class Lister(Protocol):
    """The part of GameEngineClient that names all sessions."""

    async def list_sessions(self) -> list[SessionSummary]: ...


class CursorsHere:
    """Cursors beside the journal that they follow."""

    def __init__(self, cursors: CursorStore, following: FollowStore) -> None:
        self._cursors = cursors
        self._following = following

    async def positions(self, session_ids: Sequence[str]) -> dict[tuple[str, str], Place]:
        """Give the cursors of some sessions, by (projection, session)."""
        return await self._following.positions(session_ids)

    async def advance_many(self, moves: Iterable[tuple[str, str, int, int]]) -> int:
        """Move cursors on: (projection, session, voyage, n)."""
        return await self._cursors.advance_many(moves)

    async def lagging(self, names: Sequence[str]) -> list[tuple[str, Place]]:
        """List the sessions that one of these projections is behind in, with the newest turn's place."""
        return [(row.session_id, (row.voyage, row.n)) for row in await self._following.lagging(names)]

    async def clear(self, names: Sequence[str]) -> list[str]:
        """Forget the cursors of sessions that are gone or were begun anew, and name those sessions."""
        gone = await self._following.gone()
        await self._following.forget(gone)
        return gone


class CursorsApart(CursorsHere):
    """Cursors in another database than the journal: the engine is asked for its sessions."""

    def __init__(self, cursors: CursorStore, following: FollowStore, engine: Lister) -> None:
        super().__init__(cursors, following)
        self._engine = engine

    async def lagging(self, names: Sequence[str]) -> list[tuple[str, Place]]:
        """List the sessions that one of these projections is behind in. Raises EngineError."""
        seen = [await self._cursors.all(name) for name in names]
        newest = {s.session_id: (s.voyage, s.turn) for s in await self._engine.list_sessions()}
        return [(s, place) for s, place in newest.items() if any(c.get(s, (0, 0)) < place for c in seen)]

    async def clear(self, names: Sequence[str]) -> list[str]:
        """Forget the cursors of sessions that the engine lacks, or has begun anew. Raises EngineError.

        An engine without any session may be the wrong one: then nothing is forgotten.
        """
        seen = [await self._cursors.all(name) for name in names]
        noticed = await self._following.kept()
        newest = {s.session_id: (s.voyage, s.turn) for s in await self._engine.list_sessions()}
        if not newest:
            return []
        ahead = {s for stored in seen for s, place in stored.items() if newest.get(s, (0, 0)) < place}
        gone = sorted(ahead | {s for s in noticed if s not in newest})
        await self._following.forget(gone)
        return gone
