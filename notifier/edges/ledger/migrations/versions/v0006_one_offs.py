"""What people asked to be sent once."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    instant = sa.DateTime(timezone=True)
    op.create_table(
        "one_offs",
        sa.Column("key", sa.String, nullable=False),
        sa.Column("audience", sa.String, nullable=False),
        sa.Column("event_uids", sa.Text, nullable=False),
        sa.Column("subject", sa.Text, nullable=False),
        sa.Column("note", sa.Text, nullable=False),
        sa.Column("due_at", instant, nullable=False),
        sa.Column("expires_at", instant, nullable=False),
        sa.Column("people", sa.Integer),
        sa.Column("by", sa.String, nullable=False),
        sa.Column("asked_at", instant, nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_one_offs")),
    )
