"""The tables of `leasing`, beside all others."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, Integer, String, Table, Text

from notifier.edges.ledger.tables import UTCDateTime, metadata

#: One row at most: which ledger this is, where it lay when it was last taken up, and why nothing is sent from it ("" where it may).
lease = Table(
    "lease",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("ledger_id", String, nullable=False),
    Column("home", String, nullable=False),
    Column("copied_at", UTCDateTime),
    Column("stopped", Text, nullable=False),
    CheckConstraint("id = 1", name="one_row"),
)

#: Append-only: each time that it was taken up. A mark with one of these nonces was written by this very ledger.
fences = Table(
    "fences",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("nonce", String, nullable=False),
    Column("taken_at", UTCDateTime, nullable=False),
    Column("by", String, nullable=False),
)
