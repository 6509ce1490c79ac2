"""The people of audiences, who has left them, and what became of each delivery for each of them."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    instant = sa.DateTime(timezone=True)
    op.create_table(
        "members",
        sa.Column("audience", sa.String, nullable=False),
        sa.Column("digest", sa.String, nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("address", sa.String, nullable=False),
        sa.Column("name", sa.String, nullable=False),
        sa.Column("timezone", sa.String),
        sa.Column("tags", sa.Text, nullable=False),
        sa.Column("put_at", instant, nullable=False),
        sa.PrimaryKeyConstraint("audience", "digest", name=op.f("pk_members")),
    )
    op.create_table(
        "departures",
        sa.Column("audience", sa.String, nullable=False),
        sa.Column("digest", sa.String, nullable=False),
        sa.Column("at", instant, nullable=False),
        sa.Column("why", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("audience", "digest", name=op.f("pk_departures")),
    )
    op.create_table(
        "enrolments",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("key", sa.String, nullable=False),
        sa.Column("at", instant, nullable=False),
        sa.Column("erased", sa.Boolean, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_enrolments")),
        sa.UniqueConstraint("key", name=op.f("uq_enrolments_key")),
    )
    _recipients(instant)


def _recipients(instant: sa.DateTime) -> None:
    op.create_table(
        "recipients",
        sa.Column("enrolment", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("number", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("digest", sa.String, nullable=False),
        sa.Column("address", sa.String, nullable=False),
        sa.Column("name", sa.String, nullable=False),
        sa.Column("status", sa.String, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("said", sa.Text, nullable=False),
        sa.Column("claim", sa.String),
        sa.Column("retry_at", instant),
        sa.Column("at", instant, nullable=False),
        sa.ForeignKeyConstraint(["enrolment"], ["enrolments.id"], name=op.f("fk_recipients_enrolment_enrolments")),
        sa.PrimaryKeyConstraint("enrolment", "number", name=op.f("pk_recipients")),
        sa.UniqueConstraint("enrolment", "digest", name=op.f("uq_recipients_enrolment_digest")),
    )
    columns = ["enrolment", "status", "number", "retry_at"]
    op.create_index(op.f("ix_recipients_enrolment_status_number_retry_at"), "recipients", columns)
