"""`farming_sessions.json`: the newest voyages as a file, and files of that kind brought in.

The file is an export. One that cannot be read is kept as `.bak` and reported, never overwritten. Work on the
disk runs in a thread.
"""

import asyncio
import logging
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from engine_client.errors import BadSessionId
from engine_client.models import parse_session_id
from sessions.files import write_atomically
from sessions.history.book import History
from sessions.history.build import name_of
from sessions.history.errors import BadFile
from sessions.history.models import AreaShare, VoyageRecord
from sessions.runs.reports import utc

log = logging.getLogger(__name__)

EXPORTED = 1_000  # newest voyages of all channels in the file
FILE_NAME = "farming_sessions.json"
_STAMP = "%Y-%m-%d_%H-%M-%S"
_NO_VOYAGE = (ValueError, OverflowError, OSError, msgspec.MsgspecError, BadSessionId)


class Brought(msgspec.Struct, frozen=True):
    """What became of a file: voyages that were new, known ones, and entries that are no voyage."""

    added: int = 0
    known: int = 0
    refused: int = 0
    backup: str = ""  # where an unreadable file was kept


class _Entry(msgspec.Struct):
    """A voyage in a file, as loosely as other programs may have written it."""

    session_id: str = ""
    channel: str = ""
    start_time: str | float | None = None
    end_time: str | float | None = None
    duration_minutes: float = 0.0
    total_gold: float = 0.0
    gold_per_hour: float | None = None
    kills: int = 0
    deaths: int = 0
    flee_events: int = 0
    supplies_used: dict[str, float] = {}
    areas_farmed: tuple[AreaShare, ...] = ()
    enemy_breakdown: dict[str, int] = {}
    notes: str = ""
    runs: int = 0
    run_minutes: float = 0.0
    flees_by_area: dict[str, float] = {}
    captain: str = ""
    ship: str = ""
    ending: str = ""


class HistoryFile:
    """The export of one data folder."""

    def __init__(self, folder: Path, history: History) -> None:
        self._path = folder / FILE_NAME
        self._history = history
        self._lock = asyncio.Lock()

    async def write(self) -> None:
        """Write the newest voyages of all channels. Raises OSError."""
        async with self._lock:
            records = await self._history.newest(EXPORTED)
            await asyncio.to_thread(lambda: write_atomically(self._path, to_json(records)))

    async def take_over(self) -> Brought:
        """At a start: set an unreadable file aside; bring a readable one in where the history is empty."""
        async with self._lock:
            data = await asyncio.to_thread(_read, self._path)
            if data is None:
                return Brought()
            try:
                entries = _entries(data)
            except BadFile as error:
                backup = await asyncio.to_thread(_set_aside, self._path)
                log.error("%s is unreadable (%s); kept as %s", self._path.name, error, backup.name)
                return Brought(backup=backup.name)
            if not await self._history.is_empty():
                return Brought()
            return await self._bring_in(entries, channel="")

    async def bring_in(self, data: bytes, channel: str) -> Brought:
        """Bring a file's voyages into one channel's history; known ones stay as they are. Raises BadFile."""
        return await self._bring_in(_entries(data), channel)

    async def _bring_in(self, entries: Sequence[object], channel: str) -> Brought:
        records, refused = [], 0
        for entry in entries:
            try:
                records.append(_record(entry, channel))
            except _NO_VOYAGE as error:
                refused += 1
                log.warning("entry of %s is no voyage: %s", self._path.name, error)
        added = await self._history.bring_in(records)
        return Brought(added, len(records) - added, refused)


def to_json(records: Sequence[VoyageRecord]) -> bytes:
    """Write voyages as JSON, a list, with times as ISO 8601 in UTC."""
    entries = [
        msgspec.structs.asdict(r) | {"start_time": utc(r.start_time), "end_time": utc(r.end_time)}
        for r in records
    ]
    return msgspec.json.format(msgspec.json.encode(entries), indent=2) + b"\n"


def _entries(data: bytes) -> list[object]:
    try:
        document = msgspec.json.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise BadFile(f"That is no JSON file: {error}.") from error
    if isinstance(document, dict):
        document = document.get("sessions")
    if not isinstance(document, list):
        raise BadFile("That is no list of voyages.")
    return document


def _record(entry: object, channel: str) -> VoyageRecord:
    """Read one entry. Raises one of _NO_VOYAGE."""
    read = msgspec.convert(entry, _Entry, strict=False)
    start = _time(read.start_time, read.session_id)
    end = _time(read.end_time, "") if read.end_time is not None else start + read.duration_minutes * 60
    if not 0 <= start <= end:
        raise ValueError("it ends before it begins")
    name_of(end)  # a time that no calendar has is refused here
    values = msgspec.structs.asdict(read) | {
        "session_id": _name(read.session_id, start),
        "channel": channel or parse_session_id(read.channel),
        "start_time": start,
        "end_time": end,
    }
    return VoyageRecord(**values)


def _name(given: str, start: float) -> str:
    """Keep a name that is one of ours, else make it from the beginning."""
    stamp, number = given[:19], given[19:]
    try:
        datetime.strptime(stamp, _STAMP).replace(tzinfo=UTC)
    except ValueError:
        return name_of(start)
    return given if not number or (number[0] == "-" and number[1:].isdecimal()) else stamp


def _time(given: str | float | None, name: str) -> float:
    if isinstance(given, int | float):
        return float(given)
    if given:
        moment = datetime.fromisoformat(given)
    else:
        moment = datetime.strptime(name[:19], _STAMP).replace(tzinfo=UTC)
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()


def _read(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None


def _set_aside(path: Path) -> Path:
    """Rename a file to `.bak`, or `.bak-2` and so on where that is taken."""
    backup, number = path.with_name(path.name + ".bak"), 1
    while backup.exists():
        number += 1
        backup = path.with_name(f"{path.name}.bak-{number}")
    return path.rename(backup)
