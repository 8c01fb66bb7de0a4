"""Runs the bot: with a real token, or in the demo. Sets up the log and the process's limits first."""

import asyncio
import contextlib
import logging
import sys
import tempfile
from pathlib import Path

import aiohttp
import discord

from bot import collector
from bot.app import DeadReckoning, build_bot
from bot.demo import DemoError
from bot.endpoints import point_at
from bot.operations.endpoints import CannotListen
from bot.settings import CommandSync, LogFormat, Settings, secrets_of
from engine.content import ContentFault
from engine_client.closing import BUDGET_SECONDS, CLEANING_SECONDS, leave_now, on_signals
from engine_client.feeds.errors import BadFeed
from engine_client.telemetry.logs import set_up_log
from storage.errors import StorageError

log = logging.getLogger(__name__)


class DataFolderError(Exception):
    """The data folder cannot be made or written to."""


# Source: https://discord.com/developers/docs/topics/opcodes-and-status-codes#gateway-gateway-close-event-codes
_CLOSED = {
    4004: "Discord refuses DISCORD_TOKEN. Copy the token anew from the developer portal into .env.",
    4010: "Discord refuses this shard. Check SHARD_COUNT and SHARD_IDS.",
    4011: "Discord wants more shards than SHARD_COUNT. Raise it in every process, or leave it empty.",
}
_CANNOT_START = (DataFolderError, StorageError, ContentFault, BadFeed, CannotListen)
THREAD_TURN_SECONDS = 0.0005
# What these say at start helps nobody who runs the bot: migrations one by one, voice that is not used, a
# cache without an intent that is not needed.
_NOISY = {"alembic": logging.WARNING, "discord.client": logging.ERROR, "discord.state": logging.ERROR}


def run(settings: Settings, token: str) -> int:
    """Run with a real token until a signal comes. Gives the exit code."""
    prepare_process(settings)
    try:
        make_folder(settings.data_dir)
        point_at(settings.discord_api_url, settings.discord_gateway_url)
        return asyncio.run(_run_until_signal(settings, token))
    except discord.LoginFailure:
        log.error("Discord refuses DISCORD_TOKEN. Copy the token anew from the developer portal into .env.")
    except discord.PrivilegedIntentsRequired:
        log.error("Discord refuses the intents. This bot needs no privileged one: check the application.")
    except _CANNOT_START as error:
        log.error("%s", error)
    except discord.ConnectionClosed as error:
        log.error("%s", _CLOSED.get(error.code, f"Discord closed the connection for good ({error.code})."))
    except (aiohttp.ClientError, OSError, discord.GatewayNotFound) as error:
        log.error("Discord cannot be reached: %s", error)
    return 1


async def demo(settings: Settings, *, port: int, open_browser: bool) -> int:
    """Run the demo until a signal comes. Its data is its own, and gone when it ends."""
    prepare_process(settings)
    try:
        from bot.demo.server import serve
    except ModuleNotFoundError as error:
        log.error("The demo needs more packages (%s is missing): pip install '.[demo]'", error.name)
        return 1
    try:
        make_folder(settings.data_dir)
        with tempfile.TemporaryDirectory(prefix="demo-", dir=settings.data_dir) as folder:
            changes = {"data_dir": Path(folder), "database_url": "", "engine_url": "", "files_url": ""}
            # simcord owns the event loop's clock, so nothing else may set timers there.
            changes |= {"ops_port": 0}
            changes |= {"command_sync": CommandSync.ALWAYS, "tape_flipbook": True}
            changes["tape_threads"] = settings.tape_threads or 1
            chosen = settings.model_copy(update=changes)
            await serve(lambda: build_bot(chosen), port=port, open_browser=open_browser)
    except (DemoError, *_CANNOT_START) as error:
        log.error("%s", error)
        return 1
    return 0


def make_folder(folder: Path) -> None:
    """Make the data folder. Raises DataFolderError, whose text names the variable."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        said = f"DATA_DIR ({folder}) cannot be used: {error.strerror}. Choose another folder."
        raise DataFolderError(said) from error


def prepare_process(settings: Settings) -> None:
    """Set up the log, the threads' turn length, and raise the soft limit of open files to the hard one.

    A thousand busy channels were seen to hold 1,450 sockets, more than the usual soft limit of 1,024. With
    the interpreter's usual 5 ms the event loop waits that long for each drawing thread: half a millisecond
    is enough for them, and lets clicks through.
    """
    sys.setswitchinterval(THREAD_TURN_SECONDS)
    collector.collect_seldom()
    set_up_log(
        settings.log_level.value,
        as_json=settings.log_format is LogFormat.JSON,
        secrets=secrets_of(settings),
        quieter=_NOISY,
    )
    with contextlib.suppress(ImportError, ValueError, OSError):
        import resource

        _soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


async def _run_until_signal(settings: Settings, token: str) -> int:
    async with build_bot(settings) as bot:
        asked = asyncio.Event()
        on_signals(asked.set)
        running, waiting = asyncio.create_task(bot.start(token)), asyncio.create_task(asked.wait())
        settling = asyncio.create_task(_settle(bot))
        await asyncio.wait({running, waiting}, return_when=asyncio.FIRST_COMPLETED)
        waiting.cancel()
        settling.cancel()
        if running.done():
            await running  # it ends by itself only with an error
        log.info("stopping: what was accepted is finished, at most %.0f s", BUDGET_SECONDS)
        if not bot.set_up:
            running.cancel()
            await asyncio.wait({running}, timeout=CLEANING_SECONDS)
        await bot.close()
        running.cancel()
        await asyncio.wait({running}, timeout=CLEANING_SECONDS)
    if bot.cut:
        log.warning("stopped, without %s; every accepted turn is stored", " and ".join(bot.cut))
        leave_now(0)  # a thread may hang where it was cut off
    log.info("stopped; every accepted turn is stored")
    return 0


async def _settle(bot: DeadReckoning) -> None:
    """Once the bot is ready, spare what it has loaded from the collector's looks."""
    await bot.wait_until_ready()
    collector.keep_what_stands()
