"""The projector over a journal in memory: crashes at every await, random ones, failures, other processes."""

import asyncio
import logging
from collections.abc import Collection, Iterable, Sequence
from random import Random

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine_client.errors import EngineAway
from engine_client.models import SessionId, Turn, TurnRef, VoyageEnd
from sessions.projections.projector import GRACE_SECONDS, LOOK_SECONDS, Projector
from tests.engine_server import turn_of

Place = tuple[int, int]


class Crash(BaseException):
    """The process dies here: nothing may catch it."""


class Fuse:
    """Counts awaits, and lets the process die at one of them."""

    def __init__(self) -> None:
        self.left = -1
        self.passed = 0

    async def step(self) -> None:
        self.passed += 1
        self.left -= 1
        if self.left == 0:
            raise Crash
        await asyncio.sleep(0)


class World:
    """What survives a process: the journal, the cursors, and what the projections made."""

    def __init__(self) -> None:
        self.fuse = Fuse()
        self.now = 1000.0
        self.journal: dict[str, list[Turn]] = {}
        self.cursors: dict[tuple[str, str], Place] = {}
        self.made: dict[str, list[Place]] = {}
        self.shown: dict[str, Place] = {}
        self.marked: dict[str, list[Place]] = {}
        self.broken: set[Place] = set()
        self.away = False
        self.ours: set[str] | None = None
        self.statements = 0

    # The journal, as an engine gives it.
    async def turns(self, session_id: SessionId, *, after: TurnRef, limit: int = 100) -> list[Turn]:
        await self.fuse.step()
        if self.away:
            raise EngineAway
        later = [t for t in self.journal.get(session_id, ()) if (t.voyage, t.n) > (after.voyage, after.n)]
        return later[: min(limit, 3)]

    # The cursors, as a store keeps them.
    async def positions(self, session_ids: Sequence[str]) -> dict[tuple[str, str], Place]:
        await self.fuse.step()
        self.statements += 1
        return {key: place for key, place in self.cursors.items() if key[1] in session_ids}

    async def advance_many(self, moves: Iterable[tuple[str, str, int, int]]) -> int:
        await self.fuse.step()
        self.statements += 1
        for name, session_id, voyage, n in moves:
            assert (voyage, n) > self.cursors.get((name, session_id), (0, 0))
            self.cursors[name, session_id] = voyage, n
        await self.fuse.step()
        return 0

    async def lagging(self, names: Collection[str]) -> list[tuple[str, Place]]:
        await self.fuse.step()
        self.statements += 1
        newest = {s: place_of(turns[-1]) for s, turns in self.journal.items() if turns}
        return [
            (s, place)
            for s, place in newest.items()
            if any(self.cursors.get((name, s), (0, 0)) < place for name in names)
        ]

    async def clear(self, names: Sequence[str]) -> list[str]:
        gone = [key for key in self.cursors if key[1] not in self.journal]
        for key in gone:
            del self.cursors[key]
        return [session_id for _, session_id in gone]

    async def mine(self, session_id: str) -> bool:
        return self.ours is None or session_id in self.ours

    def start(self) -> "Process":
        """Start a process on what is there."""
        return Process(self)

    def next_turn(self, session_id: str, *, ends: bool = False) -> Turn:
        turns = self.journal.setdefault(session_id, [])
        last = turns[-1] if turns else None
        voyage, n = (1, 1) if last is None else (last.voyage, last.n + 1)
        if last is not None and last.end is not None:
            voyage, n = last.voyage + 1, 1
        turn = turn_of(session_id, voyage, n)
        return msgspec.structs.replace(turn, end=VoyageEnd("death", "Lost", "Lost.")) if ends else turn

    def check(self) -> None:
        """Everything is there, in order, once; the cursors stand at the journal's end."""
        for session_id, turns in self.journal.items():
            places = [place_of(turn) for turn in turns]
            assert self.made.get(session_id, []) == places
            assert self.marked.get(session_id, []) == places
            assert self.shown[session_id] == places[-1]
            for name in ("copy", "board", "sweep"):
                assert self.cursors[name, session_id] == places[-1], name


class Copy:
    """A projection of every turn, one step after the other."""

    name = "copy"
    newest_only = False

    def __init__(self, world: World) -> None:
        self.world = world

    def since(self, newest: Turn, reached: Place) -> TurnRef:
        return TurnRef(*reached)

    async def apply(self, turn: Turn) -> None:
        await self.world.fuse.step()
        if place_of(turn) in self.world.broken:
            raise OSError("the disk is full")
        made = self.world.made.setdefault(turn.session_id, [])
        if place_of(turn) not in made:
            assert not made or made[-1] < place_of(turn), "out of order"
            made.append(place_of(turn))
        await self.world.fuse.step()


