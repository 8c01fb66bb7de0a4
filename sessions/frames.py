"""Which pictures a voyage has: one file per turn in the session's folder, one row per file in the store.

A projection of the journal: a frame that is missing can be drawn again, so nothing here is the only copy of
anything. Never Discord, never a drawing.
"""

import asyncio
import contextlib
import os
from collections import OrderedDict
from collections.abc import Callable
from hashlib import blake2b
from pathlib import Path
from typing import Protocol
from uuid import uuid4

import msgspec

from engine_client.models import Picture, Turn, parse_session_id
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


def fingerprint(data: bytes) -> str:
    """Give eight characters that tell this picture from a damaged one."""
    return blake2b(data, digest_size=4).hexdigest()


def session_folder(root: Path, session_id: str) -> Path:
    """Give the folder of a session's files. Raises BadSessionId."""
    return root / "sessions" / parse_session_id(session_id)


def write_atomically(path: Path, data: bytes, *, durable: bool = False) -> None:
    """Write a whole file or nothing; `durable` also survives a power loss. Blocks. Raises OSError."""
    path.parent.mkdir(parents=True, exist_ok=True)
    half = path.with_name(f".{path.name}.{uuid4().hex}.part")
    try:
        with half.open("wb") as file:
            file.write(data)
            if durable:
                file.flush()
                os.fsync(file.fileno())
        half.replace(path)
    except BaseException:
        with contextlib.suppress(OSError):
            half.unlink(missing_ok=True)
        raise


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
