"""Session locks: one per session, held locks never evicted, idle ones not kept."""

import asyncio
import gc

from sessions.locks import SessionLocks


async def test_one_session_is_entered_by_one_at_a_time() -> None:
    locks = SessionLocks()
    inside = 0

    async def enter() -> None:
        nonlocal inside
        async with locks.of("7"):
            inside += 1
            assert inside == 1
            await asyncio.sleep(0)
            inside -= 1

    await asyncio.gather(*(enter() for _ in range(50)))


async def test_a_held_lock_survives_ten_thousand_others() -> None:
    locks = SessionLocks()
    async with locks.of("held"):
        for number in range(10_000):
            locks.of(str(number))
        gc.collect()
        assert locks.of("held").locked()


async def test_idle_locks_are_not_kept() -> None:
    locks = SessionLocks()
    for number in range(100):
        async with locks.of(str(number)):
            pass
    gc.collect()
    assert len(locks) == 0
