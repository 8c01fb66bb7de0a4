"""Runs of the real game: accounted in the turns' own transactions, or observed through the client."""

import asyncio
import itertools
import random
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import msgspec
import pytest

from engine.content import Content, load_content
from engine.manager import SessionManager
from engine.pictures.painter import Painter
from engine.rules.cargo import prices
from engine_client.embedded import EmbeddedEngineClient
from engine_client.errors import ActionRefused, StaleTurn
from engine_client.models import Abandon, Choose, SessionId, Turn, TurnRef
from sessions.history.book import History
from sessions.history.chronicle import Chronicle
from sessions.locks import SessionLocks
from sessions.runs.accountant import Accountant
from sessions.runs.book import RunBook
from sessions.runs.codec import account_of
from sessions.runs.watching import watched
from storage.errors import UnitFailed
from storage.rows import TurnCommit, VoyageLaunch
from storage.run_rows import COMPLETED
from storage.store import Store

S = SessionId("4711")
MOST_TURNS = 150


@pytest.fixture(scope="module")
def content() -> Content:
    """The game's own content."""
    return load_content()


class House:
    """A store, and an engine on it with a clock that goes a minute per turn."""

    def __init__(self, store: Store, content: Content, folder: Path, *, accounted: bool) -> None:
        self.store = store
        times, seeds = itertools.count(1_000_000, 60), itertools.count(5)
        self.now = 1_000_000.0

        def clock() -> float:
            self.now = float(next(times))
            return self.now

        self.manager = SessionManager(
            store,
            content,
            clock=clock,
            seeds=seeds.__next__,
            folder=folder,
            accountant=Accountant() if accounted else None,
        )
        self.engine = EmbeddedEngineClient(self.manager, Painter(), threads=1)
        self.book = RunBook(self.engine, store.runs, SessionLocks(), lambda: self.now, accounted=accounted)

    async def fly(self, session_id: SessionId = S, most: int = MOST_TURNS) -> list[Turn]:
        """Play a voyage at random to its end, and give its turns."""
        engine = self.engine if self.book._accounted else watched(self.engine, self.book)
        dice = random.Random(7)
        turn = (await engine.start(session_id, turn_id=f"{session_id}-0", captain="Ada")).turn
        turns = [turn]
        while turn.end is None:
            action = Choose(dice.choice(turn.choices).id) if len(turns) < most else Abandon("restart")
            try:
                turn_id = f"{session_id}-{turn.voyage}-{turn.n}"
                result = await engine.act(session_id, action, turn_id=turn_id, expected=turn.ref, actor="Ada")
            except ActionRefused:
                continue
            turn = result.turn
            turns.append(turn)
        return turns


@pytest.fixture
async def build(tmp_path: Path, content: Content) -> AsyncIterator[Callable[..., object]]:
    """Make houses, each on a store of its own."""
    opened: list[House] = []

    async def make(*, accounted: bool = True, location: str | None = None) -> House:
        folder = tmp_path / str(len(opened))
        store = await Store.open(location or folder / "store.sqlite3")
        opened.append(House(store, content, folder, accounted=accounted))
        return opened[-1]

    yield make
    for house in opened:
        await house.engine.close()
        await house.store.close()


def worth(content: Content, held: dict[str, int], wealth: int) -> float:
    """What a hold and a purse are worth together."""
    table = prices(content, None)  # type: ignore[arg-type]
    return round(sum(table.get(item, 0.0) * count for item, count in held.items()) + wealth, 2)


@pytest.mark.parametrize("database", ["sqlite", "postgres"])
async def test_a_voyage_adds_up_to_what_the_ship_gained(build, content, database, request):
    location = None
    if database == "postgres":
        location = await request.getfixturevalue("postgres").create()
    house = await build(location=location)
    turns = await house.fly()
    first = await house.store.turns.get(S, 1, 1)
    assert first is not None
    session = await house.manager.get_session(S)
    assert session is not None
    gained = worth(content, session.state.inventory, session.state.wealth) - worth(
        content, {"medkit": 1, "patch_kit": 1}, 500
    )
    books = await house.store.runs.books(S)
    assert books.open is None
    account = account_of(books.account)
    assert account.value == pytest.approx(gained, abs=0.01)
    assert account.ended_at == turns[-1].at
    stays = len([key for key, _ in itertools.groupby(turns, key=lambda t: t.place.node_id)])
    arrived_with_the_end = turns[-1].place.node_id != turns[-2].place.node_id
    assert account.completed == stays - arrived_with_the_end
    assert account.seconds == turns[-1].at - turns[0].at
    rows = await house.store.runs.runs(S, 1)
    assert {row.state for row in rows} == {COMPLETED}
    assert sum(row.value for row in rows) == pytest.approx(account.value)


