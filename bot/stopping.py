"""The order of a clean stop, and how long each part of it may take. At most ten seconds, whatever hangs.

Doors closed, timers stopped, running turns answered, boards that count down told, tape jobs given back,
saves and cursors written, leases released, Discord left, the store closed. What was acknowledged is in the
store before any of it; what is cut off here is made up for at the next start.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import discord
from discord.ext import commands, tasks

from bot import discord_io, text
from bot.keeper import BoardKeeper
from bot.services import Services
from engine_client.closing import Step

log = logging.getLogger(__name__)

# Together with what a cut costs (engine_client.closing) less than LAST_RESORT_SECONDS.
TIMERS, TURNS, WAITING, BOARDS, TAPES, SAVES, LEASES, DISCORD, ENGINE, STORE = (
    *(0.6, 2.2, 0.5, 1.3, 0.7),
    *(0.9, 0.5, 0.6, 0.4, 0.6),
)
_ANSWERS = "Play"  # the cog that answers until the end: its commands and modals say that the bot restarts


class Underway:
    """The interactions that are being answered."""

    def __init__(self) -> None:
        self._open: dict[int, discord.Interaction] = {}
        self._idle = asyncio.Event()
        self._idle.set()

    @contextmanager
    def one(self, interaction: discord.Interaction) -> Iterator[None]:
        """Count an interaction while the block runs."""
        key = id(interaction)
        self._open[key] = interaction
        self._idle.clear()
        try:
            yield
        finally:
            del self._open[key]
            if not self._open:
                self._idle.set()

    async def idle(self) -> None:
        """Wait until none is being answered."""
        await self._idle.wait()

    @property
    def left(self) -> list[discord.Interaction]:
        """List those that are being answered now, oldest first."""
        return list(self._open.values())


class CleanStop:
    """Stops a bot. `leave` says goodbye to Discord and closes what else is open to the outside."""

    def __init__(
        self,
        bot: commands.Bot | commands.AutoShardedBot,
        services: Services,
        keeper: BoardKeeper,
        underway: Underway,
        leave: Callable[[], Awaitable[None]],
    ) -> None:
        self._bot = bot
        self._services = services
        self._keeper = keeper
        self._underway = underway
        self._leave = leave

    def steps(self) -> list[Step]:
        """Close the doors, now; list what is then to be done, in order."""
        services = self._services
        services.play.close_doors()
        return [
            Step("the timers", TIMERS, lambda: end_loops(self._bot.cogs)),
            Step("the running turns", TURNS, self._finish_turns),
            Step("the players who still wait", WAITING, self._tell_waiting),
            Step("the boards that count down", BOARDS, self._pause_boards),
            Step("the tapes", TAPES, self._give_tapes_back),
            Step("the saves", SAVES, self._save),
            Step("the leases", LEASES, services.release),
            Step("Discord", DISCORD, self._leave),
            Step("the engine", ENGINE, services.leave_engine),
            Step("the store", STORE, services.store.close),
        ]

    async def _finish_turns(self) -> None:
        await self._underway.idle()
        await self._services.play.settle_frames()

    async def _tell_waiting(self) -> None:
        """Answer those whose turn did not come back in time. It may have been taken: the board will tell."""
        waiting = self._underway.left
        if waiting:
            log.warning("stopping: players without their turn's answer count=%d", len(waiting))
            await asyncio.gather(
                *(discord_io.tell(one, text.STOPPING) for one in waiting), return_exceptions=True
            )

    async def _pause_boards(self) -> None:
        counting = self._services.countdowns.counting()
        if counting:
            said = await self._keeper.pause(counting)
            log.info("stopping: boards paused count=%d of=%d", said, len(counting))

    async def _give_tapes_back(self) -> None:
        await self._services.tapes.give_back()
        await self._services.play.leave_ends()
        await self._services.tapes.stop()

    async def _save(self) -> None:
        """Write what is behind: the logs' and trackers' last words, and the readable saves."""
        others = [name for name in self._bot.cogs if name != _ANSWERS]
        await asyncio.gather(*(self._bot.remove_cog(name) for name in others), self._services.save())
        await self._services.projector.flush()  # what the cogs' last words have moved


async def end_loops(cogs: Mapping[str, commands.Cog]) -> None:
    """Stop every cog's timers; one in the midst of its work may finish it, until this is cut off."""
    busy: list[asyncio.Task[Any]] = []
    for cog in cogs.values():
        for loop in vars(cog).values():
            if not isinstance(loop, tasks.Loop) or (task := loop.get_task()) is None:
                continue
            if _rests(loop):
                loop.cancel()
            else:
                loop.stop()
                busy.append(task)
    try:
        if busy:
            await asyncio.wait(busy)
    finally:
        for task in busy:
            task.cancel()


def _rests(loop: tasks.Loop[Any]) -> bool:
    """Say whether a timer sleeps, or has not begun. discord.py tells nobody, so this looks at its handle."""
    handle = loop._handle
    return loop.next_iteration is None or (handle is not None and not handle.done())
