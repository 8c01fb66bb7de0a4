"""Runs, accounts, records and notices in each database."""

import asyncio

import pytest

from storage.run_notices import NoticeRow
from storage.run_rows import (
    ABANDONED,
    COMPLETED,
    AccountRow,
    Credit,
    OpenRunRow,
    RecordRow,
    RunChange,
    RunRow,
)

S = "4711"


def a_run(n: int = 1, part: int = 0, **changes: object) -> RunRow:
    """A completed run of voyage 1."""
    values: dict[str, object] = {
        "session_id": S,
        "voyage": 1,
        "n": n,
        "part": part,
        "state": COMPLETED,
        "region": "Rim",
        "node": f"n{n}",
        "started_at": 0.0,
        "ended_at": float(n),
        "seconds": 60.0,
        "value": 10.5,
        "body": b"{}",
    }
    return RunRow(**(values | changes))  # type: ignore[arg-type]


def an_account(completed: int = 0, **changes: object) -> AccountRow:
    """The account of voyage 1 with so many runs in it."""
    values: dict[str, object] = {
        "session_id": S,
        "voyage": 1,
        "started_at": 0.0,
        "ended_at": None,
        "completed": completed,
        "value": 10.5 * completed,
        "seconds": 60.0 * completed,
        "body": b"{}",
    }
    return AccountRow(**(values | changes))  # type: ignore[arg-type]


def a_record(n: int, **changes: object) -> RecordRow:
    """The record of voyage n, which earned `n` an hour."""
    values: dict[str, object] = {
        "session_id": S,
        "voyage": n,
        "name": f"v{n}",
        "started_at": float(n),
        "ended_at": float(n),
        "rate": float(n),
        "body": b"{}",
    }
    return RecordRow(**(values | changes))  # type: ignore[arg-type]


def calm(rates, armed):
    """Never warn."""
    return None, armed


async def test_a_run_is_credited_once_by_its_key(store):
    def credit(books):
        done = books.account.completed if books.account else 0
        return RunChange(an_account(done), credit=Credit(a_run(), an_account(done + 1)))

    for _ in range(3):
        await store.runs.keep(S, credit)
    assert (await store.runs.books(S)).account == an_account(1)
    assert len(await store.runs.runs(S, 1)) == 1


async def test_concurrent_changes_are_applied_one_after_another(store):
    await store.runs.keep(S, lambda books: RunChange(an_account()))

    def one_more(books):
        done = books.account.completed
        return RunChange(books.account, credit=Credit(a_run(done + 1), an_account(done + 1)))

    await asyncio.gather(*(store.runs.keep(S, one_more) for _ in range(12)))
    assert (await store.runs.books(S)).account.completed == 12
    assert [row.n for row in await store.runs.runs(S, 1)] == list(range(1, 13))


async def test_a_decision_that_fails_changes_nothing(store):
    await store.runs.keep(S, lambda books: RunChange(an_account(), open=OpenRunRow(S, 1, 1, 0, b"x")))
    before = await store.runs.books(S)

    def refuse(books):
        raise LookupError("no")

    with pytest.raises(LookupError):
        await store.runs.keep(S, refuse)
    assert await store.runs.keep(S, lambda books: None) is None
    assert await store.runs.books(S) == before


async def test_the_first_free_part_of_a_turn(store):
    parts = []

    def note(books):
        parts.append(books.part)
        return RunChange(an_account(), open=books.open)

    await store.runs.keep(S, note, at=(1, 1))
    await store.runs.keep(S, lambda b: RunChange(an_account(), open=OpenRunRow(S, 1, 1, 0, b"")))
    await store.runs.keep(S, note, at=(1, 1))
    await store.runs.keep(S, lambda b: RunChange(an_account(), abandoned=a_run(1, 3, state=ABANDONED)))
    await store.runs.keep(S, note, at=(1, 1))
    await store.runs.keep(S, note, at=(1, 2))
    assert parts == [0, 1, 4, 0]


