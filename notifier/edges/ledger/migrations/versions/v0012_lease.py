"""Which of several copies of one ledger may act."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    op.create_table(
        "lease",
        sa.Column("id", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("ledger_id", sa.String, nullable=False),
        sa.Column("home", sa.String, nullable=False),
        sa.Column("copied_at", sa.DateTime(timezone=True)),
        sa.Column("stopped", sa.Text, nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_lease_one_row")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lease")),
    )
    op.create_table(
        "fences",
        sa.Column("number", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("nonce", sa.String, nullable=False),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.String, nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_fences")),
    )
