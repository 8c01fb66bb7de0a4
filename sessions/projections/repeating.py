"""Does what the live path left undone in one session: from the journal and in order."""

import logging
from collections.abc import Callable, Sequence

from engine_client.errors import EngineError
from engine_client.models import SessionId, Turn, TurnRef
from sessions.projections.models import Journal, Projection
from sessions.projections.standing import Standing
from sessions.projections.track import START
from storage.errors import StorageError

log = logging.getLogger(__name__)

FIRST_PAUSE, LONGEST_PAUSE = 2.0, 300.0  # seconds before what failed is tried again; doubles
PAGE = 100  # turns that are read at a time


class Repeater:
    """Brings sessions up to date."""

    def __init__(
        self, journal: Journal, projections: Sequence[Projection], clock: Callable[[], float]
    ) -> None:
        self._journal = journal
        self._projections = tuple(projections)
        self._clock = clock

    def is_due(self, standing: Standing) -> bool:
        """Say whether anything of a session is to be done now."""
        now = self._clock()
        return any(standing.is_due(projection.name, now) for projection in self._projections)

    async def repeat(self, session_id: SessionId, standing: Standing) -> bool:
        """Do what is due; what fails stops no other projection and is tried again later.

        False when the session is not in the journal any more.
        """
        there = True
        for projection in self._projections:
            name = projection.name
            if not standing.is_due(name, self._clock()):
                continue
            try:
                there = await self._catch_up(projection, session_id, standing)
            except (EngineError, StorageError, OSError) as error:
                if standing.postpone(name, self._clock(), FIRST_PAUSE, LONGEST_PAUSE) == 1:
                    log.warning("%s is tried again later session=%s: %r", name, session_id, error)
            except Exception:
                log.exception("%s is behind session=%s", name, session_id)
                standing.postpone(name, self._clock(), FIRST_PAUSE, LONGEST_PAUSE)
            else:
                standing.succeeded(name)
            if not there:
                break
        return there

    async def _newest(self, session_id: SessionId, standing: Standing) -> Turn | None:
        """Read the newest known turn, or one after it; None where it is not in the journal any more."""
        voyage, n = standing.newest
        turns = await self._journal.turns(session_id, after=TurnRef(voyage, n - 1), limit=PAGE)
        return turns[-1] if turns else None

    async def _catch_up(self, projection: Projection, session_id: SessionId, standing: Standing) -> bool:
        newest = await self._newest(session_id, standing)
        if newest is None:
            return False
        end = (newest.voyage, newest.n)
        track = standing.tracks[projection.name]
        standing.newest = max(standing.newest, end)
        if projection.newest_only:
            await projection.apply(newest)
            track.to(end, ended=newest.end is not None)
            return True
        since = projection.since(newest, track.reached or START)
        track.to((since.voyage, since.n), ended=since == newest.ref and newest.end is not None)
        while (reached := track.reached or START) < end:
            turns = await self._journal.turns(session_id, after=TurnRef(*reached), limit=PAGE)
            for turn in turns:
                await projection.apply(turn)
                track.to((turn.voyage, turn.n), ended=turn.end is not None)
            if not turns:  # the journal has nothing more to tell
                track.to(end, ended=newest.end is not None)
        return True
