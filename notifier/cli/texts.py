"""What each command says to people, and what they can do next."""

from __future__ import annotations

import re
import shutil
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial

from notifier import desk
from notifier.app import App
from notifier.cli import show
from notifier.cli.deciding import word
from notifier.cli.remedies import command, with_config
from notifier.cli.show import Row, count, say, say_exactly
from notifier.cli.switching import plan_heading
from notifier.config import OutboxSettings
from notifier.core.clearance import Clearance
from notifier.core.delivery import STANDING, Decision, Delivery, Memory
from notifier.core.event import Event, Reason
from notifier.core.facts import FactName
from notifier.core.reach import in_words
from notifier.core.reading.resolve import short
from notifier.core.records import Record
from notifier.core.soon import passing_note
from notifier.core.zones import moment
from notifier.desk.reached import Reached, masked
from notifier.errors import Problem
from notifier.ports import Finding
from notifier.tick import HORIZON, Look, Report

_SEVERITIES = {"error": "Errors", "warning": "Warnings", "info": "For your knowledge"}
_PROPOSED = "Lines that would state what was read from the text"
_QUOTED = re.compile("“([^”]+)”")
#: What a person may still decide about.
_TO_DECIDE = ("planned", "held", "drafted", "failed", "unknown")
_AT_THE_PROVIDER = ("drafted", "sending", "unknown", "failed")
_FACTS: dict[FactName, str] = {
    "title": "the title", "when": "the time", "location": "the place", "join_url": "the link to join",
    "status": "whether it takes place",
}  # fmt: skip
_NO_EVENTS = "No events. Look at `sources` in config.yaml."


def problems(found: Sequence[Problem], proposed: Sequence[Problem], events: int) -> None:
    """What `check` says: errors first, each on a line that an editor can jump to, under it the line that settles it."""
    groups = [(title, [p for p in found if p.severity == severity]) for severity, title in _SEVERITIES.items()]
    for title, group in [*groups, (_PROPOSED, proposed)]:
        if group:
            say(f"{title}:")
            for problem in group:
                _problem(problem)
            say()
    numbers = {severity: sum(problem.severity == severity for problem in found) for severity in _SEVERITIES}
    if not events and not numbers["error"]:
        say(_NO_EVENTS)
        return
    verdict = f"{count(numbers['error'], 'error')}, {count(numbers['warning'], 'warning')}"
    if proposed:
        verdict += f", {count(len(proposed), 'proposed line')}"
    say(f"{count(events, 'event')}: {verdict if found or proposed else 'nothing is wrong'}.")


def _problem(problem: Problem) -> None:
    say(str(problem))
    if problem.write is None:
        return
    line, said = f"    {problem.write}", _QUOTED.search(problem.what)
    because = f"   # because line {problem.line} says “{short(said[1], limit=60)}”" if problem.line and said else ""
    # On a terminal the line itself must stay in one piece.
    fits = not sys.stdout.isatty() or len(line + because) <= shutil.get_terminal_size().columns
    say_exactly(line + because if fits else line)


def events(look: Look, clearances: Mapping[str, Clearance], ordered: Sequence[Event], app: App) -> None:
    """What `events` says."""
    zone = app.settings.rules.site.timezone
    rows = [
        Row(
            cells=(show.when(event, zone), clearances[event.uid].verdict, event.access, event.title),
            note=event.path,
        )
        for event in ordered
    ]
    show.table(("When", "Mail", "Access", "Event"), rows, note="File")
    if not rows:
        say(_NO_EVENTS)
        return
    verdicts = [clearance.verdict for clearance in clearances.values()]
    say(
        f"{count(len(rows), 'event')}. Mail to a public audience: {verdicts.count('auto')} without asking (auto), "
        f"{verdicts.count('ask')} only when a person says so (ask), {verdicts.count('never')} never."
    )
    if look.content.problems:
        problems = count(len(look.content.problems), "problem")
        say(with_config(f"{problems}: `notifier check` says what and where.", app.config))
    say(with_config("`notifier why EVENT` gives the reasons for one.", app.config))


