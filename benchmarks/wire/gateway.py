"""The gateway half of the loopback Discord: hello, identify, resume, heartbeats, and events by shard.

As the real one it compresses as the query asks (zlib-stream), sends an event to every session of its shard,
holds events back that the intents do not ask for, keeps what a lost connection missed until it resumes, and
names a resume address of its own (here one that leads nowhere, so that a bot which does not keep to
DISCORD_GATEWAY_URL is found out).
"""

from __future__ import annotations

import asyncio
import contextlib
import copy
import json
import zlib
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import discord
from aiohttp import WSMsgType, web
from simcord import intents as intent_law
from simcord.backend import Backend, serializers

HEARTBEAT_MS = 41_250
KEPT = 1_000  # events that a session keeps for its resumption
DISPATCH, HEARTBEAT, IDENTIFY, RESUME, RECONNECT, INVALID, HELLO, ACK = 0, 1, 2, 6, 7, 9, 10, 11
BAD_TOKEN, BAD_SHARD = 4004, 4010


class Connection:
    """One websocket. What is sent goes through a queue, so that it keeps its order and nobody waits."""

    def __init__(self, socket: web.WebSocketResponse, compressed: bool) -> None:
        self.socket = socket
        self._deflate = zlib.compressobj() if compressed else None
        self._queue: asyncio.Queue[str] = asyncio.Queue()

    def send(self, op: int, data: Any = None, *, event: str | None = None, seq: int | None = None) -> None:
        """Send a message after those before it."""
        self._queue.put_nowait(json.dumps({"op": op, "d": data, "t": event, "s": seq}))

    async def write(self) -> None:
        """Carry the queue to the wire until the connection ends."""
        while True:
            text = await self._queue.get()
            with contextlib.suppress(ConnectionError):
                if self._deflate is None:
                    await self.socket.send_str(text)
                else:
                    packed = self._deflate.compress(text.encode()) + self._deflate.flush(zlib.Z_SYNC_FLUSH)
                    await self.socket.send_bytes(packed)


@dataclass(eq=False)
class Session:
    """What a bot's process has of one shard. `connection` is None while the connection is lost."""

    name: str
    token: str
    shard: int
    count: int
    intents: discord.Intents
    connection: Connection | None = None
    seq: int = 0
    resumed: int = 0
    kept: deque[tuple[int, str, Any]] = field(default_factory=lambda: deque(maxlen=KEPT))

    def dispatch(self, event: str, data: Any) -> None:
        """Number an event, keep it, and send it if somebody is there."""
        self.seq += 1
        self.kept.append((self.seq, event, data))
        if self.connection is not None:
            self.connection.send(DISPATCH, data, event=event, seq=self.seq)

    def has(self, guild_id: int) -> bool:
        """Say whether this shard is sent a server's events."""
        return (guild_id >> 22) % self.count == self.shard


class Gateway:
    """The gateway of one backend: `feed` is its subscriber, `handle` answers websockets.

    With a `refusal`, a close code, every identification is refused.
    """

    def __init__(self, backend: Backend, token: str, changed: Callable[[], None]) -> None:
        self._backend = backend
        self._token = token
        self._changed = changed
        self.sessions: list[Session] = []
        self.refusal: int | None = None

    def live(self, token: str) -> list[Session]:
        """List the connected sessions of the process that has this token."""
        return [each for each in self.sessions if each.token == token and each.connection is not None]

    def feed(self, event: str, payload: Mapping[str, Any]) -> None:
        """Send an event to every session that Discord would send it to."""
        guild_id = payload.get("guild_id")
        if guild_id is None and event.startswith("GUILD_"):
            guild_id = payload.get("id")
        for session in self.sessions:
            if session.has(int(guild_id or 0)):
                self._deliver(session, event, payload)

    def _deliver(self, session: Session, event: str, payload: Mapping[str, Any]) -> None:
        gate = intent_law.required_intent(event, payload)
        if gate is not None and not getattr(session.intents, gate):
            return
        mine = copy.deepcopy(dict(payload))
        if event == "GUILD_CREATE":
            intent_law.prune_guild_create(mine, session.intents, self._backend.bot_user.id)
        session.dispatch(event, mine)

    async def handle(self, request: web.Request) -> web.WebSocketResponse:
        """Serve one connection until it ends."""
        socket = web.WebSocketResponse(max_msg_size=2**20)
        await socket.prepare(request)
        connection = Connection(socket, request.query.get("compress") == "zlib-stream")
        writing = asyncio.create_task(connection.write())
        connection.send(HELLO, {"heartbeat_interval": HEARTBEAT_MS})
        try:
            async for message in socket:
                if message.type is WSMsgType.TEXT:
                    await self._receive(connection, json.loads(message.data))
        finally:
            writing.cancel()
            for session in self.sessions:
                if session.connection is connection:
                    session.connection = None
            self._changed()
        return socket

    async def _receive(self, connection: Connection, message: dict[str, Any]) -> None:
        if message["op"] == HEARTBEAT:
            connection.send(ACK)
        elif message["op"] == IDENTIFY:
            await self._identify(connection, message["d"])
        elif message["op"] == RESUME:
            self._resume(connection, message["d"])

    async def _identify(self, connection: Connection, data: dict[str, Any]) -> None:
        shard, count = data.get("shard") or (0, 1)
        refusal = self.refusal
        if not data["token"].startswith(self._token):
            refusal = BAD_TOKEN
        elif not 0 <= shard < count:
            refusal = BAD_SHARD
        if refusal is not None:
            await connection.socket.close(code=refusal)
            return
        intents = discord.Intents.none()
        intents.value = data["intents"]
        name = f"session-{len(self.sessions)}"
        session = Session(name, data["token"], shard, count, intents, connection)
        guilds = [guild for guild in self._backend.guilds.values() if session.has(guild.id)]
        session.dispatch("READY", self._ready(session, [guild.id for guild in guilds]))
        for guild in guilds:
            self._deliver(session, "GUILD_CREATE", serializers.guild_create_payload(self._backend, guild))
        self.sessions.append(session)
        self._changed()

    def _ready(self, session: Session, guild_ids: list[int]) -> dict[str, Any]:
        return {
            "v": 10,
            "user": dict(serializers.user_payload(self._backend.bot_user)),
            "guilds": [{"id": str(guild_id), "unavailable": True} for guild_id in guild_ids],
            "session_id": session.name,
            "resume_gateway_url": "wss://resume.invalid",
            "shard": [session.shard, session.count],
            "application": {"id": str(self._backend.application_id), "flags": 0},
        }

    def _resume(self, connection: Connection, data: dict[str, Any]) -> None:
        session = next((each for each in self.sessions if each.name == data["session_id"]), None)
        if session is None or session.token != data["token"]:
            connection.send(INVALID, data=False)
            return
        session.connection = connection
        session.resumed += 1
        for seq, event, payload in session.kept:
            if seq > data["seq"]:
                connection.send(DISPATCH, payload, event=event, seq=seq)
        session.dispatch("RESUMED", {})
        self._changed()

    def ask_to_reconnect(self, token: str) -> None:
        """Tell a process to connect anew, as Discord does many times a day: it should resume."""
        for session in self.live(token):
            assert session.connection is not None
            session.connection.send(RECONNECT)

    async def close(self) -> None:
        """End all connections."""
        for session in self.sessions:
            if session.connection is not None:
                await session.connection.socket.close()
