"""A delivery, its printable key, its states, the ledger's snapshot, and the one state machine."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal

from notifier.core.byhand import ByHand
from notifier.core.event import Event, Reason
from notifier.core.facts import Facts
from notifier.core.one_off import OneOff
from notifier.core.readership import Poll
from notifier.core.rule import Kind
from notifier.core.values import record

DeliveryStatus = Literal[
    "planned", "held", "drafted", "sending", "sent", "skipped", "missed", "failed", "withdrawn", "unknown"
]

#: What a provider shows of a key. `partial`: it went to some of its recipients, or may have, and the others may still be given it.
#: `removed`: there was a draft, and somebody deleted it there.
Sight = Literal["absent", "removed", "drafted", "sending", "partial", "sent", "unclear"]

#: While a row has one of these, every plan may rewrite it; from `drafted` on only transitions write.
PLANNABLE: frozenset[DeliveryStatus] = frozenset({"planned", "held", "skipped", "withdrawn"})
#: Rows that still want something done at the provider.
OPEN: frozenset[DeliveryStatus] = frozenset({"planned", "drafted", "sending"})
FINAL: frozenset[DeliveryStatus] = frozenset({"sent", "missed"})


def event_key(kind: Literal["announcement", "follow_up"], rule: str, uid: str, audience: str) -> str:
    """The key of something that happens once per event, rule and audience."""
    return f"{kind}/{rule}/{uid}/{audience}"


def reminder_key(rule: str, uid: str, local_start: date, audience: str) -> str:
    """The key of a reminder: a move to another day re-arms it, a move within the day doesn't."""
    return f"reminder/{rule}/{uid}/{local_start.isoformat()}/{audience}"


def correction_key(kind: Literal["change", "cancellation"], rule: str, uid: str, number: int, audience: str) -> str:
    """The key of a correction. `number` counts those that the audience was told, and this one, so A→B→A works."""
    return f"{kind}/{rule}/{uid}/{number}/{audience}"


def key_hash(key: str) -> str:
    """Twelve hex digits that name a delivery in file names and addresses of pages."""
    return hashlib.sha256(key.encode()).hexdigest()[:12]


