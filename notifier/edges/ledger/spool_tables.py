"""The tables of what mail servers are given, where several instances share it."""

from sqlalchemy import BigInteger, Column, Integer, LargeBinary, String, Table, Text

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

#: How many letters left through a provider in which millisecond: only the last minute is kept.
spendings = Table(
    "spendings",
    metadata,
    Column("provider", String, primary_key=True),
    Column("millisecond", BigInteger, primary_key=True, autoincrement=False),
    Column("number", Integer, nullable=False),
)
