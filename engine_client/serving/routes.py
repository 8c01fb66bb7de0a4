"""The addresses of games: each asks the engine once and says what it answered.

It decides nothing about the game. Errors of the protocol leave as they are; `app` makes problems of them.
"""

from typing import Annotated

from fastapi import Query, Request, Response

from engine_client import wire
from engine_client import wire_problems as problems
from engine_client.models import (
    EngineStats,
    Inventory,
    PriceTable,
    SessionSummary,
    ShipSheet,
    Turn,
    TurnRef,
    TurnResult,
    parse_session_id,
)
from engine_client.protocol import GameEngineClient
from engine_client.serving import openapi
from engine_client.serving.doors import Limits, Room, read_body
from engine_client.serving.table import BAD, BAD_BODY, HERE, Endpoint, Id, Table, json_response

AfterVoyage = Annotated[
    int, Query(ge=0, le=wire.MAX_NUMBER, description="Give turns after one of this voyage.")
]
AfterNumber = Annotated[int, Query(ge=0, le=wire.MAX_NUMBER, description="Give turns after this one of it.")]
Limit = Annotated[int, Query(ge=1, le=wire.MAX_TURNS, description="Give so many turns at most.")]

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


class Routes:
    """The addresses of games over one engine."""

    def __init__(self, engine: GameEngineClient, limits: Limits, room: Room) -> None:
        self._engine = engine
        self._limits = limits
        self._room = room

    def enter(self, table: Table) -> None:
        """Enter the addresses."""
        unknown = problems.UnknownSessionProblem
        inventory = openapi.json_answer(Inventory, "What the ship carries.")
        prices = openapi.json_answer(PriceTable, "The worth of one piece by item id, in credits.")
        ship = openapi.json_answer(ShipSheet, "The ship's effective stats and where each comes from.")
        state = openapi.json_answer(Turn | None, "The newest turn; null where no voyage was ever launched.")
        turns = openapi.json_answer(list[Turn], "Accepted turns, oldest first, across voyages.")
        sessions = openapi.json_answer(list[SessionSummary], "Every session, newest change first.")
        stats = openapi.json_answer(EngineStats, "What the engine holds.")
        gone: openapi.Answers = {204: {"description": "The session is not known any more."}}
        _post(table, "/start", self.start, wire.StartBody, *_REFUSED_LAUNCHES)
        _post(table, "/act", self.act, wire.ActBody, unknown, *_REFUSED_ACTIONS)
        table.add(HERE + "/state", self.state, state, *BAD)
        table.add(HERE + "/turns", self.turns, turns, *BAD)
        table.add(HERE + "/ship", self.ship, ship, *BAD, unknown)
        table.add(HERE + "/inventory", self.inventory, inventory, *BAD, unknown)
        table.add(HERE + "/prices", self.prices, prices, *BAD, unknown)
        table.add(wire.SESSIONS, self.list_sessions, sessions)
        table.add(wire.STATS, self.stats, stats)
        table.add(HERE + "/remove", self.remove, gone, *BAD, method="POST", status_code=204)

    async def start(self, session_id: Id, request: Request) -> Response:
        """Launch a new voyage and give its first turn. Idempotent by `turn_id`."""
        body = await read_body(request, wire.StartBody, self._limits.body_seconds)
        async with self._room.place():
            return json_response(
                await self._engine.start(
                    parse_session_id(session_id), turn_id=body.turn_id, captain=body.captain
                )
            )

    async def act(self, session_id: Id, request: Request) -> Response:
        """Apply one action to the turn that is `expected` and give the next one. Idempotent by `turn_id`."""
        body = await read_body(request, wire.ActBody, self._limits.body_seconds)
        async with self._room.place():
            return json_response(
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
            return json_response(await self._engine.state(parse_session_id(session_id)))

    async def turns(
        self, session_id: Id, voyage: AfterVoyage = 0, n: AfterNumber = 0, limit: Limit = 100
    ) -> Response:
        """List accepted turns after one, oldest first, across voyages."""
        async with self._room.place():
            after = TurnRef(voyage, n)
            return json_response(
                await self._engine.turns(parse_session_id(session_id), after=after, limit=limit)
            )

    async def ship(self, session_id: Id) -> Response:
        """Give the ship's effective stats and where each comes from."""
        async with self._room.place():
            return json_response(await self._engine.ship(parse_session_id(session_id)))

    async def inventory(self, session_id: Id) -> Response:
        """Give what the ship carries."""
        async with self._room.place():
            return json_response(await self._engine.inventory(parse_session_id(session_id)))

    async def prices(self, session_id: Id) -> Response:
        """Give the one price table that values this session's items."""
        async with self._room.place():
            return json_response(await self._engine.prices(parse_session_id(session_id)))

    async def list_sessions(self) -> Response:
        """List every session, newest change first."""
        async with self._room.place():
            return json_response(await self._engine.list_sessions())

    async def stats(self) -> Response:
        """Say what the engine holds."""
        async with self._room.place():
            return json_response(await self._engine.stats())

    async def remove(self, session_id: Id) -> Response:
        """Forget a session and its journal. Unknown sessions are no error. Not to be repeated blindly."""
        async with self._room.place():
            await self._engine.remove(parse_session_id(session_id))
        return Response(status_code=204)


def _post(table: Table, path: str, endpoint: Endpoint, body: type, *refusals: type[problems.Problem]) -> None:
    answer = openapi.json_answer(TurnResult, "The accepted turn.")
    reasons, extra = (*BAD, *BAD_BODY, *refusals), openapi.body_of(body)
    table.add(HERE + path, endpoint, answer, *reasons, method="POST", openapi_extra=extra)
