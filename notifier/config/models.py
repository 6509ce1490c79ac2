"""The shape of config.yaml: every key, what it takes, what it is when not written, and one line for the manual.

The manual (docs/configuration.md), the schema for editors and the suggestions in messages all come from these
models. Whether the parts agree with one another is for `crosschecks`.
"""

from __future__ import annotations

from datetime import time, timedelta
from typing import Literal

from pydantic import Field

from notifier.config.content_models import Site, Source
from notifier.config.mailing_models import Audience, Only, Provider, Rule
from notifier.config.section import SecretReference, Section
from notifier.config.units import (
    Address,
    Colour,
    Duration,
    HookUrl,
    Issuer,
    KeepingTime,
    Line,
    Listening,
    Name,
    Network,
    ShortDuration,
    TimeOfDay,
)
from notifier.config.watch_models import Watching
from notifier.core.posting import Tellable

Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]


class Feed(Section):
    """A calendar feed."""

    title: Line = Field(description="The calendar's name, as subscribers see it.", examples=["Example Commons events"])
    description: str = Field("", description="One sentence about it.", examples=["Everything we do."])
    colour: Colour | None = Field(None, description="A CSS colour name, for calendars that show it.", examples=["teal"])
    only: Only | None = Field(None, description="Which events it holds. Default: all.")
    audiences: list[Name] = Field(
        [], description="Only what a rule writes to one of these audiences about.", examples=[["board"]]
    )
    secret: bool = Field(
        default=False,
        description="Whether only those who are given an address of their own may read it.",
        examples=[False],
    )
    formerly: list[Name] = Field(
        [], description="Names it had before: their addresses lead here.", examples=[["meetings"]]
    )


class Hours(Section):
    """The sending hours, in the site's zone."""

    days: list[Weekday] = Field(
        ["mon", "tue", "wed", "thu", "fri"],
        min_length=1,
        description="The days on which mails go out.",
        examples=[["mon", "tue", "wed", "thu", "fri"]],
    )
    opens: TimeOfDay = Field(time(8, 30), alias="from", description="From this time.", examples=["08:30"])
    until: TimeOfDay = Field(time(18, 0), description="Until this time, its minute included.", examples=["18:00"])


class Settle(Section):
    """How long content must have stood unchanged."""

    announce: Duration = Field(timedelta(hours=2), description="Before an event is announced.", examples=["2h"])
    change: Duration = Field(
        timedelta(minutes=30),
        description="After an edit, before a reminder about the event goes out.",
        examples=["30m"],
    )


class Shrink(Section):
    """When so many upcoming events are gone that something must be wrong."""

    share: float = Field(
        0.3, gt=0, le=1, description="This share of the upcoming events, from 0 to 1, …", examples=[0.3]
    )
    at_least: int = Field(
        3, ge=1, description="… and at least so many: nothing is planned until a person looks.", examples=[3]
    )


class Telling(Section):
    """How staff are told of what needs them."""

    provider: Name = Field(
        description="Through which provider: an outbox, or a mail server, which mails each of them.",
        examples=["outbox"],
    )
    at: TimeOfDay = Field(
        time(9, 0), description="When the mail of the day goes out, in the site's zone.", examples=["09:00"]
    )


class Sending(Section):
    """How mails go out."""

    live: bool = Field(default=False, description="Whether anything may be sent to people at all.", examples=[False])
    test: list[Address] = Field(
        [],
        max_length=10,
        description="Who gets a copy of each mail in test mode, in place of readers. Default: nobody; what would go out is held.",
        examples=[["events@example.org"]],
    )
    hours: Hours = Field(
        default_factory=Hours, description="The sending hours; reminders within two hours of the start are exempt."
    )
    settle: Settle = Field(default_factory=Settle, description="How long content must have stood unchanged.")
    per_day: int = Field(1, ge=1, description="How many mails one audience may get a day.", examples=[1])
    shrink: Shrink = Field(default_factory=Shrink, description="When vanished events stop everything.")
    staff: Telling | None = Field(
        None,
        description="How site.staff are told of what is held, failed, unknown or missed. Default: by no mail.",
    )
    forget: KeepingTime = Field(
        timedelta(days=90),
        description="How long the addresses are kept to which a mail went, one by one; what became of each mail stays.",
        examples=["90d"],
    )
    undo: Duration = Field(
        timedelta(minutes=5), description="How long a person's send can be taken back.", examples=["5m"]
    )


