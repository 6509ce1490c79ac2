"""What the commands about the people of an audience show, ask, do and say."""

from __future__ import annotations

import logging
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click
import structlog

from notifier.app import App, login_name
from notifier.cli import show
from notifier.cli.remedies import command
from notifier.cli.show import Row, count, say, say_exactly
from notifier.core.members import members_csv
from notifier.core.plain import one_line
from notifier.core.recipient import Member
from notifier.core.records import problem_record
from notifier.core.zones import moment
from notifier.desk import audiences
from notifier.desk.audiences import Change, Standing
from notifier.desk.reached import doubts
from notifier.edges import logs
from notifier.edges.membership import write_new_file
from notifier.errors import Problem

#: Of each kind of change so many people are shown; the numbers are of all.
_MOST_SHOWN = 20
#: From here on a person would wonder whether anything happens.
_MANY = 50_000
#: More than this is no name, and no reason that anybody reads.
_LONGEST = 200


def import_(app: App, name: str, file: Path, *, dry_run: bool, yes: bool, form: str) -> None:
    """Show what a file changes, ask where that takes out most people, and write it."""
    found = audiences.change(app, name, file)
    if form == "text":
        _changes(found, file)
    elif found.shrinks and not (yes or dry_run):
        raise click.UsageError(f"{_shrinks(found)} --format json asks nothing: if that is right, add --yes.")
    writes = not dry_run and (yes or not found.shrinks or _agreed(found))
    if writes:
        if form == "text" and len(found.given) > _MANY:
            say("Writing so many takes a few seconds.")
        audiences.put(app, found)
        _log("members_put", audience=name, members=len(found.members), removed=len(found.removed))
    if form == "json":
        show.as_json(_import_record(found, written=writes))
    elif not writes:
        say("Nothing was written.")
    else:
        say(f"{name} has {_people(len(found.members))} now.")
    _complain(found.problems)


def export(app: App, name: str, file: Path | None) -> None:
    people = audiences.exported(app, name)
    if file is None:
        click.echo(members_csv(people), nl=False)
        return
    write_new_file(file, members_csv(people))
    say(f"Written to {file}: {_people(len(people))}. Only you can read it; delete it when you are done.")


def list_(app: App, name: str | None, *, addresses: bool, form: str) -> int:
    """1 where a file of members can't be used."""
    found = audiences.standings(app, name)
    if form == "json":
        show.as_json({"audiences": [_standing_record(one, addresses=addresses) for one in found]})
    elif not found:
        say("config.yaml names no audience with members: one that says members, and goes through a mail server.")
    else:
        zone = app.settings.rules.site.timezone
        show.table(("Audience", "Members", "Left", "Kept in", "Since"), [_row(one, zone) for one in found])
        if addresses:
            _addresses(found)
    problems = [problem for one in found for problem in one.problems]
    _complain(problems)
    return int(any(problem.severity == "error" for problem in problems))


def in_doubt(app: App, subject: str, *, form: str) -> None:
    """Whole addresses: whoever asks has to look for them in a log."""
    found = doubts(app, subject)
    row, zone = found.delivery, app.settings.rules.site.timezone
    if form == "json":
        people = [
            {"address": one.address, "name": one.name, "message_id": one.message_id, "said": one.said}
            for one in found.people
        ]
        show.as_json({"key": row.key, "status": row.status, "in_doubt": people})
        return
    sent = f" on {moment(row.sent_at, zone)}" if row.sent_at else ""
    say(f"{row.rule} to {row.audience}, {row.status}{sent}: {found.tally.words}.\n")
    if not found.people:
        say("Nobody is in doubt.")
        return
    rows = [Row(cells=(one.address or "(erased)", one.name, one.message_id), note=one.said) for one in found.people]
    show.table(("Address", "Name", "Message-ID"), rows, note="Why")
    say("The mail server was given these, and whether it took them nobody knows. Look for them in its log.")
    if row.status == "unknown":
        say_exactly(f"If it took them: {command(f'settle {row.key} sent', app.config)}")
        say_exactly(f"If it didn't: {command(f'settle {row.key} failed', app.config)}")
        say("If it took only some of them, settle it as sent, and write to the others yourself.")
    else:
        say("None of them is given it again by itself. Who didn't get it: write to them yourself.")


def leave(app: App, name: str, address: str, *, by: str | None, note: str, unknown: bool, form: str) -> None:
    done = audiences.leave(app, name, address, why=_why(by, note), unknown=unknown)
    if done:
        _log("member_left", audience=name)
    if form == "json":
        show.as_json({"audience": name, "changed": done})
    elif done:
        say(f"Nothing more is sent to {address.strip()} as one of {name}, whatever is imported later.")
        say(
            f"To take that back, when they ask for it: {command(f'audience return {name} {address.strip()}', app.config)}"
        )
    else:
        say(f"{address.strip()} had left {name} before.")


def return_(app: App, name: str, address: str, *, form: str) -> None:
    done, is_member = audiences.come_back(app, name, address)
    if done:
        _log("member_returned", audience=name)
    if form == "json":
        show.as_json({"audience": name, "changed": done, "member": is_member})
        return
    written = address.strip()
    say(f"{written} may be mailed again as one of {name}." if done else f"{written} had not left {name}.")
    if not is_member:
        say("It is not among the members: add it to their file, and import that if they are in the ledger.")


