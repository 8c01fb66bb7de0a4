"""The migrations make exactly the tables of the schema."""

import asyncio
import subprocess
import sys

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import text

from storage.errors import StoreUnavailable
from storage.migrations import FOLDER, HEAD
from storage.rows import BoardRow, SessionRow
from storage.schema import metadata
from storage.store import Store


def test_head_is_the_newest_revision():
    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    assert ScriptDirectory.from_config(config).get_heads() == [HEAD]


async def test_the_migrated_tables_are_the_schema(store):
    def differences(conn):
        context = MigrationContext.configure(conn, opts={"compare_type": True})
        return compare_metadata(context, metadata)

    assert await store.database.read(differences) == []


async def test_rows_of_the_release_before_are_kept(store, location):
    """A database at 0003 with a session, a job and a board comes up with them."""

    def go_back(conn):
        config = Config()
        config.set_main_option("script_location", str(FOLDER))
        config.attributes["connection"] = conn
        command.downgrade(config, "0003")
        conn.execute(text("INSERT INTO session VALUES ('7', 3, 1, 3, true, :x, 5.0)"), {"x": b"x"})
        conn.execute(text("INSERT INTO board VALUES ('7', 1, 2, 3, 1, 3, false)"))
        conn.execute(text("INSERT INTO job VALUES (1, 'tape', '7', 1, 'open', 0, '', 5.0, '')"))

    await store.database.write(go_back)
    await store.close()
    opened = await Store.open(location)
    try:
        assert await opened.sessions.load("7") == SessionRow("7", 3, 1, 3, True, b"x", 5.0, "", 0, 0.0)
        assert await opened.boards.get("7") == BoardRow("7", 1, 2, 3, 1, 3, False, 0)
        assert [job.progress for job in await opened.jobs.open("tape")] == [0.0]
    finally:
        await opened.close()


async def test_a_second_start_does_not_load_alembic(store, location):
    await store.close()
    code = (
        "import asyncio, sys\n"
        "from storage.store import Store\n"
        "async def main():\n"
        f"    store = await Store.open({location!r})\n"
        "    await store.close()\n"
        "asyncio.run(main())\n"
        "sys.exit('alembic' in sys.modules)\n"
    )
    ended = await asyncio.to_thread(subprocess.run, [sys.executable, "-c", code], check=False, timeout=60)
    assert ended.returncode == 0


async def test_a_database_of_a_newer_release_is_refused(store, location):
    await store.database.write(
        lambda conn: conn.execute(text("UPDATE alembic_version SET version_num='9999'"))
    )
    await store.close()
    with pytest.raises(StoreUnavailable, match="another release"):
        await Store.open(location)
