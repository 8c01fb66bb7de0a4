"""`/history`, `/trend`, `/areas`, `/compare`, `/note`, `/export`, `/import`, and the history's timer."""

from __future__ import annotations

import asyncio
import io
import logging
from typing import TYPE_CHECKING

import discord
from discord import app_commands
from discord.ext import commands, tasks

from bot import clean, discord_io, history_embeds, text
from bot.errors import BotError
from bot.rate_news import RateNews
from bot.views.answering import answering
from bot.views.history import HistoryArrow, history_view
from bot.views.ids import session_of
from engine_client.models import SessionId
from sessions.history.book import MOST_NOTES
from sessions.history.errors import BadFile, NoVoyages
from sessions.history.files import to_json
from sessions.history.models import Metric
from sessions.projections.sweeps import HISTORY, Mine, Sweeping, everything, unfollowed

if TYPE_CHECKING:
    from bot.charts.models import Drawn
    from bot.charts.studio import Charts
    from sessions.history.book import History
    from sessions.history.chronicle import Chronicle
    from sessions.history.files import HistoryFile

log = logging.getLogger(__name__)

SWEEP_SECONDS = 5.0
MOST_IMPORTED = 4 * 1024 * 1024  # bytes

METRICS = [
    app_commands.Choice(name=name, value=metric.value) for metric, (name, _) in history_embeds.METRICS.items()
]
VIEWS = [
    app_commands.Choice(name="best: credits per hour", value="best"),
    app_commands.Choice(name="dangerous: where ships fled", value="dangerous"),
]
FORMATS = [
    app_commands.Choice(name="csv: for a spreadsheet", value="csv"),
    app_commands.Choice(name="json: everything, can be imported again", value="json"),
]


Answer = tuple[discord.Embed, "Drawn | None"]


class NothingToDraw(BotError):
    """There are no figures for a chart; the text says which."""


