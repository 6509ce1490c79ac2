"""What a person is asked to decide about: the delivery they mean, as it is now, and what would go out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Protocol

from notifier.core.approval import fingerprint, is_for
from notifier.core.delivery import Act, Decision, Delivery, DeliveryStatus
from notifier.core.event import Event, Reason
from notifier.core.message import Message
from notifier.core.rule import Rules
from notifier.core.zones import moment
from notifier.desk.naming import decision_on, find_delivery
from notifier.errors import Problem, ProviderError, UserError
from notifier.ports import Clock
from notifier.tick import Look, Ticker
from notifier.tick.writing import faults_of, message_of

#: What each act is for, and how a sentence goes on that begins with "Nothing about it" where there is none.
_FITTING: dict[Act, tuple[frozenset[str], str]] = {
    "hold": (frozenset({"planned", "drafted", "held"}), "can be held"),
    "release": (frozenset({"held"}), "is held or was skipped by a person"),
    "approve": (frozenset({"planned", "held"}), "waits to be sent"),
    "skip": (frozenset({"planned", "drafted", "held", "failed"}), "can be skipped"),
    "retry": (frozenset({"failed"}), "has failed"),
    "settle": (frozenset({"unknown"}), "is unknown"),
    "annotate": (frozenset({"planned", "held"}), "can have a note"),
}
#: Those that only keep something from going out, or say what has gone out: no doubt about the content is in their way.
_HARMLESS: frozenset[Act] = frozenset({"hold", "skip", "settle"})


Letting = Literal["release", "approve"]


_UNDO_SKIP, _MEND = "To take that back: notifier release {key}", "Change the file or config.yaml if that is wrong."


class Site(Protocol):
    """Where people act."""

    @property
    def ticker(self) -> Ticker: ...

    @property
    def clock(self) -> Clock: ...

    @property
    def via(self) -> str:
        """From where they do, in words, for `Decision.via`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One delivery at one look. `now` is how it stands, `row` the ledger's, `last` what a person said last about it."""

    look: Look
    rules: Rules
    now: Delivery
    row: Delivery | None
    last: Decision | None

    @property
    def key(self) -> str:
        return self.now.key

    @property
    def zone(self) -> str:
        return self.rules.site.timezone

    def events(self) -> tuple[Event, ...]:
        """What it is about, as far as it is still there."""
        return tuple(self.look.events()[uid] for uid in self.now.event_uids if uid in self.look.events())

    def with_word(self, said: Decision | None) -> Delivery | None:
        """What the rules decide with this as the last word of a person; None where nothing asks for it."""
        return decision_on(self.look, self.rules, self.key, said=said)

    def is_held_back(self, act: Literal["hold", "skip"]) -> bool:
        """Whether this act of a person stands."""
        return self.last is not None and self.last.act == act

    def moment_of_use(self) -> str:
        return moment(self.now.expires_at, self.zone)


def case_of(site: Site, name: str, act: Act) -> Case:
    """A fresh look at the delivery that is meant. Raises UserError where nothing, or several, may be meant."""
    look = site.ticker.look(site.clock.now(), accept_shrink=act in _HARMLESS)
    rules = site.ticker.wiring.rules
    statuses, wanted = _FITTING[act]
    skipped = {key for key, one in look.memory.decisions.items() if one.act == "skip" and act == "release"}

    def fits(one: Delivery) -> bool:
        return one.status in statuses or (one.status == "skipped" and one.key in skipped)

    now = find_delivery(look, rules, name, fits=fits, wanted=wanted)
    memory = look.memory
    return Case(look=look, rules=rules, now=now, row=memory.deliveries.get(now.key), last=memory.decisions.get(now.key))


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """Exactly what is let go. Equal terms: nobody has edited it, or decided about it, in between.

    `questions` is all that was asked about it, whatever people said since.
    """

    fingerprint: str
    status: str
    questions: tuple[Reason, ...]
    last: Decision | None


def terms_of(case: Case, act: Letting) -> Terms:
    """What a release or an approval would be for.

    Raises UserError for what no person can let go, with the reason and what can be done.
    """
    wanted = case.with_word(None)
    taken_back = act == "release" and case.is_held_back("skip")
    if case.now.status not in ("planned", "held", *(("skipped",) if taken_back else ())):
        raise refusal(case)
    if wanted is None or wanted.status not in ("planned", "held"):
        raise refusal(case, wanted)
    about = [case.look.events()[uid] for uid in wanted.event_uids if uid in case.look.events()]
    asked = (*case.now.reasons, *(wanted.reasons if wanted.status == "held" else ()))
    return Terms(
        fingerprint=fingerprint(wanted, about, case.rules, note=case.look.memory.note(case.key)),
        status=case.now.status,
        questions=tuple(dict.fromkeys(reason for reason in asked if reason.code != "clear")),
        last=case.last,
    )


