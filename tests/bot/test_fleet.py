"""Which servers a process works for: those whose shard's lease it holds, by its own clock."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.fleet import CLEANUP, Fleet, lease_names
from bot.shards import Shards
from sessions.boards import BoardBook
from sessions.holding import TTL_SECONDS, Holding
from storage.rows import BoardRow
from storage.store import Store

GUILD_OF = {shard: shard << 22 for shard in range(4)}


class World:
    def __init__(self, store: Store) -> None:
        self.store = store
        self.now = 1000.0

    def fleet(self, owner: str, shards: Shards) -> Fleet:
        holding = Holding(
            self.store.leases,
            lease_names(shards),
            owner=owner,
            clock=lambda: self.now,
            steady=lambda: self.now,
            patient=frozenset({CLEANUP}),
        )
        return Fleet(shards, holding, BoardBook(self.store.boards).guild_of)


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    store = await Store.open(tmp_path / "x.sqlite3")
    yield World(store)
    await store.close()


async def test_a_lone_process_works_for_everybody_once_it_holds_its_lease(world: World) -> None:
    fleet = world.fleet("one", Shards(1, frozenset({0})))
    assert not fleet.mine(GUILD_OF[1])
    await fleet.holding.keep()
    assert all(fleet.mine(guild) for guild in [0, *GUILD_OF.values()])
    assert fleet.holding.holds(CLEANUP)
    world.now += TTL_SECONDS
    assert not fleet.mine(0), "a paused process knows it before it does anything"


async def test_each_server_and_the_direct_messages_have_one_process(world: World) -> None:
    low = world.fleet("low", Shards(4, frozenset({0, 1})))
    high = world.fleet("high", Shards(4, frozenset({2, 3})))
    for fleet in (low, high):
        await fleet.holding.keep()
    assert [low.mine(GUILD_OF[n]) for n in range(4)] == [True, True, False, False]
    assert [high.mine(GUILD_OF[n]) for n in range(4)] == [False, False, True, True]
    assert (low.mine(0), high.mine(0)) == (True, False), "direct messages are shard 0's"
    assert (low.holding.holds(CLEANUP), high.holding.holds(CLEANUP)) == (True, False)


async def test_a_standby_gets_the_shards_and_a_number_that_tells_gains_apart(world: World) -> None:
    shards = Shards(2, frozenset({0, 1}))
    first, second = world.fleet("one", shards), world.fleet("two", shards)
    await first.holding.keep()
    await second.holding.keep()
    assert second.held() == {}
    before = dict(first.held())
    assert before.keys() == {0, 1}
    await first.holding.close()
    await second.holding.keep()
    assert second.held().keys() == {0, 1}
    await second.holding.close()
    third = world.fleet("three", shards)
    await third.holding.keep()
    world.now += 60
    await third.holding.keep()
    assert third.held().keys() == {0, 1}
    assert all(number > 3 for number in third.held().values()), "they were lost and gained in between"


async def test_a_session_belongs_to_the_server_of_its_board(world: World) -> None:
    high = world.fleet("high", Shards(2, frozenset({1})))
    await high.holding.keep()
    await world.store.boards.put(BoardRow("7", GUILD_OF[1], 7, 9, 1, 1, False))
    assert await high.works_for("7")
    assert not await high.works_for("8"), "what has no board is shard 0's, so that it is somebody's"


async def test_other_counts_are_other_leases(world: World) -> None:
    old = world.fleet("old", Shards(1, frozenset({0})))
    new = world.fleet("new", Shards(2, frozenset({0, 1})))
    await old.holding.keep()
    await new.holding.keep()
    assert old.held().keys() == {0}
    assert new.held().keys() == {0, 1}
