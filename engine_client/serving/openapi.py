"""What the OpenAPI document says: the schemas of all bodies, taken from the structs that really cross.

FastAPI writes paths and parameters; bodies are msgspec's, so their schemas are put in here.
"""

from functools import reduce
from operator import or_
from typing import Any

import msgspec
from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from engine_client import models, wire
from engine_client import wire_problems as problems
from engine_client.telemetry.readiness import Report
from engine_client.telemetry.shown import Health
from engine_client.wire_problems import PROBLEM_JSON, Problem

Answers = dict[int | str, dict[str, Any]]

_REFERENCE = "#/components/schemas/{name}"
_BODIES = (
    wire.StartBody,
    wire.ActBody,
    Health,
    Report,
    models.Turn,
    models.TurnResult,
    models.SessionSummary,
    models.Inventory,
    models.ShipSheet,
    models.PriceTable,
    models.EngineStats,
    problems.AnyProblem,
)
_FILE = {"type": "string", "format": "binary"}
_RETRY_AFTER = {
    "Retry-After": {
        "description": "When to come again, in seconds.",
        "schema": {"type": "integer", "minimum": 0},
    }
}
_PICTURE_HEADERS = {
    name: {"description": "In pixels.", "required": True, "schema": {"type": "integer", "minimum": 1}}
    for name in (wire.WIDTH, wire.HEIGHT)
}


def schema_of(kind: Any) -> dict[str, Any]:
    """Give the schema of a type, by reference where it has a name."""
    (schema,), _named = msgspec.json.schema_components([kind], ref_template=_REFERENCE)
    return schema


def body_of(kind: type) -> dict[str, Any]:
    """Describe an operation's request body."""
    return {"requestBody": {"required": True, "content": {wire.JSON: {"schema": schema_of(kind)}}}}


def json_answer(kind: Any, said: str) -> Answers:
    """Describe a successful answer that carries JSON."""
    return {200: {"description": said, "content": {wire.JSON: {"schema": schema_of(kind)}}}}


def picture_answer(said: str) -> Answers:
    """Describe a successful answer that carries a picture."""
    content = {media_type: {"schema": _FILE} for media_type in wire.PICTURE_TYPES}
    return {200: {"description": said, "headers": _PICTURE_HEADERS, "content": content}}


def pictures_answer(said: str) -> Answers:
    """Describe a successful answer that carries several pictures, one after another."""
    schema = {"type": "array", "items": {"type": "string", "format": "binary"}}
    return {200: {"description": said, "content": {"multipart/mixed": {"schema": schema}}}}


def bytes_answer(said: str) -> Answers:
    """Describe a successful answer that carries a file."""
    return {200: {"description": said, "content": {wire.BYTES: {"schema": _FILE}}}}


def bytes_body(said: str) -> dict[str, Any]:
    """Describe an operation's request body that is a file."""
    content = {wire.BYTES: {"schema": _FILE}}
    return {"requestBody": {"required": True, "description": said, "content": content}}


def refusals(*kinds: type[Problem]) -> Answers:
    """Describe the refusals of an operation, one entry per status."""
    by_status: dict[int, list[type[Problem]]] = {}
    for kind in kinds:
        by_status.setdefault(_status_of(kind), []).append(kind)
    return {status: _refusal(some) for status, some in sorted(by_status.items())}


def describe(app: FastAPI) -> dict[str, Any]:
    """Write the document, and put in the bodies' schemas."""
    document = get_openapi(
        title=app.title, version=app.version, description=app.description, routes=app.routes
    )
    _bodies, components = msgspec.json.schema_components(_BODIES, ref_template=_REFERENCE)
    # FastAPI's own schemas describe its usual answer to a bad parameter, which is not ours.
    document.setdefault("components", {})["schemas"] = components
    for path in document["paths"].values():
        for operation in path.values():
            operation["responses"].pop("422", None)
    return document


def _status_of(kind: type[Problem]) -> int:
    (status,) = [field.default for field in msgspec.structs.fields(kind) if field.name == "status"]
    return status


def _refusal(kinds: list[type[Problem]]) -> dict[str, Any]:
    said = " Or: ".join((kind.__doc__ or "").strip() for kind in kinds)
    schema = schema_of(reduce(or_, kinds))
    answer: dict[str, Any] = {"description": said, "content": {PROBLEM_JSON: {"schema": schema}}}
    if problems.BusyProblem in kinds:
        answer["headers"] = _RETRY_AFTER
    return answer
