"""An open store for every test of the store, on each database that it supports."""

from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from storage.rows import TurnCommit, VoyageFinish, VoyageLaunch
from storage.store import Store

MakeCommit = Callable[..., TurnCommit]


@pytest.fixture(params=["sqlite", "postgres"])
def backend(request: pytest.FixtureRequest) -> str:
    """Each database; a module whose tests are about one of them says which."""
    return request.param


@pytest.fixture
async def location(backend: str, tmp_path: Path, request: pytest.FixtureRequest) -> str:
    """Where the store of this test lives."""
    if backend == "postgres":
        return await request.getfixturevalue("postgres").create()
    return str(tmp_path / "store.sqlite3")


@pytest.fixture
async def store(location: str) -> AsyncIterator[Store]:
    """An empty store, closed after the test."""
    opened = await Store.open(location)
    yield opened
    await opened.close()


@pytest.fixture
def commit() -> MakeCommit:
    """Make a commit: turn n of a voyage, whose number of earlier turns in the session is `before`."""

    def make(session_id: str, n: int, **changes: object) -> TurnCommit:
        values: dict[str, object] = {
            "session_id": session_id,
            "expected_version": n - 1,
            "voyage": 1,
            "n": n,
            "turn_id": f"{session_id}-1-{n}",
            "actor": "Ada",
            "at": 1000.0 + n,
            "action": b"go",
            "outcome": b"outcome %d" % n,
            "state": b"state %d" % n,
            "launch": VoyageLaunch(seed=7, captain="Ada", ship="scout") if n == 1 else None,
        }
        return TurnCommit(**(values | changes))  # type: ignore[arg-type]

    return make


@pytest.fixture
def lost() -> VoyageFinish:
    """How a voyage ends."""
    return VoyageFinish(cause="hull", title="Lost with all hands", victory=False)
