"""Sessions that several processes serve on one PostgreSQL: owned, taken over, fenced, no turn lost."""

import asyncio
import itertools
import random
from collections.abc import AsyncIterator, Callable, Coroutine
from pathlib import Path

import msgspec
import pytest
from sqlalchemy import func, select, update

from engine.content import Content, load_content
from engine.journal import decode_entry, replay
from engine.manager import SessionManager
from engine.rules.codec import encode
from engine.rules.errors import RuleError
from engine.rules.moves import Wait
from engine.session_errors import SessionError, StoreAway, TurnPassed, VoyageEnded
from engine.session_table import OWNED_SECONDS
from storage.errors import Conflict, StaleEpoch
from storage.rows import TurnCommit
from storage.schema import session as sessions
from storage.schema import turn as turns
from storage.store import Store

MakeManager = Callable[[str], SessionManager]


@pytest.fixture(scope="module")
def content() -> Content:
    """Give the game's own content."""
    return load_content()


@pytest.fixture
async def store(postgres) -> AsyncIterator[Store]:
    """Give a store on PostgreSQL that the processes of a test share."""
    opened = await Store.open(await postgres.create())
    yield opened
    await opened.close()


@pytest.fixture
def process(store: Store, content: Content, tmp_path: Path) -> MakeManager:
    """Make the engine of a process, by the process's name."""
    seeds = itertools.count(11)

    def make(owner: str) -> SessionManager:
        return SessionManager(
            store, content, clock=lambda: 1000.0, seeds=seeds.__next__, folder=tmp_path, owner=owner
        )

    return make


async def _wait(manager: SessionManager, place: tuple[int, int], turn_id: str, session_id: str = "7"):
    return await manager.act(session_id, Wait(), turn_id=turn_id, expected=place, actor="Ada")


async def _hand_over(store: Store, owner: str, session_id: str = "7") -> None:
    """Give a session to another owner, without a turn."""
    values = {"owner": owner, "epoch": sessions.c.epoch + 1}
    statement = update(sessions).where(sessions.c.session_id == session_id).values(values)
    await store.database.write(lambda conn: conn.execute(statement).rowcount)


async def _check_journal(store: Store, content: Content, session_id: str) -> list[str]:
    """The journal has every number once, its voyages replay to the stored state; give its turn ids."""
    rows = await store.turns.after(session_id, 0, 0, 10_000)
    kept = await store.sessions.load(session_id)
    assert kept is not None
    assert kept.version == len(rows)
    last = b""
    for voyage, of_voyage in itertools.groupby(rows, key=lambda row: row.voyage):
        listed = list(of_voyage)
        assert [row.n for row in listed] == list(range(1, len(listed) + 1)), voyage
        for row, (state, outcome) in zip(
            listed, replay(content, [decode_entry(row.action) for row in listed]), strict=True
        ):
            assert encode(outcome) == row.outcome
            last = encode(state)
    assert kept.state == last
    return [row.turn_id for row in rows]


async def test_two_hundred_turns_played_at_two_processes_by_turns(store, process, content):
    one, other = process("one"), process("other")
    place = (1, 1)
    await one.launch("7", turn_id="t0", captain="Ada")
    for number in range(1, 201):
        mine = (one, other)[number % 2]
        try:
            accepted = await _wait(mine, place, f"t{number}")
        except VoyageEnded:
            accepted = await mine.launch("7", turn_id=f"t{number}", captain="Ada")
        place = (accepted.row.voyage, accepted.row.n)
    ids = await _check_journal(store, content, "7")
    assert ids == [f"t{number}" for number in range(201)]
    kept = await store.sessions.load("7")
    assert (kept.owner, kept.epoch) == ("one", 201)


async def test_the_owner_goes_on_under_one_epoch(store, process):
    one = process("one")
    await one.launch("7", turn_id="a", captain="Ada")
    for n in range(1, 5):
        await _wait(one, (1, n), f"t{n}")
    kept = await store.sessions.load("7")
    assert (kept.owner, kept.epoch, kept.owned_until) == ("one", 1, 1000.0 + OWNED_SECONDS)
    assert [(row.owner, row.sessions) for row in await store.sessions.owners(1000.0)] == [("one", 1)]
    assert await store.sessions.owners(1000.0 + OWNED_SECONDS) == []


