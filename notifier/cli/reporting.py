"""What `notifier reports` prints: the numbers of what was sent, for people, for programs, and for a spreadsheet."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import click

from notifier.app import App
from notifier.cli import show
from notifier.cli.show import Row
from notifier.core.delivery import Delivery
from notifier.core.event import Event
from notifier.core.reach import Reach
from notifier.core.records import Record, reach_record
from notifier.core.zones import moment

#: What makes a spreadsheet take a title for a formula (OWASP, CSV injection).
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_COLUMNS = (
    "sent_at", "counted_at", "kind", "rule", "audience", "about", "key", "sent", "bounced_for_good", "bounced_for_now",
    "unsubscribed", "complained", "opened", "clicked",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class _Line:
    row: Delivery
    reach: Reach
    about: str


def reports(app: App, form: str) -> None:
    """Print the numbers of everything that was sent and counted, the latest first."""
    lines = _lines(app)
    match form:
        case "json":
            show.as_json({"reports": [_record(line) for line in lines]})
        case "csv":
            click.echo(_as_csv(lines), nl=False)
        case _:
            _as_text(lines, app.settings.rules.site.timezone)


def _lines(app: App) -> list[_Line]:
    ledger = app.ticker.wiring.ledger
    reaches, memory = ledger.reaches(), ledger.snapshot()
    events: dict[str, Event] = {uid: seen.event for uid, seen in memory.seen.items()}
    rows = [memory.deliveries[key] for key in reaches if key in memory.deliveries]
    rows.sort(key=lambda row: (row.sent_at or row.due_at, row.key), reverse=True)
    return [_Line(row=row, reach=reaches[row.key], about=show.about(row, events)) for row in rows]


def _record(line: _Line) -> Record:
    row = line.row
    told = {"key": row.key, "kind": row.kind, "rule": row.rule, "audience": row.audience, "about": line.about}
    return {**told, "sent_at": row.sent_at.isoformat() if row.sent_at else None, **reach_record(line.reach)}


def _as_csv(lines: Iterable[_Line]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(_COLUMNS)
    for line in lines:
        record = _record(line)
        writer.writerow([_cell(record[name]) for name in _COLUMNS])
    return text.getvalue()


def _cell(value: object) -> object:
    if not isinstance(value, str):
        return "" if value is None else value
    text = show.printable(value)
    return f"'{text}" if text.startswith(_FORMULA) else text


def _as_text(lines: Sequence[_Line], zone: str) -> None:
    if not lines:
        show.say(
            "There are no numbers yet. Mailchimp has them from an hour after a mail was sent; others count nothing."
        )
        return
    rows = [
        Row(
            cells=(
                moment(line.row.sent_at or line.row.due_at, zone), line.row.audience, str(line.reach.sent),
                _two(line.reach.hard, line.reach.soft), str(line.reach.unsubscribed), str(line.reach.abuse),
                _counted(line.reach.opens), _counted(line.reach.clicks), line.about,
            )
        )
        for line in lines
    ]  # fmt: skip
    headers = ("Sent", "To", "Mails", "Bounced", "Left", "Complained", "Opened", "Clicked", "About")
    show.table(headers, rows)
    show.say("Bounced: for good + for now. A dash: nobody counts it.")


def _two(hard: int, soft: int) -> str:
    return f"{hard}+{soft}"


def _counted(number: int | None) -> str:
    return "-" if number is None else str(number)
