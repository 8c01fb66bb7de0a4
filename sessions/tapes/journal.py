"""What a builder thread asks of the engine: a voyage's turns, a lost picture, the in-betweens of a turn."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from concurrent.futures import CancelledError
from typing import Any, Protocol, TypeVar

from engine_client.errors import EngineError
from engine_client.models import Picture, SessionId, Turn, TurnRef
from sessions.frames import Frame
from storage.files import Files

log = logging.getLogger(__name__)

T = TypeVar("T")

_PATIENCE = 20.0  # seconds for one picture that is drawn again
_PAGE = 100


class Journal(Protocol):
    """The part of GameEngineClient that tapes need."""

    async def turns(self, session_id: SessionId, *, after: TurnRef, limit: int = 100) -> list[Turn]: ...
    async def frame(self, session_id: SessionId, ref: TurnRef) -> Picture: ...


# The in-between pictures that lead to a turn; none where nothing moves.
Between = Callable[[Turn], Awaitable[Sequence[Picture]]]


async def voyage_turns(journal: Journal, session_id: str, voyage: int) -> list[Turn]:
    """List a voyage's turns in order. Raises EngineError."""
    found: list[Turn] = []
    after = TurnRef(voyage, 0)
    while True:
        page = await journal.turns(SessionId(session_id), after=after, limit=_PAGE)
        found += [turn for turn in page if turn.voyage == voyage]
        if not page or page[-1].voyage != voyage:
            return found
        after = page[-1].ref


class Source:
    """Gives builder threads the pictures of one voyage: from memory, from its files, else drawn again.

    Its methods block, so the event loop must never call them.
    """

    def __init__(
        self,
        journal: Journal,
        between: Between | None,
        held: dict[int, bytes],
        frames: dict[int, Frame],
        files: Files,
        loop: asyncio.AbstractEventLoop,
    ) -> None:
        self._journal = journal
        self._between = between
        self._held = held
        self._frames = frames
        self._files = files
        self._loop = loop

    def read(self, turn: Turn) -> bytes | None:
        """Give a turn's picture, or None when it is lost."""
        if turn.n in self._held:
            return self._held[turn.n]
        frame = self._frames.get(turn.n)
        data = frame.read(self._files) if frame is not None else None
        return data if data is not None else self.redraw(turn)

    def redraw(self, turn: Turn) -> bytes | None:
        """Have a picture drawn again; None where the engine cannot."""
        picture = self._ask(self._journal.frame(SessionId(turn.session_id), turn.ref), turn)
        return picture.data if picture is not None else None

    def between(self, turn: Turn) -> Sequence[Picture]:
        """Have a turn's in-betweens drawn; none where the engine cannot."""
        if self._between is None:
            return ()
        return self._ask(_awaited(self._between(turn)), turn) or ()

    def _ask(self, question: Coroutine[Any, Any, T], turn: Turn) -> T | None:
        answer = asyncio.run_coroutine_threadsafe(question, self._loop)
        try:
            return answer.result(_PATIENCE)
        except (EngineError, TimeoutError, CancelledError) as error:
            answer.cancel()
            log.warning(
                "picture lost session=%s voyage=%d turn=%d: %s", turn.session_id, turn.voyage, turn.n, error
            )
            return None


async def _awaited(question: Awaitable[T]) -> T:
    return await question
