"""What a process shows of itself, put together; the two kinds of endpoints serve it."""

import msgspec

from engine_client.telemetry.loop_lag import LoopLag
from engine_client.telemetry.metrics import Metrics, add_lag
from engine_client.telemetry.readiness import Readiness

STUCK_SECONDS = 5.0  # a loop whose timers are that late serves nobody in Discord's three seconds


class Health(msgspec.Struct, frozen=True):
    """What /healthz says. Seconds by which the event loop was late, now and at worst in a minute."""

    status: str
    loop_lag: float
    loop_lag_worst: float


class Operations(msgspec.Struct, frozen=True):
    """What a process shows of itself."""

    metrics: Metrics
    readiness: Readiness
    lag: LoopLag

    def health(self) -> Health:
        """Say whether the event loop turns: "ok" or "stuck"."""
        status = "stuck" if self.lag.newest > STUCK_SECONDS else "ok"
        return Health(status, round(self.lag.newest, 4), round(self.lag.worst, 4))


def operations_of(metrics: Metrics, readiness: Readiness) -> Operations:
    """Put them together with a measure of the event loop."""
    lag = LoopLag()
    add_lag(metrics, lag)
    return Operations(metrics, readiness, lag)
