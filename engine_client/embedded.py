"""The engine in this process: the protocol over the SessionManager and the pictures. No transport in between.

It translates and draws; it must not decide anything about the game. Pictures are drawn in a few threads.
"""

import asyncio
import os
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

from PIL import Image

from engine.manager import SessionManager
from engine.pictures.painter import Painter
from engine.pictures.transitions import transition
from engine.rules import errors as rules
from engine.rules import moves
from engine.rules.cargo import hold_of, prices
from engine.rules.chart import chart_of
from engine.rules.codec import decode_outcome
from engine.rules.sheet import sheet_of
from engine.session import GameSession
from engine.session_errors import (
    NoVoyage,
    SaveRefused,
    SessionError,
    StoreAway,
    TurnPassed,
    VoyageEnded,
    VoyageRunning,
)
from engine_client.embedded_turn import turn_of
from engine_client.errors import (
    ActionRefused,
    EngineAway,
    StaleTurn,
    UnknownChoice,
    UnknownSession,
    VoyageOver,
    VoyageUnderWay,
)
from engine_client.models import (
    MAX_TEXT,
    Abandon,
    Action,
    Choose,
    EngineStats,
    Inventory,
    ItemStack,
    Picture,
    PriceTable,
    Say,
    SessionId,
    SessionSummary,
    ShipSheet,
    ShipStat,
    Turn,
    TurnRef,
    TurnResult,
    Wait,
)

_TOO_LONG = f"That is more than {MAX_TEXT} characters; say it shorter."


