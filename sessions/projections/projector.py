"""The projector: knows how far every projection has come in every session, and repeats what is missing.

The live path tells it, in memory, what was accepted and what is done; cursors are written a few seconds
later, many in one statement. What the live path did not do is applied from the journal, in order, in the
background. It does nothing to the game, and no click ever waits for it.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager

from engine_client.errors import EngineError
from engine_client.models import SessionId, Turn
from sessions.projections.models import Cursors, Journal, Projection
from sessions.projections.repeating import Repeater
from sessions.projections.standing import Standing
from sessions.projections.sweeps import Mine, everything
from sessions.projections.track import START, Place
from storage.errors import StorageError

log = logging.getLogger(__name__)

GRACE_SECONDS = 8.0  # that the live path has for a turn before its work is repeated
LOOK_SECONDS = 60.0  # between two comparisons of all cursors with the journal
FIRST_CLEAR_SECONDS, CLEAR_SECONDS = 300.0, 3600.0  # until cursors of sessions that are gone are searched
AT_ONCE = 2  # sessions that catch up at the same time
SLICE = 64  # sessions between two writings of cursors
REMEMBERED = 4_096  # sessions whose standing stays in memory
MOST_MOVES = 500  # cursors in one statement: turns wait for the same writer


class Projector:
    """Keeps the projections at it. `sweeps` are those that somebody else does for all sessions at once.

    `mine` says whether this process catches up for a session; others' cursors are left alone. `follows` names
    for a sweep the projection that makes what it sweeps.
    """

    def __init__(
        self,
        journal: Journal,
        cursors: Cursors,
        projections: Sequence[Projection],
        *,
        sweeps: Sequence[str] = (),
        follows: Mapping[str, str] | None = None,
        clock: Callable[[], float],
        mine: Mine = everything,
    ) -> None:
        self._repeater = Repeater(journal, projections, clock)
        self._cursors = cursors
        self._names = (*(projection.name for projection in projections), *sweeps)
        self._newest_only = {p.name for p in projections if p.newest_only} | set(sweeps)
        self._follows = follows or {}
        self._clock = clock
        self._mine = mine
        self._standings: dict[str, Standing] = {}
        self._restless: dict[str, None] = {}
        self._lagging: dict[str, Place] = {}
        self._look_at, self._clear_at = float("-inf"), clock() + FIRST_CLEAR_SECONDS
        self._one_at_a_time = asyncio.Lock()
        self._slots = asyncio.Semaphore(AT_ONCE)

    def accepted(self, turn: Turn) -> None:
        """The engine has accepted a turn. Returns at once."""
        standing = self._standing(turn.session_id)
        place = (turn.voyage, turn.n)
        if place > standing.newest:
            standing.begun(place, self._clock() + GRACE_SECONDS)
            self._restless[turn.session_id] = None

    def done(self, name: str, turn: Turn) -> None:
        """A projection's part of a turn was done. Returns at once."""
        self.accepted(turn)
        place = (turn.voyage, turn.n)
        self._standings[turn.session_id].tracks[name].done(place, ended=turn.end is not None)
        self._restless[turn.session_id] = None

    @asynccontextmanager
    async def sweeping(self, name: str) -> AsyncIterator[set[str]]:
        """Note that the block does a sweep for all sessions of this process, unless it raises.

        It adds to the set the sessions that it had to leave for later.
        """
        ours = [session_id for session_id in list(self._restless) if await self._mine(session_id)]
        before = {s: self._made(name, s) for s in ours if s in self._standings}
        waiting: set[str] = set()
        yield waiting
        for session_id, place in before.items():
            standing = self._standings.get(session_id)
            if standing is not None and session_id not in waiting:
                standing.tracks[name].to(place, ended=False)

    async def run_once(self) -> None:
        """Catch up with what is due, and write the cursors. A failure is logged and tried again."""
        async with self._one_at_a_time:
            if self._clock() >= self._look_at:
                await self._look()
            while True:
                await self._read_cursors()
                due = await self._due()
                await asyncio.gather(*(self._in_turn(session_id) for session_id in due))
                await self._write_cursors()
                if not self._lagging:
                    return
                self._take_lagging()

    async def flush(self) -> None:
        """Write the cursors as they stand; for a clean stop."""
        async with self._one_at_a_time:
            await self._read_cursors()
            await self._write_cursors()

    def only(self, mine: Mine) -> None:
        """Work for these sessions only, from the next round on."""
        self._mine = mine

    def look_again(self) -> None:
        """Compare all cursors with the journal at the next round: sessions have become ours."""
        self._look_at = float("-inf")

    def behind(self) -> dict[str, int]:
        """Count by projection the sessions in which it is known to be behind."""
        counts = dict.fromkeys(self._names, len(self._lagging))
        for session_id in self._restless:
            for name in self._standings[session_id].behind():
                counts[name] += 1
        return counts

    def _standing(self, session_id: str) -> Standing:
        standing = self._standings.get(session_id)
        if standing is None:
            standing = self._standings[session_id] = Standing(self._names, self._newest_only)
        return standing

    def _made(self, name: str, session_id: str) -> Place:
        """Say up to where there is everything that a sweep needs."""
        standing = self._standings[session_id]
        source = self._follows.get(name)
        if source is None:
            return standing.newest
        return min(standing.newest, standing.tracks[source].reached or START)

    async def _look(self) -> None:
        """Ask for the sessions that are behind; one question for all."""
        try:
            if self._clock() >= self._clear_at:
                for session_id in await self._cursors.clear(self._names):
                    self._forget(session_id)
                self._clear_at = self._clock() + CLEAR_SECONDS
            lagging = await self._cursors.lagging(self._names)
        except (EngineError, StorageError) as error:
            log.debug("cursors not compared yet: %s", error)  # the engine's transport or the store says it
            return
        self._look_at = self._clock() + LOOK_SECONDS
        self._lagging = {
            session_id: place for session_id, place in lagging if self._knows_less(session_id, place)
        }
        self._take_lagging()

    def _knows_less(self, session_id: str, place: Place) -> bool:
        """Say whether the journal shows more of a session than is in memory already."""
        standing = self._standings.get(session_id)
        return standing is None or standing.newest < place or session_id not in self._restless

    def _take_lagging(self) -> None:
        for session_id in list(self._lagging)[:SLICE]:
            standing = self._standing(session_id)
            place = self._lagging.pop(session_id)
            if place > standing.newest:
                standing.newest = place
            standing.unsure()
            self._restless[session_id] = None

    async def _read_cursors(self) -> None:
        unknown = [s for s in self._restless if not self._standings[s].known]
        for start in range(0, len(unknown), MOST_MOVES):
            part = unknown[start : start + MOST_MOVES]
            stored = await self._cursors.positions(part)
            for session_id in part:
                for name, track in self._standings[session_id].tracks.items():
                    track.stored(stored.get((name, session_id), START))

    async def _due(self) -> list[str]:
        """List the sessions whose missing work is to be done now; let others' go."""
        found: list[str] = []
        for session_id in list(self._restless):
            standing = self._standings[session_id]
            if await self._mine(session_id):
                if self._repeater.is_due(standing):
                    found.append(session_id)
            elif not any(True for _ in standing.moves()):  # what was done here is still written
                self._restless.pop(session_id, None)
        return found

    async def _in_turn(self, session_id: str) -> None:
        async with self._slots:
            if not await self._repeater.repeat(SessionId(session_id), self._standings[session_id]):
                self._forget(session_id)  # removed meanwhile, with its cursors

    async def _write_cursors(self) -> None:
        moves = [
            (name, session_id, *place)
            for session_id in self._restless
            for name, place in self._standings[session_id].moves()
        ]
        for start in range(0, len(moves), MOST_MOVES):
            part = moves[start : start + MOST_MOVES]
            await self._cursors.advance_many(part)
            for name, session_id, voyage, n in part:
                if (standing := self._standings.get(session_id)) is not None:
                    standing.tracks[name].written = (voyage, n)
        now = self._clock()
        for session_id in list(self._restless):
            standing = self._standings[session_id]
            standing.passed(now)
            if standing.at_rest:
                self._restless.pop(session_id)
        self._forget_the_oldest()

    def _forget(self, session_id: str) -> None:
        self._standings.pop(session_id, None)
        self._restless.pop(session_id, None)

    def _forget_the_oldest(self) -> None:
        surplus = len(self._standings) - REMEMBERED
        if surplus > 0:
            for session_id in [s for s in self._standings if s not in self._restless][:surplus]:
                del self._standings[session_id]
