"""From where people decided."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    op.add_column("decisions", sa.Column("via", sa.Text, nullable=False, server_default=""))
