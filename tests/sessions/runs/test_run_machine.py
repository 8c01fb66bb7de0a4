"""Random sequences of commands, turns, restarts and crashes against a model of ten lines.

10,000 of them over books in memory, and a hypothesis state machine over the real store and its log:
sixty in `make test`, as many as RUNS_SEQUENCES says otherwise (10000 takes a quarter of an hour).
"""

import asyncio
import json
import os
import random
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from engine_client.models import Inventory, ItemStack, Place, PriceTable, Turn, parse_session_id
from sessions.locks import SessionLocks
from sessions.runs import ledger
from sessions.runs.allowance import Allowance
from sessions.runs.book import RunBook
from sessions.runs.codec import change_of, standing_of
from sessions.runs.errors import NoRun
from sessions.runs.phases import Phase
from sessions.runs.reports import RunReports
from storage.run_rows import Moment, RunBooks
from storage.runs import booking
from storage.store import Store

SEQUENCES = int(os.environ.get("RUNS_SEQUENCES", "60"))
PRICE = 2.5
LEAVING = (Phase.DIFF, Phase.VALUE, Phase.SNAPSHOT)
FINISHING = (Phase.POST, *LEAVING, Phase.UPDATE, Phase.RESET)
REPORTING = (Phase.NOTIFY, Phase.LOG, Phase.PROGRESS)


class Killed(Exception):
    """The process is gone."""


class Model:
    """What the books must say: the open run, and what was counted."""

    def __init__(self):
        self.open, self.counted, self.abandoned = None, [], 0

    def begin(self, held, now):
        self.abandoned += self.open is not None
        self.open = [held, now, None, 0.0]

    def pause(self, now):
        held, began, paused_at, paused = self.open
        self.open = [held, began, now if paused_at is None else None, paused + (now - (paused_at or now))]

    def complete(self, held, now):
        pre, began, paused_at, paused = self.open
        self.counted.append(((held - pre) * PRICE, (paused_at or now) - began - paused))
        self.open = None

    def give_up(self):
        self.open, self.abandoned = None, self.abandoned + 1


class Life:
    """One session, its engine, and the bot that may die at any phase of what it does."""

    def __init__(self, session, rows, run, account):
        self.session, self.rows, self.run, self.account = parse_session_id(session), rows, run, account
        self.now, self.held, self.n, self.deadly = 1000.0, 0, 0, None
        self.model = Model()
        self.boot()

    async def state(self, session_id):
        """The engine, as the run book sees it."""
        place = Place("r", "Rim", f"n{self.n}", f"n{self.n}")
        texts = ("", "", "", "", (), (), (), place, "Ada", "Scout", "")
        return Turn(session_id, 1, self.n, "", self.now, *texts)

    async def inventory(self, session_id):
        return Inventory((ItemStack("ore", "Ore", self.held),), 0, 0)

    async def prices(self, session_id):
        return PriceTable({"ore": PRICE})

    def boot(self):
        """A process starts, with nothing but what was kept."""
        allowance = Allowance(self.clock, burst=10**6)
        self.book = RunBook(
            self,
            self.rows,
            SessionLocks(),
            self.clock,
            accounted=True,
            allowance=allowance,
            hear=self.hear,
        )

    def clock(self):
        return self.now

    def hear(self, phase):
        if phase == self.deadly:
            raise Killed(phase)

    def do(self, work, apply, deadly=None):
        """Do some work that may be killed at a phase; `apply` changes the model when it was committed."""
        self.deadly = deadly
        try:
            self.run(work)
            committed = True
        except Killed:
            committed = deadly >= Phase.UPDATE
            self.boot()
        except NoRun:
            assert self.model.open is None
            return
        finally:
            self.deadly = None
        if committed:
            apply()

    def play(self, pieces, seconds):
        self.held = max(0, self.held + pieces)
        self.now += seconds

    def arrive(self, deadly=None):
        moment = Moment(
            session_id=self.session,
            voyage=1,
            n=self.n + 1,
            at=self.now,
            region_id="r",
            region="Rim",
            node_id=f"n{self.n + 1}",
            node=f"n{self.n + 1}",
            held={"ore": self.held},
            prices={"ore": PRICE},
            names={},
        )

        def apply():
            self.n += 1
            if self.model.open:
                self.model.complete(self.held, self.now)
            self.model.begin(self.held, self.now)

        # Where no run is open, the phases of its end are not passed, and nothing kills the turn.
        self.do(self.account(moment, self.hear), apply, deadly if self.model.open else None)

    def finish(self, deadly=None):
        self.do(self.book.finish(self.session), lambda: self.model.complete(self.held, self.now), deadly)

    def start(self):
        self.do(self.book.start(self.session), lambda: self.model.begin(self.held, self.now))

    def pause(self):
        self.do(self.book.pause(self.session), lambda: self.model.pause(self.now))

    def abandon(self):
        self.do(self.book.abandon(self.session), self.model.give_up)

    def check(self):
        """Compare the books with the model."""
        standing = standing_of(self.run(self.rows.books(self.session)))
        account = standing.account
        assert account.completed == len(self.model.counted)
        assert account.abandoned == self.model.abandoned
        assert account.value == sum(value for value, _ in self.model.counted)
        assert account.seconds == sum(seconds for _, seconds in self.model.counted)
        assert (standing.open is None) == (self.model.open is None)


