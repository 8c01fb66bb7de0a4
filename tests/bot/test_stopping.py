"""A clean stop with real services: its order, and that nothing that hangs makes it longer than its shares."""

import asyncio
import threading
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, cast

import pytest
from discord.ext import commands, tasks

from bot import discord_io, stopping, text
from bot.keeper import BoardKeeper
from bot.services import Parts, Services, open_services
from bot.settings import Settings
from bot.stopping import CleanStop, Underway, end_loops
from engine_client import closing
from engine_client.closing import CLEANING_SECONDS, LAST_RESORT_SECONDS, take_steps
from engine_client.models import Choose, Turn, Wait, parse_session_id
from sessions.errors import Stopping
from sessions.tapes import builder
from sessions.tapes.service import TAPE_JOB
from storage.store import Store

ID = parse_session_id("7")
SHARES = ("TIMERS", "TURNS", "WAITING", "BOARDS", "TAPES", "SAVES", "LEASES", "DISCORD", "ENGINE", "STORE")


class Bot:
    """What a stop needs of a bot."""

    def __init__(self) -> None:
        self.cogs: dict[str, commands.Cog] = {}


class World:
    """Services under way, and a stop of them that does not talk to Discord."""

    def __init__(self, services: Services, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.services = services
        self.folder = folder
        self.underway = Underway()
        self.told: list[object] = []
        self.order: list[str] = []
        monkeypatch.setattr(discord_io, "tell", self._tell)

    async def _tell(self, interaction: object, sentence: str) -> None:
        assert sentence == text.STOPPING
        self.told.append(interaction)

    async def leave(self) -> None:
        self.order.append("Discord")

    async def launch(self) -> Turn:
        return (await self.services.play.open(ID, turn_id="launch", captain="Ada")).turn

    async def stop(self) -> list[str]:
        """Stop; give what was cut."""
        keeper = cast(BoardKeeper, None)  # nothing counts down here: test_stop.py has boards
        bot = cast(commands.Bot, Bot())
        steps = CleanStop(bot, self.services, keeper, self.underway, self.leave).steps()
        return await take_steps(steps)

    async def look(self) -> Store:
        """Open what is left in the folder."""
        return await Store.open(self.folder / "dead_reckoning.sqlite3")


async def nothing(_turn: Turn) -> None:
    """Do nothing after an end."""


async def some_limit(_session_id: str) -> int:
    return 10_000_000


@pytest.fixture
async def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[World]:
    settings = Settings(_env_file=None, data_dir=tmp_path, tape_threads=1)  # type: ignore[call-arg]
    services = await open_services(settings, Parts(lambda: 1000.0, nothing, some_limit, seeds=lambda: 5))
    await services.fleet.holding.keep()
    yield World(services, tmp_path, monkeypatch)
    await services.store.close()


def hurry(monkeypatch: pytest.MonkeyPatch, *names: str) -> None:
    """Give some steps a share that a test can wait for."""
    for name in names:
        monkeypatch.setattr(stopping, name, 0.05)


async def forever(*_arguments: object, **_named: object) -> Any:
    await asyncio.get_running_loop().create_future()


def test_all_shares_and_cuts_together_end_before_the_last_resort() -> None:
    shares = [getattr(stopping, name) for name in SHARES]
    assert sum(shares) + len(shares) * CLEANING_SECONDS < LAST_RESORT_SECONDS < closing.BUDGET_SECONDS


async def test_a_quiet_bot_stops_with_nothing_cut_and_its_leases_free(world: World) -> None:
    turn = await world.launch()
    assert await world.stop() == []
    assert world.order == ["Discord"]
    store = await world.look()
    leases = await store.leases.list()
    assert {lease.name for lease in leases} == {"shard:0/1", "cleanup"}
    assert all(lease.owner == "" for lease in leases)
    row = await store.sessions.load(ID)
    assert row is not None
    assert (row.voyage, row.n) == (turn.voyage, turn.n)
    await store.close()
    assert (world.folder / "sessions" / ID / "state.json").is_file()


async def test_a_process_that_has_the_file_to_itself_does_not_wait_for_a_dead_ones_leases(
    tmp_path: Path,
) -> None:
    store = await Store.open(tmp_path / "dead_reckoning.sqlite3")
    for name in ("shard:0/1", "cleanup", "tracker"):
        await store.leases.acquire(name, "killed", 60.0, 1000.0)
    await store.close()
    settings = Settings(_env_file=None, data_dir=tmp_path)  # type: ignore[call-arg]
    services = await open_services(settings, Parts(lambda: 1001.0, nothing, some_limit))
    await services.fleet.holding.keep()
    assert services.fleet.mine(0)
    assert services.cleanup.is_due()
    assert await services.store.leases.acquire("tracker", services.owner, 60.0, 1001.0) is not None
    await services.close()


async def test_a_turn_under_way_is_finished_and_a_new_one_refused(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    turn = await world.launch()
    manager = world.services.manager
    assert manager is not None
    act, arrived, go_on = manager.act, asyncio.Event(), asyncio.Event()

    async def slow(*arguments: Any, **named: Any) -> Any:
        arrived.set()
        await go_on.wait()
        return await act(*arguments, **named)

    monkeypatch.setattr(manager, "act", slow)
    play = world.services.play
    choice = turn.choices[0].id

    async def click(turn_id: str) -> Turn:
        with world.underway.one(cast(Any, turn_id)):
            played = await play.take_turn(ID, Choose(choice), turn_id=turn_id, expected=turn.ref, actor="Ada")
        return played.turn

    under_way = asyncio.create_task(click("first"))
    await arrived.wait()
    stop = asyncio.create_task(world.stop())
    await asyncio.sleep(0)  # the doors close before anything else happens
    with pytest.raises(Stopping):
        await click("second")
    go_on.set()
    assert await stop == []
    assert (await under_way).n == 2
    assert world.told == []
    store = await world.look()
    assert [row.n for row in await store.frames.list(ID, 1)] == [1, 2]
    await store.close()


async def test_an_engine_that_never_answers_is_left_and_its_player_told(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    turn = await world.launch()
    await world.services.play.settle_frames()
    hurry(monkeypatch, "TURNS")
    monkeypatch.setattr(world.services.manager, "act", forever)
    asked = asyncio.Event()

    async def click() -> None:
        with world.underway.one(cast(Any, "ada's click")):
            asked.set()
            await world.services.play.take_turn(ID, Wait(), turn_id="click", expected=turn.ref, actor="Ada")

    waiting = asyncio.create_task(click())
    await asked.wait()
    assert await world.stop() == ["the running turns"]
    assert world.told == ["ada's click"]
    waiting.cancel()
    store = await world.look()
    assert all(lease.owner == "" for lease in await store.leases.list())
    await store.close()


async def test_an_encoder_that_blocks_is_left_and_its_job_given_back(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    hurry(monkeypatch, "TAPES")
    turn = await world.launch()
    ended = await world.services.play.restart(ID, turn_id="again", expected=turn.ref, captain="Ada")
    assert ended.ended is not None
    await world.services.play.settle()
    let_go, begun = threading.Event(), asyncio.Event()
    loop = asyncio.get_running_loop()

    def block(*_arguments: object) -> None:
        loop.call_soon_threadsafe(begun.set)
        let_go.wait(60)
        raise OSError("let go")

    monkeypatch.setattr(builder, "assemble", block)
    building = asyncio.create_task(world.services.tapes.drain())
    await begun.wait()
    try:
        assert await world.stop() == ["the tapes"]
        store = await world.look()
        (job,) = await store.jobs.open(TAPE_JOB)
        assert (job.owner, job.attempt, job.error) == ("", 0, "")
        assert await store.jobs.claim(TAPE_JOB, "next", 30, 1000.0) is not None, "it is due at once"
        await store.close()
    finally:
        let_go.set()
        building.cancel()
        await asyncio.gather(building, return_exceptions=True)


async def test_a_database_that_is_away_holds_nothing_up(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    await world.launch()
    await world.services.play.settle()
    hurry(monkeypatch, "SAVES", "LEASES", "STORE")
    for name in ("read", "write", "close"):
        monkeypatch.setattr(world.services.store.database, name, forever)
    assert await world.stop() == ["the saves", "the leases", "the store"]
    assert world.order == ["Discord"]
    monkeypatch.undo()


async def test_a_discord_that_does_not_answer_holds_nothing_up(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    hurry(monkeypatch, "WAITING", "DISCORD", "TURNS")
    monkeypatch.setattr(discord_io, "tell", forever)
    monkeypatch.setattr(world, "leave", forever)
    with world.underway.one(cast(Any, "a click")):
        cut = await world.stop()
    assert cut == ["the running turns", "the players who still wait", "Discord"]
    store = await world.look()
    await store.close()


class Timers(commands.Cog):
    """A timer that sleeps, one that works, one that never ends its work, one that has not begun."""

    def __init__(self) -> None:
        self.calls: list[str] = []
        self.slept, self.working, self.go_on = asyncio.Event(), asyncio.Event(), asyncio.Event()

    @tasks.loop(seconds=3600)
    async def sleeps(self) -> None:
        self.calls.append("sleeps")
        self.slept.set()

    @tasks.loop(seconds=3600)
    async def works(self) -> None:
        self.working.set()
        await self.go_on.wait()
        self.calls.append("works")

    @tasks.loop(seconds=3600)
    async def waits(self) -> None:
        self.calls.append("waits")

    @waits.before_loop
    async def _never(self) -> None:
        await forever()


async def test_a_timer_in_the_midst_of_its_work_may_finish_it() -> None:
    cog = Timers()
    sleeps, works, waits = cog.sleeps.start(), cog.works.start(), cog.waits.start()
    await cog.working.wait()
    await cog.slept.wait()
    await asyncio.sleep(0)  # into its sleep
    ending = asyncio.create_task(end_loops({"Timers": cog}))
    await asyncio.wait({sleeps, waits}, timeout=10)
    assert sleeps.cancelled()
    assert waits.cancelled()
    assert not ending.done()
    cog.go_on.set()
    await ending
    assert cog.calls == ["sleeps", "works"]
    assert works.done()
    assert not works.cancelled()


async def test_a_timer_that_does_not_end_its_work_is_cut() -> None:
    cog = Timers()
    running = cog.works.start()
    await cog.working.wait()
    cut = await take_steps([closing.Step("the timers", 0.05, lambda: end_loops({"Timers": cog}))])
    assert cut == ["the timers"]
    await asyncio.gather(running, return_exceptions=True)
    assert cog.calls == []
