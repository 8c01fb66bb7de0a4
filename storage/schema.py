"""The tables, in SQLAlchemy Core. A change here needs a migration in `storage/migrations/versions`.

The journal (`session`, `voyage`, `turn`) belongs to the engine. Everything else is kept by the house around
it, possibly in another database when the engine runs elsewhere, so no foreign key joins the two.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Double,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
    UniqueConstraint,
)

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)

session = Table(
    "session",
    metadata,
    Column("session_id", String(64), nullable=False),
    Column("version", Integer, nullable=False),
    Column("voyage", Integer, nullable=False),
    Column("n", Integer, nullable=False),
    Column("active", Boolean, nullable=False),
    Column("state", LargeBinary, nullable=False),
    Column("updated_at", Double, nullable=False),
    PrimaryKeyConstraint("session_id"),
)

voyage = Table(
    "voyage",
    metadata,
    Column("session_id", String(64), ForeignKey("session.session_id", ondelete="CASCADE"), nullable=False),
    Column("voyage", Integer, nullable=False),
    Column("seed", BigInteger, nullable=False),
    Column("captain", Text, nullable=False),
    Column("ship", Text, nullable=False),
    Column("started_at", Double, nullable=False),
    Column("turns", Integer, nullable=False),  # 0 while under way: the session row counts until the end
    Column("ended_at", Double),
    Column("cause", Text),
    Column("title", Text),
    Column("victory", Boolean, nullable=False),
    PrimaryKeyConstraint("session_id", "voyage"),
)

turn = Table(
    "turn",
    metadata,
    Column("session_id", String(64), ForeignKey("session.session_id", ondelete="CASCADE"), nullable=False),
    Column("voyage", Integer, nullable=False),
    Column("n", Integer, nullable=False),
    Column("turn_id", String(64), nullable=False),
    Column("actor", Text, nullable=False),
    Column("at", Double, nullable=False),
    Column("action", LargeBinary, nullable=False),
    Column("outcome", LargeBinary, nullable=False),
    PrimaryKeyConstraint("session_id", "voyage", "n"),
    UniqueConstraint("turn_id"),
)

frame = Table(
    "frame",
    metadata,
    Column("session_id", String(64), nullable=False),
    Column("voyage", Integer, nullable=False),
    Column("n", Integer, nullable=False),
    Column("file", Text, nullable=False),
    Column("media_type", Text, nullable=False),
    Column("at", Double, nullable=False),
    PrimaryKeyConstraint("session_id", "voyage", "n"),
)

tape = Table(
    "tape",
    metadata,
    Column("session_id", String(64), nullable=False),
    Column("voyage", Integer, nullable=False),
    Column("file", Text, nullable=False),
    Column("media_type", Text, nullable=False),
    Column("frames", Integer, nullable=False),
    Column("left_out", Integer, nullable=False),
    Column("seconds", Double, nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("built_at", Double, nullable=False),
    Column("message_id", BigInteger, nullable=False),
    PrimaryKeyConstraint("session_id", "voyage"),
)

job = Table(
    "job",
    metadata,
    Column("job_id", Integer, autoincrement=True, nullable=False),
    Column("kind", String(32), nullable=False),
    Column("session_id", String(64), nullable=False),
    Column("voyage", Integer, nullable=False),
    Column("phase", String(8), nullable=False),  # open, done, parked
    Column("attempt", Integer, nullable=False),
    Column("owner", Text, nullable=False),  # "" while nobody works on it
    Column("not_before", Double, nullable=False),  # while claimed: the end of the lease
    Column("error", Text, nullable=False),
    PrimaryKeyConstraint("job_id"),
    UniqueConstraint("kind", "session_id", "voyage"),
    Index(None, "kind", "phase", "not_before"),
)

board = Table(
    "board",
    metadata,
    Column("session_id", String(64), nullable=False),
    Column("guild_id", BigInteger, nullable=False),
    Column("channel_id", BigInteger, nullable=False),
    Column("message_id", BigInteger, nullable=False),
    Column("voyage", Integer, nullable=False),
    Column("n", Integer, nullable=False),
    Column("dirty", Boolean, nullable=False),
    PrimaryKeyConstraint("session_id"),
)

vote = Table(
    "vote",
    metadata,
    Column("session_id", String(64), nullable=False),
    Column("voyage", Integer, nullable=False),
    Column("n", Integer, nullable=False),
    Column("user_id", BigInteger, nullable=False),
    Column("choice", Text, nullable=False),
    Column("at", Double, nullable=False),
    PrimaryKeyConstraint("session_id", "voyage", "n", "user_id"),
)

channel_settings = Table(
    "channel_settings",
    metadata,
    Column("session_id", String(64), nullable=False),
    Column("settings", Text, nullable=False),
    PrimaryKeyConstraint("session_id"),
)

cursor = Table(
    "cursor",
    metadata,
    Column("name", String(32), nullable=False),
    Column("session_id", String(64), nullable=False),
    Column("voyage", Integer, nullable=False),
    Column("n", Integer, nullable=False),
    PrimaryKeyConstraint("name", "session_id"),
)

lease = Table(
    "lease",
    metadata,
    Column("name", String(128), nullable=False),
    Column("owner", Text, nullable=False),  # "" after a release
    Column("epoch", Integer, nullable=False),
    Column("until", Double, nullable=False),
    PrimaryKeyConstraint("name"),
)
