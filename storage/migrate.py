"""Bring a database's tables to the newest revision. It must not touch rows, except through a migration."""

from sqlalchemy import Connection, inspect, text

from storage.errors import StoreUnavailable
from storage.migrations import FOLDER, HEAD


def ensure_schema(conn: Connection) -> None:
    """Apply missing migrations inside the connection's transaction.

    Raises StoreUnavailable when a newer release of this program has written the database.
    """
    if revision_of(conn) == HEAD:
        return
    from alembic import command
    from alembic.config import Config
    from alembic.util import CommandError

    config = Config()
    config.set_main_option("script_location", str(FOLDER).replace("%", "%%"))
    config.attributes["connection"] = conn
    try:
        command.upgrade(config, "head")
    except CommandError as error:
        raise StoreUnavailable(f"the database is of another release: {error}") from error


def revision_of(conn: Connection) -> str | None:
    """Give the revision that the database's tables have; None where there are no tables yet."""
    if not inspect(conn).has_table("alembic_version"):
        return None
    return conn.execute(text("SELECT version_num FROM alembic_version")).scalar_one_or_none()
