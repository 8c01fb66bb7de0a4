"""The arrows of `/history`. They hold nothing but their custom id: `hist:<session>:<page>`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Self, cast

import discord

from bot.errors import ForeignButton
from bot.views.answering import answering
from engine_client.models import SessionId, parse_session_id

if TYPE_CHECKING:
    from bot.cogs.history import HistoryCog

HISTORY = re.compile(r"hist:(?P<way>back|on):(?P<session>[A-Za-z0-9_-]{1,64}):(?P<page>[0-9]{1,6})")


class HistoryArrow(discord.ui.DynamicItem[discord.ui.Button[Any]], template=HISTORY):
    """Leads to another page."""

    def __init__(self, session_id: SessionId, page: int, *, button: discord.ui.Button[Any]) -> None:
        super().__init__(button)
        self.session_id = session_id
        self.page = page

    @classmethod
    def of(cls, session_id: SessionId, way: str, page: int, *, disabled: bool) -> Self:
        """Make the arrow `back` or `on` to a page."""
        button: discord.ui.Button[Any] = discord.ui.Button(
            custom_id=f"hist:{way}:{session_id}:{max(page, 0)}",
            emoji="◀️" if way == "back" else "▶️",
            disabled=disabled,
        )
        return cls(session_id, page, button=button)

    @classmethod
    async def from_custom_id(
        cls, interaction: discord.Interaction, item: discord.ui.Item[Any], match: re.Match[str], /
    ) -> Self:
        """Read a clicked button's id again."""
        session_id = parse_session_id(match["session"])
        return cls(session_id, int(match["page"]), button=cast("discord.ui.Button[Any]", item))

    async def callback(self, interaction: discord.Interaction) -> None:
        """Show the page."""
        async with answering(interaction):
            if self.session_id != str(interaction.channel_id):
                raise ForeignButton
            cog = cast("HistoryCog", cast("Any", interaction.client).get_cog("History"))
            await cog.turn_page(interaction, self.page)


def history_view(session_id: SessionId, page: int, pages: int) -> discord.ui.View:
    """Make the arrows of a page (from 0)."""
    view = discord.ui.View(timeout=None)
    view.add_item(HistoryArrow.of(session_id, "back", page - 1, disabled=page <= 0))
    return view.add_item(HistoryArrow.of(session_id, "on", page + 1, disabled=page >= pages - 1))
