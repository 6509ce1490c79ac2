"""A mail while it is looked at, and how what is wrong with it is said."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from notifier.core.event import Event
from notifier.core.message import Message
from notifier.core.preflight.markup import Page
from notifier.core.rule import Audience, Site
from notifier.errors import Problem

#: The parts of a mail, as its problems name them: the files that the outbox and `preview --out` write.
SUBJECT, PREHEADER, HTML, TEXT, CALENDAR = "subject", "preheader", "message.html", "message.txt", "invite.ics"
_SHOWN = 80


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """A message, its HTML as read, and whom it is for.

    `reaches_people`: not a folder's. `needs_unsubscribe`: nobody but the message itself tells readers how to leave.
    """

    message: Message
    page: Page
    site: Site
    audience: Audience
    events: Sequence[Event]
    reaches_people: bool
    needs_unsubscribe: bool


def error(path: str, what: str, hint: str, *, line: int | None = None) -> Problem:
    return Problem(path=path, line=line, what=what, hint=hint)


def warning(path: str, what: str, hint: str, *, line: int | None = None) -> Problem:
    return Problem(path=path, line=line, what=what, hint=hint, severity="warning")


def quoted(text: str) -> str:
    """Some of a text on one line, between quotation marks."""
    # What is long is cut before it is looked at.
    said = " ".join(text[: 4 * _SHOWN].split())
    return f"“{said[:_SHOWN]}…”" if len(said) > _SHOWN else f"“{said}”"
