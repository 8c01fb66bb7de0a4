"""Sessions: launched once, acted on once, out of memory and back, each on its own."""

import asyncio
import itertools
import json
import random
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import update

from engine.content import Content, load_content
from engine.journal import decode_entry, replay
from engine.manager import SessionManager
from engine.rules.codec import decode_outcome, encode
from engine.rules.errors import Refused, UnknownChoice
from engine.rules.moves import Abandon, Choose, Wait
from engine.session_errors import NoVoyage, StoreAway, TurnPassed, VoyageEnded, VoyageRunning
from storage.schema import session as session_table
from storage.store import Store


class Clock:
    """Time that passes when the test says so."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        """Give the time."""
        return self.now


class House:
    """A store and the managers that a test puts on it."""

    def __init__(self, store: Store, content: Content, folder: Path) -> None:
        self.store = store
        self.content = content
        self.folder = folder
        self.clock = Clock()
        self.seeds = itertools.count(11)

    def manager(self, **limits: float) -> SessionManager:
        """Make another manager: another process, or the same after a restart."""
        return SessionManager(
            self.store,
            self.content,
            clock=self.clock,
            seeds=self.seeds.__next__,
            folder=self.folder,
            **limits,  # type: ignore[arg-type]
        )


@pytest.fixture(scope="module")
def content() -> Content:
    """Give the game's own content."""
    return load_content()


@pytest.fixture
async def house(tmp_path: Path, content: Content) -> AsyncIterator[House]:
    """Give an empty house."""
    store = await Store.open(tmp_path / "store.sqlite3")
    yield House(store, content, tmp_path)
    await store.close()


async def _first(manager: SessionManager, session_id: str, turn_id: str = "t") -> None:
    """Take the first choice of a session's newest turn."""
    session = await manager.get_session(session_id)
    move = Choose(session.outcome.choices[0].id)
    await manager.act(session_id, move, turn_id=turn_id, expected=session.place, actor="Ada")


async def _play_to_the_end(manager: SessionManager, session_id: str) -> None:
    """Choose at random, and give up after 150 turns."""
    dice = random.Random(session_id)
    for number in range(200):
        session = await manager.get_session(session_id)
        if not session.active:
            return
        move = Choose(dice.choice(session.outcome.choices).id) if number < 150 else Abandon("restart")
        await manager.act(
            session_id, move, turn_id=f"{session_id}:{number}", expected=session.place, actor="Ada"
        )
    raise AssertionError("the voyage does not end")


async def test_a_launch_makes_a_session(house):
    manager = house.manager()
    assert await manager.get_session("7") is None
    accepted = await manager.launch("7", turn_id="a", captain="Ada")
    assert (accepted.row.voyage, accepted.row.n, accepted.repeated) == (1, 1, False)
    session = await manager.get_session("7")
    assert (session.captain, session.place, session.active) == ("Ada", (1, 1), True)
    voyage = await house.store.voyages.get("7", 1)
    assert (voyage.seed, voyage.captain, voyage.ship) == (11, "Ada", accepted.outcome.ship)


async def test_create_session_gives_the_voyage_under_way_unless_forced(house):
    manager = house.manager()
    first = await manager.create_session("7", captain="Ada")
    assert await manager.create_session("7", captain="Bob") is first
    forced = await manager.create_session("7", force_new=True, captain="Bob")
    assert (forced.place, forced.captain) == ((2, 1), "Bob")
    ended = await house.store.voyages.get("7", 1)
    assert (ended.cause, ended.turns) == ("restart", 2)
    assert await house.store.jobs.count_open("tape") == 1


async def test_a_second_launch_is_refused_and_the_first_repeated(house):
    manager = house.manager()
    first = await manager.launch("7", turn_id="a", captain="Ada")
    with pytest.raises(VoyageRunning):
        await manager.launch("7", turn_id="b", captain="Bob")
    again = await manager.launch("7", turn_id="a", captain="Ada")
    assert again.repeated
    assert again.row == first.row


async def test_fifty_moves_on_one_turn_change_the_game_once(house):
    manager = house.manager()
    await manager.launch("7", turn_id="a", captain="Ada")
    racing = [
        manager.act("7", Wait(), turn_id=f"c{i}", expected=(1, 1), actor=f"player {i}") for i in range(50)
    ]
    results = await asyncio.gather(*racing, return_exceptions=True)
    won = [result for result in results if not isinstance(result, BaseException)]
    assert len(won) == 1
    late = [result for result in results if isinstance(result, TurnPassed)]
    assert len(late) == 49
    assert {error.newest.turn_id for error in late} == {won[0].row.turn_id}
    assert (await manager.get_session("7")).place == (1, 2)


