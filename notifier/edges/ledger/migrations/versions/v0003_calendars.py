"""How events last stood in calendars, who may read secret feeds, and how often calendars ask."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    instant = sa.DateTime(timezone=True)
    op.add_column("seen", sa.Column("listed", sa.Text))
    op.create_table(
        "tokens",
        sa.Column("id", sa.String, nullable=False),
        sa.Column("feed", sa.String, nullable=False),
        sa.Column("holder", sa.String, nullable=False),
        sa.Column("digest", sa.String, nullable=False),
        sa.Column("made_at", instant, nullable=False),
        sa.Column("revoked_at", instant),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tokens")),
        sa.UniqueConstraint("digest", name=op.f("uq_tokens_digest")),
    )
    op.create_table(
        "polls",
        sa.Column("day", sa.Date, nullable=False),
        sa.Column("feed", sa.String, nullable=False),
        sa.Column("family", sa.String, nullable=False),
        sa.Column("every", sa.Integer, nullable=False, autoincrement=False),
        sa.Column("readers", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("day", "feed", "family", "every", name=op.f("pk_polls")),
    )
