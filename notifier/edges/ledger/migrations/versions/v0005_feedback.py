"""What people sent by themselves at providers, and what became of what we sent, in numbers."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    instant = sa.DateTime(timezone=True)
    op.create_table(
        "by_hand",
        sa.Column("provider", sa.String, nullable=False),
        sa.Column("id", sa.String, nullable=False),
        sa.Column("service", sa.String, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("place", sa.Text, nullable=False),
        sa.Column("state", sa.String, nullable=False),
        sa.Column("at", instant, nullable=False),
        sa.Column("audiences", sa.Text, nullable=False),
        sa.Column("links", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("provider", "id", name=op.f("pk_by_hand")),
    )
    op.create_table(
        "reports",
        sa.Column("key", sa.String, nullable=False),
        sa.Column("at", instant, nullable=False),
        sa.Column("sent", sa.Integer, nullable=False),
        sa.Column("hard", sa.Integer, nullable=False),
        sa.Column("soft", sa.Integer, nullable=False),
        sa.Column("unsubscribed", sa.Integer, nullable=False),
        sa.Column("abuse", sa.Integer, nullable=False),
        sa.Column("opens", sa.Integer),
        sa.Column("clicks", sa.Integer),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_reports")),
    )