async def test_a_redelivered_move_gives_its_turn_however_old(house):
    manager = house.manager()
    await manager.launch("7", turn_id="a", captain="Ada")
    for i in range(5):
        await _first(manager, "7", f"t{i}")
    again = await manager.act("7", Wait(), turn_id="t1", expected=(1, 2), actor="Ada")
    assert again.repeated
    assert (again.row.turn_id, again.row.n) == ("t1", 3)
    assert (await manager.get_session("7")).place == (1, 6)


async def test_what_the_rules_refuse_changes_nothing(house):
    manager = house.manager()
    await manager.launch("7", turn_id="a", captain="Ada")
    before = (await manager.get_session("7")).state
    with pytest.raises(UnknownChoice):
        await manager.act("7", Choose("nonsense"), turn_id="b", expected=(1, 1), actor="Ada")
    with pytest.raises(Refused):
        await manager.act("7", "xyzzy plugh", turn_id="c", expected=(1, 1), actor="Ada")
    session = await manager.get_session("7")
    assert (session.place, session.state) == ((1, 1), before)
    assert await house.store.turns.find("b") is None


async def test_a_players_words_are_kept_as_what_they_meant(house):
    manager = house.manager()
    await manager.launch("7", turn_id="a", captain="Ada")
    accepted = await manager.act("7", "1", turn_id="b", expected=(1, 1), actor="Ada")
    entry = decode_entry(accepted.row.action)
    assert (entry.verb, entry.target) == ("pick", (await _choices(house, "7", 1, 1))[0])


async def _choices(house: House, session_id: str, voyage: int, n: int) -> list[str]:
    row = await house.manager().turn(session_id, voyage, n)
    return [choice.id for choice in decode_outcome(row.outcome).choices]


async def test_no_voyage_and_an_ended_one_are_told_apart(house):
    manager = house.manager()
    with pytest.raises(NoVoyage):
        await manager.act("7", Wait(), turn_id="x", expected=(1, 1), actor="Ada")
    await manager.launch("7", turn_id="a", captain="Ada")
    await _play_to_the_end(manager, "7")
    session = await manager.get_session("7")
    with pytest.raises(VoyageEnded):
        await manager.act("7", Wait(), turn_id="y", expected=session.place, actor="Ada")
    with pytest.raises(TurnPassed):
        await manager.act("7", Wait(), turn_id="y", expected=(1, 1), actor="Ada")
    assert (await manager.launch("7", turn_id="b", captain="Bob")).row.voyage == 2


async def test_every_voyage_replays_from_its_journal_byte_for_byte(house):
    manager = house.manager()
    await asyncio.gather(*[manager.launch(str(i), turn_id=f"{i}", captain="Ada") for i in range(5)])
    await asyncio.gather(*[_play_to_the_end(manager, str(i)) for i in range(5)])
    for i in range(5):
        rows = await manager.turns_after(str(i), 0, 0, 5000)
        turns = replay(house.content, [decode_entry(row.action) for row in rows])
        assert [encode(outcome) for _, outcome in turns] == [row.outcome for row in rows]
        assert encode(turns[-1][0]) == (await house.store.sessions.load(str(i))).state


async def test_an_idle_session_leaves_memory_saved_and_comes_back_by_itself(house):
    manager = house.manager()
    await manager.launch("7", turn_id="a", captain="Ada")
    house.clock.now += 1800
    await manager.launch("8", turn_id="b", captain="Bob")
    house.clock.now += 1800
    assert await manager.cleanup_old_sessions() == 1
    assert list(manager.get_session_stats()["sessions"]) == ["8"]
    saved = json.loads((house.folder / "sessions/7/state.json").read_text("utf-8"))
    assert saved["state"]["captain"] == "Ada"
    await _first(manager, "7", "later")
    assert (await manager.get_session("7")).place == (1, 2)


async def test_more_sessions_than_allowed_leave_memory_longest_untouched_first(house):
    manager = house.manager(max_loaded=2)
    for i in range(5):
        house.clock.now += 1
        await manager.launch(str(i), turn_id=f"l{i}", captain="Ada")
    house.clock.now += 1
    await _first(manager, "0")
    assert await manager.cleanup_old_sessions() == 3
    assert sorted(manager.get_session_stats()["sessions"]) == ["0", "4"]