def is_settled(case: Case, terms: Terms, act: Letting) -> bool:
    """Whether a person has said this already about the very same, or nothing waits for a release."""
    if act == "release" and case.now.status == "planned":
        return True
    last = case.last
    return last is not None and last.act == act and is_for(last, terms.fingerprint, case.look.at)


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """What a person looks at before they let it go.

    `delivery` is as it stands; `terms` has all that was asked. `message` is what would go out; None where it can't be
    written. `problems` are what is wrong with it: its errors hold it again, whoever let it go. `people` is how many it reaches; None where nobody can say; 0 where the provider is a folder. `is_settled`:
    there is nothing to decide any more.
    """

    delivery: Delivery
    events: tuple[Event, ...]
    message: Message | None
    problems: tuple[Problem, ...]
    people: int | None
    terms: Terms
    is_settled: bool
    is_overdue: bool
    paused: Decision | None


def offer(site: Site, name: str, act: Letting) -> Offer:
    """What would go out. Raises UserError for what can't be let go."""
    case = case_of(site, name, act)
    terms = terms_of(case, act)
    message = _message(site, case)
    wrong = faults_of(case.now, message, case.look, site.ticker.wiring) if message is not None else ()
    return Offer(
        delivery=case.now, events=case.events(), message=message, problems=wrong, people=people_of(site, case.now), terms=terms,
        is_settled=is_settled(case, terms, act), is_overdue=case.now.due_at <= case.look.at,
        paused=case.look.memory.paused,
    )  # fmt: skip


def _message(site: Site, case: Case) -> Message | None:
    is_text_alone = case.key in case.look.memory.one_offs and not case.now.event_uids
    if not is_text_alone and (not case.now.event_uids or len(case.events()) < len(case.now.event_uids)):
        return None
    try:
        return message_of(case.now, case.look, site.ticker.wiring)
    except (UserError, ValueError):
        # A template that this event trips over: handing it over says so, and sends nothing.
        return None


def people_of(site: Site, delivery: Delivery) -> int | None:
    """How many it reaches; None where nobody can say, 0 where its provider is a folder."""
    wiring = site.ticker.wiring
    provider, audience = wiring.providers.get(delivery.provider), wiring.rules.audiences.get(delivery.audience)
    if provider is None or audience is None:
        return None
    if not provider.capabilities().reaches_people:
        return 0
    try:
        return provider.resolve(audience)
    except ProviderError:
        return None


def refusal(case: Case, wanted: Delivery | None = None) -> UserError:
    """Why nothing can be decided about it, and what can be done. `wanted` is what the rules decide, if they do."""
    row, key = wanted or case.now, case.key
    why = " ".join(reason.text for reason in row.reasons)
    sent = f" on {moment(row.sent_at, case.zone)}" if row.sent_at else ""
    said: dict[DeliveryStatus, tuple[str, str]] = {
        "planned": (f"{key} is planned.", f"To stop it: notifier hold {key}"),
        "held": (f"{key} is held. {why}", f"To let it go: notifier release {key}"),
        "drafted": (f"{key} is prepared and about to be handed over.", f"To stop it: notifier hold {key}"),
        "sending": (
            f"{key} was handed over, and its provider hasn't confirmed it yet.",
            f"After the next tick this says what became of it: notifier why {key}",
        ),
        "sent": (f"{key} was sent{sent}; nothing calls it back.", "What changes from now on, a correction tells."),
        "unknown": (
            f"Nobody can tell whether {key} went out. {why}",
            f"Look for it at the provider, then: notifier settle {key} sent, or: notifier settle {key} failed",
        ),
        "failed": (
            f"{key} failed. {why}",
            f"Mend that, then: notifier retry {key}, or to be done with it: notifier skip {key}",
        ),
        "missed": (f"{key} was of use until {case.moment_of_use()}, and nothing is sent about the past.", ""),
        "withdrawn": (f"Nothing asks for {key} any more. {why}", "`notifier why EVENT` says what is asked for."),
        "skipped": (
            f"{key} is not to be sent. {why}",
            _UNDO_SKIP.format(key=key) if case.is_held_back("skip") else _MEND,
        ),
    }
    return UserError(*said[row.status])
