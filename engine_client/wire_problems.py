"""Refusals on the wire: every error of the protocol as a problem body (RFC 9457), and back.

A problem's `type` is a URN whose last part names it. What is not an error of the protocol (a wrong token, a
body that cannot be read) has a problem too, but no error: the transport decides what it means.
"""

import re
from typing import Literal

import msgspec

from engine_client import errors
from engine_client.models import Turn

PROBLEM_JSON = "application/problem+json"
_NAMESPACE = "urn:dead-reckoning:"
_MAX_DETAIL = 300


def _urn(class_name: str) -> str:
    words = re.findall("[A-Z][a-z]+", class_name.removesuffix("Problem"))
    return _NAMESPACE + "-".join(words).lower()


class Problem(msgspec.Struct, frozen=True, kw_only=True, tag_field="type", tag=_urn):
    """What every refusal says. `detail` is for the operator, never for players."""

    status: int
    title: str
    detail: str = ""


class BadRequestProblem(Problem, frozen=True, kw_only=True):
    """The request does not fit the schema."""

    status: Literal[400] = 400
    title: str = "The request does not fit the schema."


class BadSessionIdProblem(Problem, frozen=True, kw_only=True):
    """The text is no session id."""

    status: Literal[400] = 400
    title: str = "The text is no session id."


class UnauthorizedProblem(Problem, frozen=True, kw_only=True):
    """The bearer token is missing or wrong."""

    status: Literal[401] = 401
    title: str = "The bearer token is missing or wrong."


class ForeignOriginProblem(Problem, frozen=True, kw_only=True):
    """Without a token only programs on this machine are answered."""

    status: Literal[403] = 403
    title: str = "Without a token only programs on this machine are answered."


class UnknownSessionProblem(Problem, frozen=True, kw_only=True):
    """No voyage, or no such turn, is known in this session."""

    status: Literal[404] = 404
    title: str = "Nothing of this is known in the session."


class NoSuchPageProblem(Problem, frozen=True, kw_only=True):
    """The server has no such address."""

    status: Literal[404] = 404
    title: str = "There is no such address."


class WrongMethodProblem(Problem, frozen=True, kw_only=True):
    """The address does not take this method."""

    status: Literal[405] = 405
    title: str = "The address does not take this method."


class SlowBodyProblem(Problem, frozen=True, kw_only=True):
    """The request's body did not arrive in time."""

    status: Literal[408] = 408
    title: str = "The request's body did not arrive in time."


class VoyageOverProblem(Problem, frozen=True, kw_only=True):
    """The session's last voyage has ended."""

    status: Literal[409] = 409
    title: str = "The session's last voyage has ended."


class VoyageUnderWayProblem(Problem, frozen=True, kw_only=True):
    """The session's voyage has not ended."""

    status: Literal[409] = 409
    title: str = "The session's voyage has not ended."


class StaleTurnProblem(Problem, frozen=True, kw_only=True):
    """The action was meant for another turn than the newest."""

    status: Literal[409] = 409
    title: str = "The action was meant for another turn than the newest."
    newest: Turn


class UnknownChoiceProblem(Problem, frozen=True, kw_only=True):
    """The turn does not offer this choice."""

    status: Literal[409] = 409
    title: str = "The turn does not offer this choice."


class ActionRefusedProblem(Problem, frozen=True, kw_only=True):
    """The rules refuse the action; nothing has changed. `sentence` is for the player."""

    status: Literal[409] = 409
    title: str = "The rules refuse the action; nothing has changed."
    sentence: str


class TooLargeProblem(Problem, frozen=True, kw_only=True):
    """The request's body is too large; nothing has changed. `sentence` is for the player."""

    status: Literal[413] = 413
    title: str = "The request's body is too large; nothing has changed."
    sentence: str = "That is too long; say it shorter."


class WrongMediaTypeProblem(Problem, frozen=True, kw_only=True):
    """The request's body has another media type than it should."""

    status: Literal[415] = 415
    title: str = "The request's body has another media type than it should."


class BusyProblem(Problem, frozen=True, kw_only=True):
    """Too many requests are under way; nothing has changed. Retry-After says when to come again."""

    status: Literal[503] = 503
    title: str = "Too many requests are under way; nothing has changed."


class EngineAwayProblem(Problem, frozen=True, kw_only=True):
    """The engine did not answer in time; nothing is lost. The same turn id can be sent again."""

    status: Literal[503] = 503
    title: str = "The engine did not answer in time; nothing is lost."


class FailedProblem(Problem, frozen=True, kw_only=True):
    """An unexpected error; `detail` is its reference in the server's log."""

    status: Literal[500] = 500
    title: str = "An unexpected error."


AnyProblem = (
    BadRequestProblem
    | BadSessionIdProblem
    | UnauthorizedProblem
    | ForeignOriginProblem
    | UnknownSessionProblem
    | NoSuchPageProblem
    | WrongMethodProblem
    | SlowBodyProblem
    | VoyageOverProblem
    | VoyageUnderWayProblem
    | StaleTurnProblem
    | UnknownChoiceProblem
    | ActionRefusedProblem
    | TooLargeProblem
    | WrongMediaTypeProblem
    | BusyProblem
    | EngineAwayProblem
    | FailedProblem
)

_PLAIN = (
    (errors.BadSessionId, BadSessionIdProblem),
    (errors.UnknownSession, UnknownSessionProblem),
    (errors.VoyageOver, VoyageOverProblem),
    (errors.VoyageUnderWay, VoyageUnderWayProblem),
    (errors.UnknownChoice, UnknownChoiceProblem),
    (errors.EngineAway, EngineAwayProblem),
)

_decoder = msgspec.json.Decoder(AnyProblem)


def problem_of(error: errors.EngineError) -> Problem:
    """Put an error of the protocol into a problem. Raises TypeError for an error without one."""
    if isinstance(error, errors.StaleTurn):
        return StaleTurnProblem(newest=error.newest, detail=str(error))
    if isinstance(error, errors.ActionRefused):
        return ActionRefusedProblem(sentence=error.sentence)
    for kind, problem in _PLAIN:
        if isinstance(error, kind):
            return problem(detail=str(error)[:_MAX_DETAIL])
    raise TypeError(f"{type(error).__name__} has no problem")


def error_of(problem: Problem) -> errors.EngineError | None:
    """Give the error of the protocol that a problem stands for; None where it stands for none."""
    if isinstance(problem, StaleTurnProblem):
        return errors.StaleTurn(problem.newest)
    if isinstance(problem, ActionRefusedProblem | TooLargeProblem):
        return errors.ActionRefused(problem.sentence)
    for kind, plain in _PLAIN:
        if isinstance(problem, plain):
            return kind(problem.detail)
    return None


def read_problem(body: bytes) -> Problem | None:
    """Read a problem body; None when it is none, as from a proxy in between."""
    try:
        return _decoder.decode(body)
    except msgspec.DecodeError:
        return None
