"""How the HTTP transport behaves: its patience, its persistence and its restraint."""

import msgspec


class HttpOptions(msgspec.Struct, frozen=True):
    """All times in seconds.

    A call may take `total`, over all its attempts; one attempt `attempt`, reaching the host `connect`.
    Between attempts it waits a random time up to `backoff` · 2ⁿ, at most `longest_backoff` (full jitter).
    The six attempts of the default outlast an engine that restarts within a second or two.

    The host gets at most `rate` requests per second, and `burst` at once. After `failures` calls in a row
    that found no engine, the circuit opens for `rest`; each failed probe doubles that, up to `longest_rest`.
    """

    connect: float = 2.0
    attempt: float = 5.0
    total: float = 10.0
    attempts: int = 6
    backoff: float = 0.1
    longest_backoff: float = 2.0
    rate: float = 500.0
    burst: int = 1000
    failures: int = 5
    rest: float = 2.0
    longest_rest: float = 15.0
    connections: int = 256