class Board:
    """A projection of the newest turn."""

    name = "board"
    newest_only = True

    def __init__(self, world: World) -> None:
        self.world = world

    def since(self, newest: Turn, reached: Place) -> TurnRef:
        return newest.ref

    async def apply(self, turn: Turn) -> None:
        await self.world.fuse.step()
        shown = self.world.shown.get(turn.session_id, (0, 0))
        self.world.shown[turn.session_id] = max(shown, place_of(turn))
        await self.world.fuse.step()


class Process:
    """One life of the bot: it plays, projects, sweeps, and may die at any await."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.copy, self.board = Copy(world), Board(world)
        self.projector = Projector(
            world,
            world,
            (self.copy, self.board),
            sweeps=("sweep",),
            clock=lambda: world.now,
            mine=world.mine,
        )

    async def play(self, session_id: str, *, ends: bool = False, live: bool = True) -> Turn:
        """Take a turn; the live path projects it."""
        turn = self.world.next_turn(session_id, ends=ends)
        self.world.journal[session_id].append(turn)
        self.projector.accepted(turn)
        await self.world.fuse.step()
        if live:
            for projection in (self.copy, self.board):
                try:
                    made = self.world.made.get(session_id, [])
                    if projection is self.board or not made or made[-1] < place_of(turn):
                        await self._alone(projection, turn)
                        self.projector.done(projection.name, turn)
                except OSError:
                    pass
        return turn

    async def _alone(self, projection: Copy | Board, turn: Turn) -> None:
        """Do a turn's part; a copy before which another is missing is left to the projector."""
        if isinstance(projection, Copy):
            earlier = [place_of(t) for t in self.world.journal[turn.session_id][:-1]]
            if self.world.made.get(turn.session_id, []) != earlier:
                raise OSError("not in order")
        await projection.apply(turn)

    async def sweep(self) -> None:
        """Do for all sessions what has no mark yet."""
        async with self.projector.sweeping("sweep"):
            for session_id, turns in self.world.journal.items():
                marked = self.world.marked.setdefault(session_id, [])
                for turn in turns:
                    await self.world.fuse.step()
                    if place_of(turn) not in marked:
                        marked.append(place_of(turn))

    async def settle(self) -> None:
        """Let so much time pass that everything is repeated, swept and written."""
        for _ in range(3):
            self.world.now += max(GRACE_SECONDS, LOOK_SECONDS) + 1
            await self.projector.run_once()
            await self.sweep()
        await self.projector.run_once()


def place_of(turn: Turn) -> Place:
    return turn.voyage, turn.n


SCRIPT = [("a", False), ("b", False), ("a", False), ("a", True), ("b", False), ("a", False)]


async def live_through(process: Process) -> None:
    for number, (session_id, ends) in enumerate(SCRIPT):
        await process.play(session_id, ends=ends)
        if number % 2:
            await process.projector.run_once()
            await process.sweep()
    await process.settle()


async def test_without_a_crash_nothing_is_repeated() -> None:
    world = World()
    await live_through(world.start())
    world.check()


async def test_a_crash_at_any_await_is_made_good() -> None:
    counted = World()
    await live_through(counted.start())
    assert counted.fuse.passed > 60
    for deadly in range(1, counted.fuse.passed + 1):
        world = World()
        world.fuse.left = deadly
        with pytest.raises(Crash):
            await live_through(world.start())
        world.fuse.left = -1
        await world.start().settle()
        world.check()


async def test_a_crash_while_catching_up_is_made_good_too() -> None:
    deadly = 1
    while True:
        world = World()
        first = world.start()
        for session_id, ends in SCRIPT:
            await first.play(session_id, ends=ends, live=False)
        world.fuse.left = deadly
        try:
            await world.start().settle()
        except Crash:
            world.fuse.left = -1
            await world.start().settle()
            world.check()
            deadly += 1
        else:
            break
    assert deadly > 30


@settings(max_examples=60, derandomize=True, deadline=None)
@given(st.integers(0, 2**32))
def test_random_turns_crashes_and_failures_end_in_order_and_once(seed: int) -> None:
    asyncio.run(_random_life(Random(seed)))


