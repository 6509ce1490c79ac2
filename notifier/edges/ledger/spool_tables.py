"""The tables of what mail servers are given, where several instances share it."""

from sqlalchemy import Column, LargeBinary, String, Table, Text

from notifier.edges.ledger.tables import UTCDateTime, metadata

#: What was prepared for a mail server and how far it is, where several instances share it; by provider and `core.delivery.key_hash`.
letters = Table(
    "letters",
    metadata,
    Column("provider", String, primary_key=True),
    Column("name", String, primary_key=True),
    Column("record", Text, nullable=False),
    Column("content", LargeBinary, nullable=False),
)

#: Which machine holds the journal of those that are claimed so, and since when.
rounds = Table(
    "rounds",
    metadata,
    Column("claim", String, primary_key=True),
    Column("machine", String, nullable=False),
    Column("at", UTCDateTime, nullable=False),
)
