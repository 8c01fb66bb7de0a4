"""Tapes: the door to everything about death tapes. It builds what the store's jobs ask for, exactly once.

A job was written in the transaction of the turn that ended the voyage. Whoever holds its claim builds the
tape; a worker that lost its claim throws its file away. Never Discord.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import AbstractContextManager
from pathlib import Path
from uuid import uuid4

import msgspec

from engine_client.models import Turn
from sessions.frames import FrameRegistry
from sessions.tapes.advance import Progress
from sessions.tapes.builder import LEASE_SECONDS, Builder
from sessions.tapes.develop import Developer
from sessions.tapes.errors import TapeUnreachable
from sessions.tapes.journal import Between, Journal, voyage_turns
from sessions.tapes.lettering import Lettering
from sessions.tapes.models import Outcome, Queued, Tape, TapeOptions
from sessions.tapes.reel import Reels
from sessions.tapes.shelf import Keep, Shelf
from sessions.tapes.story import FILE_GONE, FILES_AWAY_NOW, GIVEN_UP
from sessions.tapes.tables import TapeTables
from sessions.tapes.workshop import Workshop
from storage.errors import FileMissing, FilesAway, StaleEpoch
from storage.files import Files, open_files
from storage.rows import JobRow

log = logging.getLogger(__name__)

TAPE_JOB = "tape"
GONE_SECONDS = 60.0  # until a tape is built again that others have built and this process cannot see
AWAY_SECONDS = 5.0  # until a tape is tried again whose files could not be reached


Mine = Callable[[str], Awaitable[bool]]


async def everybodys(session_id: str) -> bool:
    """Say that every session is this process's, as where there is only one."""
    return True


