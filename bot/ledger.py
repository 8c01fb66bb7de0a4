"""Runs and history, put together for the composition root: two cogs and what they work with."""

from collections.abc import Callable

from discord.ext import commands

from bot.charts.studio import Charts
from bot.cogs.history import HistoryCog
from bot.cogs.runs import RunsCog
from bot.projecting import ProjectingCog
from bot.run_news import RunNews
from bot.services import Services
from bot.settings import Settings
from sessions.history.book import History
from sessions.history.chronicle import Chronicle
from sessions.history.files import HistoryFile
from sessions.projections.sweeps import Mine, everything
from sessions.runs.notices import NoticeBook
from sessions.runs.reports import RunReports


async def add_ledger(
    bot: commands.Bot | commands.AutoShardedBot,
    services: Services,
    settings: Settings,
    clock: Callable[[], float],
    mine: Mine = everything,
) -> None:
    """Add `/run`, `/session`, `/history` and their like, and the projector's timer. Logs go to DATA_DIR/logs.

    `mine` says which sessions' background work is this process's.
    """
    services.projector.only(mine)
    store, logs = services.store, settings.data_dir / "logs"
    reports = RunReports(logs, store.runs, mine=mine)
    notices = NoticeBook(store.run_notices)
    news = RunNews(bot, reports, notices, services.boards, clock)
    history = History(store.history, keep=settings.voyages_kept)
    chronicle = Chronicle(services.engine, store.runs, history, mine=mine)
    sweeping = services.projector.sweeping
    await bot.add_cog(RunsCog(services.runs, reports, notices, news, sweeping))
    charts, file = Charts(settings.data_dir / "cache"), HistoryFile(logs, history)
    await bot.add_cog(HistoryCog(bot, history, chronicle, file, charts, sweeping=sweeping, mine=mine))
    await bot.add_cog(ProjectingCog(bot, services.projector, services.fleet.held))
