"""A lease has one owner; a former one is refused by its epoch."""

import asyncio
import os

import pytest
from sqlalchemy import insert

from storage.errors import StaleEpoch
from storage.leases import check_lease, fresh_owner
from storage.schema import channel_settings


async def test_one_of_many_gets_the_lease(store):
    results = await asyncio.gather(*[store.leases.acquire("poller", f"p{i}", 10, 100.0) for i in range(10)])
    held = [lease for lease in results if lease is not None]
    assert len(held) == 1
    assert held[0].epoch == 1
    assert await store.leases.get("poller") == held[0]


async def test_the_epoch_grows_with_every_change_of_hands(store):
    first = await store.leases.acquire("poller", "a", 10, 100.0)
    assert await store.leases.acquire("poller", "b", 10, 109.9) is None
    again = await store.leases.acquire("poller", "a", 10, 105.0)
    assert (again.epoch, again.until) == (first.epoch, 115.0)
    second = await store.leases.acquire("poller", "b", 10, 115.0)
    assert second.epoch == 2
    third = await store.leases.acquire("poller", "a", 10, 130.0)
    assert third.epoch == 3


async def test_a_former_owner_is_refused_everything(store):
    old = await store.leases.acquire("poller", "a", 10, 100.0)
    await store.leases.acquire("poller", "b", 10, 120.0)
    await store.leases.acquire("poller", "a", 10, 140.0)
    with pytest.raises(StaleEpoch):
        await store.leases.renew(old, 10, 141.0)
    with pytest.raises(StaleEpoch):
        await store.leases.release(old)


async def test_a_released_lease_is_free_at_once(store):
    first = await store.leases.acquire("poller", "a", 10, 100.0)
    first = await store.leases.renew(first, 20, 101.0)
    assert first.until == 121.0
    await store.leases.release(first)
    second = await store.leases.acquire("poller", "b", 10, 102.0)
    assert second.epoch == 2
    assert [lease.owner for lease in await store.leases.list()] == ["b"]


async def test_a_write_with_a_stale_epoch_is_not_kept(store):
    old = await store.leases.acquire("poller", "a", 10, 100.0)
    new = await store.leases.acquire("poller", "b", 10, 120.0)

    def write(held):
        def unit(conn):
            conn.execute(insert(channel_settings).values(session_id=held.owner, settings="{}"))
            check_lease(conn, held)

        return unit

    with pytest.raises(StaleEpoch):
        await store.database.write(write(old))
    await store.database.write(write(new))
    assert list(await store.channel_settings.all()) == ["b"]


def test_every_process_has_an_owner_name_of_its_own():
    names = {fresh_owner() for _ in range(50)}
    assert len(names) == 50
    assert all(f"-{os.getpid()}-" in name for name in names)
