"""A small foreign engine whose hold the test fills, a clock that the test moves, and a run book over both."""

from collections.abc import AsyncIterator, Callable
from pathlib import Path

import msgspec
import pytest

from engine_client.errors import EngineAway
from engine_client.models import (
    Gauge,
    Inventory,
    ItemStack,
    Place,
    PriceTable,
    SessionId,
    Turn,
    TurnRef,
    TurnResult,
    VoyageEnd,
)
from sessions.locks import SessionLocks
from sessions.runs.allowance import Allowance
from sessions.runs.book import RunBook
from sessions.runs.phases import Hear, unheard
from storage.run_rows import Moment
from storage.store import Store

SESSION = SessionId("4711")


class Clock:
    """Time that passes when the test says so."""

    def __init__(self) -> None:
        self.now = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now


class ForeignEngine:
    """An engine that knows nothing of accounts: one session, whose hold and place the test sets."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.stacks: list[ItemStack] = []
        self.table: dict[str, float] = {}
        self.credits: int | None = None
        self.away = False
        self.counted = 0
        self.log: list[Turn] = []

    async def start(self, session_id: SessionId, *, turn_id: str, captain: str) -> TurnResult:
        voyage = self.log[-1].voyage + 1 if self.log else 1
        return TurnResult(self._turn(voyage, 1, "Haven"))

    def play(self, node: str | None = None, end: str = "") -> Turn:
        """Take the next turn, at a node, perhaps the last one."""
        last = self.log[-1]
        return self._turn(last.voyage, last.n + 1, node or last.place.node, end)

    def _turn(self, voyage: int, n: int, node: str, end: str = "") -> Turn:
        gauges = () if self.credits is None else (Gauge("credits", "Credits", self.credits),)
        turn = Turn(
            session_id=SESSION,
            voyage=voyage,
            n=n,
            turn_id=f"{voyage}.{n}",
            at=self._clock(),
            actor="Ada",
            action="go",
            title=node,
            story="",
            messages=(),
            choices=(),
            gauges=gauges,
            place=Place("rim", "The Rim", node.lower(), node),
            captain="Ada",
            ship="Scout",
            picture_text="",
            end=VoyageEnd(end, "The end", "It ended.") if end else None,
            tallies={"level": 3},
        )
        self.log.append(turn)
        return turn

    async def state(self, session_id: SessionId) -> Turn | None:
        return self.log[-1] if self.log else None

    async def turns(self, session_id: SessionId, *, after: TurnRef, limit: int = 100) -> list[Turn]:
        return [t for t in self.log if (t.voyage, t.n) > (after.voyage, after.n)][:limit]

    async def inventory(self, session_id: SessionId) -> Inventory:
        self.counted += 1
        if self.away:
            raise EngineAway
        return Inventory(tuple(self.stacks), 0, 100)

    async def prices(self, session_id: SessionId) -> PriceTable:
        return PriceTable(self.table)

    def hold(self, **items: int) -> None:
        """Set the hold: one stack for each item."""
        self.stacks = [ItemStack(item, item.title(), quantity) for item, quantity in items.items()]


@pytest.fixture
def clock() -> Clock:
    """A clock that stands still."""
    return Clock()


@pytest.fixture
def engine(clock: Clock) -> ForeignEngine:
    """An engine with no voyage yet."""
    engine = ForeignEngine(clock)
    engine.table = {"ore": 10.0, "gem": 100.5, "rare": 150.2}
    return engine


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    """An empty store."""
    opened = await Store.open(tmp_path / "store.sqlite3")
    yield opened
    await opened.close()


@pytest.fixture
def open_book(engine: ForeignEngine, store: Store, clock: Clock) -> Callable[..., RunBook]:
    """Make a run book, as a start of the bot does."""

    def make(*, accounted: bool = False, burst: int = 1_000, hear: Hear = unheard) -> RunBook:
        allowance = Allowance(clock, burst=burst)
        return RunBook(
            engine, store.runs, SessionLocks(), clock, accounted=accounted, allowance=allowance, hear=hear
        )

    return make


@pytest.fixture
def book(open_book: Callable[..., RunBook]) -> RunBook:
    """A run book over an engine that does not account itself."""
    return open_book()


@pytest.fixture
def moment() -> Callable[..., Moment]:
    """Make a moment of voyage 1: turn n at a node, with things on board."""
    base = Moment(
        session_id=SESSION,
        voyage=1,
        n=1,
        at=1000.0,
        region_id="rim",
        region="The Rim",
        node_id="haven",
        node="Haven",
        held={},
        prices={"ore": 10.0, "gem": 100.5, "rare": 150.2},
        names={"ore": "Ore", "gem": "Gem", "rare": "Rarity"},
        level=2,
    )

    def make(**changes: object) -> Moment:
        if "node" in changes:
            changes.setdefault("node_id", str(changes["node"]).lower())
        return msgspec.structs.replace(base, **changes)

    return make
