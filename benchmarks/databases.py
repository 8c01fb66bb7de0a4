"""Fresh databases on a running PostgreSQL server, copied from one that has the tables already."""

import asyncio
import itertools
from collections.abc import Iterator

import asyncpg

from storage.store import Store

_TEMPLATE = "template_of_tables"


class Databases:
    """Makes databases on the server at `url`; the server's end is their end."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._numbers: Iterator[int] = itertools.count(1)

    async def _prepare(self) -> None:
        """Make the template: every table, no row."""
        await self._run(f"CREATE DATABASE {_TEMPLATE}")
        store = await Store.open(self._named(_TEMPLATE))
        await store.close()

    async def create(self) -> str:
        """Make a database with empty tables and give its URL."""
        number = next(self._numbers)
        if number == 1:
            await self._prepare()
        name = f"d{number}"
        await self._run(f"CREATE DATABASE {name} TEMPLATE {_TEMPLATE}")
        return self._named(name)

    def create_now(self) -> str:
        """Make one from outside an event loop."""
        return asyncio.run(self.create())

    def _named(self, name: str) -> str:
        return self._url.replace("/postgres?", f"/{name}?")

    async def _run(self, statement: str) -> None:
        connection = await asyncpg.connect(self._url)
        try:
            await connection.execute(statement)
        finally:
            await connection.close()
