"""Which pictures a voyage has: one file per turn in the session's folder, one row per file in the store.

A projection of the journal: a frame that is missing can be drawn again, so nothing here is the only copy of
anything. Never Discord, never a drawing.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

import msgspec

from engine_client.models import Picture, Turn
from sessions.files import IMAGES, fingerprint, session_key
from sessions.locks import SessionLocks
from storage.files import Files, open_files
from storage.rows import FrameRow

KEPT_VOYAGES = 256  # voyages whose rows stay in memory


class Frame(msgspec.Struct, frozen=True):
    """The picture of one turn. The file may be missing or damaged: `read` says so.

    `path` is where it is on this machine; where files are kept elsewhere, there may be only a copy or none.
    """

    session_id: str
    voyage: int
    n: int
    path: Path
    media_type: str

    @property
    def key(self) -> str:
        """Name the file among the session's."""
        return session_key(self.session_id, f"{IMAGES}/{self.path.name}")

    def read(self, files: Files | None = None) -> bytes | None:
        """Read the picture, from `files` where they are given, else here. Blocks.

        None when it is missing, cannot be reached, or is not what was written.
        """
        try:
            data = self.path.read_bytes() if files is None else files.read(self.key)
        except OSError:
            return None
        return data if fingerprint(data) in self.path.name else None


class FrameRows(Protocol):
    """The store's part of it. A second `add` of a frame replaces the first."""

    async def add(self, row: FrameRow) -> None: ...
    async def list(self, session_id: str, voyage: int) -> list[FrameRow]: ...
    async def remove(self, session_id: str, voyage: int) -> object: ...


Listener = Callable[[Turn, Picture], None]


class FrameRegistry:
    """Keeps every session's frames apart. Without `files` they are in the folder `root`."""

    def __init__(self, root: Path, rows: FrameRows, files: Files | None = None) -> None:
        self._files = files or open_files("", root)
        self._rows = rows
        self._listener: Listener | None = None
        self._locks = SessionLocks()
        self._known: OrderedDict[tuple[str, int], dict[int, Frame]] = OrderedDict()

    def listen(self, listener: Listener) -> None:
        """Have each new frame told to somebody, who must not block."""
        self._listener = listener

    async def record(self, session_id: str, turn: Turn, picture: Picture) -> Frame:
        """Keep the picture of a turn, once however often it is called.

        Raises OSError when the files' place is away, full or read-only; the frame is then drawn again later.
        """
        async with self._locks.of(session_id):
            known = await self._frames_of(session_id, turn.voyage)
            if turn.n in known:
                return known[turn.n]
            if self._listener is not None:
                self._listener(turn, picture)
            known[turn.n] = frame = await self._keep(session_id, turn, picture)
            return frame

    async def whole(self, session_id: str, voyage: int, n: int) -> bool:
        """Say whether a turn's frame is there and undamaged; one that is not can then be recorded anew."""
        async with self._locks.of(session_id):
            known = await self._frames_of(session_id, voyage)
            frame = known.get(n)
            if frame is not None and await asyncio.to_thread(frame.read, self._files) is None:
                del known[n]
            return n in known

    async def frames(self, session_id: str, voyage: int) -> list[Frame]:
        """List a voyage's frames in the order of its turns, those that other processes kept as well."""
        async with self._locks.of(session_id):
            self._known.pop((session_id, voyage), None)
            known = await self._frames_of(session_id, voyage)
            return [known[n] for n in sorted(known)]

    async def clear(self, session_id: str, voyage: int) -> None:
        """Forget a voyage's frames and remove their files, after its tape is safely stored."""
        async with self._locks.of(session_id):
            await self._rows.remove(session_id, voyage)
            self._known.pop((session_id, voyage), None)
            await self._files.clear(session_key(session_id, IMAGES), f"{voyage:05d}-")

    async def _keep(self, session_id: str, turn: Turn, picture: Picture) -> Frame:
        name = f"{turn.voyage:05d}-{turn.n:05d}-{fingerprint(picture.data)}{picture.suffix}"
        file = f"{IMAGES}/{name}"
        await self._files.put(session_key(session_id, file), picture.data, keep=True)
        await self._rows.add(FrameRow(session_id, turn.voyage, turn.n, file, picture.media_type, turn.at))
        return self._frame(session_id, turn.voyage, turn.n, file, picture.media_type)

    async def _frames_of(self, session_id: str, voyage: int) -> dict[int, Frame]:
        key = (session_id, voyage)
        if key not in self._known:
            rows = await self._rows.list(session_id, voyage)
            self._known[key] = {
                row.n: self._frame(session_id, voyage, row.n, row.file, row.media_type) for row in rows
            }
        self._known.move_to_end(key)
        while len(self._known) > KEPT_VOYAGES:
            self._known.popitem(last=False)
        return self._known[key]

    def _frame(self, session_id: str, voyage: int, n: int, file: str, media_type: str) -> Frame:
        return Frame(session_id, voyage, n, self._files.path(session_key(session_id, file)), media_type)
