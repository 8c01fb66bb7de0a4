"""What is special where the engine is in another process: its sessions are asked for, its ends promised."""

import msgspec
import pytest

from engine_client.errors import EngineAway, UnknownSession
from engine_client.models import Picture, SessionSummary, TurnRef, TurnResult, VoyageEnd, Wait
from sessions.boards import BoardBook
from sessions.frames import FrameRegistry
from sessions.locks import SessionLocks
from sessions.projections.boards import BoardProjection
from sessions.projections.cursors import CursorsApart
from sessions.projections.elsewhere import RunProjection, TapeProjection
from sessions.projections.frames import FrameProjection
from sessions.projections.live import followed
from storage.following import FollowStore
from storage.run_notices import NoticeRow
from storage.store import Store
from tests.engine_server import turn_of

END = VoyageEnd("death", "Lost", "All hands.")


@pytest.fixture
async def store(tmp_path):
    opened = await Store.open(tmp_path / "store.sqlite3")
    yield opened
    await opened.close()


class Engine:
    """An engine elsewhere: it lists what the test says, and gives one turn."""

    def __init__(self) -> None:
        self.places: dict[str, tuple[int, int]] = {}
        self.turn = turn_of("7", 1, 1)
        self.later = []
        self.picture: Picture | Exception = Picture(b"picture" * 9, "image/webp", 640, 360)

    async def list_sessions(self):
        return [SessionSummary(s, voyage, n, "", "", "", True, 1.0) for s, (voyage, n) in self.places.items()]

    async def state(self, session_id):
        return self.turn

    async def turns(self, session_id, *, after, limit=100):
        return self.later

    async def frame(self, session_id, ref):
        if isinstance(self.picture, Exception):
            raise self.picture
        return self.picture

    async def act(self, session_id, action, *, turn_id, expected, actor):
        return TurnResult(self.turn)

    async def start(self, session_id, *, turn_id, captain):
        return TurnResult(self.turn)

    async def restore(self, session_id, save, *, turn_id, actor):
        return TurnResult(self.turn)


async def test_the_engines_own_list_says_who_is_behind(store):
    engine = Engine()
    engine.places = {"seen": (1, 5), "half": (2, 1), "never": (1, 1)}
    await store.cursors.advance_many([("a", "seen", 1, 5), ("b", "seen", 1, 5), ("a", "half", 2, 1)])
    await store.cursors.advance_many([("b", "half", 1, 9)])
    cursors = CursorsApart(store.cursors, FollowStore(store.database), engine)
    assert sorted(await cursors.lagging(["a", "b"])) == [("half", (2, 1)), ("never", (1, 1))]


async def test_what_the_engine_removed_or_began_anew_is_forgotten(store):
    engine = Engine()
    cursors = CursorsApart(store.cursors, FollowStore(store.database), engine)
    await store.cursors.advance_many([("a", "kept", 1, 2), ("a", "gone", 1, 2), ("a", "anew", 4, 2)])
    for session_id in ("kept", "gone"):
        await store.run_notices.put(NoticeRow(session_id, 1, 2, 3))
    assert await cursors.clear(["a"]) == [], "an engine without any session may be the wrong one"
    engine.places = {"kept": (1, 3), "anew": (1, 1)}
    assert await cursors.clear(["a"]) == ["anew", "gone"]
    assert await store.cursors.all("a") == {"kept": (1, 2)}
    assert await store.run_notices.get("gone") is None
    assert await store.run_notices.get("kept") is not None


async def test_a_tape_is_promised_for_ended_voyages_of_channels_with_a_board(store):
    promised = []

    async def promise(session_id, voyage):
        promised.append((session_id, voyage))

    boards = BoardBook(store.boards)
    projection = TapeProjection(promise, boards)
    ended = msgspec.structs.replace(turn_of("7", 3, 9), end=END)
    await projection.apply(ended)
    assert promised == [], "no board: the voyage was never played in this house"
    await boards.placed(turn_of("7", 3, 8), 1, 7, 99)
    await projection.apply(turn_of("7", 3, 8))
    await projection.apply(ended)
    assert promised == [("7", 3)]


def test_a_house_that_is_new_to_an_engine_promises_no_old_tapes():
    projection = TapeProjection(lambda *_: None, None)  # type: ignore[arg-type]
    assert projection.since(turn_of("7", 40, 3), (0, 0)) == TurnRef(39, 0)
    assert projection.since(turn_of("7", 1, 3), (0, 0)) == TurnRef(1, 0)
    assert projection.since(turn_of("7", 40, 3), (37, 5)) == TurnRef(37, 5)


async def test_a_run_is_observed_as_the_newest_turn_is_now_under_the_sessions_lock():
    locks, engine, seen = SessionLocks(), Engine(), []

    class Book:
        async def observe(self, turn):
            assert locks.of("7").locked()
            seen.append(turn.ref)

    projection = RunProjection(engine, Book(), locks)  # type: ignore[arg-type]
    engine.turn = turn_of("7", 2, 4)
    await projection.apply(turn_of("7", 2, 3))
    assert seen == [TurnRef(2, 4)]


async def test_a_board_that_shows_an_older_turn_is_marked_and_no_other(store):
    boards = BoardBook(store.boards)
    projection = BoardProjection(boards)
    await projection.apply(turn_of("7", 1, 2))
    assert await boards.all_behind() == []
    await boards.placed(turn_of("7", 1, 2), 1, 7, 99)
    await projection.apply(turn_of("7", 1, 2))
    assert await boards.all_behind() == []
    await projection.apply(turn_of("7", 2, 1))
    assert [row.session_id for row in await boards.all_behind()] == ["7"]


async def test_a_picture_that_the_engine_cannot_give_is_left_out_and_counted(tmp_path, store):
    engine = Engine()
    frames = FrameRegistry(tmp_path, store.frames)
    projection = FrameProjection(engine, frames)
    engine.picture = UnknownSession("no such turn")
    await projection.apply(turn_of("7", 1, 1))
    assert projection.left_out == 1
    engine.picture = EngineAway("nobody there")
    with pytest.raises(EngineAway):
        await projection.apply(turn_of("7", 1, 2))
    assert await store.frames.list("7", 1) == []


async def test_a_voyage_that_ended_while_its_picture_was_drawn_keeps_none(tmp_path, store):
    engine = Engine()
    projection = FrameProjection(engine, FrameRegistry(tmp_path, store.frames))
    engine.later = [msgspec.structs.replace(turn_of("7", 1, 3), end=END)]
    await projection.apply(turn_of("7", 1, 2))
    assert await store.frames.list("7", 1) == []
    engine.later = [turn_of("7", 1, 3)]
    await projection.apply(turn_of("7", 1, 2))
    assert [frame.n for frame in await store.frames.list("7", 1)] == [2]
    assert projection.since(turn_of("7", 4, 7), (1, 1)) == TurnRef(4, 0)
    assert projection.since(engine.later[0], (1, 1)) == TurnRef(1, 0)


async def test_every_accepted_turn_is_told_once_it_is_acknowledged():
    told = []
    engine = followed(Engine(), lambda turn: told.append(turn.ref))  # type: ignore[arg-type]
    await engine.start("7", turn_id="a", captain="Ada")
    await engine.act("7", Wait(), turn_id="b", expected=TurnRef(1, 1), actor="Ada")
    await engine.restore("7", b"", turn_id="c", actor="Ada")
    assert told == [TurnRef(1, 1)] * 3
    assert await engine.state("7") == turn_of("7", 1, 1)
