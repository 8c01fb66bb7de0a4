"""A real PostgreSQL server for the tests that ask for one; each of them gets a database of its own."""

from collections.abc import Iterator

import pytest

from benchmarks.databases import Databases
from benchmarks.postgres_server import postgres_server


@pytest.fixture(scope="session")
def postgres() -> Iterator[Databases]:
    """Databases on a server that runs as long as the test session."""
    with postgres_server(durable=False) as server:
        yield Databases(server.url)
