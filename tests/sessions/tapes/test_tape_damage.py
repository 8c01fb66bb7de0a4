"""Damaged frames, a full disk and a closed folder: the tape is complete, or says what is missing."""

import errno
import os

import pytest

from engine_client.errors import EngineAway
from sessions.tapes import assemble as assemble_module


async def file_of(house, session: str, n: int):
    return (await house.frames.frames(session, 1))[n - 1].path


def spoil(path, how: str) -> None:
    data = path.read_bytes()
    match how:
        case "missing":
            path.unlink()
        case "empty":
            path.write_bytes(b"")
        case "cut":
            path.write_bytes(data[: len(data) // 2])
        case "flipped":
            middle = len(data) // 2
            path.write_bytes(data[:middle] + bytes([data[middle] ^ 0x40]) + data[middle + 1 :])
        case "text":
            path.write_bytes(b"not a picture at all")


@pytest.mark.parametrize("kind", ["png", "jpeg"])
@pytest.mark.parametrize("how", ["missing", "empty", "cut", "flipped", "text"])
async def test_a_bad_file_is_drawn_again_from_the_journal(house, engine, marks, how, kind):
    engine.kind = kind
    await house.film(engine.fly("9", 8))
    spoil(await file_of(house, "9", 4), how)
    fresh = house.service()  # another process: no planes in memory
    path, sentence = await fresh.build("9", 1)
    await fresh.stop()
    assert [n for _, n in marks(path)] == list(range(1, 9)), sentence
    assert engine.drawn == [("9", 4)]
    assert "could not be recovered" not in sentence


async def test_what_cannot_be_drawn_again_is_left_out_and_counted(house, engine, marks, monkeypatch):
    await house.film(engine.fly("9", 8))
    for n in (3, 5):
        spoil(await file_of(house, "9", n), "flipped")

    async def refuse(session_id, ref):
        raise EngineAway("no answer")

    monkeypatch.setattr(engine, "frame", refuse)
    fresh = house.service()
    path, sentence = await fresh.build("9", 1)
    await fresh.stop()
    assert [n for _, n in marks(path)] == [1, 2, 4, 6, 7, 8]
    assert sentence.endswith("2 frames could not be recovered.")
    (tape,) = await house.tapes.list("9")
    assert (tape.frames, tape.left_out) == (6, 2)


async def test_a_voyage_whose_pictures_are_all_lost_has_no_tape(house, engine, monkeypatch):
    engine.fly("9", 8)

    async def refuse(session_id, ref):
        raise EngineAway("no answer")

    monkeypatch.setattr(engine, "frame", refuse)
    path, sentence = await house.tapes.build("9", 1)
    assert path is None
    assert sentence.startswith("Not enough frames")


async def test_an_engine_that_is_away_is_asked_again_later(house, engine):
    turns = engine.fly("9", 4)
    await house.film(turns)
    await house.end(turns[-1])
    engine.away = True
    (outcome,) = await house.tapes.drain()
    assert outcome.tape is None
    assert outcome.will_retry
    engine.away = False
    assert await house.tapes.drain() == []  # not before the pause is over
    house.now += 10
    (outcome,) = await house.tapes.drain()
    assert outcome.tape is not None


def disk_error(number: int):
    def fail(*args, **options):
        raise OSError(number, os.strerror(number))

    return fail


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EROFS, errno.EACCES])
async def test_a_frame_that_cannot_be_written_is_drawn_for_the_tape(
    house, engine, marks, monkeypatch, number
):
    turns = engine.fly("9", 6)
    await house.film(turns[:2])
    monkeypatch.setattr("storage.files_local.write_atomically", disk_error(number))
    for turn in turns[2:4]:
        with pytest.raises(OSError):
            await house.frames.record("9", turn, engine.picture(turn))
    monkeypatch.undo()
    await house.film(turns[4:])
    assert [frame.n for frame in await house.frames.frames("9", 1)] == [1, 2, 5, 6]
    fresh = house.service()
    path, sentence = await fresh.build("9", 1)
    await fresh.stop()
    assert [n for _, n in marks(path)] == [1, 2, 3, 4, 5, 6], sentence
    assert sorted(engine.drawn) == [("9", 3), ("9", 4)]


@pytest.mark.parametrize("where", ["flush", "open"])
async def test_a_tape_that_cannot_be_written_is_a_sentence_and_tried_again(
    house, engine, marks, monkeypatch, where
):
    turns = engine.fly("9", 5)
    await house.film(turns)
    await house.end(turns[-1])
    if where == "flush":
        monkeypatch.setattr(assemble_module, "_flush", disk_error(errno.ENOSPC))
    else:
        house.tapes.shelf.folder("9").write_bytes(b"a file where the folder should be")
    (outcome,) = await house.tapes.drain()
    assert outcome.will_retry
    assert "disk" in outcome.sentence
    assert await house.tapes.list("9") == []
    assert len(await house.frames.frames("9", 1)) == 5
    monkeypatch.undo()
    if where == "open":
        house.tapes.shelf.folder("9").unlink()
    assert not list(house.tapes.shelf.folder("9").glob("*"))
    house.now += 10
    (outcome,) = await house.tapes.drain()
    assert [n for _, n in marks(outcome.tape.path)] == [1, 2, 3, 4, 5]


@pytest.mark.skipif(os.geteuid() != 0 and not os.access("/dev/full", os.W_OK), reason="no /dev/full here")
def test_the_encoder_reports_a_full_disk_as_an_os_error(tmp_path, engine):
    from sessions.tapes.h264 import Recipe, write_mp4
    from sessions.tapes.models import Beat, BeatKind, Coded, Size

    full = tmp_path / "full.mp4"
    full.symlink_to("/dev/full")
    packets = [(Coded(b"\0\0\0\1\x65" + bytes(200_000), True, Beat(BeatKind.TURN, 1)), 500)]
    with pytest.raises(OSError) as caught:
        write_mp4(full, Recipe(Size()), lambda encoder: iter(packets), comment="")
    assert caught.value.errno == errno.ENOSPC
