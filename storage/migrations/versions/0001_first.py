"""The first tables: journal, frames, tapes, jobs, boards, votes, settings, cursors, leases."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the revision."""
    _create_journal()
    _create_pictures()
    _create_job()
    _create_channel()
    _create_fleet()


def _create_journal() -> None:
    op.create_table(
        "session",
        sa.Column("session_id", sa.String(64), nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("voyage", sa.Integer, nullable=False),
        sa.Column("n", sa.Integer, nullable=False),
        sa.Column("active", sa.Boolean, nullable=False),
        sa.Column("state", sa.LargeBinary, nullable=False),
        sa.Column("updated_at", sa.Double, nullable=False),
        sa.PrimaryKeyConstraint("session_id", name="pk_session"),
    )
    op.create_table(
        "voyage",
        sa.Column("session_id", sa.String(64), nullable=False),
        sa.Column("voyage", sa.Integer, nullable=False),
        sa.Column("seed", sa.BigInteger, nullable=False),
        sa.Column("captain", sa.Text, nullable=False),
        sa.Column("ship", sa.Text, nullable=False),
        sa.Column("started_at", sa.Double, nullable=False),
        sa.Column("turns", sa.Integer, nullable=False),
        sa.Column("ended_at", sa.Double),
        sa.Column("cause", sa.Text),
        sa.Column("title", sa.Text),
        sa.Column("victory", sa.Boolean, nullable=False),
        sa.PrimaryKeyConstraint("session_id", "voyage", name="pk_voyage"),
        _of_session("fk_voyage_session_id_session"),
    )
    op.create_table(
        "turn",
        sa.Column("session_id", sa.String(64), nullable=False),
        sa.Column("voyage", sa.Integer, nullable=False),
        sa.Column("n", sa.Integer, nullable=False),
        sa.Column("turn_id", sa.String(128), nullable=False),
        sa.Column("actor", sa.Text, nullable=False),
        sa.Column("at", sa.Double, nullable=False),
        sa.Column("action", sa.LargeBinary, nullable=False),
        sa.Column("outcome", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("session_id", "voyage", "n", name="pk_turn"),
        sa.UniqueConstraint("turn_id", name="uq_turn_turn_id"),
        _of_session("fk_turn_session_id_session"),
    )


def _of_session(name: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(["session_id"], ["session.session_id"], name=name, ondelete="CASCADE")


def _create_pictures() -> None:
    op.create_table(
        "frame",
        sa.Column("session_id", sa.String(64), nullable=False),
        sa.Column("voyage", sa.Integer, nullable=False),
        sa.Column("n", sa.Integer, nullable=False),
        sa.Column("file", sa.Text, nullable=False),
        sa.Column("media_type", sa.Text, nullable=False),
        sa.Column("at", sa.Double, nullable=False),
        sa.PrimaryKeyConstraint("session_id", "voyage", "n", name="pk_frame"),
    )
    op.create_table(
        "tape",
        sa.Column("session_id", sa.String(64), nullable=False),
        sa.Column("voyage", sa.Integer, nullable=False),
        sa.Column("file", sa.Text, nullable=False),
        sa.Column("media_type", sa.Text, nullable=False),
        sa.Column("frames", sa.Integer, nullable=False),
        sa.Column("left_out", sa.Integer, nullable=False),
        sa.Column("seconds", sa.Double, nullable=False),
        sa.Column("size", sa.BigInteger, nullable=False),
        sa.Column("built_at", sa.Double, nullable=False),
        sa.Column("message_id", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("session_id", "voyage", name="pk_tape"),
    )


def _create_job() -> None:
    op.create_table(
        "job",
        sa.Column("job_id", sa.Integer, autoincrement=True, nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("session_id", sa.String(64), nullable=False),
        sa.Column("voyage", sa.Integer, nullable=False),
        sa.Column("phase", sa.String(8), nullable=False),
        sa.Column("attempt", sa.Integer, nullable=False),
        sa.Column("owner", sa.Text, nullable=False),
        sa.Column("not_before", sa.Double, nullable=False),
        sa.Column("error", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("job_id", name="pk_job"),
        sa.UniqueConstraint("kind", "session_id", "voyage", name="uq_job_kind_session_id_voyage"),
    )
    op.create_index("ix_job_kind_phase_not_before", "job", ["kind", "phase", "not_before"])


def _create_channel() -> None:
    op.create_table(
        "board",
        sa.Column("session_id", sa.String(64), nullable=False),
        sa.Column("guild_id", sa.BigInteger, nullable=False),
        sa.Column("channel_id", sa.BigInteger, nullable=False),
        sa.Column("message_id", sa.BigInteger, nullable=False),
        sa.Column("voyage", sa.Integer, nullable=False),
        sa.Column("n", sa.Integer, nullable=False),
        sa.Column("dirty", sa.Boolean, nullable=False),
        sa.PrimaryKeyConstraint("session_id", name="pk_board"),
    )
    op.create_table(
        "vote",
        sa.Column("session_id", sa.String(64), nullable=False),
        sa.Column("voyage", sa.Integer, nullable=False),
        sa.Column("n", sa.Integer, nullable=False),
        sa.Column("user_id", sa.BigInteger, nullable=False),
        sa.Column("choice", sa.Text, nullable=False),
        sa.Column("at", sa.Double, nullable=False),
        sa.PrimaryKeyConstraint("session_id", "voyage", "n", "user_id", name="pk_vote"),
    )
    op.create_table(
        "channel_settings",
        sa.Column("session_id", sa.String(64), nullable=False),
        sa.Column("settings", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("session_id", name="pk_channel_settings"),
    )


def _create_fleet() -> None:
    op.create_table(
        "cursor",
        sa.Column("name", sa.String(32), nullable=False),
        sa.Column("session_id", sa.String(64), nullable=False),
        sa.Column("voyage", sa.Integer, nullable=False),
        sa.Column("n", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("name", "session_id", name="pk_cursor"),
    )
    op.create_table(
        "lease",
        sa.Column("name", sa.String(128), nullable=False),
        sa.Column("owner", sa.Text, nullable=False),
        sa.Column("epoch", sa.Integer, nullable=False),
        sa.Column("until", sa.Double, nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_lease"),
    )


def downgrade() -> None:
    """Take the revision back: every table and everything in it goes."""
    for table in (
        "lease",
        "cursor",
        "channel_settings",
        "vote",
        "board",
        "job",
        "tape",
        "frame",
        "turn",
        "voyage",
        "session",
    ):
        op.drop_table(table)