async def test_a_killed_owner_is_followed_at_once(store, process):
    one = process("one")
    await one.launch("7", turn_id="a", captain="Ada")
    await _wait(one, (1, 1), "b")
    accepted = await _wait(process("heir"), (1, 2), "c")
    kept = await store.sessions.load("7")
    assert (accepted.row.n, kept.owner, kept.epoch) == (3, "heir", 2)


async def test_a_former_owner_hears_of_the_turn_it_missed_and_goes_on(store, process):
    one, heir = process("one"), process("heir")
    await one.launch("7", turn_id="a", captain="Ada")
    await _wait(heir, (1, 1), "b")
    with pytest.raises(TurnPassed) as caught:
        await _wait(one, (1, 1), "late")
    assert caught.value.newest.turn_id == "b"
    assert (await _wait(one, (1, 2), "c")).row.n == 3
    assert (await store.sessions.load("7")).epoch == 3


async def test_a_look_takes_nothing_over(store, process):
    one, other = process("one"), process("other")
    await one.launch("7", turn_id="a", captain="Ada")
    assert (await other.get_session("7")).place == (1, 1)
    kept = await store.sessions.load("7")
    assert (kept.owner, kept.epoch) == ("one", 1)


@pytest.mark.parametrize("new_owner", ["other", ""])
async def test_a_change_of_hands_without_a_turn_costs_no_click(store, process, content, new_owner):
    one = process("one")
    await one.launch("7", turn_id="a", captain="Ada")
    await _hand_over(store, new_owner)
    accepted = await _wait(one, (1, 1), "b")
    assert not accepted.repeated
    kept = await store.sessions.load("7")
    assert (kept.owner, kept.epoch) == ("one", 3)
    assert await _check_journal(store, content, "7") == ["a", "b"]


async def test_a_launch_is_not_lost_to_a_change_of_hands(store, process):
    one = process("one")
    await one.launch("7", turn_id="a", captain="Ada")
    await _hand_over(store, "other")
    created = await one.create_session("7", force_new=True, captain="Bob", turn_id="b")
    assert created.place == (2, 1)


async def test_a_session_that_changes_hands_all_the_time_is_given_up(store, process, monkeypatch):
    one = process("one")
    await one.launch("7", turn_id="a", captain="Ada")

    async def refuse(commit: TurnCommit) -> None:
        raise StaleEpoch("it has left")

    with monkeypatch.context() as patched:
        patched.setattr(store.turns, "commit", refuse)
        with pytest.raises(StoreAway, match="changes hands"):
            await _wait(one, (1, 1), "b")
    assert (await _wait(one, (1, 1), "b")).row.n == 2


async def test_a_clean_stop_gives_its_sessions_up_in_one_statement(store, process):
    one, other = process("one"), process("other")
    for name in ("7", "8"):
        await one.launch(name, turn_id=name, captain="Ada")
    await other.launch("9", turn_id="9", captain="Bob")
    assert await one.release_sessions() == 2
    assert [row.owner for row in await store.sessions.owners(1000.0)] == ["other"]
    assert await one.release_sessions() == 0
    assert (await _wait(one, (1, 1), "b")).row.n == 2
    kept = await store.sessions.load("7")
    assert (kept.owner, kept.epoch) == ("one", 2)


async def test_no_write_of_a_former_owner_is_kept_whatever_version_it_names(store, process):
    one, heir = process("one"), process("heir")
    await one.launch("7", turn_id="a", captain="Ada")
    await _wait(one, (1, 1), "b")
    stale = TurnCommit(
        "7", 2, 1, 3, "x", "Ada", 1.0, b"", b"", b"lost", held_by="one", epoch=1, owner="one", owned_until=9e9
    )
    await _wait(heir, (1, 2), "c")
    forged = [
        msgspec.structs.replace(stale, expected_version=version, n=version + 1, held_by=held_by, epoch=epoch)
        for version in (2, 3)
        for held_by, epoch in (("one", 1), ("one", 2), ("heir", 1), ("", 0), ("", 2), ("heir", 3))
    ]
    for commit in forged:
        with pytest.raises((StaleEpoch, Conflict)):
            await store.turns.commit(commit)
    results = await asyncio.gather(*map(store.turns.commit, forged), return_exceptions=True)
    assert all(isinstance(result, StaleEpoch | Conflict) for result in results)
    kept = await store.sessions.load("7")
    assert (kept.version, kept.owner, kept.epoch) == (3, "heir", 2)


