"""A disk that is really full, or really read-only: one of memory is mounted where tapes or frames go."""

import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest


def mount(*arguments: str) -> bool:
    """Say whether mounting worked; only root may, and not in every container."""
    try:
        return subprocess.run(["mount", *arguments], capture_output=True, check=False).returncode == 0
    except OSError:
        return False


class SmallDisk:
    """A disk of 48 kB in memory."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True)
        if not mount("-t", "tmpfs", "-o", "size=48k", "none", str(folder)):
            pytest.skip("this machine lets nobody mount a disk")

    def change(self, options: str) -> None:
        assert mount("-o", f"remount,{options}", str(self.folder))

    def close(self) -> None:
        subprocess.run(["umount", "-l", str(self.folder)], check=True)


@pytest.fixture
def disk_at() -> Iterator[Callable[[Path], SmallDisk]]:
    disks: list[SmallDisk] = []

    def make(folder: Path) -> SmallDisk:
        disks.append(SmallDisk(folder))
        return disks[-1]

    yield make
    for disk in disks:
        disk.close()


@pytest.mark.parametrize("trouble", ["size=48k", "ro"])
async def test_a_tape_waits_until_its_disk_has_room(house, engine, marks, disk_at, trouble):
    engine.noise = True
    turns = engine.fly("9", 6)
    await house.film(turns)
    await house.end(turns[-1])
    disk = disk_at(house.tapes.shelf.folder("9"))
    disk.change(trouble)
    (outcome,) = await house.tapes.drain()
    assert outcome.will_retry
    assert "disk is full or read-only" in outcome.sentence
    assert await house.tapes.list("9") == []
    assert len(await house.frames.frames("9", 1)) == 6
    assert list(disk.folder.iterdir()) == []
    disk.change("rw,size=20m")
    house.now += 60
    (outcome,) = await house.tapes.drain()
    assert [n for _, n in marks(outcome.tape.path)] == [1, 2, 3, 4, 5, 6]


@pytest.mark.parametrize("trouble", ["size=48k", "ro"])
async def test_frames_and_segments_that_found_no_room_are_on_the_tape(house, engine, marks, disk_at, trouble):
    engine.noise = True
    session = house.root / "sessions" / "9"
    disks = [disk_at(session / "images"), disk_at(session / "films")]
    for disk in disks:
        disk.change(trouble)
    turns = engine.fly("9", 12)
    for turn in turns:
        with pytest.raises(OSError):
            await house.frames.record("9", turn, engine.picture(turn))
    await house.tapes.settle()
    assert await house.frames.frames("9", 1) == []
    await house.end(turns[-1])
    (outcome,) = await house.tapes.drain()
    assert [n for _, n in marks(outcome.tape.path)] == list(range(1, 13)), outcome.sentence
    assert outcome.tape.left_out == 0
