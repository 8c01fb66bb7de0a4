"""The table of the server's addresses: each is entered once, with everything that it may answer."""

from collections.abc import Awaitable, Callable
from typing import Annotated, Any

import msgspec
from fastapi import APIRouter, Path, Response

from engine_client import wire
from engine_client import wire_problems as problems
from engine_client.serving import openapi

HERE = wire.SESSIONS + "/{session_id}"
BAD = (problems.BadRequestProblem, problems.BadSessionIdProblem)
BAD_BODY = (problems.SlowBodyProblem, problems.TooLargeProblem, problems.WrongMediaTypeProblem)

Id = Annotated[str, Path(pattern="^[A-Za-z0-9_-]{1,64}$", description="The session's id.")]

Endpoint = Callable[..., Awaitable[Response]]


class Table:
    """Enters addresses into a router. `always` are the refusals that every one of them has."""

    def __init__(self, *always: type[problems.Problem]) -> None:
        self.router = APIRouter(redirect_slashes=False)
        self._always = always

    def add(
        self,
        path: str,
        endpoint: Endpoint,
        answer: openapi.Answers,
        *refusals: type[problems.Problem],
        method: str = "GET",
        **more: Any,
    ) -> None:
        """Enter an address under its endpoint's name."""
        self.router.add_api_route(
            path,
            endpoint,
            methods=[method],
            operation_id=endpoint.__name__,
            responses=answer | openapi.refusals(*refusals, *self._always),
            response_class=Response,
            **more,
        )


def json_response(answer: object) -> Response:
    """Put a struct, or what is made of structs, into an answer."""
    return Response(msgspec.json.encode(answer), media_type=wire.JSON)