async def test_a_former_owner_writes_no_save_over_that_of_its_successor(store, process, tmp_path):
    one, other = process("one"), process("other")
    await one.launch("7", turn_id="a", captain="Ada")
    await _wait(other, (1, 1), "b")
    save = tmp_path / "sessions/7/state.json"
    assert await other.save_all_sessions() == 1
    written = save.read_bytes()
    await one.save_all_sessions()
    assert save.read_bytes() == written
    assert await one.cleanup_old_sessions() == 0
    await _wait(one, (1, 2), "c")
    await one.save_all_sessions()
    assert save.read_bytes() != written


async def test_a_session_removed_and_begun_anew_elsewhere_takes_no_old_turn(store, process):
    one, other = process("one"), process("other")
    await one.launch("7", turn_id="a", captain="Ada")
    await other.remove_session("7")
    await other.launch("7", turn_id="b", captain="Bob")
    with pytest.raises(TurnPassed):
        await _wait(one, (1, 1), "c")
    assert (await one.get_session("7")).captain == "Bob"


class Storm:
    """Processes that come and go, and clicks that reach them late, twice, or all at once."""

    def __init__(self, store: Store, process: MakeManager, seed: int) -> None:
        self.dice = random.Random(seed)
        self.accepted: dict[str, tuple[str, int, int]] = {}
        self._store = store
        self._process = process
        self._fleet = [process(f"p{number}") for number in range(3)]

    async def round(self, number: int, names: list[str]) -> None:
        """Play every session once, while processes look, stop and die."""
        dice, work = self.dice, list[Coroutine[object, object, object]]()
        for name in names:
            work += await self._clicks(name, number)
        if dice.random() < 0.3:
            work.append(dice.choice(self._fleet).release_sessions())
        if dice.random() < 0.3:
            work.append(dice.choice(self._fleet).get_session(dice.choice(names)))
        dice.shuffle(work)
        await asyncio.gather(*work)
        if dice.random() < 0.2:
            self._fleet[dice.randrange(3)] = self._process(f"heir{number}")

    async def _clicks(self, name: str, number: int) -> list[Coroutine[object, object, object]]:
        dice, found = self.dice, await self._store.sessions.load(name)
        if found is None or not found.active:
            await dice.choice(self._fleet).launch(name, turn_id=f"l{name}.{number}", captain="Ada")
            return []
        clicks: list[Coroutine[object, object, object]] = []
        for part in range(dice.randint(1, 3)):
            place = (found.voyage, max(found.n - dice.choice((0, 0, 0, 1)), 1))
            for manager in dice.sample(self._fleet, dice.choice((1, 1, 2))):
                clicks.append(self._click(manager, name, place, f"{name}.{number}.{part}"))
        return clicks

    async def _click(self, manager: SessionManager, name: str, place: tuple[int, int], turn_id: str) -> None:
        try:
            taken = await _wait(manager, place, turn_id, name)
        except (SessionError, RuleError):
            return
        kept = (name, taken.row.voyage, taken.row.n)
        assert self.accepted.setdefault(turn_id, kept) == kept


@pytest.mark.parametrize("seed", range(4))
async def test_whatever_happens_every_accepted_turn_is_kept_once(store, process, content, seed):
    storm, names = Storm(store, process, seed), ["7", "8"]
    for number in range(30):
        await storm.round(number, names)
    ids = [turn_id for name in names for turn_id in await _check_journal(store, content, name)]
    assert len(set(ids)) == len(ids)
    assert {turn_id for turn_id in ids if not turn_id.startswith("l")} == set(storm.accepted)
    assert len(storm.accepted) > 30
    count = select(func.count()).select_from(turns)
    assert await store.database.read(lambda conn: conn.execute(count).scalar_one()) == len(ids)


async def test_a_stop_while_the_store_is_away_still_ends(store, process, caplog):
    one = process("one")
    await one.launch("7", turn_id="a", captain="Ada")
    await store.close()
    assert await one.release_sessions() == 0
    assert "were not given up" in caplog.text
