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
from sessions.files import fingerprint, session_folder, write_atomically
from sessions.locks import SessionLocks
from storage.rows import FrameRow

KEPT_VOYAGES = 256  # voyages whose rows stay in memory


class Frame(msgspec.Struct, frozen=True):
    """The picture of one turn. The file may be missing or damaged: `read` says so."""

    session_id: str
    voyage: int
    n: int
    path: Path
    media_type: str

    def read(self) -> bytes | None:
        """Read the picture, or give None when the file is missing or not what was written. Blocks."""
        try:
            data = self.path.read_bytes()
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
    """Keeps every session's frames apart."""

    def __init__(self, root: Path, rows: FrameRows) -> None:
        self._root = root
        self._rows = rows
        self._listener: Listener | None = None
        self._locks = SessionLocks()
        self._known: OrderedDict[tuple[str, int], dict[int, Frame]] = OrderedDict()

    def listen(self, listener: Listener) -> None:
        """Have each new frame told to somebody, who must not block."""
        self._listener = listener

    async def record(self, session_id: str, turn: Turn, picture: Picture) -> Frame:
        """Keep the picture of a turn, once however often it is called.

        Raises OSError when the folder is full or read-only; the turn's frame is then drawn again later.
        """
        async with self._locks.of(session_id):
            known = await self._frames_of(session_id, turn.voyage)
            if turn.n in known:
                return known[turn.n]
            if self._listener is not None:
                self._listener(turn, picture)
            known[turn.n] = frame = await self._keep(session_id, turn, picture)
            return frame

    async def frames(self, session_id: str, voyage: int) -> list[Frame]:
        """List a voyage's frames in the order of its turns."""
        async with self._locks.of(session_id):
            known = await self._frames_of(session_id, voyage)
            return [known[n] for n in sorted(known)]

    async def clear(self, session_id: str, voyage: int) -> None:
        """Forget a voyage's frames and remove their files, after its tape is safely stored."""
        async with self._locks.of(session_id):
            await self._rows.remove(session_id, voyage)
            self._known.pop((session_id, voyage), None)
            await asyncio.to_thread(self._remove_files, session_id, voyage)

    async def _keep(self, session_id: str, turn: Turn, picture: Picture) -> Frame:
        name = f"{turn.voyage:05d}-{turn.n:05d}-{fingerprint(picture.data)}{picture.suffix}"
        path = self._images(session_id) / name
        await asyncio.to_thread(write_atomically, path, picture.data)
        row = FrameRow(session_id, turn.voyage, turn.n, f"images/{name}", picture.media_type, turn.at)
        await self._rows.add(row)
        return Frame(session_id, turn.voyage, turn.n, path, picture.media_type)

    async def _frames_of(self, session_id: str, voyage: int) -> dict[int, Frame]:
        key = (session_id, voyage)
        if key not in self._known:
            folder = session_folder(self._root, session_id)
            rows = await self._rows.list(session_id, voyage)
            self._known[key] = {
                row.n: Frame(session_id, voyage, row.n, folder / row.file, row.media_type) for row in rows
            }
        self._known.move_to_end(key)
        while len(self._known) > KEPT_VOYAGES:
            self._known.popitem(last=False)
        return self._known[key]

    def _images(self, session_id: str) -> Path:
        return session_folder(self._root, session_id) / "images"

    def _remove_files(self, session_id: str, voyage: int) -> None:
        for pattern in (f"{voyage:05d}-*", f".{voyage:05d}-*.part"):
            for path in self._images(session_id).glob(pattern):
                path.unlink(missing_ok=True)
