"""Tells channels once when their voyages earn much less than they used to."""

import logging

import discord

from bot import discord_io, history_embeds
from bot.errors import ChannelLost
from sessions.history.book import History
from sessions.history.models import RateWarning
from sessions.projections.sweeps import Mine

log = logging.getLogger(__name__)


class RateNews:
    """Brings the history's warnings to their channels. `mine` says which are this process's to tell."""

    def __init__(self, client: discord.Client, history: History, mine: Mine) -> None:
        self._client = client
        self._history = history
        self._mine = mine
        self._late: set[str] = set()

    async def deliver(self) -> set[str]:
        """Tell all warnings, and name the channels whose warning has to wait (logged once)."""
        waiting: set[str] = set()
        for warning in await self._history.warnings():
            if not await self._mine(warning.channel):
                continue
            try:
                await self._tell(warning)
            except ChannelLost:
                log.warning("warning dropped session=%s: channel closed", warning.channel)
            except (discord.HTTPException, OSError) as error:
                if warning.channel not in self._late:
                    log.warning("warning not sent session=%s: %r", warning.channel, error)
                waiting.add(warning.channel)
                continue
            await self._history.warned(warning)
        self._late = waiting
        return set(waiting)

    async def _tell(self, warning: RateWarning) -> None:
        if not warning.channel.isdecimal():
            return  # another front end's session: no channel of Discord
        embed = history_embeds.warning_embed(warning)
        nonce = f"{warning.channel[-17:]}w{warning.voyage % 100_000}"
        await discord_io.send(self._client, int(warning.channel), embed=embed, nonce=nonce)
