"""What staff are told at once when no tick has succeeded for long: one mail for each time that it stands still.

A tick could not plan it, since none succeeds. So it is no row of the ledger; that it goes out once is its provider's memory
of its key. Pure: `now` is an argument.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from notifier.core.cards import organisation
from notifier.core.delivery import Delivery
from notifier.core.event import Reason
from notifier.core.marks import unmarked
from notifier.core.message import Message
from notifier.core.plain import cut, one_line
from notifier.core.render import written
from notifier.core.rule import STAFF, Rules, Site
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


def stall_notice(since: datetime, rules: Rules, now: datetime) -> Delivery | None:
    """The notice that no tick has succeeded since then; None while that is no news, or where staff are told nothing.

    For one `since` it has one key, whoever asks and how often.
    """
    staff = rules.staff
    if staff is None or now < since + STANDS_STILL:
        return None
    gates = rules.gate(staff.provider, STAFF)
    if any(reason.code in _HELD_BY for reason in gates):
        return None
    told_at = since.astimezone(UTC)
    return Delivery(
        key=f"one_off/{STALLED}-{told_at:%Y%m%dT%H%M%SZ}/{STAFF}",
        kind="one_off",
        rule=STALLED,
        audience=STAFF,
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
        "site": organisation(site),
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
