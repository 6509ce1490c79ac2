"""What `notifier ledger` shows, asks, does and says."""

from __future__ import annotations

from collections import Counter
from typing import Any

import click

from notifier.app import App
from notifier.cli import show
from notifier.cli.deciding import Asked
from notifier.cli.show import Row, count, say
from notifier.core.delivery import Delivery
from notifier.core.lease import Mark, mark_record
from notifier.core.zones import moment
from notifier.desk import ledgers
from notifier.desk.ledgers import Standing, TakenOver
from notifier.tick.reconciling import Sight, Survey

_NOTHING = "nothing"


def show_status(app: App, form: str) -> int:
    found = ledgers.standing(app)
    if form == "json":
        show.as_json(_standing_record(found))
        return int(bool(found.why or found.silent))
    lease, zone = found.lease, app.settings.rules.site.timezone
    if lease.fence == 0:
        say("This ledger was never in use.")
    elif lease.taken_at is not None:
        say(f"Ledger {lease.ledger_id}, taken up {count(lease.fence, 'time')}, last on {moment(lease.taken_at, zone)}.")
    rows = [Row(cells=(name, *_mark_cells(mark, found, zone))) for name, mark in found.marks.items()]
    rows += [Row(cells=(name, "can't be asked", "", ""), note=why) for name, why in found.silent.items()]
    show.table(("Provider", "What stands there", "Last seen", "Moves"), rows, note="Why" if found.silent else "")
    say(
        found.why or "It is the one that sends."
        if not found.silent or found.why
        else "The others say nothing against it."
    )
    return int(bool(found.why or found.silent))


def take_over(app: App, asked: Asked, *, yes: bool, accept_shrink: bool, only_here: bool) -> None:
    """Show what would be found, ask, and do it."""
    if asked.form == "json" and not yes:
        raise click.UsageError("--format json asks nothing. Look first with `notifier ledger status`, then add --yes.")
    now = ledgers.standing(app)
    if not (now.why or now.silent) and now.lease.fence:
        say("This ledger is the one that sends already.")
        return
    if asked.form == "text":
        _show_before(app, now, yes=yes, accept_shrink=accept_shrink, only_here=only_here)
    answer = show.answer("Let this ledger be the one that sends?", yes=yes)
    if answer is None:
        raise click.UsageError("There is no terminal to ask on, so nothing was decided. Add --yes.")
    if not answer:
        say("Nothing was decided.")
        return
    done = ledgers.take_over(app, by=asked.by, note=asked.note, accept_shrink=accept_shrink, only_here=only_here)
    if asked.form == "json":
        show.as_json(_taken_record(done))
        return
    _taken(done, app)


def _show_before(app: App, now: Standing, *, yes: bool, accept_shrink: bool, only_here: bool) -> None:
    if now.why:
        say(now.why)
    if not yes:
        _surveyed(ledgers.surveyed(app, accept_shrink=accept_shrink, only_here=only_here), app)


def release(app: App, form: str) -> int:
    done = ledgers.release(app)
    if form == "json":
        show.as_json({"released": done})
    elif done:
        say("Whoever starts with this ledger, exactly as it is now, sends at once. Stop notifier here first.")
    else:
        show.complain("This ledger isn't the one in use, so there is nothing to let go: notifier ledger status")
    return int(not done)


def _surveyed(found: Survey, app: App) -> None:
    told = [one for one in found.sights if one.to != one.row.status]
    _table([(one, one.to) for one in told], found.look.at, app)
    _forgetful(found.forgot)


def _taken(done: TakenOver, app: App) -> None:
    rows = [(one, row) for one, row in done.became if row.status != one.row.status or one.seen.state != "absent"]
    _table([(one, row.status) for one, row in rows], app.clock.now(), app)
    counts = Counter(row.status for _, row in rows)
    said = ", ".join(f"{number} {status}" for status, number in sorted(counts.items())) or "nothing that needs a word"
    say(f"This ledger sends from now on. Looked up: {count(len(done.became), 'mail')}; {said}.")
    _forgetful(done.forgot)
    if counts["unknown"]:
        say("What is unknown waits for your word: notifier settle KEY sent|failed")


def _forgetful(forgot: frozenset[str]) -> None:
    for name in sorted(forgot):
        say(
            f"{name} can't tell what went out through another ledger. What had its time is not sent, and its audiences are "
            "looked at as for the first time: nobody is mailed about what is already there."
        )


def _table(found: list[tuple[Sight, Any]], at: Any, app: App) -> None:
    del at
    zone = app.settings.rules.site.timezone
    rows = [
        Row(cells=(one.row.key, moment(one.row.due_at, zone), one.row.provider, one.seen.state, str(to)))
        for one, to in found
    ]
    show.table(("Mail", "Due", "Provider", "There", "Becomes"), rows)


def _mark_cells(mark: Mark | None, found: Standing, zone: str) -> tuple[str, str, str]:
    if mark is None:
        return _NOTHING, "", ""
    if not found.lease.descends_from(mark):
        what = f"another ledger's ({mark.fence})"
    elif mark.nonce != found.lease.nonce:
        what = f"this one's of before ({mark.fence})"
    else:
        what = "this one's"
    more = (", ended" if mark.released else "") + (", in a copied folder" if mark.is_copied else "")
    return what + more, moment(mark.renewed_at, zone), f"{mark.moves} (here {found.lease.moves})"


def _standing_record(found: Standing) -> dict[str, Any]:
    lease = found.lease
    return {
        "sends": not (found.why or found.silent),
        "why": found.why or None,
        "ledger": lease.ledger_id or None,
        "fence": lease.fence,
        "moves": lease.moves,
        "at_home": lease.at_home,
        "taken_at": lease.taken_at.isoformat() if lease.taken_at else None,
        "copied_at": lease.copied_at.isoformat() if lease.copied_at else None,
        "marks": {name: mark_record(mark) if mark else None for name, mark in found.marks.items()},
        "silent": dict(found.silent),
    }


def _taken_record(done: TakenOver) -> dict[str, Any]:
    return {
        "fence": done.lease.fence,
        "forgot": sorted(done.forgot),
        "deliveries": [_became_record(one, row) for one, row in done.became],
    }


def _became_record(one: Sight, row: Delivery) -> dict[str, Any]:
    return {
        "key": row.key, "provider": row.provider, "due_at": row.due_at.isoformat(), "there": one.seen.state,
        "before": one.row.status, "status": row.status,
    }  # fmt: skip