def plan(look: Look, feeds: Sequence[Record], app: App) -> None:
    """What `plan` says: what goes out, what waits for a person, what doesn't go out."""
    about, zone = _about(look), app.settings.rules.site.timezone
    by_status: dict[str, list[Delivery]] = {"planned": [], "held": [], "missed": []}
    for delivery in look.plan.deliveries:
        by_status[delivery.status].append(delivery)
    doubtful = [row for row in look.memory.deliveries.values() if row.status in _AT_THE_PROVIDER]
    plan_heading(app)
    _paused(look.memory.paused, app)
    say(_plan_summary(look, by_status, zone))
    if not look.content.events:
        say(_NO_EVENTS)
    say()
    _deliveries("To send", _tried(by_status["planned"], look, app), about, zone)
    _deliveries("Held until this is settled", by_status["held"], about, zone, by_note=True)
    _deliveries("Handed over, not settled", sorted(doubtful, key=_by_due), about, zone, status=True)
    _deliveries("Missed", by_status["missed"], about, zone, by_note=True)
    _deliveries("Withdrawn", look.plan.withdrawals, about, zone, by_note=True)
    _deliveries("Not sent", look.plan.skips, about, zone, by_note=True)
    feed_table(feeds, title="Feeds")
    hints = ["`notifier preview EVENT` shows a mail, `notifier why EVENT` every reason."]
    if by_status["held"]:
        hints.append("`notifier release EVENT` shows what is held, asks, and lets it go.")
    say(with_config("\n".join(hints), app.config))


def _tried(rows: Iterable[Delivery], look: Look, app: App) -> list[Delivery]:
    """Planned deliveries, with the reason why those that should have gone out are still here."""
    return [replace(row, reasons=(*_attempts(row, look.memory, app), *row.reasons)) for row in rows]


def _attempts(row: Delivery, memory: Memory, app: App) -> list[Reason]:
    known = memory.deliveries.get(row.key)
    if row.status != "planned" or known is None or known.retry_at is None or not known.attempts:
        return []
    again = moment(known.retry_at, app.settings.rules.site.timezone)
    text = f"The last attempt to hand it over failed; it is tried again from {again} on."
    if not any(reason.code == "retry" for reason in row.reasons):
        text = with_config(f"{text} `notifier doctor` says what is wrong.", app.config)
    return [Reason(code="retry", text=text)]


def _named(look: Look) -> dict[str, Event]:
    """The events by uid, those that are gone as they were last read."""
    return {uid: seen.event for uid, seen in look.memory.seen.items()} | look.events()


def _about(look: Look) -> Callable[[Delivery], str]:
    """What a delivery is about, in one cell."""
    return partial(show.about, events=_named(look), one_offs=look.memory.one_offs)


def _by_due(row: Delivery) -> tuple[object, str]:
    return row.due_at, row.key


def _plan_summary(look: Look, by_status: Mapping[str, Sequence[Delivery]], zone: str) -> str:
    numbers = [
        f"{len(by_status['planned'])} to send",
        f"{len(by_status['held'])} held",
        *([f"{len(by_status['missed'])} missed"] if by_status["missed"] else []),
        *([f"{len(look.plan.withdrawals)} withdrawn"] if look.plan.withdrawals else []),
        f"{len(look.plan.skips)} not sent",
    ]
    return f"The {HORIZON.days} days from {moment(look.at, zone)}: {', '.join(numbers)}."


def _deliveries(
    title: str,
    rows: Iterable[Delivery],
    about: Callable[[Delivery], str],
    zone: str,
    *,
    status: bool = False,
    by_note: bool = False,
) -> None:
    headers = ("Due", *(("Status",) if status else ()), "Rule", "Audience", "About")
    cells = [
        Row(
            cells=(
                show.due(row.due_at, zone),
                *((row.status,) if status else ()),
                row.rule,
                row.audience,
                about(row),
            ),
            note=show.obstacles(row.reasons),
        )
        for row in rows
    ]
    show.table(headers, cells, note="Why" if any(row.note for row in cells) else "", title=title, by_note=by_note)


def _paused(said: Decision | None, app: App) -> None:
    if said is not None:
        say(f"Nothing goes out: {word(said, app.settings.rules.site.timezone)}")
        say_exactly(f"To go on: {command('resume', app.config)}")
        say()


