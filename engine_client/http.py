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
from engine_client.errors import ActionRefused, EngineError
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
    ShipSheet,
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
        acted = wire.ActBody.of(action, turn_id, expected, actor)
        body = _fitting(msgspec.json.encode(acted), wire.MAX_BODY)
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

    async def between(self, session_id: SessionId, ref: TurnRef) -> list[Picture]:
        """Give the drawn pictures that lead from the turn before to this one. Raises UnknownSession."""
        place = wire.Ref.of(ref)
        path = _path(session_id, f"turns/{place.voyage}/{place.n}/between")
        return await self._take(Ask("GET", path), lambda answer: wire.split_pictures(answer.body))

    async def ship(self, session_id: SessionId) -> ShipSheet:
        """Give the ship's effective stats and where each comes from. Raises UnknownSession."""
        return await self._read(ShipSheet, Ask("GET", _path(session_id, "ship")))

    async def save(self, session_id: SessionId) -> bytes:
        """Give the newest voyage as a save file. Raises UnknownSession."""
        return await self._take(Ask("GET", _path(session_id, "save")), _file)

    async def restore(self, session_id: SessionId, save: bytes, *, turn_id: str, actor: str) -> TurnResult:
        """Begin a new voyage from a save file and give its first turn. Raises ActionRefused."""
        wire.check_turn_id(turn_id)
        wire.check_name("actor", actor)
        query, save = {"turn_id": turn_id, "actor": actor}, _fitting(save, wire.MAX_SAVE)
        ask = Ask("POST", _path(session_id, "restore"), query, save, wire.BYTES)
        return await self._read(TurnResult, ask)

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
        return await self._take(ask, lambda answer: msgspec.json.decode(answer.body, type=kind))

    async def _picture(self, path: str) -> Picture:
        return await self._take(
            Ask("GET", path), lambda answer: wire.read_picture(answer.headers, answer.body)
        )

    async def _take(self, ask: Ask, read: Callable[[Answer], T]) -> T:
        """Ask, and read what is answered. What cannot be read is an engine away."""
        answer = await self._caller.call(ask)
        if answer.status != 200:
            raise self._error(answer)
        try:
            found = read(answer)
        except ValueError as error:  # msgspec's errors, and those of bytes that are no text, are such
            raise self._caller.away("what answers at ENGINE_URL is no engine of this version") from error
        self._caller.well()
        return found

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


def _fitting(body: bytes, most: int) -> bytes:
    """Spare the server what it would not take. Raises ActionRefused, as its answer would be read."""
    if len(body) > most:
        raise ActionRefused(problems.TooLargeProblem().sentence)
    return body


def _file(answer: Answer) -> bytes:
    if answer.headers.get("Content-Type") != wire.BYTES:
        raise ValueError("no file")
    return answer.body


def _path(session_id: SessionId, rest: str) -> str:
    return f"{wire.SESSIONS}/{parse_session_id(session_id)}/{rest}"
