"""The frame registry: one frame per turn, each session's own, and a file that is checked when it is read."""

import asyncio
import errno
import os
from pathlib import Path

import pytest

from engine_client.errors import BadSessionId
from engine_client.models import Picture, Place, Turn
from sessions import frames as frames_module
from sessions.files import session_folder
from sessions.frames import KEPT_VOYAGES, FrameRegistry
from storage.store import Store

WEBP = "image/webp"


def turn(session_id: str, n: int, voyage: int = 1) -> Turn:
    place = Place("r", "Region", "n", "Node")
    return Turn(
        session_id, voyage, n, f"{session_id}-{voyage}-{n}", 100.0 + n, "Ann", "", "", "", (), (), (), place,
        "Ann", "Albatross", "",
    )  # fmt: skip


def picture(text: str) -> Picture:
    return Picture(text.encode() * 20, WEBP, 640, 360)


@pytest.fixture
async def store(tmp_path: Path):
    opened = await Store.open(tmp_path / "store.sqlite3")
    yield opened
    await opened.close()


@pytest.fixture
def registry(tmp_path: Path, store: Store) -> FrameRegistry:
    return FrameRegistry(tmp_path, store.frames)


async def test_a_frame_is_a_file_and_a_row(tmp_path, store, registry):
    frame = await registry.record("12", turn("12", 1), picture("a"))
    assert frame.path.parent == tmp_path / "sessions" / "12" / "images"
    assert frame.path.suffix == ".webp"
    assert frame.read() == picture("a").data
    (row,) = await store.frames.list("12", 1)
    assert row.file == f"images/{frame.path.name}"
    assert row.at == 101.0


async def test_a_turn_recorded_fifty_times_at_once_is_one_frame(tmp_path, store, registry):
    heard: list[int] = []
    registry.listen(lambda turn, picture: heard.append(turn.n))
    one = turn("12", 1)
    frames = await asyncio.gather(*(registry.record("12", one, picture(f"{k}")) for k in range(50)))
    assert len(set(frames)) == 1
    assert len(list((tmp_path / "sessions/12/images").iterdir())) == 1
    assert len(await store.frames.list("12", 1)) == 1
    assert heard == [1]


async def test_another_process_that_records_the_same_turn_finds_the_frame(tmp_path, store, registry):
    first = await registry.record("12", turn("12", 1), picture("a"))
    other = FrameRegistry(tmp_path, store.frames)
    assert await other.record("12", turn("12", 1), picture("b")) == first
    assert len(list(first.path.parent.iterdir())) == 1


async def test_frames_come_in_the_order_of_turns_and_voyages_stay_apart(registry):
    for n in (3, 1, 2):
        await registry.record("12", turn("12", n), picture(f"a{n}"))
    await registry.record("12", turn("12", 1, voyage=2), picture("b"))
    await registry.record("13", turn("13", 1), picture("c"))
    assert [frame.n for frame in await registry.frames("12", 1)] == [1, 2, 3]
    assert [frame.voyage for frame in await registry.frames("12", 2)] == [2]
    assert [frame.session_id for frame in await registry.frames("13", 1)] == ["13"]
    assert await registry.frames("14", 1) == []


async def test_clear_forgets_one_voyage_only(tmp_path, store, registry):
    for voyage in (1, 2):
        await registry.record("12", turn("12", 1, voyage), picture(f"v{voyage}"))
    await registry.record("13", turn("13", 1), picture("c"))
    half = tmp_path / "sessions/12/images/.00001-00009-dead.webp.part"
    half.write_bytes(b"left by a crash")
    await registry.clear("12", 1)
    assert await registry.frames("12", 1) == []
    assert await store.frames.list("12", 1) == []
    assert not half.exists()
    (second,) = await registry.frames("12", 2)
    assert second.read() is not None
    assert len(await registry.frames("13", 1)) == 1
    await registry.clear("12", 1)
    await registry.clear("99", 1)


async def test_a_damaged_file_is_not_read(registry):
    frame = await registry.record("12", turn("12", 1), picture("a"))
    frame.path.write_bytes(picture("b").data)
    assert frame.read() is None
    frame.path.unlink()
    assert frame.read() is None


@pytest.mark.parametrize("bad", ["../12", "", "a/b", "x" * 65, "1\n"])
async def test_a_session_id_cannot_leave_its_folder(tmp_path, bad):
    with pytest.raises(BadSessionId):
        session_folder(tmp_path, bad)


async def test_a_failed_write_leaves_nothing_and_can_be_repeated(tmp_path, store, registry, monkeypatch):
    def fail(self, target):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patch:
        patch.setattr(frames_module.Path, "replace", fail)
        with pytest.raises(OSError):
            await registry.record("12", turn("12", 1), picture("a"))
    assert list((tmp_path / "sessions/12/images").iterdir()) == []
    assert await store.frames.list("12", 1) == []
    frame = await registry.record("12", turn("12", 1), picture("a"))
    assert frame.read() is not None


async def test_memory_is_bounded_and_forgotten_voyages_are_read_again(registry):
    await registry.record("12", turn("12", 1), picture("a"))
    for number in range(KEPT_VOYAGES + 5):
        await registry.frames(f"s{number}", 1)
    assert len(registry._known) == KEPT_VOYAGES
    assert len(registry._locks) == 0
    assert [frame.n for frame in await registry.frames("12", 1)] == [1]
