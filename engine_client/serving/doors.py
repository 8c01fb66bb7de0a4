"""Who may come in, with how much, and how many at a time. It refuses with problems and knows no route."""

import asyncio
import hmac
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TypeVar

import msgspec
from fastapi.security import HTTPAuthorizationCredentials
from starlette.requests import ClientDisconnect, Request

from engine_client.errors import EngineAway
from engine_client.wire import JSON, MAX_BODY
from engine_client.wire_problems import (
    BadRequestProblem,
    BusyProblem,
    ForeignOriginProblem,
    Problem,
    SlowBodyProblem,
    TooLargeProblem,
    UnauthorizedProblem,
    WrongMediaTypeProblem,
)

RETRY_SECONDS = 1  # what Retry-After says to those for whom there is no room
_LOOPBACK_NAMES = {"localhost", "127.0.0.1", "::1"}

T = TypeVar("T")


class Limits(msgspec.Struct, frozen=True):
    """How much the server takes at a time. Pictures have their own room, so that they cannot crowd out turns.

    A request's body must arrive within `body_seconds`, the engine answer within `answer_seconds`.
    """

    requests: int = 512
    pictures: int = 128
    body_seconds: float = 10.0
    answer_seconds: float = 15.0


class Refusal(Exception):
    """A request that is refused before any engine was asked."""

    def __init__(self, problem: Problem, headers: dict[str, str] | None = None) -> None:
        super().__init__(problem.title)
        self.problem = problem
        self.headers = headers or {}


class Room:
    """Takes so many at a time, each for so long, and sends the others away with Retry-After."""

    def __init__(self, places: int, seconds: float) -> None:
        self._places = places
        self._seconds = seconds
        self._taken = 0

    @asynccontextmanager
    async def place(self) -> AsyncIterator[None]:
        """Hold a place. Raises Refusal when there is none, EngineAway when the work takes too long."""
        if self._taken >= self._places:
            raise Refusal(BusyProblem(), {"Retry-After": str(RETRY_SECONDS)})
        self._taken += 1
        try:
            async with asyncio.timeout(self._seconds):
                yield
        except TimeoutError as error:
            raise EngineAway(f"no answer within {self._seconds:g} s") from error
        finally:
            self._taken -= 1


def check_token(given: HTTPAuthorizationCredentials | None, token: str) -> None:
    """Compare the bearer token in constant time. Raises Refusal."""
    offered = given.credentials if given is not None else ""
    # Starlette reads headers as Latin-1; what cannot be written so was never sent.
    if not hmac.compare_digest(offered.encode("latin-1", "replace"), token.encode()):
        raise Refusal(UnauthorizedProblem(), {"WWW-Authenticate": "Bearer"})


async def check_origin(request: Request) -> None:
    """Without a token, answer programs on this machine only. Raises Refusal.

    A web page in a browser here could reach the port too: by a name of its own that leads to loopback, which
    its Host header shows, or by a request to a foreign origin, which an Origin header accompanies.
    """
    if request.url.hostname not in _LOOPBACK_NAMES or "origin" in request.headers:
        raise Refusal(ForeignOriginProblem())


async def read_body(request: Request, kind: type[T], seconds: float) -> T:
    """Read and check a JSON body. Raises Refusal."""
    data = await read_bytes(request, JSON, MAX_BODY, seconds)
    try:
        return msgspec.json.decode(data, type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise Refusal(BadRequestProblem(detail=str(error)[:300])) from error


async def read_bytes(request: Request, media_type: str, most: int, seconds: float) -> bytes:
    """Read a body of one media type and at most so many bytes. Raises Refusal."""
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != media_type:
        raise Refusal(WrongMediaTypeProblem(detail=f"the body is to be {media_type}"))
    try:
        async with asyncio.timeout(seconds):
            return await _bounded(request, most)
    except TimeoutError as error:
        raise Refusal(SlowBodyProblem()) from error
    except ClientDisconnect as error:
        raise Refusal(BadRequestProblem(detail="the body was cut off")) from error


async def _bounded(request: Request, most: int) -> bytes:
    announced = request.headers.get("content-length", "0")
    if announced.isdecimal() and int(announced) > most:
        raise Refusal(TooLargeProblem())
    data = bytearray()
    async for part in request.stream():
        data += part
        if len(data) > most:
            raise Refusal(TooLargeProblem())
    return bytes(data)
