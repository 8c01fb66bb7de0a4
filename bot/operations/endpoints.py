"""The three addresses for supervisors and Prometheus: /healthz, /readyz, /metrics.

They need no token, so they listen on loopback unless the host says otherwise (OPS_HOST). They tell counts and
the names of parts, never an address, a secret, a channel or a player.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import msgspec
from aiohttp import web

from engine_client.telemetry.metrics import CONTENT_TYPE
from engine_client.telemetry.shown import Operations

_NO_STORE = {"Cache-Control": "no-store"}
_LAST_ANSWERS_SECONDS = 0.2  # for looks under way: the whole stop has ten seconds


class CannotListen(Exception):
    """The operations' port cannot be used. The text is for the operator."""


def build_app(shown: Operations) -> web.Application:
    """Build the application of the three addresses."""

    async def healthz(_request: web.Request) -> web.Response:
        health = shown.health()
        return _json(health, 200 if health.status == "ok" else 503)

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
    runner = web.AppRunner(
        build_app(shown), access_log=None, handle_signals=False, shutdown_timeout=_LAST_ANSWERS_SECONDS
    )
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
