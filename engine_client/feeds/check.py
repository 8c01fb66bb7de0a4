"""`feed check FILE|URL`: shows a person what a mapping makes of an answer. A command line: it prints.

Exit codes: 0 when the answer is complete, 1 when it is not or nothing can be read, 2 for wrong arguments.
"""

import argparse
import asyncio
import re
import sys
import time
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from engine_client.feeds.catalog import Catalog, load_catalog, read_feed_file
from engine_client.feeds.documents import BadBody
from engine_client.feeds.errors import FeedError
from engine_client.feeds.models import Listing, Reading
from engine_client.feeds.reading import SAYS, read_body
from engine_client.feeds.spec import FeedSpec
from engine_client.session_lists import MAX_BODY, fetch_once

_ROWS = 20  # listings that are written out
_ADDRESS = re.compile(r"\b(?:\d{1,3}\.){3}\d{1,3}\b|\b(?:[0-9a-f]{1,4}:){4,}[0-9a-f]{1,4}\b", re.IGNORECASE)

Write = Callable[[str], object]


def check_feed(argv: Sequence[str], write: Write | None = None) -> int:
    """Run the command line's `feed check`; give its exit code. `write` takes the output, else stdout."""
    return _checked(_parser().parse_args(argv), write or sys.stdout.write)


def _checked(options: argparse.Namespace, write: Write) -> int:
    try:
        specs = _candidates(options)
        body = _body_of(options.source)
    except (FeedError, OSError) as error:
        write(f"{error}\n")
        return 1
    guessing = not (options.feed or options.mapping)
    spec, reading, fault = _best(specs, body, options.at or time.time())
    if reading is not None and not options.at and not _is_web(options.source):
        reading = _as_if_new(spec, body, reading)
    if reading is None or (guessing and not _fits(reading)):
        write(f"No mapping fits this answer{': ' + _visible(fault) if fault else ''}.\n")
        write(f"Name one with --feed ({', '.join(spec.name for spec in specs)}) or --mapping FILE.toml.\n")
        return 1
    for line in report(spec, reading, guessed=guessing):
        write(line + "\n")
    return 0 if reading.complete else 1


def _fits(reading: Reading) -> bool:
    return reading.complete or bool(reading.listings) or SAYS in reading.reason


def _as_if_new(spec: FeedSpec, body: bytes, reading: Reading) -> Reading:
    """Read a kept answer as of the time at which its list was made: that it is old says nothing."""
    return reading if reading.source_time is None else read_body(spec, body, reading.source_time)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m bot feed check", description="Show what a feed's mapping makes of an answer."
    )
    parser.add_argument("source", metavar="FILE|URL", help="an answer, kept in a file or fetched now")
    which = parser.add_mutually_exclusive_group()
    which.add_argument("--feed", help="the name of a shipped feed; left out: the one that fits best")
    which.add_argument("--mapping", type=Path, metavar="FILE.toml", help="a mapping of your own")
    parser.add_argument("--at", type=float, help="pretend that it is this time (UTC seconds since 1970)")
    return parser


def _candidates(options: argparse.Namespace) -> list[FeedSpec]:
    """Choose the mappings to try. Raises FeedError."""
    if options.mapping is not None:
        return read_feed_file(options.mapping)
    catalog: Catalog = load_catalog()
    if options.feed is None:
        return catalog.specs()
    variants = [spec for spec in catalog.specs() if spec.name.startswith(f"{options.feed}-")]
    return variants[:1] or [catalog.get(options.feed)]


def _body_of(source: str) -> bytes:
    """Give the answer's bytes. Raises OSError, FeedAway."""
    if _is_web(source):
        return asyncio.run(fetch_once(source))
    file = Path(source)
    if file.stat().st_size > MAX_BODY:
        raise OSError(f"{file.name} is larger than {MAX_BODY // 2**20} MB")
    return file.read_bytes()


def _is_web(source: str) -> bool:
    return source.startswith(("http://", "https://"))


def _best(specs: Iterable[FeedSpec], body: bytes, now: float) -> tuple[FeedSpec, Reading | None, str]:
    """Read with every mapping; give the one that understands most, or why none can read it."""
    tried: list[tuple[tuple[bool, bool, int, int], FeedSpec, Reading]] = []
    spec, fault = None, "there is none"
    for spec in specs:
        try:
            reading = read_body(spec, body, now)
        except BadBody as error:
            fault = str(error)
            continue
        tried.append((_understanding(reading), spec, reading))
    if tried:
        _, spec, reading = max(tried, key=lambda one: one[0])
        return spec, reading, ""
    assert spec is not None
    return spec, None, fault


def _understanding(reading: Reading) -> tuple[bool, bool, int, int]:
    """Say how well an answer was understood: any rows at all, believed, values found, few notes."""
    values = sum(len(_values(listing)) for listing in reading.listings)
    trusted = reading.complete or SAYS in reading.reason
    return bool(reading.listings), trusted, values, -len(reading.notes)


def report(spec: FeedSpec, reading: Reading, *, guessed: bool) -> list[str]:
    """Write a reading out, line by line."""
    lines = [f"mapping   {spec.name} ({spec.title}){', the one that fits best' if guessed else ''}"]
    lines.append(
        f"answer    {'complete' if reading.complete else 'NOT complete: ' + _visible(reading.reason)}"
    )
    if reading.source_time is not None:
        made = time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(reading.source_time))
        lines.append(f"made      {made} UTC, says the list")
    lines.append(f"sessions  {len(reading.listings)}")
    for number, listing in enumerate(reading.listings[:_ROWS], 1):
        lines += ["", f"{number:3}  {_visible(listing.name) or '(no name)'}"]
        lines += [f"     {name:9} {value}" for name, value in _values(listing).items() if name != "name"]
    if len(reading.listings) > _ROWS:
        lines += ["", f"     …and {len(reading.listings) - _ROWS} more"]
    warnings = [*reading.notes, *_leaks(reading.listings), *_twins(reading.listings)]
    return lines + ([""] if warnings else []) + [f"note      {_visible(one)}" for one in warnings]


def _values(listing: Listing) -> dict[str, str]:
    """Give the fields that a listing has, written out."""
    found: dict[str, str] = {}
    for name in Listing.__struct_fields__:
        value = getattr(listing, name)
        if isinstance(value, tuple):
            value = ", ".join(value)
        if value is None or value == "" or (value is False and name == "ended"):
            continue
        found[name] = {True: "yes", False: "no"}[value] if isinstance(value, bool) else _visible(str(value))
    return found


def _leaks(listings: Iterable[Listing]) -> list[str]:
    """Warn of fields that hold what looks like an IP address: it would be shown to everybody."""
    names = {
        name
        for listing in listings
        for name, value in _values(listing).items()
        if name not in {"name", "version", "names"} and _ADDRESS.search(value)
    }
    return [f"the field {name} holds IP addresses; leave it out or use `digest`" for name in sorted(names)]


def _twins(listings: Sequence[Listing]) -> list[str]:
    twins = len(listings) - len({listing.id for listing in listings})
    return [f"{twins} rows have an id that another row has; only the first counts"] if twins else []


def _visible(text: str) -> str:
    """Write control characters out, so that an answer cannot steer the terminal."""
    return "".join(
        character if unicodedata.category(character)[0] != "C" else f"\\u{ord(character):04x}"
        for character in text
    )
