"""The REST half of the loopback Discord: HTTP in, simcord's routes, HTTP out.

What simcord does not know is answered with 501 and noted in `unknown`, so that a test can say that there was
none. Nothing here decides what a call does.
"""

from __future__ import annotations

import io
import json
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from aiohttp import web
from simcord.backend import Backend
from simcord.backend.errors import BackendError
from simcord.http import RouteNotImplemented, UnsupportedField, dispatch

_FILE_PART = re.compile(r"files\[(\d+)\]")
_ORIGINAL = re.compile(r"/webhooks/\d+/([^/]+)/messages/@original")
_UNAUTHORIZED = {"code": 0, "message": "401: Unauthorized"}


@dataclass(frozen=True)
class Upload:
    """A file of a multipart call, as simcord's routes read it."""

    fp: io.BytesIO
    filename: str
    description: str | None


class Rest:
    """Answers the bot's calls. `gate` is awaited with method and path before each: False loses the call."""

    def __init__(self, backend: Backend, token: str, changed: Callable[[], None]) -> None:
        self._backend = backend
        self._token = token
        self._changed = changed
        self.advised_shards = 1
        self.unknown: list[str] = []
        self.edited: set[str] = set()  # tokens of the interactions whose first answer was edited
        self.gate: Callable[[str, str], Awaitable[bool]] | None = None

    async def handle(self, request: web.Request) -> web.Response:
        """Do one call."""
        path = "/" + request.match_info["path"]
        # A call with an interaction's token in its path needs no other.
        allowed = path.startswith(("/interactions/", "/webhooks/"))
        if not allowed and not request.headers.get("Authorization", "").startswith(f"Bot {self._token}"):
            return _json(_UNAUTHORIZED, status=401)
        if path == "/gateway/bot":
            return _json(self._gateway())
        try:
            body, files = await read_body(request)
        except ConnectionError:  # the bot was killed while it spoke
            return web.Response(status=400)
        if self.gate is not None and not await self.gate(request.method, path):
            assert request.transport is not None
            request.transport.abort()
            return web.Response()
        try:
            answer = dispatch(
                self._backend,
                request.method,
                path,
                json=body,
                params=dict(request.query),
                files=files,
                message_content_access=False,
            )
        except (RouteNotImplemented, UnsupportedField) as error:
            self.unknown.append(f"{request.method} {path}: {error}")
            return _json({"code": 0, "message": str(error)}, status=501)
        except BackendError as error:
            return _json(error.to_json(), status=error.status)
        finally:
            self._changed()
        if request.method == "PATCH" and (edited := _ORIGINAL.fullmatch(path)):
            self.edited.add(edited[1])
        return web.Response(status=204) if answer is None else _json(answer)

    def _gateway(self) -> dict[str, Any]:
        limits = {"total": 1000, "remaining": 1000, "reset_after": 0, "max_concurrency": 1}
        # An address that leads nowhere: a bot that goes by it, past its own setting, is found out.
        return {"url": "wss://gateway.invalid", "shards": self.advised_shards, "session_start_limit": limits}


def _json(data: Any, status: int = 200) -> web.Response:
    # Without a charset, as Discord writes it: discord.py takes no other header for JSON.
    return web.Response(body=json.dumps(data).encode(), status=status, content_type="application/json")


async def read_body(request: web.Request) -> tuple[Any, list[Upload]]:
    """Give the JSON of a call and its files, with the alt texts that the JSON has for them."""
    if request.content_type != "multipart/form-data":
        text = await request.text()
        return (json.loads(text) if text else None), []
    payload: Any = None
    parts: list[tuple[str, str, bytes]] = []
    for name, value in (await request.post()).items():
        if name == "payload_json":
            payload = json.loads(str(value))
        elif (found := _FILE_PART.fullmatch(name)) and isinstance(value, web.FileField):
            parts.append((found[1], value.filename, value.file.read()))
    texts = _alt_texts(payload or {})
    files = [Upload(io.BytesIO(data), filename, texts.get(number)) for number, filename, data in parts]
    return payload, files


def _alt_texts(payload: dict[str, Any]) -> dict[str, str | None]:
    attachments = payload.get("data", payload).get("attachments") or []
    return {str(attachment.get("id")): attachment.get("description") for attachment in attachments}
