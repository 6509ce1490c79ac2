"""A rendered message, ready for a provider."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """Subject, preheader, HTML, plain text and, for one event, the bytes of its calendar file (RFC 5545).

    `slots` names the places that a provider fills for each recipient by splicing; a message is never
    rendered again for each.
    """

    subject: str
    preheader: str
    html: str
    text: str
    calendar: bytes | None = None
    slots: tuple[str, ...] = ()
