"""Who is asking: the doorkeeper writes it into each request, and what changes anything reads it from there."""

from __future__ import annotations

import re
from http import HTTPStatus
from typing import cast
from urllib.parse import quote

from starlette.exceptions import HTTPException
from starlette.requests import Request

from notifier.core.person import Deed, Person, Session, lowest, may

#: Where the doorkeeper puts the `Person`; absent while nobody has logged in.
VISITOR = "notifier.visitor"
#: ... their `Session`, and whether there are accounts and this is none of them: nothing of the site is shown to it.
SESSION, STRANGER = "notifier.session", "notifier.stranger"
#: Signs of an address that one comes back to after the log-in.
_LONGEST_ADDRESS = 2000
# Browsers read a backslash as a slash, and pass over tabs and line breaks (https://url.spec.whatwg.org/#url-parsing).
_LOCAL = re.compile(r"/(?!/)[!-\[\]-~]*", re.ASCII)

_DEEDS: dict[Deed, str] = {
    "read": "look at the console",
    "stop": "hold or skip anything",
    "send": "let anything go out",
    "approve": "approve what others send",
    "govern": "change people, tokens or the mode",
}


class LoginNeeded(HTTPException):
    """Answered by a redirect (303) to the log-in page, which comes back here."""

    def __init__(self, to: str) -> None:
        super().__init__(HTTPStatus.SEE_OTHER, "Log in first.", headers={"location": login_address(to)})


def visitor_of(request: Request) -> Person | None:
    """Who has logged in, or None."""
    return cast("Person | None", request.scope.get(VISITOR))


def session_of(request: Request) -> Session | None:
    """The browser in which they have, or None."""
    return cast("Session | None", request.scope.get(SESSION))


def is_stranger(request: Request) -> bool:
    """Whether nothing of the site may be shown."""
    return bool(request.scope.get(STRANGER))


def demand(request: Request, deed: Deed) -> Person:
    """Who is asking, if they may do this. Raises LoginNeeded for nobody, HTTPException (403) for a role that may not."""
    person = visitor_of(request)
    if person is None:
        raise LoginNeeded(quote(request.url.path) if request.method in ("GET", "HEAD") else "/")
    if not may(person.role, deed):
        raise HTTPException(
            HTTPStatus.FORBIDDEN,
            f"As {person.role} you can't {_DEEDS[deed]}. Ask an admin to make you {lowest(deed)}, or somebody who is.",
        )
    return person


def login_address(to: str) -> str:
    """The log-in page that comes back to this local address."""
    return "/login" if local(to) == "/" else f"/login?to={quote(to, safe='/')}"


def local(to: str) -> str:
    """The address where it is one on this very site, as browsers read it; else the first page."""
    return to if len(to) <= _LONGEST_ADDRESS and _LOCAL.fullmatch(to) else "/"