@record(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One planned send of one message about some events to one audience.

    `due_at` is when it should be handed over; after `expires_at` it is no longer useful. `draft_id` is the
    provider's own name for the draft. `retry_at` is the earliest next attempt after a failure, or after its message was found wrong. `facts` are those that
    its draft states, in the order of `event_uids`; empty until it is drafted.
    """

    key: str
    kind: Kind
    rule: str
    audience: str
    provider: str
    event_uids: tuple[str, ...]
    due_at: datetime
    expires_at: datetime
    status: DeliveryStatus
    reasons: tuple[Reason, ...] = ()
    draft_id: str | None = None
    attempts: int = 0
    retry_at: datetime | None = None
    sent_at: datetime | None = None
    facts: tuple[Facts, ...] = ()

    @property
    def is_plannable(self) -> bool:
        """Whether the next plan may still rewrite the row."""
        return self.status in PLANNABLE


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """How an event last stood in public calendars: what is public of its facts, and what it was before they last changed.

    `changed_at` is when that was; both are None while they never did.
    """

    facts: Facts
    before: Facts | None = None
    changed_at: datetime | None = None


@record(frozen=True, slots=True, kw_only=True)
class SeenEvent:
    """What the ledger remembers of an event: its place, its last good state, and its calendar revision.

    `sequence` (RFC 5546 2.1.4) rises by one, and `changed_at` strictly, on every change of `visible`, the hash
    of what readers see. `present` is False once its document has vanished, since `gone_at`. `written_up_at` is when its
    document was first seen to tell of it as past (a write-up), `recorded_at` when one of it first appeared. `listed` is None for an
    event that never was public with a date, so that nothing is left of it in calendars once it is gone.
    """

    uid: str
    event: Event
    facts: Facts
    visible: str
    sequence: int
    first_seen_at: datetime
    changed_at: datetime
    present: bool = True
    gone_at: datetime | None = None
    written_up_at: datetime | None = None
    recorded_at: datetime | None = None
    listed: Listed | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What an audience was last told about an event, and by which delivery.

    `corrections` counts the changes and cancellations among all that it was told about it.
    """

    audience: str
    uid: str
    facts: Facts
    delivery_key: str
    at: datetime
    corrections: int = 0


#: What a person may decide about a delivery; `annotate` puts a note above what it says; `pause` and `resume` are about all of them; `live` and `test` are about the mode, `take` is about which ledger sends; the others are about who may
#: read a secret feed (`feed_key`), who may log in (`person_key`) which programs are let in (`api_token_key`) and which
#: are told (`webhook_key`).
Act = Literal[
    "hold", "release", "approve", "skip", "retry", "settle", "annotate", "pause", "resume",
    "live", "test", "give", "replace", "revoke", "invite", "rank", "disable", "enable",
    "admit", "dismiss", "issue", "end", "renew", "take", "ask", "try",
]  # fmt: skip
#: Those that say whether a delivery is to go out: the last of them stands. Another attempt leaves an approval as it is.
STANDING: frozenset[Act] = frozenset({"hold", "release", "approve", "skip"})
#: The key of decisions that are about every delivery.
EVERYTHING = "*"
#: The key of decisions about the mode. No delivery has it: theirs have slashes.
MODE = "mode"
#: The key of decisions about which ledger sends.
LEDGER = "ledger"


def trial_key(name: str) -> str:
    """The key of what is kept about a test of a mail that goes to one address, by a name that tells it from others."""
    return f"trial:{name}"


def feed_key(feed: str) -> str:
    """The key of what people do about who may read a secret feed."""
    return f"feed:{feed}"


def person_key(name: str) -> str:
    """The key of what people do about somebody who may log in."""
    return f"person:{name}"


def api_token_key(name: str) -> str:
    """The key of what people do about a token by which a program is let in."""
    return f"api-token:{name}"


def webhook_key(name: str) -> str:
    """The key of what people do about a program that is told of deliveries."""
    return f"webhook:{name}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What a person decided about a delivery, in the ledger for ever.

    `fingerprint` is that of the exact content, audience and time which a release or an approval is for; with another
    one it is void. `by` names the person, `note` is their reason, in their words; of `annotate` the note itself (Markdown), "" where
    there is none any more. `via` is from where they did it, in words: the command line of a machine, a browser and its
    network, an API token; "" where that was not kept.
    """

    key: str
    act: Act
    by: str
    at: datetime
    fingerprint: str | None = None
    note: str = ""
    via: str = ""


@record(frozen=True, slots=True, kw_only=True)
class Memory:
    """A snapshot of the ledger, as the plan needs it.

    `window_end` is the end of the last recorded window, None before the first. `baselines` maps `site`,
    `source:NAME`, `rule:NAME`, `audience:NAME`, `provider:AUDIENCE:PROVIDER` and `live:PROVIDER` to the instant of the
    first look at each. `decisions` holds the last one about each key that stands; `paused` is the one that stopped
    everything, None while nothing is stopped; `mode` is what was last said about the mode, None while nobody has. `revisions` says, by source, which revision the last recorded plan was
    made from. `notes` holds the last word about the note of each key. `polls` are the counts of the last whole days of how often calendars ask for feeds. `by_hand` are the mails that
    people made at providers by themselves lately. `one_offs` are all that people asked to be sent once, by key.
    """

    window_end: datetime | None = None
    baselines: Mapping[str, datetime] = field(default_factory=dict)
    seen: Mapping[str, SeenEvent] = field(default_factory=dict)
    deliveries: Mapping[str, Delivery] = field(default_factory=dict)
    told: Mapping[tuple[str, str], Told] = field(default_factory=dict)
    decisions: Mapping[str, Decision] = field(default_factory=dict)
    paused: Decision | None = None
    mode: Decision | None = None
    revisions: Mapping[str, str] = field(default_factory=dict)
    polls: tuple[Poll, ...] = ()
    by_hand: tuple[ByHand, ...] = ()
    one_offs: Mapping[str, OneOff] = field(default_factory=dict)
    notes: Mapping[str, Decision] = field(default_factory=dict)

    def note(self, key: str) -> str:
        """The note above what a delivery says, as it was written; "" where there is none."""
        said = self.notes.get(key)
        return said.note if said is not None else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """What the provider holds for a key: nothing, our draft, a send under way, a sent message, or it can't tell.

    `proven`: this very sight of `absent` or `drafted` proves that nothing went out, whatever the provider can in general.
    `shortfall` says how many a sent message did not reach, and may not have reached; "" where it is all of them.
    """

    state: Sight
    draft_id: str | None = None
    detail: str = ""
    proven: bool = False
    shortfall: str = ""


#: What became of handing over.
Result = Literal["accepted", "refused", "unsent", "ambiguous"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of handing over: taken, refused for good, certainly not taken (try later), or nobody knows.

    `left` is what a test has left at the provider for a person to clear away, in a sentence; "" for nothing.
    """

    result: Result
    detail: str = ""
    left: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """What to do next with a row. `draft` and `send` act at the provider; `settle` moves the row to `status`."""

    act: Literal["draft", "send", "settle", "wait"]
    status: DeliveryStatus | None = None
    draft_id: str | None = None
    detail: str = ""


def next_step(row: Delivery, observation: Observation, *, certain: bool) -> Step:
    """The next step for a due row, given what its provider shows. The only place that decides this.

    `certain` says that the provider's `absent` and `drafted` prove that nothing went out (files do; a remote
    service that answers late does not), `proven` of an observation that this one does. Without that proof an interrupted send stays unknown and is never
    repeated by itself.
    """
    seen = observation.state
    match row.status:
        case "planned":
            if seen in ("absent", "removed"):
                return Step(act="draft")
            if seen in ("drafted", "partial"):
                return Step(act="settle", status="drafted", draft_id=observation.draft_id)
            if seen == "sent":
                return _sent("The provider already holds it as sent.", observation)
            return Step(act="wait", detail=observation.detail)
        case "drafted":
            if seen in ("drafted", "partial"):
                return Step(act="send", draft_id=observation.draft_id, detail=observation.detail)
            if seen == "absent":
                return Step(act="settle", status="planned", detail="The draft is gone; it is made again.")
            if seen == "removed":
                # Whoever deleted it may not want it to go out: a person says so, or says `retry`.
                return Step(act="settle", status="failed", detail=observation.detail)
            if seen == "sent":
                return _sent("The draft was sent by hand.", observation)
            return Step(act="wait", detail=observation.detail)
        case "sending":
            if seen == "sent":
                return Step(act="settle", status="sent", detail=observation.shortfall)
            if seen in ("absent", "drafted") and (certain or observation.proven):
                return Step(act="settle", status="planned", detail="The last attempt was not taken.")
            if seen == "partial":
                # Each recipient is claimed before anything is given away, so going on mails nobody twice.
                return Step(act="send", draft_id=observation.draft_id, detail=observation.detail)
            if seen == "sending":
                return Step(act="wait", detail=observation.detail)
            return Step(act="settle", status="unknown", detail=observation.detail)
        case "unknown":
            if seen == "sent":
                return _sent("Confirmed by reading the provider.", observation)
            return Step(act="wait", detail=observation.detail)
        case "held" | "sent" | "skipped" | "missed" | "failed" | "withdrawn":
            return Step(act="wait")


def _sent(how: str, observation: Observation) -> Step:
    return Step(act="settle", status="sent", detail=" ".join(filter(None, (how, observation.shortfall))))
