"""The real bot against simcord's in-process Discord: one channel's player, as a test speaks of it."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import discord
import simcord
from simcord.actors import MemberActor, _dispatch_actor_interaction
from simcord.backend import serializers
from simcord.builders import ChannelHandle
from simcord.enums import InteractionType
from simcord.env import Env
from simcord.results import InteractionResult

from bot.app import DeadReckoning, build_bot
from bot.settings import CommandSync, Settings
from tests.discord_limits import faults, message_payloads

SETTLE_SECONDS = 60.0


def settings_in(folder: Path, **changes: Any) -> Settings:
    """Give settings that read no file and no environment of this machine."""
    values: dict[str, Any] = {"data_dir": folder, "command_sync": CommandSync.ALWAYS} | changes
    return Settings(_env_file=None, **values)  # type: ignore[call-arg]


class Sea:
    """A running bot with one server, and what players do in it."""

    def __init__(self, env: Env, settings: Settings) -> None:
        self.env = env
        self.settings = settings
        self.guild = env.create_guild("Dead Reckoning tests")
        self.channel = self.guild.create_text_channel("bridge")
        self.ada = self.guild.add_member(env.create_user("ada", global_name="Ada"))
        self.grace = self.guild.add_member(env.create_user("grace", global_name="Grace"))
        rights = discord.Permissions(manage_guild=True, manage_channels=True, manage_messages=True)
        officer = self.guild.create_role("officer", permissions=rights)
        self.officer = self.guild.add_member(env.create_user("olga", global_name="Olga"), roles=[officer])

    @property
    def bot(self) -> DeadReckoning:
        """Give the running bot."""
        assert isinstance(self.env.bot, DeadReckoning)
        return self.env.bot

    async def play(self, channel: ChannelHandle | None = None, actor: MemberActor | None = None) -> Any:
        """Say /play."""
        return await (actor or self.ada).slash(channel or self.channel, "play")

    async def board(self, channel: ChannelHandle | None = None) -> discord.Message:
        """Give the channel's board: the newest message with a map button, else the newest ended one."""
        messages = list(reversed((channel or self.channel).history()))
        for verb in ("map", "new"):
            for message in messages:
                offers = any(custom_id.startswith(f"board:{verb}:") for custom_id in ids_of(message))
                if offers and not tape_in(message):
                    return message
        raise AssertionError("no board in the channel")

    def tapes(self, channel: ChannelHandle | None = None) -> list[discord.Message]:
        """List the messages that carry a tape, oldest first."""
        return [message for message in (channel or self.channel).history() if tape_in(message)]

    async def choose(
        self, index: int = 0, channel: ChannelHandle | None = None, actor: MemberActor | None = None
    ) -> InteractionResult:
        """Click the choice that stands at an index of the board."""
        message = await self.board(channel)
        choices = [custom_id for custom_id in ids_of(message) if custom_id.startswith("act:")]
        return await (actor or self.ada).click(message, custom_id=choices[index])

    async def press(
        self, verb: str, channel: ChannelHandle | None = None, actor: MemberActor | None = None
    ) -> InteractionResult:
        """Press one of the board's other buttons."""
        message = await self.board(channel)
        wanted = next(custom_id for custom_id in ids_of(message) if custom_id.startswith(f"board:{verb}:"))
        return await (actor or self.ada).click(message, custom_id=wanted)

    async def click_id(
        self, message: discord.Message, custom_id: str, actor: MemberActor | None = None
    ) -> InteractionResult:
        """Send a click as an old client or a forger would: on a message that still shows that button."""
        actor = actor or self.ada
        stored = self.env.backend.get_message(message.channel.id, message.id)
        button = {"type": 2, "style": 1, "label": "Go", "custom_id": custom_id}
        seen = dict(serializers.message_payload(self.env.backend, stored))
        seen["components"] = [{"type": 1, "components": [button]}]
        channel = next(c for c in self.guild.channels.values() if c.id == message.channel.id)
        return await _dispatch_actor_interaction(
            actor,
            InteractionType.MESSAGE_COMPONENT,
            channel,
            {"custom_id": custom_id, "component_type": 2},
            extra={"message": seen},
            source_message_id=stored.id,
        )

    async def stop_bot(self) -> None:
        """Stop the bot as a signal does: by its own clock, not by the test's."""
        with self.env._bot_scope():
            stopping = asyncio.create_task(self.bot.close())
        await stopping

    async def restart_bot(self, **changes: Any) -> None:
        """Stop the bot cleanly and start a new one on the same data."""
        await self.bot.close()
        await self.env.restart_bot(build_bot(self.settings.model_copy(update=changes)))


def tape_in(message: discord.Message) -> bool:
    """Say whether a message carries a tape."""
    return any(a.filename.startswith("voyage-") for a in message.attachments)


def ids_of(message: discord.Message) -> list[str]:
    """List the custom ids of a message's buttons and menus, in order."""
    return [
        child.custom_id
        for row in message.components
        for child in getattr(row, "children", [])
        if getattr(child, "custom_id", None)
    ]


def private_text(result: InteractionResult) -> str:
    """Give the one private sentence that an interaction was answered with."""
    said = [message for message in [result.response, *result.followups] if message and message.ephemeral]
    assert len(said) == 1, f"{len(said)} private answers"
    return said[0].content


@asynccontextmanager
async def sea(
    folder: Path, make: Callable[[Settings], DeadReckoning] = build_bot, **changes: Any
) -> AsyncIterator[Sea]:
    """Run the bot on a folder; close it cleanly at the end, and check every message that it sent."""
    settings = settings_in(folder, **changes)
    async with simcord.run(make(settings), settle_timeout=SETTLE_SECONDS) as env:
        world = Sea(env, settings)
        try:
            yield world
        finally:
            await world.bot.close()
        broken = [said for payload in message_payloads(env.http_requests) for said in faults(payload)]
        assert broken == [], "the bot sent messages that Discord would refuse"
