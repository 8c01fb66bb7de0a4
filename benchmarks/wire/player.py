"""A player on the loopback Discord: says commands, clicks buttons, and reads what the bot made of it.

A click is sent and then waited for by looking at the backend after each of the bot's calls; nothing sleeps.
`Sent` may be delivered again with `again`, as Discord does with what a lost connection missed.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol, TypeVar

from simcord.backend import Backend, serializers
from simcord.backend.models import Interaction, Message
from simcord.components import walk_components
from simcord.enums import InteractionType
from simcord.interactions import base_payload, nest_options, walk_to_subcommand

T = TypeVar("T")

# Discord gives the first answer three seconds. A process that is being killed and started gets more here: the
# tests of that law have virtual time.
ANSWER_SECONDS = 120.0
BUTTON = 2


class Until(Protocol):
    """Waits until a look gives something."""

    def __call__(self, look: Callable[[], T | None], what: str) -> Awaitable[T]:
        """Give what the look gave. Raises TimeoutError."""
        ...


@dataclass(frozen=True)
class Board:
    """A channel's board as it is now."""

    message: Message
    ids: tuple[str, ...]

    @property
    def ref(self) -> tuple[int, int]:
        """Give the voyage and the turn that its buttons are made for."""
        for custom_id in self.ids:
            if custom_id.startswith("board:"):
                _board, _verb, _session, voyage, n = custom_id.split(":")
                return int(voyage), int(n)
        raise AssertionError(f"no button of a board: {self.ids}")

    @property
    def choices(self) -> tuple[str, ...]:
        """List the custom ids of its choices."""
        return tuple(custom_id for custom_id in self.ids if custom_id.startswith("act:"))


@dataclass(frozen=True)
class Sent:
    """An interaction that was sent to the bot."""

    backend: Backend
    record: Interaction
    payload: Mapping[str, Any]

    def again(self) -> None:
        """Deliver the same interaction once more."""
        self.backend.emit("INTERACTION_CREATE", self.payload)

    def private(self) -> list[str]:
        """List the texts that only the player saw as an answer."""
        ids = [self.record.message_id, *self.record.followup_ids]
        messages = self.backend.messages.get(self.record.channel_id, {})
        found = [messages[i] for i in ids if i in messages]
        return [message.content for message in found if message.is_ephemeral and message.content]


class Player:
    """One member of a server."""

    def __init__(self, backend: Backend, until: Until, guild_id: int, user_id: int) -> None:
        self._backend = backend
        self._until = until
        self._guild_id = guild_id
        self.id = user_id

    async def slash(self, channel_id: int, name: str, **options: Any) -> Sent:
        """Say a command ("tape", "track add"); wait for the bot's first answer."""
        sent = self.send_slash(channel_id, name, **options)
        await self.answered(sent, f"/{name}")
        return sent

    async def click(self, channel_id: int, custom_id: str) -> Sent:
        """Press a button of the newest message that has it; wait for the bot's first answer."""
        sent = self.send_click(channel_id, custom_id)
        await self.answered(sent, custom_id)
        return sent

    async def answered(self, sent: Sent, what: str = "the interaction") -> None:
        """Wait for the first answer to what was sent."""
        await self._until(lambda: sent.record.responded, f"an answer to {what}")

    async def play(self, channel_id: int) -> Board:
        """Say /play; wait for the board."""
        await self.slash(channel_id, "play")
        return await self.board_when(channel_id, lambda board: bool(board.choices))

    async def choose(self, channel_id: int, index: int = 0) -> Board:
        """Take a choice; wait for the board of the turn that it made."""
        before = await self.board_when(channel_id, lambda board: bool(board.choices))
        self.send_click(channel_id, before.choices[index % len(before.choices)])
        return await self.board_when(channel_id, lambda board: board.ref > before.ref)

    async def board_when(self, channel_id: int, fits: Callable[[Board], bool]) -> Board:
        """Wait for a board that fits."""

        def look() -> Board | None:
            board = self.board(channel_id)
            return board if board is not None and fits(board) else None

        return await self._until(look, "a board that fits")

    def board(self, channel_id: int) -> Board | None:
        """Give the channel's newest board, if it has one. Tapes carry buttons of their own."""
        for message in reversed(self._backend.messages[channel_id].values()):
            ids = ids_of(message)
            if any(custom_id.startswith(("board:map:", "board:new:")) for custom_id in ids):
                return Board(message, ids)
        return None

    def picture(self, board: Board) -> bytes:
        """Give the bytes of the board's picture."""
        (attachment,) = board.message.attachments
        blob = self._backend.cdn.get(attachment["url"])
        assert blob is not None
        return blob

    def send_slash(self, channel_id: int, name: str, **options: Any) -> Sent:
        """Say a command and wait for nothing."""
        words = name.split()
        root = self._backend.find_command(words[0], self._guild_id)
        if root is None:
            raise LookupError(f"the bot has not registered /{words[0]}")
        leaf, nesting = walk_to_subcommand(root, words[1:])
        types = {option["name"]: option["type"] for option in leaf.get("options") or []}
        filled = [{"name": key, "type": types[key], "value": value} for key, value in options.items()]
        data = {"id": root["id"], "name": root["name"], "type": 1}
        data["options"] = nest_options(root, nesting, filled)
        return self._send(InteractionType.APPLICATION_COMMAND, channel_id, data, None)

    def send_click(self, channel_id: int, custom_id: str) -> Sent:
        """Press a button and wait for nothing."""
        for message in reversed(self._backend.messages[channel_id].values()):
            if custom_id in ids_of(message):
                data = {"custom_id": custom_id, "component_type": BUTTON}
                return self._send(InteractionType.MESSAGE_COMPONENT, channel_id, data, message)
        raise LookupError(f"no message has the button {custom_id}")

    def _send(self, kind: int, channel_id: int, data: dict[str, Any], on: Message | None) -> Sent:
        record, payload = base_payload(
            self._backend,
            type=kind,
            channel_id=channel_id,
            guild_id=self._guild_id,
            user_id=self.id,
            data=data,
        )
        record.initial_response_deadline = (datetime.now(UTC) + timedelta(seconds=ANSWER_SECONDS)).isoformat()
        if on is not None:
            record.source_message_id = on.id
            payload["message"] = dict(serializers.message_payload(self._backend, on))
        sent = Sent(self._backend, record, payload)
        sent.again()
        return sent


def ids_of(message: Message) -> tuple[str, ...]:
    """List the custom ids of a message, in order."""
    found = [component.get("custom_id") for component in walk_components(message.components)]
    return tuple(custom_id for custom_id in found if custom_id)
