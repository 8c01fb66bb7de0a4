"""How fast a host may be asked: a token bucket for each, which also rests when the host asks for it.

It knows no HTTP; clock and pause are passed in.
"""

from collections.abc import Awaitable, Callable

from engine_client.errors import EngineAway

Pause = Callable[[float], Awaitable[object]]


class HostLimiter:
    """Lets `rate` requests per second pass, `burst` at once after a quiet time; first come, first served."""

    def __init__(self, clock: Callable[[], float], pause: Pause, *, rate: float, burst: int) -> None:
        self._clock = clock
        self._pause = pause
        self._rate = rate
        self._burst = float(burst)
        self._tokens = float(burst)
        self._counted_at = clock()

    async def wait(self, deadline: float) -> None:
        """Wait until the next request may leave.

        Raises EngineAway at once when that is after the deadline (in the clock's seconds).
        """
        now = self._clock()
        self._refill(now)
        lacking = max(0.0, 1.0 - self._tokens) / self._rate
        leaves_at = max(now, self._counted_at) + lacking
        if leaves_at > deadline:
            raise EngineAway("the engine is asked too much at once; the game is safe")
        self._tokens -= 1.0
        if leaves_at > now:
            await self._pause(leaves_at - now)

    def rest(self, seconds: float) -> None:
        """Let nothing pass for a while; then begin with an empty bucket, so that no crowd bursts out."""
        now = self._clock()
        self._refill(now)
        self._tokens = min(self._tokens, 0.0)
        self._counted_at = max(self._counted_at, now + seconds)

    def _refill(self, now: float) -> None:
        """Add what has flowed in since the last count, which lies in the future while the host rests."""
        if now > self._counted_at:
            self._tokens = min(self._burst, self._tokens + (now - self._counted_at) * self._rate)
            self._counted_at = now


class HostLimits:
    """One limiter per host; clients of the same host share it."""

    def __init__(self, clock: Callable[[], float], pause: Pause, *, rate: float, burst: int) -> None:
        self._make = lambda: HostLimiter(clock, pause, rate=rate, burst=burst)
        self._limiters: dict[str, HostLimiter] = {}

    def of(self, host: str) -> HostLimiter:
        """Give the limiter of a host, named by host and port."""
        if host not in self._limiters:
            self._limiters[host] = self._make()
        return self._limiters[host]