def why(found: desk.Explanation, said: Sequence[Decision], given: Mapping[str, Reached], look: Look, app: App) -> None:
    """What `why` says: the event, every rule's decision, who was not reached, what was told, what people decided, its words."""
    event, zone = found.event, app.settings.rules.site.timezone
    if event is not None:
        say(f"{event.title}\n{show.when(event, zone)} · {event.path}\n")
    if found.clearance is not None:
        verdict = {"auto": "yes", "ask": "only when a person says so", "never": "no"}[found.clearance.verdict]
        reasons = show.reasons(found.clearance.reasons)
        say(f"Mail to a public audience without asking: {verdict} ({found.clearance.verdict}). {reasons}\n")
    rows = [
        Row(cells=(d.rule, d.audience, d.status, show.due(d.due_at, zone)), note=_because(d, look, app))
        for d in found.decisions
    ]
    show.table(("Rule", "Audience", "Verdict", "Due"), rows, note="Why", title="Rules")
    if not rows:
        say("No rule asks for anything about it.\n")
    _not_reached(found, given, app)
    _told(found, zone)
    _decided(found, said, zone)
    if event is not None:
        evidence = [
            Row(cells=(name, str(e.line or "-"), e.basis, e.text)) for name, e in sorted(event.evidence.items())
        ]
        show.table(("Field", "Line", "From", "Words"), evidence, title="Evidence")


def _because(row: Delivery, look: Look, app: App) -> str:
    sent = f"Sent on {moment(row.sent_at, app.settings.rules.site.timezone)}. " if row.sent_at else ""
    if row.status == "sent" and (reach := app.ticker.wiring.ledger.reaches().get(row.key)) is not None:
        sent += f"{in_words(reach)}, as of {moment(reach.at, app.settings.rules.site.timezone)}. "
    return sent + show.reasons((*_attempts(row, look.memory, app), *row.reasons))


def _not_reached(found: desk.Explanation, given: Mapping[str, Reached], app: App) -> None:
    """Who refused it or is in doubt, of what goes to each member: masked, since this is shown and sent around."""
    rows = [
        Row(
            cells=(row.rule, row.audience, masked(one.address), "in doubt" if one.status == "unknown" else "refused"),
            note=one.said,
        )
        for row in found.decisions
        if row.key in given
        for one in given[row.key].named
    ]
    show.table(("Rule", "Audience", "Address", "What"), rows, note="Why", title="Not reached, as far as is known")
    if more := sum(one.unnamed for one in given.values()):
        say(f"And {count(more, 'more')}.\n")
    if doubtful := [key for key, one in given.items() if one.in_doubt]:
        say("Who is in doubt may have got it, and isn't given it again by itself. Who they are, and how to find out:")
        for key in doubtful:
            say_exactly(f"  {command(f'audience in-doubt {key}', app.config)}")
        say()


def _told(found: desk.Explanation, zone: str) -> None:
    """What each audience was last told, and what of it is no longer so."""
    rows = [
        Row(cells=(moment(one.told.at, zone), one.told.audience, one.rule), note=_last_told(one, zone))
        for one in found.told
    ]
    show.table(("When", "Audience", "By rule"), rows, note="What", title="Last told to readers")
    if not rows and found.event is not None and found.subject == found.event.path:
        say("Nobody was told of it yet.\n")


def _last_told(one: desk.Known, zone: str) -> str:
    otherwise = f". Now otherwise: {', '.join(_FACTS[name] for name in one.otherwise)}." if one.otherwise else ""
    return show.told(one.told.facts, zone) + otherwise


