"""The demo's life: build the little Discord, attach the bot, keep time running, serve the page, close.

It must not know the game, and it never calls `bot.start()`: simcord logs the bot in and runs its setup_hook.
"""

import asyncio
import logging
import signal
import sys
import time
import webbrowser
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass
from typing import Final

import discord
from aiohttp import web

from bot.demo import page
from bot.demo.simcord_private import LiveEnv, LivePreview, PageParts
from bot.demo.world import World, build_world, find_place, helm_picture, list_places

log = logging.getLogger(__name__)

PUBLISH_EVERY: Final = 0.15  # Seconds between two looks for changes.
PUBLISH_SHARE: Final = 4  # A slow publication rests four times as long as it took: many pages, long channels.
FORGET_EVERY: Final = 30.0


@dataclass(frozen=True)
class DemoWorld:
    """A running demo: the page's address, the environment, its guild, and the page server."""

    address: str
    env: LiveEnv
    world: World
    preview: LivePreview

    def address_of(self, channel: str, person: str) -> str:
        """Give the page's address for a channel and a person, such as `lounge` and `grace`."""
        return f"{self.preview.url}.{channel}.{person}"


@asynccontextmanager
async def demo_world(bot: discord.Client, port: int = 0) -> AsyncIterator[DemoWorld]:
    """Run a bot in the demo and close it at the end. `port` 0 takes a free one.

    Raises DemoError when the port is taken, and whatever the bot's setup_hook raises.
    """
    env = LiveEnv(bot)
    world = build_world(env)
    async with _background(_keep_time(env)):
        try:
            await env.start()
            preview = _make_preview(env, world, port)
            async with preview, _background(_keep_published(env, preview)):
                yield DemoWorld(f"{preview.url}.bridge.ada", env, world, preview)
        finally:
            await env.close()


async def serve(
    build_bot: Callable[[], discord.Client],
    *,
    port: int,
    open_browser: bool,
    on_ready: Callable[[str], None] | None = None,
) -> None:
    """Serve the demo until Ctrl-C or SIGTERM, then close the bot.

    `on_ready` is given the address; without it the address is written to standard output. Raises DemoError.
    """
    stop = asyncio.Event()
    async with demo_world(build_bot(), port) as demo:
        with _stop_on_signals(stop):
            (on_ready or _announce)(demo.address)
            if open_browser:
                await asyncio.to_thread(webbrowser.open, demo.address)
            await stop.wait()


def _announce(address: str) -> None:
    sys.stdout.write(f"\nDead Reckoning flies at {address}\nCtrl-C lands it.\n\n")
    sys.stdout.flush()


def _make_preview(env: LiveEnv, world: World, port: int) -> LivePreview:
    icon = helm_picture(64)

    def file(path: str, place: str | None) -> web.Response | None:
        if path == "/demo.png":
            return page.picture_file(icon)
        if path == "/demo.json":
            return (
                web.Response(status=401) if place is None else page.json_file(list_places(env, world, place))
            )
        return page.own_file(path)

    def place_of(address: str) -> tuple:
        place = find_place(env, world, address)
        return place.channel, place.viewer

    return LivePreview(
        env,
        world.channels["bridge"],
        tuple(world.people.values()),
        timezone="UTC",
        assets=world.pictures,
        port=port,
        parts=PageParts(page.dress, file, place_of),
    )


async def _keep_time(env: LiveEnv) -> None:
    wait = 0.0
    while True:
        await asyncio.sleep(wait)
        wait = env.tick()


async def _keep_published(env: LiveEnv, preview: LivePreview) -> None:
    forget_at = time.monotonic() + FORGET_EVERY
    pause = PUBLISH_EVERY
    while True:
        await asyncio.sleep(pause)
        started = time.monotonic()
        if env.changed():
            preview.publish_changes()
        pause = max(PUBLISH_EVERY, PUBLISH_SHARE * (time.monotonic() - started))
        if time.monotonic() >= forget_at:
            env.forget_media()
            forget_at = time.monotonic() + FORGET_EVERY


@asynccontextmanager
async def _background(work: Awaitable[None]) -> AsyncIterator[None]:
    """Run endless work beside a block; where it ends by itself, say so in the log and go on."""
    task = asyncio.ensure_future(work)
    task.add_done_callback(_report)
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


def _report(task: "asyncio.Future[None]") -> None:
    if not task.cancelled() and (error := task.exception()) is not None:
        log.error("The demo's page stopped following the bot.", exc_info=error)


@contextmanager
def _stop_on_signals(stop: asyncio.Event) -> Iterator[None]:
    loop = asyncio.get_running_loop()
    taken: list[signal.Signals] = []
    for number in (signal.SIGINT, signal.SIGTERM):
        try:
            loop.add_signal_handler(number, stop.set)
            taken.append(number)
        except NotImplementedError:
            # Windows: Ctrl-C cancels the main task instead, and the same closing runs.
            break
    try:
        yield
    finally:
        for number in taken:
            loop.remove_signal_handler(number)