async def _random_life(dice: Random) -> None:
    world = World()
    for _ in range(dice.randint(1, 5)):
        process = world.start()
        world.fuse.left = dice.choice([-1, dice.randint(1, 80)])
        world.broken = {(1, dice.randint(1, 9))} if dice.random() < 0.3 else set()
        try:
            for _ in range(dice.randint(1, 25)):
                world.now += dice.choice([0.0, 1.0, GRACE_SECONDS])
                doing = dice.random()
                if doing < 0.7:
                    await process.play(dice.choice("abc"), ends=dice.random() < 0.2, live=dice.random() < 0.8)
                elif doing < 0.9:
                    await process.projector.run_once()
                else:
                    await process.sweep()
        except Crash:
            pass
    world.fuse.left, world.broken = -1, set()
    world.now += 1000.0
    await world.start().settle()
    world.check()


async def test_a_full_disk_leaves_the_cursor_behind_and_stops_no_other(caplog) -> None:
    world = World()
    process = world.start()
    world.broken = {(1, 2)}
    with caplog.at_level(logging.WARNING):
        for _ in range(4):
            await process.play("a")
            await process.play("b" if not world.broken else "a")
        await process.play("c")
        for _ in range(10):
            await process.settle()
    assert world.cursors["copy", "a"] == (1, 1)
    assert world.cursors["board", "a"] == (1, 8)
    assert world.cursors["copy", "c"] == (1, 1)
    assert process.projector.behind() == {"copy": 1, "board": 0, "sweep": 0}
    assert len([r for r in caplog.records if "tried again later" in r.getMessage()]) == 1
    world.broken = set()
    world.now += 1000.0
    await process.settle()
    world.check()
    assert process.projector.behind() == {"copy": 0, "board": 0, "sweep": 0}


async def test_an_engine_that_is_away_is_asked_again_later() -> None:
    world = World()
    process = world.start()
    await process.play("a", live=False)
    world.away = True
    world.now += GRACE_SECONDS
    await process.projector.run_once()
    assert world.made == {}
    world.away = False
    await process.settle()
    world.check()


async def test_the_live_path_has_its_time_before_anything_is_repeated() -> None:
    world = World()
    process = world.start()
    await process.play("a", live=False)
    await process.projector.run_once()
    assert world.made == {}
    world.now += GRACE_SECONDS
    await process.projector.run_once()
    assert world.made == {"a": [(1, 1)]}


async def test_ten_thousand_sessions_that_are_up_to_date_cost_one_question() -> None:
    world = World()
    for k in range(10_000):
        turn = world.next_turn(str(k))
        world.journal[str(k)].append(turn)
        for name in ("copy", "board", "sweep"):
            world.cursors[name, str(k)] = (1, 1)
    await world.start().projector.run_once()
    assert world.statements == 1


async def test_a_thousand_sessions_that_are_behind_catch_up_a_few_at_a_time() -> None:
    world = World()
    for k in range(1_000):
        world.journal[str(k)] = [turn_of(str(k), 1, 1)]
    process = world.start()
    await process.projector.run_once()
    await process.sweep()
    await process.projector.run_once()
    world.check()
    assert world.statements < 60


async def test_turns_in_a_row_are_written_with_one_statement() -> None:
    world = World()
    process = world.start()
    await process.projector.run_once()
    before = world.statements
    for k in range(200):
        await process.play(str(k))
    await process.projector.run_once()
    assert world.statements - before <= 3


async def test_only_the_process_whose_session_it_is_catches_up() -> None:
    world = World()
    dead = world.start()
    await dead.play("ours", live=False)
    await dead.play("theirs", live=False)
    world.ours = {"ours"}
    process = world.start()
    await process.projector.run_once()
    assert world.made == {"ours": [(1, 1)]}
    assert ("copy", "theirs") not in world.cursors
    world.ours = {"ours", "theirs"}
    process.projector.look_again()
    await process.settle()
    world.check()


async def test_what_another_process_left_undone_meanwhile_is_found_at_the_next_touch() -> None:
    world = World()
    first, second = world.start(), world.start()
    await first.play("a")
    await first.settle()
    await second.play("a", live=False)  # then it dies
    await first.play("a")
    world.now += GRACE_SECONDS
    await first.projector.run_once()
    assert world.made["a"] == [(1, 1), (1, 2), (1, 3)]


async def test_a_removed_session_is_forgotten() -> None:
    world = World()
    process = world.start()
    await process.play("a", live=False)
    del world.journal["a"]
    world.now += GRACE_SECONDS
    await process.projector.run_once()
    assert process.projector.behind() == {"copy": 0, "board": 0, "sweep": 0}
    world.journal["a"] = []
    await process.play("a")
    await process.settle()
    world.check()
