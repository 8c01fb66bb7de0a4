"""The engine in another process: the protocol over HTTP. The server of it is `server.py`.

It translates; when to try again is `http_caller`'s business. It must not know what serves at the other end.
"""

import asyncio
import random
import time
from collections.abc import Callable
from typing import Any, TypeVar

import msgspec
from yarl import URL

from engine_client import wire
from engine_client import wire_problems as problems
from engine_client.errors import EngineError
from engine_client.http_breaker import CircuitBreaker
from engine_client.http_caller import Answer, Ask, Caller
from engine_client.http_limits import HostLimits, Pause
from engine_client.http_options import HttpOptions
from engine_client.models import (
    Action,
    EngineStats,
    Inventory,
    Picture,
    PriceTable,
    SessionId,
    SessionSummary,
    Turn,
    TurnRef,
    TurnResult,
    parse_session_id,
)

T = TypeVar("T")


class HttpEngineClient:
    """A GameEngineClient over HTTP. Use it inside one event loop, and close it there.

    `url` is the server's address, perhaps with a path before /v1. `clock` counts seconds from anywhere.
    Clients of the same host share its `limits`.
    """

    def __init__(
        self,
        url: str,
        token: str = "",
        *,
        clock: Callable[[], float] = time.monotonic,
        pause: Pause = asyncio.sleep,
        rng: random.Random | None = None,
        options: HttpOptions | None = None,
        limits: HostLimits | None = None,
    ) -> None:
        options = options or HttpOptions()
        base = URL(url)
        if base.scheme not in ("http", "https") or not base.host:
            raise ValueError("the engine's URL begins with http:// or https:// and names a host")
        limits = limits or HostLimits(clock, pause, rate=options.rate, burst=options.burst)
        self.breaker = CircuitBreaker(
            clock, failures=options.failures, rest=options.rest, longest_rest=options.longest_rest
        )
        self._caller = Caller(
            base,
            token,
            clock=clock,
            pause=pause,
            rng=rng or random.Random(),
            limiter=limits.of(base.authority),
            breaker=self.breaker,
            options=options,
        )

    async def close(self) -> None:
        """Let the connections go."""
        await self._caller.close()

    async def start(self, session_id: SessionId, *, turn_id: str, captain: str) -> TurnResult:
        """Launch a new voyage and give its first turn. Raises VoyageUnderWay."""
        body = msgspec.json.encode(wire.StartBody(turn_id, captain))
        return await self._read(TurnResult, Ask("POST", _path(session_id, "start"), body=body))

    async def state(self, session_id: SessionId) -> Turn | None:
        """Give the newest turn, or None where no voyage was ever launched."""
        return await self._read(Turn | None, Ask("GET", _path(session_id, "state")))

    async def act(
        self, session_id: SessionId, action: Action, *, turn_id: str, expected: TurnRef, actor: str
    ) -> TurnResult:
        """Apply one action to the turn `expected` and give the next one. Raises as the protocol says."""
        body = msgspec.json.encode(wire.ActBody.of(action, turn_id, expected, actor))
        return await self._read(TurnResult, Ask("POST", _path(session_id, "act"), body=body))

    async def turns(self, session_id: SessionId, *, after: TurnRef, limit: int = 100) -> list[Turn]:
        """List accepted turns after one, oldest first, across voyages; in several answers where many."""
        found: list[Turn] = []
        while len(found) < limit:
            page, ref = min(limit - len(found), wire.MAX_TURNS), wire.Ref.of(after)
            query = {"voyage": ref.voyage, "n": ref.n, "limit": page}
            more = await self._read(list[Turn], Ask("GET", _path(session_id, "turns"), query))
            found += more
            if len(more) < page:
                break
            after = more[-1].ref
        return found

    async def frame(self, session_id: SessionId, ref: TurnRef) -> Picture:
        """Give the picture of one turn. Raises UnknownSession when there is no such turn."""
        place = wire.Ref.of(ref)
        return await self._picture(_path(session_id, f"turns/{place.voyage}/{place.n}/frame"))

    async def chart(self, session_id: SessionId) -> Picture:
        """Give the star map as the players know it. Raises UnknownSession."""
        return await self._picture(_path(session_id, "chart"))

    async def inventory(self, session_id: SessionId) -> Inventory:
        """Give what the ship carries. Raises UnknownSession."""
        return await self._read(Inventory, Ask("GET", _path(session_id, "inventory")))

    async def prices(self, session_id: SessionId) -> PriceTable:
        """Give the one price table that values this session's items. Raises UnknownSession."""
        return await self._read(PriceTable, Ask("GET", _path(session_id, "prices")))

    async def list_sessions(self) -> list[SessionSummary]:
        """List every session, newest change first."""
        return await self._read(list[SessionSummary], Ask("GET", wire.SESSIONS))

    async def stats(self) -> EngineStats:
        """Say what the engine holds."""
        return await self._read(EngineStats, Ask("GET", wire.STATS))

    async def remove(self, session_id: SessionId) -> None:
        """Forget a session and its journal.

        It is not sent again once the engine may have seen it: a voyage launched meanwhile would be lost.
        (So it is no DELETE, which aiohttp itself sends twice where a kept connection breaks.)
        """
        answer = await self._caller.call(Ask("POST", _path(session_id, "remove"), idempotent=False))
        if answer.status != 204:
            raise self._error(answer)
        self._caller.well()

    async def _read(self, kind: Any, ask: Ask) -> Any:
        answer = await self._caller.call(ask)
        if answer.status != 200:
            raise self._error(answer)
        try:
            found = msgspec.json.decode(answer.body, type=kind)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise self._caller.away("what answers at ENGINE_URL is no engine of this version") from error
        self._caller.well()
        return found

    async def _picture(self, path: str) -> Picture:
        answer = await self._caller.call(Ask("GET", path))
        if answer.status != 200:
            raise self._error(answer)
        try:
            width, height = int(answer.headers[wire.WIDTH]), int(answer.headers[wire.HEIGHT])
            picture = Picture(answer.body, answer.headers["Content-Type"], width, height)
        except (KeyError, ValueError) as error:
            raise self._caller.away("what answers at ENGINE_URL is no engine of this version") from error
        self._caller.well()
        return picture

    def _error(self, answer: Answer) -> EngineError | ValueError:
        """Turn a refusal back into the error that it stands for."""
        problem = problems.read_problem(answer.body)
        error = problems.error_of(problem) if problem is not None else None
        match problem:
            case _ if error is not None:
                self._caller.well()
                return error
            case problems.BadRequestProblem():
                return ValueError(problem.detail)
            case problems.UnauthorizedProblem() | problems.ForeignOriginProblem():
                return self._caller.away("it refuses ENGINE_TOKEN")
            case problems.FailedProblem():
                return self._caller.away(f"an unexpected error there, reference {problem.detail}")
            case _:
                return self._caller.away(f"HTTP {answer.status} from ENGINE_URL, which is no engine's answer")


def _path(session_id: SessionId, rest: str) -> str:
    return f"{wire.SESSIONS}/{parse_session_id(session_id)}/{rest}"
