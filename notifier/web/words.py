"""The words of the console: what each status means, and times as people read them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from urllib.parse import quote

from markupsafe import Markup, escape

from notifier.core.approval import with_note
from notifier.core.clearance import Verdict
from notifier.core.delivery import Act, Decision, Delivery, DeliveryStatus
from notifier.core.event import AllDay, Event, Reason, Timed
from notifier.core.facts import FactName, Facts, when_of
from notifier.core.wording import abbreviation
from notifier.core.zones import zone_named


@dataclass(frozen=True, slots=True, kw_only=True)
class Meaning:
    """What a word says in one sentence, and the next thing to do; "" where nothing is."""

    label: str
    sentence: str
    todo: str = ""


STATUSES: Mapping[DeliveryStatus, Meaning] = {
    "planned": Meaning(label="planned", sentence="It goes out by itself at its time, unless something changes."),
    "held": Meaning(
        label="held",
        sentence="It waits, and does not go out before what is asked below is answered.",
        todo="Answer it in the event's file; the next tick reads it.",
    ),
    "drafted": Meaning(label="drafted", sentence="It is prepared and about to be handed over."),
    "sending": Meaning(label="sending", sentence="It was handed over; the provider hasn't confirmed it yet."),
    "sent": Meaning(label="sent", sentence="It was delivered, and is never sent again."),
    "skipped": Meaning(label="skipped", sentence="It is not to go out: a rule or a person decided so."),
    "missed": Meaning(
        label="missed", sentence="Its time passed before it could go out; nothing is sent about the past."
    ),
    "failed": Meaning(
        label="failed",
        sentence="The provider refused it, and it is not tried again by itself.",
        todo="Mend what the provider says below; then `notifier retry` lets it be tried again.",
    ),
    "withdrawn": Meaning(label="withdrawn", sentence="It was planned, and then nothing asked for it any more."),
    "unknown": Meaning(
        label="unknown",
        sentence="Nobody can tell whether it went out, so it is not sent again by itself.",
        todo="Look for it at the provider; then `notifier settle` says what became of it.",
    ),
}

#: What no file of an event answers: its reason says, or `todo` does, where else to look.
_ANSWERED_ELSEWHERE = frozenset({
    "rule-asks", "held", "approval-void", "released", "approved", "cannot-send", "not-live", "template", "provider-gone",
    "preflight", "sent-by-hand",
})  # fmt: skip
#: What keeps it from being handed over, whoever lets it go.
GATES = frozenset({"cannot-send", "not-live", "template"})

#: The facts that readers are told, in a sentence.
FACTS: Mapping[FactName, str] = {
    "title": "the title", "when": "the time", "location": "the place", "join_url": "the link to join",
    "status": "whether it takes place",
}  # fmt: skip

VERDICTS: Mapping[Verdict, Meaning] = {
    "auto": Meaning(label="clear", sentence="It may be mailed to a public audience without asking anybody."),
    "ask": Meaning(label="asks you", sentence="A person is asked before anything about it is mailed."),
    "never": Meaning(label="refused", sentence="Nothing about it is mailed to a public audience."),
}

#: What authors write, inside a sentence: a key of the front matter with its value, or words between backticks.
_TO_WRITE = re.compile(
    r"`(?P<quoted>[^`\n]{1,200})`"
    r"|\b(?P<line>(?:title|dates?|start|end|all_day|timezone|place|access|register|status|upcoming|writeup|uid|link"
    r"|private|published|category|project|series)"
    r": (?!(?:in|of|the|to|from|for|until|or|and|with|if)\b)(?:\"[^\"\n]{1,80}\"|[\w+-][\w/:.@+-]{0,300}[\w]))"
)


#: What a person may decide about a delivery of this status, the likeliest first.
_ACTS: Mapping[DeliveryStatus, tuple[str, ...]] = {
    "planned": ("hold", "skip", "approve"), "held": ("release", "skip"), "drafted": ("hold", "skip"),
    "failed": ("retry", "skip"),
}  # fmt: skip


def commands(row: Delivery) -> tuple[str, ...]:
    """The commands with which a person decides about a delivery, as they are typed in the folder of config.yaml."""
    if row.status == "unknown":
        return tuple(f"notifier settle {row.key} {outcome}" for outcome in ("sent", "failed"))
    return tuple(f"notifier {act} {row.key}" for act in _ACTS.get(row.status, ()))


def todo(status: DeliveryStatus, reasons: Iterable[Reason]) -> str:
    """The next thing to do about a delivery, for the reasons that it has; "" where nothing is."""
    if status != "held":
        return STATUSES[status].todo
    codes = {reason.code for reason in reasons}
    if "preflight" in codes:
        return "Mend what is said below; within half an hour it is written again, or at once after `notifier release`."
    answers = [STATUSES[status].todo] if codes - _ANSWERED_ELSEWHERE else []
    if not codes & GATES:
        answers.append("`notifier release` lets it go, exactly as it is now.")
    return " ".join(answers)


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """An instant for a page: the words, what stands in brackets after them, and the machine's form."""

    text: str
    aside: str
    iso: str


def moment(at: datetime, zone: str, now: datetime, event: Event | None = None) -> Moment:
    """`Tue 9 Dec 10:00 GMT (in 3 days; event Wed 10 Dec 14:00 GMT)`, and whether the clocks change before then."""
    notes = [relative(at, zone, now)]
    if event is not None and event.when is not None:
        notes.append(f"event {when(event, zone, now)}")
    if _clocks_change(at, zone, now):
        notes.append("the clocks change before then")
    return Moment(text=clock(at, zone, now), aside="; ".join(notes), iso=at.isoformat())


