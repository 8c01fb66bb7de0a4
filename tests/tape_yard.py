"""Real voyages in a shared database, and worker processes that build their tapes, as tests speak of them."""

import asyncio
import os
import sys
from asyncio.subprocess import DEVNULL, Process
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from time import time

from sqlalchemy import select, update

from bot.settings import Settings
from engine.content import load_content
from engine.manager import SessionManager
from engine.pictures import Painter
from engine_client.embedded import EmbeddedEngineClient
from engine_client.models import Abandon, SessionId, Turn, TurnRef, Wait
from sessions.frames import FrameRegistry
from sessions.tapes.models import TapeOptions
from sessions.tapes.service import TAPE_JOB, Tapes
from storage.files import Files, open_files
from storage.rows import OpenJob
from storage.schema import job, session
from storage.store import Store

ROOT = Path(__file__).parents[1]
LOOK_SECONDS = 0.02


async def until(look: Callable[[], Awaitable[bool]], seconds: float = 60.0) -> None:
    """Look until it is so; what another process does cannot be awaited. Raises TimeoutError."""
    async with asyncio.timeout(seconds):
        while not await look():  # noqa: ASYNC110
            await asyncio.sleep(LOOK_SECONDS)


class Yard:
    """A bot's side without Discord: it flies voyages and records frames, and builds no tape itself."""

    def __init__(self, location: str, folder: Path, store: Store, files: Files) -> None:
        self.location = location
        self.folder = folder
        self.store = store
        self.files = files
        self.manager = SessionManager(
            store, load_content(), clock=time, seeds=lambda: 7, folder=folder, files=files
        )
        self.engine = EmbeddedEngineClient(self.manager, Painter(64 * 1024 * 1024), threads=2)
        self.frames = FrameRegistry(folder, store.frames, files)
        self.tapes = self.make_tapes()

    def make_tapes(self, **options: object) -> Tapes:
        """Make a tape service on these files, by default one that only cuts segments."""

        async def options_of(session_id: str) -> TapeOptions:
            return TapeOptions(flipbook=False)

        chosen: dict[str, object] = {"threads": 0} | options
        return Tapes(
            self.folder,
            self.store,
            self.engine,
            self.frames,
            options_of=options_of,
            clock=time,
            files=self.files,
            **chosen,  # pyright: ignore[reportArgumentType]
        )

    async def fly(self, name: str, turns: int, *, record: bool = True) -> Turn:
        """Fly a voyage of at most so many turns and give its last, with which its tape is queued."""
        session_id = SessionId(name)
        turn = (await self.engine.start(session_id, turn_id=f"{name}-1", captain="Ada")).turn
        if record:
            await self._record(turn)
        while turn.n < turns and turn.end is None:
            action = Abandon("restart") if turn.n == turns - 1 else Wait()
            turn_id = f"{name}-{turn.n + 1}"
            result = await self.engine.act(
                session_id, action, turn_id=turn_id, expected=turn.ref, actor="Ada"
            )
            turn = result.turn
            if record:
                await self._record(turn)
        await self.tapes.settle()
        return turn

    async def _record(self, turn: Turn) -> None:
        picture = await self.engine.frame(SessionId(turn.session_id), TurnRef(turn.voyage, turn.n))
        await self.frames.record(turn.session_id, turn, picture)

    async def jobs(self) -> list[OpenJob]:
        """List the tapes that wait or are being built."""
        return await self.store.jobs.open(TAPE_JOB)

    async def owner_of(self, session_id: str) -> str:
        """Give the process that has a session in memory."""
        statement = select(session.c.owner).where(session.c.session_id == session_id)
        return await self.store.database.read(lambda conn: conn.execute(statement).scalar_one())

    async def end_leases(self) -> None:
        """Let every claim run out now, as if its worker had been silent for long."""
        statement = update(job).where(job.c.phase == "open").values(not_before=time())
        await self.store.database.write(lambda conn: conn.execute(statement))

    async def built(self, *sessions: str, seconds: float = 90.0) -> list[Path]:
        """Wait until each session's first voyage has its tape; bring them here. Raises TimeoutError."""

        async def all_built() -> bool:
            rows = [await self.store.tapes.get(session, 1) for session in sessions]
            return all(rows) and not await self.jobs()

        await until(all_built, seconds)
        return [await self.files.fetch(tape.key) for s in sessions for tape in await self.tapes.list(s)]


@asynccontextmanager
async def open_yard(location: str, folder: Path, files_url: str = "") -> AsyncIterator[Yard]:
    """Open a yard on a database and a data folder."""
    store = await Store.open(location)
    try:
        yard = Yard(location, folder, store, open_files(files_url, folder))
        yield yard
        await yard.tapes.stop()
        await yard.engine.close()
    finally:
        await store.close()


class WorkerProcess:
    """`python -m bot worker` in a process of its own, with an own or a shared data folder."""

    def __init__(self, process: Process, log: Path) -> None:
        self.process = process
        self._log = log

    @property
    def log(self) -> str:
        """Give what it has written so far."""
        return self._log.read_text(encoding="utf-8", errors="replace")

    async def says(self, words: str, seconds: float = 60.0) -> None:
        """Wait until its log has these words. Raises TimeoutError."""

        async def said() -> bool:
            assert self.process.returncode is None, self.log
            return words in self.log

        await until(said, seconds)

    async def stop(self) -> int:
        """Ask it to end (SIGTERM) and give its exit code."""
        self.process.terminate()
        return await self.process.wait()

    async def kill(self) -> None:
        """End it with SIGKILL."""
        if self.process.returncode is None:
            self.process.kill()
            await self.process.wait()


@asynccontextmanager
async def worker(location: str, folder: Path, **settings: str) -> AsyncIterator[WorkerProcess]:
    """Run a worker with no setting of this machine but these; it is killed at the end if it still runs."""
    log = await asyncio.to_thread(_fresh_log, folder)
    clean = {name: value for name, value in os.environ.items() if name.lower() not in Settings.model_fields}
    own = {"DATABASE_URL": location, "DATA_DIR": str(folder), "PYTHONPATH": str(ROOT)} | settings
    with log.open("wb") as stream:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "bot", "worker"),
            cwd=folder,
            env=clean | own,
            stdin=DEVNULL,
            stdout=stream,
            stderr=stream,
        )
    running = WorkerProcess(process, log)
    try:
        yield running
    finally:
        await running.kill()


def _fresh_log(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    return folder / f"worker-{len(list(folder.glob('worker-*.log')))}.log"