class MemoryRows:
    """Books in memory: a change that its decision did not survive leaves no trace."""

    def __init__(self):
        self.open, self.account, self.runs = None, None, {}

    async def books(self, session_id):
        return RunBooks(self.open, self.account)

    async def keep(self, session_id, decide, *, at=None):
        taken = [part for (n, part) in self.runs if at is not None and n == at[1]]
        if self.open is not None and at is not None and self.open.n == at[1]:
            taken.append(self.open.part)
        change = decide(RunBooks(self.open, self.account, max(taken, default=-1) + 1))
        for row in (change.abandoned, change.credit.run if change.credit else None):
            if row is not None:
                assert (row.n, row.part) not in self.runs
                self.runs[row.n, row.part] = row
        self.account = change.credit.account if change.credit else change.account
        self.open = change.open
        return change

    async def account_turn(self, moment, hear):
        def decide(books):
            return change_of(ledger.arrive(standing_of(books), moment, hear), moment.session_id)

        await self.keep(moment.session_id, decide)


def run_at_once(work):
    """Run a coroutine that waits for nothing."""
    try:
        work.send(None)
    except StopIteration as done:
        return done.value
    raise AssertionError("it waits")


def test_ten_thousand_random_sequences_agree_with_the_model():
    dice = random.Random(20_260_806)
    for number in range(10_000):
        rows = MemoryRows()
        life = Life(f"s{number}", rows, run_at_once, rows.account_turn)
        life.arrive()
        acts = [life.start, life.pause, life.abandon, life.boot, life.finish, life.arrive]
        for _ in range(12):
            life.play(dice.randint(-3, 9), dice.randint(0, 500))
            act = dice.choice(acts)
            phases = {life.finish: FINISHING, life.arrive: LEAVING}.get(act)
            if phases is not None and dice.random() < 0.4:
                act(dice.choice(phases))
            else:
                act()
        life.check()
        assert sum(row.value for row in rows.runs.values()) == rows.account.value


class World:
    """The real store and one loop for all sequences; each has a session of its own."""

    def __init__(self, folder):
        self.folder = folder
        self.runner = asyncio.Runner()
        self.store = self.runner.run(Store.open(folder / "store.sqlite3"))
        self.sequences = 0

    async def account_turn(self, moment, hear):
        def decide(books):
            return change_of(ledger.arrive(standing_of(books), moment, hear), moment.session_id)

        await self.store.database.write(booking(moment.session_id, decide))

    def close(self):
        self.runner.run(self.store.close())
        self.runner.close()


class Books(RuleBasedStateMachine):
    """A life over the real store, with its log and its news."""

    world: World

    def __init__(self):
        super().__init__()
        self.world.sequences += 1
        session = f"s{self.world.sequences}"
        rows = _Own(self.world.store.runs, session)
        self.life = Life(session, rows, self.world.runner.run, self.world.account_turn)
        self.life.arrive()
        self.folder = self.world.folder / session
        self.told = []
        self.restart()

    @rule(pieces=st.integers(-3, 9), seconds=st.integers(0, 500))
    def play(self, pieces, seconds):
        self.life.play(pieces, seconds)

    @rule(deadly=st.none() | st.sampled_from(LEAVING))
    def arrive(self, deadly):
        self.life.arrive(deadly)

    @rule(deadly=st.none() | st.sampled_from(FINISHING))
    def finish(self, deadly):
        self.life.finish(deadly)

    @rule()
    def start(self):
        self.life.start()

    @rule()
    def pause(self):
        self.life.pause()

    @rule()
    def abandon(self):
        self.life.abandon()

    @rule()
    def restart(self):
        self.life.boot()
        self.reports = RunReports(self.folder, self.life.rows, hear=self.life.hear)

    @rule(deadly=st.none() | st.sampled_from(REPORTING))
    def report(self, deadly):
        async def work():
            news = await self.reports.news()
            self.told += [run.key for run in news]
            await self.reports.told(news)
            await self.reports.write()

        self.life.do(work(), lambda: None, deadly)
        if deadly is not None:
            self.restart()

    @invariant()
    def the_books_are_right(self):
        self.life.check()

    def teardown(self):
        self.report(None)
        model, log = self.life.model, self.folder / "runs.jsonl"
        lines = [json.loads(line) for line in log.read_text().splitlines()] if log.exists() else []
        keys = [line["key"] for line in lines]
        assert len(set(keys)) == len(keys) == len(model.counted) + model.abandoned
        done = [line["value"] for line in lines if line["state"] == "completed"]
        assert sorted(done) == sorted(value for value, _ in model.counted)
        assert len(set(self.told)) == len(model.counted)


class _Own:
    """The store's runs, of one session only: the log of this test is one session's."""

    def __init__(self, rows, session):
        self._rows, self._session = rows, session

    async def unlogged(self):
        return [row for row in await self._rows.unlogged() if row.session_id == self._session]

    async def untold(self):
        return [row for row in await self._rows.untold() if row.session_id == self._session]

    def __getattr__(self, name):
        return getattr(self._rows, name)


@pytest.fixture
def world():
    """A store in memory where the system has a memory disk: the sequences are many."""
    memory = Path("/dev/shm")
    with tempfile.TemporaryDirectory(dir=memory if memory.is_dir() else None) as folder:
        world = World(Path(folder))
        yield world
        world.close()


@pytest.mark.timeout(3600 if SEQUENCES > 1000 else 120)
def test_random_sequences_over_the_real_store_agree_with_the_model(world):
    machine = type("TheseBooks", (Books,), {"world": world})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=SEQUENCES,
            stateful_step_count=12,
            deadline=None,
            database=None,
            derandomize="RUNS_SEQUENCES" not in os.environ,
            suppress_health_check=list(HealthCheck),
        ),
    )
    assert world.sequences >= min(SEQUENCES, 50)