async def test_saving_goes_on_past_a_session_that_fails(house, caplog):
    manager = house.manager()
    for i in range(3):
        await manager.launch(str(i), turn_id=f"l{i}", captain="Ada")
    (house.folder / "sessions").mkdir()
    (house.folder / "sessions/1").write_text("in the way")
    assert await manager.save_all_sessions() == 2
    assert "session 1 was not written" in caplog.text
    (house.folder / "sessions/1").unlink()
    assert await manager.save_all_sessions() == 1
    assert await manager.save_all_sessions() == 0


async def test_the_history_file_tells_the_voyages_and_the_turns(house):
    manager = house.manager()
    await manager.launch("7", turn_id="a", captain="Zoë 🚀")
    await _first(manager, "7")
    await manager.save_all_sessions()
    text = (house.folder / "sessions/7/history.json").read_text("utf-8")
    history = json.loads(text)
    assert "Zoë 🚀" in text
    assert [turn["n"] for turn in history["turns"]] == [1, 2]
    assert history["voyages"][0]["turns"] == 2
    assert [path.name for path in (house.folder / "sessions/7").iterdir() if "part" in path.name] == []


async def test_statistics_have_the_stated_shape(house):
    manager = house.manager()
    assert manager.get_session_stats() == {"active_sessions": 0, "total_players": 0, "sessions": {}}
    await manager.launch("7", turn_id="a", captain="Ada")
    stats = manager.get_session_stats()
    assert (stats["active_sessions"], stats["total_players"]) == (1, 1)
    assert stats["sessions"]["7"] == {"turn_count": 1, "wealth": 500, "game_over": False, "victory": False}


async def test_a_removed_session_is_forgotten_and_can_begin_again(house):
    manager = house.manager()
    await manager.launch("7", turn_id="a", captain="Ada")
    await manager.save_all_sessions()
    assert await manager.remove_session("7")
    assert not await manager.remove_session("7")
    assert not (house.folder / "sessions/7").exists()
    assert await manager.get_session("7") is None
    assert (await manager.launch("7", turn_id="b", captain="Ada")).row.voyage == 1


@pytest.mark.parametrize("session_id", ["", "../x", "a/b", "x" * 65, "a b", "."])
async def test_what_is_no_session_id_makes_nothing(house, session_id):
    manager = house.manager()
    with pytest.raises(ValueError):
        await manager.launch(session_id, turn_id="a", captain="Ada")
    with pytest.raises(ValueError):
        await manager.create_session(session_id)
    assert await house.store.sessions.list() == []


async def test_another_process_that_was_first_is_noticed(house):
    one, other = house.manager(), house.manager()
    await one.launch("7", turn_id="a", captain="Ada")
    await _first(other, "7", "theirs")
    with pytest.raises(TurnPassed) as caught:
        await one.act("7", Wait(), turn_id="ours", expected=(1, 1), actor="Ada")
    assert caught.value.newest.turn_id == "theirs"
    await _first(one, "7", "next")
    assert (await one.get_session("7")).place == (1, 3)
    assert (await one.act("7", Wait(), turn_id="theirs", expected=(1, 1), actor="x")).repeated


@pytest.fixture
def fleet(house):
    """Two managers of two processes on one database."""
    house.store.database.shared = True
    return house.manager(), house.manager()


async def test_processes_take_turns_on_one_session(fleet):
    one, other = fleet
    await one.launch("7", turn_id="a", captain="Ada")
    for i in range(6):
        mine = fleet[i % 2]
        assert (await mine.get_session("7")).place == (1, i + 1)
        await _first(mine, "7", f"t{i}")
    with pytest.raises(TurnPassed) as caught:
        await one.act("7", Wait(), turn_id="x", expected=(1, 3), actor="Ada")
    assert caught.value.newest.n == 7
    with pytest.raises(VoyageRunning):
        await other.launch("7", turn_id="b", captain="Bob")


async def test_a_click_on_the_newest_board_works_in_a_process_that_has_not_seen_it(fleet):
    one, other = fleet
    await one.launch("7", turn_id="a", captain="Ada")
    await other.get_session("7")
    await _first(one, "7", "b")
    accepted = await other.act("7", Wait(), turn_id="c", expected=(1, 2), actor="Bob")
    assert accepted.row.n == 3


