"""Who serves a session, how far a job has come, and what a board's guild takes as an upload."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the revision."""
    op.add_column("session", sa.Column("owner", sa.Text, nullable=False, server_default=""))
    op.add_column("session", sa.Column("epoch", sa.Integer, nullable=False, server_default="0"))
    op.add_column("session", sa.Column("owned_until", sa.Double, nullable=False, server_default="0"))
    op.add_column("job", sa.Column("progress", sa.Double, nullable=False, server_default="0"))
    op.add_column("board", sa.Column("upload_limit", sa.BigInteger, nullable=False, server_default="0"))


def downgrade() -> None:
    """Take the revision back."""
    op.drop_column("board", "upload_limit")
    op.drop_column("job", "progress")
    for name in ("owned_until", "epoch", "owner"):
        op.drop_column("session", name)