async def test_the_history_records_the_voyage(build):
    house = await build()
    turns = await house.fly()
    history = History(house.store.history)
    (record,) = await Chronicle(house.engine, house.store.runs, history).catch_up()
    counted: dict[str, int] = {}
    for turn in turns:
        for key, count in turn.tallies.items():
            counted[key.partition(":")[0]] = counted.get(key.partition(":")[0], 0) + count
    assert record.kills == counted.get("kill", 0)
    assert record.flee_events == counted.get("flee", 0)
    assert sum(record.supplies_used.values()) == counted.get("used", 0)
    assert {share.area for share in record.areas_farmed} <= {turn.place.region for turn in turns}
    assert record.ending == turns[-1].end.title
    assert sum(share.gold for share in record.areas_farmed) == pytest.approx(record.total_gold)


async def test_observed_through_the_client_the_accounts_are_the_same(build):
    inside, outside = await build(), await build(accounted=False)
    assert [t.n for t in await inside.fly()] == [t.n for t in await outside.fly()]
    ours, theirs = [
        [msgspec.structs.replace(row, body=b"") for row in await house.store.runs.runs(S, 1)]
        for house in (inside, outside)
    ]
    assert ours == theirs
    assert len(ours) > 3


async def test_many_channels_in_one_commit_keep_their_own_accounts(build):
    house = await build()
    ids = [SessionId(f"ch{n}") for n in range(25)]
    flights = await asyncio.gather(*(house.fly(session_id, 30) for session_id in ids))
    for session_id, turns in zip(ids, flights, strict=True):
        account = account_of((await house.store.runs.books(session_id)).account)
        rows = await house.store.runs.runs(session_id, 1)
        assert account.completed == len(rows)
        assert account.value == pytest.approx(sum(row.value for row in rows))
        assert account.ended_at == turns[-1].at


async def test_a_repeated_or_late_turn_accounts_nothing(build):
    house = await build()
    turns = await house.fly(most=40)
    before = await house.store.runs.books(S)
    rows = await house.store.runs.runs(S, 1)
    for turn in turns[1:]:
        result = await house.engine.act(
            S, Choose("x"), turn_id=turn.turn_id, expected=TurnRef(1, 1), actor="Ada"
        )
        assert result.repeated
    with pytest.raises(StaleTurn):
        await house.engine.act(S, Choose("x"), turn_id="new", expected=TurnRef(1, 2), actor="Ada")
    assert await house.store.runs.books(S) == before
    assert await house.store.runs.runs(S, 1) == rows


async def test_a_unit_that_fails_undoes_its_turn_and_no_other(build):
    house = await build()

    def broken(conn):
        raise RuntimeError("no")

    def commit(session_id: str, also: tuple[object, ...]) -> TurnCommit:
        launch = VoyageLaunch(seed=1, captain="Ada", ship="scout")
        place = {"expected_version": 0, "voyage": 1, "n": 1, "launch": launch}
        texts = {"turn_id": session_id, "actor": "", "action": b"", "outcome": b"", "state": b""}
        return TurnCommit(session_id=session_id, at=1.0, **place, **texts, also=also)

    good, bad = await asyncio.gather(
        house.store.turns.commit(commit("good", ())),
        house.store.turns.commit(commit("bad", (broken,))),
        return_exceptions=True,
    )
    assert isinstance(bad, UnitFailed)
    assert not isinstance(good, Exception)
    assert await house.store.turns.find("bad") is None
    assert await house.store.turns.find("good") is not None


async def test_what_the_accountant_cannot_do_never_stops_a_turn(build, monkeypatch, caplog):
    house = await build()
    monkeypatch.setattr("sessions.runs.ledger.arrive", lambda *_: 1 / 0)
    turn = (await house.engine.start(S, turn_id="a", captain="Ada")).turn
    assert turn.n == 1
    assert "turn not accounted" in caplog.text


async def test_a_forgotten_session_leaves_no_run(build):
    house = await build()
    await house.fly(most=20)
    await house.engine.remove(S)
    assert await house.store.runs.runs(S, 1) == []
    assert (await house.store.runs.books(S)).account is None
