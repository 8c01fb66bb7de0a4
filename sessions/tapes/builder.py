"""One voyage's tape from its journal to the shelf, every failure turned into a sentence. Never a job row."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar
from uuid import uuid4

from engine_client.errors import UnknownSession
from engine_client.models import Turn
from sessions.frames import FrameRegistry
from sessions.tapes.advance import Advance, Progress
from sessions.tapes.assemble import assemble
from sessions.tapes.bring import bring_frames, bring_segments
from sessions.tapes.develop import Developer
from sessions.tapes.errors import NothingToExport
from sessions.tapes.export import export_frames, remove_others
from sessions.tapes.journal import Between, Journal, Source, voyage_turns
from sessions.tapes.models import Look, Outcome, Tape, TapeOptions
from sessions.tapes.order import Order, TooFewFrames, TooLarge
from sessions.tapes.reel import Reels
from sessions.tapes.shelf import Shelf
from sessions.tapes.story import (
    BROKEN,
    DISK_TROUBLE,
    DISK_TROUBLE_NOW,
    FILES_AWAY,
    FILES_AWAY_NOW,
    TOO_FEW,
    TOO_FEW_TURNS,
    TOO_LARGE,
    sentence_of,
)
from sessions.tapes.workshop import Workshop
from storage.errors import FilesAway, StaleEpoch
from storage.files import Files

log = logging.getLogger(__name__)

LEASE_SECONDS = 30.0
BEAT_SECONDS = 1.0  # between two looks whether there is progress to tell
OptionsOf = Callable[[str], Awaitable[TapeOptions]]
StillOurs = Callable[[float], Awaitable[None]]  # is told the share that is done

T = TypeVar("T")


class Builder:
    """Builds tapes."""

    def __init__(
        self,
        files: Files,
        shelf: Shelf,
        frames: FrameRegistry,
        reels: Reels,
        workshop: Workshop,
        developer: Developer,
        journal: Journal,
        options_of: OptionsOf,
        between: Between | None,
    ) -> None:
        self._files = files
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
        except FilesAway as error:
            log.warning("tape waits for its files session=%s voyage=%d: %s", session_id, voyage, error)
            return Outcome(session_id, voyage, None, FILES_AWAY, will_retry=True, away=True)
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
        except FilesAway as error:
            log.warning("flipbook not made session=%s: %s", session_id, error)
            return None, FILES_AWAY_NOW
        except OSError:
            log.exception("flipbook not written session=%s voyage=%d", session_id, voyage)
            return None, DISK_TROUBLE_NOW
        return product.path, f"The last {product.frames} turns of voyage {voyage}."

    async def export(self, session_id: str, voyage: int) -> Path:
        """Write a voyage's frames to a zip file; it replaces the session's last one.

        Raises NothingToExport, EngineError, OSError, FilesAway among them.
        """
        turns = await voyage_turns(self._journal, session_id, voyage)
        if not turns:
            raise NothingToExport("There is no such voyage here.")
        source = await self.source(session_id, voyage)
        tape = await self._stored(session_id, voyage)
        if tape is not None:
            await self._files.fetch(tape.key, tape.size)
        options = await self._options_of(session_id)
        path = self._reels.folder(session_id).parent / f"export-{voyage:05d}-{uuid4().hex[:8]}.zip"
        await self._workshop.run(export_frames, path, turns, source.read, tape, options.limit)
        await asyncio.to_thread(remove_others, path.parent, "export-*", path)
        return path

    async def source(self, session_id: str, voyage: int) -> Source:
        """Give builder threads a voyage's pictures."""
        frames = {frame.n: frame for frame in await self._frames.frames(session_id, voyage)}
        held = self._reels.pictures(session_id, voyage)
        return Source(self._journal, self._between, held, frames, self._files, asyncio.get_running_loop())

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
        return tape if tape is not None and await self._files.size(tape.key) is not None else None

    async def _make(
        self,
        turns: Sequence[Turn],
        options: TapeOptions | None,
        progress: Progress | None,
        still_ours: StillOurs | None,
    ) -> Tape:
        session_id, voyage = turns[0].session_id, turns[0].voyage
        advance = Advance(asyncio.get_running_loop(), progress, session_id, voyage)
        order = await self._order(turns, options or await self._options_of(session_id), advance)
        work = self._workshop.run(assemble, order, self._workshop, self._developer)
        product = await self._watched(work, advance, still_ours)
        try:
            if still_ours is not None:
                await still_ours(1.0)
            await self._watched(self._shelf.keep_file(session_id, product), advance, still_ours)
        except BaseException:
            await asyncio.to_thread(product.path.unlink, missing_ok=True)
            raise
        log.info(
            "tape built session=%s voyage=%d frames=%d size=%d method=%s",
            *(session_id, voyage, product.frames, product.size, product.method),
        )
        return await self._shelf.put(session_id, voyage, product)

    async def _order(self, turns: Sequence[Turn], options: TapeOptions, advance: Advance | None) -> Order:
        session_id, voyage = turns[0].session_id, turns[0].voyage
        await self._reels.settle(session_id, voyage)
        if self._files.remote:
            await self._bring(session_id, voyage)
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
            progress=advance.report if advance is not None else lambda share: None,
        )

    async def _bring(self, session_id: str, voyage: int) -> None:
        """Bring segments and frames here, many at a time, before threads ask for them one by one."""
        spans = await bring_segments(self._files, session_id, voyage)
        held = self._reels.pictures(session_id, voyage)
        frames = [f for f in await self._frames.frames(session_id, voyage) if f.n not in held]
        await bring_frames(self._files, frames, spans)

    async def _watched(
        self, working: Coroutine[Any, Any, T], advance: Advance, still_ours: StillOurs | None
    ) -> T:
        """Wait for some work, keep its claim alive, and let others see how far it is."""
        work = asyncio.ensure_future(working)
        try:
            while still_ours is not None:
                done, _ = await asyncio.wait({work}, timeout=BEAT_SECONDS)
                if done:
                    break
                if advance.is_news(within=LEASE_SECONDS / 3):
                    await still_ours(advance.share)
            return await work
        finally:
            work.cancel()  # does nothing to finished work

    async def _clear(self, turns: Sequence[Turn]) -> None:
        """Let frames and segments go once the voyage is over and its tape stored."""
        if turns[-1].end is not None:
            await self.clear(turns[0].session_id, turns[0].voyage)

    async def clear(self, session_id: str, voyage: int) -> None:
        """Let an ended voyage's frames and segments go. Raises OSError."""
        await self._reels.settle(session_id, voyage)
        await self._frames.clear(session_id, voyage)
        self._reels.forget(session_id, voyage)
        await self._reels.clear(session_id, voyage)
