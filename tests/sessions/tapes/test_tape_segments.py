"""Segments: closed clips that survive anything but damage, and a reel that stays small."""

import av
import pytest

from sessions.tapes.h264 import Recipe
from sessions.tapes.models import Size, TapeOptions
from sessions.tapes.reel import BACKLOG, Reels
from sessions.tapes.segments import read_segment, segment_path, span_of


def segments_of(house, session: str):
    return sorted((house.root / "sessions" / session / "films" / "segments").iterdir())


async def build_elsewhere(house, session: str):
    """Build as another process would: nothing in memory."""
    fresh = house.service()
    try:
        return await fresh.build(session, 1)
    finally:
        await fresh.stop()


def test_spans_tile_the_turns():
    assert [span_of(n) for n in (1, 10, 11, 20, 21)] == [(1, 10), (1, 10), (11, 20), (11, 20), (21, 30)]


async def test_a_segment_is_a_stream_of_its_own(house, engine):
    await house.film(engine.fly("4", 20))
    first, second = segments_of(house, "4")
    for path in (first, second):
        with av.open(str(path)) as file:
            frames = list(file.decode(video=0))
        assert len(frames) == 10
        assert frames[0].key_frame
        assert (frames[0].width, frames[0].height) == (640, 360)


async def test_a_crash_loses_at_most_the_open_segment(house, engine, marks):
    await house.film(engine.fly("4", 27))
    assert len(segments_of(house, "4")) == 2
    before = len(engine.drawn)
    path, _ = await build_elsewhere(house, "4")
    assert [n for _, n in marks(path)] == list(range(1, 28))
    assert len(engine.drawn) == before


def test_every_recipe_writes_the_parameter_sets_of_the_segments():
    recipes = (Recipe(Size()), Recipe(Size(), threads=2), Recipe(Size(), threads=2, stills=True))
    assert len({recipe.parameter_sets for recipe in recipes}) == 1


@pytest.mark.parametrize("turns", [20, 27])
async def test_cards_segments_and_tail_fit_together(house, engine, marks, turns):
    await house.film(engine.fly("4", turns))
    path, _ = await house.tapes.build("4", 1)
    with av.open(str(path), options={"err_detect": "explode"}) as film:
        keys = [n for n, packet in enumerate(p for p in film.demux(video=0) if p.size) if packet.is_keyframe]
    assert keys[:4] == [0, 2, 12, 22]  # the title, both segments, then the tail or the end card
    with av.open(str(path), options={"err_detect": "explode"}) as film:
        pictures = [frame.to_ndarray(format="rgb24").astype(int) for frame in film.decode(video=0)]
    assert len(pictures) == turns + 3
    assert abs(pictures[0] - pictures[1]).max() == 0  # the title is held
    assert abs(pictures[0] - pictures[-1]).mean() > 3
    assert [n for _, n in marks(path)] == list(range(1, turns + 1))


async def test_turns_recorded_out_of_order_are_in_order_on_the_tape(house, engine, marks):
    turns = engine.fly("4", 13)
    await house.film([turns[n - 1] for n in (2, 1, 4, 3, 11, 10, 9, 8, 7, 6, 5, 13, 12)])
    path, _ = await house.tapes.build("4", 1)
    assert [n for _, n in marks(path)] == list(range(1, 14))


@pytest.mark.parametrize("how", ["missing", "cut", "flipped", "empty", "foreign"])
async def test_a_bad_segment_is_encoded_again_from_its_frames(house, engine, marks, how):
    await house.film(engine.fly("4", 32))
    path = segments_of(house, "4")[1]
    data = path.read_bytes()
    middle = len(data) // 2
    match how:
        case "missing":
            path.unlink()
        case "cut":
            path.write_bytes(data[:middle])
        case "flipped":
            path.write_bytes(data[:middle] + bytes([data[middle] ^ 1]) + data[middle + 1 :])
        case "empty":
            path.write_bytes(b"")
        case "foreign":
            path.write_bytes(segments_of(house, "4")[0].read_bytes()[:-7] + b'"x"]]}\n')
    tape, _ = await build_elsewhere(house, "4")
    assert [n for _, n in marks(tape)] == list(range(1, 33))


async def test_segments_of_another_look_are_not_used(house, engine, marks):
    await house.film(engine.fly("4", 12))
    house.options = TapeOptions(vhs=True)
    look_free = segment_path(house.root / "sessions/4/films/segments", 1, 1)
    assert look_free.exists()
    tape, _ = await house.tapes.build("4", 1)
    assert [n for _, n in marks(tape)] == list(range(1, 13))


async def test_a_segment_says_whose_it_is(house, engine):
    from sessions.tapes.models import Look

    await house.film(engine.fly("4", 10))
    (path,) = segments_of(house, "4")
    sets = Recipe(Size()).encoder().extradata or b""
    ours = Look.of(TapeOptions(), "4", 1)
    segment = read_segment(path, sets, ours)
    assert segment is not None
    assert (segment.first, segment.last) == (1, 10)
    assert read_segment(path, sets, Look.of(TapeOptions(), "5", 1)) is None
    assert read_segment(path, sets[:-1] + b"x", ours) is None


async def test_a_stored_tape_leaves_no_frames_and_no_segments(house, engine):
    await house.film(engine.fly("4", 12) + engine.fly("4", 3, voyage=2, ended=False))
    await house.tapes.build("4", 1)
    assert segments_of(house, "4") == []
    assert await house.frames.frames("4", 1) == []
    assert len(await house.frames.frames("4", 2)) == 3


async def test_the_reel_refuses_when_it_is_full_and_the_tape_is_still_whole(house, engine, marks):
    reels: Reels = house.tapes._reels
    reels.room = 400_000
    sessions = [str(k) for k in range(3)]
    for session in sessions:
        await house.film(engine.fly(session, 11))
    assert reels.held_bytes <= reels.room
    for session in sessions:
        path, _ = await house.tapes.build(session, 1)
        assert [n for _, n in marks(path)] == list(range(1, 12))
    assert reels.held_bytes == 0


async def test_a_resting_voyage_makes_room_for_another(house, engine):
    reels: Reels = house.tapes._reels
    await house.film(engine.fly("1", 5, ended=False))
    assert list(reels._open) == [("1", 1)]
    reels.room = reels.held_bytes + 1
    house.now += 3600
    await house.film(engine.fly("2", 4, ended=False))
    assert list(reels._open) == [("2", 1)]
    assert 0 < reels.held_bytes <= reels.room


async def test_a_backlog_is_not_queued_without_end(house, engine):
    turns = engine.fly("1", 300, ended=False)
    picture = engine.picture(turns[0])
    reels: Reels = house.tapes._reels
    for turn in turns:
        reels.feed(turn, picture)
    assert len(reels._cutting) == BACKLOG
    await house.tapes.settle()
    assert len(segments_of(house, "1")) == BACKLOG
    assert reels.held_bytes == 0
