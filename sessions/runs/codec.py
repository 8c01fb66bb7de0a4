"""Runs, accounts and open runs as rows of the store, and back. It decides nothing.

A row whose body cannot be read (another release wrote it, a disk damaged it) must not stop the game: its
account is made from the columns beside it, its open run is dropped, and the log says so.
"""

import logging

import msgspec

from sessions.runs.models import Account, OpenRun, Run, RunState, Standing, Step
from storage.run_rows import AccountRow, Credit, OpenRunRow, RunBooks, RunChange, RunRow

log = logging.getLogger(__name__)

_RUN = msgspec.json.Decoder(Run)
_OPEN = msgspec.json.Decoder(OpenRun)
_ACCOUNT = msgspec.json.Decoder(Account)
_encode = msgspec.json.Encoder().encode


def standing_of(books: RunBooks) -> Standing:
    """Read a session's books."""
    account = account_of(books.account) if books.account is not None else None
    return Standing(_open_of(books.open) if books.open is not None else None, account, books.part)


def change_of(step: Step, session_id: str) -> RunChange:
    """Write what becomes of a session's books."""
    credit = None
    if step.completed is not None and step.credited is not None:
        credit = Credit(row_of(step.completed), account_row(step.credited))
    return RunChange(
        account_row(step.account),
        credit=credit,
        abandoned=row_of(step.abandoned) if step.abandoned is not None else None,
        open=_open_row(step.open, session_id) if step.open is not None else None,
        ended=account_row(step.ended) if step.ended is not None else None,
    )


def run_of(row: RunRow) -> Run | None:
    """Read a run that is over, or None where it is unreadable."""
    try:
        return _RUN.decode(row.body)
    except msgspec.MsgspecError as error:
        log.error("run unreadable session=%s voyage=%d turn=%d: %s", row.session_id, row.voyage, row.n, error)
        return None


def account_of(row: AccountRow) -> Account:
    """Read an account, from its columns alone where the rest is unreadable."""
    try:
        return _ACCOUNT.decode(row.body)
    except msgspec.MsgspecError as error:
        log.error("account unreadable session=%s voyage=%d: %s", row.session_id, row.voyage, error)
    return Account(
        row.session_id,
        row.voyage,
        row.started_at,
        ended_at=row.ended_at,
        completed=row.completed,
        value=row.value,
        seconds=row.seconds,
    )


def row_of(run: Run) -> RunRow:
    """Write a run that is over. An abandoned one is nothing to tell about."""
    return RunRow(
        session_id=run.session_id,
        voyage=run.voyage,
        n=run.n,
        part=run.part,
        state=run.state.value,
        region=run.spot.region,
        node=run.spot.node,
        started_at=run.started_at,
        ended_at=run.ended_at,
        seconds=run.seconds,
        value=run.value,
        body=_encode(run),
        told=run.state is RunState.ABANDONED,
    )


def account_row(account: Account) -> AccountRow:
    """Write an account."""
    return AccountRow(
        session_id=account.session_id,
        voyage=account.voyage,
        started_at=account.started_at,
        ended_at=account.ended_at,
        completed=account.completed,
        value=account.value,
        seconds=account.seconds,
        body=_encode(account),
    )


def _open_of(row: OpenRunRow) -> OpenRun | None:
    try:
        return _OPEN.decode(row.body)
    except msgspec.MsgspecError as error:
        log.error("open run unreadable session=%s voyage=%d: %s", row.session_id, row.voyage, error)
        return None


def _open_row(run: OpenRun, session_id: str) -> OpenRunRow:
    return OpenRunRow(session_id, run.voyage, run.n, run.part, _encode(run))
