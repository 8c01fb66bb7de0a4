"""A circuit breaker: after enough failures in a row nobody asks the engine, until one probe gets through.

It knows no HTTP and no waiting: callers say what happened, the clock is passed in.
"""

from collections.abc import Callable
from enum import StrEnum

from engine_client.errors import EngineAway


class Circuit(StrEnum):
    """Closed: calls pass. Open: none does. Half open: one call is under way to find out."""

    CLOSED = "closed"
    OPEN = "open"
    HALF_OPEN = "half open"


class CircuitBreaker:
    """Counts calls that found no engine. Every call that `enter` lets in ends with exactly one report."""

    def __init__(
        self, clock: Callable[[], float], *, failures: int, rest: float, longest_rest: float
    ) -> None:
        self._clock = clock
        self._limit = failures
        self._first_rest = rest
        self._longest_rest = longest_rest
        self._rest = rest
        self._failures = 0
        self._until = 0.0
        self.circuit = Circuit.CLOSED

    def enter(self) -> bool:
        """Let a call in; give True when it is the probe. Raises EngineAway while the circuit is open."""
        if self.circuit is Circuit.CLOSED:
            return False
        if self.circuit is Circuit.HALF_OPEN or self._clock() < self._until:
            raise EngineAway("the engine is away; the game is safe")
        self.circuit = Circuit.HALF_OPEN
        return True

    def succeeded(self) -> None:
        """Report that the engine answered, whatever it said."""
        self.circuit = Circuit.CLOSED
        self._failures = 0
        self._rest = self._first_rest

    def failed(self, *, probe: bool) -> None:
        """Report that the engine was not found."""
        if probe:
            self._rest = min(self._rest * 2, self._longest_rest)
            self._open()
        elif self.circuit is Circuit.CLOSED:
            self._failures += 1
            if self._failures >= self._limit:
                self._open()

    def withdrawn(self, *, probe: bool) -> None:
        """Report a call that was given up, so nothing is known: the next one may probe at once."""
        if probe:
            self.circuit = Circuit.OPEN
            self._until = self._clock()

    def _open(self) -> None:
        self.circuit = Circuit.OPEN
        self._until = self._clock() + self._rest
