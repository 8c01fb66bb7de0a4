"""`/run` and `/session`, and the timer that tells and logs the runs that ended."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import discord
from discord import app_commands
from discord.ext import commands, tasks

from bot import discord_io, run_embeds, text
from bot.run_notice import check_template
from bot.views import notice_modal
from bot.views.answering import answering
from bot.views.ids import session_of
from sessions.projections.sweeps import NOTICES, RUN_LOG, Sweeping, unfollowed
from sessions.runs.notices import SILENT

if TYPE_CHECKING:
    from bot.run_news import RunNews
    from sessions.runs.book import RunBook
    from sessions.runs.notices import NoticeBook
    from sessions.runs.reports import RunReports

log = logging.getLogger(__name__)

REPORT_SECONDS = 2.0

MODES = [
    app_commands.Choice(name="edit: write this server's own text", value="edit"),
    app_commands.Choice(name="default: use the common text", value="default"),
    app_commands.Choice(name="off: announce no runs on this server", value="off"),
]


class RunsCog(commands.Cog, name="Runs"):
    """What each explored node brings."""

    run = app_commands.Group(name="run", description="Count what one stay at a node brings.")

    def __init__(
        self,
        book: RunBook,
        reports: RunReports,
        notices: NoticeBook,
        news: RunNews,
        sweeping: Sweeping = unfollowed,
    ) -> None:
        self._book = book
        self._sweeping = sweeping
        self._reports = reports
        self._notices = notices
        self._news = news
        self._failed = False

    async def cog_load(self) -> None:
        """Start the timer."""
        self.report.start()

    async def cog_unload(self) -> None:
        """Stop the timer, and log what is left."""
        self.report.cancel()
        await self._write()

    @run.command(name="start", description="Begin a run here and now; one under way is abandoned.")
    async def start(self, interaction: discord.Interaction) -> None:
        """Begin."""
        async with answering(interaction):
            work = self._book.start(session_of(interaction))
            begun = await discord_io.soon(interaction, work, thinking=True)
            await discord_io.publish(interaction, embed=run_embeds.begun_embed(begun), files=[], alone=True)

    @run.command(name="finish", description="End the run under way and count what it brought.")
    async def finish(self, interaction: discord.Interaction) -> None:
        """End."""
        async with answering(interaction):
            work = self._book.finish(session_of(interaction))
            run = await discord_io.soon(interaction, work, thinking=True)
            await discord_io.publish(interaction, embed=run_embeds.finished_embed(run), files=[], alone=True)

    @run.command(name="pause", description="Stop the run's clock, or let it go on.")
    async def pause(self, interaction: discord.Interaction) -> None:
        """Pause or go on."""
        async with answering(interaction):
            work = self._book.pause(session_of(interaction))
            run, seconds = await discord_io.soon(interaction, work, thinking=True)
            await discord_io.publish(
                interaction, embed=run_embeds.paused_embed(run, seconds), files=[], alone=True
            )

    @run.command(name="abandon", description="Give the run under way up; it counts for nothing.")
    async def abandon(self, interaction: discord.Interaction) -> None:
        """Give up."""
        async with answering(interaction):
            work = self._book.abandon(session_of(interaction))
            run = await discord_io.soon(interaction, work, thinking=True)
            await discord_io.publish(interaction, embed=run_embeds.abandoned_embed(run), files=[], alone=True)

    @run.command(name="notice", description="Choose how this server announces runs (admins).")
    @app_commands.describe(mode="What to do with the text of the notices.")
    @app_commands.choices(mode=MODES)
    async def notice(self, interaction: discord.Interaction, mode: app_commands.Choice[str]) -> None:
        """Open the modal, or switch."""
        async with answering(interaction):
            guild_id = interaction.guild_id
            if guild_id is None:
                await discord_io.whisper(interaction, text.NOTICES_NEED_SERVER)
                return
            _require_manager(interaction)
            if mode.value == "edit":
                template = await self._notices.template(guild_id) or text.RUN_NOTICE
                await interaction.response.send_modal(notice_modal.notice_modal(template))
            else:
                await self._notices.change(guild_id, SILENT if mode.value == "off" else None)
                said = text.NOTICES_OFF if mode.value == "off" else text.NOTICES_DEFAULT
                await discord_io.whisper(interaction, said)

    @app_commands.command(name="session", description="Show what this voyage's runs add up to.")
    async def session(self, interaction: discord.Interaction) -> None:
        """Show the account."""
        async with answering(interaction):
            await discord_io.acknowledge(interaction, thinking=True)
            progress = await self._book.progress(session_of(interaction))
            await discord_io.edit_answer(interaction, embed=run_embeds.progress_embed(progress))

    @commands.Cog.listener()
    async def on_interaction(self, interaction: discord.Interaction) -> None:
        """Take a new template, also from a modal that was opened before a restart of the bot."""
        if interaction.type is not discord.InteractionType.modal_submit:
            return
        if (interaction.data or {}).get("custom_id") != notice_modal.CUSTOM_ID:
            return
        async with answering(interaction):
            _require_manager(interaction)
            template = check_template(notice_modal.template_of(interaction))
            await self._notices.change(interaction.guild_id or 0, template)
            await discord_io.whisper(interaction, f"{text.NOTICES_CHANGED}\n```\n{template}\n```")

    @tasks.loop(seconds=REPORT_SECONDS)
    async def report(self) -> None:
        """Tell the news, then log it."""
        try:
            async with self._sweeping(NOTICES) as waiting:
                waiting |= await self._news.deliver()
        except Exception:
            log.exception("runs not told")
        await self._write()

    async def _write(self) -> None:
        """Log what is not logged; a full disk is told once, and nothing is lost."""
        try:
            async with self._sweeping(RUN_LOG):
                await self._reports.write()
        except OSError as error:
            if not self._failed:
                log.error("runs not logged: %s", error)
            self._failed = True
        except Exception:
            log.exception("runs not logged")
        else:
            self._failed = False


def _require_manager(interaction: discord.Interaction) -> None:
    if not interaction.permissions.manage_guild:
        raise app_commands.MissingPermissions(["manage_guild"])
