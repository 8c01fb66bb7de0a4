"""In-betweens, the flipbook, and the zip of frames."""

import io
import zipfile
from fractions import Fraction

import av
import pytest
from PIL import Image, ImageSequence

from engine_client.errors import EngineAway
from engine_client.models import Picture
from sessions.channel_settings import TapeFormat
from sessions.tapes.errors import NothingToExport
from sessions.tapes.models import TapeOptions


def between_picture(turn) -> Picture:
    out = io.BytesIO()
    Image.new("RGB", (640, 360), (0, 90, 160)).save(out, "JPEG")
    return Picture(out.getvalue(), "image/jpeg", 640, 360)


async def three_steps(turn) -> list[Picture]:
    """Give in-betweens for every third turn, as jumps have them."""
    return [between_picture(turn)] * 3 if turn.n % 3 == 0 else []


def durations(path) -> list[float]:
    with av.open(str(path)) as file:
        stream = file.streams.video[0]
        unit = stream.time_base or Fraction(0)
        return [float((packet.duration or 0) * unit) for packet in file.demux(stream) if packet.size]


def loaded(frame: Image.Image) -> Image.Image:
    """Have a picture decoded: a WebP's length is not known before."""
    frame.load()
    return frame


@pytest.fixture
async def flipping(house):
    made = house.service(between=three_steps)
    yield made
    await made.stop()


@pytest.mark.parametrize("recorded", [True, False])
async def test_in_betweens_lead_to_their_turns(house, engine, marks, flipping, recorded):
    turns = engine.fly("3", 14)
    if recorded:
        for turn in turns:
            await house.frames.record("3", turn, engine.picture(turn))
        await flipping.settle()
        assert len(list(flipping._reels.folder("3").iterdir())) == 1
    path, _ = await flipping.build("3", 1)
    assert [n for _, n in marks(path)] == list(range(1, 15))
    times = durations(path)
    assert len(times) == 2 + 14 + 4 * 3 + 1
    assert [round(t, 2) for t in times].count(0.08) == 12
    assert [round(t, 2) for t in times[2:7]] == [1.0, 1.0, 0.08, 0.08, 0.08]


async def test_in_betweens_can_be_switched_off(house, engine, flipping):
    house.options = TapeOptions(flipbook=False)
    engine.fly("3", 6)
    path, _ = await flipping.build("3", 1)
    assert len(durations(path)) == 2 + 6 + 1


async def test_a_bad_in_between_does_not_cost_the_turn(house, engine, marks):
    async def broken(turn):
        return [Picture(b"nothing", "image/png", 640, 360)]

    made = house.service(between=broken)
    engine.fly("3", 5)
    path, _ = await made.build("3", 1)
    await made.stop()
    assert [n for _, n in marks(path)] == [1, 2, 3, 4, 5]


async def test_each_turn_is_held_half_to_one_second_and_the_last_one_longer(house, engine):
    engine.fly("3", 12)
    engine.fly("4", 90)
    short, _ = await house.tapes.build("3", 1)
    times = durations(short)
    assert set(times[2:-2]) == {1.0}
    assert times[-2] == 2.5
    assert times[-1] > 3
    long, _ = await house.tapes.build("4", 1)
    assert set(durations(long)[2:-2]) == {0.5}


@pytest.mark.parametrize("form", list(TapeFormat))
@pytest.mark.parametrize("turns", [2, 17])
async def test_the_length_that_is_told_is_what_players_show(house, engine, form, turns):
    house.options = TapeOptions(format=form)
    engine.fly("5", turns)
    path, sentence = await house.tapes.build("5", 1)
    if form is TapeFormat.MP4:
        with av.open(str(path)) as film:
            seconds = film.duration / av.time_base
    else:
        with Image.open(path) as film:
            seconds = sum(loaded(frame).info["duration"] for frame in ImageSequence.Iterator(film)) / 1000
    (tape,) = await house.tapes.list("5")
    assert seconds == pytest.approx(tape.seconds, abs=0.011)
    assert f", 0:{int(seconds):02d}." in sentence  # a player counts whole seconds


@pytest.mark.parametrize("form", list(TapeFormat))
async def test_a_flipbook_shows_the_last_ten_turns_without_cards(house, engine, marks, form):
    house.options = TapeOptions(format=form)
    await house.film(engine.fly("3", 23, ended=False))
    path, sentence = await house.tapes.flipbook("3", 1)
    assert [n for _, n in marks(path)] == list(range(14, 24)), sentence
    again, _ = await house.tapes.flipbook("3", 1)
    assert again != path
    assert not path.exists()
    assert len(await house.frames.frames("3", 1)) == 23
    assert await house.tapes.list("3") == []


async def test_a_flipbook_moves_though_the_channels_tapes_do_not(house, engine, flipping):
    house.options = TapeOptions(flipbook=False)
    await house.film(engine.fly("3", 12))
    path, _ = await flipping.flipbook("3", 1)
    assert durations(path).count(0.08) == 12  # turns 3, 6, 9 and 12 have three each; 3 to 12 are shown
    tape, _ = await flipping.build("3", 1)
    assert durations(tape).count(0.08) == 0


async def test_a_flipbook_of_one_turn_is_a_sentence(house, engine):
    engine.fly("3", 1, ended=False)
    path, sentence = await house.tapes.flipbook("3", 1)
    assert path is None
    assert sentence.startswith("Not enough frames")
    assert (await house.tapes.flipbook("404", 1))[0] is None


async def test_the_zip_holds_every_frame_and_the_story(house, engine):
    await house.film(engine.fly("3", 5))
    await house.tapes.build("3", 1)  # its frames are cleared: they are drawn again
    path = await house.tapes.export_zip("3", 1)
    with zipfile.ZipFile(path) as bundle:
        names = bundle.namelist()
        assert names == [f"turn-{n:04d}.jpg" for n in range(1, 6)] + ["story.txt"]
        assert bundle.testzip() is None
        story = bundle.read("story.txt").decode()
    assert "What happened in turn 3." in story
    assert "Hull breach" in story


async def test_the_zip_comes_from_the_tape_when_the_pictures_are_lost(house, engine, mark_in, monkeypatch):
    turns = engine.fly("3", 5)
    await house.film(turns)
    await house.tapes.build("3", 1)

    async def refuse(session_id, ref):
        raise EngineAway("no answer")

    monkeypatch.setattr(engine, "frame", refuse)
    path = await house.tapes.export_zip("3", 1)
    with zipfile.ZipFile(path) as bundle:
        for turn in turns:
            assert mark_in(bundle.read(f"turn-{turn.n:04d}.png")) == (22, turn.n)


async def test_the_zip_fits_the_limit_or_says_that_it_cannot(house, engine):
    engine.noise = True
    engine.kind = "png"
    await house.film(engine.fly("3", 4, ended=False))
    house.options = TapeOptions(limit=500_000)
    path = await house.tapes.export_zip("3", 1)
    assert path.stat().st_size <= 475_000
    house.options = TapeOptions(limit=10_000)
    with pytest.raises(NothingToExport, match="too many"):
        await house.tapes.export_zip("3", 1)
    assert [p.suffix for p in path.parent.iterdir() if p.is_file()] == [".zip"]


async def test_nothing_to_export_is_said(house, engine):
    engine.fly("3", 2)
    with pytest.raises(NothingToExport):
        await house.tapes.export_zip("3", 9)
