"""Two processes on one PostgreSQL: who works for a shard, and what happens when both believe that they do."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any, cast

import pytest

from bot.helm import Helm
from bot.keeper import BoardKeeper
from bot.resume import Resume
from bot.services import Parts, Services, open_services
from bot.settings import Settings
from bot.shards import Shards
from engine_client.models import Turn, TurnRef, parse_session_id
from sessions.countdown import Deadline
from sessions.holding import LOOK_SECONDS, TTL_SECONDS
from sessions.play import Played

NEAR, FAR = 0 << 22, 1 << 22
ALL = Shards(2, frozenset({0, 1}))


class Keeper:
    """Notes which turns were to be shown."""

    def __init__(self) -> None:
        self.shown: list[TurnRef] = []

    async def refresh(self, _session_id: str, played: Played) -> None:
        self.shown.append(played.turn.ref)


class Process:
    """One process's services, as far as a countdown needs them."""

    def __init__(self, services: Services) -> None:
        self.services = services
        self.keeper = Keeper()
        books = (services.channels, services.votes, services.countdowns)
        keeper = cast(BoardKeeper, self.keeper)
        self.helm = Helm(services.engine, services.play, keeper, *books)
        boards, countdowns, fleet = services.boards, services.countdowns, services.fleet
        self.resume = Resume(services.engine, boards, services.channels, countdowns, fleet.shard_of)

    async def gain(self) -> None:
        """Keep the leases, and take up what was gained."""
        await self.services.fleet.holding.keep()
        await self.resume.once(self.services.fleet.held())


class World:
    """Processes on one database, and their common clock."""

    def __init__(self, url: str, folder: Path, stack: AsyncExitStack) -> None:
        self.now = 1_000_000.0
        self._url = url
        self._folder = folder
        self._stack = stack

    async def process(self, name: str, shards: Shards = ALL) -> Process:
        async def on_end(_turn: Turn) -> None:
            return None

        async def limit(_session_id: str) -> int:
            return 10_000_000

        folder = self._folder / name
        settings = Settings(_env_file=None, data_dir=folder, database_url=self._url)  # type: ignore[call-arg]
        parts = Parts(lambda: self.now, on_end, limit, seeds=lambda: 5, shards=shards)
        services = await open_services(settings, parts)
        self._stack.push_async_callback(services.close)
        return Process(services)


@pytest.fixture
async def world(postgres: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[World]:
    async with AsyncExitStack() as stack:
        world = World(await postgres.create(), tmp_path, stack)
        monkeypatch.setattr("bot.services._steady_seconds", lambda: world.now)
        yield world


async def launch(process: Process, name: str, guild_id: int, *, countdown: int = 60) -> Turn:
    """Fly a voyage of a server's channel, with a countdown and a board."""
    session_id, services = parse_session_id(name), process.services
    await services.channels.change(session_id, countdown=countdown, auto_advance=True)
    turn = (await services.play.open(session_id, turn_id=f"launch-{name}", captain="Ada")).turn
    await services.boards.placed(turn, guild_id, int(name), 99)
    return turn


def watched(process: Process) -> list[str]:
    return sorted(deadline.session_id for deadline in process.services.countdowns.counting())


async def test_two_bots_that_both_believe_they_hold_the_shard_take_one_turn(world: World) -> None:
    first, second = await world.process("a"), await world.process("b")
    turn = await launch(first, "7", NEAR)
    await second.services.play.current(parse_session_id("7"))
    world.now += 60
    deadline = Deadline(parse_session_id("7"), turn.ref, world.now)
    await asyncio.gather(*(process.helm.advance(deadline) for process in (first, second, first, second)))
    journal = await first.services.engine.turns(deadline.session_id, after=TurnRef(0, 0))
    assert [entry.turn_id for entry in journal] == ["launch-7", "auto-7-1-1"]
    shown = first.keeper.shown + second.keeper.shown
    assert shown
    assert set(shown) == {TurnRef(1, 2)}, "whoever shows a turn shows the one that was taken"


async def test_each_process_takes_up_the_sessions_of_its_shards(world: World) -> None:
    near = await world.process("a", Shards(2, frozenset({0})))
    far = await world.process("b", Shards(2, frozenset({1})))
    await launch(near, "7", NEAR)
    await launch(near, "8", FAR)
    for process in (near, far):
        await process.gain()
    assert watched(near) == ["7"]
    assert watched(far) == ["8"]


async def test_a_standby_takes_up_at_once_what_a_stopped_process_gave_back(world: World) -> None:
    first, second = await world.process("a"), await world.process("b")
    turn = await launch(first, "7", NEAR)
    await first.gain()
    await second.gain()
    assert (watched(first), watched(second)) == (["7"], [])
    await first.services.fleet.holding.close()
    world.now += LOOK_SECONDS
    await second.gain()
    assert watched(second) == ["7"]
    assert second.services.countdowns.counting()[0].at == turn.at + 60, "its countdown goes on, not anew"


async def test_a_standby_takes_up_what_a_dead_process_held_within_the_bound(world: World) -> None:
    first, second = await world.process("a"), await world.process("b")
    await launch(first, "7", NEAR)
    await first.gain()
    died_at = world.now
    while not watched(second):
        world.now += second.services.fleet.holding.pause
        await second.gain()
    assert world.now - died_at <= TTL_SECONDS + 0.2
    assert not first.services.fleet.mine(NEAR), "and the dead one, should it live, knows that it is"


async def test_a_board_that_moved_while_another_process_worked_is_not_put_back(world: World) -> None:
    first, second = await world.process("a"), await world.process("b")
    turn = await launch(first, "7", NEAR)
    assert (await second.services.boards.of("7") or pytest.fail("no board")).message_id == 99
    await first.services.boards.placed(turn, NEAR, 7, 100)
    await second.services.boards.behind("7")
    for process in (first, second):
        row = await process.services.boards.of("7")
        assert row is not None
        assert (row.message_id, row.dirty) == (100, True)


async def test_an_answer_that_another_process_gave_leaves_its_board_alone(world: World) -> None:
    first, second = await world.process("a"), await world.process("b")
    turn = await launch(first, "7", NEAR)
    await second.services.boards.unplaced(turn, NEAR, 7)
    row = await first.services.boards.of("7")
    assert row is not None
    assert row.message_id == 99


async def test_settings_that_one_process_changed_are_the_others_too(world: World) -> None:
    first, second = await world.process("a"), await world.process("b")
    assert (await second.services.channels.of("7")).countdown == 0
    await first.services.channels.change("7", countdown=30, auto_advance=True)
    assert (await second.services.channels.of("7")).countdown == 30


async def test_chores_are_done_by_one_and_by_its_successor(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "sessions.cleanup")
    first, second = await world.process("a"), await world.process("b")
    await first.gain()
    await second.gain()
    assert first.services.cleanup.is_due()
    assert not second.services.cleanup.is_due()
    await first.services.cleanup.run()
    assert not first.services.cleanup.is_due()
    assert caplog.text.count("cleared away") == 1
    died_at = world.now
    while not second.services.cleanup.is_due():
        world.now += second.services.fleet.holding.pause
        await second.gain()
    assert world.now - died_at <= TTL_SECONDS + 0.2
    await second.services.cleanup.run()
    assert caplog.text.count("cleared away") == 2
