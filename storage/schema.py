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
    Column("owner", Text, nullable=False, server_default=""),  # the process that serves it; "" nobody
    Column("epoch", Integer, nullable=False, server_default="0"),  # grows with every change of hands
    Column("owned_until", Double, nullable=False, server_default="0"),
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
    Column("turn_id", String(128), nullable=False),
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
    Column("progress", Double, nullable=False, server_default="0"),  # 0..1 of the attempt under way
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
    Column("upload_limit", BigInteger, nullable=False, server_default="0"),  # bytes; 0 is unknown
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

tracker_subscription = Table(
    "tracker_subscription",
    metadata,
    Column("subscription_id", Integer, autoincrement=True, nullable=False),
    Column("guild_id", BigInteger, nullable=False),
    Column("channel_id", BigInteger, nullable=False),
    Column("thread_id", BigInteger, nullable=False),  # the post in a forum that holds the messages, else 0
    Column("feed", String(64), nullable=False),
    Column("filter", Text, nullable=False),
    Column("role_id", BigInteger, nullable=False),
    Column("style", String(8), nullable=False),
    Column("paused", Boolean, nullable=False),
    Column("primed", Boolean, nullable=False),  # false until the first answer was shown, without pings
    Column("removed_at", Double, nullable=False),  # 0 while it is wanted
    Column("created_by", BigInteger, nullable=False),
    Column("created_at", Double, nullable=False),
    PrimaryKeyConstraint("subscription_id"),
    Index(None, "guild_id"),
)

tracker_listing = Table(
    "tracker_listing",
    metadata,
    Column("feed", String(64), nullable=False),
    Column("key", String(32), nullable=False),
    Column("data", LargeBinary, nullable=False),
    PrimaryKeyConstraint("feed", "key"),
)

tracker_post = Table(
    "tracker_post",
    metadata,
    Column("subscription_id", Integer, nullable=False),
    Column("key", String(32), nullable=False),  # the listing's, "board" for a board
    Column("nonce", String(25), nullable=False),
    Column("channel_id", BigInteger, nullable=False),  # where the message is; 0 until it is posted
    Column("message_id", BigInteger, nullable=False),  # 0 until it is posted
    Column("pings", Boolean, nullable=False),
    Column("created_at", Double, nullable=False),
    Column("posted_at", Double, nullable=False),
    Column("edited_at", Double, nullable=False),
    Column("shown", Text, nullable=False),  # what the message shows, as the tracker names it
    Column("reposts", Integer, nullable=False),
    Column("muted", Boolean, nullable=False),
    PrimaryKeyConstraint("subscription_id", "key"),
    UniqueConstraint("nonce"),
)

tracker_channel = Table(
    "tracker_channel",
    metadata,
    Column("channel_id", BigInteger, nullable=False),
    Column("code", Integer, nullable=False),  # Discord's error code
    Column("failures", Integer, nullable=False),
    Column("opened_at", Double, nullable=False),
    Column("retry_at", Double, nullable=False),
    Column("told", Boolean, nullable=False),
    PrimaryKeyConstraint("channel_id"),
)

tracker_feed = Table(
    "tracker_feed",
    metadata,
    Column("feed", String(64), nullable=False),
    Column("at", Double, nullable=False),  # of the last complete answer
    Column("source_time", Double),
    PrimaryKeyConstraint("feed"),
)