async def test_what_is_logged_and_told(store):
    for n in (2, 1, 3):
        state = ABANDONED if n == 3 else COMPLETED
        row = a_run(n, state=state, told=state == ABANDONED)
        await store.runs.keep(S, lambda b, row=row: RunChange(an_account(), abandoned=row))
    assert [row.n for row in await store.runs.unlogged()] == [1, 2, 3]
    assert [row.n for row in await store.runs.untold()] == [1, 2]
    assert [row.n for row in await store.runs.completed(S, 1, 5)] == [2, 1]
    await store.runs.mark_logged(await store.runs.unlogged(limit=2))
    await store.runs.mark_told([a_run(1)])
    await store.runs.mark_told([])
    assert [row.n for row in await store.runs.unlogged()] == [3]
    assert [row.n for row in await store.runs.untold()] == [2]


async def test_ended_accounts_by_what_was_done_with_them(store):
    await store.runs.keep(S, lambda b: RunChange(an_account()))
    assert await store.runs.ended() == []
    await store.runs.keep(S, lambda b: RunChange(an_account(ended_at=9.0)))
    (row,) = await store.runs.ended(logged=False, recorded=False)
    assert (row.ended_at, row.logged, row.recorded) == (9.0, False, False)
    await store.runs.mark_account_logged(S, 1)
    assert await store.runs.ended(logged=False) == []
    await store.history.save(a_record(1), keep=9, judge=calm)
    assert await store.runs.ended(recorded=False) == []
    assert (await store.runs.ended(recorded=True))[0].logged is True


async def test_records_are_kept_once_named_apart_and_trimmed(store):
    await store.runs.keep(S, lambda b: RunChange(an_account(ended_at=1.0), abandoned=a_run()))
    for n in (1, 2, 3):
        await store.history.save(a_record(n, name="v_%"), keep=2, judge=calm)
    assert (await store.history.save(a_record(3), keep=2, judge=calm)).name == "v_%-3"
    assert [row.voyage for row in await store.history.recent(S)] == [3, 2]
    assert await store.runs.runs(S, 1) == []
    assert (await store.history.get(S, "v_%-2")).voyage == 2
    assert await store.history.count() == await store.history.count(S) == 2


async def test_the_judge_sees_the_newest_rates_and_what_it_said_last(store):
    seen = []

    def judge(rates, armed):
        seen.append((list(rates), armed))
        return (0.5 if len(rates) == 3 else None), len(rates) != 3

    for n, rate in enumerate([1.0, None, 2.0, 3.0, 4.0], start=1):
        await store.history.save(a_record(n, rate=rate), keep=9, judge=judge)
    assert seen == [([1.0], True), ([1.0, 2.0], True), ([1.0, 2.0, 3.0], True), ([1.0, 2.0, 3.0, 4.0], False)]
    (warned,) = await store.history.untold()
    assert (warned.voyage, warned.alert) == (4, 0.5)
    await store.history.mark_told(S, 4)
    assert await store.history.untold() == []


async def test_records_from_elsewhere_get_numbers_of_their_own(store):
    await store.history.save(a_record(1), keep=9, judge=calm)
    given = [a_record(1), a_record(2), a_record(2)]
    assert await store.history.bring_in(given, keep=9) == 1
    assert sorted(row.voyage for row in await store.history.recent(S)) == [-1, 1]
    assert await store.history.set_notes(S, "v2", "né 💰")
    assert not await store.history.set_notes(S, "v9", "")
    assert (await store.history.get(S, "v2")).notes == "né 💰"


async def test_notices_and_templates(store):
    assert await store.run_notices.get(S) is None
    for voyage in (1, 2):
        await store.run_notices.put(NoticeRow(S, voyage, 10**18, 2 * 10**18))
    assert (await store.run_notices.get(S)).voyage == 2
    await store.run_notices.put_template(10**18, "a")
    await store.run_notices.put_template(10**18, "")
    assert await store.run_notices.template(10**18) == ""
    assert await store.run_notices.remove_template(10**18)
    assert not await store.run_notices.remove_template(10**18)
    assert await store.run_notices.template(10**18) is None
