"""What a feed's mapping makes of one body: listings, and whether an absence in it may be believed.

Pure: the time is an argument. It can be slow (tens of milliseconds for thousands of rows), so callers run it
off the event loop.
"""

from typing import Any

from engine_client.feeds import coerce
from engine_client.feeds.coerce import BadValue
from engine_client.feeds.documents import read_json, read_ndjson
from engine_client.feeds.models import Listing, Reading
from engine_client.feeds.paths import BadPath, Path
from engine_client.feeds.spec import FeedSpec, Field

MAX_ROWS = 50_000
MAX_ID = 100  # a longer id is digested
SAYS = "the source says: "  # begins the reason of an answer that is an error in its own words
_MAX_NOTES = 12
_AHEAD = 600.0  # seconds that a list's clock may be ahead of ours

Tables = dict[str, dict[str, Any]]


def read_body(spec: FeedSpec, body: bytes, now: float) -> Reading:
    """Read an answer's bytes. Raises BadBody when they are not in the feed's format at all."""
    if spec.format == "ndjson":
        document, notes = read_ndjson(body)
        reading = read_document(spec, document, now)
        faults = ["the answer has no root: it was cut"] if document["rootless"] else []
        faults += [f"{len(notes)} unreadable lines: {notes[0]}"] if notes else []
        return _spoiled(reading, faults, notes)
    return read_document(spec, read_json(body), now)


def read_document(spec: FeedSpec, document: Any, now: float) -> Reading:
    """Read an answer that is decoded already."""
    faults: list[str] = []
    notes: list[str] = []
    source_time = _believe(spec, document, now, faults)
    rows = _rows(spec, document, faults)
    tables = _tables(spec, document, notes)
    listings: list[Listing] = []
    unreadable = 0
    for number, row in enumerate(rows, 1):
        try:
            listings.append(_listing(spec, row, tables, notes, number))
        except (BadValue, BadPath) as error:
            unreadable += 1
            _note(notes, f"row {number} cannot be read: {error}")
    if unreadable:
        faults.append(f"{unreadable} of {len(rows)} rows cannot be read")
    return Reading(tuple(listings), not faults, "; ".join(faults), tuple(notes[:_MAX_NOTES]), source_time)


def _spoiled(reading: Reading, faults: list[str], notes: list[str]) -> Reading:
    if not faults:
        return reading
    reason = "; ".join(faults + ([reading.reason] if reading.reason else []))
    return Reading(
        reading.listings, False, reason, (*notes, *reading.notes)[:_MAX_NOTES], reading.source_time
    )


def _believe(spec: FeedSpec, document: Any, now: float, faults: list[str]) -> float | None:
    """Collect what makes the whole answer doubtful, and give its own time where it has one."""
    rules = spec.validity
    if (message := _asked(rules.error, document, faults)) not in (None, False, "", [], {}):
        faults.append(f"{SAYS}{str(message)[:120]}")
    if rules.ok is not None and not _asked(rules.ok, document, faults):
        faults.append("the source does not say that all is well")
    said = _asked(rules.source_ok, document, faults)
    if said is False or (isinstance(said, list) and False in said):
        faults.append("a source of the list has failed")
    try:
        times = [coerce.as_time(one) for one in _listed(_asked(rules.source_time, document, faults))]
    except BadValue as error:
        faults.append(f"source_time: {error}")
        return None
    oldest = min((time for time in times if time is not None), default=None)
    if oldest is not None and now - oldest > rules.max_age:
        faults.append(f"the list is stale: it was made {now - oldest:.0f} s ago")
    if oldest is not None and oldest - now > _AHEAD:
        faults.append(f"the list's time is {oldest - now:.0f} s ahead of ours")
    return oldest


def _asked(path: Path | None, document: Any, faults: list[str]) -> Any:
    if path is None:
        return None
    try:
        return path(document)
    except BadPath as error:
        faults.append(str(error))
        return None


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _rows(spec: FeedSpec, document: Any, faults: list[str]) -> list[Any]:
    rows = _asked(spec.items, document, faults)
    if not isinstance(rows, list):
        if not _asked(spec.validity.empty_if, document, faults):
            faults.append(f"`items` ({spec.items.text}) selects no list: the answer has another shape")
        return []
    if len(rows) > MAX_ROWS:
        faults.append(f"{len(rows)} rows, of which the first {MAX_ROWS} are read")
    if 0 < spec.validity.cap <= len(rows):
        faults.append(f"the list was cut at {spec.validity.cap} rows")
    return rows[:MAX_ROWS]


def _tables(spec: FeedSpec, document: Any, notes: list[str]) -> Tables:
    found: Tables = {}
    for name, path in spec.lookups.items():
        table = _asked(path, document, notes)
        found[name] = table if isinstance(table, dict) else {}
    return found


def _listing(spec: FeedSpec, row: Any, tables: Tables, notes: list[str], number: int) -> Listing:
    """Read one row. Raises BadValue or BadPath when it has no readable id."""
    values: dict[str, Any] = {}
    for field in spec.fields:
        try:
            value = _value(field, row, tables)
        except (BadValue, BadPath) as error:
            if field.name == "id":
                raise
            _note(notes, f"row {number}, {field.name}: {error}")
            continue
        if value is not None:
            values[field.name] = value
    if not values.get("id"):
        raise BadValue("it has no id")
    return Listing(**values)


def _value(field: Field, row: Any, tables: Tables) -> Any:
    value = field.path(row)
    if field.pick is not None:
        value = _looked_up(value, tables[field.lookup], field.pick)
    if value is None:
        return None
    if field.split:
        value = coerce.split(value, field.split)
    if field.rules:
        value = coerce.substitute(value, field.rules)
    if field.table:
        value = coerce.translate(value, field.table)
    if field.cast is not None:
        value = field.cast(value)
    value = field.convert(value)
    if field.name == "id" and value and (field.digest or len(value) > MAX_ID):
        return coerce.digest(value)
    return value


def _looked_up(key: Any, table: dict[str, Any], pick: Path) -> Any:
    """Find what a key, or each key of a list, stands for; a key that the table lacks gives None."""
    if isinstance(key, list):
        return [found for one in key if (found := _looked_up(one, table, pick)) is not None]
    if key is None or isinstance(key, dict):
        return None
    entry = table.get(coerce.as_text(key))
    return None if entry is None else pick(entry)


def _note(notes: list[str], text: str) -> None:
    if len(notes) < _MAX_NOTES:
        notes.append(text[:200])
