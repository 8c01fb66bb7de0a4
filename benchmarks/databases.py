"""An empty database on a running PostgreSQL server, as often as one is asked for."""

import asyncio

import asyncpg

from storage.migrations import HEAD
from storage.store import Store

_NAME = "dead_reckoning"

_END_OTHERS = """
    SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid()
"""
_TABLES = "SELECT string_agg(tablename, ', ') FROM pg_tables WHERE schemaname = 'public' AND tablename <> $1"


class Databases:
    """Gives one database of the server at `url` again and again, emptied: making one takes a second."""

    def __init__(self, url: str) -> None:
        self._server = url
        self._url = url.replace("/postgres?", f"/{_NAME}?")
        self._made = False

    async def create(self) -> str:
        """Give the URL of a database with every table and no row; what was in it before is gone."""
        if self._made:
            await self._empty()
        else:
            await self._make()
        return self._url

    def create_now(self) -> str:
        """Do the same from outside an event loop."""
        return asyncio.run(self.create())

    async def _make(self) -> None:
        connection = await asyncpg.connect(self._server)
        try:
            await connection.execute(f"CREATE DATABASE {_NAME}")
        finally:
            await connection.close()
        await (await Store.open(self._url)).close()
        self._made = True

    async def _empty(self) -> None:
        connection = await asyncpg.connect(self._url)
        try:
            await connection.execute(_END_OTHERS)  # whoever a failed test left behind
            tables = await connection.fetchval(_TABLES, "alembic_version")
            await connection.execute(f"TRUNCATE {tables} RESTART IDENTITY")
            await connection.execute("UPDATE alembic_version SET version_num = $1", HEAD)
        finally:
            await connection.close()