async def test_of_launches_in_many_processes_one_begins(fleet):
    racing = [m.launch("7", turn_id=f"l{i}{j}", captain="Ada") for i in range(5) for j, m in enumerate(fleet)]
    results = await asyncio.gather(*racing, return_exceptions=True)
    assert sum(not isinstance(result, BaseException) for result in results) == 1
    assert sum(isinstance(result, VoyageRunning) for result in results) == 9


async def test_a_session_that_another_process_removed_is_gone(fleet):
    one, other = fleet
    await one.launch("7", turn_id="a", captain="Ada")
    await other.remove_session("7")
    assert await one.get_session("7") is None
    with pytest.raises(NoVoyage):
        await one.act("7", Wait(), turn_id="x", expected=(1, 2), actor="Ada")


async def test_a_click_whose_task_is_cancelled_is_kept_or_not_but_never_torn(house):
    manager = house.manager()
    await manager.launch("7", turn_id="a", captain="Ada")
    for i in range(10):
        session = await manager.get_session("7")
        move = Choose(session.outcome.choices[0].id)
        click = manager.act("7", move, turn_id=f"c{i}", expected=session.place, actor="Ada")
        task = asyncio.ensure_future(click)
        for _ in range(i % 4):
            await asyncio.sleep(0)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        await house.store.database.write(lambda conn: None)  # whatever was under way is decided now
        kept = await house.store.turns.find(f"c{i}")
        before = session.place[1]
        assert (await manager.get_session("7")).place == (1, before + (kept is not None))
    rows = await manager.turns_after("7", 0, 0, 100)
    assert [row.n for row in rows] == list(range(1, len(rows) + 1))


async def test_a_store_that_is_away_loses_nothing(house, tmp_path):
    manager = house.manager()
    await manager.launch("7", turn_id="a", captain="Ada")
    await house.store.close()
    with pytest.raises(StoreAway):
        await _first(manager, "7", "b")
    house.store = await Store.open(tmp_path / "store.sqlite3")
    assert (await house.manager().get_session("7")).place == (1, 1)


async def _spoil(house: House, session_id: str, state: bytes) -> None:
    statement = update(session_table).where(session_table.c.session_id == session_id).values(state=state)
    await house.store.database.write(lambda conn: conn.execute(statement))


async def test_a_state_that_this_release_cannot_read_does_not_block_its_channel(house, caplog):
    await house.manager().launch("7", turn_id="a", captain="Ada")
    await _spoil(house, "7", b"not a state")
    manager = house.manager()
    with pytest.raises(VoyageEnded):
        await manager.act("7", Wait(), turn_id="b", expected=(1, 1), actor="Ada")
    assert "state of session 7 cannot be read" in caplog.text
    assert (await manager.launch("7", turn_id="c", captain="Ada")).row.voyage == 2


async def test_a_voyage_that_the_rules_trip_over_can_be_abandoned(house):
    first = await house.manager().launch("7", turn_id="a", captain="Ada")
    state = (await house.manager().get_session("7")).state
    state.ship_type = "a ship of content that was removed"
    await _spoil(house, "7", encode(state))
    manager = house.manager()
    accepted = await manager.act("7", Abandon("restart"), turn_id="b", expected=(1, 1), actor="Ada")
    assert (accepted.outcome.end.cause, accepted.outcome.choices) == ("restart", ())
    assert accepted.outcome.scene == first.outcome.scene
    assert (await house.store.voyages.get("7", 1)).cause == "restart"
    assert (await manager.launch("7", turn_id="c", captain="Ada")).row.voyage == 2


async def test_the_longest_session_id_can_be_forced_anew(house):
    manager = house.manager()
    name = "x" * 64
    await manager.create_session(name)
    await manager.create_session(name, force_new=True)
    rows = await manager.turns_after(name, 0, 0, 10)
    assert max(len(row.turn_id) for row in rows) <= 128


async def test_two_hundred_sessions_keep_apart(house):
    manager = house.manager()

    async def play(number: int) -> None:
        await manager.launch(f"s{number}", turn_id=f"l{number}", captain=f"captain {number}")
        for i in range(5):
            await _first(manager, f"s{number}", f"{number}:{i}")

    await asyncio.gather(*[play(number) for number in range(200)])
    for number in (0, 77, 199):
        rows = await manager.turns_after(f"s{number}", 0, 0, 100)
        assert [row.turn_id for row in rows] == [f"l{number}", *[f"{number}:{i}" for i in range(5)]]
        assert (await manager.get_session(f"s{number}")).captain == f"captain {number}"
    assert (await house.store.sessions.counts()).sessions == 200