class Webhook(Section):
    """Another program that is told what becomes of deliveries."""

    url: HookUrl = Field(
        description="Where it is told: https, or http on this machine; redirects are not followed.",
        examples=["https://hooks.example.org/notifier"],
    )
    secret: SecretReference = Field(description="Where the secret stands that what it is told is signed with.")
    statuses: list[Tellable] = Field(
        ["held", "failed", "missed", "unknown"],
        min_length=1,
        description="Which statuses of a delivery it is told of: held, failed, missed, unknown, sent.",
        examples=[["held", "failed", "missed", "unknown"]],
    )


class Ledger(Section):
    """Where everything that must survive a crash is kept."""

    url: Line = Field(
        "sqlite:///notifier.db",
        description="An SQLite file, relative to config.yaml; or a PostgreSQL database, for several instances.",
        examples=["sqlite:///notifier.db", "postgresql://notifier@db.example.org/notifier"],
    )
    password: SecretReference | None = Field(None, description="Where the password for a PostgreSQL stands.")


class Workers(Section):
    """Programs that give mails to members away, on as many machines as are wanted: `notifier worker`."""

    batch: int = Field(
        250, ge=50, le=500, description="To how many members a worker gives a mail in one go.", examples=[250]
    )


class Oidc(Section):
    """A service by which people log in, beside their passwords."""

    issuer: Issuer = Field(
        description="The issuer's address, sign for sign as the service names it: https, or http on this machine.",
        examples=["https://accounts.example.org"],
    )
    client_id: Line = Field(description="What notifier is called there.", examples=["notifier"])
    client_secret: SecretReference = Field(description="Where the secret stands that the service gave for it.")
    name: Line = Field(
        "OpenID Connect",
        max_length=60,
        description="What people call the service: the button says “Log in with …”.",
        examples=["Example accounts"],
    )


class Metrics(Section):
    """Who may read /metrics."""

    token: SecretReference | None = Field(
        None,
        description="Where the token stands that Prometheus shows. Default: none, and only this machine itself reads them.",
    )


class Web(Section):
    """The page that shows the timeline, the outbox and the feeds."""

    host: Listening = Field(
        "127.0.0.1", description="The address it listens at; 127.0.0.1 is this machine only.", examples=["127.0.0.1"]
    )
    port: int = Field(8000, ge=0, le=65535, description="Its port; 0 takes any free one.", examples=[8000])
    proxies: list[Network] = Field(
        [],
        description="Proxies whose X-Forwarded-For is believed, besides those on this machine: addresses or networks.",
        examples=[["172.18.0.0/16"]],
    )
    oidc: Oidc | None = Field(
        None, description="A service by which people log in too (needs authlib). Default: by password alone."
    )
    metrics: Metrics = Field(default_factory=Metrics, description="Who may read /metrics.")


class Config(Section):
    """The configuration of notifier."""

    site: Site = Field(description="The organisation and its website.")
    sources: list[Source] = Field(
        min_length=1,
        description="Where event files are.",
        examples=[[{"name": "site", "folder": ".", "events": [{"preset": "jekyll-events"}]}]],
    )
    providers: dict[Name, Provider] = Field({}, description="Who hands mails over, by name.")
    audiences: dict[Name, Audience] = Field({}, description="Who mails are for, by name.")
    rules: dict[Name, Rule] = Field(
        {},
        description="When to write to whom, by name. A name is part of the ledger's keys: renaming a rule starts it anew.",
    )
    feeds: dict[Name, Feed] = Field({}, description="Calendar feeds, by name; each is published as NAME.ics.")
    webhooks: dict[Name, Webhook] = Field(
        {}, description="Other programs that are told what becomes of deliveries, by name."
    )
    sending: Sending = Field(default_factory=Sending, description="How mails go out.")
    ledger: Ledger = Field(default_factory=Ledger, description="Where everything that must survive a crash is kept.")
    workers: Workers | None = Field(
        None,
        description="Mails to members are left to `notifier worker` (needs procrastinate, and a ledger in a PostgreSQL). Default: sent by `run`.",
    )
    web: Web = Field(default_factory=Web, description="The page that shows the timeline, the outbox and the feeds.")
    watch: Watching = Field(default_factory=Watching, description="The programs that watch notifier from outside.")
    tick: ShortDuration = Field(
        timedelta(seconds=30), description="How often to look for what is due.", examples=["30s"]
    )
    secret_key: SecretReference | None = Field(
        None, description="Where the key stands that signs the links by which members leave."
    )
