"""What was prepared for mail servers and how far it is, and which process gives it away, where several instances share that."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    op.create_table(
        "letters",
        sa.Column("provider", sa.String, nullable=False),
        sa.Column("name", sa.String, nullable=False),
        sa.Column("record", sa.Text, nullable=False),
        sa.Column("content", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("provider", "name", name=op.f("pk_letters")),
    )
    op.create_table(
        "rounds",
        sa.Column("claim", sa.String, nullable=False),
        sa.Column("machine", sa.String, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("claim", name=op.f("pk_rounds")),
    )
