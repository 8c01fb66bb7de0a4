"""The stored tapes of each session: their rows, their files, and which of them must go. Never builds one."""

import asyncio
import logging
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

import msgspec

from sessions.files import TAPES, session_key
from sessions.tapes.models import MEDIA_TYPES, Product, Tape
from storage.files import Files
from storage.rows import TapeRow

log = logging.getLogger(__name__)

WAITING_SECONDS = 7 * 86_400.0  # an unposted tape is kept so long, whatever the limits say
_STRAY_SECONDS = 3600.0  # files without a row that are older belong to nobody


class TapeRows(Protocol):
    """The store's part of it. A second `add` of a voyage's tape replaces the first."""

    async def add(self, row: TapeRow) -> None: ...
    async def get(self, session_id: str, voyage: int) -> TapeRow | None: ...
    async def unposted(self) -> list[TapeRow]: ...
    async def mark_posted(self, session_id: str, voyage: int, message_id: int) -> bool: ...
    async def remove(self, session_id: str, voyage: int) -> object: ...
    async def list(self, session_id: str) -> list[TapeRow]: ...
    async def crowded(self, count: int, size: int) -> Sequence[str]: ...


class Keep(msgspec.Struct, frozen=True):
    """How many tapes, and how many bytes of them, each session keeps."""

    count: int = 20
    size: int = 100 * 1024 * 1024


class Shelf:
    """Stores tapes."""

    def __init__(self, files: Files, rows: TapeRows, keep: Keep, clock: Callable[[], float]) -> None:
        self._files = files
        self._rows = rows
        self._keep = keep
        self._clock = clock
        self._held: Counter[tuple[str, int]] = Counter()

    def folder(self, session_id: str) -> Path:
        """Give the folder of a session's tapes on this machine."""
        return self._files.path(session_key(session_id, TAPES))

    @contextmanager
    def hold(self, session_id: str, voyage: int) -> Iterator[None]:
        """Keep a tape from being removed while it is built or posted."""
        key = (session_id, voyage)
        self._held[key] += 1
        try:
            yield
        finally:
            self._held[key] -= 1
            if not self._held[key]:
                del self._held[key]

    async def keep_file(self, session_id: str, product: Product) -> None:
        """Bring a finished file to where files are kept; nobody knows of it yet. Raises OSError."""
        await self._files.put_file(session_key(session_id, f"{TAPES}/{product.path.name}"), product.path)

    async def put(self, session_id: str, voyage: int, product: Product) -> Tape:
        """Make a kept file the voyage's tape, then let old ones go."""
        before = await self._rows.get(session_id, voyage)
        row = TapeRow(
            session_id,
            voyage,
            f"{TAPES}/{product.path.name}",
            MEDIA_TYPES[product.format],
            product.frames,
            product.left_out,
            product.seconds,
            product.size,
            self._clock(),
            before.message_id if before is not None else 0,
        )
        await self._rows.add(row)
        if before is not None and before.file != row.file:
            await self._files.delete([session_key(session_id, before.file)])
        await self._tidy(session_id)
        return self._tape(row)

    async def get(self, session_id: str, voyage: int) -> Tape | None:
        """Give a voyage's tape, or None."""
        row = await self._rows.get(session_id, voyage)
        return self._tape(row) if row is not None else None

    async def tapes(self, session_id: str) -> list[Tape]:
        """List a session's tapes, newest first."""
        return [self._tape(row) for row in await self._rows.list(session_id)]

    async def unposted(self) -> list[Tape]:
        """List the tapes that no message shows yet, oldest first."""
        return [self._tape(row) for row in await self._rows.unposted()]

    async def mark_posted(self, session_id: str, voyage: int, message_id: int) -> bool:
        """Note the message that shows a tape; False when another one was noted before."""
        return await self._rows.mark_posted(session_id, voyage, message_id)

    async def remove(self, tape: Tape) -> None:
        """Forget a tape, then its file."""
        await self._rows.remove(tape.session_id, tape.voyage)
        await self._files.delete([tape.key])

    async def retain(self) -> int:
        """Let go what is beyond the limits in every session, say after they were lowered; give how many."""
        crowded = await self._rows.crowded(self._keep.count, self._keep.size)
        return sum([await self._tidy(session_id) for session_id in crowded])

    async def _tidy(self, session_id: str) -> int:
        tapes = await self.tapes(session_id)
        surplus = self._surplus(tapes)
        for tape in surplus:
            await self.remove(tape)
            log.info("tape removed session=%s voyage=%d size=%d", session_id, tape.voyage, tape.size)
        named = {tape.path.name for tape in tapes}
        await self._sweep(session_id, named)
        return len(surplus)

    def _surplus(self, tapes: Sequence[Tape]) -> list[Tape]:
        """Choose what goes: the oldest beyond the limits, never the newest, a held or a waiting one."""
        now = self._clock()
        count, size = len(tapes), sum(tape.size for tape in tapes)
        surplus: list[Tape] = []
        for tape in reversed(tapes[1:]):
            if count <= self._keep.count and size <= self._keep.size:
                break
            waiting = not tape.message_id and now - tape.built_at < WAITING_SECONDS
            if waiting or (tape.session_id, tape.voyage) in self._held:
                continue
            surplus.append(tape)
            count, size = count - 1, size - tape.size
        return surplus

    async def _sweep(self, session_id: str, named: set[str]) -> None:
        """Remove what a crash left: files without a row that nobody has touched for an hour."""
        oldest = time.time() - _STRAY_SECONDS  # the clock of the files, not the game's
        await asyncio.to_thread(_sweep_folder, self.folder(session_id), named, oldest)
        if self._files.remote:
            kept = await self._files.list(session_key(session_id, TAPES))
            strays = [file.key for file in kept if file.name not in named and file.modified < oldest]
            await self._files.delete(strays)

    def _tape(self, row: TapeRow) -> Tape:
        return Tape(
            row.session_id,
            row.voyage,
            self._files.path(session_key(row.session_id, row.file)),
            row.media_type,
            row.frames,
            row.left_out,
            row.seconds,
            row.size,
            row.built_at,
            row.message_id,
        )


def _sweep_folder(folder: Path, named: set[str], oldest: float) -> None:
    for path in folder.iterdir() if folder.is_dir() else ():
        if path.name not in named and path.is_file() and path.stat().st_mtime < oldest:
            path.unlink(missing_ok=True)
