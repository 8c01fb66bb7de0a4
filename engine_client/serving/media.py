"""The addresses that carry bytes: pictures with their media type, and save files.

Pictures have a room of their own, so that they cannot crowd out turns. It decides nothing about the game.
"""

from typing import Annotated

from fastapi import Path, Query, Request, Response

from engine_client import wire
from engine_client import wire_problems as problems
from engine_client.models import Picture, TurnRef, TurnResult, parse_session_id
from engine_client.protocol import GameEngineClient
from engine_client.serving import openapi
from engine_client.serving.doors import Limits, Room, read_bytes
from engine_client.serving.table import BAD, BAD_BODY, HERE, Id, Table, json_response

Voyage = Annotated[int, Path(ge=0, le=wire.MAX_NUMBER, description="The voyage, counted from 1.")]
Number = Annotated[int, Path(ge=0, le=wire.MAX_NUMBER, description="The turn in its voyage, counted from 1.")]
TurnId = Annotated[
    str,
    Query(
        min_length=1,
        max_length=wire.MAX_TURN_ID,
        pattern=wire.TURN_ID_PATTERN,
        description="What makes the call idempotent.",
    ),
]
Actor = Annotated[
    str, Query(max_length=wire.MAX_NAME, pattern=wire.NAME_PATTERN, description="The name of who acts.")
]

# A launch meets the last two where its turn id was accepted elsewhere, or another process launched first.
_REFUSED_SAVES = (
    problems.ActionRefusedProblem,
    problems.StaleTurnProblem,
    problems.UnknownSessionProblem,
)


class MediaRoutes:
    """The addresses of pictures and saves over one engine."""

    def __init__(self, engine: GameEngineClient, limits: Limits, room: Room) -> None:
        self._engine = engine
        self._limits = limits
        self._room = room
        self._studio = Room(limits.pictures, limits.answer_seconds)

    def enter(self, table: Table) -> None:
        """Enter the addresses."""
        unknown = problems.UnknownSessionProblem
        frame = openapi.picture_answer("The picture of the turn, 640 × 360.")
        chart = openapi.picture_answer("The star map as the players know it.")
        between = openapi.pictures_answer("What leads from the turn before to this one, picture by picture.")
        save = openapi.bytes_answer("The newest voyage as a save file.")
        restored = openapi.json_answer(TurnResult, "The first turn of the voyage from the save.")
        table.add(HERE + "/turns/{voyage}/{n}/frame", self.frame, frame, *BAD, unknown)
        table.add(HERE + "/turns/{voyage}/{n}/between", self.between, between, *BAD, unknown)
        table.add(HERE + "/chart", self.chart, chart, *BAD, unknown)
        table.add(HERE + "/save", self.save, save, *BAD, unknown)
        table.add(
            HERE + "/restore",
            self.restore,
            restored,
            *(*BAD, *BAD_BODY, *_REFUSED_SAVES),
            method="POST",
            openapi_extra=openapi.bytes_body("A save file."),
        )

    async def frame(self, session_id: Id, voyage: Voyage, n: Number) -> Response:
        """Give the picture of one turn."""
        async with self._studio.place():
            return _picture(await self._engine.frame(parse_session_id(session_id), TurnRef(voyage, n)))

    async def between(self, session_id: Id, voyage: Voyage, n: Number) -> Response:
        """Give the drawn pictures that lead from the turn before to this one; none where nothing moves."""
        async with self._studio.place():
            pictures = await self._engine.between(parse_session_id(session_id), TurnRef(voyage, n))
        return Response(wire.join_pictures(pictures), media_type=wire.PICTURES)

    async def chart(self, session_id: Id) -> Response:
        """Give the star map."""
        async with self._studio.place():
            return _picture(await self._engine.chart(parse_session_id(session_id)))

    async def save(self, session_id: Id) -> Response:
        """Give the newest voyage as a save file."""
        async with self._room.place():
            return Response(await self._engine.save(parse_session_id(session_id)), media_type=wire.BYTES)

    async def restore(self, session_id: Id, request: Request, turn_id: TurnId, actor: Actor) -> Response:
        """Begin a new voyage from a save file; one under way ends first. Idempotent by `turn_id`."""
        save = await read_bytes(request, wire.BYTES, wire.MAX_SAVE, self._limits.body_seconds)
        async with self._room.place():
            return json_response(
                await self._engine.restore(parse_session_id(session_id), save, turn_id=turn_id, actor=actor)
            )


def _picture(picture: Picture) -> Response:
    return Response(picture.data, media_type=picture.media_type, headers=wire.picture_headers(picture))
