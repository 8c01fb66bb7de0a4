"""A voyage on S3: recorded by one process, its tape built by another with an empty folder, whoever dies."""

import asyncio
import io

import imageio.v3 as imageio
import pytest

from sessions.files import IMAGES, SEGMENTS, TAPES, session_key
from tests.tape_yard import open_yard, until, worker

CARDS = 3  # the title twice, and the end


@pytest.fixture
async def yard(postgres, s3_url, tmp_path):
    async with open_yard(await postgres.create(), tmp_path / "bot", s3_url) as opened:
        yield opened


def turns_in(tape: bytes) -> int:
    return sum(1 for _ in imageio.imiter(io.BytesIO(tape), plugin="pyav")) - CARDS


async def stored(yard, place: str) -> list[str]:
    return [file.name for file in await yard.files.list(session_key("1", place))]


async def test_another_process_with_an_empty_folder_builds_it(yard, s3_url, tmp_path):
    last = await yard.fly("1", 25)
    assert len(await stored(yard, IMAGES)) == last.n
    assert [name[:17] for name in await stored(yard, SEGMENTS)] == ["00001-00001-00010", "00001-00011-00020"]
    async with worker(yard.location, tmp_path / "worker", FILES_URL=s3_url) as running:
        await yard.built("1")
        assert await running.stop() == 0
    (tape,) = await yard.tapes.unposted()
    assert turns_in(await yard.tapes.read(tape)) == last.n
    assert (tape.frames, tape.left_out) == (last.n, 0)
    assert "method=segments" in running.log
    assert "picture lost" not in running.log
    assert await stored(yard, IMAGES) == await stored(yard, SEGMENTS) == []
    assert await stored(yard, TAPES) == [tape.path.name]
    assert not (tmp_path / "bot/sessions").exists()
    assert not (tmp_path / "worker/sessions").exists()


async def test_a_worker_killed_in_mid_build_is_followed_by_another(yard, s3_url, tmp_path):
    last = await yard.fly("1", 30, record=False)
    first_folder = tmp_path / "first/copies" / session_key("1", TAPES)

    async def writing() -> bool:
        return await asyncio.to_thread(lambda: any(first_folder.glob(".*.part")))

    async with worker(yard.location, tmp_path / "first", FILES_URL=s3_url) as first:
        await until(writing)
        await first.kill()
    assert await stored(yard, TAPES) == []
    async with worker(yard.location, tmp_path / "second", FILES_URL=s3_url):
        await yard.end_leases()
        await yard.built("1")
    (tape,) = await yard.tapes.unposted()
    assert turns_in(await yard.tapes.read(tape)) == last.n
    assert await stored(yard, TAPES) == [tape.path.name]


async def test_a_server_that_is_away_costs_no_tape_and_no_try(yard, s3, s3_url, tmp_path):
    last = await yard.fly("1", 5)
    await asyncio.to_thread(s3.stop)
    async with worker(yard.location, tmp_path / "worker", FILES_URL=s3_url) as running:
        await running.says("tape waits for its files session=1")
        (waiting,) = await yard.jobs()
        assert waiting.attempt <= 1
        assert await yard.store.jobs.list_parked() == []
        await asyncio.to_thread(s3.start)
        await yard.built("1")
    (tape,) = await yard.tapes.unposted()
    assert turns_in(await yard.tapes.read(tape)) == last.n
    assert "Traceback" not in running.log


async def test_frames_that_could_not_be_stored_are_drawn_again(yard, s3, s3_url, tmp_path):
    await asyncio.to_thread(s3.stop)
    flying = asyncio.create_task(yard.fly("1", 4, record=False))
    last = await flying  # turns do not wait for the place of files
    turn = (await yard.tapes.turns("1", 1))[0]
    with pytest.raises(OSError, match="does not serve"):
        await yard.frames.record("1", turn, await yard.engine.frame("1", turn.ref))
    assert await yard.frames.frames("1", 1) == []
    await asyncio.to_thread(s3.start)
    async with worker(yard.location, tmp_path / "worker", FILES_URL=s3_url):
        await yard.built("1")
    (tape,) = await yard.tapes.unposted()
    assert turns_in(await yard.tapes.read(tape)) == last.n


async def test_the_exported_frames_come_from_the_bucket(yard, s3_url, tmp_path):
    last = await yard.fly("1", 6)
    async with open_yard(yard.location, tmp_path / "other", s3_url) as other:
        path = await other.tapes.export_zip("1", 1)
        clip, sentence = await other.tapes.flipbook("1", 1)
        assert path.stat().st_size > 1000
        assert clip is not None, sentence
    assert path.is_relative_to(tmp_path / "other/copies")
    assert len(await stored(yard, IMAGES)) == last.n


async def test_saves_are_in_the_bucket(yard, machine):
    await yard.fly("1", 3, record=False)
    await yard.manager.save_all_sessions()
    other = machine("other")
    assert b'"format": "dead-reckoning-save"' in await other.get("sessions/1/state.json")
    assert b'"voyages"' in await other.get("sessions/1/history.json")
    await yard.manager.remove_session("1")
    assert await other.size("sessions/1/state.json") is None
