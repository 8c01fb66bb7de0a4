"""The history of each session's voyages. SQL is the truth; what is exported from it can be made again."""

import asyncio
from collections.abc import Sequence
from typing import Protocol

import msgspec

from sessions.history import analytics
from sessions.history.errors import NoSuchVoyage, NoVoyages
from sessions.history.models import (
    Advice,
    BestAreas,
    Compared,
    DangerousAreas,
    Metric,
    RateWarning,
    TrendPoint,
    VoyageRecord,
)
from sessions.history.spreadsheet import to_csv
from storage.history import Judge
from storage.run_rows import RecordRow

KEPT = 100  # voyages of a session
MOST_NOTES = 1_000  # characters


class HistoryRows(Protocol):
    """The store's part of it."""

    async def save(self, row: RecordRow, *, keep: int, judge: Judge) -> RecordRow: ...
    async def bring_in(self, rows: Sequence[RecordRow], *, keep: int) -> int: ...
    async def recent(
        self, session_id: str, *, limit: int | None = None, offset: int = 0
    ) -> list[RecordRow]: ...
    async def newest(self, limit: int) -> list[RecordRow]: ...
    async def get(self, session_id: str, name: str) -> RecordRow | None: ...
    async def count(self, session_id: str | None = None) -> int: ...
    async def set_notes(self, session_id: str, name: str, notes: str) -> bool: ...
    async def untold(self) -> list[RecordRow]: ...
    async def mark_told(self, session_id: str, voyage: int) -> None: ...


class History:
    """Keeps the newest `keep` voyages of every session."""

    def __init__(self, rows: HistoryRows, *, keep: int = KEPT) -> None:
        self._rows = rows
        self._keep = keep

    async def save_session(self, record: VoyageRecord) -> VoyageRecord:
        """Keep a voyage, once; give it under the name it got."""
        row = await self._rows.save(row_of(record), keep=self._keep, judge=analytics.judge)
        return record_of(row)

    async def bring_in(self, records: Sequence[VoyageRecord]) -> int:
        """Keep voyages from a file; give how many the channels did not have."""
        return await self._rows.bring_in([row_of(record) for record in records], keep=self._keep)

    async def load_sessions(self, channel: str, n: int | None = None, *, skip: int = 0) -> list[VoyageRecord]:
        """List a channel's newest n voyages, newest first."""
        return [record_of(row) for row in await self._rows.recent(channel, limit=n, offset=skip)]

    async def count(self, channel: str) -> int:
        """Count a channel's voyages."""
        return await self._rows.count(channel)

    async def newest(self, n: int) -> list[VoyageRecord]:
        """List the newest n voyages of all channels, newest first; so many are read in a thread."""
        rows = await self._rows.newest(n)
        return await asyncio.to_thread(lambda: [record_of(row) for row in rows])

    async def is_empty(self) -> bool:
        """Say whether no channel has a voyage."""
        return await self._rows.count() == 0

    async def voyage(self, channel: str, name: str) -> VoyageRecord:
        """Give one voyage. Raises NoSuchVoyage."""
        row = await self._rows.get(channel, name)
        if row is None:
            raise NoSuchVoyage(name)
        return record_of(row)

    async def get_trend_data(self, channel: str, metric: Metric, n: int) -> list[TrendPoint]:
        """Give a metric of the newest n voyages, oldest to newest. Raises NoVoyages."""
        return analytics.trend(await self._all(channel, n), metric, n)

    async def get_best_areas(self, channel: str) -> BestAreas:
        """Rank areas by gold per hour. Raises NoVoyages."""
        return analytics.best_areas(await self._all(channel))

    async def get_most_dangerous_areas(self, channel: str) -> DangerousAreas:
        """Rank areas by flees. Raises NoVoyages."""
        return analytics.dangerous_areas(await self._all(channel))

    async def compare(
        self, channel: str, a: str, b: str
    ) -> tuple[VoyageRecord, VoyageRecord, list[Compared]]:
        """Put two voyages side by side. Raises NoSuchVoyage."""
        first, second = await self.voyage(channel, a), await self.voyage(channel, b)
        records = await self.load_sessions(channel)
        return first, second, analytics.compare(first, second, records)

    async def advise(self, channel: str) -> Advice:
        """Say what the history suggests. Raises NoVoyages."""
        return analytics.advise(await self._all(channel))

    async def export_sessions_csv(self, channel: str) -> str:
        """Write a channel's voyages as CSV, newest first. Raises NoVoyages."""
        return to_csv(await self._all(channel))

    async def set_notes(self, channel: str, name: str, notes: str) -> None:
        """Change a voyage's notes, at most MOST_NOTES characters. Raises NoSuchVoyage."""
        if not await self._rows.set_notes(channel, name, notes[:MOST_NOTES]):
            raise NoSuchVoyage(name)

    async def warnings(self) -> list[RateWarning]:
        """List the warnings that their channels have not heard, oldest first."""
        rows = await self._rows.untold()
        return [RateWarning(r.session_id, r.voyage, r.name, r.alert) for r in rows if r.alert is not None]

    async def warned(self, warning: RateWarning) -> None:
        """Note that a channel has heard a warning, or never will."""
        await self._rows.mark_told(warning.channel, warning.voyage)

    async def _all(self, channel: str, n: int | None = None) -> list[VoyageRecord]:
        records = await self.load_sessions(channel, n)
        if not records:
            raise NoVoyages
        return records


_RECORD = msgspec.json.Decoder(VoyageRecord)


def row_of(record: VoyageRecord) -> RecordRow:
    """Write a record as a row; the row's own columns hold what can change."""
    return RecordRow(
        session_id=record.channel,
        voyage=record.voyage,
        name=record.session_id,
        started_at=record.start_time,
        ended_at=record.end_time,
        rate=record.gold_per_hour,
        body=msgspec.json.encode(record),
        notes=record.notes,
    )


def record_of(row: RecordRow) -> VoyageRecord:
    """Read a record. Raises msgspec.MsgspecError for a damaged row."""
    record = _RECORD.decode(row.body)
    return msgspec.structs.replace(record, session_id=row.name, voyage=row.voyage, notes=row.notes)
