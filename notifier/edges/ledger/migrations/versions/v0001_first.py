"""The first schema: the window, baselines, deliveries and their transitions, events seen, what was told."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    instant = sa.DateTime(timezone=True)
    op.create_table(
        "site",
        sa.Column("id", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("window_end", instant, nullable=False),
        sa.Column("recorded_at", instant, nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_site_one_row")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_site")),
    )
    op.create_table(
        "baselines",
        sa.Column("name", sa.String, nullable=False),
        sa.Column("at", instant, nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_baselines")),
    )
    _deliveries(instant)
    _memory(instant)


def _deliveries(instant: sa.DateTime) -> None:
    op.create_table(
        "deliveries",
        sa.Column("key", sa.String, nullable=False),
        sa.Column("kind", sa.String, nullable=False),
        sa.Column("rule", sa.String, nullable=False),
        sa.Column("audience", sa.String, nullable=False),
        sa.Column("provider", sa.String, nullable=False),
        sa.Column("event_uids", sa.Text, nullable=False),
        sa.Column("due_at", instant, nullable=False),
        sa.Column("expires_at", instant, nullable=False),
        sa.Column("status", sa.String, nullable=False),
        sa.Column("reasons", sa.Text, nullable=False),
        sa.Column("draft_id", sa.String),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("retry_at", instant),
        sa.Column("sent_at", instant),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_deliveries")),
    )
    op.create_index(op.f("ix_deliveries_status_due_at"), "deliveries", ["status", "due_at"])
    op.create_table(
        "transitions",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("key", sa.String, nullable=False),
        sa.Column("from_status", sa.String),
        sa.Column("to_status", sa.String, nullable=False),
        sa.Column("at", instant, nullable=False),
        sa.Column("reasons", sa.Text, nullable=False),
        sa.ForeignKeyConstraint(["key"], ["deliveries.key"], name=op.f("fk_transitions_key_deliveries")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_transitions")),
    )
    op.create_index(op.f("ix_transitions_key"), "transitions", ["key"])


def _memory(instant: sa.DateTime) -> None:
    op.create_table(
        "seen",
        sa.Column("uid", sa.String, nullable=False),
        sa.Column("event", sa.Text, nullable=False),
        sa.Column("facts", sa.Text, nullable=False),
        sa.Column("visible", sa.String, nullable=False),
        sa.Column("sequence", sa.Integer, nullable=False),
        sa.Column("first_seen_at", instant, nullable=False),
        sa.Column("changed_at", instant, nullable=False),
        sa.Column("present", sa.Boolean, nullable=False),
        sa.Column("gone_at", instant),
        sa.PrimaryKeyConstraint("uid", name=op.f("pk_seen")),
    )
    op.create_table(
        "told",
        sa.Column("audience", sa.String, nullable=False),
        sa.Column("uid", sa.String, nullable=False),
        sa.Column("facts", sa.Text, nullable=False),
        sa.Column("delivery_key", sa.String, nullable=False),
        sa.Column("at", instant, nullable=False),
        sa.PrimaryKeyConstraint("audience", "uid", name=op.f("pk_told")),
    )
