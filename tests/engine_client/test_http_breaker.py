"""The circuit breaker and the limiter, on a clock that stands still until it is told."""

import pytest

from engine_client.errors import EngineAway
from engine_client.http_breaker import Circuit, CircuitBreaker
from engine_client.http_limits import HostLimiter, HostLimits


class Clock:
    """Time that moves only when somebody pauses."""

    def __init__(self) -> None:
        self.now = 100.0
        self.pauses: list[float] = []

    def __call__(self) -> float:
        return self.now

    async def pause(self, seconds: float) -> None:
        self.pauses.append(seconds)
        self.now += seconds


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def breaker(clock: Clock) -> CircuitBreaker:
    return CircuitBreaker(clock, failures=3, rest=2.0, longest_rest=5.0)


def fail(breaker: CircuitBreaker, times: int) -> None:
    for _ in range(times):
        breaker.failed(probe=breaker.enter())


def test_failures_in_a_row_open_the_circuit(breaker):
    fail(breaker, 2)
    breaker.enter()
    breaker.succeeded()
    fail(breaker, 2)
    assert breaker.circuit is Circuit.CLOSED
    fail(breaker, 1)
    assert breaker.circuit is Circuit.OPEN
    with pytest.raises(EngineAway, match=r"the engine is away.*the game is safe"):
        breaker.enter()


def test_after_the_rest_one_call_probes_and_the_others_wait_for_it(breaker, clock):
    fail(breaker, 3)
    clock.now += 1.99
    with pytest.raises(EngineAway):
        breaker.enter()
    clock.now += 0.01
    assert breaker.enter() is True
    assert breaker.circuit is Circuit.HALF_OPEN
    with pytest.raises(EngineAway):
        breaker.enter()
    breaker.succeeded()
    assert breaker.circuit is Circuit.CLOSED
    assert breaker.enter() is False


def test_each_failed_probe_doubles_the_rest_up_to_the_longest(breaker, clock):
    fail(breaker, 3)
    for rest in (2.0, 4.0, 5.0, 5.0):
        clock.now += rest - 0.01
        with pytest.raises(EngineAway):
            breaker.enter()
        clock.now += 0.01
        fail(breaker, 1)
    clock.now += 5.0
    breaker.enter()
    breaker.succeeded()
    fail(breaker, 3)
    clock.now += 2.0
    assert breaker.enter() is True, "a recovery forgets the long rests"


def test_a_probe_that_is_given_up_leaves_the_next_call_to_probe(breaker, clock):
    fail(breaker, 3)
    clock.now += 2.0
    breaker.withdrawn(probe=breaker.enter())
    assert breaker.enter() is True


def test_calls_from_before_the_opening_do_not_lengthen_the_rest(breaker, clock):
    late = [breaker.enter() for _ in range(5)]
    for probe in late:
        breaker.failed(probe=probe)
    clock.now += 2.0
    assert breaker.enter() is True


async def test_a_burst_passes_and_then_the_rate_holds(clock):
    limiter = HostLimiter(clock, clock.pause, rate=10.0, burst=3)
    for _ in range(3):
        await limiter.wait(clock.now + 10)
    assert clock.pauses == []
    for _ in range(20):
        await limiter.wait(clock.now + 10)
    assert clock.pauses == pytest.approx([0.1] * 20)


async def test_the_bucket_fills_again_but_never_over(clock):
    limiter = HostLimiter(clock, clock.pause, rate=10.0, burst=3)
    clock.now += 1_000
    for _ in range(4):
        await limiter.wait(clock.now + 10)
    assert clock.pauses == pytest.approx([0.1])


async def test_whose_turn_comes_after_the_deadline_is_told_at_once(clock):
    limiter = HostLimiter(clock, clock.pause, rate=1.0, burst=1)
    await limiter.wait(clock.now + 0.5)
    with pytest.raises(EngineAway, match="the game is safe"):
        await limiter.wait(clock.now + 0.5)
    assert clock.pauses == []
    await limiter.wait(clock.now + 1.0)
    assert clock.pauses == pytest.approx([1.0]), "the refused request took no place"


async def test_a_host_rests_and_then_no_crowd_bursts_out(clock):
    limiter = HostLimiter(clock, clock.pause, rate=10.0, burst=50)
    limiter.rest(4.0)
    limiter.rest(1.0)  # a shorter wish does not shorten a longer one
    start = clock.now
    for _ in range(5):
        await limiter.wait(clock.now + 10)
    assert clock.now - start == pytest.approx(4.0 + 0.5)


def test_a_host_has_one_limiter(clock):
    limits = HostLimits(clock, clock.pause, rate=1.0, burst=1)
    assert limits.of("a:1") is limits.of("a:1")
    assert limits.of("a:1") is not limits.of("a:2")
