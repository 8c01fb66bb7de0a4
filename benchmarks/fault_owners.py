"""Stale writes to sessions that change hands: former owners offer the right version with an old epoch.

Two stores on one PostgreSQL stand for two processes. A session's turns are taken by one or the other at
random, each from the owner and epoch that it read, as the engine does it; after each turn, writers that hold
the session under an earlier owner or epoch offer the very next turn. The version alone would let them in.
"""

import asyncio
import random
import time

import msgspec

from storage.errors import Conflict, StaleEpoch
from storage.rows import TurnCommit, VoyageLaunch
from storage.store import Store

SESSIONS = 24
STALE_EACH = 2  # stale writes after each turn
OWNERS = ("one", "two")

Holder = tuple[str, int]


class Offered(msgspec.Struct, frozen=True):
    """Stale writes that were offered, and those that were accepted: 0, or the fence has a hole."""

    offered: int
    accepted: int


async def offer_stale(location: str, turns: int) -> Offered:
    """Play SESSIONS sessions of `turns` turns each on a PostgreSQL, all at once."""
    stores = [await Store.open(location) for _ in OWNERS]
    try:
        results = await asyncio.gather(
            *[play_session(stores, f"s{number}", turns) for number in range(SESSIONS)]
        )
    finally:
        for store in stores:
            await store.close()
    return Offered(sum(r.offered for r in results), sum(r.accepted for r in results))


async def play_session(stores: list[Store], session_id: str, turns: int) -> Offered:
    """Play one session through stores that stand for a process each."""
    dice = random.Random(session_id)
    holder, former = ("", 0), set[Holder]()
    offered = accepted = 0
    for n in range(1, turns + 1):
        place = dice.randrange(len(OWNERS))
        commit = _commit(session_id, n, holder, OWNERS[place])
        await stores[place].turns.commit(commit)
        former.add(holder)
        holder = (commit.owner, commit.next_epoch)
        for held in dice.sample(sorted(former - {holder}), min(STALE_EACH, len(former - {holder}))):
            place = dice.randrange(len(OWNERS))
            stale = _commit(session_id, n + 1, held, OWNERS[place], "/stale")
            offered += 1
            accepted += await _is_accepted(stores[place], stale)
        if accepted:  # The session has moved on by the stale write: what follows would prove nothing.
            break
    return Offered(offered, accepted)


async def _is_accepted(store: Store, commit: TurnCommit) -> bool:
    try:
        await store.turns.commit(commit)
    except (StaleEpoch, Conflict):
        return False
    return True


def _commit(session_id: str, n: int, held: Holder, owner: str, mark: str = "") -> TurnCommit:
    now = time.time()
    return TurnCommit(
        session_id=session_id,
        expected_version=n - 1,
        voyage=1,
        n=n,
        turn_id=f"{session_id}/{n}{mark}",
        actor="Ada",
        at=now,
        action=b"action",
        outcome=b"outcome",
        state=b"state",
        launch=VoyageLaunch(seed=7, captain="Ada", ship="scout") if n == 1 else None,
        held_by=held[0],
        epoch=held[1],
        owner=owner,
        owned_until=now + 60,
    )
