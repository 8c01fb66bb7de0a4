"""The open end of each voyage's tape: pictures kept as planes until ten turns make a segment.

It is an optimisation and may always give up: a turn that it does not take is encoded from its frame when the
tape is built. Memory and backlog are bounded. It never makes a turn wait.
"""

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Iterable
from pathlib import Path

from engine_client.models import Picture, Turn
from sessions.frames import session_folder
from sessions.tapes.develop import Developer
from sessions.tapes.h264 import Recipe
from sessions.tapes.journal import Between
from sessions.tapes.models import Look, Size, Strip, TapeOptions
from sessions.tapes.segments import segment_path, span_of, write_segment
from sessions.tapes.workshop import Workshop

log = logging.getLogger(__name__)

HELD_BYTES = 64 * 1024 * 1024  # planes of all voyages together
IDLE_SECONDS = 600.0  # a voyage that rested so long gives its planes up when others need the room
BACKLOG = 64  # pictures that wait for a thread


class OpenReel:
    """One voyage's planes since its last segment."""

    def __init__(self, look: Look, now: float) -> None:
        self.look = look
        self.strips: dict[int, Strip] = {}
        self.touched = now

    def full_span(self, n: int) -> list[int]:
        """List the turns of the segment around n when all are here, else nothing."""
        first, last = span_of(n)
        turns = list(range(first, last + 1))
        return turns if all(turn in self.strips for turn in turns) else []


class Reels:
    """Takes each new frame, holds it as planes, and writes a segment for every ten turns."""

    def __init__(
        self,
        root: Path,
        workshop: Workshop,
        developer: Developer,
        *,
        options_of: Callable[[str], Awaitable[TapeOptions]],
        between: Between | None,
        clock: Callable[[], float],
        held_bytes: int = HELD_BYTES,
    ) -> None:
        self._root = root
        self._workshop = workshop
        self._developer = developer
        self._options_of = options_of
        self._between = between
        self._clock = clock
        self._room = held_bytes // _bytes_of(developer.size)
        self._held = 0
        self._open: OrderedDict[tuple[str, int], OpenReel] = OrderedDict()
        self._working: dict[asyncio.Task[None], tuple[str, int]] = {}

    def feed(self, turn: Turn, picture: Picture) -> None:
        """Take a new frame. Returns at once; under load the frame is left for later."""
        if len(self._working) >= BACKLOG:
            return
        key = (turn.session_id, turn.voyage)
        task = asyncio.get_running_loop().create_task(self._take(key, turn, picture))
        self._working[task] = key
        task.add_done_callback(self._working.pop)

    async def settle(self, session_id: str | None = None, voyage: int = 0) -> None:
        """Wait for the work on one voyage's frames, or on all."""
        key = (session_id, voyage)
        while tasks := [task for task, of in self._working.items() if session_id is None or of == key]:
            await asyncio.wait(tasks)

    def held(self, session_id: str, voyage: int, look: Look) -> dict[int, Strip]:
        """Give the planes of the turns that no segment holds yet."""
        reel = self._open.get((session_id, voyage))
        return dict(reel.strips) if reel is not None and reel.look == look else {}

    def forget(self, session_id: str, voyage: int) -> None:
        """Let a voyage's planes go."""
        reel = self._open.pop((session_id, voyage), None)
        if reel is not None:
            self._held -= sum(len(strip) for strip in reel.strips.values())

    def clear(self, session_id: str, voyage: int) -> None:
        """Let a voyage's planes and segments go, after its tape is safely stored. Blocks."""
        self.forget(session_id, voyage)
        folder = self.folder(session_id)
        for pattern in (f"{voyage:05d}-*", f".{voyage:05d}-*.part"):
            for path in folder.glob(pattern):
                path.unlink(missing_ok=True)

    def folder(self, session_id: str) -> Path:
        """Give the folder of a session's segments."""
        return session_folder(self._root, session_id) / "films" / "segments"

    async def _take(self, key: tuple[str, int], turn: Turn, picture: Picture) -> None:
        try:
            reel = await self._reel(key)
            if reel is None:
                return
            between: Iterable[Picture] = ()
            if reel.look.flipbook and self._between is not None:
                between = await self._between(turn)
            strip = await self._workshop.run(
                self._developer.strip, turn, picture.data, list(between), reel.look
            )
            if self._hold(key, reel, turn.n, strip):
                await self._cut(key, reel, turn.n)
        except Exception:
            # The tape is built from the frames instead; the player's turn is safe.
            log.exception("no segment session=%s voyage=%d turn=%d", *key, turn.n)

    async def _reel(self, key: tuple[str, int]) -> OpenReel | None:
        """Give the voyage's reel, or None when there is no room for another picture."""
        look = Look.of(await self._options_of(key[0]), *key)
        if self._held >= self._room:
            self._drop_idle()
        if self._held >= self._room:
            return None
        reel = self._open.get(key)
        if reel is None or reel.look != look:
            self.forget(*key)
            reel = self._open[key] = OpenReel(look, self._clock())
        reel.touched = self._clock()
        self._open.move_to_end(key)
        return reel

    def _hold(self, key: tuple[str, int], reel: OpenReel, n: int, strip: Strip) -> bool:
        """Keep a turn's planes, unless the room was taken or the voyage let go meanwhile."""
        more = len(strip) - len(reel.strips.get(n, ()))
        if self._open.get(key) is not reel or self._held + more > self._room:
            return False
        self._held += more
        reel.strips[n] = strip
        return True

    async def _cut(self, key: tuple[str, int], reel: OpenReel, n: int) -> None:
        """Write the segment around a turn when it is complete, and let its planes go."""
        turns = reel.full_span(n)
        if not turns:
            return
        strips = [reel.strips.pop(turn) for turn in turns]
        pictures = [picture for strip in strips for picture in strip]
        try:
            path = segment_path(self.folder(key[0]), key[1], turns[0])
            recipe = Recipe(self._developer.size)
            await self._workshop.run(write_segment, path, recipe, reel.look, pictures)
        finally:
            self._held -= len(pictures)

    def _drop_idle(self) -> None:
        for key, reel in list(self._open.items()):
            if self._clock() - reel.touched < IDLE_SECONDS:
                return
            self.forget(*key)


def _bytes_of(size: Size) -> int:
    return size.width * size.height * 3 // 2
