"""Judges a store by a player's log: is everything there that was acknowledged, and nothing twice?"""

from pathlib import Path

import msgspec
from sqlalchemy import Connection, func, select

from engine.content import Content
from engine.journal import decode_entry, replay
from engine.rules.codec import encode
from storage.schema import job, session, turn, voyage
from storage.store import Store

Place = tuple[str, int, int]


class Verdict(msgspec.Struct, frozen=True):
    """Counts of the whole log. Everything but the first two must be 0.

    `lost`: acknowledged, but not kept in its place. `doubled`: kept more than once, or kept and never sent,
    or acknowledged as two different turns. `inexact`: sessions or voyages whose numbers do not add up.
    `unlike`: voyages whose journal does not replay to what is stored.
    """

    acknowledged: int
    kept: int
    lost: int
    doubled: int
    inexact: int
    unlike: int


async def judge(location: str, log: Path, content: Content, *, replayed: int = 3) -> Verdict:
    """Compare a store with a log; replay the newest voyage of some sessions."""
    sent, kept = _read(log)
    store = await Store.open(location)
    try:
        rows: dict[str, Place] = {}
        doubled = 0
        for turn_id, place in await store.database.read(_turns):
            doubled += turn_id in rows or turn_id not in sent
            rows[turn_id] = place
        doubled += sum(len(places) > 1 for places in kept.values())
        lost = sum(rows.get(turn_id) not in places for turn_id, places in kept.items())
        inexact = await store.database.read(_inexact)
        names = (await store.sessions.ids())[:replayed]
        unlike = sum([not await _replays(store, content, name) for name in names])
    finally:
        await store.close()
    return Verdict(len(kept), len(rows), lost, doubled, inexact, unlike)


def _read(log: Path) -> tuple[set[str], dict[str, set[Place]]]:
    """Give the turn ids that were sent, and the places that each acknowledged one was said to have."""
    sent: set[str] = set()
    kept: dict[str, set[Place]] = {}
    text = log.read_text("utf-8") if log.exists() else ""
    for line in text.splitlines():
        word, session_id, turn_id, number, n = line.split()
        if word == "sent":
            sent.add(turn_id)
        else:
            kept.setdefault(turn_id, set()).add((session_id, int(number), int(n)))
    return sent, kept


def _turns(conn: Connection) -> list[tuple[str, Place]]:
    columns = (turn.c.turn_id, turn.c.session_id, turn.c.voyage, turn.c.n)
    return [(row[0], (row[1], row[2], row[3])) for row in conn.execute(select(*columns))]


def _inexact(conn: Connection) -> int:
    """Count what does not add up: versions, turn numbers, ended voyages and their one job each."""
    counted = {
        (row[0], row[1]): (row[2], row[3])
        for row in conn.execute(
            select(turn.c.session_id, turn.c.voyage, func.count(), func.max(turn.c.n)).group_by(
                turn.c.session_id, turn.c.voyage
            )
        )
    }
    jobs = {
        (row[0], row[1]): row[2]
        for row in conn.execute(
            select(job.c.session_id, job.c.voyage, func.count()).group_by(job.c.session_id, job.c.voyage)
        )
    }
    faults = sum(count != last for count, last in counted.values())
    for row in conn.execute(select(session.c.session_id, session.c.version, session.c.voyage, session.c.n)):
        turns = [count for (name, _), (count, _) in counted.items() if name == row.session_id]
        faults += row.version != sum(turns) or row.voyage != len(turns)
        faults += counted.get((row.session_id, row.voyage), (0, 0))[1] != row.n
    for row in conn.execute(select(voyage)):
        place = (row.session_id, row.voyage)
        ended = row.ended_at is not None
        faults += jobs.get(place, 0) != int(ended)
        faults += ended and counted.get(place, (0, 0))[0] != row.turns
    return faults


async def _replays(store: Store, content: Content, session_id: str) -> bool:
    newest = await store.sessions.load(session_id)
    assert newest is not None
    rows = await store.turns.after(session_id, newest.voyage, 0, 100_000)
    turns = replay(content, [decode_entry(row.action) for row in rows])
    same = [encode(outcome) for _, outcome in turns] == [row.outcome for row in rows]
    return same and encode(turns[-1][0]) == newest.state
