"""Worker processes on a shared database: every ended voyage gets one whole tape, whoever dies on the way."""

import asyncio
from pathlib import Path

import imageio.v3 as imageio
import pytest

from sessions.boards import BoardBook
from tests.tape_yard import Yard, open_yard, until, worker

CARDS = 3  # the title twice, and the end
SMALL = 96 * 1024  # bytes, far less than a voyage's tape has by itself


@pytest.fixture
async def yard(postgres, tmp_path):
    async with open_yard(await postgres.create(), tmp_path / "data") as opened:
        yield opened


def turns_in(tape: Path) -> int:
    return sum(1 for _ in imageio.imiter(tape, plugin="pyav")) - CARDS


async def in_midst_of(yard: Yard, session: str) -> None:
    """Wait until a tape is being written."""
    folder = yard.tapes.shelf.folder(session)

    async def writing() -> bool:
        return await asyncio.to_thread(lambda: any(folder.glob(".*.part")))

    await until(writing)


async def test_it_builds_what_others_ended_and_stops_when_told(yard):
    await yard.fly("1", 12)
    async with worker(yard.location, yard.folder) as one:
        (first,) = await yard.built("1")
        await yard.fly("2", 3)
        (second,) = await yard.built("2")
        assert await one.stop() == 0
    assert (turns_in(first), turns_in(second)) == (12, 3)
    assert "Traceback" not in one.log
    assert "stopped; no tape is lost" in one.log
    (tape,) = await yard.tapes.list("1")
    assert tape.left_out == 0
    assert await yard.frames.frames("1", 1) == []  # cleared once the tape was stored
    assert f"-{one.process.pid}-" not in await yard.owner_of("1")  # it only read the journal


async def test_a_killed_worker_s_tape_is_finished_by_another(yard):
    last = await yard.fly("1", 60, record=False)  # each picture is drawn again, which takes a while
    async with worker(yard.location, yard.folder) as first:
        await in_midst_of(yard, "1")
        await first.kill()
    (left,) = await yard.jobs()
    assert left.owner
    assert await yard.store.tapes.get("1", 1) is None
    async with worker(yard.location, yard.folder):
        await yard.end_leases()
        (tape,) = await yard.built("1")
    assert turns_in(tape) == last.n
    assert [path for path in tape.parent.iterdir() if path.suffix == ".mp4"] == [tape]


async def test_a_worker_that_is_told_to_stop_finishes_or_gives_back(yard):
    last = await yard.fly("1", 40, record=False)
    async with worker(yard.location, yard.folder) as first:
        await in_midst_of(yard, "1")
        assert await first.stop() == 0
    for left in await yard.jobs():
        assert (left.owner, left.attempt) == ("", 0)
    async with worker(yard.location, yard.folder):
        (tape,) = await yard.built("1")
    assert turns_in(tape) == last.n


async def test_workers_share_the_work_and_nobody_does_it_twice(yard):
    sessions = [str(n) for n in range(1, 9)]
    async with worker(yard.location, yard.folder) as one, worker(yard.location, yard.folder) as two:
        for running in (one, two):
            await running.says("tapes are built here")
        await asyncio.gather(*(yard.fly(session, 4) for session in sessions))
        tapes = await yard.built(*sessions)
        assert [await running.stop() for running in (one, two)] == [0, 0]
    assert [turns_in(tape) for tape in tapes] == [4] * len(sessions)
    assert (one.log + two.log).count("tape built session=") == len(sessions)


async def test_progress_is_seen_from_elsewhere(yard):
    await yard.fly("1", 80, record=False)
    seen: list[float] = []
    async with worker(yard.location, yard.folder, TAPE_THREADS="1"):

        async def done() -> bool:
            seen.extend(tape.share for tape in await yard.tapes.queued())
            return await yard.store.tapes.get("1", 1) is not None

        await until(done)
    assert seen == sorted(seen)
    assert any(0.05 <= share < 1 for share in seen)


async def test_the_noted_upload_limit_is_kept(yard):
    last = await yard.fly("1", 30)
    await BoardBook(yard.store.boards).placed(last, 5, 1, 77, SMALL)
    async with worker(yard.location, yard.folder, UPLOAD_LIMIT_MIB="50") as running:
        (tape,) = await yard.built("1")
    assert tape.stat().st_size <= 0.95 * SMALL
    assert "method=fitted" in running.log


@pytest.mark.parametrize(
    ("settings", "said"),
    [({"DATABASE_URL": ""}, "needs a DATABASE_URL"), ({"TAPE_THREADS": "0"}, "TAPE_THREADS is 0")],
)
async def test_a_worker_that_is_no_use_says_why(tmp_path, settings, said):
    url = settings.get("DATABASE_URL", "postgresql://nobody@127.0.0.1:9/x")
    async with worker(url, tmp_path, **{k: v for k, v in settings.items() if k != "DATABASE_URL"}) as one:
        assert await one.process.wait() == 2
    assert said in one.log
    assert "Traceback" not in one.log
