"""How many letters left through a provider in which millisecond, so that a rate holds over all who share the spool."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    op.create_table(
        "spendings",
        sa.Column("provider", sa.String, nullable=False),
        sa.Column("millisecond", sa.BigInteger, autoincrement=False, nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("provider", "millisecond", name=op.f("pk_spendings")),
    )
