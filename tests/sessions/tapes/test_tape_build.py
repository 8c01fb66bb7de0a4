"""A voyage becomes a tape that holds exactly its own frames, in order."""

import asyncio
from pathlib import Path

import av
import pytest

from sessions.channel_settings import TapeFormat
from sessions.tapes.models import TapeOptions


def expected(session: str, turns: int, voyage: int = 1) -> list[tuple[int, int]]:
    """List the markers of a voyage."""
    return [((int(session) * 7 + voyage) % 4096, n) for n in range(1, turns + 1)]


async def test_recorded_frames_become_a_tape_in_order(house, engine, marks):
    turns = engine.fly("123", 23)
    await house.film(turns)
    assert len(list((house.root / "sessions/123/films/segments").glob("*.h264"))) == 2
    path, sentence = await house.tapes.build("123", 1)
    assert path is not None, sentence
    assert marks(path) == expected("123", 23)
    assert "23 frames" in sentence
    assert engine.drawn == []


async def test_twenty_channels_that_die_at_once_get_their_own_frames(house, engine, marks):
    sessions = [str(1000 + k) for k in range(20)]
    flown = {session: engine.fly(session, 11 + int(session) % 4) for session in sessions}
    for n in range(15):
        await asyncio.gather(*(house.film(turns[n : n + 1]) for turns in flown.values() if n < len(turns)))
    await asyncio.gather(*(house.end(turns[-1]) for turns in flown.values()))
    outcomes = await house.tapes.drain()
    assert sorted(outcome.session_id for outcome in outcomes) == sessions
    for session, turns in flown.items():
        (tape,) = await house.tapes.list(session)
        assert marks(tape.path) == expected(session, len(turns))
        assert tape.path.is_relative_to(house.root / "sessions" / session / "tapes")


@pytest.mark.parametrize("form", list(TapeFormat))
@pytest.mark.parametrize("vhs", [False, True])
async def test_every_format_and_look_shows_every_frame(house, engine, marks, form, vhs):
    house.options = TapeOptions(format=form, vhs=vhs)
    await house.film(engine.fly("5", 12))
    path, sentence = await house.tapes.build("5", 1)
    assert isinstance(path, Path), sentence
    assert path.suffix == f".{form.value}"
    assert marks(path) == expected("5", 12)


@pytest.mark.parametrize("kind", ["png", "jpeg", "webp"])
async def test_frames_may_come_in_any_usual_format(house, engine, marks, kind):
    engine.kind = kind
    await house.film(engine.fly("6", 11))
    path, sentence = await house.tapes.build("6", 1)
    assert path is not None, sentence
    assert marks(path) == expected("6", 11)


@pytest.mark.parametrize("kind", ["png", "jpeg", "webp"])
@pytest.mark.parametrize("recorded", [True, False])
async def test_a_tape_plays_before_it_is_loaded_and_seldom_begins_anew(house, engine, kind, recorded):
    engine.kind = kind
    turns = engine.fly("3", 14)
    if recorded:
        await house.film(turns)
    path, sentence = await house.tapes.build("3", 1)
    assert path is not None, sentence
    data = path.read_bytes()
    assert data.index(b"ftyp") < data.index(b"moov") < data.index(b"mdat"), "the index comes first"
    with av.open(str(path)) as film:
        keys = [bool(packet.is_keyframe) for packet in film.demux(video=0) if packet.size]
    assert len(keys) == 14 + 3
    assert keys[0]
    assert sum(keys) <= 4, "a decoder's key frame is no order to the encoder"


@pytest.mark.parametrize("turns", [0, 1])
async def test_too_few_frames_are_a_sentence(house, engine, turns):
    await house.film(engine.fly("7", turns))
    path, sentence = await house.tapes.build("7", 1)
    assert path is None
    assert sentence.startswith("Not enough frames")


async def test_two_frames_are_enough(house, engine, marks):
    await house.film(engine.fly("7", 2))
    path, sentence = await house.tapes.build("7", 1)
    assert path is not None, sentence
    assert marks(path) == expected("7", 2)
