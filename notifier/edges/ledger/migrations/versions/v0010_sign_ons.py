"""Who may log in by OpenID Connect."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    op.create_table(
        "sign_ons",
        sa.Column("person", sa.String, nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("address", sa.String),
        sa.Column("issuer", sa.String),
        sa.Column("subject", sa.String),
        sa.PrimaryKeyConstraint("person", name=op.f("pk_sign_ons")),
        sa.ForeignKeyConstraint(["person"], ["accounts.folded"], name=op.f("fk_sign_ons_person_accounts")),
        sa.UniqueConstraint("address", name=op.f("uq_sign_ons_address")),
        sa.UniqueConstraint("issuer", "subject", name=op.f("uq_sign_ons_issuer_subject")),
    )
