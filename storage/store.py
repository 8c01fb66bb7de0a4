"""The store: one database and the tables' readers and writers over it."""

from pathlib import Path

from sqlalchemy import func, select

from storage.boards import BoardStore
from storage.channel_settings import ChannelSettingsStore
from storage.cursors import CursorStore
from storage.database import Database
from storage.errors import StorageError
from storage.frames import FrameStore
from storage.history import HistoryStore
from storage.jobs import JobStore
from storage.leases import LeaseStore
from storage.migrate import revision_of
from storage.run_notices import RunNoticeStore
from storage.runs import RunStore
from storage.sessions import SessionStore
from storage.sqlite import SqliteDatabase
from storage.tapes import TapeStore
from storage.turns import TurnStore
from storage.votes import VoteStore
from storage.voyages import VoyageStore

FILE_NAME = "dead_reckoning.sqlite3"


class Store:
    """Everything that is kept in SQL. Open it with `Store.open` inside the event loop that uses it."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.sessions = SessionStore(database)
        self.voyages = VoyageStore(database)
        self.turns = TurnStore(database)
        self.frames = FrameStore(database)
        self.tapes = TapeStore(database)
        self.jobs = JobStore(database)
        self.boards = BoardStore(database)
        self.votes = VoteStore(database)
        self.channel_settings = ChannelSettingsStore(database)
        self.cursors = CursorStore(database)
        self.leases = LeaseStore(database)
        self.runs = RunStore(database)
        self.run_notices = RunNoticeStore(database)
        self.history = HistoryStore(database)

    @classmethod
    async def open(cls, url_or_path: str | Path, *, read_only: bool = False) -> "Store":
        """Open a SQLite file (a path or sqlite:///path) or a PostgreSQL URL; bring its tables up to date.

        With `read_only` nothing is locked, created or changed. Raises StoreLocked, StoreUnavailable, and
        StorageError for a URL that is neither; no message repeats the URL, it may hold a password.
        """
        return cls(await _open_database(str(url_or_path), read_only=read_only))

    async def ping(self) -> None:
        """Make sure that the database answers. Raises StorageError."""
        await self.database.read(lambda conn: conn.execute(select(1)).scalar_one())

    async def revision(self) -> str:
        """Give the revision of the tables, "" where there are none."""
        return await self.database.read(revision_of) or ""

    async def clock(self) -> float | None:
        """Give the database server's UTC seconds; None where the database is a file and has no clock."""
        if not self.database.shared:
            return None
        moment = select(func.extract("epoch", func.clock_timestamp()))
        return float(await self.database.read(lambda conn: conn.execute(moment).scalar_one()))

    async def close(self) -> None:
        """Finish the accepted work and let the database go. A second call does nothing."""
        await self.database.close()


def store_location(database_url: str, data_dir: Path) -> str | Path:
    """Give what `Store.open` takes for the settings: the URL, or without one the file in the data folder."""
    return database_url or data_dir / FILE_NAME


async def _open_database(location: str, *, read_only: bool) -> Database:
    scheme, found, rest = location.partition("://")
    if not found:
        return await SqliteDatabase.open(Path(location), read_only=read_only)
    if scheme in ("postgresql", "postgres"):
        from storage.postgres import PostgresDatabase

        return await PostgresDatabase.open(location, read_only=read_only)
    if scheme == "sqlite":
        return await SqliteDatabase.open(Path(rest.removeprefix("/")), read_only=read_only)
    raise StorageError(f"DATABASE_URL begins with {scheme}://, which is neither sqlite:// nor postgresql://")
