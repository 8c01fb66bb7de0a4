"""kill -9 while frames are recorded and while a tape is built: afterwards the tape is complete."""

import asyncio
import os
import signal
import sys
from asyncio.subprocess import PIPE, Process
from pathlib import Path

import pytest

from sessions.tapes.builder import LEASE_SECONDS

CHILD = Path(__file__).parent / "crash_child.py"
REPOSITORY = Path(__file__).parents[3]


async def spawn(*arguments: str) -> Process:
    environment = {**os.environ, "PYTHONPATH": str(REPOSITORY)}
    return await asyncio.create_subprocess_exec(
        sys.executable, str(CHILD), *arguments, stdout=PIPE, env=environment
    )


async def kill(child: Process) -> None:
    child.send_signal(signal.SIGKILL)
    await child.wait()


async def line(child: Process) -> str:
    assert child.stdout is not None
    return (await child.stdout.readline()).decode().strip()


@pytest.mark.parametrize("last", [1, 13, 24])
async def test_killed_while_recording(tmp_path, engine, marks, open_house, last):
    child = await spawn("record", str(tmp_path), "8", "30")
    while int(await line(child)) < last:
        pass
    await kill(child)
    house = await open_house()
    turns = engine.fly("8", 30)
    kept = [frame.n for frame in await house.frames.frames("8", 1)]
    assert kept == list(range(1, len(kept) + 1))
    assert len(kept) >= last
    await house.film(turns[len(kept) :])  # projections catch up
    path, sentence = await house.tapes.build("8", 1)
    assert [n for _, n in marks(path)] == list(range(1, 31)), sentence


async def test_killed_while_building(tmp_path, engine, marks, open_house):
    house = await open_house()
    turns = engine.fly("8", 60)
    for turn in turns:
        await house.frames.record("8", turn, engine.picture(turn))
    await house.tapes.settle()
    for segment in house.tapes._reels.folder("8").iterdir():
        segment.unlink()  # so that the child has something to do
    await house.end(turns[-1])
    await house.store.close()

    child = await spawn("build", str(tmp_path), "8", "60")
    assert await line(child) == "building"
    folder = house.tapes.shelf.folder("8")
    while not (parts := list(folder.glob(".*.part"))):
        pass
    await kill(child)
    assert parts
    assert not list(folder.glob("*.mp4"))

    again = await open_house()
    assert await again.tapes.drain() == []  # the dead worker's claim still runs
    again.now += LEASE_SECONDS + 1
    (outcome,) = await again.tapes.drain()
    assert [n for _, n in marks(outcome.tape.path)] == list(range(1, 61))
    assert [path.name for path in folder.glob("*.mp4")] == [outcome.tape.path.name]


async def test_what_a_crash_left_is_swept_after_an_hour(house, engine):
    folder = house.tapes.shelf.folder("8")
    folder.mkdir(parents=True)
    old, young = folder / ".00001-dead.part", folder / ".00002-alive.part"
    for path in (old, young):
        path.write_bytes(b"half a tape")
    os.utime(old, (1, 1))
    await house.film(engine.fly("8", 2))
    await house.tapes.build("8", 1)
    assert not old.exists()
    assert young.exists()
