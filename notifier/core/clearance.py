"""May this event be mailed without asking a person? `auto`, `ask` or `never`, always with reasons.

Unknown is not open: `auto` needs evidence for every one of its conditions.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Literal

from notifier.core.event import STATED, Event, Reason
from notifier.core.schedule import ends_at
from notifier.core.values import record

Verdict = Literal["auto", "ask", "never"]


@record(frozen=True, slots=True, kw_only=True)
class Clearance:
    """The verdict and everything that speaks for it. For `auto` the reasons say why it is safe."""

    verdict: Verdict
    reasons: tuple[Reason, ...]


def clear(event: Event, *, public: bool, now: datetime, zone: str) -> Clearance:
    """The clearance of an event towards a public or a closed audience at `now`. `zone` is the site's."""
    refusals = tuple(_refusals(event, public=public, now=now, zone=zone))
    if refusals:
        return Clearance(verdict="never", reasons=refusals)
    questions = tuple(_questions(event))
    if questions:
        return Clearance(verdict="ask", reasons=questions)
    return Clearance(verdict="auto", reasons=(_safe(event),))


def _refusals(event: Event, *, public: bool, now: datetime, zone: str) -> Iterator[Reason]:
    if not event.published:
        yield _because(event, "unpublished", "published", "It isn't published.")
    if event.status == "past":
        yield _because(event, "write-up", "status", "It is a write-up of something that has happened.")
    elif event.when is not None and ends_at(event, zone) <= now:
        yield _because(event, "past", "when", "It is over.")
    if event.status in ("cancelled", "postponed"):
        yield _because(event, event.status, "status", f"It is {event.status}.")
    if public and event.access == "invitation":
        yield _because(event, "invitation-only", "access", "It is by invitation only, and this audience is public.")
    if public and event.full:
        yield _because(
            event, "registration-closed", "full", "Nobody can register any more, and this audience is public."
        )
    if public and event.access == "members":
        yield _because(event, "members-only", "access", "It is for members only, and this audience is public.")


def _questions(event: Event) -> Iterator[Reason]:
    yield from event.doubts
    if event.when is None and not any(doubt.code == "no-date" for doubt in event.doubts):
        yield _because(event, "no-date", "when", "It has no date. Add date: YYYY-MM-DD to the front matter.")
    if event.role != "organising":
        yield _because(event, "not-ours", "role", "It isn't one of the site's own kinds of event.")
    if event.status == "tentative":
        yield _because(event, "tentative", "status", "It is tentative.")
    if event.access == "invitation":
        yield _because(event, "invitation", "access", "It is by invitation: is this the audience that is invited?")
    elif event.access == "unknown":
        yield _because(
            event, "access-unknown", "access",
            "The text doesn't say who may come. Add access: open to the front matter if everybody may.",
        )  # fmt: skip
    elif event.join_url is None and not _says_come(event):
        yield _because(
            event, "no-join-link", "join_url",
            "It has no registration or join link of its own. Add register: with the address to the front matter, "
            "or access: open and place: if everybody may just come.",
        )  # fmt: skip


def _says_come(event: Event) -> bool:
    """Whether everybody may simply come: `access: open` by the author's own key or label, and a place to come to."""
    said = event.evidence.get("access")
    return event.access == "open" and bool(event.location) and said is not None and said.basis in STATED


def _safe(event: Event) -> Reason:
    return _because(
        event, "clear", "access",
        "It is the site's own, published, open with a way to join, and its date and time are certain.",
    )  # fmt: skip


def _because(event: Event, code: str, field: str, text: str) -> Reason:
    return Reason(code=code, text=text, field=field, evidence=event.evidence.get(field))
