"""What follows from a run that is over: its line in the log, and the news for its channel. Never Discord.

All of it is a projection of the store: after a crash it goes on with what is not marked as done.
"""

import asyncio
import logging
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol, TypeVar

import msgspec

from sessions.projections.sweeps import Mine, everything
from sessions.runs.accounting import top_drops
from sessions.runs.codec import account_of, row_of, run_of
from sessions.runs.lines import KEY, LineLog
from sessions.runs.models import Account, Run, RunState, SessionSnapshot
from sessions.runs.phases import Hear, Phase, unheard
from sessions.runs.rates import money, per_hour
from storage.run_rows import AccountRow, RunRow

log = logging.getLogger(__name__)


PAGE = 500  # rows that the store gives at a time

OfSession = TypeVar("OfSession", RunRow, AccountRow)


class ReportRows(Protocol):
    """The store's part of it."""

    async def unlogged(self) -> list[RunRow]: ...
    async def untold(self) -> list[RunRow]: ...
    async def mark_logged(self, rows: list[RunRow]) -> None: ...
    async def mark_told(self, rows: list[RunRow]) -> None: ...
    async def ended(self, *, logged: bool | None = None) -> list[AccountRow]: ...
    async def mark_account_logged(self, session_id: str, voyage: int) -> None: ...


class RunReports:
    """Writes `runs.jsonl` and `sessions.jsonl` in a folder, and hands out the news. One for each process.

    `mine` says which sessions' runs are this process's to log and to tell.
    """

    def __init__(
        self, folder: Path, rows: ReportRows, *, hear: Hear = unheard, mine: Mine = everything
    ) -> None:
        self._rows = rows
        self._mine = mine
        self._hear = hear
        self._runs = LineLog(folder / "runs.jsonl")
        self._voyages = LineLog(folder / "sessions.jsonl")
        self._one_at_a_time = asyncio.Lock()

    async def news(self) -> list[Run]:
        """List the completed runs that their channels have not heard of, oldest first."""
        rows = await self._ours(await self._rows.untold())
        runs = [run_of(row) for row in rows]
        await self._rows.mark_told([row for row, run in zip(rows, runs, strict=True) if run is None])
        return [run for run in runs if run is not None]

    async def told(self, runs: list[Run]) -> None:
        """Note that channels have heard of runs, or never will."""
        await self._rows.mark_told([row_of(run) for run in runs])
        self._hear(Phase.NOTIFY)

    async def write(self) -> int:
        """Log what is not logged yet, runs first; give how many lines. Raises OSError, and loses nothing."""
        async with self._one_at_a_time:
            return await self._write_runs() + await self._write_voyages()

    async def _write_runs(self) -> int:
        written, full = 0, True
        while full:
            page = await self._rows.unlogged()
            rows = await self._ours(page)
            full = len(page) >= PAGE and bool(rows)
            if not rows:
                break
            runs = [run for row in rows if (run := run_of(row)) is not None]
            written += await asyncio.to_thread(self._runs.append, [run_line(run) for run in runs])
            self._hear(Phase.LOG)
            await self._rows.mark_logged(rows)
            for run in runs:
                _log_progress(run)
            self._hear(Phase.PROGRESS)
        return written

    async def _write_voyages(self) -> int:
        written, full = 0, True
        while full:
            page = await self._rows.ended(logged=False)
            rows = await self._ours(page)
            full = len(page) >= PAGE and bool(rows)
            for row in rows:
                line = voyage_line(account_of(row))
                written += await asyncio.to_thread(self._voyages.append, [line])
                await self._rows.mark_account_logged(row.session_id, row.voyage)
                log.info(
                    "voyage accounted session=%s voyage=%d value=%s", row.session_id, row.voyage, row.value
                )
        return written

    async def _ours(self, rows: list[OfSession]) -> list[OfSession]:
        return [row for row in rows if await self._mine(row.session_id)]


def after(run: Run) -> SessionSnapshot:
    """Give what the session added up to with a run in it."""
    if run.state is RunState.ABANDONED:
        return run.before
    value = money(run.before.total_value + run.value)
    seconds = round(run.before.runtime_seconds + run.seconds, 3)
    return SessionSnapshot(run.before.maps_completed + 1, value, seconds, per_hour(value, seconds))


def run_line(run: Run) -> dict[str, object]:
    """Make a run's line of the log."""
    return {
        KEY: run.key,
        "session_id": run.session_id,
        "voyage": run.voyage,
        "turn": run.n,
        "part": run.part,
        "state": run.state.value,
        "why": run.why.value,
        "region": run.spot.region,
        "node": run.spot.node,
        "level": run.spot.level,
        "started_at": utc(run.started_at),
        "ended_at": utc(run.ended_at),
        "runtime_seconds": run.seconds,
        "value": run.value,
        "value_per_hour": _hundredths(run.value_per_hour),
        "top_drops": [msgspec.structs.asdict(drop) for drop in top_drops(run.drops)],
        "drops": [msgspec.structs.asdict(drop) for drop in run.drops],
        "unpriced": [msgspec.structs.asdict(drop) for drop in run.unpriced],
        "session_before": msgspec.structs.asdict(run.before),
        "session_after": msgspec.structs.asdict(after(run)),
    }


def voyage_line(account: Account) -> dict[str, object]:
    """Make an ended voyage's line: its final figures."""
    end = account.ended_at or account.started_at
    return {
        KEY: f"{account.session_id}/{account.voyage}",
        "session_id": account.session_id,
        "voyage": account.voyage,
        "started_at": utc(account.started_at),
        "ended_at": utc(end),
        "cause": account.cause,
        "maps_completed": account.completed,
        "maps_abandoned": account.abandoned,
        "total_value": account.value,
        "runtime_seconds": account.seconds,
        "value_per_hour": _hundredths(account.snapshot.value_per_hour),
        "wall_value_per_hour": _hundredths(account.wall_rate(end)),
        "best": msgspec.structs.asdict(account.best) if account.best is not None else None,
        "top_drops": [msgspec.structs.asdict(drop) for drop in top_drops(account.drops.values())],
    }


def utc(seconds: float) -> str:
    """Write a moment as ISO 8601 in UTC."""
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _hundredths(rate: float | None) -> float | None:
    return None if rate is None else money(rate)


def _log_progress(run: Run) -> None:
    if run.state is RunState.ABANDONED:
        return
    now = after(run)
    log.info(
        "session progress session=%s voyage=%d maps=%d value=%s runtime=%s rate=%s run_value=%s",
        run.session_id,
        run.voyage,
        now.maps_completed,
        now.total_value,
        now.runtime_seconds,
        _hundredths(now.value_per_hour),
        run.value,
    )
