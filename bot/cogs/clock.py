"""The timers: leases, countdowns that end, boards that are behind, chores.

They are `tasks.loop`s, so that a test can move time. Each does its work for the servers whose shard this
process holds, and for no others.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from discord.ext import commands, tasks

from engine_client.errors import EngineError
from engine_client.telemetry.context import working_for

if TYPE_CHECKING:
    from bot.fleet import Fleet
    from bot.helm import Helm
    from bot.keeper import BoardKeeper
    from bot.resume import Resume
    from sessions.cleanup import Cleanup
    from sessions.countdown import Countdowns, Deadline

log = logging.getLogger(__name__)

HOLD_SECONDS = 1.0  # at first; then as the leases want it
TICK_SECONDS = 1.0
RESUME_SECONDS = 1.0
SWEEP_SECONDS = 5.0
REST_SECONDS = 300.0


class ClockCog(commands.Cog, name="Clock"):
    """Lets time pass."""

    def __init__(
        self,
        fleet: Fleet,
        helm: Helm,
        keeper: BoardKeeper,
        countdowns: Countdowns,
        resume: Resume,
        cleanup: Cleanup,
        tidy: Callable[[], Awaitable[None]],
    ) -> None:
        self._fleet = fleet
        self._helm = helm
        self._keeper = keeper
        self._countdowns = countdowns
        self._resume = resume
        self._cleanup = cleanup
        self._tidy = tidy
        self._clearing: asyncio.Task[None] | None = None

    async def cog_load(self) -> None:
        """Start the timers."""
        for loop in (self.hold, self.take_up, self.tick, self.sweep, self.rest):
            loop.start()

    async def cog_unload(self) -> None:
        """Stop the timers."""
        for loop in (self.hold, self.take_up, self.tick, self.sweep, self.rest):
            loop.cancel()
        if self._clearing is not None:
            self._clearing.cancel()

    @tasks.loop(seconds=HOLD_SECONDS)
    async def hold(self) -> None:
        """Keep the leases; what they allow besides shards is begun the moment that they are gained."""
        holding = self._fleet.holding
        try:
            await holding.keep()
        except Exception:
            log.exception("leases not kept")
        self.hold.change_interval(seconds=holding.pause)
        if self._cleanup.is_due() and (self._clearing is None or self._clearing.done()):
            self._clearing = asyncio.create_task(self._clear(), name="cleanup")

    @tasks.loop(seconds=RESUME_SECONDS)
    async def take_up(self) -> None:
        """Take up what the last process left open, in each shard that was gained."""
        try:
            await self._resume.once(self._fleet.held())
        except EngineError as error:
            log.debug("not resumed yet: %s", error)  # the transport has said it; the next time tries again
        except Exception:
            log.exception("not resumed yet")

    @tasks.loop(seconds=TICK_SECONDS)
    async def tick(self) -> None:
        """Let every countdown that has ended take its turn."""
        for deadline in self._countdowns.due():
            await self._advance(deadline)

    @tasks.loop(seconds=SWEEP_SECONDS)
    async def sweep(self) -> None:
        """Bring boards that are behind up to date."""
        try:
            await self._keeper.sweep()
        except Exception:
            log.exception("boards not swept")

    @tasks.loop(seconds=REST_SECONDS)
    async def rest(self) -> None:
        """Save what changed and let idle sessions leave memory."""
        try:
            await self._tidy()
        except Exception:
            log.exception("sessions not tidied")

    async def _advance(self, deadline: Deadline) -> None:
        """Advance one session; whatever fails there stops no other, and is tried again at the next tick.

        One that is another process's is dropped: if it ever becomes ours, it is taken up again.
        """
        try:
            if await self._fleet.works_for(deadline.session_id):
                with working_for(
                    deadline.session_id,
                    interaction="countdown",
                    voyage=deadline.ref.voyage,
                    turn=deadline.ref.n,
                ):
                    await self._helm.advance(deadline)
        except Exception:
            log.exception("countdown not carried out session=%s", deadline.session_id)
            self._countdowns.postpone(deadline)
        else:
            self._countdowns.drop(deadline)

    async def _clear(self) -> None:
        try:
            await self._cleanup.run()
        except Exception:
            log.exception("chores not done")
