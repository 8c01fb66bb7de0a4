"""Writes of former owners on a database that two processes share: how many are offered, how many are kept.

Every session passes from one process to the other and back. After each change of hands the former owner
offers turns with its old epoch: late ones, and forged ones that name the right version, while the new owner
plays on. What was kept is counted in the journal afterwards.
"""

import asyncio
from collections.abc import Sequence

import msgspec
from sqlalchemy import func, select

from benchmarks.store_load import Sample, commit_of
from storage.errors import Conflict, StaleEpoch
from storage.rows import TurnCommit
from storage.schema import turn
from storage.store import Store

OWNERS = ("one", "two")


async def stale_epochs(
    location: str, samples: Sequence[Sample], sessions: int, rounds: int
) -> tuple[int, int]:
    """Give how many writes with a stale epoch were offered, and how many the database accepted."""
    stores = [await Store.open(location) for _ in OWNERS]
    try:
        names = [f"e{number}" for number in range(sessions)]
        offered = sum(await asyncio.gather(*[_play(stores, samples, name, rounds) for name in names]))
        stale = select(func.count()).select_from(turn).where(turn.c.turn_id.startswith("stale"))
        return offered, await stores[0].database.read(lambda conn: conn.execute(stale).scalar_one())
    finally:
        for store in stores:
            await store.close()


async def _play(stores: Sequence[Store], samples: Sequence[Sample], name: str, rounds: int) -> int:
    """Play one session in turns; give how many stale writes were offered."""
    offered, held_by, epoch = 0, "", 0
    for n in range(1, rounds + 2):
        mine = n % len(OWNERS)
        newest = msgspec.structs.replace(
            commit_of(samples, name, n), held_by=held_by, epoch=epoch, owner=OWNERS[mine]
        )
        await stores[mine].turns.commit(newest)
        stale = _stale(newest)
        results = await asyncio.gather(
            *[stores[1 - mine].turns.commit(each) for each in stale], return_exceptions=True
        )
        for result in results:
            if isinstance(result, BaseException) and not isinstance(result, StaleEpoch | Conflict):
                raise result
        offered += len(stale)
        held_by, epoch = OWNERS[mine], newest.next_epoch
    return offered


def _stale(newest: TurnCommit) -> list[TurnCommit]:
    """Make the former owner's writes: one that is late, and forged ones that name the right version."""
    late = msgspec.structs.replace(newest, turn_id=f"stale.{newest.turn_id}.late", launch=None)
    holders = [
        (newest.held_by, newest.epoch),
        (newest.held_by, newest.next_epoch),
        (newest.owner, newest.epoch),
    ]
    forged = [
        msgspec.structs.replace(
            late,
            turn_id=f"stale.{newest.turn_id}.{held_by}.{epoch}",
            expected_version=newest.n,
            n=newest.n + 1,
            held_by=held_by,
            epoch=epoch,
        )
        for held_by, epoch in holders
    ]
    return [late, *forged] if newest.n > 1 else forged
