"""The shape of `providers`, `audiences` and `rules`: who hands over what, to whom, and when."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, WithJsonSchema

from notifier.config.section import SecretReference, Section
from notifier.config.units import (
    Address,
    Cron,
    Domain,
    Duration,
    Host,
    Language,
    Leaving,
    Line,
    Name,
    PathText,
    Selector,
    ServiceUrl,
    ShortDuration,
    Texts,
    TimeOfDay,
    Zone,
    listed,
)
from notifier.core.rule import Kind

Access = Literal["open", "members", "invitation", "unknown"]
_ACCESS_SCHEMA = {"enum": ["open", "members", "invitation", "unknown"]}
Accesses = Annotated[
    list[Access],
    BeforeValidator(listed),
    Field(min_length=1),
    WithJsonSchema({"anyOf": [_ACCESS_SCHEMA, {"type": "array", "items": _ACCESS_SCHEMA, "minItems": 1}]}),
]


class Outbox(Section):
    """Deliveries become folders on this machine."""

    type: Literal["outbox"] = Field(
        description="What kind of provider this is: outbox, smtp or mailchimp.", examples=["outbox"]
    )
    folder: PathText = Field(description="Where deliveries are written, one folder each.", examples=["outbox"])


class Dkim(Section):
    """The signature by which readers' mail servers know that a mail is ours, where no relay signs."""

    domain: Domain = Field(
        description="The domain that signs: that of the `from` addresses, or one above it.", examples=["example.org"]
    )
    selector: Selector = Field(
        description="The name under which that domain's DNS has the public key.", examples=["notifier"]
    )
    key: SecretReference = Field(description="Where the private key stands (PEM: RSA or Ed25519).")


class Smtp(Section):
    """A mail server."""

    type: Literal["smtp"] = Field(
        description="What kind of provider this is: outbox, smtp or mailchimp.", examples=["smtp"]
    )
    host: Host = Field(description="The mail server.", examples=["mail.example.org"])
    port: int = Field(587, ge=1, le=65535, description="Its port.", examples=[587])
    security: Literal["starttls", "tls", "none"] = Field(
        "starttls",
        description="How the connection is encrypted: after a greeting (starttls), from its first byte (tls), or not at all "
        "(none, without a login only).",
        examples=["starttls"],
    )
    username: Line | None = Field(None, description="The user name, if the server wants one.", examples=["events"])
    password: SecretReference | None = Field(None, description="Where its password stands.")
    timeout: ShortDuration = Field(
        timedelta(seconds=30),
        description="How long one wait for it may take; a whole mail, at most four times as long. For Mailchimp: 15s.",
        examples=["30s"],
    )
    spool: PathText | None = Field(
        None,
        description="Where the mails are kept that it is given, with what became of them. Default: beside the ledger.",
        examples=["notifier-mail/mail-server"],
    )
    connections: int = Field(
        4, ge=1, le=20, description="How many connections to it at once, for mails to members.", examples=[4]
    )
    rate: int | None = Field(
        None, ge=1, le=1_000_000, description="At most so many mails to members a minute.", examples=[300]
    )
    dkim: Dkim | None = Field(
        None, description="Sign each mail here, where the mail server doesn't (needs dkimpy). Default: it does."
    )


class Mailchimp(Section):
    """An account at Mailchimp."""

    type: Literal["mailchimp"] = Field(
        description="What kind of provider this is: outbox, smtp or mailchimp.", examples=["mailchimp"]
    )
    api_key: SecretReference = Field(description="Where the API key stands.", examples=[{"env": "MAILCHIMP_API_KEY"}])
    base_url: ServiceUrl | None = Field(
        None,
        description="Another address than the key's own data centre, for tests.",
        examples=["http://127.0.0.1:9000"],
    )
    timeout: ShortDuration = Field(
        timedelta(seconds=15), description="How long one call to it may take.", examples=["15s"]
    )
    mode: Literal["draft", "send"] = Field(
        "draft", description="Leave finished drafts for a person to send, or send them.", examples=["draft"]
    )
    webhook: SecretReference | None = Field(
        None,
        description="Where the secret stands that Mailchimp signs its calls with, if it signs them. Where it calls: "
        "notifier doctor.",
    )


Provider = Annotated[Outbox | Smtp | Mailchimp, Field(discriminator="type")]


class Condition(Section):
    """One condition of a segment, in Mailchimp's words."""

    condition_type: Line = Field(description="Mailchimp's name for the kind of condition.", examples=["TextMerge"])
    field: Line = Field(description="The member's field.", examples=["CITY"])
    op: Line = Field(description="How to compare.", examples=["is"])
    value: Line = Field(description="What to compare with.", examples=["Leeds"])


class From(Section):
    """Who a mail comes from."""

    name: Line = Field(description="The sender's name.", examples=["Example Commons"])
    address: Address = Field(description="The sender's address.", examples=["events@example.org"])


