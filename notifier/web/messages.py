"""A delivery's message: as it was kept when it was sent, or as it would look now."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from email.errors import MessageError
from email.parser import BytesHeaderParser
from email.policy import default
from typing import cast

from notifier.core.delivery import Delivery
from notifier.core.message import Message
from notifier.core.mode import is_rehearsed
from notifier.core.soon import passing_note
from notifier.errors import Problem, ProviderError
from notifier.ports import Keeper
from notifier.web.board import Board

#: The files of a message by name, with the type each is served as.
FILES: Mapping[str, str] = {
    "message.html": "text/html; charset=utf-8",
    "message.txt": "text/plain; charset=utf-8",
    "message.eml": "message/rfc822",
    "invite.ics": "text/calendar; charset=utf-8",
}

_OF_A_TEST = "Test mode was on: no reader got it. This is what its readers would have got."


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A message on a page. `note` says what one is looking at; `files` are those that can be had, by name."""

    note: str
    subject: str = ""
    preheader: str = ""
    text: str = ""
    files: Mapping[str, bytes]
    problems: tuple[Problem, ...] = ()

    @property
    def has_looks(self) -> bool:
        """Whether there is an HTML part to look at."""
        return "message.html" in self.files


def shown(board: Board, row: Delivery) -> Shown:
    """The message of a row; when there is none to show, `note` says why."""
    if row.status == "sent":
        return _kept(board, row)
    found = board.preview(row.key, row.event_uids, [row])
    if isinstance(found, str):
        return Shown(note=found, files={})
    waits = row.status in ("planned", "held", "drafted", "sending")
    note = (
        "This is how it would look if it went out now." if waits else "It isn't going out; this is how it would look."
    )
    message = found.message
    passing = passing_note(message.soon, message.until, board.app.settings.rules.site.timezone)
    return of_message(message, f"{note} {passing}".strip(), found.problems)


def of_message(message: Message, note: str, problems: tuple[Problem, ...] = ()) -> Shown:
    """A rendered message, and what is wrong with it."""
    files = {
        "message.html": message.html.encode(errors="replace"),
        "message.txt": message.text.encode(errors="replace"),
    }
    if message.calendar is not None:
        files["invite.ics"] = message.calendar
    return Shown(
        note=note,
        subject=message.subject,
        preheader=message.preheader,
        text=message.text,
        files=files,
        problems=problems,
    )


def _kept(board: Board, row: Delivery) -> Shown:
    wiring = board.app.ticker.wiring
    is_test = is_rehearsed(row.draft_id)
    provider = (wiring.rehearsals if is_test else wiring.providers).get(row.provider)
    if provider is None or not hasattr(provider, "kept"):
        where = "in the folder `outbox-test`" if is_test else f"through {row.provider}; what was sent can be seen there"
        return Shown(note=f"It was delivered {where}.", files={})
    keeper = cast("Keeper", provider)
    try:
        files = {name: content for name in FILES if (content := keeper.kept(row.key, name)) is not None}
    except ProviderError as error:
        return Shown(note=error.message, files={})
    if not files:
        where = "The folder `outbox-test`" if is_test else row.provider
        return Shown(note=f"{where} no longer has this message: its files were removed.", files={})
    text = files.get("message.txt", b"").decode(errors="replace")
    note = _OF_A_TEST if is_test else "This is what was delivered."
    return Shown(note=note, subject=_subject(files.get("message.eml", b"")), text=text, files=files)


def _subject(eml: bytes) -> str:
    try:
        return str(BytesHeaderParser(policy=default).parsebytes(eml)["Subject"] or "")
    except (MessageError, ValueError, LookupError):
        return ""