class Tapes:
    """Builds and keeps tapes. Make it inside the event loop; `stop` it before the loop ends.

    `options_of` gives a session's tape options; `between` the in-between pictures that lead to a turn.
    Without `files` they are in the folder `root`. With `threads` 0 nothing that is queued is built here.
    """

    def __init__(
        self,
        root: Path,
        store: TapeTables,
        journal: Journal,
        frames: FrameRegistry,
        *,
        options_of: Callable[[str], Awaitable[TapeOptions]],
        clock: Callable[[], float],
        owner: str = "",
        threads: int | None = None,
        keep: Keep | None = None,
        between: Between | None = None,
        font: Path | None = None,
        files: Files | None = None,
    ) -> None:
        self._jobs = store.jobs
        self._journal = journal
        self._options_of = options_of
        self._clock = clock
        self.owner = owner or uuid4().hex
        self._files = files = files or open_files("", root)
        self.builds = threads != 0
        self._workshop = Workshop(threads if self.builds else 1)  # segments and flipbooks are cut anyway
        self._claimed: dict[int, JobRow] = {}
        self._leaving = False
        self._slots = asyncio.Semaphore(self._workshop.threads)
        developer = Developer(Lettering(font))
        self.shelf = Shelf(files, store.tapes, keep or Keep(), clock)
        self._reels = Reels(
            files, self._workshop, developer, options_of=options_of, between=between, clock=clock
        )
        frames.listen(self._reels.feed)
        self._builder = Builder(
            files, self.shelf, frames, self._reels, self._workshop, developer, journal, options_of, between
        )

    async def stop(self) -> None:
        """Finish the work that has begun and let the threads end."""
        await self._reels.settle()
        await asyncio.to_thread(self._workshop.close)

    async def give_back(self) -> None:
        """Claim no more jobs, and give those under work back as if they had never been claimed; for a stop.

        What is being built goes on until its thread ends; nobody stores it. Raises StorageError.
        """
        self._leaving = True
        for job in list(self._claimed.values()):
            await self._release(job)

    async def retain(self) -> int:
        """Let go the tapes that are too many, in every session; give how many went."""
        return await self.shelf.retain()

    async def settle(self) -> None:
        """Wait until the segments of all recorded frames are written."""
        await self._reels.settle()

    async def drain(self, progress: Progress | None = None) -> list[Outcome]:
        """Build every tape that is due, as many at a time as there are threads, and return."""
        if not self.builds:
            return []
        outcomes: list[Outcome] = []

        async def work() -> None:
            while (done := await self.take(progress)) is not None:
                outcomes.extend(done)

        ends = await asyncio.gather(*(work() for _ in range(self._workshop.threads)), return_exceptions=True)
        for end in ends:
            if isinstance(end, BaseException):  # the store is away: the others have finished what they had
                raise end
        return outcomes

    @property
    def threads(self) -> int:
        """Say how many tapes can be built here at the same time."""
        return self._workshop.threads if self.builds else 0

    async def take(self, progress: Progress | None = None) -> list[Outcome] | None:
        """Build one tape that is due; None when there was none. The list is empty when it was lost."""
        if self._leaving:
            return None
        async with self._slots:
            job = await self._jobs.claim(TAPE_JOB, self.owner, LEASE_SECONDS, self._clock())
            if job is None:
                return None
            outcome = await self._do(job, progress)
            return [outcome] if outcome is not None else []

    async def queued(self) -> list[Queued]:
        """List the tapes that wait or are being built, here or elsewhere, next one first."""
        return [
            Queued(job.session_id, job.voyage, job.owner, job.progress, job.not_before, bool(job.error))
            for job in await self._jobs.open(TAPE_JOB)
        ]

    async def read(self, tape: Tape) -> bytes:
        """Give a tape's bytes. Raises TapeUnreachable."""
        try:
            return await self._files.get(tape.key)
        except FileMissing as error:
            raise TapeUnreachable(FILE_GONE) from error
        except FilesAway as error:
            raise TapeUnreachable(FILES_AWAY_NOW) from error

    async def build(
        self,
        session_id: str,
        voyage: int,
        options: TapeOptions | None = None,
        progress: Progress | None = None,
    ) -> tuple[Path | None, str]:
        """Build a voyage's tape now; give its file, or None, and a sentence for the player."""
        async with self._slots:
            outcome = await self._builder.build(session_id, voyage, options=options, progress=progress)
        return (outcome.tape.path if outcome.tape is not None else None), outcome.sentence

    async def unposted(self, mine: Mine = everybodys) -> list[Tape]:
        """List the tapes that no message shows yet, oldest first; one whose file is gone is built again.

        Only those of the sessions that are `mine`. Raises TapeUnreachable.
        """
        waiting: list[Tape] = []
        for tape in await self.shelf.unposted():
            if not await mine(tape.session_id):
                continue
            if await self._is_there(tape):
                waiting.append(tape)
            else:
                await self._build_again(tape)
        return waiting

    async def _build_again(self, tape: Tape) -> None:
        """Have a tape built anew whose file is gone; others, who may not see our files, are given time."""
        log.warning(
            "tape's file is not here, it is built again session=%s voyage=%d%s",
            *(tape.session_id, tape.voyage),
            "" if self.builds else ": have the workers the same FILES_URL, or the same DATA_DIR?",
        )
        await self.shelf.remove(tape)
        pause = 0.0 if self.builds else GONE_SECONDS
        await self._jobs.reopen(TAPE_JOB, tape.session_id, tape.voyage, self._clock() + pause)

    async def _is_there(self, tape: Tape) -> bool:
        try:
            return await self._files.size(tape.key) is not None
        except FilesAway as error:
            raise TapeUnreachable(FILES_AWAY_NOW) from error

    def hold(self, session_id: str, voyage: int) -> AbstractContextManager[None]:
        """Keep a tape from being removed while it is posted: `with tapes.hold(…):`."""
        return self.shelf.hold(session_id, voyage)

    async def flipbook(
        self, session_id: str, voyage: int, *, count: int = 10, options: TapeOptions | None = None
    ) -> tuple[Path | None, str]:
        """Make a clip of a voyage's last turns; give its file, or None, and a sentence for the player.

        It has transitions whatever the channel chose for its tapes: ten turns cost at most a second, and a
        flipbook is there to move. The file stays until the session's next flipbook.
        """
        chosen = options or msgspec.structs.replace(await self._options_of(session_id), flipbook=True)
        async with self._slots:
            return await self._builder.flipbook(session_id, voyage, count, chosen)

    async def export_zip(self, session_id: str, voyage: int) -> Path:
        """Write a voyage's frames and story to a zip file that fits the upload limit.

        The file stays until the session's next export. Raises NothingToExport, TapeUnreachable, EngineError,
        OSError.
        """
        async with self._slots:
            try:
                return await self._builder.export(session_id, voyage)
            except FilesAway as error:
                raise TapeUnreachable(FILES_AWAY_NOW) from error

    async def mark_posted(self, session_id: str, voyage: int, message_id: int) -> bool:
        """Note the message that shows a tape; False when another one was noted before.

        What was still on its way to the files when another process built the tape goes now.
        """
        noted = await self.shelf.mark_posted(session_id, voyage, message_id)
        if noted:
            try:
                await self._builder.clear(session_id, voyage)
            except OSError as error:
                log.warning("late frames not cleared session=%s voyage=%d: %s", session_id, voyage, error)
        return noted

    async def turns(self, session_id: str, voyage: int) -> list[Turn]:
        """List a voyage's turns, to step through its tape. Raises EngineError."""
        return await voyage_turns(self._journal, session_id, voyage)

    async def _do(self, job: JobRow, progress: Progress | None) -> Outcome | None:
        """Do one job; None when it has passed to another worker. One that is cancelled stays claimed."""
        self._claimed[job.job_id] = job
        if self._leaving:
            await self._release(job)
            return None
        outcome = await self._work(job, progress)
        self._claimed.pop(job.job_id, None)
        return outcome

    async def _release(self, job: JobRow) -> None:
        """Give a claim back, unless it has passed on by itself."""
        try:
            await self._jobs.release(job, self._clock())
        except StaleEpoch:
            log.info("tape job had left us session=%s voyage=%d", job.session_id, job.voyage)
        else:
            log.info("tape job given back session=%s voyage=%d", job.session_id, job.voyage)
        self._claimed.pop(job.job_id, None)

    async def _work(self, job: JobRow, progress: Progress | None) -> Outcome | None:
        """Build one job's tape and report it; None when the job has passed to another worker."""

        async def still_ours(share: float) -> None:
            await self._jobs.renew(job, LEASE_SECONDS, self._clock(), progress=share)

        try:
            outcome = await self._builder.build(
                job.session_id,
                job.voyage,
                progress=progress,
                still_ours=still_ours,
                may_exist=job.attempt > 1,
            )
            if outcome.away:
                await self._jobs.release(job, self._clock() + AWAY_SECONDS)
            elif outcome.will_retry:
                if await self._jobs.fail(job, outcome.sentence, self._clock()):
                    outcome = msgspec.structs.replace(outcome, sentence=GIVEN_UP, will_retry=False)
            else:
                await self._jobs.finish(job)
        except StaleEpoch:
            log.warning("tape job lost session=%s voyage=%d", job.session_id, job.voyage)
            return None
        return outcome

    async def list(self, session_id: str) -> list[Tape]:
        """List a session's tapes, newest first."""
        return await self.shelf.tapes(session_id)
