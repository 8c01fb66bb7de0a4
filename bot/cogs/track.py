"""`/track`: follow multiplayer sessions of session lists, and the loops that keep their messages true."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import discord
from discord import app_commands
from discord.ext import commands, tasks

from bot import clean, discord_io
from bot.tracker import choices, text
from bot.views.answering import answering
from sessions.tracker.errors import NoSuchSubscription
from sessions.tracker.filters import MAX_FILTER
from sessions.tracker.models import Style

if TYPE_CHECKING:
    from bot.tracker.delivery import Delivery
    from sessions.tracker.service import Tracker

log = logging.getLogger(__name__)

POLL_SECONDS = 5.0
DELIVER_SECONDS = 2.0

Target = (
    discord.TextChannel | discord.VoiceChannel | discord.StageChannel | discord.ForumChannel | discord.Thread
)

_NEEDED = ("view_channel", "embed_links", "read_message_history")
_STYLES = [
    app_commands.Choice(name="cards: a message for each session", value="cards"),
    app_commands.Choice(name="board: one message for the whole feed", value="board"),
]


@app_commands.guild_only()
@app_commands.default_permissions(manage_guild=True)
class TrackCog(
    commands.GroupCog, name="Track", group_name="track", group_description="Follow game sessions."
):
    """Follow multiplayer sessions in this server's channels."""

    def __init__(self, tracker: Tracker, delivery: Delivery) -> None:
        self._tracker = tracker
        self._book = tracker.book
        self._delivery = delivery

    async def cog_load(self) -> None:
        """Start the loops."""
        self.poll.start()
        self.deliver.start()

    async def cog_unload(self) -> None:
        """Stop the loops and let another process take over."""
        self.poll.cancel()
        self.deliver.cancel()
        await self._tracker.close()

    @tasks.loop(seconds=POLL_SECONDS)
    async def poll(self) -> None:
        """Ask the feeds that are due."""
        try:
            await self._tracker.poller.tick()
        except Exception:
            log.exception("the tracker's tick failed")

    @tasks.loop(seconds=DELIVER_SECONDS)
    async def deliver(self) -> None:
        """Post, end and edit what is due."""
        try:
            await self._delivery.run_once()
        except Exception:
            log.exception("the tracker's delivery failed")

    @commands.Cog.listener()
    async def on_guild_remove(self, guild: discord.Guild) -> None:
        """Forget a server that the bot has left."""
        await self._book.forget_guild(guild.id)

    @app_commands.command(
        name="add", description="Show a feed's game sessions in a channel, kept up to date."
    )
    @app_commands.describe(
        feed="Which session list.",
        channel="Where its sessions are shown.",
        filter="Only some sessions, for example: mode:strategy players:>=2 -map:dunes",
        ping="A role that hears of each new session.",
        style="A message for each session, or one board for the whole feed.",
    )
    @app_commands.choices(style=_STYLES)
    async def add(
        self,
        interaction: discord.Interaction,
        feed: str,
        channel: Target,
        filter: app_commands.Range[str, 1, MAX_FILTER] | None = None,
        ping: discord.Role | None = None,
        style: app_commands.Choice[str] | None = None,
    ) -> None:
        """Follow a feed."""
        async with answering(interaction):
            await discord_io.acknowledge(interaction, thinking=True)
            if missing := lacking(channel):
                await discord_io.edit_answer(interaction, content=text.lacking(missing, channel.mention))
                return
            row = await self._book.add(
                guild_id=interaction.guild_id or 0,
                channel_id=channel.id,
                feed=feed,
                filter_text=clean.plain(filter or "", MAX_FILTER),
                role_id=ping.id if ping else 0,
                style=Style(style.value) if style else Style.CARDS,
                created_by=interaction.user.id,
            )
            title = next((info.title for info in self._book.feeds() if info.name == feed), feed)
            said = text.added(
                clean.for_discord(title, 100),
                channel.mention,
                role=ping.mention if ping else "",
                filtered=f"`{row.filter.replace('`', chr(39))}`" if row.filter else "",
            )
            if ping is not None and not can_ping(ping, channel):
                said += text.ping_warning(ping.mention)
            await discord_io.edit_answer(interaction, content=said)

    @app_commands.command(name="list", description="Show what this server tracks and how it is doing.")
    async def list(self, interaction: discord.Interaction) -> None:
        """Show the subscriptions."""
        async with answering(interaction):
            await discord_io.acknowledge(interaction, thinking=True)
            lines = await self._book.overview(interaction.guild_id or 0)
            await discord_io.edit_answer(
                interaction, embed=choices.list_embed(lines, in_server=interaction.guild_id is not None)
            )

    @app_commands.command(name="remove", description="Stop showing a feed; its live messages will say so.")
    @app_commands.describe(tracked="What should not be tracked any more.")
    async def remove(self, interaction: discord.Interaction, tracked: str) -> None:
        """Stop following."""
        async with answering(interaction):
            await discord_io.acknowledge(interaction, thinking=True)
            row = await self._book.remove(interaction.guild_id or 0, number_of(tracked))
            said = f"**#{row.subscription_id} {row.feed}** is no longer tracked in <#{row.channel_id}>."
            await discord_io.edit_answer(interaction, content=said)

    @app_commands.command(name="pause", description="Stop following a feed for a while, or go on with it.")
    @app_commands.describe(
        tracked="What should be paused.",
        resume="True: go on with it. Left out: pause it, or go on if paused.",
    )
    async def pause(self, interaction: discord.Interaction, tracked: str, resume: bool | None = None) -> None:
        """Pause or go on."""
        async with answering(interaction):
            await discord_io.acknowledge(interaction, thinking=True)
            guild_id, number = interaction.guild_id or 0, number_of(tracked)
            before = await self._book.get(guild_id, number)
            paused = not before.paused if resume is None else not resume
            row = await self._book.pause(guild_id, number, paused=paused)
            state = (
                "paused; its messages say so"
                if row.paused
                else "followed again, without pings for what is there"
            )
            await discord_io.edit_answer(
                interaction, content=f"**#{row.subscription_id} {row.feed}** is {state}."
            )

    @add.autocomplete("feed")
    async def _feeds(self, _interaction: discord.Interaction, typed: str) -> choices.Choices:
        return choices.feed_choices(self._book.feeds(), typed)

    @add.autocomplete("filter")
    async def _filters(self, interaction: discord.Interaction, typed: str) -> choices.Choices:
        feed = str(getattr(interaction.namespace, "feed", "") or "")
        return choices.filter_choices(self._book, interaction.guild_id or 0, feed, typed)

    @remove.autocomplete("tracked")
    @pause.autocomplete("tracked")
    async def _subscriptions(self, interaction: discord.Interaction, typed: str) -> choices.Choices:
        guild = interaction.guild
        rows = await self._book.of(interaction.guild_id or 0)
        found = {row.channel_id: guild.get_channel_or_thread(row.channel_id) for row in rows} if guild else {}
        names = {number: channel.name for number, channel in found.items() if channel is not None}
        return choices.subscription_choices(rows, names, typed)


def lacking(channel: Target) -> list[str]:
    """Name the permissions that the bot needs in a channel and does not have."""
    have = channel.permissions_for(channel.guild.me)
    needed = [*_NEEDED] if isinstance(channel, discord.Thread) else [*_NEEDED, "send_messages"]
    if isinstance(channel, discord.Thread | discord.ForumChannel):
        needed.append("send_messages_in_threads")
    return [name.replace("_", " ").title() for name in needed if not getattr(have, name)]


def can_ping(role: discord.Role, channel: Target) -> bool:
    """Say whether the bot's mention of a role will be heard."""
    return role.mentionable or channel.permissions_for(channel.guild.me).mention_everyone


def number_of(tracked: str) -> int:
    """Read a subscription's number, as the autocompletion gives it or as people write it (#3)."""
    digits = tracked.strip().removeprefix("#").split(" ")[0]
    if not digits.isdecimal() or len(digits) > 9:
        raise NoSuchSubscription
    return int(digits)
