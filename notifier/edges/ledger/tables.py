"""The tables as this version knows them. `migrations/` builds them; a test holds the two together."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    DateTime,
    Dialect,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
)
from sqlalchemy.types import TypeDecorator

from notifier.core.zones import in_utc


class UTCDateTime(TypeDecorator[datetime]):
    """Aware datetimes in, aware UTC datetimes out; SQLite itself forgets the zone."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return None if value is None else in_utc(value)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


# Alembic's batch mode can only change a constraint that it can name.
metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)

#: One row at most: the end of the last recorded window, and when it was recorded.
site = Table(
    "site",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("window_end", UTCDateTime, nullable=False),
    Column("recorded_at", UTCDateTime, nullable=False),
    CheckConstraint("id = 1", name="one_row"),
)

baselines = Table(
    "baselines",
    metadata,
    Column("name", String, primary_key=True),
    Column("at", UTCDateTime, nullable=False),
)

deliveries = Table(
    "deliveries",
    metadata,
    Column("key", String, primary_key=True),
    Column("kind", String, nullable=False),
    Column("rule", String, nullable=False),
    Column("audience", String, nullable=False),
    Column("provider", String, nullable=False),
    Column("event_uids", Text, nullable=False),
    Column("due_at", UTCDateTime, nullable=False),
    Column("expires_at", UTCDateTime, nullable=False),
    Column("status", String, nullable=False),
    Column("reasons", Text, nullable=False),
    Column("draft_id", String),
    Column("attempts", Integer, nullable=False),
    Column("retry_at", UTCDateTime),
    Column("sent_at", UTCDateTime),
    Column("facts", Text, nullable=False, server_default="[]"),
    Index(None, "status", "due_at"),
)

#: Append-only: every status a delivery has had, and why.
transitions = Table(
    "transitions",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("key", String, ForeignKey("deliveries.key"), nullable=False, index=True),
    Column("from_status", String),
    Column("to_status", String, nullable=False),
    Column("at", UTCDateTime, nullable=False),
    Column("reasons", Text, nullable=False),
)

seen = Table(
    "seen",
    metadata,
    Column("uid", String, primary_key=True),
    Column("event", Text, nullable=False),
    Column("facts", Text, nullable=False),
    Column("visible", String, nullable=False),
    Column("sequence", Integer, nullable=False),
    Column("first_seen_at", UTCDateTime, nullable=False),
    Column("changed_at", UTCDateTime, nullable=False),
    Column("present", Boolean, nullable=False),
    Column("gone_at", UTCDateTime),
    Column("written_up_at", UTCDateTime),
    Column("recorded_at", UTCDateTime),
    Column("listed", Text),
)

told = Table(
    "told",
    metadata,
    Column("audience", String, primary_key=True),
    Column("uid", String, primary_key=True),
    Column("facts", Text, nullable=False),
    Column("delivery_key", String, nullable=False),
    Column("at", UTCDateTime, nullable=False),
    Column("corrections", Integer, nullable=False, server_default="0"),
)

#: Append-only: what people decided. A decision may be about a delivery that isn't there yet, or about all of them.
decisions = Table(
    "decisions",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("key", String, nullable=False, index=True),
    Column("act", String, nullable=False),
    Column("by", String, nullable=False),
    Column("at", UTCDateTime, nullable=False),
    Column("fingerprint", String),
    Column("note", Text, nullable=False),
    Column("via", Text, nullable=False, server_default=""),
)

#: Which revision of each source the last recorded plan was made from, and when that was.
revisions = Table(
    "revisions",
    metadata,
    Column("source", String, primary_key=True),
    Column("revision", String, nullable=False),
    Column("at", UTCDateTime, nullable=False),
)

#: Who may read which secret feed. Of a token only its digest is kept; nothing is ever removed.
tokens = Table(
    "tokens",
    metadata,
    Column("id", String, primary_key=True),
    Column("feed", String, nullable=False),
    Column("holder", String, nullable=False),
    Column("digest", String, nullable=False, unique=True),
    Column("made_at", UTCDateTime, nullable=False),
    Column("revoked_at", UTCDateTime),
)