class EmbeddedEngineClient:
    """A GameEngineClient without a network. Close it to end its drawing threads."""

    def __init__(self, manager: SessionManager, painter: Painter, *, threads: int | None = None) -> None:
        self._manager = manager
        self._painter = painter
        self._drawing = ThreadPoolExecutor(threads or os.cpu_count() or 1, thread_name_prefix="painter")

    async def close(self) -> None:
        """End the drawing threads once they are done. The manager and its store are somebody else's."""
        await asyncio.to_thread(self._drawing.shutdown, wait=True)

    async def start(self, session_id: SessionId, *, turn_id: str, captain: str) -> TurnResult:
        """Launch a new voyage and give its first turn. Raises VoyageUnderWay."""
        with _translated():
            accepted = await self._manager.launch(session_id, turn_id=turn_id, captain=captain)
        return TurnResult(turn_of(accepted.row, accepted.outcome), accepted.repeated)

    async def state(self, session_id: SessionId) -> Turn | None:
        """Give the newest turn, or None where no voyage was ever launched."""
        with _translated():
            session = await self._manager.get_session(session_id)
        return turn_of(session.row, session.outcome) if session else None

    async def act(
        self, session_id: SessionId, action: Action, *, turn_id: str, expected: TurnRef, actor: str
    ) -> TurnResult:
        """Apply one action to the turn `expected` and give the next one. Raises as the protocol says."""
        place = (expected.voyage, expected.n)
        with _translated():
            accepted = await self._manager.act(
                session_id, _move_of(action), turn_id=turn_id, expected=place, actor=actor
            )
        return TurnResult(turn_of(accepted.row, accepted.outcome), accepted.repeated)

    async def turns(self, session_id: SessionId, *, after: TurnRef, limit: int = 100) -> list[Turn]:
        """List accepted turns after one, oldest first, across voyages."""
        with _translated():
            rows = await self._manager.turns_after(session_id, after.voyage, after.n, limit)
        return [turn_of(row, decode_outcome(row.outcome)) for row in rows]

    async def frame(self, session_id: SessionId, ref: TurnRef) -> Picture:
        """Draw the picture of one turn from the journal. Raises UnknownSession when there is no such turn."""
        with _translated():
            row = await self._manager.turn(session_id, ref.voyage, ref.n)
        if row is None:
            raise UnknownSession(f"{session_id} has no turn {ref.voyage}.{ref.n}")
        return await self._draw(lambda: self._painter.draw(decode_outcome(row.outcome).scene))

    async def chart(self, session_id: SessionId) -> Picture:
        """Draw the star map as the players know it. Raises UnknownSession."""
        state, content = (await self._session(session_id)).state, self._manager.content
        return await self._draw(lambda: self._painter.draw_chart(chart_of(content, state)))

    async def between(self, session_id: SessionId, ref: TurnRef) -> list[Picture]:
        """Draw what leads from the turn before to this one; the first turn has nothing before it."""
        with _translated():
            after = await self._manager.turn(session_id, ref.voyage, ref.n)
            before = await self._manager.turn(session_id, ref.voyage, ref.n - 1) if ref.n > 1 else None
        if after is None:
            raise UnknownSession(f"{session_id} has no turn {ref.voyage}.{ref.n}")
        if before is None:
            return []
        first, last = decode_outcome(before.outcome).scene, decode_outcome(after.outcome).scene
        return await self._in_thread(lambda: self._encode_all(transition(self._painter, first, last)))

    async def ship(self, session_id: SessionId) -> ShipSheet:
        """Give the ship's effective stats and where each comes from. Raises UnknownSession."""
        sheet = sheet_of(self._manager.content, (await self._session(session_id)).state)
        stats = tuple(ShipStat(*stat) for stat in sheet.stats)
        return ShipSheet(sheet.ship, stats, sheet.fitted, sheet.effects, sheet.quest)

    async def save(self, session_id: SessionId) -> bytes:
        """Give the newest voyage as a save file. Raises UnknownSession."""
        with _translated():
            return await self._manager.export_save(session_id)

    async def restore(self, session_id: SessionId, save: bytes, *, turn_id: str, actor: str) -> TurnResult:
        """Begin a new voyage from a save file. Raises ActionRefused with the reason."""
        with _translated():
            accepted = await self._manager.import_save(session_id, save, turn_id=turn_id, actor=actor)
        return TurnResult(turn_of(accepted.row, accepted.outcome), accepted.repeated)

    async def inventory(self, session_id: SessionId) -> Inventory:
        """Give what the ship carries. Raises UnknownSession."""
        hold = hold_of(self._manager.content, (await self._session(session_id)).state)
        stacks = tuple(ItemStack(s.item_id, s.name, s.quantity, s.weight, s.note) for s in hold.stacks)
        return Inventory(stacks, hold.used, hold.capacity)

    async def prices(self, session_id: SessionId) -> PriceTable:
        """Give the one price table that values this session's items. Raises UnknownSession."""
        return PriceTable(dict(prices(self._manager.content, (await self._session(session_id)).state)))

    async def list_sessions(self) -> list[SessionSummary]:
        """List every session, newest change first."""
        with _translated():
            summaries = await self._manager.summaries()
        return [
            SessionSummary(
                s.session_id, s.voyage, s.n, s.captain, s.place.node, s.place.region, s.active, s.updated_at
            )
            for s in summaries
        ]

    async def stats(self) -> EngineStats:
        """Say what the engine holds."""
        return EngineStats(**self._manager.get_session_stats())

    async def remove(self, session_id: SessionId) -> None:
        """Forget a session and its journal. Unknown sessions are no error."""
        with _translated():
            await self._manager.remove_session(session_id)

    async def _session(self, session_id: SessionId) -> GameSession:
        with _translated():
            session = await self._manager.get_session(session_id)
        if session is None:
            raise UnknownSession(session_id)
        return session

    async def _draw(self, draw: Callable[[], Image.Image]) -> Picture:
        return (await self._in_thread(lambda: self._encode_all([draw()])))[0]

    def _encode_all(self, images: Iterable[Image.Image]) -> list[Picture]:
        """Encode pictures. Blocks."""
        return [Picture(*self._painter.encode(image), image.width, image.height) for image in images]

    async def _in_thread(self, work: Callable[[], list[Picture]]) -> list[Picture]:
        return await asyncio.get_running_loop().run_in_executor(self._drawing, work)


def _move_of(action: Action) -> moves.Move | str:
    match action:
        case Choose(choice):
            return moves.Choose(choice)
        case Say(text):
            if len(text) > MAX_TEXT:
                raise ActionRefused(_TOO_LONG)
            return text
        case Wait():
            return moves.Wait()
        case Abandon(cause):
            return moves.Abandon(cause)


@contextmanager
def _translated() -> Iterator[None]:
    """Turn the engine's errors into the protocol's."""
    try:
        yield
    except rules.Refused as error:
        raise ActionRefused(error.sentence) from error
    except rules.UnknownChoice as error:
        raise UnknownChoice(str(error)) from error
    except (rules.GameOver, VoyageEnded) as error:
        raise VoyageOver(str(error)) from error
    except TurnPassed as error:
        newest = error.newest
        raise StaleTurn(turn_of(newest, decode_outcome(newest.outcome))) from error
    except SaveRefused as error:
        raise ActionRefused(str(error)) from error
    except SessionError as error:
        raise _session_error(error) from error


def _session_error(error: SessionError) -> Exception:
    kinds = {NoVoyage: UnknownSession, VoyageRunning: VoyageUnderWay, StoreAway: EngineAway}
    return kinds[type(error)](str(error))