class HistoryCog(commands.Cog, name="History"):
    """The voyages of this channel."""

    def __init__(
        self,
        bot: commands.Bot | commands.AutoShardedBot,
        history: History,
        chronicle: Chronicle,
        file: HistoryFile,
        charts: Charts,
        *,
        sweeping: Sweeping = unfollowed,
        mine: Mine = everything,
    ) -> None:
        self._bot = bot
        self._sweeping = sweeping
        self._rates = RateNews(bot, history, mine)
        self._history = history
        self._chronicle = chronicle
        self._file = file
        self._charts = charts
        self._changed = False
        self._failed = False

    async def cog_load(self) -> None:
        """Take over a file that is there, add the arrows, start the timer.

        The file is written once at the start: a crash may have come between a record and it.
        """
        await self._file.take_over()
        self._changed = not await self._history.is_empty()
        self._bot.add_dynamic_items(HistoryArrow)
        self.sweep.start()

    async def cog_unload(self) -> None:
        """Stop the timer, record what ended, end the drawing thread."""
        self.sweep.cancel()
        await self.sweep_once()
        await self._charts.close()

    @app_commands.command(name="history", description="Page through this channel's voyages, newest first.")
    @app_commands.describe(voyage="Show this one voyage in full.")
    async def history(self, interaction: discord.Interaction, voyage: str | None = None) -> None:
        """Show the first page, or one voyage."""
        async with answering(interaction):
            await discord_io.acknowledge(interaction, thinking=True)
            if voyage is None:
                await self._show_page(interaction, 0)
                return
            record = await self._history.voyage(session_of(interaction), voyage)
            await discord_io.edit_answer(interaction, embed=history_embeds.voyage_embed(record))

    async def turn_page(self, interaction: discord.Interaction, page: int) -> None:
        """Show another page in place of this one."""
        await discord_io.acknowledge(interaction)
        await self._show_page(interaction, page)

    @app_commands.command(name="trend", description="Draw how this channel's voyages went.")
    @app_commands.describe(metric="What to draw.", voyages="How many of the newest voyages (2 to 100).")
    @app_commands.choices(metric=METRICS)
    async def trend(
        self,
        interaction: discord.Interaction,
        metric: app_commands.Choice[str] | None = None,
        voyages: app_commands.Range[int, 2, 100] = 20,
    ) -> None:
        """Post a chart."""
        async with answering(interaction):
            chosen = Metric(metric.value) if metric else Metric.GOLD_PER_HOUR
            work = self._trend(session_of(interaction), chosen, voyages)
            await _publish(interaction, await discord_io.soon(interaction, work, thinking=True))

    @app_commands.command(name="areas", description="Draw the best or the most dangerous areas.")
    @app_commands.describe(view="Which areas.")
    @app_commands.choices(view=VIEWS)
    async def areas(self, interaction: discord.Interaction, view: app_commands.Choice[str]) -> None:
        """Post a bar chart and the list."""
        async with answering(interaction):
            show = self._best if view.value == "best" else self._dangerous
            work = show(session_of(interaction))
            await _publish(interaction, await discord_io.soon(interaction, work, thinking=True))

    @app_commands.command(name="compare", description="Put two of this channel's voyages side by side.")
    @app_commands.describe(a="The first voyage.", b="The second voyage.")
    async def compare(self, interaction: discord.Interaction, a: str, b: str) -> None:
        """Show both with deltas and percentiles."""
        async with answering(interaction):
            work = self._history.compare(session_of(interaction), a, b)
            embed = history_embeds.compared_embed(*await discord_io.soon(interaction, work, thinking=True))
            await discord_io.publish(interaction, embed=embed, files=[], alone=True)

    @app_commands.command(name="note", description="Write a note on one of this channel's voyages.")
    @app_commands.describe(voyage="The voyage.", note="The note; it replaces the one before.")
    async def note(
        self, interaction: discord.Interaction, voyage: str, note: app_commands.Range[str, 0, MOST_NOTES]
    ) -> None:
        """Keep a note."""
        async with answering(interaction):
            await discord_io.acknowledge(interaction, thinking=True)
            words = clean.plain(note, MOST_NOTES)
            await self._history.set_notes(session_of(interaction), voyage, words)
            self._changed = True
            await discord_io.edit_answer(interaction, content=text.NOTE_KEPT)

    @app_commands.command(name="export", description="Get this channel's history as a file.")
    @app_commands.describe(format="What kind of file.")
    @app_commands.choices(format=FORMATS)
    async def export(self, interaction: discord.Interaction, format: app_commands.Choice[str]) -> None:
        """Give the file to the player who asked."""
        async with answering(interaction):
            await discord_io.acknowledge(interaction, thinking=True)
            session_id = session_of(interaction)
            if format.value == "csv":
                # A byte order mark tells spreadsheet programs that it is UTF-8.
                data = (await self._history.export_sessions_csv(session_id)).encode("utf-8-sig")
            else:
                records = await self._history.load_sessions(session_id)
                if not records:
                    raise NoVoyages
                data = await asyncio.to_thread(to_json, records)
            file = discord.File(io.BytesIO(data), f"voyages-{session_id}.{format.value}")
            await discord_io.edit_answer(interaction, attachments=[file])

    @app_commands.command(name="import", description="Add the voyages of an exported JSON file (admins).")
    @app_commands.describe(file="A farming_sessions.json, or what `/export format:json` gave.")
    @app_commands.default_permissions(manage_guild=True)
    async def bring_in(self, interaction: discord.Interaction, file: discord.Attachment) -> None:
        """Add what is not there yet."""
        async with answering(interaction):
            await discord_io.acknowledge(interaction, thinking=True)
            if file.size > MOST_IMPORTED:
                raise BadFile(text.HISTORY_TOO_LARGE)
            brought = await self._file.bring_in(await file.read(), session_of(interaction))
            self._changed = self._changed or brought.added > 0
            said = (
                f"{text.count(brought.added, 'voyage')} added, {brought.known} known already, "
                f"{brought.refused} unreadable."
            )
            await discord_io.edit_answer(interaction, content=said)

    @history.autocomplete("voyage")
    @compare.autocomplete("a")
    @compare.autocomplete("b")
    @note.autocomplete("voyage")
    async def _voyages(
        self, interaction: discord.Interaction, current: str
    ) -> list[app_commands.Choice[str]]:
        records = await self._history.load_sessions(session_of(interaction))
        found = [r for r in records if current in r.session_id or current.lower() in r.ending.lower()]
        return [
            app_commands.Choice(
                name=clean.plain(f"{r.session_id} · {r.ending or 'over'}", 100), value=r.session_id
            )
            for r in found[:25]
        ]

    @tasks.loop(seconds=SWEEP_SECONDS)
    async def sweep(self) -> None:
        """Record voyages that ended, warn their channels, write the file."""
        await self.sweep_once()

    @sweep.before_loop
    async def _when_ready(self) -> None:
        await self._bot.wait_until_ready()

    async def sweep_once(self) -> None:
        """Do what the timer does; a failure is logged once and tried again."""
        try:
            async with self._sweeping(HISTORY) as waiting:
                self._changed = bool(await self._chronicle.catch_up()) or self._changed
                if self._changed:
                    await self._file.write()
                    self._changed = False
                waiting |= self._chronicle.waiting | await self._rates.deliver()
        except Exception as error:
            if not self._failed:
                log.error("history not swept", exc_info=error)
            self._failed = True
        else:
            self._failed = False

    async def _show_page(self, interaction: discord.Interaction, page: int) -> None:
        session_id = session_of(interaction)
        total = await self._history.count(session_id)
        pages = max(1, -(-total // history_embeds.PAGE))
        page = min(page, pages - 1)
        advice = await self._history.advise(session_id)
        size = history_embeds.PAGE
        records = await self._history.load_sessions(session_id, size, skip=page * size)
        embed = history_embeds.history_embed(records, page, total, advice)
        await discord_io.edit_answer(interaction, embed=embed, view=history_view(session_id, page, pages))

    async def _trend(self, session_id: SessionId, metric: Metric, voyages: int) -> Answer:
        points = await self._history.get_trend_data(session_id, metric, voyages)
        if all(point.value is None for point in points):
            raise NothingToDraw(text.NO_SUCH_FIGURES)
        embed = discord.Embed(title=f"{history_embeds.METRICS[metric][0]}, oldest to newest")
        return embed, await self._charts.trend(history_embeds.trend_chart(metric, points))

    async def _best(self, session_id: SessionId) -> Answer:
        found = await self._history.get_best_areas(session_id)
        embed = history_embeds.best_embed(found)
        if not found.ranked:
            embed.description = text.NO_AREAS
            return embed, None
        return embed, await self._charts.ranking(history_embeds.best_chart(found))

    async def _dangerous(self, session_id: SessionId) -> Answer:
        found = await self._history.get_most_dangerous_areas(session_id)
        embed = history_embeds.dangerous_embed(found)
        if not found.ranked:
            embed.description = None if found.without_area else text.NO_FLEES
            return embed, None
        return embed, await self._charts.ranking(history_embeds.dangerous_chart(found))


async def _publish(interaction: discord.Interaction, answer: Answer) -> None:
    embed, drawn = answer
    files = []
    if drawn is not None:
        files = [discord.File(io.BytesIO(drawn.data), drawn.name, description=drawn.alt)]
        embed.set_image(url=f"attachment://{drawn.name}")
    await discord_io.publish(interaction, embed=embed, files=files, alone=True)
