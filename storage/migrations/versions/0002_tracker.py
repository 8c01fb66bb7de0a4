"""The tracker: subscriptions, the listings and messages that it follows, closed channels, feeds."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the revision."""
    _create_subscription()
    _create_post()
    op.create_table(
        "tracker_listing",
        sa.Column("feed", sa.String(64), nullable=False),
        sa.Column("key", sa.String(32), nullable=False),
        sa.Column("data", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("feed", "key", name="pk_tracker_listing"),
    )
    op.create_table(
        "tracker_channel",
        sa.Column("channel_id", sa.BigInteger, nullable=False),
        sa.Column("code", sa.Integer, nullable=False),
        sa.Column("failures", sa.Integer, nullable=False),
        sa.Column("opened_at", sa.Double, nullable=False),
        sa.Column("retry_at", sa.Double, nullable=False),
        sa.Column("told", sa.Boolean, nullable=False),
        sa.PrimaryKeyConstraint("channel_id", name="pk_tracker_channel"),
    )
    op.create_table(
        "tracker_feed",
        sa.Column("feed", sa.String(64), nullable=False),
        sa.Column("at", sa.Double, nullable=False),
        sa.Column("source_time", sa.Double),
        sa.PrimaryKeyConstraint("feed", name="pk_tracker_feed"),
    )


def _create_subscription() -> None:
    op.create_table(
        "tracker_subscription",
        sa.Column("subscription_id", sa.Integer, autoincrement=True, nullable=False),
        sa.Column("guild_id", sa.BigInteger, nullable=False),
        sa.Column("channel_id", sa.BigInteger, nullable=False),
        sa.Column("thread_id", sa.BigInteger, nullable=False),
        sa.Column("feed", sa.String(64), nullable=False),
        sa.Column("filter", sa.Text, nullable=False),
        sa.Column("role_id", sa.BigInteger, nullable=False),
        sa.Column("style", sa.String(8), nullable=False),
        sa.Column("paused", sa.Boolean, nullable=False),
        sa.Column("primed", sa.Boolean, nullable=False),
        sa.Column("removed_at", sa.Double, nullable=False),
        sa.Column("created_by", sa.BigInteger, nullable=False),
        sa.Column("created_at", sa.Double, nullable=False),
        sa.PrimaryKeyConstraint("subscription_id", name="pk_tracker_subscription"),
    )
    op.create_index("ix_tracker_subscription_guild_id", "tracker_subscription", ["guild_id"])


def _create_post() -> None:
    op.create_table(
        "tracker_post",
        sa.Column("subscription_id", sa.Integer, nullable=False),
        sa.Column("key", sa.String(32), nullable=False),
        sa.Column("nonce", sa.String(25), nullable=False),
        sa.Column("channel_id", sa.BigInteger, nullable=False),
        sa.Column("message_id", sa.BigInteger, nullable=False),
        sa.Column("pings", sa.Boolean, nullable=False),
        sa.Column("created_at", sa.Double, nullable=False),
        sa.Column("posted_at", sa.Double, nullable=False),
        sa.Column("edited_at", sa.Double, nullable=False),
        sa.Column("shown", sa.Text, nullable=False),
        sa.Column("reposts", sa.Integer, nullable=False),
        sa.Column("muted", sa.Boolean, nullable=False),
        sa.PrimaryKeyConstraint("subscription_id", "key", name="pk_tracker_post"),
        sa.UniqueConstraint("nonce", name="uq_tracker_post_nonce"),
    )


def downgrade() -> None:
    """Take the revision back: every subscription goes."""
    for table in ("subscription", "post", "listing", "channel", "feed"):
        op.drop_table(f"tracker_{table}")
