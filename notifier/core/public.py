"""What of an event may stand in a public artefact: a feed, a page, a mail to a public audience, a log."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from notifier.core.event import Event

#: The title of an event whose own is not public.
UNTITLED = "Private event"
_EMPTY: dict[str, Any] = {
    "title": UNTITLED, "when": None, "location": None, "join_url": None, "info_url": None, "contact": None,
    "category": None, "series": None, "topics": (), "projects": (), "url": None, "image": None, "recording_url": None,
    "summary": "", "body": "",
}  # fmt: skip
_SECRETS = ("title", "location", "join_url", "info_url", "contact", "url")
_TEXTS = ("title", "location", "summary", "body", "info_url", "contact", "url", "image", "recording_url")
#: What stands in the place of a value that is not public.
REMOVED = "[not public]"


def public_view(event: Event) -> Event:
    """The event without its non-public values, also where they are repeated inside another field.

    `when` is None afterwards if the day itself is private: such an event can't be in a calendar.
    """
    hidden = {name for name in event.private if name in _EMPTY}
    if event.join_url and event.public_join_url is None:
        hidden.add("join_url")
    if not hidden:
        return event
    secrets = [form for name in _SECRETS if name in hidden for form in _forms(getattr(event, name))]
    changes = {name: _EMPTY[name] for name in hidden}
    for name in _TEXTS:
        if name not in hidden:
            changes[name] = _without(name, getattr(event, name), secrets)
    return replace(event, **changes)


def _forms(value: str | None) -> list[str]:
    """A secret as it may be written elsewhere: whole, and without its scheme."""
    if not value:
        return []
    bare = value.split("://", 1)[-1].removeprefix("mailto:")
    return [form for form in (value, bare, bare.rstrip("/")) if len(form) > 3]


def _without(name: str, value: str | None, secrets: list[str]) -> str | None:
    if value is None or not any(secret in value for secret in secrets):
        return value
    if name.endswith("url") or name in ("contact", "image"):
        return None
    for secret in secrets:
        value = value.replace(secret, REMOVED)
    return value
