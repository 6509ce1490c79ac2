"""What every rule decides about one event, for every audience, and when: a reason for each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from notifier.core.approval import heeded
from notifier.core.asking import GONE_OUT, MOVED, Ask, Timing, has_gone_out
from notifier.core.clearance import Clearance, clear
from notifier.core.correcting import NOTHING_TO_CORRECT, correction, describe
from notifier.core.delivery import FINAL, PLANNABLE, Delivery, Memory
from notifier.core.event import Event, Reason
from notifier.core.facts import differences, facts_of
from notifier.core.following import NOTHING_TO_FOLLOW, follow_up_time
from notifier.core.lag import shown_in_feeds
from notifier.core.rule import Kind, Rules
from notifier.core.schedule import reminder_due, starts_at
from notifier.core.timing import announcement_time, moved_time, reminder_time

#: The code of the reason for leaving a reminder to a digest.
MERGED = "merged"
#: The kinds that are decided event by event.
OF_EVENTS: frozenset[Kind] = frozenset({"announcement", "reminder", "change", "cancellation", "follow_up"})
_CORRECTIONS: frozenset[Kind] = frozenset({"change", "cancellation"})
_QUIET = NOTHING_TO_CORRECT | NOTHING_TO_FOLLOW
#: Why a public audience isn't invited, which is no reason to leave those wrong who were.
_CLOSED = frozenset({"invitation-only", "members-only", "registration-closed"})


def plan_event(
    event: Event,
    memory: Memory,
    rules: Rules,
    now: datetime,
    *,
    projects: Mapping[str, str],
    audience: str | None = None,
) -> tuple[Delivery, ...]:
    """What every rule decides about one event, for every audience: planned, held, skipped or missed, with reasons.

    `memory` already holds the event and all baselines. Of an event without a date only those are told who were told one.
    With an `audience` only what is decided for that one: no other has a say in it.
    """
    return decide(asks_of(event, memory, rules, now, audience=audience), projects)


def asks_of(
    event: Event, memory: Memory, rules: Rules, now: datetime, *, audience: str | None = None
) -> tuple[Ask, ...]:
    """What the rules ask about one event, for every audience or for one."""
    kinds = OF_EVENTS if event.when is not None else _CORRECTIONS
    return tuple(
        Ask(event=event, rule=rule, audience=rules.audiences[name], memory=memory, rules=rules, now=now)
        for rule in rules.rules
        if rule.kind in kinds
        for name in rule.audiences
        if audience is None or name == audience
    )


def decide(asks: Sequence[Ask], projects: Mapping[str, str]) -> tuple[Delivery, ...]:
    """What becomes of everything that is asked about one event."""
    first = {ask.key: _heeded(ask, _decide(ask, projects)) for ask in asks if ask.rule.kind not in _CORRECTIONS}
    _collapse(asks, first)
    coming = _coming(asks, first)
    corrected: set[tuple[Kind, str]] = set()
    decided: list[Delivery] = []
    for ask in asks:
        if ask.rule.kind not in _CORRECTIONS:
            decided.append(first[ask.key])
            continue
        one = _correct(ask, projects, coming.get(ask.audience.name), corrected)
        # What a person skipped isn't told by another rule in its place.
        if one.status in ("planned", "held"):
            corrected.add((one.kind, one.audience))
        decided.append(_asked_again(ask, one))
    return tuple(decided)


def is_moot(ask: Ask, projects: Mapping[str, str], *, was_over: bool) -> bool:
    """Whether, while its memory stays, whatever is decided about it is worth no row and has no say in what else is decided.

    `was_over`: the event was over, in every zone that matters, when it was last looked at.
    """
    offset, row = ask.rule.when, ask.row
    if row is not None and row.status not in FINAL:
        return False
    match ask.rule.kind:
        case "change" | "cancellation":
            return _is_moot_correction(ask, projects, was_over=was_over)
        case "follow_up":
            return row is not None or ask.told is None
        case "reminder" if offset is not None and offset.side == "before":
            # What was sent or missed may still be why an earlier one is of no use, until the event begins.
            return was_over and offset.of == "start"
        case _:
            return row is not None or (was_over and ask.rule.kind == "announcement")


def _is_moot_correction(ask: Ask, projects: Mapping[str, str], *, was_over: bool) -> bool:
    told = ask.told
    if told is None:
        return shown_in_feeds(ask, projects) is None
    # What they were told may lie ahead, while the event was moved to what is past.
    return was_over and told.facts.when == ask.facts.when


def asked_keys(asks: Iterable[Ask]) -> tuple[str, ...]:
    """The keys of all rows and decisions that are looked at, those under former uids and names too."""
    return tuple(key for ask in asks for key in (ask.key, *ask.former_keys()))


def told_keys(event: Event, rules: Rules) -> Iterator[tuple[str, str]]:
    """Under which audiences and uids the ledger may hold what was told about an event."""
    for audience in rules.audiences.values():
        for name in (audience.name, *audience.formerly):
            yield from ((name, uid) for uid in (event.uid, *event.formerly))


def hours_matter(decision: Delivery) -> bool:
    """Whether the sending hours had a say in when it is due; not in what was due before it could be known."""
    return all(reason.code not in ("baseline", "announced-late") for reason in decision.reasons)


def is_silent(decision: Delivery) -> bool:
    """Whether it is skipped for a reason that nobody would ask about: nothing was to be corrected, or followed up."""
    if decision.status != "skipped" or decision.kind not in (*_CORRECTIONS, "follow_up"):
        return False
    return any(reason.code in _QUIET for reason in decision.reasons)


def _heeded(ask: Ask, decision: Delivery) -> Delivery:
    moved = tuple(reason for reason in decision.reasons if reason.code == MOVED)
    if not moved:
        return heeded(decision, (ask.event,), ask.memory, ask.rules, ask.now)
    rest = tuple(reason for reason in decision.reasons if reason.code != MOVED)
    found = heeded(replace(decision, reasons=rest), (ask.event,), ask.memory, ask.rules, ask.now)
    # Whoever holds it doesn't bring its own day back.
    return replace(found, reasons=(*moved, *found.reasons))


def _asked_again(ask: Ask, decision: Delivery) -> Delivery:
    """What people decided, applied to a correction. A skip is of what there was to correct then: after an edit they are asked anew."""
    found, said = _heeded(ask, decision), ask.memory.decisions.get(ask.key)
    if (
        said is None
        or said.act != "skip"
        or decision.status not in ("planned", "held")
        or ask.seen.changed_at <= said.at
    ):
        return found
    text = "Its event was edited since, and this audience still knows otherwise: skip it again, or release it."
    asked = decision.reasons if decision.status == "held" else ()
    return replace(decision, status="held", reasons=(*found.reasons, Reason(code="edited-since", text=text), *asked))


def _decide(ask: Ask, projects: Mapping[str, str]) -> Delivery:
    timing = _as_moved(ask, _timing(ask))
    refusals = tuple(
        filter(
            None,
            (_out_of_scope(ask, projects), _switched_off(ask), _announced_before(ask), _gone_out(ask), timing.refusal),
        )
    )
    if refusals:
        return ask.answer("skipped", timing.due, timing.until, *timing.moved, *refusals)
    clearance = _clearance(ask, timing)
    if clearance.verdict == "never":
        return ask.answer("skipped", timing.due, timing.until, *timing.moved, *clearance.reasons)
    questions = clearance.reasons if clearance.verdict == "ask" else ()
    by_hand = ask.told_by_hand(timing.due) if ask.rule.kind in ("announcement", "reminder") else ()
    return _concluded(ask, timing, (*questions, *by_hand), clearance.reasons)


def _timing(ask: Ask) -> Timing:
    match ask.rule.kind:
        case "announcement":
            return announcement_time(ask)
        case "follow_up":
            return follow_up_time(ask)
        case _:
            return reminder_time(ask)


def _as_moved(ask: Ask, timing: Timing) -> Timing:
    """What gave way to other mails is due, and of use, as it was moved, once its own time has passed."""
    if ask.now >= timing.due and (merged := _merged(ask, timing.due)):
        return replace(timing, refusal=merged)
    return moved_time(ask, timing)


def _merged(ask: Ask, due: datetime) -> Reason | None:
    """Why it is left to a digest, as long as one that tells of it has gone out on that day or since."""
    if ask.row is None or ask.row.status != "skipped":
        return None
    said = next((reason for reason in ask.row.reasons if reason.code == MERGED), None)
    if said is None:
        return None
    zone = ZoneInfo(ask.rules.site.timezone)
    day = due.astimezone(zone).date()
    told = (
        row
        for row in ask.memory.deliveries.values()
        if row.kind == "digest" and row.audience == ask.audience.name and has_gone_out(row, is_live=bool(ask.rules.live))
        and ask.event.uid in row.event_uids and (row.sent_at or row.due_at).astimezone(zone).date() >= day
    )  # fmt: skip
    return said if any(still_says(row, ask.event) for row in told) else None


def still_says(row: Delivery, event: Event) -> bool:
    """Whether what a mail that went out stated of an event is still true, as far as is known."""
    stated = dict(zip(row.event_uids, row.facts, strict=False)).get(event.uid)
    return stated is None or not differences(stated, facts_of(event))


def _clearance(ask: Ask, timing: Timing) -> Clearance:
    zone, public = ask.rules.site.timezone, ask.audience.public
    is_afterwards = ask.rule.when is not None and ask.rule.when.side == "after"
    if ask.rule.kind != "follow_up" and not is_afterwards:
        return clear(ask.event, public=public, now=min(ask.now, timing.due), zone=zone)
    # It is about what is over, and its own invitation to come no longer matters.
    status = "scheduled" if ask.event.status == "past" else ask.event.status
    before = replace(ask.event, status=status, full=False)
    verdict = clear(before, public=public, now=starts_at(before, zone) - timedelta(seconds=1), zone=zone)
    if is_afterwards:
        return verdict
    questions = tuple(reason for reason in ask.event.doubts if reason.code in ("unreadable", "vanished"))
    if verdict.verdict == "never":
        return verdict
    return Clearance(verdict="ask" if questions else "auto", reasons=questions or (_told_before(ask),))


def _told_before(ask: Ask) -> Reason:
    return ask.because(
        "told-before", "This audience was told of the event, and now there is something to read about it."
    )


def _concluded(ask: Ask, timing: Timing, questions: tuple[Reason, ...], safe: tuple[Reason, ...]) -> Delivery:
    """Missed where it is too late; held where a person must be asked or nothing can be handed over; else planned."""
    if timing.until <= ask.now:
        return ask.answer("missed", timing.due, timing.until, _missed(ask, timing), *questions)
    gates = ask.rules.gate(ask.audience.provider, ask.audience.name)
    if ask.rule.ask:
        questions = (*questions, Reason(code="rule-asks", text=f"The rule {ask.rule.name} asks a person every time."))
    if questions or gates:
        return ask.answer("held", timing.due, timing.until, *timing.moved, *questions, *gates)
    return ask.answer("planned", timing.due, timing.until, *timing.moved, *_retrying(ask), *safe)


def _correct(
    ask: Ask, projects: Mapping[str, str], coming: datetime | None, corrected: set[tuple[Kind, str]]
) -> Delivery:
    found = correction(ask, coming, projects)
    timing = found.timing
    refusals = tuple(filter(None, (timing.refusal, _out_of_scope(ask, projects), _switched_off(ask), _gone_out(ask))))
    if not refusals and (ask.rule.kind, ask.audience.name) in corrected:
        refusals = (Reason(code="another-rule", text="Another rule of config.yaml tells this audience already."),)
    if refusals:
        return ask.answer("skipped", timing.due, timing.until, *refusals)
    questions = found.questions
    if ask.rule.kind == "change":
        clearance = clear(ask.event, public=ask.audience.public, now=ask.now, zone=ask.rules.site.timezone)
        never = clearance.reasons if clearance.verdict == "never" else ()
        # Those who were told would still come at the wrong time, or to the wrong place: a person has to say.
        if any(reason.code not in _CLOSED for reason in never):
            return ask.answer("skipped", timing.due, timing.until, *never)
        questions = (*questions, *never)
    about = describe(found.differing)
    text = (
        "They were told that it takes place."
        if ask.rule.kind == "cancellation"
        else f"They were told otherwise about {about}."
    )
    return _concluded(ask, timing, questions, (Reason(code="told-otherwise", text=text),))


def _coming(asks: Iterable[Ask], decided: Mapping[str, Delivery]) -> dict[str, datetime]:
    """By audience, when the next reminder ahead of the event will tell it how things are; one that is about to go out, too."""
    found: dict[str, datetime] = {}
    for ask in asks:
        if not _is_ahead(ask):
            continue
        one = decided[ask.key]
        if one.status in ("planned", "held") and (ask.row is None or ask.row.status in PLANNABLE):
            found[one.audience] = min(one.due_at, found.get(one.audience, one.due_at))
    return found


def _is_ahead(ask: Ask) -> bool:
    """Whether it is a reminder of what is still to come."""
    return ask.rule.kind == "reminder" and ask.rule.when is not None and ask.rule.when.side == "before"


def _collapse(asks: Iterable[Ask], decided: dict[str, Delivery]) -> None:
    """Of reminders that would now come no earlier than the one after them, only the last is of use; so with an announcement."""
    latest: dict[str, Delivery] = {}
    reminders = [ask for ask in asks if _is_ahead(ask)]
    for ask in sorted(reminders, key=_nominal, reverse=True):
        one, later = decided[ask.key], latest.get(ask.audience.name)
        if one.status not in ("planned", "held"):
            continue
        if later is not None and one.due_at >= later.due_at:
            text = f"The reminder of the rule {later.rule} says the same at the same time."
            decided[ask.key] = _collapsed(one, text)
            continue
        latest[ask.audience.name] = one
    for ask in asks:
        if ask.rule.kind != "announcement" or decided[ask.key].status != "planned":
            continue
        first = _first_planned(reminders, decided, ask.audience.name)
        if first is not None and decided[ask.key].due_at >= first.due_at:
            text = f"The reminder of the rule {first.rule} comes no later, and says all of it."
            decided[ask.key] = _collapsed(decided[ask.key], text)


def _collapsed(one: Delivery, text: str) -> Delivery:
    moved = (reason for reason in one.reasons if reason.code == MOVED)
    return replace(one, status="skipped", reasons=(*moved, Reason(code="collapsed", text=text)))


def _first_planned(reminders: Iterable[Ask], decided: Mapping[str, Delivery], audience: str) -> Delivery | None:
    found = (decided[ask.key] for ask in reminders if ask.audience.name == audience)
    return min((one for one in found if one.status == "planned"), key=lambda one: one.due_at, default=None)


def _nominal(ask: Ask) -> tuple[datetime, str]:
    if ask.rule.when is None:
        raise ValueError(f"The reminder rule {ask.rule.name} has no `when`.")
    return reminder_due(ask.rule.when, ask.event, ask.zone), ask.rule.name


def _missed(ask: Ask, timing: Timing) -> Reason:
    due, until = ask.moment(timing.due), ask.moment(timing.until)
    if timing.until <= timing.due:
        text = f"It could not go out before {due}, and was of use until {until} only; nothing is sent about the past."
        return Reason(code="missed", text=text)
    return Reason(code="missed", text=f"It was due {due} and of use until {until}; nothing is sent about the past.")


def _retrying(ask: Ask) -> tuple[Reason, ...]:
    """What went wrong at the last attempt, as long as the next one is awaited."""
    if ask.row is None or ask.row.retry_at is None or ask.row.retry_at <= ask.now:
        return ()
    return tuple(reason for reason in ask.row.reasons if reason.code == "retry")


def _out_of_scope(ask: Ask, projects: Mapping[str, str]) -> Reason | None:
    if not ask.rule.only.selects(ask.event, projects):
        return Reason(code="not-selected", text=f"The rule {ask.rule.name} is only about other events.")
    if ask.rule.kind in ("announcement", "reminder") and ask.event.role in ("speaking", "attending"):
        if ask.rule.only.category:
            return None
        return Reason(
            code="role", field="role", evidence=ask.event.evidence.get("category"),
            text=f"It is someone else's event ({ask.event.role}); such events are in feeds only, unless the rule names their category.",
        )  # fmt: skip
    return None


def _switched_off(ask: Ask) -> Reason | None:
    """What its document says about mails. Those who were told are told of changes all the same, unless it says nothing at all."""
    if not ask.event.notify:
        return ask.because("switched-off", "Its document says that nothing is mailed about it.", "notify")
    if ask.rule.kind != "reminder" or ask.event.reminders is None or ask.rule.name in ask.event.reminders:
        return None
    named = ", ".join(ask.event.reminders)
    text = f"Its document wants only these reminders: {named}." if named else "Its document wants no reminders."
    return ask.because("switched-off", text, "reminders")


def _announced_before(ask: Ask) -> Reason | None:
    """No news to those who were told of it by itself. Of what comes back only the next one is announced when it is first
    seen; each has its own reminders.
    """
    if ask.rule.kind != "announcement":
        return None
    if (told := ask.told) is not None and told.delivery_key.startswith(("reminder/", "change/", "cancellation/")):
        text = f"It is no news any more: this audience was told of it on {ask.moment(told.at)}, by {told.delivery_key}."
        return Reason(code="told-already", text=text)
    if ask.event.follows is None:
        return None
    if starts_at(replace(ask.event, when=ask.event.follows), ask.zone) <= ask.seen.first_seen_at:
        return None
    text = "It is one of several that come back; only the next one is announced, each has its reminders."
    return ask.because("recurs", text, "recurrence")


def _gone_out(ask: Ask) -> Reason | None:
    """Why not again: it went out, or may have, while the event had another uid, or the audience another name."""
    for key in ask.former_keys():
        row = ask.memory.deliveries.get(key)
        if row is not None and row.status in GONE_OUT:
            return Reason(code="gone-out", field="uid", text=f"It is {row.status} under the key it had before, {key}.")
    return None
