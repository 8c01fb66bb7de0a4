"""The open end of each voyage's tape: its newest pictures, kept in memory until ten turns make a segment.

It is an optimisation and may always give up: a turn that it does not take is encoded from its frame when the
tape is built. Memory and backlog are bounded. It never makes a turn wait.
"""

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

from engine_client.models import Picture, Turn
from sessions.files import SEGMENTS, session_key
from sessions.tapes.develop import Developer
from sessions.tapes.journal import Between
from sessions.tapes.models import Look, TapeOptions
from sessions.tapes.segments import segment_path, span_of, write_segment
from sessions.tapes.workshop import Workshop
from storage.errors import FilesAway
from storage.files import Files

log = logging.getLogger(__name__)

HELD_BYTES = 32 * 1024 * 1024  # encoded pictures of all voyages together
IDLE_SECONDS = 600.0  # a voyage that rested so long gives its pictures up when others need the room
BACKLOG = 8  # segments that wait for a thread

Taken = tuple[Turn, bytes]


class OpenReel:
    """One voyage's pictures that no segment holds yet."""

    def __init__(self, now: float) -> None:
        self.taken: dict[int, Taken] = {}
        self.touched = now

    def full_span(self, n: int) -> list[Taken]:
        """Give the turns of the segment around n when all are here, else nothing."""
        first, last = span_of(n)
        turns = range(first, last + 1)
        return [self.taken[turn] for turn in turns] if all(turn in self.taken for turn in turns) else []


class Reels:
    """Takes each new frame and writes a segment for every ten turns."""

    def __init__(
        self,
        files: Files,
        workshop: Workshop,
        developer: Developer,
        *,
        options_of: Callable[[str], Awaitable[TapeOptions]],
        between: Between | None,
        clock: Callable[[], float],
    ) -> None:
        self._files = files
        self._workshop = workshop
        self._developer = developer
        self._options_of = options_of
        self._between = between
        self._clock = clock
        self.room = HELD_BYTES
        self.held_bytes = 0
        self._open: OrderedDict[tuple[str, int], OpenReel] = OrderedDict()
        self._cutting: dict[asyncio.Task[None], tuple[str, int]] = {}

    def feed(self, turn: Turn, picture: Picture) -> None:
        """Take a new frame. Returns at once; under load the frame is left for later."""
        key = (turn.session_id, turn.voyage)
        if not self._make_room(len(picture.data)):
            return
        reel = self._open.setdefault(key, OpenReel(self._clock()))
        if turn.n in reel.taken:
            return
        reel.taken[turn.n] = (turn, picture.data)
        reel.touched = self._clock()
        self.held_bytes += len(picture.data)
        self._open.move_to_end(key)
        if span := reel.full_span(turn.n):
            self._begin_cut(key, span)

    async def settle(self, session_id: str | None = None, voyage: int = 0) -> None:
        """Wait for the segments of one voyage that are being written, or of all."""
        key = (session_id, voyage)
        while tasks := [task for task, of in self._cutting.items() if session_id is None or of == key]:
            await asyncio.wait(tasks)

    def pictures(self, session_id: str, voyage: int) -> dict[int, bytes]:
        """Give the pictures of the turns that no segment holds yet."""
        reel = self._open.get((session_id, voyage))
        return {n: data for n, (_, data) in reel.taken.items()} if reel is not None else {}

    def forget(self, session_id: str, voyage: int) -> None:
        """Let a voyage's pictures go."""
        reel = self._open.pop((session_id, voyage), None)
        if reel is not None:
            self._release(list(reel.taken.values()))

    async def clear(self, session_id: str, voyage: int) -> None:
        """Let a voyage's segments go, after its tape is safely stored. Raises OSError."""
        await self._files.clear(session_key(session_id, SEGMENTS), f"{voyage:05d}-")

    def folder(self, session_id: str) -> Path:
        """Give the folder of a session's segments on this machine."""
        return self._files.path(session_key(session_id, SEGMENTS))

    def _begin_cut(self, key: tuple[str, int], span: Sequence[Taken]) -> None:
        """Have a segment written in the background, unless too many wait; the pictures go either way."""
        for turn, _ in span:
            del self._open[key].taken[turn.n]
        if len(self._cutting) >= BACKLOG:
            self._release(span)
            return
        task = asyncio.get_running_loop().create_task(self._cut(key, span))
        self._cutting[task] = key
        task.add_done_callback(self._cutting.pop)

    async def _cut(self, key: tuple[str, int], span: Sequence[Taken]) -> None:
        try:
            look = Look.of(await self._options_of(key[0]), *key)
            steps = [await self._steps(turn, look) for turn, _ in span]
            path = segment_path(self.folder(key[0]), key[1], span[0][0].n)
            await self._workshop.run(self._write, path, look, span, steps)
            await self._files.put_file(session_key(key[0], f"{SEGMENTS}/{path.name}"), path)
        except FilesAway as error:
            log.warning("segment not stored session=%s voyage=%d: %s", *key, error)
        except Exception:
            # The tape is built from the frames instead; the player's turn is safe.
            log.exception("no segment session=%s voyage=%d from turn=%d", *key, span[0][0].n)
        finally:
            self._release(span)

    async def _steps(self, turn: Turn, look: Look) -> Sequence[Picture]:
        return await self._between(turn) if look.flipbook and self._between is not None else ()

    def _write(
        self, path: Path, look: Look, span: Sequence[Taken], steps: Sequence[Sequence[Picture]]
    ) -> None:
        """Develop and encode one segment. Blocks."""
        strips = (
            self._developer.strip(turn, data, between, look)
            for (turn, data), between in zip(span, steps, strict=True)
        )
        write_segment(path, self._developer.recipe, look, (shot for strip in strips for shot in strip))

    def _make_room(self, size: int) -> bool:
        """Say whether a picture of so many bytes can be held; voyages at rest give way."""
        while self.held_bytes + size > self.room:
            key, reel = next(iter(self._open.items()), (None, None))
            if key is None or reel is None or self._clock() - reel.touched < IDLE_SECONDS:
                return False
            self.forget(*key)
        return True

    def _release(self, taken: Sequence[Taken]) -> None:
        self.held_bytes -= sum(len(data) for _, data in taken)
