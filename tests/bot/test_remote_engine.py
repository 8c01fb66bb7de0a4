"""What an engine in another database leaves for this house to note: which voyages have ended."""

import logging

import msgspec
import pytest

from bot.remote_engine import promising
from engine_client.models import SessionId, Turn, TurnRef, TurnResult, VoyageEnd, Wait
from tests.engine_server import turn_of

HERE = SessionId("1001")


class Scripted:
    """An engine that answers every call with one turn."""

    def __init__(self, turn: Turn) -> None:
        self.turn = turn

    async def start(self, session_id, *, turn_id, captain):
        return TurnResult(self.turn)

    async def act(self, session_id, action, *, turn_id, expected, actor):
        return TurnResult(self.turn)

    async def restore(self, session_id, save, *, turn_id, actor):
        return TurnResult(self.turn)

    async def state(self, session_id):
        return self.turn


async def calls(turn: Turn) -> list[tuple[str, int]]:
    """Make every call that gives this turn, and list the voyages that were noted."""
    noted: list[tuple[str, int]] = []

    async def note(session_id: str, voyage: int) -> None:
        noted.append((session_id, voyage))

    engine = promising(Scripted(turn), note)  # type: ignore[arg-type]
    assert (await engine.start(HERE, turn_id="a", captain="")).turn == turn
    assert (await engine.act(HERE, Wait(), turn_id="a", expected=TurnRef(1, 1), actor="")).turn == turn
    assert (await engine.restore(HERE, b"", turn_id="a", actor="")).turn == turn
    assert await engine.state(HERE) == turn
    return noted


async def test_a_turn_that_ends_a_voyage_is_noted():
    ended = msgspec.structs.replace(turn_of(HERE, 3, 9), end=VoyageEnd("death", "Lost", "All hands."))
    assert await calls(ended) == [(HERE, 3)] * 3


async def test_a_launch_notes_the_voyage_before_it_again():
    assert await calls(turn_of(HERE, 3, 1)) == [(HERE, 2)] * 3


@pytest.mark.parametrize("turn", [turn_of(HERE, 1, 1), turn_of(HERE, 3, 2)])
async def test_other_turns_note_nothing(turn):
    assert await calls(turn) == []


async def test_turns_after_which_nothing_is_left_to_promise_are_told():
    told: list[Turn] = []
    promised: list[tuple[str, int]] = []

    async def promise(session_id: str, voyage: int) -> None:
        if promised:
            raise OSError("the disk is full")
        promised.append((session_id, voyage))

    ended = msgspec.structs.replace(turn_of(HERE, 3, 9), end=VoyageEnd("death", "Lost", "All hands."))
    for turn in (turn_of(HERE, 3, 8), ended, ended):
        engine = promising(Scripted(turn), promise, told.append)  # type: ignore[arg-type]
        await engine.act(HERE, Wait(), turn_id="a", expected=TurnRef(1, 1), actor="")
    assert promised == [(HERE, 3)]
    assert told == [turn_of(HERE, 3, 8), ended], "the third could not be promised"


async def test_what_cannot_be_noted_fails_no_turn(caplog):
    async def broken(session_id: str, voyage: int) -> None:
        raise OSError("the disk is full")

    engine = promising(Scripted(turn_of(HERE, 2, 1)), broken)  # type: ignore[arg-type]
    assert (await engine.start(HERE, turn_id="a", captain="")).turn.voyage == 2
    (record,) = [record for record in caplog.records if record.levelno == logging.ERROR]
    assert "session=1001 voyage=1" in record.getMessage()
