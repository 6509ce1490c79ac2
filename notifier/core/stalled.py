"""What staff are told at once when no tick has succeeded for long: one mail for each time that it stands still.

A tick could not plan it, since none succeeds. So it is no row of the ledger; that it goes out once is its provider's memory
of its key. Pure: `now` is an argument.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from notifier.core.cards import organisation
from notifier.core.delivery import Delivery
from notifier.core.event import Reason
from notifier.core.marks import unmarked
from notifier.core.message import Message
from notifier.core.plain import cut, one_line
from notifier.core.render import written
from notifier.core.rule import STAFF, Rules, Site, Staff, one_of_staff
from notifier.core.samples import samples
from notifier.core.templates import Templates
from notifier.core.zones import moment
from notifier.errors import Problem, UserError

#: So long without a tick that succeeded is told of.
STANDS_STILL = timedelta(hours=1)
STALLED = "staff-stalled"
#: What is said about it later than this helps nobody: by then it is on every page and in the log.
_OF_USE = timedelta(hours=6)
_FOLDER = "stalled"
_MOST_LINES = 20
_LINE_UNITS = 600
_NO_WORD = "Its last round has not ended, or its reason is not known: the log may say more."
_HELD_BY = frozenset({"cannot-send", "not-live"})


def stall_notices(since: datetime, rules: Rules, now: datetime) -> tuple[Delivery, ...]:
    """The notice that no tick has succeeded since then; none while that is no news, or where staff are told nothing.

    Where each of the staff has a mail of their own there is one for each: who of them was told what is kept in the
    ledger otherwise. For one `since` they have the same keys, whoever asks and how often.
    """
    staff = rules.staff
    if staff is None or now < since + STANDS_STILL:
        return ()
    gates = rules.gate(staff.provider, STAFF)
    if any(reason.code in _HELD_BY for reason in gates):
        return ()
    if not staff.each:
        return (_notice(since, staff, STAFF, now),)
    numbers = range(1, len(rules.site.staff) + 1)
    return tuple(_notice(since, staff, one_of_staff(number), now) for number in numbers)


def _notice(since: datetime, staff: Staff, audience: str, now: datetime) -> Delivery:
    told_at = since.astimezone(UTC)
    return Delivery(
        key=f"one_off/{STALLED}-{told_at:%Y%m%dT%H%M%SZ}/{audience}",
        kind="one_off",
        rule=STALLED,
        audience=audience,
        provider=staff.provider,
        event_uids=(),
        due_at=told_at + STANDS_STILL,
        expires_at=now + _OF_USE,
        status="planned",
        reasons=(Reason(code="stalled", text="No tick has succeeded for an hour."),),
    )


def stall_message(since: datetime, trouble: str, *, site: Site, templates: Templates) -> Message:
    """The mail that says so. `trouble` is what the last attempt failed with, "" where there was none.

    Raises UserError, with the template and its line, when a template is wrong.
    """
    lines = [cut(unmarked(one_line(line)), _LINE_UNITS) for line in trouble.splitlines() if line.strip()]
    since_words = moment(since, site.timezone)
    names = {
        # Its own words are English, and so is the page.
        "site": organisation(replace(site, language="en")),
        "since": since_words,
        "trouble": lines[:_MOST_LINES] or [_NO_WORD],
        "preheader": f"No round has succeeded since {since_words}.",
        "why": f"You receive this because you are among the staff of {one_line(site.name)}.",
    }
    return written(templates, _FOLDER, names)


def check_stalled_template(templates: Templates) -> tuple[Problem, ...]:
    """What is wrong with the template of this mail, tried with a made-up standstill."""
    sample = samples("reminder")[0]
    try:
        stall_message(sample.delivery.due_at, "", site=sample.site, templates=templates)
    except UserError as error:
        return error.problems
    return ()
