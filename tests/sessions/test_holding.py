"""Leases of a process: gained, renewed, lost by its own clocks, taken over in time, given back at once."""

import asyncio
import logging
from collections.abc import AsyncIterator, Iterable
from pathlib import Path

import pytest

from sessions.holding import LOOK_SECONDS, MARGIN_SECONDS, RENEW_SECONDS, TTL_SECONDS, Holding
from storage.errors import StoreUnavailable
from storage.leases import Lease, LeaseStore
from storage.store import Store


class Time:
    """A wall clock that can be set, and a steady one that cannot."""

    def __init__(self) -> None:
        self.wall = 1_000_000.0
        self.steady = 50.0

    def pass_(self, seconds: float) -> None:
        self.wall += seconds
        self.steady += seconds


class Rows:
    """The store's leases, that can be away or silent."""

    def __init__(self, leases: LeaseStore) -> None:
        self._leases = leases
        self.away = False
        self.rounds = 0

    def _check(self) -> None:
        self.rounds += 1
        if self.away:
            raise StoreUnavailable("the database is away")

    async def acquire(self, name: str, owner: str, seconds: float, now: float) -> Lease | None:
        self._check()
        return await self._leases.acquire(name, owner, seconds, now)

    async def renew_all(self, owner: str, names: Iterable[str], seconds: float, now: float) -> list[Lease]:
        self._check()
        return await self._leases.renew_all(owner, names, seconds, now)

    async def release_all(self, owner: str, names: Iterable[str]) -> None:
        self._check()
        await self._leases.release_all(owner, names)

    async def ends(self, names: Iterable[str]) -> dict[str, float]:
        self._check()
        return await self._leases.ends(names)


class World:
    """A store, a time, and processes that want the same leases."""

    def __init__(self, store: Store) -> None:
        self.time = Time()
        self.rows = Rows(store.leases)
        self.store = store

    def process(self, owner: str, names: Iterable[str] = ("a", "b"), **changes: frozenset[str]) -> Holding:
        clock, steady = lambda: self.time.wall, lambda: self.time.steady
        return Holding(self.rows, names, owner=owner, clock=clock, steady=steady, **changes)


def epoch_of(lease: Lease | None) -> int:
    assert lease is not None
    return lease.epoch


@pytest.fixture(params=["sqlite", "postgres"])
async def world(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[World]:
    location = str(tmp_path / "x.sqlite3")
    if request.param == "postgres":
        location = await request.getfixturevalue("postgres").create()
    store = await Store.open(location)
    yield World(store)
    await store.close()


async def test_one_of_two_holds_and_keeps_what_both_want(world: World) -> None:
    first, second = world.process("one"), world.process("two")
    await first.keep()
    await second.keep()
    assert first.holds("a")
    assert first.holds("b")
    assert not second.held
    for _renewal in range(20):
        world.time.pass_(RENEW_SECONDS)
        await first.keep()
        await second.keep()
    assert first.holds("a")
    assert not second.holds("a")
    assert epoch_of(await world.store.leases.get("a")) == 1


async def test_what_a_dead_process_held_is_taken_within_the_time_to_live_and_two_tenths(
    world: World,
) -> None:
    first, second = world.process("one"), world.process("two")
    await first.keep()
    await second.keep()
    died_at = world.time.wall
    while not second.holds("a"):
        assert second.pause <= LOOK_SECONDS
        world.time.pass_(second.pause)
        await second.keep()
    assert world.time.wall - died_at <= TTL_SECONDS + 0.2
    assert second.lease("a") == await world.store.leases.get("a")
    assert epoch_of(second.lease("a")) == 2
    assert not first.holds("a"), "the dead one's clock, had it gone on, would have told it"


async def test_what_was_taken_without_hearing_of_it_is_given_back_as_well(world: World) -> None:
    first = world.process("one")
    await first.keep()
    first._held.clear()  # a stop cut the round off between the store and here
    await first.close()
    assert await world.store.leases.ends(["a", "b"]) == {"a": 0.0, "b": 0.0}


async def test_what_is_given_back_is_free_at_once(world: World) -> None:
    first, second = world.process("one"), world.process("two")
    await first.keep()
    await second.keep()
    await first.close()
    assert not first.held
    world.time.pass_(second.pause)
    await second.keep()
    assert second.holds("a")
    await first.keep()
    assert not first.held, "a closed process takes nothing"


async def test_never_do_two_hold_the_same_by_their_clocks(world: World) -> None:
    processes = [world.process(name) for name in ("one", "two", "three")]
    for step in range(200):
        for number, process in enumerate(processes):
            if (step // 20 + number) % 3:  # each in turn is deaf for some seconds
                await process.keep()
            assert sum(other.holds("a") for other in processes) <= 1
        world.time.pass_(0.7)


async def test_a_store_that_is_away_ends_the_work_before_another_begins_it(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    first = world.process("one", ["a"])
    await first.keep()
    world.rows.away = True
    for _second in range(20):
        world.time.pass_(1.0)
        await first.keep()
        assert first.holds("a") == (_second + 1 < TTL_SECONDS - MARGIN_SECONDS)
    assert caplog.text.count("lease lost name=a") == 1
    assert caplog.text.count("the store is away") == 1
    world.rows.away = False
    before = first.pause
    await first.keep()
    assert first.holds("a")
    assert before > LOOK_SECONDS, "an absent store is not hammered"


@pytest.mark.parametrize("jump", [-3600.0, 3600.0])
async def test_a_wall_clock_that_jumps_makes_nobody_hold_for_longer(world: World, jump: float) -> None:
    first = world.process("one", ["a"])
    await first.keep()
    world.time.wall += jump
    assert first.holds("a") == (jump < 0)
    world.time.pass_(TTL_SECONDS - MARGIN_SECONDS)
    assert not first.holds("a")


async def test_a_process_that_was_paused_knows_it_and_counts_a_new_gain(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    first = world.process("one", ["a"])
    await first.keep()
    gained = first.held["a"].gained
    world.time.pass_(60.0)
    assert not first.holds("a")
    await first.keep()
    assert first.holds("a")
    assert first.held["a"].gained > gained
    assert caplog.text.count("lease lost name=a") == 1
    assert caplog.text.count("lease gained name=a") == 2


async def test_a_paused_process_whose_lease_was_taken_does_not_get_it_back(world: World) -> None:
    first, second = world.process("one", ["a"]), world.process("two", ["a"])
    await first.keep()
    world.time.pass_(TTL_SECONDS)
    await second.keep()
    await first.keep()
    assert (first.holds("a"), second.holds("a")) == (False, True)


async def test_a_silent_store_is_given_up_in_time(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    first = world.process("one", ["a"])
    await first.keep()
    monkeypatch.setattr("sessions.holding.ROUND_SECONDS", 0.01)

    async def silent(*_arguments: object) -> list[Lease]:
        return await asyncio.get_running_loop().create_future()

    monkeypatch.setattr(world.rows, "renew_all", silent)
    await first.keep()
    assert first.holds("a"), "it has not run out yet"
    world.time.pass_(TTL_SECONDS)
    assert not first.holds("a")


async def test_a_patient_lease_is_looked_at_when_it_ends_not_all_the_time(world: World) -> None:
    first = world.process("one", ["chores"])
    second = world.process("two", ["chores"], patient=frozenset({"chores"}))
    await first.keep()
    died_at = world.time.wall
    rounds = 0
    while not second.holds("chores"):
        await second.keep()
        world.time.pass_(0.0 if second.holds("chores") else second.pause)
        rounds += 1
    assert world.time.wall - died_at <= TTL_SECONDS + 0.2
    assert rounds < 8
