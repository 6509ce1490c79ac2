"""The note above what one mail says: staff write, change or remove it, until the mail is drafted at its provider."""

from __future__ import annotations

from dataclasses import dataclass, replace

from notifier.core.approval import fingerprint
from notifier.core.delivery import Decision, Delivery
from notifier.core.event import Event
from notifier.core.keeping import plain_text
from notifier.core.message import Message
from notifier.core.note import note_of
from notifier.core.notices import is_notice
from notifier.core.zones import moment
from notifier.desk.acts import Acted
from notifier.desk.naming import decision_on
from notifier.desk.terms import Case, Site, Terms, case_of, people_of, refusal
from notifier.errors import Problem, UserError
from notifier.tick import Look
from notifier.tick.writing import faults_of, message_of

#: Signs of a note. What is longer belongs on the event's page, or into a mail of its own.
LONGEST = 2000
#: Between a look and its record a tick may move the row; three in a row is no accident.
_MOST_LOOKS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Noting:
    """A delivery with a note as it would be. `before` is the note that it has, `terms` is what was looked at.

    `delivery` is as it would stand with the new note; `problems` are what is wrong with the message.
    """

    delivery: Delivery
    events: tuple[Event, ...]
    written: str
    before: Decision | None
    message: Message
    problems: tuple[Problem, ...]
    people: int | None
    terms: Terms
    is_recorded: bool

    @property
    def is_same(self) -> bool:
        """Whether it has this very note already."""
        return self.written == (self.before.note if self.before is not None else "")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Noted:
    """A decision about a note, and the row as it is to be with it."""

    case: Case
    said: Decision
    wanted: Delivery
    look: Look


def look_at(site: Site, name: str, written: str | None = None) -> Noting:
    """The delivery with this note, or with the one that it has. Nothing is recorded.

    Raises UserError for what can have no note, or not this one.
    """
    case = case_of(site, name, "annotate")
    text = case.look.memory.note(case.key) if written is None else _text(written)
    noted = _with_note(case, Decision(key=case.key, act="annotate", by="", at=case.look.at, note=text))
    wiring = site.ticker.wiring
    message = message_of(case.now, noted.look, wiring)
    return Noting(
        delivery=noted.wanted, events=case.events(), written=text, before=case.look.memory.notes.get(case.key), message=message,
        problems=faults_of(case.now, message, noted.look, wiring), people=people_of(site, case.now), terms=_terms(case),
        is_recorded=case.row is not None,
    )  # fmt: skip


def annotate(site: Site, name: str, written: str, *, by: str, seen: Terms | None = None) -> Acted:
    """Put this note above what a delivery says, in place of the one that it has; an empty one removes that.

    What was approved or released before is void, for it was something else. `seen` is what the person looked at
    (`look_at`). Raises UserError when the delivery or its note has changed since, and where there can't be one.
    """
    text = _text(written)
    for _ in range(_MOST_LOOKS):
        case = case_of(site, name, "annotate")
        noted = _with_note(
            case, Decision(key=case.key, act="annotate", by=by, at=case.look.at, note=text, via=site.via)
        )
        if seen is not None and seen != _terms(case):
            raise UserError(
                f"{case.key} changed while you looked, so nothing was recorded.", "Look at it again and decide anew."
            )
        before = case.look.memory.notes.get(case.key)
        if text == case.look.memory.note(case.key):
            return Acted(decision=before, delivery=case.now, events=case.events(), is_new=False)
        # What can't be written with it must not wait until it is due to be found out.
        message_of(case.now, noted.look, site.ticker.wiring)
        # What is planned stays so as it is, moved for the sake of others or not.
        is_planned_still = case.row is not None and case.row.status == noted.wanted.status == "planned"
        reasons = case.now.reasons if is_planned_still else noted.wanted.reasons
        ledger, row = site.ticker.wiring.ledger, case.row
        if ledger.decide(noted.said, row, noted.wanted.status, reasons=reasons, after=before):
            return Acted(
                decision=noted.said, delivery=replace(case.now, status=noted.wanted.status, reasons=reasons),
                events=case.events(),
            )  # fmt: skip
        name = case.key
    raise UserError(f"{name} keeps moving, so nothing was recorded.", "Try again in a minute.")


def _with_note(case: Case, said: Decision) -> _Noted:
    """What the rules, and people, decide about it with this note. Raises UserError where it can have none."""
    _refuse(case)
    notes = {**case.look.memory.notes, case.key: said}
    look = case.look.remembered(replace(case.look.memory, notes=notes))
    wanted = decision_on(look, case.rules, case.key, said=case.last)
    if wanted is None or wanted.status not in ("planned", "held"):
        raise refusal(case, wanted)
    return _Noted(case=case, said=said, wanted=wanted, look=look)


def _refuse(case: Case) -> None:
    key = case.key
    if case.now.kind == "one_off":
        raise UserError(
            f"{key} is a text of its own, which stays as it was asked for.", f"To be done with it: notifier undo {key}"
        )
    if is_notice(case.now):
        raise UserError(f"{key} is a notice to staff, which has no note.")
    if case.now.status == "drafted":
        raise UserError(
            f"{key} is prepared at {case.now.provider} already, so its note can't be changed.",
            f"Hold it first (notifier hold {key}), then write the note and release it.",
        )
    if case.now.status not in ("planned", "held"):
        raise refusal(case)
    if case.row is None:
        due = moment(case.now.due_at, case.zone)
        raise UserError(
            f"{key} is not in the ledger yet, so it can have no note; it is due {due}.",
            "It comes in at the first tick in the 30 days before that.",
        )


def _terms(case: Case) -> Terms:
    """What somebody looks at who writes a note: how it stands, what it says now, and whose note it has."""
    wanted = case.with_word(None)
    written = case.look.memory.note(case.key)
    content = fingerprint(wanted, case.events(), case.rules, note=written) if wanted is not None else ""
    last = case.look.memory.notes.get(case.key)
    return Terms(fingerprint=content, status=case.now.status, questions=(), last=last)


def _text(written: str) -> str:
    """The note as it is kept; "" for none. Raises UserError for one that is too long, or that nobody can read."""
    text = plain_text(written.replace("\r\n", "\n").replace("\r", "\n").strip())
    if len(text) > LONGEST:
        raise UserError(
            f"The note has {len(text):,} signs, and {LONGEST:,} are the most.",
            "Shorten it, or put the text on the event's page.",
        )
    if text and not note_of(text):
        raise UserError("Nobody could read anything of this note.", "Write words, or remove it.")
    return text
