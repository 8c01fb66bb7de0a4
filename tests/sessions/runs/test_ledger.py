"""The books' rules: which run counts, when, for how much."""

import pytest

from sessions.runs import ledger
from sessions.runs.errors import NoRun, RunMovedOn
from sessions.runs.models import RunState, SessionSnapshot, Standing, Step, Why


def after(step: Step) -> Standing:
    """The books as they stand after a step."""
    return Standing(step.open, step.credited or step.account)


def test_the_worked_example(moment):
    books = after(ledger.arrive(Standing(), moment(at=0.0)))
    first = ledger.arrive(books, moment(n=2, at=300.0, node="Grimhaven", held={"gem": 1}))
    assert first.completed.value == 100.5
    assert first.completed.value_per_hour == pytest.approx(1206)
    assert first.completed.before == SessionSnapshot(0, 0.0, 0.0, None)

    second = ledger.arrive(after(first), moment(n=3, at=580.0, node="Elsewhere", held={"gem": 1, "rare": 1}))
    assert second.completed.value == 150.2
    assert second.completed.before.value_per_hour == pytest.approx(1206)
    assert second.completed.before.maps_completed == 1
    snapshot = second.credited.snapshot
    assert snapshot.maps_completed == 2
    assert round(snapshot.value_per_hour, 2) == 1556.07
    assert snapshot.total_value == 250.7


def test_the_snapshot_cannot_change(moment):
    step = ledger.arrive(Standing(), moment())
    with pytest.raises(AttributeError):
        step.account.snapshot.total_value = 5.0


def test_the_best_run_is_strictly_greater_and_the_last_one_is_the_last(moment):
    books = after(ledger.arrive(Standing(), moment(at=0.0)))
    for n, (node, ore) in enumerate([("A", 3), ("B", 6), ("C", 7), ("D", 7)], start=2):
        books = after(ledger.arrive(books, moment(n=n, at=n * 10.0, node=node, held={"ore": ore})))
    assert books.account.best.node == "Haven"  # 30, and the 30 of A is not greater
    assert books.account.last.node == "C"
    assert books.account.last.value == 0


def test_a_run_knows_the_one_before_it_and_the_best_until_then(moment):
    books = after(ledger.arrive(Standing(), moment(at=0.0)))
    books = after(ledger.arrive(books, moment(n=2, at=10.0, node="A", held={"ore": 1})))
    run = ledger.arrive(books, moment(n=3, at=20.0, node="B", held={"ore": 5})).completed
    assert (run.previous.node, run.previous.value) == ("Haven", 10.0)
    assert run.best.node == "Haven"


def test_post_without_pre_is_refused(moment):
    with pytest.raises(NoRun, match="No run is under way"):
        ledger.finish(Standing(), moment(), (1, 1, 0))


def test_post_twice_is_refused_and_says_what_was_counted(moment):
    begun = after(ledger.arrive(Standing(), moment()))
    done = after(ledger.finish(begun, moment(at=1100.0), begun.open.key))
    with pytest.raises(NoRun, match="at Haven, is already counted"):
        ledger.finish(done, moment(at=1200.0), begun.open.key)


def test_pre_pre_post_records_the_first_as_abandoned(moment):
    first = after(ledger.start(Standing(), moment(held={"ore": 1})))
    again = ledger.start(Standing(first.open, first.account, part=1), moment(at=1050.0, held={"ore": 5}))
    assert again.abandoned.state is RunState.ABANDONED
    assert again.abandoned.why is Why.RESTARTED
    done = ledger.finish(after(again), moment(at=1100.0, held={"ore": 6}), again.open.key)
    assert done.completed.value == 10.0
    assert done.credited.completed == 1
    assert done.credited.abandoned == 1


def test_a_run_that_was_left_meanwhile_is_not_finished(moment):
    begun = after(ledger.arrive(Standing(), moment()))
    moved = after(ledger.arrive(begun, moment(n=2, node="A")))
    with pytest.raises(RunMovedOn):
        ledger.finish(moved, moment(n=2), begun.open.key)


