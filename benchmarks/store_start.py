"""A process that starts on a store and takes one turn, as the engine does after a restart.

`fill` makes a store of many sessions; as a program it prints a line once its first turn is durable.
"""

import asyncio
import sys
from pathlib import Path


async def fill(path: Path, sessions: int) -> None:
    """Store that many sessions, each with its launch."""
    from engine.content import load_content
    from engine.manager import SessionManager
    from storage.store import Store

    store = await Store.open(path)
    manager = SessionManager(store, load_content(), clock=lambda: 1000.0, seeds=lambda: 7, folder=path.parent)
    for first in range(0, sessions, 500):
        names = [f"s{number}" for number in range(first, min(first + 500, sessions))]
        await asyncio.gather(*[manager.launch(name, turn_id=f"l{name}", captain="Ada") for name in names])
    await store.close()


async def _first_turn(path: Path, session_id: str, turn_id: str) -> None:
    from engine.content import load_content
    from engine.manager import SessionManager
    from engine.rules.moves import Wait
    from storage.store import Store

    store = await Store.open(path)
    manager = SessionManager(store, load_content(), clock=lambda: 1000.0, seeds=lambda: 7, folder=path.parent)
    session = await manager.get_session(session_id)
    assert session is not None
    await manager.act(session_id, Wait(), turn_id=turn_id, expected=session.place, actor="Ada")
    print("accepted", flush=True)
    await store.close()


if __name__ == "__main__":
    asyncio.run(_first_turn(Path(sys.argv[1]), sys.argv[2], sys.argv[3]))
