"""Rounds in which the engine's own process is killed, while players go on over HTTP.

`python -m engine_client.server` dies by SIGKILL at a random moment and is started again on the same port. The
players never stop: 24 sessions over the HTTP transport, which repeats what was not answered under the same
turn id; every action is delivered one to three times at once besides. What becomes of it is judged by the
log and the store (fault_check).
"""

import asyncio
import os
import random
import signal
import socket
import sys
from pathlib import Path

from benchmarks.fault_log import TurnLog
from benchmarks.fault_rounds import LONGEST, PATIENCE
from bot.settings import Settings
from engine_client.errors import EngineAway, EngineError
from engine_client.http import HttpEngineClient
from engine_client.http_options import HttpOptions
from engine_client.models import Abandon, Action, Choose, SessionId, Turn, TurnResult
from storage.store import FILE_NAME

SESSIONS = 24
RESTARTS = 0.02  # of all actions end their voyage
LATE = 0.05  # of all actions are delivered once more, some turns later
# A bot rests from an engine that is away. Here one is away all the time, and those who wait for it should all
# be there the moment that it is back: without a circuit breaker, and never more than 0.2 s between attempts.
OPTIONS = HttpOptions(attempts=100, total=20.0, longest_backoff=0.2, failures=1_000_000)
ROOT = Path(__file__).parents[1]

Delivery = tuple[Action | None, str, Turn | None]


class EnginePlayers:
    """Plays sessions over HTTP for ever, whether or not an engine is there."""

    def __init__(self, client: HttpEngineClient, log: TurnLog) -> None:
        self._client = client
        self._log = log

    async def play(self, name: str) -> None:
        """Play one session for ever."""
        session_id, dice, number = SessionId(name), random.Random(name), 0
        late: list[Delivery] = []
        while True:
            number += 1
            try:
                newest = await self._client.state(session_id)
            except EngineAway:
                await asyncio.sleep(0.05)
                continue
            delivery = _decide(newest, f"{name}/{number}", dice)
            answered = await self._deliver(session_id, delivery, dice.randint(1, 3))
            if not answered or dice.random() < LATE:
                late.append(delivery)
            if late and dice.random() < LATE:
                await self._deliver(session_id, late.pop(0), 1)

    async def _deliver(self, session_id: SessionId, delivery: Delivery, times: int) -> bool:
        """Deliver an action, several times at once; say whether the engine was there."""
        _action, turn_id, on = delivery
        self._log.sent(session_id, turn_id, on.voyage if on else 0, on.n if on else 0)
        calls = [self._once(session_id, delivery) for _ in range(times)]
        results = await asyncio.gather(*calls, return_exceptions=True)
        for result in results:
            if isinstance(result, TurnResult):
                self._log.kept(session_id, turn_id, result.turn.voyage, result.turn.n)
            elif not isinstance(result, EngineError):
                raise result
        return not any(isinstance(result, EngineAway) for result in results)

    async def _once(self, session_id: SessionId, delivery: Delivery) -> TurnResult:
        action, turn_id, on = delivery
        if action is None or on is None:
            return await self._client.start(session_id, turn_id=turn_id, captain="Ada")
        return await self._client.act(session_id, action, turn_id=turn_id, expected=on.ref, actor="Ada")


def _decide(newest: Turn | None, turn_id: str, dice: random.Random) -> Delivery:
    if newest is None or newest.end is not None:
        return None, turn_id, newest
    if dice.random() < RESTARTS:
        return Abandon("restart"), turn_id, newest
    return Choose(dice.choice(newest.choices).id), turn_id, newest


async def engine_rounds(folder: Path, database_url: str, log_file: Path, rounds: int) -> str:
    """Kill and start the engine again and again under its players; give where its store is."""
    port = _free_port()
    client, log = HttpEngineClient(f"http://127.0.0.1:{port}", options=OPTIONS), TurnLog(log_file)
    players = EnginePlayers(client, log)
    tasks = [asyncio.create_task(players.play(f"s{number}")) for number in range(SESSIONS)]
    own = {"DATA_DIR": str(folder), "DATABASE_URL": database_url, "PYTHONPATH": str(ROOT)}
    try:
        for number in range(rounds):
            await _round(random.Random(number), number, port, own, log, tasks)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await client.close()
        log.close()
    return database_url or str(folder / FILE_NAME)


async def _round(
    dice: random.Random,
    number: int,
    port: int,
    own: dict[str, str],
    log: TurnLog,
    players: list[asyncio.Task[None]],
) -> None:
    errors = Path(own["DATA_DIR"]) / f"engine-{number}.log"
    clean = {name: value for name, value in os.environ.items() if name.lower() not in Settings.model_fields}
    with errors.open("wb") as stream:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "engine_client.server", "--port", str(port)),
            cwd=own["DATA_DIR"],
            env=clean | own,
            stdout=stream,
            stderr=stream,
        )
    try:
        if number % 5 == 4:
            await asyncio.sleep(dice.uniform(0.1, 1.5))
        else:
            await _until_kept(log, players, errors)
            await asyncio.sleep(dice.uniform(0, LONGEST))
        if process.returncode is not None:
            raise RuntimeError(f"an engine ended by itself: {_end_of(errors)}")
    finally:
        if process.returncode is None:
            process.send_signal(signal.SIGKILL)
        await process.wait()


async def _until_kept(log: TurnLog, players: list[asyncio.Task[None]], errors: Path) -> None:
    """Wait for a turn that is acknowledged from now on. Raises what a player broke with."""
    log.kept_one.clear()
    kept = asyncio.create_task(log.kept_one.wait())
    done, _waiting = await asyncio.wait(
        {kept, *players}, timeout=PATIENCE, return_when=asyncio.FIRST_COMPLETED
    )
    kept.cancel()
    for player in done - {kept}:
        player.result()
    if not done:
        raise RuntimeError(f"the engine accepts no turn: {_end_of(errors)}")


def _end_of(file: Path) -> str:
    return file.read_text(encoding="utf-8", errors="replace")[-2000:]


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]
