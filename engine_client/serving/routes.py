"""The addresses of the server: each asks the engine once and says what it answered.

It decides nothing about the game. Errors of the protocol leave as they are; `app` makes problems of them.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Annotated, Any

import msgspec
from fastapi import APIRouter, Path, Query, Request, Response

from engine_client import wire
from engine_client import wire_problems as problems
from engine_client.errors import EngineError
from engine_client.models import (
    EngineStats,
    Inventory,
    Picture,
    PriceTable,
    SessionId,
    SessionSummary,
    Turn,
    TurnRef,
    TurnResult,
    parse_session_id,
)
from engine_client.protocol import GameEngineClient
from engine_client.serving import openapi
from engine_client.serving.doors import Limits, Room, read_body

READY_SECONDS = 2.0
_PROBE = SessionId("readyz")

Id = Annotated[str, Path(pattern="^[A-Za-z0-9_-]{1,64}$", description="The session's id.")]
Voyage = Annotated[int, Path(ge=0, le=wire.MAX_NUMBER, description="The voyage, counted from 1.")]
Number = Annotated[int, Path(ge=0, le=wire.MAX_NUMBER, description="The turn in its voyage, counted from 1.")]
AfterVoyage = Annotated[
    int, Query(ge=0, le=wire.MAX_NUMBER, description="Give turns after one of this voyage.")
]
AfterNumber = Annotated[int, Query(ge=0, le=wire.MAX_NUMBER, description="Give turns after this one of it.")]
Limit = Annotated[int, Query(ge=1, le=wire.MAX_TURNS, description="Give so many turns at most.")]

_BAD = (problems.BadRequestProblem, problems.BadSessionIdProblem)
_BAD_BODY = (problems.SlowBodyProblem, problems.TooLargeProblem, problems.WrongMediaTypeProblem)
# A launch meets the last two where its turn id was accepted elsewhere, or another process launched first.
_REFUSED_LAUNCHES = (
    problems.VoyageUnderWayProblem,
    problems.StaleTurnProblem,
    problems.UnknownSessionProblem,
)
_REFUSED_ACTIONS = (
    problems.VoyageOverProblem,
    problems.StaleTurnProblem,
    problems.UnknownChoiceProblem,
    problems.ActionRefusedProblem,
)
_HERE = wire.SESSIONS + "/{session_id}"


class Routes:
    """The server's addresses over one engine. `always` are the refusals that every address has."""

    def __init__(
        self, engine: GameEngineClient, limits: Limits, always: tuple[type[problems.Problem], ...]
    ) -> None:
        self._engine = engine
        self._limits = limits
        self._always = (*always, problems.BusyProblem, problems.EngineAwayProblem, problems.FailedProblem)
        self._room = Room(limits.requests, limits.answer_seconds)
        self._studio = Room(limits.pictures, limits.answer_seconds)

    def router(self) -> APIRouter:
        """Lay out the addresses."""
        router = APIRouter(redirect_slashes=False)
        unknown = problems.UnknownSessionProblem
        inventory = openapi.json_answer(Inventory, "What the ship carries.")
        prices = openapi.json_answer(PriceTable, "The worth of one piece by item id, in credits.")
        state = openapi.json_answer(Turn | None, "The newest turn; null where no voyage was ever launched.")
        turns = openapi.json_answer(list[Turn], "Accepted turns, oldest first, across voyages.")
        sessions = openapi.json_answer(list[SessionSummary], "Every session, newest change first.")
        stats = openapi.json_answer(EngineStats, "What the engine holds.")
        self._post(router, "/start", self.start, wire.StartBody, *_REFUSED_LAUNCHES)
        self._post(router, "/act", self.act, wire.ActBody, unknown, *_REFUSED_ACTIONS)
        self._add(router, _HERE + "/state", self.state, state, *_BAD)
        self._add(router, _HERE + "/turns", self.turns, turns, *_BAD)
        frame = openapi.picture_answer("The picture of the turn, 640 × 360.")
        self._add(router, _HERE + "/turns/{voyage}/{n}/frame", self.frame, frame, *_BAD, unknown)
        chart = openapi.picture_answer("The star map as the players know it.")
        self._add(router, _HERE + "/chart", self.chart, chart, *_BAD, unknown)
        self._add(router, _HERE + "/inventory", self.inventory, inventory, *_BAD, unknown)
        self._add(router, _HERE + "/prices", self.prices, prices, *_BAD, unknown)
        self._add(router, wire.SESSIONS, self.list_sessions, sessions)
        self._add(router, wire.STATS, self.stats, stats)
        gone: openapi.Answers = {204: {"description": "The session is not known any more."}}
        self._add(router, _HERE + "/remove", self.remove, gone, *_BAD, method="POST", status_code=204)
        return router

    def _post(
        self,
        router: APIRouter,
        path: str,
        endpoint: Callable[..., Awaitable[Response]],
        body: type,
        *refusals: type[problems.Problem],
    ) -> None:
        answer = openapi.json_answer(TurnResult, "The accepted turn.")
        extra, reasons = openapi.body_of(body), (*_BAD, *_BAD_BODY, *refusals)
        self._add(router, _HERE + path, endpoint, answer, *reasons, method="POST", openapi_extra=extra)

    def _add(
        self,
        router: APIRouter,
        path: str,
        endpoint: Callable[..., Awaitable[Response]],
        answer: openapi.Answers,
        *refusals: type[problems.Problem],
        method: str = "GET",
        **more: Any,
    ) -> None:
        router.add_api_route(
            path,
            endpoint,
            methods=[method],
            operation_id=endpoint.__name__,
            responses=answer | openapi.refusals(*refusals, *self._always),
            response_class=Response,
            **more,
        )

    async def start(self, session_id: Id, request: Request) -> Response:
        """Launch a new voyage and give its first turn. Idempotent by `turn_id`."""
        body = await read_body(request, wire.StartBody, self._limits.body_seconds)
        async with self._room.place():
            return _json(
                await self._engine.start(
                    parse_session_id(session_id), turn_id=body.turn_id, captain=body.captain
                )
            )

    async def act(self, session_id: Id, request: Request) -> Response:
        """Apply one action to the turn that is `expected` and give the next one. Idempotent by `turn_id`."""
        body = await read_body(request, wire.ActBody, self._limits.body_seconds)
        async with self._room.place():
            return _json(
                await self._engine.act(
                    parse_session_id(session_id),
                    body.taken(),
                    turn_id=body.turn_id,
                    expected=body.expected.taken(),
                    actor=body.actor,
                )
            )

    async def state(self, session_id: Id) -> Response:
        """Give the newest turn."""
        async with self._room.place():
            return _json(await self._engine.state(parse_session_id(session_id)))

    async def turns(
        self, session_id: Id, voyage: AfterVoyage = 0, n: AfterNumber = 0, limit: Limit = 100
    ) -> Response:
        """List accepted turns after one, oldest first, across voyages."""
        async with self._room.place():
            after = TurnRef(voyage, n)
            return _json(await self._engine.turns(parse_session_id(session_id), after=after, limit=limit))

    async def frame(self, session_id: Id, voyage: Voyage, n: Number) -> Response:
        """Give the picture of one turn."""
        async with self._studio.place():
            return _picture(await self._engine.frame(parse_session_id(session_id), TurnRef(voyage, n)))

    async def chart(self, session_id: Id) -> Response:
        """Give the star map."""
        async with self._studio.place():
            return _picture(await self._engine.chart(parse_session_id(session_id)))

    async def inventory(self, session_id: Id) -> Response:
        """Give what the ship carries."""
        async with self._room.place():
            return _json(await self._engine.inventory(parse_session_id(session_id)))

    async def prices(self, session_id: Id) -> Response:
        """Give the one price table that values this session's items."""
        async with self._room.place():
            return _json(await self._engine.prices(parse_session_id(session_id)))

    async def list_sessions(self) -> Response:
        """List every session, newest change first."""
        async with self._room.place():
            return _json(await self._engine.list_sessions())

    async def stats(self) -> Response:
        """Say what the engine holds."""
        async with self._room.place():
            return _json(await self._engine.stats())

    async def remove(self, session_id: Id) -> Response:
        """Forget a session and its journal. Unknown sessions are no error. Not to be repeated blindly."""
        async with self._room.place():
            await self._engine.remove(parse_session_id(session_id))
        return Response(status_code=204)


