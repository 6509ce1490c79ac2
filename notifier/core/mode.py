"""Test mode and live mode: whether mails reach readers, and what becomes of a mail where they don't."""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal, get_args

from notifier.core.delivery import Decision, Delivery
from notifier.core.leaving import SLOT
from notifier.core.message import Message
from notifier.core.zones import moment

Mode = Literal["live", "test"]
MODES: tuple[Mode, ...] = get_args(Mode)
#: What the id of a draft begins with that was made in test mode: it goes to no reader, whatever mode is on later.
_REHEARSED = "test-"
#: Where a reader's own link to leave would be.
_NO_LINK = "https://example.invalid/no-link-in-a-test"
_BODY = re.compile(r"<body\b[^>]*>", re.IGNORECASE)


def mode_in_force(said: Decision | None, *, ceiling: bool) -> Mode:
    """The mode, where `said` is what was last decided about it and `ceiling` is what config.yaml allows.

    While nobody has decided anything, what config.yaml says holds.
    """
    return "live" if ceiling and (said is None or said.act == "live") else "test"


def rehearsed_id(draft_id: str) -> str:
    """The id, in the ledger, of a draft that is only a rehearsal."""
    return f"{_REHEARSED}{draft_id}"


def is_rehearsed(draft_id: str | None) -> bool:
    """Whether this is the id of a draft that goes to no reader."""
    return draft_id is not None and draft_id.startswith(_REHEARSED)


def own_id(draft_id: str) -> str:
    """The id without the mark of a rehearsal."""
    return draft_id.removeprefix(_REHEARSED)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Words:
    head: str
    to: str
    people: str
    one: str
    unknown: str
    due: str
    nobody: str
    calendar: str


_WORDS = {
    "en": _Words(
        head="This is a test.", to="In live mode it would have gone to {audience} ({people}), due {due}.",
        people="{number} people", one="1 person", unknown="nobody can say how many people", due="{due}",
        nobody="No reader got it.", calendar="Its calendar file is left out.",
    ),
    "de": _Words(
        head="Das ist ein Test.", to="Im Live-Betrieb wäre diese Mail an {audience} gegangen ({people}), fällig {due}.",
        people="{number} Personen", one="1 Person", unknown="an wie viele, kann niemand sagen", due="{due}",
        nobody="Niemand sonst hat sie bekommen.", calendar="Ihre Kalenderdatei fehlt hier.",
    ),
}  # fmt: skip


def copy_of(message: Message, delivery: Delivery, *, people: int | None, zone: str, language: str = "en") -> Message:
    """What the addresses of `sending.test` get in place of readers: with a banner, and without whatever acts for a reader.

    That is a calendar file, which would put an event into a calendar or take it out, and a reader's own link to leave.
    """
    lines = _lines(message, delivery, people=people, zone=zone, language=language)
    return replace(
        message, html=_with_banner(message.html.replace(SLOT, _NO_LINK), lines),
        text="\n".join([*(f"*** {line}" for line in lines), "", message.text.replace(SLOT, _NO_LINK)]),
        calendar=None, method="PUBLISH", slots=(),
    )  # fmt: skip


def _lines(message: Message, delivery: Delivery, *, people: int | None, zone: str, language: str) -> Sequence[str]:
    words = _WORDS.get(language.partition("-")[0], _WORDS["en"])
    many = words.unknown if people is None else words.one if people == 1 else words.people.format(number=f"{people:,}")
    to = words.to.format(audience=delivery.audience, people=many, due=moment(delivery.due_at, zone))
    return (words.head, to, " ".join([words.nobody, *([words.calendar] if message.calendar is not None else [])]))


def _with_banner(page: str, lines: Sequence[str]) -> str:
    head, *rest = (html.escape(line) for line in lines)
    banner = (
        '<div style="margin:0;padding:12px 16px;background-color:#7a1f00;color:#ffffff;'
        f'font:16px/1.4 Arial,Helvetica,sans-serif"><strong>{head}</strong> {" ".join(rest)}</div>'
    )
    body = _BODY.search(page)
    at = body.end() if body else 0
    return f"{page[:at]}{banner}{page[at:]}"
