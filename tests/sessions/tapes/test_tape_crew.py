"""A worker's hands: as many as there are threads, when a job is due, until they are told to stop."""

import asyncio

import pytest

from sessions.tapes.crew import LOOK_SECONDS, SHORTEST, Crew
from sessions.tapes.models import Queued
from storage.errors import StoreUnavailable


class Bench:
    """Jobs and a tape service that says what was asked of it."""

    def __init__(self, threads: int = 2) -> None:
        self.threads = threads
        self.jobs: list[Queued] = []
        self.away = False
        self.begun = 0
        self.go_on = asyncio.Event()
        self.both_at_work = asyncio.Event()

    def add(self, due: float, builder: str = "") -> None:
        self.jobs.append(Queued(str(len(self.jobs)), 1, builder, 0.0, due, False))

    async def queued(self) -> list[Queued]:
        if self.away:
            raise StoreUnavailable("gone")
        return self.jobs

    async def take(self) -> list[object] | None:
        if not self.jobs:
            return None
        self.jobs.pop(0)
        self.begun += 1
        if self.begun == self.threads:
            self.both_at_work.set()
        await self.go_on.wait()
        return []


@pytest.fixture
def bench() -> Bench:
    return Bench()


def crew_of(bench: Bench, now: float = 100.0, chance: float = 1.0) -> Crew:
    return Crew(bench, lambda: now, lambda: chance)  # type: ignore[arg-type]


async def test_it_looks_again_when_a_dead_worker_s_claim_ends(bench):
    bench.add(100.2, builder="dead")
    bench.add(130.0, builder="alive")
    assert await crew_of(bench)._look() == pytest.approx(0.2)
    assert bench.begun == 0
    assert await crew_of(bench, now=100.1999)._look() == SHORTEST


async def test_looks_are_spread_and_at_most_half_a_second_apart(bench):
    pauses = [await crew_of(bench, chance=chance)._look() for chance in (0.0, 0.5, 1.0)]
    assert pauses == [LOOK_SECONDS / 2, 0.75 * LOOK_SECONDS, LOOK_SECONDS]


async def test_no_more_hands_than_threads(bench):
    crew = crew_of(bench)
    for _ in range(5):
        bench.add(50.0)
    for _ in range(3):
        await crew._look()
        await asyncio.sleep(0)
    assert bench.begun == 2
    bench.go_on.set()
    await crew.finish()
    assert bench.begun == 5


async def test_told_to_stop_it_ends_what_it_has_and_takes_nothing_more(bench):
    crew = crew_of(bench)
    for _ in range(4):
        bench.add(50.0)
    working = asyncio.create_task(crew.work())
    await bench.both_at_work.wait()
    crew.stop()
    await working
    bench.go_on.set()
    await crew.finish()
    assert bench.begun == 2
    assert len(bench.jobs) == 2


async def test_an_absent_store_is_said_once_and_asked_again(bench, caplog):
    caplog.set_level("INFO")
    crew = crew_of(bench)
    bench.away = True
    assert [await crew._look(), await crew._look()] == [LOOK_SECONDS] * 2
    bench.away = False
    bench.add(50.0)
    bench.go_on.set()
    await crew._look()
    await crew.finish()
    assert bench.begun == 1
    assert [record.levelname for record in caplog.records] == ["WARNING", "INFO"]