def forget(app: App, address: str, *, by: str | None, yes: bool, form: str) -> None:
    """Ask, since it can't be taken back, and erase."""
    if form == "json" and not yes:
        raise click.UsageError("--format json asks nothing, and this can't be taken back. Add --yes.")
    agreed = show.answer(f"Erase {address.strip()} everywhere, for good?", yes=yes)
    if agreed is None:
        raise click.UsageError("There is no terminal to ask on, and this can't be taken back. Add --yes.")
    if not agreed:
        say("Nothing was erased.")
        return
    done = audiences.forget(app, address, why=_why(by, "forgotten"))
    _log("address_forgotten", places=done.places)
    if form == "json":
        files = [{"path": str(file), "lines": list(lines)} for file, lines in done.files]
        show.as_json({"places": done.places, "audiences": list(done.audiences), "files": files})
        return
    say(f"Erased in {count(done.places, 'place')}." if done.places else "It stood nowhere in the ledger.")
    if done.audiences:
        say(f"It is kept from getting into {', '.join(done.audiences)} again; that is remembered without the address.")
    for file, lines in done.files:
        say(f"{file} still has it, on {_lines(lines)}. Delete that yourself: the file is yours.")


def _changes(found: Change, file: Path) -> None:
    """What is there, what the file makes of it, and who is concerned."""
    say(f"{found.name}: {_people(len(found.before))} before, {len(found.members):,} with {file}.")
    kinds = {"added": found.added, "removed": found.removed, "changed": found.changed, "stays away": found.away}
    say(f"{len(found.added):,} added, {len(found.removed):,} removed, {len(found.changed):,} changed.")
    if found.away:
        say(f"Left before, and not mailed: {len(found.away):,}.")
    rows = [Row(cells=(kind, one.address, one.name)) for kind, some in kinds.items() for one in some[:_MOST_SHOWN]]
    if rows:
        say()
        show.table(("Change", "Address", "Name"), rows)
    if hidden := sum(max(len(some) - _MOST_SHOWN, 0) for some in kinds.values()):
        say(f"And {_people(hidden)} more.")


def _agreed(found: Change) -> bool:
    answer = show.answer(f"{_shrinks(found)} Is that right?", yes=False)
    if answer is None:
        raise click.UsageError(f"{_shrinks(found)} Nothing was written. If it is right, add --yes.")
    return answer


def _shrinks(found: Change) -> str:
    return f"This takes {len(found.removed):,} of {len(found.before):,} people out of {found.name}."


def _addresses(found: Sequence[Standing]) -> None:
    rows = [
        Row(cells=(one.name, member.address, member.name, member.timezone or "", "; ".join(member.tags)))
        for one in found
        for member in one.members
    ]
    show.table(("Audience", "Address", "Name", "Zone", "Tags"), rows)


def _row(one: Standing, zone: str) -> Row:
    tag = f", only {one.tag}" if one.tag else ""
    broken = any(problem.severity == "error" for problem in one.problems)
    members = "none: see below" if broken else f"{len(one.members):,}{tag}"
    put = moment(one.put_at, zone) if one.put_at else ("" if one.file else "never imported")
    return Row(cells=(one.name, members, f"{one.left:,}", str(one.file or "ledger"), put))


def _why(by: str | None, note: str) -> str:
    who = one_line(by or "") or login_name()
    said = one_line(note)
    for what, text in (("name", who), ("reason", said)):
        if len(text) > _LONGEST:
            raise click.UsageError(f"The {what} is {len(text)} characters long; {_LONGEST} is the most.")
    return f"{who}: {said}" if said else who


def _people(number: int) -> str:
    return f"{number:,} {'person' if number == 1 else 'people'}"


def _lines(numbers: Sequence[int]) -> str:
    return f"line {numbers[0]}" if len(numbers) == 1 else f"lines {', '.join(map(str, numbers))}"


def _complain(problems: Sequence[Problem]) -> None:
    for problem in problems:
        show.complain(str(problem) if problem.severity == "error" else f"Warning: {problem}")


def _log(event: str, **numbers: object) -> None:
    # Where a person watches, what goes well is told in sentences.
    logs.configure(stream=sys.stderr, level=logging.WARNING if sys.stderr.isatty() else logging.INFO)
    structlog.get_logger().info(event, **numbers)


def _import_record(found: Change, *, written: bool) -> dict[str, Any]:
    return {
        "audience": found.name, "written": written, "before": len(found.before), "members": len(found.members),
        "added": [one.address for one in found.added], "removed": [one.address for one in found.removed],
        "changed": [one.address for one in found.changed], "away": [one.address for one in found.away],
        "problems": [problem_record(problem) for problem in found.problems],
    }  # fmt: skip


def _standing_record(one: Standing, *, addresses: bool) -> dict[str, Any]:
    record: dict[str, Any] = {
        "name": one.name, "file": str(one.file) if one.file else None, "tag": one.tag, "members": len(one.members),
        "left": one.left, "put_at": one.put_at.isoformat() if one.put_at else None,
        "problems": [problem_record(problem) for problem in one.problems],
    }  # fmt: skip
    return record | ({"people": [_member_record(member) for member in one.members]} if addresses else {})


def _member_record(member: Member) -> dict[str, Any]:
    return {"address": member.address, "name": member.name, "zone": member.timezone, "tags": list(member.tags)}
