"""Runs and history, put together for the composition root: two cogs and what they work with."""

from collections.abc import Callable

from discord.ext import commands

from bot.charts.studio import Charts
from bot.cogs.history import HistoryCog
from bot.cogs.runs import RunsCog
from bot.run_news import RunNews
from bot.services import Services
from bot.settings import Settings
from sessions.history.book import History
from sessions.history.chronicle import Chronicle
from sessions.history.files import HistoryFile
from sessions.runs.notices import NoticeBook
from sessions.runs.reports import RunReports


async def add_ledger(
    bot: commands.Bot | commands.AutoShardedBot,
    services: Services,
    settings: Settings,
    clock: Callable[[], float],
) -> None:
    """Add `/run`, `/session`, `/history` and their like. Logs go to DATA_DIR/logs."""
    store, logs = services.store, settings.data_dir / "logs"
    reports = RunReports(logs, store.runs)
    notices = NoticeBook(store.run_notices)
    news = RunNews(bot, reports, notices, services.boards, clock)
    history = History(store.history, keep=settings.voyages_kept)
    chronicle = Chronicle(services.engine, store.runs, history)
    await bot.add_cog(RunsCog(services.runs, reports, notices, news))
    charts = Charts(settings.data_dir / "cache")
    await bot.add_cog(HistoryCog(bot, history, chronicle, HistoryFile(logs, history), charts))
