"""The server's addresses for supervisors and Prometheus, and the names of its requests for the log.

/healthz and /readyz need no token and tell no secret. /metrics tells how much is played, so it is guarded
like the API: by the token where there is one, else for programs on this machine only.
"""

import re
from collections.abc import Awaitable, Callable

import msgspec
from fastapi import APIRouter, Depends, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from engine_client import wire
from engine_client.errors import EngineError
from engine_client.models import SessionId
from engine_client.protocol import GameEngineClient
from engine_client.serving import openapi
from engine_client.telemetry.context import working_for
from engine_client.telemetry.metrics import CONTENT_TYPE
from engine_client.telemetry.readiness import Readiness, Report
from engine_client.telemetry.shown import Health, Operations

_PROBE = SessionId("readyz")
_REQUEST_ID = re.compile(rb"[A-Za-z0-9._:-]{1,128}")
_SESSION = re.compile(re.escape(wire.SESSIONS) + r"/([A-Za-z0-9_-]{1,64})(?:/|$)")


def readiness_of(engine: GameEngineClient) -> Readiness:
    """Ask an engine for a session that nobody has, which goes through to its store."""

    async def ask() -> str | None:
        try:
            await engine.state(_PROBE)
        except EngineError:
            return "away"
        return None

    return Readiness({"engine": ask})


def operations_router(shown: Operations, guard: Callable[..., Awaitable[None]]) -> APIRouter:
    """Lay out the three addresses."""
    router = APIRouter(redirect_slashes=False)
    alive = openapi.json_answer(Health, "The event loop turns; how late it ran its timers.")
    stuck = {503: {"description": "The event loop is stuck.", "content": alive[200]["content"]}}
    ready = openapi.json_answer(Report, "The engine answers, and its store.")
    away = {503: {"description": "The engine does not answer.", "content": ready[200]["content"]}}

    async def healthz() -> Response:
        """Say whether the event loop turns."""
        health = shown.health()
        return _json(health, 200 if health.status == "ok" else 503)

    async def readyz() -> Response:
        """Say whether the engine answers, part by part."""
        report = await shown.readiness.look()
        return _json(report, 200 if report.ready else 503)

    async def metrics() -> Response:
        """Give everything that is measured, in Prometheus's text format."""
        return Response(await shown.metrics.render(), headers={"Content-Type": CONTENT_TYPE})

    for endpoint, answers in ((healthz, alive | stuck), (readyz, ready | away)):
        name = endpoint.__name__
        router.add_api_route(
            f"/{name}", endpoint, operation_id=name, responses=answers, response_class=Response
        )
    router.add_api_route("/metrics", metrics, dependencies=[Depends(guard)], include_in_schema=False)
    return router


class NamedRequests:
    """Names each request for the log: its session, and the id that the bot gave it (Request-Id)."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        found = _SESSION.match(scope["path"])
        given = dict(scope["headers"]).get(wire.REQUEST_ID.lower().encode(), b"")
        request_id = given.decode() if _REQUEST_ID.fullmatch(given) else ""
        with working_for(found[1] if found else "", interaction=request_id):
            await self._app(scope, receive, send)


def _json(answer: msgspec.Struct, status: int) -> Response:
    return Response(msgspec.json.encode(answer), status, media_type=wire.JSON)
