"""Brings what a tape is made of to this machine, where files are kept elsewhere. Never builds one.

Segments are taken as they are stored now: a copy here may be of an earlier voyage of the same number.
"""

import asyncio
import contextlib
from collections.abc import Coroutine, Iterable
from typing import Any

from sessions.files import SEGMENTS, session_key
from sessions.frames import Frame
from sessions.tapes.segments import span_of
from storage.errors import FileMissing
from storage.files import Files

AT_ONCE = 8


async def bring_segments(files: Files, session_id: str, voyage: int) -> set[int]:
    """Bring a voyage's segments here; give the first turns of their spans. Raises FilesAway, OSError."""
    folder, start = session_key(session_id, SEGMENTS), f"{voyage:05d}-"
    stored = await files.list(folder, start)
    names = {file.name for file in stored}

    def drop_others() -> None:
        for path in files.path(folder).glob(f"{start}*"):
            if path.name not in names:
                path.unlink(missing_ok=True)

    await asyncio.to_thread(drop_others)
    await _some_at_once(_fetch(files, file.key, file.size) for file in stored)
    return {int(file.name.split("-")[1]) for file in stored}


async def bring_frames(files: Files, frames: Iterable[Frame], spans: set[int]) -> None:
    """Bring the frames here that no segment holds; a lost one is drawn again. Raises FilesAway, OSError."""
    wanted = [frame for frame in frames if span_of(frame.n)[0] not in spans]
    await _some_at_once(_fetch(files, frame.key, None) for frame in wanted)


async def _fetch(files: Files, key: str, size: int | None) -> None:
    with contextlib.suppress(FileMissing):
        await files.fetch(key, size)


async def _some_at_once(work: Iterable[Coroutine[Any, Any, None]]) -> None:
    slots = asyncio.Semaphore(AT_ONCE)

    async def one(part: Coroutine[Any, Any, None]) -> None:
        async with slots:
            await part

    for end in await asyncio.gather(*(one(part) for part in work), return_exceptions=True):
        if isinstance(end, BaseException):
            raise end
