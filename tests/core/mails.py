"""Finished mails that are well, to be spoilt in one place by each test of what is looked at before one leaves."""

from __future__ import annotations

from typing import Any

from notifier.core.message import Message
from notifier.core.preflight import preflight
from notifier.errors import Problem, Severity
from tests.builders import a_message, a_site, an_audience, an_event

ADDRESS = a_site().postal_address
_PAGE = """<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>Book club</title>
{head}</head>
<body>
{body}
<p>We meet on Wednesday 9 December 2026 and read.</p>
<p>{address}</p>
</body></html>
"""


def a_page(body: str = "", *, head: str = "", address: str = ADDRESS) -> str:
    """A page with all that it needs; what `body` holds begins on its fifth line."""
    return _PAGE.format(head=head, body=body, address=address)


def a_mail(body: str = "", **changes: Any) -> Message:
    """A mail with nothing wrong; `body` is added to its page."""
    whole: dict[str, Any] = {
        "preheader": "Wednesday", "html": a_page(body), "calendar": None,
        "text": f"We meet on Wednesday 9 December 2026 and read.\n{ADDRESS}\n",
    }  # fmt: skip
    return a_message(**{**whole, **changes})


def found(message: Message, **named: Any) -> tuple[Problem, ...]:
    """What is found in it, for people and a public audience unless the test says otherwise."""
    usual = {"site": a_site(), "audience": an_audience(), "events": [an_event()], "reaches_people": True}
    return preflight(message, **{**usual, **named})


def said(message: Message, severity: Severity | None = None, **named: Any) -> list[str]:
    """The sentences about what is wrong."""
    return [one.what for one in found(message, **named) if severity in (None, one.severity)]