def health_router(engine: GameEngineClient) -> APIRouter:
    """Lay out the two addresses for supervisors. They need no token and tell no secret."""
    router = APIRouter(redirect_slashes=False)
    alive = openapi.json_answer(wire.Health, "The server runs.")
    ready = openapi.json_answer(wire.Health, "The engine answers.")
    away = {503: {"description": "The engine does not answer.", "content": ready[200]["content"]}}

    async def healthz() -> Response:
        """Say that the server runs."""
        return _json(wire.Health("ok"))

    async def readyz() -> Response:
        """Ask the engine for a session that nobody has, which goes through to its store."""
        try:
            async with asyncio.timeout(READY_SECONDS):
                await engine.state(_PROBE)
        except (EngineError, TimeoutError):
            return Response(msgspec.json.encode(wire.Health("away")), 503, media_type=wire.JSON)
        return _json(wire.Health("ok"))

    for endpoint, answers in ((healthz, alive), (readyz, ready | away)):
        name = endpoint.__name__
        router.add_api_route(
            f"/{name}", endpoint, operation_id=name, responses=answers, response_class=Response
        )
    return router


def _json(answer: object) -> Response:
    return Response(msgspec.json.encode(answer), media_type=wire.JSON)


def _picture(picture: Picture) -> Response:
    return Response(picture.data, media_type=picture.media_type, headers=wire.picture_headers(picture))
