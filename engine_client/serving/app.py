"""Builds the HTTP server's application over any implementation of the protocol, and its words for errors.

It opens no socket and no engine: `running` and the composition do.
"""

import logging
import secrets
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Annotated

import msgspec
from fastapi import Depends, FastAPI, Request, Response, Security
from fastapi.exceptions import RequestValidationError
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from prometheus_client import CollectorRegistry
from starlette.exceptions import HTTPException

from engine_client import wire_problems as problems
from engine_client.errors import EngineError
from engine_client.protocol import GameEngineClient
from engine_client.serving import openapi
from engine_client.serving.doors import RETRY_SECONDS, Limits, Refusal, Room, check_origin, check_token
from engine_client.serving.media import MediaRoutes
from engine_client.serving.operations import NamedRequests, operations_router, readiness_of
from engine_client.serving.routes import Routes
from engine_client.serving.table import Table
from engine_client.telemetry.metrics import Metrics
from engine_client.telemetry.shown import Operations, operations_of

log = logging.getLogger(__name__)

_ABOUT = "A game engine over HTTP: the protocol of `engine_client/protocol.py`, one address per method."
_BEARER = HTTPBearer(auto_error=False, description="ENGINE_TOKEN of the server.")


def build_app(
    engine: GameEngineClient,
    *,
    token: str = "",
    limits: Limits | None = None,
    shown: Operations | None = None,
) -> FastAPI:
    """Build the application. Without a token it answers programs on this machine only.

    `shown` is what supervisors and Prometheus see; without it, a registry that only this application has.
    """
    app = FastAPI(
        title="Dead Reckoning engine",
        version="1",
        description=_ABOUT,
        docs_url=None,  # the pages would load their scripts from elsewhere
        redoc_url=None,
        redirect_slashes=False,
        telemetry={"tracing": False, "metrics": False, "logs": False, "auto_configure": False},
        exception_handlers=_HANDLERS,
    )
    guard, turned_away = _guard(token)
    limits = limits or Limits()
    room = Room(limits.requests, limits.answer_seconds)
    table = Table(turned_away, problems.BusyProblem, problems.EngineAwayProblem, problems.FailedProblem)
    Routes(engine, limits, room).enter(table)
    MediaRoutes(engine, limits, room).enter(table)
    app.include_router(table.router, dependencies=[Depends(guard)])
    shown = shown or operations_of(Metrics(CollectorRegistry()), readiness_of(engine))
    app.include_router(operations_router(shown, guard))
    app.add_middleware(NamedRequests)
    app.openapi = partial(openapi.describe, app)
    return app


def _guard(token: str) -> tuple[Callable[..., Awaitable[None]], type[problems.Problem]]:
    """Give the check that every request of the API passes, and how it refuses."""
    if not token:
        return check_origin, problems.ForeignOriginProblem

    async def guard(given: Annotated[HTTPAuthorizationCredentials | None, Security(_BEARER)]) -> None:
        check_token(given, token)

    return guard, problems.UnauthorizedProblem


def _answer(problem: problems.Problem, headers: dict[str, str] | None = None) -> Response:
    return Response(
        msgspec.json.encode(problem),
        status_code=problem.status,
        headers=headers,
        media_type=problems.PROBLEM_JSON,
    )


async def _protocol_error(_request: Request, error: Exception) -> Response:
    assert isinstance(error, EngineError)
    problem = problems.problem_of(error)
    away = isinstance(problem, problems.EngineAwayProblem)
    return _answer(problem, {"Retry-After": str(RETRY_SECONDS)} if away else None)


async def _refusal(_request: Request, error: Exception) -> Response:
    assert isinstance(error, Refusal)
    return _answer(error.problem, error.headers)


async def _bad_parameter(_request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    faults = error.errors()
    if any(fault["loc"] == ("path", "session_id") for fault in faults):
        return _answer(problems.BadSessionIdProblem())
    said = "; ".join(f"{fault['loc'][-1]}: {fault['msg']}" for fault in faults)
    return _answer(problems.BadRequestProblem(detail=said[:300]))


async def _no_address(_request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    headers = dict(error.headers or {})
    if error.status_code == 404:
        return _answer(problems.NoSuchPageProblem(), headers)
    if error.status_code == 405:
        return _answer(problems.WrongMethodProblem(), headers)
    return _answer(problems.BadRequestProblem(detail=str(error.detail)[:300]), headers)


async def _unexpected(request: Request, error: Exception) -> Response:
    reference = secrets.token_hex(3)
    log.error("unexpected error ref=%s %s %s", reference, request.method, request.url.path, exc_info=error)
    return _answer(problems.FailedProblem(detail=reference))


_HANDLERS = {
    EngineError: _protocol_error,
    Refusal: _refusal,
    RequestValidationError: _bad_parameter,
    HTTPException: _no_address,
    Exception: _unexpected,
}
