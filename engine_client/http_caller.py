"""One call to the engine's server: its attempts, the waiting between them, and when to give up.

It carries bytes and knows no method of the protocol. A request is sent again only where that cannot do a
thing twice; whether it can is the caller's knowledge (`Ask.idempotent`).
"""

import logging
import random
from collections.abc import Callable, Mapping
from contextlib import suppress
from email.utils import parsedate_to_datetime

import aiohttp
import msgspec
from yarl import URL

from engine_client.errors import EngineAway
from engine_client.http_breaker import Circuit, CircuitBreaker
from engine_client.http_limits import HostLimiter, Pause
from engine_client.http_options import HttpOptions
from engine_client.telemetry.context import current
from engine_client.wire import JSON, REQUEST_ID
from engine_client.wire_problems import BusyProblem, EngineAwayProblem, read_problem

log = logging.getLogger(__name__)

MAX_ANSWER = 32 * 1024 * 1024  # bytes
LONGEST_REST = 60.0  # seconds that a Retry-After is obeyed at most
KEEP_ALIVE_SECONDS = 50.0  # less than the server keeps a connection, so that it never meets a closed one
_CHUNK = 64 * 1024
_COME_AGAIN = frozenset({408, 429, 502, 503, 504})


class Ask(msgspec.Struct, frozen=True):
    """A request. `idempotent`: sent twice it does what it does sent once."""

    method: str
    path: str
    query: Mapping[str, str | int] = {}
    body: bytes | None = None
    media_type: str = JSON
    idempotent: bool = True


class Answer(msgspec.Struct, frozen=True):
    """What came back, whole."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class _Failure(Exception):
    """An attempt without a usable answer. `alive`: somebody answered; `sent`: the engine may have seen it."""

    def __init__(self, reason: str, *, wish: float = 0.0, alive: bool = False, sent: bool = True) -> None:
        super().__init__(reason)
        self.wish = wish
        self.alive = alive
        self.sent = sent


class Caller:
    """Calls one host. Use it inside one event loop, and close it there."""

    def __init__(
        self,
        base: URL,
        token: str,
        *,
        clock: Callable[[], float],
        pause: Pause,
        rng: random.Random,
        limiter: HostLimiter,
        breaker: CircuitBreaker,
        options: HttpOptions,
    ) -> None:
        self._base = base
        self._headers = {"User-Agent": "DeadReckoning/0.1 (engine client)", "Accept-Encoding": "identity"}
        if token:
            self._headers["Authorization"] = f"Bearer {token}"
        self._clock = clock
        self._pause = pause
        self._rng = rng
        self._limiter = limiter
        self._breaker = breaker
        self._options = options
        self._session: aiohttp.ClientSession | None = None
        self._complaint = ""

    async def close(self) -> None:
        """Let the connections go."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def call(self, ask: Ask) -> Answer:
        """Ask until there is an answer. Raises EngineAway, at once while the circuit is open."""
        probe = self._breaker.enter()
        try:
            answer = await self._attempts(ask, 1 if probe else self._options.attempts)
        except _Failure as failure:
            if failure.alive:
                self._breaker.succeeded()
            else:
                self._breaker.failed(probe=probe)
            raise self.away(str(failure)) from failure
        except BaseException:
            self._breaker.withdrawn(probe=probe)
            raise
        self._breaker.succeeded()
        return answer

    def away(self, reason: str) -> EngineAway:
        """Make the error for an engine that cannot be used; log each reason once, until `well`."""
        if reason != self._complaint:
            self._complaint = reason
            log.warning("the engine is away: %s", reason)
        return EngineAway(f"the engine is away, the game is safe ({reason})")

    def well(self) -> None:
        """Note that the engine gave a usable answer; log the recovery once."""
        if self._complaint:
            self._complaint = ""
            log.info("the engine answers again")

    async def _attempts(self, ask: Ask, most: int) -> Answer:
        deadline = self._clock() + self._options.total
        longest = self._options.backoff
        for left in reversed(range(most)):
            try:
                return await self._attempt(ask, deadline)
            except _Failure as failure:
                wait = max(failure.wish, self._rng.uniform(0.0, longest))
                again = ask.idempotent or not failure.sent
                given_up = self._breaker.circuit is Circuit.OPEN or self._clock() + wait >= deadline
                if not left or not again or given_up:
                    raise
            longest = min(longest * 2, self._options.longest_backoff)
            await self._pause(wait)
        raise AssertionError("there is at least one attempt")

    async def _attempt(self, ask: Ask, deadline: float) -> Answer:
        """Send once. Raises _Failure for everything that may go better the next time, and EngineAway."""
        await self._limiter.wait(deadline)
        seconds = min(self._options.attempt, max(0.001, deadline - self._clock()))
        try:
            answer = await self._send(ask, seconds)
        except aiohttp.ClientConnectorError as error:
            raise _Failure("no connection", sent=False) from error
        except TimeoutError as error:
            raise _Failure("no answer in time") from error
        except (aiohttp.ClientError, OSError) as error:
            raise _Failure(f"the connection broke ({type(error).__name__})") from error
        if answer.status in _COME_AGAIN:
            raise self._put_off(answer)
        return answer

    async def _send(self, ask: Ask, seconds: float) -> Answer:
        headers = {"Content-Type": ask.media_type} if ask.body is not None else {}
        work = current()
        if work is not None and work.interaction:
            headers[REQUEST_ID] = work.interaction
        timeout = aiohttp.ClientTimeout(total=seconds, sock_connect=self._options.connect)
        url = self._base.joinpath(ask.path.lstrip("/")).with_query(ask.query)
        async with self._open().request(
            ask.method, url, data=ask.body, headers=headers, timeout=timeout, allow_redirects=False
        ) as response:
            return Answer(response.status, response.headers, await _bounded(response))

    def _put_off(self, answer: Answer) -> _Failure:
        """Read an answer that means: not now. Everybody rests when the host has too much to do."""
        wish = min(retry_after(answer.headers), LONGEST_REST)
        problem = read_problem(answer.body)
        if isinstance(problem, EngineAwayProblem):
            return _Failure(f"its server says: {problem.detail}", wish=wish)
        if wish:
            self._limiter.rest(wish)
        busy = isinstance(problem, BusyProblem) or answer.status == 429
        return _Failure(f"HTTP {answer.status}", wish=wish, alive=busy)

    def _open(self) -> aiohttp.ClientSession:
        if self._session is None or self._session.closed:
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(
                    limit=self._options.connections, keepalive_timeout=KEEP_ALIVE_SECONDS
                ),
                cookie_jar=aiohttp.DummyCookieJar(),
                headers=self._headers,
            )
        return self._session


async def _bounded(response: aiohttp.ClientResponse) -> bytes:
    """Read an answer. Raises _Failure when it is larger than any engine's."""
    data = bytearray()
    async for part in response.content.iter_chunked(_CHUNK):
        data += part
        if len(data) > MAX_ANSWER:
            response.close()
            raise _Failure("its answer is too large", alive=True)
    return bytes(data)


def retry_after(headers: Mapping[str, str]) -> float:
    """Read Retry-After in seconds, 0 where there is none. A date is taken by the server's own clock."""
    said = headers.get("Retry-After", "").strip()
    if said.isdecimal():
        return float(said)
    with suppress(ValueError, TypeError):
        then, now = parsedate_to_datetime(said), parsedate_to_datetime(headers.get("Date", ""))
        return max(0.0, (then - now).total_seconds())
    return 0.0
