"""The commands and the projection, over the real store and an engine that keeps no accounts."""

import pytest

from engine_client.errors import EngineAway
from sessions.errors import NothingHere, VoyageEnded
from sessions.runs.errors import NoRun, TooSoon
from sessions.runs.models import RunState, Why
from sessions.runs.watching import watched

SESSION = "4711"


async def launch(engine, book):
    """Begin a voyage, seen by the book."""
    result = await engine.start(SESSION, turn_id="launch", captain="Ada")
    await book.observe(result.turn)


async def test_nothing_is_here_before_the_first_voyage(book):
    for ask in (book.start, book.finish, book.pause, book.abandon, book.progress):
        with pytest.raises(NothingHere):
            await ask(SESSION)


async def test_arrival_and_departure_count_one_run(engine, book, clock):
    await launch(engine, book)
    engine.hold(ore=5)
    clock.now += 3600
    await book.observe(engine.play("Grimhaven"))
    progress = await book.progress(SESSION)
    assert progress.account.snapshot.maps_completed == 1
    assert progress.account.snapshot.value_per_hour == 50
    assert progress.open.spot.node == "Grimhaven"
    assert progress.open.spot.level == 3


async def test_a_turn_seen_twice_changes_nothing(engine, book, store):
    await launch(engine, book)
    engine.hold(ore=5)
    turn = engine.play("Grimhaven")
    await book.observe(turn)
    before = await store.runs.books(SESSION)
    await book.observe(turn)
    await book.observe(engine.log[0])
    assert await store.runs.books(SESSION) == before
    assert len(await store.runs.runs(SESSION, 1)) == 1


async def test_a_turn_at_the_same_node_takes_no_inventory(engine, book):
    await launch(engine, book)
    counted = engine.counted
    await book.observe(engine.play())
    assert engine.counted == counted


async def test_money_is_an_item_worth_one_apiece(engine, book):
    engine.credits = 500
    await launch(engine, book)
    engine.credits = 350
    engine.hold(ore=20)
    await book.observe(engine.play("Market"))
    account = (await book.progress(SESSION)).account
    assert account.value == 50.0
    assert account.drops["credits"].quantity == -150


async def test_the_end_counts_the_last_run_and_a_new_voyage_starts_from_nothing(engine, book, clock):
    await launch(engine, book)
    engine.hold(ore=5)
    clock.now += 60
    await book.observe(engine.play(end="hull_failed"))
    assert (await book.progress(SESSION)).account.value == 50.0
    with pytest.raises(NoRun):
        await book.finish(SESSION)
    with pytest.raises(VoyageEnded):
        await book.start(SESSION)
    engine.hold()
    await launch(engine, book)
    account = (await book.progress(SESSION)).account
    assert (account.voyage, account.completed, account.value) == (2, 0, 0.0)


async def test_finish_then_start_at_the_same_turn_are_two_runs(engine, book, store, clock):
    await launch(engine, book)
    for gem in (1, 2, 3):
        engine.hold(gem=gem)
        clock.now += 100
        run = await book.finish(SESSION)
        assert run.value == 100.5
        await book.start(SESSION)
    runs = await store.runs.runs(SESSION, 1)
    assert [(row.n, row.part) for row in runs] == [(1, 0), (1, 1), (1, 2)]
    assert (await book.progress(SESSION)).account.completed == 3


async def test_post_twice_is_refused(engine, book):
    await launch(engine, book)
    await book.finish(SESSION)
    with pytest.raises(NoRun, match="already counted"):
        await book.finish(SESSION)
    assert (await book.progress(SESSION)).account.completed == 1


async def test_pre_pre_post(engine, book, store):
    await launch(engine, book)
    begun = await book.start(SESSION)
    assert begun.abandoned.state is RunState.ABANDONED
    engine.hold(ore=1)
    assert (await book.finish(SESSION)).value == 10.0
    rows = await store.runs.runs(SESSION, 1)
    assert sorted(row.state for row in rows) == ["abandoned", "completed"]