#: How many calendars asked for a feed on a day (UTC), by family of program and by how often they ask. No addresses.
polls = Table(
    "polls",
    metadata,
    Column("day", Date, primary_key=True),
    Column("feed", String, primary_key=True),
    Column("family", String, primary_key=True),
    Column("every", Integer, primary_key=True, autoincrement=False),
    Column("readers", Integer, nullable=False),
)

#: The mails that people made at providers by themselves lately; of what they say only digests of links.
by_hand = Table(
    "by_hand",
    metadata,
    Column("provider", String, primary_key=True),
    Column("id", String, primary_key=True),
    Column("service", String, nullable=False),
    Column("name", Text, nullable=False),
    Column("place", Text, nullable=False),
    Column("state", String, nullable=False),
    Column("at", UTCDateTime, nullable=False),
    Column("audiences", Text, nullable=False),
    Column("links", Text, nullable=False),
)

#: What became of each delivery in numbers, as its provider counted. No addresses.
reports = Table(
    "reports",
    metadata,
    Column("key", String, primary_key=True),
    Column("at", UTCDateTime, nullable=False),
    Column("sent", Integer, nullable=False),
    Column("hard", Integer, nullable=False),
    Column("soft", Integer, nullable=False),
    Column("unsubscribed", Integer, nullable=False),
    Column("abuse", Integer, nullable=False),
    Column("opens", Integer),
    Column("clicks", Integer),
)

