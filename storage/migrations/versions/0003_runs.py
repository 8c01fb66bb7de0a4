"""Runs, the accounts of voyages, the history, and the notices of runs."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the revision."""
    _create_runs()
    _create_history()
    _create_notices()


def _create_runs() -> None:
    op.create_table(
        "run",
        *_run_key(),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("region", sa.Text, nullable=False),
        sa.Column("node", sa.Text, nullable=False),
        sa.Column("started_at", sa.Double, nullable=False),
        sa.Column("ended_at", sa.Double, nullable=False),
        sa.Column("seconds", sa.Double, nullable=False),
        sa.Column("value", sa.Double, nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
        sa.Column("logged", sa.Boolean, nullable=False),
        sa.Column("told", sa.Boolean, nullable=False),
        sa.PrimaryKeyConstraint("session_id", "voyage", "n", "part", name="pk_run"),
    )
    op.create_index("ix_run_logged", "run", ["logged"])
    op.create_index("ix_run_told", "run", ["told"])
    op.create_table(
        "open_run",
        *_run_key(),
        sa.Column("body", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("session_id", name="pk_open_run"),
    )
    op.create_table(
        "voyage_account",
        sa.Column("session_id", sa.String(64), nullable=False),
        sa.Column("voyage", sa.Integer, nullable=False),
        sa.Column("started_at", sa.Double, nullable=False),
        sa.Column("ended_at", sa.Double),
        sa.Column("completed", sa.Integer, nullable=False),
        sa.Column("value", sa.Double, nullable=False),
        sa.Column("seconds", sa.Double, nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
        sa.Column("logged", sa.Boolean, nullable=False),
        sa.Column("recorded", sa.Boolean, nullable=False),
        sa.PrimaryKeyConstraint("session_id", "voyage", name="pk_voyage_account"),
    )
    op.create_index("ix_voyage_account_logged_ended_at", "voyage_account", ["logged", "ended_at"])
    op.create_index("ix_voyage_account_recorded_ended_at", "voyage_account", ["recorded", "ended_at"])


def _run_key() -> list[sa.Column[object]]:
    return [
        sa.Column("session_id", sa.String(64), nullable=False),
        sa.Column("voyage", sa.Integer, nullable=False),
        sa.Column("n", sa.Integer, nullable=False),
        sa.Column("part", sa.Integer, nullable=False),
    ]


def _create_history() -> None:
    op.create_table(
        "voyage_record",
        sa.Column("session_id", sa.String(64), nullable=False),
        sa.Column("voyage", sa.Integer, nullable=False),
        sa.Column("name", sa.String(40), nullable=False),
        sa.Column("started_at", sa.Double, nullable=False),
        sa.Column("ended_at", sa.Double, nullable=False),
        sa.Column("rate", sa.Double),
        sa.Column("body", sa.LargeBinary, nullable=False),
        sa.Column("notes", sa.Text, nullable=False),
        sa.Column("alert", sa.Double),
        sa.Column("told", sa.Boolean, nullable=False),
        sa.PrimaryKeyConstraint("session_id", "voyage", name="pk_voyage_record"),
        sa.UniqueConstraint("session_id", "name", name="uq_voyage_record_session_id_name"),
    )
    op.create_index("ix_voyage_record_session_id_started_at", "voyage_record", ["session_id", "started_at"])
    op.create_index("ix_voyage_record_told", "voyage_record", ["told"])
    op.create_table(
        "rate_watch",
        sa.Column("session_id", sa.String(64), nullable=False),
        sa.Column("armed", sa.Boolean, nullable=False),
        sa.PrimaryKeyConstraint("session_id", name="pk_rate_watch"),
    )


def _create_notices() -> None:
    op.create_table(
        "run_notice",
        sa.Column("session_id", sa.String(64), nullable=False),
        sa.Column("voyage", sa.Integer, nullable=False),
        sa.Column("channel_id", sa.BigInteger, nullable=False),
        sa.Column("message_id", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("session_id", name="pk_run_notice"),
    )
    op.create_table(
        "notice_template",
        sa.Column("guild_id", sa.BigInteger, autoincrement=False, nullable=False),
        sa.Column("template", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("guild_id", name="pk_notice_template"),
    )


def downgrade() -> None:
    """Take the revision back: every run, account and record goes."""
    for table in (
        "notice_template",
        "run_notice",
        "rate_watch",
        "voyage_record",
        "voyage_account",
        "open_run",
        "run",
    ):
        op.drop_table(table)
