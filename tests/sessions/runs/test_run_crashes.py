"""A process that is killed between two phases of a run's end leaves the run counted once."""

import asyncio
import contextlib
import json
import shutil
import sys

import pytest

from sessions.locks import SessionLocks
from sessions.runs.book import RunBook
from sessions.runs.codec import account_of
from sessions.runs.errors import NoRun
from sessions.runs.phases import Phase
from sessions.runs.reports import RunReports
from storage.store import Store

SESSION = "4711"

# What dies: it launches, fills the hold, and ends the run, by hand or by leaving; then it reports.
CHILD = """
import asyncio, os, signal, sys
from pathlib import Path
from engine_client.models import Inventory, ItemStack, Place, PriceTable, Turn, TurnRef
from sessions.locks import SessionLocks
from sessions.runs.book import RunBook
from sessions.runs.reports import RunReports
from storage.store import Store

folder, deadly, how = Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3]

class Engine:
    turn, gems = None, 0
    def at(self, n, node):
        self.turn = Turn("4711", 1, n, str(n), 1000.0 + n, "", "", "", "", (), (), (),
                         Place("r", "Rim", node, node), "Ada", "Scout", "")
        return self.turn
    async def state(self, session_id):
        return self.turn
    async def inventory(self, session_id):
        return Inventory((ItemStack("gem", "Gem", self.gems),), 0, 10)
    async def prices(self, session_id):
        return PriceTable({"gem": 100.5})

armed = False

def hear(phase):
    if armed and phase == deadly:
        os.kill(os.getpid(), signal.SIGKILL)

async def main():
    global armed
    store = await Store.open(folder / "store.sqlite3")
    engine = Engine()
    book = RunBook(engine, store.runs, SessionLocks(), lambda: 1300.0, accounted=False, hear=hear)
    await book.observe(engine.at(1, "haven"))
    engine.gems = 1
    armed = True
    if how == "finish":
        await book.finish("4711")
    else:
        await book.observe(engine.at(2, "grimhaven"))
    reports = RunReports(folder, store.runs, hear=hear)
    await reports.told(await reports.news())
    await reports.write()
    sys.exit("nothing killed it")

asyncio.run(main())
"""


async def die(folder, phase, how, empty):
    """Run the child until it is killed. `empty` is a database that need not be migrated any more."""
    folder.mkdir()
    shutil.copy(empty, folder / empty.name)
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-c", CHILD, str(folder), str(int(phase)), how
    )
    assert await child.wait() == -9, phase.name


async def count_after(folder, book_of):
    """What a new start makes of it: completed runs, their value, lines in the log."""
    store = await Store.open(folder / "store.sqlite3")
    try:
        await book_of(store)
        reports = RunReports(folder, store.runs)
        await reports.told(await reports.news())
        await reports.write()
        account = account_of((await store.runs.books(SESSION)).account)
        text = (folder / "runs.jsonl").read_text(encoding="utf-8")
        done = [line for line in map(json.loads, text.splitlines()) if line["state"] == "completed"]
        assert await store.runs.unlogged() == []
        return account.completed, account.value, len(done), await reports.news()
    finally:
        await store.close()


@pytest.mark.parametrize("how", ["finish", "leave"])
async def test_a_kill_between_any_two_phases_counts_the_run_once(how, tmp_path, engine, clock):
    empty = tmp_path / "store.sqlite3"
    await (await Store.open(empty)).close()
    await asyncio.gather(*(die(tmp_path / phase.name, phase, how, empty) for phase in Phase))
    clock.now = 1300.0

    async def repeat(store):
        book = RunBook(engine, store.runs, SessionLocks(), clock, accounted=False)
        await engine.start(SESSION, turn_id="x", captain="Ada")
        engine.hold(gem=1)
        if how == "leave":
            await book.observe(engine.play("Grimhaven"))
        else:
            with contextlib.suppress(NoRun):  # it may be counted already
                await book.finish(SESSION)
        engine.log.clear()

    for phase in Phase:
        assert await count_after(tmp_path / phase.name, repeat) == (1, 100.5, 1, []), phase.name
