"""Decisions of people, revisions of sources, what drafts state, corrections counted, and when an event was written up."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    instant = sa.DateTime(timezone=True)
    # With a constant default a column is added in place, without copying the table.
    op.add_column("deliveries", sa.Column("facts", sa.Text, nullable=False, server_default="[]"))
    op.add_column("told", sa.Column("corrections", sa.Integer, nullable=False, server_default="0"))
    op.add_column("seen", sa.Column("written_up_at", instant))
    op.add_column("seen", sa.Column("recorded_at", instant))
    op.create_table(
        "decisions",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("key", sa.String, nullable=False),
        sa.Column("act", sa.String, nullable=False),
        sa.Column("by", sa.String, nullable=False),
        sa.Column("at", instant, nullable=False),
        sa.Column("fingerprint", sa.String),
        sa.Column("note", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_decisions")),
    )
    op.create_index(op.f("ix_decisions_key"), "decisions", ["key"])
    op.create_table(
        "revisions",
        sa.Column("source", sa.String, nullable=False),
        sa.Column("revision", sa.String, nullable=False),
        sa.Column("at", instant, nullable=False),
        sa.PrimaryKeyConstraint("source", name=op.f("pk_revisions")),
    )