async def test_a_failed_post_can_be_repeated(engine, book):
    await launch(engine, book)
    engine.hold(ore=4)
    engine.away = True
    with pytest.raises(EngineAway):
        await book.finish(SESSION)
    engine.away = False
    assert (await book.finish(SESSION)).value == 40.0


async def test_a_restart_in_the_middle_of_a_run_loses_nothing(engine, open_book, clock):
    await launch(engine, open_book())
    clock.now += 50
    await open_book().pause(SESSION)
    clock.now += 1000
    again = open_book()
    run, seconds = await again.pause(SESSION)
    assert (run.paused_at, seconds) == (None, 50)
    clock.now += 50
    engine.hold(ore=1)
    run = await open_book().finish(SESSION)
    assert (run.seconds, run.value) == (100, 10.0)


async def test_the_inventory_is_not_asked_for_without_end(engine, open_book, clock):
    book = open_book(burst=2)
    await launch(engine, book)
    await book.finish(SESSION)
    await book.start(SESSION)
    counted = engine.counted
    with pytest.raises(TooSoon, match="your run goes on"):
        await book.finish(SESSION)
    assert engine.counted == counted
    clock.now += 5
    assert (await book.finish(SESSION)).state is RunState.COMPLETED


async def test_a_turn_that_was_missed_is_caught_up(engine, book):
    await launch(engine, book)
    engine.hold(ore=5)
    engine.away = True
    with pytest.raises(EngineAway):
        await book.observe(engine.play("Grimhaven"))
    engine.away = False
    engine.hold(ore=7)
    await book.observe(engine.play("Beyond"))
    progress = await book.progress(SESSION)
    assert progress.account.value == 70.0
    assert progress.account.completed == 1
    assert progress.open.spot.node == "Beyond"


async def test_an_end_that_was_missed_closes_the_voyage_without_guessing(engine, book, store, clock):
    await launch(engine, book)
    clock.now += 100
    ended_at = clock.now
    engine.play(end="hull_failed")
    clock.now += 500
    engine.hold(ore=99)
    await launch(engine, book)
    closed = (await store.runs.ended())[0]
    assert (closed.voyage, closed.ended_at, closed.completed) == (1, ended_at, 0)
    assert [row.state for row in await store.runs.runs(SESSION, 1)] == ["abandoned"]
    assert (await book.progress(SESSION)).account.voyage == 2


async def test_a_command_catches_up_first(engine, book):
    await launch(engine, book)
    engine.hold(ore=2)
    engine.play("Grimhaven")
    engine.hold(ore=5)
    run = await book.finish(SESSION)
    assert run.spot.node == "Grimhaven"
    assert (await book.progress(SESSION)).account.value == 50.0


async def test_an_engine_that_accounts_itself_is_not_observed(engine, open_book):
    book = open_book(accounted=True)
    await launch(engine, book)
    assert engine.counted == 0
    with pytest.raises(NothingHere):
        await book.progress(SESSION)


async def test_a_watched_engine_keeps_its_turn_when_the_book_cannot(engine, book):
    seen = watched(engine, book)
    engine.away = True
    result = await seen.start(SESSION, turn_id="launch", captain="Ada")
    assert result.turn.n == 1
    engine.away = False
    assert (await book.start(SESSION)).abandoned.why is Why.RESTARTED


async def test_a_damaged_open_run_does_not_stop_the_game(engine, book, store, caplog):
    await launch(engine, book)
    from sqlalchemy import text

    await store.database.write(lambda conn: conn.execute(text("UPDATE open_run SET body = x'00'")).rowcount)
    await store.database.write(
        lambda conn: conn.execute(text("UPDATE voyage_account SET body = x'00'")).rowcount
    )
    engine.hold(ore=5)
    await book.observe(engine.play("Grimhaven"))
    assert "unreadable" in caplog.text
    assert (await book.progress(SESSION)).open.spot.node == "Grimhaven"
