"""Other programs that are told what becomes of deliveries, and what they are still to be told."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    instant = sa.DateTime(timezone=True)
    op.create_table(
        "webhooks",
        sa.Column("name", sa.String, nullable=False),
        sa.Column("address", sa.String, nullable=False),
        sa.Column("since", instant, nullable=False),
        sa.Column("cursor", sa.Integer, nullable=False),
        sa.Column("delivered_at", instant),
        sa.Column("failing_since", instant),
        sa.Column("gone_at", instant),
        sa.Column("said", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_webhooks")),
    )
    op.create_table(
        "posts",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("webhook", sa.String, nullable=False),
        sa.Column("message", sa.String, nullable=False),
        sa.Column("moved", sa.Integer, nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("retry_at", instant, nullable=False),
        sa.Column("tried_at", instant),
        sa.Column("outcome", sa.String),
        sa.Column("done_at", instant),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_posts")),
        sa.UniqueConstraint("webhook", "moved", name=op.f("uq_posts_webhook_moved")),
    )
    op.create_index(op.f("ix_posts_webhook_outcome_retry_at"), "posts", ["webhook", "outcome", "retry_at"])
