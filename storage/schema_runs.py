"""The tables of runs and of the voyages' history. A change here needs a migration, as in `storage/schema.py`.

They belong to the house around the engine, so no foreign key leads to the journal.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Double,
    Index,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from storage.schema import metadata

run = Table(
    "run",
    metadata,
    Column("session_id", String(64), nullable=False),
    Column("voyage", Integer, nullable=False),
    Column("n", Integer, nullable=False),  # the turn at which it began
    Column("part", Integer, nullable=False),  # 0, or counts the runs that a player began at the same turn
    Column("state", String(12), nullable=False),  # completed or abandoned
    Column("region", Text, nullable=False),
    Column("node", Text, nullable=False),
    Column("started_at", Double, nullable=False),
    Column("ended_at", Double, nullable=False),
    Column("seconds", Double, nullable=False),  # without pauses
    Column("value", Double, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("logged", Boolean, nullable=False),
    Column("told", Boolean, nullable=False),
    PrimaryKeyConstraint("session_id", "voyage", "n", "part"),
    Index(None, "logged"),
    Index(None, "told"),
)

open_run = Table(
    "open_run",
    metadata,
    Column("session_id", String(64), nullable=False),
    Column("voyage", Integer, nullable=False),
    Column("n", Integer, nullable=False),
    Column("part", Integer, nullable=False),
    Column("body", LargeBinary, nullable=False),
    PrimaryKeyConstraint("session_id"),
)

voyage_account = Table(
    "voyage_account",
    metadata,
    Column("session_id", String(64), nullable=False),
    Column("voyage", Integer, nullable=False),
    Column("started_at", Double, nullable=False),
    Column("ended_at", Double),
    Column("completed", Integer, nullable=False),
    Column("value", Double, nullable=False),
    Column("seconds", Double, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("logged", Boolean, nullable=False),  # its last figures are in logs/sessions.jsonl
    Column("recorded", Boolean, nullable=False),  # the history has it
    PrimaryKeyConstraint("session_id", "voyage"),
    Index(None, "logged", "ended_at"),
    Index(None, "recorded", "ended_at"),
)

voyage_record = Table(
    "voyage_record",
    metadata,
    Column("session_id", String(64), nullable=False),
    Column("voyage", Integer, nullable=False),  # below 0: brought in from a file
    Column("name", String(40), nullable=False),
    Column("started_at", Double, nullable=False),
    Column("ended_at", Double, nullable=False),
    Column("rate", Double),  # value per hour; none without runtime
    Column("body", LargeBinary, nullable=False),
    Column("notes", Text, nullable=False),
    Column("alert", Double),  # mean of the last three against the median before, where it fell too low
    Column("told", Boolean, nullable=False),
    PrimaryKeyConstraint("session_id", "voyage"),
    UniqueConstraint("session_id", "name"),
    Index(None, "session_id", "started_at"),
    Index(None, "told"),
)

rate_watch = Table(
    "rate_watch",
    metadata,
    Column("session_id", String(64), nullable=False),
    Column("armed", Boolean, nullable=False),
    PrimaryKeyConstraint("session_id"),
)

run_notice = Table(
    "run_notice",
    metadata,
    Column("session_id", String(64), nullable=False),
    Column("voyage", Integer, nullable=False),
    Column("channel_id", BigInteger, nullable=False),
    Column("message_id", BigInteger, nullable=False),
    PrimaryKeyConstraint("session_id"),
)

notice_template = Table(
    "notice_template",
    metadata,
    Column("guild_id", BigInteger, autoincrement=False, nullable=False),
    Column("template", Text, nullable=False),
    PrimaryKeyConstraint("guild_id"),
)

ALL = (run, open_run, voyage_account, voyage_record, rate_watch, run_notice)
"""Every table that has rows of one session."""
