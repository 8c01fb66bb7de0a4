"""A process that starts on a store and takes one turn, as the engine does after a restart.

`fill` makes a store of many sessions; as a program it prints a line once its first turn is durable.
"""

import asyncio
import sqlite3
import sys
from pathlib import Path


async def fill(path: Path, sessions: int) -> None:
    """Store that many sessions: one is launched, the others are copies of its rows under other ids."""
    from engine.content import load_content
    from engine.manager import SessionManager
    from storage.store import Store

    store = await Store.open(path)
    manager = SessionManager(store, load_content(), clock=lambda: 1000.0, seeds=lambda: 7, folder=path.parent)
    await manager.launch("s0", turn_id="ls0", captain="Ada")
    await store.close()
    await asyncio.to_thread(_copy, path, sessions)


def _copy(path: Path, sessions: int) -> None:
    from storage.schema import session, turn, voyage

    others = {"session_id": "'s' || number.i", "turn_id": "'ls' || number.i"}
    numbers = "WITH RECURSIVE number(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM number WHERE i < ?)"
    connection = sqlite3.connect(path)
    with connection:
        for table in (session, voyage, turn):
            columns = ", ".join([others.get(each.name, f"{table.name}.{each.name}") for each in table.c])
            copies = f"SELECT {columns} FROM {table.name}, number WHERE {table.name}.session_id = 's0'"
            connection.execute(f"{numbers} INSERT INTO {table.name} {copies}", (sessions - 1,))
    connection.close()


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
