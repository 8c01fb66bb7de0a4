"""Voyages as CSV (RFC 4180): for the csv module and for spreadsheet programs, which must not run a cell.

A cell that a program would take for a formula gets an apostrophe in front, unless it is a number.
"""

import csv
import io
import re
from collections.abc import Iterable

import msgspec

from sessions.history.models import VoyageRecord
from sessions.runs.reports import utc

FIELDS = (
    "session_id",
    "start_time",
    "end_time",
    "duration_minutes",
    "total_gold",
    "gold_per_hour",
    "kills",
    "deaths",
    "flee_events",
    "supplies_used",
    "areas_farmed",
    "enemy_breakdown",
    "notes",
    "runs",
    "run_minutes",
    "flees_by_area",
    "captain",
    "ship",
    "ending",
)

_NUMBER = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?")
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")


def to_csv(records: Iterable[VoyageRecord]) -> str:
    """Write voyages as CSV with a header; nested fields are JSON, times ISO 8601 in UTC."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(FIELDS)
    for record in records:
        writer.writerow([safe_cell(cell_of(record, field)) for field in FIELDS])
    return text.getvalue()


def cell_of(record: VoyageRecord, field: str) -> str:
    """Write one field of a voyage."""
    value = getattr(record, field)
    if value is None:
        return ""
    if field in ("start_time", "end_time"):
        return utc(value)
    if isinstance(value, dict | tuple):
        return msgspec.json.encode(value).decode() if value else ""
    return str(value)


def safe_cell(text: str) -> str:
    """Neutralise what a spreadsheet program would run; numbers stay numbers."""
    if text.startswith(_FORMULA) and _NUMBER.fullmatch(text) is None:
        return "'" + text
    return text
