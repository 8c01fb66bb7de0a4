"""How a session's books change: arrivals, ends, and what players ask for. Pure: (standing, event) → step.

One rule holds for all of them: every run that was begun ends exactly once, completed or abandoned, and its
value goes into exactly one account.
"""

import msgspec

from sessions.runs.accounting import Appraisal, add_drops, appraise, changed
from sessions.runs.errors import NoRun, RunMovedOn
from sessions.runs.models import (
    Account,
    Holdings,
    OpenRun,
    Run,
    RunState,
    SessionSnapshot,
    Spot,
    Standing,
    Step,
    Why,
)
from sessions.runs.phases import Hear, Phase, unheard
from sessions.runs.rates import money
from storage.run_rows import Moment

_NOTHING = SessionSnapshot(0, 0.0, 0.0, None)


def arrive(standing: Standing, moment: Moment, hear: Hear = unheard) -> Step:
    """The ship came to another node: the run that was open is completed, the next one begins."""
    return msgspec.structs.replace(_leave(standing, moment, hear), open=_begin(moment, standing.part))


def end(standing: Standing, moment: Moment, hear: Hear = unheard) -> Step:
    """The voyage ended: the run that was open is completed and the account closed."""
    return _leave(standing, moment, hear)


def start(standing: Standing, moment: Moment) -> Step:
    """A player begins a run here and now; one that was open is abandoned."""
    account, ended = _account_for(standing, moment)
    step = _abandon(account, standing.open, moment.session_id, moment.at, Why.RESTARTED, ended)
    return msgspec.structs.replace(step, open=_begin(moment, standing.part))


def finish(standing: Standing, moment: Moment, key: tuple[int, int, int], hear: Hear = unheard) -> Step:
    """A player ends the run `key`. Raises NoRun, RunMovedOn."""
    under_way, account = _open(standing)
    if under_way.key != key:
        raise RunMovedOn
    run, credited = _complete(account, under_way, moment, Why.FINISHED, hear)
    return Step(account, completed=run, credited=credited)


def pause(standing: Standing, now: float) -> Step:
    """Stop the open run's clock, or let it go on. Raises NoRun."""
    under_way, account = _open(standing)
    if under_way.paused_at is None:
        return Step(account, open=msgspec.structs.replace(under_way, paused_at=now))
    paused = under_way.paused_seconds + max(0.0, now - under_way.paused_at)
    resumed = msgspec.structs.replace(under_way, paused_at=None, paused_seconds=paused)
    return Step(account, open=resumed)


def abandon(standing: Standing, session_id: str, now: float) -> Step:
    """A player gives the open run up: it counts for nothing. Raises NoRun."""
    under_way, account = _open(standing)
    return _abandon(account, under_way, session_id, now, Why.GIVEN_UP)


def close_unseen(standing: Standing, session_id: str, at: float, cause: str) -> Step | None:
    """Close the books of a voyage whose end nobody saw; None where they are closed."""
    account = standing.account
    if account is None or account.ended_at is not None:
        return None
    closed = msgspec.structs.replace(account, ended_at=at, cause=cause)
    return _abandon(closed, standing.open, session_id, at, Why.UNSEEN)


def _open(standing: Standing) -> tuple[OpenRun, Account]:
    account = standing.account
    if standing.open is None or account is None or account.voyage != standing.open.voyage:
        raise NoRun(account.last.node if account is not None and account.last is not None else "")
    return standing.open, account


def _leave(standing: Standing, moment: Moment, hear: Hear) -> Step:
    account, ended = _account_for(standing, moment)
    account = msgspec.structs.replace(account, n=moment.n, node_id=moment.node_id)
    if moment.ended:
        account = msgspec.structs.replace(account, ended_at=moment.at, cause=moment.ended)
    under_way = standing.open
    if under_way is None or under_way.voyage != moment.voyage:
        return _abandon(account, under_way, moment.session_id, moment.at, Why.UNSEEN, ended)
    why = Why.VOYAGE_ENDED if moment.ended else Why.LEFT
    run, credited = _complete(account, under_way, moment, why, hear)
    return Step(account, completed=run, credited=credited, ended=ended)


def _account_for(standing: Standing, moment: Moment) -> tuple[Account, Account | None]:
    """Give the voyage's account, and the one of an earlier voyage that has to be closed first."""
    account = standing.account
    if account is not None and account.voyage == moment.voyage:
        return account, None
    fresh = Account(moment.session_id, moment.voyage, moment.at, moment.n, moment.node_id)
    if account is None or account.ended_at is not None:
        return fresh, None
    return fresh, msgspec.structs.replace(account, ended_at=moment.at, cause="unseen")


def _begin(moment: Moment, part: int) -> OpenRun:
    spot = Spot(moment.region_id, moment.region, moment.node_id, moment.node, moment.level)
    names = {item: moment.names.get(item, item) for item in moment.held}
    return OpenRun(moment.voyage, moment.n, part, spot, moment.at, Holdings(dict(moment.held), names))


def _complete(
    account: Account, under_way: OpenRun, moment: Moment, why: Why, hear: Hear
) -> tuple[Run, Account]:
    changes = changed(under_way.pre.quantities, moment.held)
    hear(Phase.DIFF)
    worth = appraise(changes, moment.prices, {**under_way.pre.names, **moment.names})
    hear(Phase.VALUE)
    before = account.snapshot
    hear(Phase.SNAPSHOT)
    run = Run(
        session_id=moment.session_id,
        voyage=under_way.voyage,
        n=under_way.n,
        part=under_way.part,
        state=RunState.COMPLETED,
        why=why,
        spot=under_way.spot,
        started_at=under_way.started_at,
        ended_at=moment.at,
        seconds=under_way.seconds_at(moment.at),
        before=before,
        value=worth.value,
        drops=worth.drops,
        unpriced=worth.unpriced,
        previous=account.last,
        best=account.best,
    )
    return run, _credit(account, run, worth)


def _credit(account: Account, run: Run, worth: Appraisal) -> Account:
    best = account.best
    if best is None or run.value > best.value:
        best = run.brief
    return msgspec.structs.replace(
        account,
        completed=account.completed + 1,
        value=money(account.value + run.value),
        seconds=round(account.seconds + run.seconds, 3),
        last=run.brief,
        best=best,
        drops=add_drops(account.drops, worth.drops),
    )


def _abandon(
    account: Account,
    under_way: OpenRun | None,
    session_id: str,
    now: float,
    why: Why,
    ended: Account | None = None,
) -> Step:
    """Record the open run, if there is one, as abandoned; it belongs to `account` or to the `ended` one."""
    if under_way is None:
        return Step(account, ended=ended)
    owner = next((a for a in (account, ended) if a is not None and a.voyage == under_way.voyage), None)
    run = Run(
        session_id=session_id,
        voyage=under_way.voyage,
        n=under_way.n,
        part=under_way.part,
        state=RunState.ABANDONED,
        why=why,
        spot=under_way.spot,
        started_at=under_way.started_at,
        ended_at=now,
        seconds=under_way.seconds_at(now),
        before=owner.snapshot if owner is not None else _NOTHING,
    )
    if owner is account:
        account = _count_abandoned(account)
    elif owner is not None:
        ended = _count_abandoned(owner)
    return Step(account, abandoned=run, ended=ended)


def _count_abandoned(account: Account) -> Account:
    return msgspec.structs.replace(account, abandoned=account.abandoned + 1)
