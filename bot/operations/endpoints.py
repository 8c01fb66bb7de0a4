"""The three addresses for supervisors and Prometheus: /healthz, /readyz, /metrics.

They need no token, so they listen on loopback unless the host says otherwise (OPS_HOST). They tell counts and
the names of parts, never an address, a secret, a channel or a player.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import msgspec
from aiohttp import web

from engine_client.telemetry.loop_lag import LoopLag
from engine_client.telemetry.metrics import CONTENT_TYPE, Metrics, add_lag
from engine_client.telemetry.readiness import Readiness

STUCK_SECONDS = 5.0  # a loop whose timers are that late serves nobody in Discord's three seconds
_NO_STORE = {"Cache-Control": "no-store"}


class CannotListen(Exception):
    """The operations' port cannot be used. The text is for the operator."""


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


def operations_of(metrics: Metrics, readiness: Readiness) -> Operations:
    """Put them together with a measure of the event loop."""
    lag = LoopLag()
    add_lag(metrics, lag)
    return Operations(metrics, readiness, lag)


def build_app(shown: Operations) -> web.Application:
    """Build the application of the three addresses."""

    async def healthz(_request: web.Request) -> web.Response:
        stuck = shown.lag.newest > STUCK_SECONDS
        health = Health("stuck" if stuck else "ok", round(shown.lag.newest, 4), round(shown.lag.worst, 4))
        return _json(health, 503 if stuck else 200)

    async def readyz(_request: web.Request) -> web.Response:
        report = await shown.readiness.look()
        return _json(report, 200 if report.ready else 503)

    async def metrics(_request: web.Request) -> web.Response:
        headers = _NO_STORE | {"Content-Type": CONTENT_TYPE}
        return web.Response(body=await shown.metrics.render(), headers=headers)

    app = web.Application()
    for path, handler in (("/healthz", healthz), ("/readyz", readyz), ("/metrics", metrics)):
        app.router.add_get(path, handler)
    return app


@asynccontextmanager
async def serve_operations(shown: Operations, host: str, port: int) -> AsyncIterator[int]:
    """Serve the addresses until the block ends; give the port (0 takes any free one). Raises CannotListen."""
    runner = web.AppRunner(build_app(shown), access_log=None, handle_signals=False, shutdown_timeout=1.0)
    await runner.setup()
    shown.lag.start()
    try:
        site = web.TCPSite(runner, host, port)
        try:
            await site.start()
        except OSError as error:
            said = f"OPS_PORT {port} on OPS_HOST {host} cannot be used: {error.strerror or error}"
            raise CannotListen(said) from error
        yield runner.addresses[0][1]
    finally:
        shown.lag.stop()
        await runner.cleanup()


def _json(answer: msgspec.Struct, status: int) -> web.Response:
    body = msgspec.json.encode(answer)
    return web.Response(body=body, status=status, content_type="application/json", headers=_NO_STORE)