class Audience(Section):
    """Who deliveries are for."""

    provider: Name = Field(description="The provider that reaches them, one of providers.", examples=["outbox"])
    public: bool = Field(
        default=True,
        description="Whether anyone may join. A public audience is never mailed about invitation-only events.",
        examples=[True],
    )
    list_id: Line | None = Field(
        None, alias="list", description="The list's id at Mailchimp; needed there.", examples=["1a2b3c4d5e"]
    )
    tag: Line | None = Field(None, description="Only the members with this tag.", examples=["Volunteers"])
    segment: Line | None = Field(None, description="Only this saved segment of the list.", examples=["Active readers"])
    interest: Line | None = Field(
        None, description="Only members with this interest: group/interest.", examples=["Topics/Data"]
    )
    conditions: Annotated[list[Condition], Field(min_length=1)] | None = Field(
        None, description="Only members who meet all of these."
    )
    address: Address | None = Field(
        None,
        description="For a mail server: the one address that its mails go to, such as that of a mailing list. Instead of "
        "members.",
        examples=["choir@lists.example.org"],
    )
    unsubscribe: Leaving | None = Field(
        None,
        description="Where its readers leave, if the list's own server doesn't say so in each mail: https://… or mailto:… "
        "With members: instead of a link of ours.",
        examples=["https://lists.example.org/choir/leave"],
    )
    members: PathText | None = Field(
        None,
        description="For a mail server: the people to each of whom its mails go, as a file of addresses, or as `ledger` for "
        "those whom `notifier audience` keeps there. Instead of address.",
        examples=["members.csv"],
    )
    at_most: int | None = Field(None, ge=1, description="Stop when the audience is larger than this.", examples=[500])
    within: Name | None = Field(
        None,
        description="The audience that all of these belong to, so that nobody is mailed twice.",
        examples=["newsletter"],
    )
    sender: From | None = Field(None, alias="from", description="Who its mails come from.")
    language: Language | None = Field(
        None, description="The language of its mails, en or de, if other than the site's.", examples=["de"]
    )
    timezone: Zone | None = Field(
        None,
        description="Its zone, if other than the site's: clock times of its reminders are of this zone.",
        examples=["Europe/Paris"],
    )
    formerly: Annotated[list[Name], Field(min_length=1)] | None = Field(
        None, description="Names it had before: what they were told counts.", examples=[["readers"]]
    )


class When(Section):
    """When a reminder is due."""

    before: Duration | None = Field(None, description="How long before; before or after.", examples=["7d"])
    after: Duration | None = Field(None, description="How long after, instead of before.", examples=["1d"])
    of: Literal["start", "end"] = Field("start", description="What it is before or after.", examples=["start"])
    at: TimeOfDay | None = Field(
        None,
        description="At this time of the day that lies so many whole days away. Without it, to the minute.",
        examples=["10:00"],
    )


class Only(Section):
    """Which events; every key written here must match one of its values, ignoring case."""

    category: Texts | None = Field(None, description="Events of these categories.", examples=["organising"])
    series: Texts | None = Field(None, description="Events of these series.", examples=["Reading group"])
    project: Texts | None = Field(
        None,
        description="Events of these projects, by title or by the name of the project's file.",
        examples=["2026-community-calls"],
    )
    topic: Texts | None = Field(None, description="Events with these topics.", examples=["Open data"])
    access: Accesses | None = Field(
        None, description="Events with this access: open, members, invitation, unknown.", examples=[["open"]]
    )


class Rule(Section):
    """When to write to whom."""

    kind: Kind = Field(
        description="What is sent: announcement, reminder, change, cancellation, digest, follow_up, one_off.",
        examples=["reminder"],
    )
    audiences: list[Name] = Field(min_length=1, description="To whom, some of audiences.", examples=[["newsletter"]])
    when: When | None = Field(None, description="When a reminder is due; only and always for reminders.")
    cron: Cron | None = Field(
        None,
        description="When a digest is due, in the site's zone and once a day at most: minute, hour, day, month, and weekday "
        "by its name, which must all match; only and always for digests.",
        examples=["30 9 1-7 * mon"],
    )
    only: Only | None = Field(None, description="Which events it is about. Default: all.")
    ask: bool = Field(
        default=False,
        description="Whether a person is asked before each one: it is held until somebody releases it.",
        examples=[True],
    )
    grace: Duration | None = Field(
        None,
        description="How late it may still go out. Default: half of the time before, from 15 minutes to 12 hours; for a "
        "digest a quarter of the time to the next one, from 1 hour to 3 days.",
        examples=["1h"],
    )
    per_day: int | None = Field(
        None,
        ge=1,
        description="Its mails go out while their audience has had fewer than so many that day. Default: sending.per_day.",
        examples=[2],
    )