def test_a_pause_does_not_count(moment):
    books = after(ledger.arrive(Standing(), moment(at=0.0)))
    books = after(ledger.pause(books, 100.0))
    assert books.open.seconds_at(5000.0) == 100
    books = after(ledger.pause(books, 1100.0))
    assert books.open.seconds_at(1200.0) == 200
    assert ledger.finish(books, moment(at=1200.0), books.open.key).completed.seconds == 200


def test_leaving_in_a_pause_ends_the_run_at_its_beginning(moment):
    books = after(ledger.pause(after(ledger.arrive(Standing(), moment(at=0.0))), 60.0))
    run = ledger.arrive(books, moment(n=2, at=900.0, node="A", held={"ore": 1})).completed
    assert run.seconds == 60
    assert run.value == 10


def test_a_clock_that_goes_back_gives_no_negative_time(moment):
    books = after(ledger.arrive(Standing(), moment(at=500.0)))
    run = ledger.arrive(books, moment(n=2, at=400.0, node="A", held={"ore": 1})).completed
    assert run.seconds == 0
    assert run.value_per_hour is None


def test_an_abandoned_run_counts_for_nothing(moment):
    books = after(ledger.arrive(Standing(), moment(at=0.0)))
    step = ledger.abandon(books, "4711", 60.0)
    assert step.abandoned.why is Why.GIVEN_UP
    assert step.credited is None
    assert step.account.snapshot.maps_completed == 0
    with pytest.raises(NoRun):
        ledger.abandon(after(step), "4711", 70.0)


def test_leaving_without_a_run_only_begins_the_next(moment):
    books = after(ledger.abandon(after(ledger.arrive(Standing(), moment())), "4711", 1010.0))
    step = ledger.arrive(books, moment(n=2, node="A", held={"ore": 9}))
    assert step.completed is None
    assert step.open.spot.node == "A"
    assert step.open.pre.quantities == {"ore": 9}


def test_a_voyages_end_completes_its_run_and_closes_the_account(moment):
    books = after(ledger.arrive(Standing(), moment(at=0.0)))
    step = ledger.end(books, moment(n=5, at=360.0, held={"ore": 2}, ended="hull_failed"))
    assert step.completed.why is Why.VOYAGE_ENDED
    assert step.open is None
    assert step.credited.ended_at == 360.0
    assert step.credited.cause == "hull_failed"
    assert step.credited.value == 20.0
    fresh = ledger.arrive(after(step), moment(voyage=2, at=400.0))
    assert fresh.account.snapshot == SessionSnapshot(0, 0.0, 0.0, None)
    assert fresh.ended is None


def test_a_voyage_whose_end_nobody_saw_is_closed_and_its_run_abandoned(moment):
    books = after(ledger.arrive(Standing(), moment(at=0.0)))
    step = ledger.arrive(books, moment(voyage=2, at=900.0, held={"ore": 50}))
    assert step.abandoned.voyage == 1
    assert step.abandoned.why is Why.UNSEEN
    assert step.ended.ended_at == 900.0
    assert step.ended.abandoned == 1
    assert step.account.voyage == 2
    assert step.account.abandoned == 0
    assert step.completed is None


def test_the_wall_clock_rate_counts_pauses_too(moment):
    books = after(ledger.pause(after(ledger.arrive(Standing(), moment(at=0.0))), 600.0))
    step = ledger.end(books, moment(n=2, at=3600.0, held={"ore": 6}, ended="won"))
    assert step.credited.snapshot.value_per_hour == 360
    assert step.credited.wall_rate(9999.0) == 60


def test_session_drops_are_summed_over_runs(moment):
    books = after(ledger.arrive(Standing(), moment()))
    books = after(ledger.arrive(books, moment(n=2, node="A", held={"ore": 3, "gem": 1})))
    books = after(ledger.arrive(books, moment(n=3, node="B", held={"ore": 5})))
    drops = books.account.drops
    assert (drops["ore"].quantity, drops["ore"].value) == (5, 50.0)
    assert (drops["gem"].quantity, drops["gem"].value) == (0, 0.0)
