"""A process that plays many sessions as hard as it can until somebody kills it.

Every action is delivered one to three times at once, some again much later. What was sent and what was
acknowledged is appended to a log, one line each, before and after: the log is what the store is judged by.
"""

import argparse
import asyncio
import os
import random
import time
from pathlib import Path

from engine.content import load_content
from engine.manager import Accepted, SessionManager
from engine.rules.errors import RuleError
from engine.rules.moves import Abandon, Choose, Move, Wait
from engine.session_errors import SessionError, StoreAway
from storage.store import Store

SESSIONS = 24
RESTARTS = 0.02  # of all actions end their voyage
LATE = 0.05  # of all actions are delivered once more, some turns later


class Player:
    """Plays one session after another turn, and writes down what happened."""

    def __init__(self, manager: SessionManager, log: int, run: str) -> None:
        self._manager = manager
        self._log = log
        self._run = run

    async def play(self, session_id: str) -> None:
        """Play a session for ever."""
        dice, number = random.Random(f"{self._run}/{session_id}"), 0
        late: list[tuple[Move, str, tuple[int, int]]] = []
        while True:
            number += 1
            turn_id = f"{session_id}/{self._run}/{number}"
            try:
                session = await self._manager.get_session(session_id)
                if session is None or not session.active:
                    place = session.place if session else (0, 0)
                    await self._deliver(session_id, None, turn_id, place, dice.randint(1, 3))
                    continue
                move = Choose(dice.choice(session.outcome.choices).id)
                if dice.random() < RESTARTS:
                    move = Abandon("restart")
                if dice.random() < LATE:
                    late.append((move, turn_id, session.place))
                await self._deliver(session_id, move, turn_id, session.place, dice.randint(1, 3))
                if late and dice.random() < LATE:
                    await self._deliver(session_id, *late.pop(0), 1)
            except StoreAway:
                await asyncio.sleep(0.05)

    async def redeliver(self, line: str) -> None:
        """Deliver again what an earlier run sent, perhaps in vain."""
        _, session_id, turn_id, voyage, n = line.split()
        move = None if turn_id.endswith("/1") and n == "0" else Wait()
        await self._deliver(session_id, move, turn_id, (int(voyage), int(n)), 1)

    async def _deliver(
        self, session_id: str, move: Move | None, turn_id: str, place: tuple[int, int], times: int
    ) -> None:
        self._write("sent", session_id, turn_id, *place)
        deliveries = [self._once(session_id, move, turn_id, place) for _ in range(times)]
        for result in await asyncio.gather(*deliveries, return_exceptions=True):
            if isinstance(result, Accepted):
                self._write("kept", session_id, turn_id, result.row.voyage, result.row.n)
            elif isinstance(result, StoreAway) or not isinstance(result, SessionError | RuleError):
                raise result

    async def _once(
        self, session_id: str, move: Move | None, turn_id: str, place: tuple[int, int]
    ) -> Accepted:
        if move is None:
            return await self._manager.launch(session_id, turn_id=turn_id, captain="Ada")
        return await self._manager.act(session_id, move, turn_id=turn_id, expected=place, actor="Ada")

    def _write(self, *words: object) -> None:
        os.write(self._log, (" ".join(map(str, words)) + "\n").encode())


async def _main(location: str, log: Path, run: str, earlier: list[str]) -> None:
    dice = random.Random(run)
    store = await Store.open(location)
    manager = SessionManager(
        store, load_content(), clock=time.time, seeds=lambda: dice.getrandbits(40), folder=log.parent
    )
    descriptor = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
    player = Player(manager, descriptor, run)
    for line in [line for line in earlier if line.startswith("sent")][-200:]:
        if dice.random() < 0.2:
            await player.redeliver(line)
    await asyncio.gather(*[player.play(f"s{number}") for number in range(SESSIONS)])


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("location")
    parser.add_argument("log", type=Path)
    parser.add_argument("run")
    options = parser.parse_args()
    lines = options.log.read_text("utf-8").splitlines() if options.log.exists() else []
    asyncio.run(_main(options.location, options.log, options.run, lines))
