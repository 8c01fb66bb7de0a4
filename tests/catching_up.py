"""The bot's house without Discord, for tests of what follows from the journal; run as a script, it plays.

`python -m tests.catching_up FOLDER` plays three sessions until it is killed, and prints each turn that it
acknowledges.
"""

import asyncio
import random
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from bot.services import Parts, Services, open_services
from bot.settings import Settings
from engine.pictures.painter import Painter
from engine_client.errors import ActionRefused
from engine_client.models import Choose, SessionId, Turn, parse_session_id
from sessions.history.book import History
from sessions.history.chronicle import Chronicle
from sessions.history.files import HistoryFile
from sessions.projections.projector import GRACE_SECONDS, LOOK_SECONDS
from sessions.projections.sweeps import HISTORY, NOTICES, RUN_LOG, Mine, everything
from sessions.runs.reports import RunReports

SESSIONS = [parse_session_id(name) for name in ("11", "12", "13")]


class House:
    """The services of one process, its sweeps, and time that the test moves."""

    def __init__(self, services: Services, folder: Path, clock: "Clock", mine: Mine) -> None:
        self.services = services
        self.clock = clock
        store, logs = services.store, folder / "logs"
        services.projector.only(mine)
        self.reports = RunReports(logs, store.runs, mine=mine)
        self.history = History(store.history)
        self.chronicle = Chronicle(services.engine, store.runs, self.history, mine=mine)
        self.file = HistoryFile(logs, self.history)

    async def launch(self, session_id: SessionId, turn_id: str) -> Turn:
        """Launch, and place the board as the keeper does."""
        played = await self.services.play.open(session_id, turn_id=turn_id, captain="Ada")
        await self.services.boards.placed(played.turn, 1, int(session_id), 99)
        return played.turn

    async def choose(self, turn: Turn, index: int = 0) -> Turn:
        """Take a choice that is not refused, and show the board as the keeper does."""
        session_id = SessionId(turn.session_id)
        for choice in turn.choices[index:] + turn.choices[:index]:
            turn_id = f"{session_id}-{turn.voyage}-{turn.n}"
            try:
                played = await self.services.play.take_turn(
                    session_id, Choose(choice.id), turn_id=turn_id, expected=turn.ref, actor="Ada"
                )
            except ActionRefused:
                continue
            await self.services.boards.placed(played.turn, 1, int(session_id), 99)
            return played.turn
        raise AssertionError("every choice is refused")

    async def restart(self, turn: Turn) -> Turn:
        """End the voyage and launch the next one."""
        played = await self.services.play.restart(
            SessionId(turn.session_id),
            turn_id=f"{turn.session_id}-{turn.voyage}-again",
            expected=turn.ref,
            captain="Ada",
        )
        await self.services.boards.placed(played.turn, 1, int(turn.session_id), 99)
        return played.turn

    async def sweep(self) -> None:
        """Do what the cogs' timers do."""
        projector = self.services.projector
        async with projector.sweeping(NOTICES):
            await self.reports.told(await self.reports.news())
        async with projector.sweeping(RUN_LOG):
            await self.reports.write()
        async with projector.sweeping(HISTORY) as waiting:
            await self.chronicle.catch_up()
            await self.file.write()
            waiting |= self.chronicle.waiting

    async def settle(self) -> None:
        """Let so much time pass that everything is repeated, swept and written."""
        for _ in range(2):
            self.clock.now += max(GRACE_SECONDS, LOOK_SECONDS) + 1
            await self.services.projector.run_once()
            await self.sweep()
        await self.services.projector.run_once()


class Clock:
    """Time that goes on by itself a little, so that no two turns are at the same moment."""

    def __init__(self, now: float) -> None:
        self.now = now

    def __call__(self) -> float:
        self.now += 0.01
        return self.now


async def build(
    folder: Path, now: float, painter: Painter | None = None, mine: Mine = everything, **changes: object
) -> House:
    """Start a process on a folder."""

    async def on_end(_turn: Turn) -> None:
        """Leave the tape in the queue."""

    async def limit(_session_id: str) -> int:
        return 10_000_000

    clock = Clock(now)
    settings = Settings(_env_file=None, data_dir=folder, **changes)  # type: ignore[call-arg]
    parts = Parts(clock, on_end, limit, seeds=lambda: 5, painter=painter)
    return House(await open_services(settings, parts), folder, clock, mine)


@asynccontextmanager
async def house(
    folder: Path, now: float, painter: Painter | None = None, **changes: object
) -> AsyncIterator[House]:
    """Run a process on a folder, and stop it cleanly."""
    built = await build(folder, now, painter, **changes)
    try:
        yield built
    finally:
        await built.services.close()


async def play_for_ever(folder: Path) -> None:
    """Play at random, with everything that runs beside it, until somebody kills this process."""
    dice = random.Random(3)
    built = await build(folder, time.time())
    turns = {session_id: await built.launch(session_id, f"launch-{session_id}") for session_id in SESSIONS}

    async def follow() -> None:
        while True:
            await built.services.projector.run_once()
            await built.sweep()
            await asyncio.sleep(0.05)

    following = asyncio.create_task(follow())
    while not following.done():
        for session_id, turn in turns.items():
            if turn.end is not None or dice.random() < 0.05:
                turns[session_id] = await (
                    built.restart(turn)
                    if turn.end is None
                    else built.launch(session_id, f"launch-{session_id}-{turn.voyage}")
                )
            else:
                turns[session_id] = await built.choose(turn, dice.randrange(len(turn.choices)))
            newest = turns[session_id]
            sys.stdout.write(f"kept {session_id} {newest.voyage} {newest.n}\n")
            sys.stdout.flush()
    await following


if __name__ == "__main__":
    asyncio.run(play_for_ever(Path(sys.argv[1])))
