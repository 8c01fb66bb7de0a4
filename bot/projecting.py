"""The live path of an engine elsewhere, and the timer that keeps the projector at its work."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING

from discord.ext import commands, tasks

from bot.remote_engine import promising
from sessions.projections.elsewhere import RUNS, TAPE_PROMISES
from sessions.projections.live import followed
from sessions.runs.watching import watched

if TYPE_CHECKING:
    from engine_client.protocol import GameEngineClient
    from sessions.projections.projector import Projector
    from sessions.runs.book import RunBook

log = logging.getLogger(__name__)

ROUND_SECONDS = 3.0


def live_apart(
    engine: GameEngineClient,
    projector: Projector,
    runs: RunBook,
    promise: Callable[[str, int], Awaitable[object]],
) -> GameEngineClient:
    """Give an engine elsewhere as the bot plays on it: its turns are told, accounted, its tapes promised."""
    told = followed(engine, projector.accepted)
    accounted = watched(told, runs, partial(projector.done, RUNS))
    return promising(accounted, promise, partial(projector.done, TAPE_PROMISES))


class ProjectingCog(commands.Cog, name="Projecting"):
    """Lets the projector work in the background. `held` gives the shards that are this process's."""

    def __init__(
        self,
        bot: commands.Bot | commands.AutoShardedBot,
        projector: Projector,
        held: Callable[[], Mapping[int, int]],
    ) -> None:
        self._bot = bot
        self._projector = projector
        self._shards = held
        self._held: Mapping[int, int] = {}
        self._failed = False

    async def cog_load(self) -> None:
        """Start the timer."""
        self.follow.start()

    async def cog_unload(self) -> None:
        """Stop the timer; the services write the last cursors when they close."""
        self.follow.cancel()

    @tasks.loop(seconds=ROUND_SECONDS)
    async def follow(self) -> None:
        """Do a round; a failure is logged once and the next round tries again."""
        held = dict(self._shards())
        if held != self._held:  # sessions have become ours, whose process may have died
            self._held = held
            self._projector.look_again()
        try:
            await self._projector.run_once()
        except Exception as error:
            if not self._failed:
                log.error("projections not followed", exc_info=error)
            self._failed = True
        else:
            self._failed = False

    @follow.before_loop
    async def _when_ready(self) -> None:
        await self._bot.wait_until_ready()
