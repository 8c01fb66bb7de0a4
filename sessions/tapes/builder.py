"""One voyage's tape from its journal to the shelf, every failure turned into a sentence. Never a job row."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

from engine_client.errors import UnknownSession
from engine_client.models import Turn
from sessions.frames import FrameRegistry
from sessions.tapes.assemble import assemble
from sessions.tapes.develop import Developer
from sessions.tapes.errors import NothingToExport
from sessions.tapes.export import export_frames, remove_others
from sessions.tapes.journal import Between, Journal, Source, voyage_turns
from sessions.tapes.models import Look, Outcome, Product, Tape, TapeOptions
from sessions.tapes.order import Order, TooFewFrames, TooLarge
from sessions.tapes.reel import Reels
from sessions.tapes.shelf import Shelf
from sessions.tapes.story import (
    BROKEN,
    DISK_TROUBLE,
    DISK_TROUBLE_NOW,
    TOO_FEW,
    TOO_FEW_TURNS,
    TOO_LARGE,
    sentence_of,
)
from sessions.tapes.workshop import Workshop
from storage.errors import StaleEpoch

log = logging.getLogger(__name__)

LEASE_SECONDS = 30.0
_STEP = 0.05  # of the work between two reports of progress

Progress = Callable[[str, int, float], None]  # session, voyage, share done
OptionsOf = Callable[[str], Awaitable[TapeOptions]]
StillOurs = Callable[[], Awaitable[None]]


class Builder:
    """Builds tapes."""

    def __init__(
        self,
        shelf: Shelf,
        frames: FrameRegistry,
        reels: Reels,
        workshop: Workshop,
        developer: Developer,
        journal: Journal,
        options_of: OptionsOf,
        between: Between | None,
    ) -> None:
        self._shelf = shelf
        self._frames = frames
        self._reels = reels
        self._workshop = workshop
        self._developer = developer
        self._journal = journal
        self._options_of = options_of
        self._between = between

    async def build(
        self,
        session_id: str,
        voyage: int,
        *,
        options: TapeOptions | None = None,
        progress: Progress | None = None,
        still_ours: StillOurs | None = None,
        may_exist: bool = False,
    ) -> Outcome:
        """Build and store a tape. `still_ours` is asked now and then and before anything is stored.

        With `may_exist` a tape that is stored already is taken as it is. Raises only what `still_ours`
        raises, StaleEpoch.
        """

        def failed(sentence: str, *, again: bool = False) -> Outcome:
            return Outcome(session_id, voyage, None, sentence, will_retry=again)

        try:
            with self._shelf.hold(session_id, voyage):
                turns = await self._turns(session_id, voyage)
                tape = await self._stored(session_id, voyage) if may_exist else None
                if tape is None:
                    tape = await self._make(turns, options, progress, still_ours)
                await self._clear(turns)
        except StaleEpoch:
            raise
        except TooFewFrames:
            return failed(TOO_FEW)
        except TooLarge:
            return failed(TOO_LARGE)
        except OSError:
            log.exception("tape not written session=%s voyage=%d", session_id, voyage)
            return failed(DISK_TROUBLE, again=True)
        except Exception:
            log.exception("tape not built session=%s voyage=%d", session_id, voyage)
            return failed(BROKEN, again=True)
        return Outcome(session_id, voyage, tape, sentence_of(tape))

    async def flipbook(
        self, session_id: str, voyage: int, count: int, options: TapeOptions
    ) -> tuple[Path | None, str]:
        """Make a clip of a voyage's last turns, without cards; it replaces the session's last one."""
        folder = self._reels.folder(session_id).parent
        try:
            turns = (await self._turns(session_id, voyage))[-count:]
            order = await self._order(turns, options, None)
            target = folder / f"flipbook-{uuid4().hex[:8]}"
            order = replace(order, target=target, cards=False)
            product = await self._workshop.run(assemble, order, self._workshop, self._developer)
            await asyncio.to_thread(remove_others, folder, "flipbook-*", product.path)
        except TooFewFrames:
            return None, TOO_FEW_TURNS
        except TooLarge:
            return None, TOO_LARGE
        except OSError:
            log.exception("flipbook not written session=%s voyage=%d", session_id, voyage)
            return None, DISK_TROUBLE_NOW
        return product.path, f"The last {product.frames} turns of voyage {voyage}."

    async def export(self, session_id: str, voyage: int) -> Path:
        """Write a voyage's frames to a zip file; it replaces the session's last one.

        Raises NothingToExport, EngineError, OSError.
        """
        turns = await voyage_turns(self._journal, session_id, voyage)
        if not turns:
            raise NothingToExport("There is no such voyage here.")
        source = await self.source(session_id, voyage)
        tape = await self._stored(session_id, voyage)
        options = await self._options_of(session_id)
        path = self._reels.folder(session_id).parent / f"export-{voyage:05d}-{uuid4().hex[:8]}.zip"
        await self._workshop.run(export_frames, path, turns, source.read, tape, options.limit)
        await asyncio.to_thread(remove_others, path.parent, "export-*", path)
        return path

    async def source(self, session_id: str, voyage: int) -> Source:
        """Give builder threads a voyage's pictures."""
        frames = {frame.n: frame for frame in await self._frames.frames(session_id, voyage)}
        held = self._reels.pictures(session_id, voyage)
        return Source(self._journal, self._between, held, frames, asyncio.get_running_loop())

    async def _turns(self, session_id: str, voyage: int) -> list[Turn]:
        try:
            turns = await voyage_turns(self._journal, session_id, voyage)
        except UnknownSession:
            turns = []
        if len(turns) < 2:
            raise TooFewFrames
        return turns

    async def _stored(self, session_id: str, voyage: int) -> Tape | None:
        tape = await self._shelf.get(session_id, voyage)
        return tape if tape is not None and await asyncio.to_thread(tape.path.is_file) else None

    async def _make(
        self,
        turns: Sequence[Turn],
        options: TapeOptions | None,
        progress: Progress | None,
        still_ours: StillOurs | None,
    ) -> Tape:
        session_id, voyage = turns[0].session_id, turns[0].voyage
        order = await self._order(turns, options or await self._options_of(session_id), progress)
        work = asyncio.ensure_future(self._workshop.run(assemble, order, self._workshop, self._developer))
        product = await self._watched(work, still_ours)
        try:
            if still_ours is not None:
                await still_ours()
        except StaleEpoch:
            await asyncio.to_thread(product.path.unlink, missing_ok=True)
            raise
        log.info(
            "tape built session=%s voyage=%d frames=%d size=%d method=%s",
            *(session_id, voyage, product.frames, product.size, product.method),
        )
        return await self._shelf.put(session_id, voyage, product)

    async def _order(self, turns: Sequence[Turn], options: TapeOptions, progress: Progress | None) -> Order:
        session_id, voyage = turns[0].session_id, turns[0].voyage
        await self._reels.settle(session_id, voyage)
        source = await self.source(session_id, voyage)
        look = Look.of(options, session_id, voyage)
        return Order(
            self._shelf.folder(session_id) / f"{voyage:05d}-{uuid4().hex[:8]}",
            turns,
            options,
            look,
            self._reels.folder(session_id),
            read=source.read,
            between=source.between,
            progress=_reporter(asyncio.get_running_loop(), progress, session_id, voyage),
        )

    async def _watched(self, work: "asyncio.Future[Product]", still_ours: StillOurs | None) -> Product:
        """Wait for the work and keep its claim alive."""
        try:
            while still_ours is not None:
                done, _ = await asyncio.wait({work}, timeout=LEASE_SECONDS / 3)
                if done:
                    break
                await still_ours()
            return await work
        finally:
            work.cancel()  # does nothing to finished work

    async def _clear(self, turns: Sequence[Turn]) -> None:
        """Let frames and segments go once the voyage is over and its tape stored."""
        if turns[-1].end is None:
            return
        session_id, voyage = turns[0].session_id, turns[0].voyage
        await self._frames.clear(session_id, voyage)
        self._reels.forget(session_id, voyage)
        await asyncio.to_thread(self._reels.clear, session_id, voyage)


def _reporter(
    loop: asyncio.AbstractEventLoop, progress: Progress | None, session_id: str, voyage: int
) -> Callable[[float], None]:
    """Carry progress from a builder thread to the loop, in steps."""
    last = 0.0

    def report(share: float) -> None:
        nonlocal last
        if progress is not None and (share >= 1 or share - last >= _STEP):
            last = share
            loop.call_soon_threadsafe(progress, session_id, voyage, share)

    return report
