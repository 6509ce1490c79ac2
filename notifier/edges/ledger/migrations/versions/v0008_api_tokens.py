"""By what other programs are let in."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    instant = sa.DateTime(timezone=True)
    op.create_table(
        "api_tokens",
        sa.Column("digest", sa.String, nullable=False),
        sa.Column("name", sa.String, nullable=False),
        sa.Column("role", sa.String, nullable=False),
        sa.Column("person", sa.String, nullable=False),
        sa.Column("made_at", instant, nullable=False),
        sa.Column("expires_at", instant, nullable=False),
        sa.Column("revoked_at", instant),
        sa.Column("used_on", sa.Date),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_api_tokens")),
        sa.ForeignKeyConstraint(["person"], ["accounts.folded"], name=op.f("fk_api_tokens_person_accounts")),
    )
    op.create_index(op.f("ix_api_tokens_person"), "api_tokens", ["person"])
