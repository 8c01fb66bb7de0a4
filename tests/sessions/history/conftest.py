"""Voyages of a channel, made in a line."""

from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from sessions.history.book import History
from sessions.history.build import name_of
from sessions.history.models import AreaShare, VoyageRecord
from storage.store import Store

START = 1_800_000_000.0


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    """An empty store."""
    opened = await Store.open(tmp_path / "store.sqlite3")
    yield opened
    await opened.close()


@pytest.fixture
def history(store: Store) -> History:
    """The history over it."""
    return History(store.history)


@pytest.fixture
def record() -> Callable[..., VoyageRecord]:
    """Make voyage n: it began n hours after the first, and its areas are given as {area: (gold, minutes)}."""

    def make(n: int, areas: dict[str, tuple[float, float]] | None = None, **changes: object) -> VoyageRecord:
        shares = tuple(AreaShare(area, gold, time) for area, (gold, time) in (areas or {}).items())
        start = START + 3600 * n
        values: dict[str, object] = {
            "session_id": name_of(start),
            "channel": "4711",
            "voyage": n,
            "start_time": start,
            "end_time": start + 1800,
            "duration_minutes": 30.0,
            "areas_farmed": shares,
        }
        return VoyageRecord(**(values | changes))  # type: ignore[arg-type]

    return make