def clock(at: datetime, zone: str, now: datetime) -> str:
    """`Tue 9 Dec 10:00 GMT`; with the year where it isn't this one."""
    local = at.astimezone(zone_named(zone))
    return f"{_day(local.date(), zone, now)} {local:%H:%M} {abbreviation(local)}"


def when(event: Event, zone: str, now: datetime) -> str:
    """When an event is, as short as is true."""
    match event.when:
        case None:
            return "no date"
        case AllDay(first=first, last=last):
            days = _day(first, zone, now) if first == last else f"{_day(first, zone, now)} to {_day(last, zone, now)}"
            return f"{days}, {_doubt(event) or 'all day'}"
        case Timed(starts_at=start, ends_at=end):
            local = event.zone or zone
            text = clock(start, local, now) if end is None else _span(start, end, local, now)
            return f"{text}, {doubt}" if (doubt := _doubt(event)) else text


def told_when(facts: Facts, zone: str, now: datetime) -> str:
    """When an event is by what readers were told."""
    match when_of(facts):
        case AllDay(first=first, last=last):
            return _day(first, zone, now) if first == last else f"{_day(first, zone, now)} to {_day(last, zone, now)}"
        case Timed(starts_at=start, ends_at=end):
            local = facts.zone or zone
            return clock(start, local, now) if end is None else _span(start, end, local, now)
        case None:
            return "no date"


def _doubt(event: Event) -> str:
    """What is unsure about when it is; "" when nothing is."""
    found = {doubt.code: doubt.field for doubt in event.doubts}
    if "no-time" in found:
        return "no time given"
    return "not certain" if set(found.values()) & {"when", "date", "dates", "start", "end", "timezone"} else ""


def relative(at: datetime, zone: str, now: datetime) -> str:
    """`in 20 min`, `in 5 h`, `in 3 days`, `2 days ago`, counted in days of the calendar from a day on."""
    distance = abs(at - now)
    if distance < timedelta(minutes=1):
        return "now"
    if distance < timedelta(hours=1):
        amount = f"{distance // timedelta(minutes=1)} min"
    elif distance < timedelta(days=1):
        amount = f"{round(distance / timedelta(hours=1))} h"
    else:
        days = abs(_date(at, zone) - _date(now, zone)).days
        amount = "1 day" if days == 1 else f"{days} days"
    return f"in {amount}" if at > now else f"{amount} ago"


def ago(at: datetime, now: datetime) -> str:
    """`12 seconds ago`, for what has just happened."""
    seconds = max(0, int((now - at).total_seconds()))
    if seconds < 100:
        return f"{seconds} second{'' if seconds == 1 else 's'} ago"
    return f"{seconds // 60} min ago" if seconds < 6000 else f"{seconds // 3600} h ago"


def to_write(text: str) -> Markup:
    """A sentence with the words that an author can copy into a file marked as such."""
    parts: list[str] = []
    end = 0
    for found in _TO_WRITE.finditer(text):
        code = found["quoted"] or found["line"]
        parts += [escape(text[end : found.start()]), Markup("<code>{}</code>").format(code)]
        end = found.end()
    return Markup("").join([*parts, escape(text[end:])])


def event_address(uid: str) -> str:
    """The page of an event."""
    return f"/events/{quote(uid, safe='@')}"


#: What a person did, after their name.
DONE: Mapping[Act, str] = {
    "hold": "held it", "release": "released it", "approve": "approved it", "skip": "skipped it",
    "retry": "had it tried again", "settle": "said what became of it", "annotate": "changed its note", "pause": "paused everything", "resume": "resumed",
    "live": "switched to live mode", "test": "switched to test mode",
    "give": "gave an address of it", "replace": "gave a new address of it in place of one", "revoke": "took an address of it back",
    "invite": "made a link for their password", "rank": "changed what they may do", "disable": "lets them in no more",
    "enable": "lets them in again", "admit": "lets them log in by OpenID Connect too",
    "dismiss": "lets them log in by OpenID Connect no more", "issue": "made it", "end": "ended it",
    "renew": "set a new password", "take": "took over with this ledger",
    "ask": "asked for it", "try": "had a test of it sent to one address",
}  # fmt: skip


def decided(said: Decision, zone: str, now: datetime) -> str:
    """What a person decided, when and why, as a sentence."""
    return with_note(f"{said.by} {DONE[said.act]} on {clock(said.at, zone, now)}", said.note)


def count(number: int, singular: str, plural: str | None = None) -> str:
    """`1 mail`, `3 mails`."""
    return f"{number} {singular if number == 1 else plural or singular + 's'}"


def _span(start: datetime, end: datetime, zone: str, now: datetime) -> str:
    first, last = start.astimezone(zone_named(zone)), end.astimezone(zone_named(zone))
    if first.date() != last.date() or first.utcoffset() != last.utcoffset():
        return f"{clock(start, zone, now)} to {clock(end, zone, now)}"
    return f"{_day(first.date(), zone, now)} {first:%H:%M}–{last:%H:%M} {abbreviation(first)}"


def _day(day: date, zone: str, now: datetime) -> str:
    year = "" if day.year == _date(now, zone).year else f" {day.year}"
    return f"{day:%a} {day.day} {day:%b}{year}"


def _date(at: datetime, zone: str) -> date:
    return at.astimezone(zone_named(zone)).date()


def _clocks_change(at: datetime, zone: str, now: datetime) -> bool:
    tz = zone_named(zone)
    return at > now and at.astimezone(tz).utcoffset() != now.astimezone(tz).utcoffset()
