"""The timers: countdowns that end, boards that are behind. `tasks.loop`s, so that a test can move time."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from discord.ext import commands, tasks

from engine_client.errors import EngineError
from engine_client.telemetry.context import working_for

if TYPE_CHECKING:
    from bot.helm import Helm
    from bot.keeper import BoardKeeper
    from bot.resume import Resume
    from sessions.countdown import Countdowns, Deadline

log = logging.getLogger(__name__)

TICK_SECONDS = 1.0
SWEEP_SECONDS = 5.0
REST_SECONDS = 300.0


class ClockCog(commands.Cog, name="Clock"):
    """Lets time pass."""

    def __init__(
        self,
        helm: Helm,
        keeper: BoardKeeper,
        countdowns: Countdowns,
        resume: Resume,
        tidy: Callable[[], Awaitable[None]],
    ) -> None:
        self._helm = helm
        self._keeper = keeper
        self._countdowns = countdowns
        self._resume = resume
        self._tidy = tidy

    async def cog_load(self) -> None:
        """Start the timers."""
        self.tick.start()
        self.sweep.start()
        self.rest.start()

    async def cog_unload(self) -> None:
        """Stop the timers."""
        self.tick.cancel()
        self.sweep.cancel()
        self.rest.cancel()

    @tasks.loop(seconds=TICK_SECONDS)
    async def tick(self) -> None:
        """Let every countdown that has ended take its turn, once what was left open is taken up."""
        try:
            await self._resume.once()
        except EngineError as error:
            log.debug("not resumed yet: %s", error)  # the transport has said it; the next tick tries again
            return
        for deadline in self._countdowns.due():
            await self._advance(deadline)

    @tasks.loop(seconds=SWEEP_SECONDS)
    async def sweep(self) -> None:
        """Bring boards that are behind up to date."""
        await self._keeper.sweep()

    @tasks.loop(seconds=REST_SECONDS)
    async def rest(self) -> None:
        """Save what changed and let idle sessions leave memory."""
        try:
            await self._tidy()
        except Exception:
            log.exception("sessions not tidied")

    async def _advance(self, deadline: Deadline) -> None:
        """Advance one session; whatever fails there stops no other, and is tried again at the next tick."""
        try:
            with working_for(
                deadline.session_id, interaction="countdown", voyage=deadline.ref.voyage, turn=deadline.ref.n
            ):
                await self._helm.advance(deadline)
        except Exception:
            log.exception("countdown not carried out session=%s", deadline.session_id)
            self._countdowns.postpone(deadline)
        else:
            self._countdowns.drop(deadline)