def _decided(found: desk.Explanation, said: Sequence[Decision], zone: str) -> None:
    """What people decided, and what they can still decide about."""
    named = {row.key: (row.rule, row.audience) for row in found.decisions}
    rows = [Row(cells=(moment(one.at, zone), one.by, one.act, *named[one.key]), note=one.note) for one in said]
    note = "Note" if any(row.note for row in rows) else ""
    show.table(("When", "Who", "Decision", "Rule", "Audience"), rows, note=note, title="Decided by people")
    last = {one.key: one.act for one in said if one.act in STANDING}
    skipped = {row.key for row in found.decisions if row.status == "skipped" and last.get(row.key) == "skip"}
    keys = [row.key for row in found.decisions if row.status in _TO_DECIDE or row.key in skipped]
    keys = [key for key in keys if key != found.subject]
    if keys:
        say("Keys, for `notifier hold KEY`, `release`, `approve`, `skip`, `retry`, `settle`:")
        for key in keys:
            say_exactly(f"  {key}")
        say()


def preview(found: desk.Preview, zone: str) -> None:
    """What `preview` says: about the delivery, then the message as plain text."""
    delivery, message = found.delivery, found.message
    reasons = show.obstacles(delivery.reasons)
    if found.sample:
        say(f"A sample: this would not be sent ({delivery.status}). {reasons}\n")
    else:
        state = f"{delivery.status}. {reasons}" if reasons else f"{delivery.status}."
        say(f"Due: {show.due(delivery.due_at, zone)}, {state}")
    if note := passing_note(message.soon, message.until, zone):
        say(note)
    say(f"Subject: {message.subject}\nTo: {delivery.audience}\n\n{message.text.rstrip()}")
    show.faults(found.problems)


def feed_table(feeds: Sequence[Record], *, title: str = "") -> None:
    """The feeds, how much they hold, and what changed."""
    rows = [Row(cells=(f["path"], str(f["events"]), "yes" if f["changed"] else "no")) for f in feeds]
    show.table(("Feed", "Events", "Changed"), rows, title=title)


def tick(report: Report, app: App) -> None:
    """What `tick` says: what moved, what was published, where to look."""
    about = _about(report.look)
    rows = [
        Row(
            cells=(row.status, row.rule, row.audience, about(row)),
            note=show.obstacles(row.reasons),
        )
        for row in report.moved
    ]
    show.table(("Status", "Rule", "Audience", "About"), rows, note="Why" if any(row.note for row in rows) else "")
    plan_heading(app)
    _paused(report.look.memory.paused, app)
    if report.recorded and report.look.plan.window.after is None:
        say("This was the first look: nobody is mailed about what was already there, or was due before.")
    if not report.recorded:
        say("Another tick was first; it does the sending.")
    elif waiting := list(_waiting(report)):
        say(with_config("\n".join(waiting), app.config))
    elif not rows:
        say("Nothing was due.")
    for name in sorted({row.provider for row in report.moved if row.status == "sent"}):
        provider = app.settings.providers[name]
        if isinstance(provider, OutboxSettings):
            say(f"Nobody was mailed: what was sent is in {provider.folder}.")
    published = [f"Published: {', '.join(report.published)}."] if report.published else []
    for sentence in (*published, *report.noticed):
        say(sentence)


def _waiting(report: Report) -> Iterator[str]:
    """What is due and did not go out."""
    moved = {row.key for row in report.moved}
    due = [row for row in report.look.plan.deliveries if row.due_at <= report.look.at and row.key not in moved]
    for status, what in (("held", "held"), ("planned", "still waiting")):
        if number := sum(row.status == status for row in due):
            yield f"{count(number, 'mail is', 'mails are')} due and {what}: `notifier plan` says why."


def in_the_way(report: Report, app: App) -> list[Problem]:
    """What kept something from being read, sent or published: templates, files, feeds. Sources that could not be read are not among it."""
    content = report.look.content
    broken = {path for _, path in content.broken}
    wrong = (*app.template_problems, *(problem for problem in content.problems if problem.path in broken))
    return [*(problem for problem in wrong if problem.severity == "error"), *report.problems]


def findings(found: Sequence[Finding]) -> None:
    """What `doctor` says: a line each, and what it comes to."""
    for finding in found:
        hint = f" {finding.hint}" if finding.hint else ""
        say(f"{'ok ' if finding.ok else 'BAD'}  {finding.subject}: {finding.text}{hint}")
    bad = sum(not finding.ok for finding in found)
    say(f"\n{count(bad, 'thing')} to mend." if bad else "\nAll is well.")