#: What people asked to be sent once: written once, never changed, never removed. Whether it goes out is in the decisions.
one_offs = Table(
    "one_offs",
    metadata,
    Column("key", String, primary_key=True),
    Column("audience", String, nullable=False),
    Column("event_uids", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("note", Text, nullable=False),
    Column("due_at", UTCDateTime, nullable=False),
    Column("expires_at", UTCDateTime, nullable=False),
    Column("people", Integer),
    Column("by", String, nullable=False),
    Column("asked_at", UTCDateTime, nullable=False),
)

#: Who belongs to the audiences that are kept here, in the order of `number`.
members = Table(
    "members",
    metadata,
    Column("audience", String, primary_key=True),
    Column("digest", String, primary_key=True),
    Column("number", Integer, nullable=False),
    Column("address", String, nullable=False),
    Column("name", String, nullable=False),
    Column("timezone", String),
    Column("tags", Text, nullable=False),
    Column("put_at", UTCDateTime, nullable=False),
)

#: Who has left an audience, wherever its members stand. No addresses: it outlives them.
departures = Table(
    "departures",
    metadata,
    Column("audience", String, primary_key=True),
    Column("digest", String, primary_key=True),
    Column("at", UTCDateTime, nullable=False),
    Column("why", Text, nullable=False),
)

#: Deliveries that go to each person. A number stands for the key, which is long, with every recipient.
enrolments = Table(
    "enrolments",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("key", String, nullable=False, unique=True),
    Column("at", UTCDateTime, nullable=False),
    Column("erased", Boolean, nullable=False),
)

recipients = Table(
    "recipients",
    metadata,
    Column("enrolment", Integer, ForeignKey("enrolments.id"), primary_key=True, autoincrement=False),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("digest", String, nullable=False),
    Column("address", String, nullable=False),
    Column("name", String, nullable=False),
    Column("status", String, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("said", Text, nullable=False),
    Column("claim", String),
    Column("retry_at", UTCDateTime),
    # When it got its status: where to look in a mail server's log.
    Column("at", UTCDateTime, nullable=False),
    # Holds all that a claim looks for and a tally counts, so that neither looks at the rows of others.
    Index(None, "enrolment", "status", "number", "retry_at"),
    # Nobody stands in one delivery twice.
    UniqueConstraint("enrolment", "digest"),
)

#: Who may log in, by their name as two spellings have it in common. Nobody is ever removed.
accounts = Table(
    "accounts",
    metadata,
    Column("folded", String, primary_key=True),
    Column("name", String, nullable=False),
    Column("role", String, nullable=False),
    Column("added_at", UTCDateTime, nullable=False),
    Column("disabled_at", UTCDateTime),
    Column("last_login_at", UTCDateTime),
    Column("password", String),
)

#: Browsers in which somebody has logged in. Of cookies and links only digests are kept, here and below.
sessions = Table(
    "sessions",
    metadata,
    Column("digest", String, primary_key=True),
    Column("person", String, ForeignKey("accounts.folded"), nullable=False, index=True),
    Column("begun_at", UTCDateTime, nullable=False),
    Column("seen_at", UTCDateTime, nullable=False),
    Column("family", String, nullable=False),
)

links = Table(
    "links",
    metadata,
    Column("digest", String, primary_key=True),
    Column("purpose", String, nullable=False),
    Column("person", String, ForeignKey("accounts.folded")),
    Column("made_at", UTCDateTime, nullable=False),
    Column("expires_at", UTCDateTime, nullable=False),
    Column("used_at", UTCDateTime),
)

#: Browsers in which somebody has logged in before, whose wrong passwords are counted apart from those of strangers.
devices = Table(
    "devices",
    metadata,
    Column("digest", String, primary_key=True),
    Column("person", String, ForeignKey("accounts.folded"), primary_key=True),
    Column("seen_at", UTCDateTime, nullable=False),
)

#: Other programs that are told what becomes of deliveries. Of an address only its digest is kept: it may hold a key. `cursor` is
#: the number of the last transition that was looked at for it.
webhooks = Table(
    "webhooks",
    metadata,
    Column("name", String, primary_key=True),
    Column("address", String, nullable=False),
    Column("since", UTCDateTime, nullable=False),
    Column("cursor", Integer, nullable=False),
    Column("delivered_at", UTCDateTime),
    Column("failing_since", UTCDateTime),
    Column("gone_at", UTCDateTime),
    Column("said", Text, nullable=False),
)

#: What they are told, each transition once. `outcome` is null while it waits; what is over is removed after a month.
posts = Table(
    "posts",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("webhook", String, nullable=False),
    Column("message", String, nullable=False),
    Column("moved", Integer, nullable=False),
    Column("body", Text, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("retry_at", UTCDateTime, nullable=False),
    Column("tried_at", UTCDateTime),
    Column("outcome", String),
    Column("done_at", UTCDateTime),
    Index(None, "webhook", "outcome", "retry_at"),
    UniqueConstraint("webhook", "moved"),
)

#: By what other programs are let in, each as the person who made it, and with no more than its own role.
api_tokens = Table(
    "api_tokens",
    metadata,
    Column("digest", String, primary_key=True),
    Column("name", String, nullable=False),
    Column("role", String, nullable=False),
    Column("person", String, ForeignKey("accounts.folded"), nullable=False, index=True),
    Column("made_at", UTCDateTime, nullable=False),
    Column("expires_at", UTCDateTime, nullable=False),
    Column("revoked_at", UTCDateTime),
    # The day (UTC) is enough to tell what nobody uses any more, and costs one write a day.
    Column("used_on", Date),
)

#: One row: how many transactions have changed what instances hold in memory. SQLite counts that by itself, so there it stays 0.
changes = Table(
    "changes",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("number", BigInteger, nullable=False),
    CheckConstraint("id = 1", name="one_row"),
)

#: Who may log in by OpenID Connect: by `address` the first time, which is null from then on, and by the other two ever after.
sign_ons = Table(
    "sign_ons",
    metadata,
    Column("person", String, ForeignKey("accounts.folded"), primary_key=True),
    Column("made_at", UTCDateTime, nullable=False),
    Column("address", String, unique=True),
    Column("issuer", String),
    Column("subject", String),
    UniqueConstraint("issuer", "subject"),
)
