"""A process that records or builds until it is killed. Run by test_tape_crash.py, never by pytest itself.

Usage: crash_child.py record|build FOLDER SESSION TURNS
"""

import asyncio
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from conftest import House, MarkEngine

from storage.store import Store


async def record(house: House, session: str, turns: int) -> None:
    for turn in house.engine.fly(session, turns):
        await house.frames.record(session, turn, house.engine.picture(turn))
        print(turn.n, flush=True)  # noqa: T201


async def build(house: House, session: str, turns: int) -> None:
    house.engine.fly(session, turns)
    print("building", flush=True)  # noqa: T201
    await house.tapes.drain()
    print("built", flush=True)  # noqa: T201


async def main() -> None:
    what, folder, session, turns = sys.argv[1:]
    root = Path(folder)
    house = House(root, await Store.open(root / "store.sqlite3"), MarkEngine())
    await {"record": record, "build": build}[what](house, session, int(turns))


asyncio.run(main())
