"""A rendered message, ready for a provider."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """Subject, preheader, HTML, plain text and, for one event, the bytes of its calendar file (RFC 5545).

    `method` is that of `calendar` (RFC 5546): with REQUEST and CANCEL its attendee is `core.ics.NOBODY`, in whose place
    each recipient is put (`core.ics.for_attendee`).
    `slots` names the places that a provider fills for each recipient by splicing; a message is never
    rendered again for each.
    `soon` are the words of it that are true for a while only ("tomorrow"), until `until`: from that instant on it has to be written anew.
    """

    subject: str
    preheader: str
    html: str
    text: str
    calendar: bytes | None = None
    method: Literal["PUBLISH", "REQUEST", "CANCEL"] = "PUBLISH"
    slots: tuple[str, ...] = ()
    soon: tuple[str, ...] = ()
    until: datetime | None = None
