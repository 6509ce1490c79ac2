"""GitHub's REST API, as far as it is needed: one comment on a pull request, and what kind of repository this is.

https://docs.github.com/rest/issues/comments
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener

from action.given import Given, Refused

_SECONDS = 30
_A_PAGE = 100
#: A pull request with more comments than this has our own among the first all the same.
_MOST_PAGES = 50


class NotAllowed(Exception):
    """The token may not do this: of a fork's pull request it may only read."""


class _Staying(HTTPRedirectHandler):
    """The token is for one address, and goes to no other."""

    def redirect_request(self, *_: Any) -> None:
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class GitHub:
    address: str
    token: str
    repository: str

    @classmethod
    def of(cls, given: Given) -> GitHub:
        address, token = given.told("GITHUB_API_URL").rstrip("/"), given.text("TOKEN")
        parts = urlsplit(address)
        if parts.scheme != "https" and parts.hostname not in ("127.0.0.1", "localhost"):
            raise Refused("GITHUB_API_URL is no https address, and the token is sent to no other.")
        if not token:
            raise Refused("There is no token. Leave the input token out, or give it one.")
        return cls(address=address, token=token, repository=given.repository)

    def about(self) -> dict[str, Any]:
        """What kind of repository this is."""
        answer = self._ask("GET", "")
        return answer if isinstance(answer, dict) else {}

    def comments(self, number: int) -> Iterator[dict[str, Any]]:
        """All comments of a pull request, the oldest first."""
        for page in range(1, _MOST_PAGES + 1):
            found = self._ask("GET", f"/issues/{number}/comments?per_page={_A_PAGE}&page={page}")
            if not isinstance(found, list):
                return
            yield from (one for one in found if isinstance(one, dict))
            if len(found) < _A_PAGE:
                return

    def write(self, number: int, body: str) -> str:
        """A new comment; returns its address."""
        return _address(self._ask("POST", f"/issues/{number}/comments", {"body": body}))

    def rewrite(self, comment: int, body: str) -> str | None:
        """Another text for a comment; returns its address, None where it has been deleted meanwhile."""
        try:
            return _address(self._ask("PATCH", f"/issues/comments/{comment}", {"body": body}))
        except NotAllowed as refused:
            if refused.args == (404,):
                return None
            raise

    def _ask(self, method: str, path: str, body: dict[str, str] | None = None) -> Any:
        """Once, whatever comes: a comment whose answer was lost is found at the next run."""
        request = Request(  # noqa: S310 - GitHub's own address, or loopback
            f"{self.address}/repos/{self.repository}{path}", method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={
                "Authorization": f"Bearer {self.token}", "Accept": "application/vnd.github+json",
                "X-GitHub-Api-Version": "2022-11-28", "User-Agent": "notifier", "Content-Type": "application/json",
            },
        )  # fmt: skip
        try:
            with build_opener(_Staying).open(request, timeout=_SECONDS) as answer:
                return json.loads(answer.read())
        except HTTPError as error:
            with error:
                said = _said(error)
            if error.code in (401, 403, 404):
                raise NotAllowed(error.code) from error
            raise Refused(f"GitHub answered {error.code} to {method} {path or '/'}: {said}") from error
        except (URLError, OSError, ValueError) as error:
            raise Refused(f"GitHub gave no answer to {method} {path or '/'} ({error}). Run it again.") from error


def _address(answer: Any) -> str:
    found = answer.get("html_url") if isinstance(answer, dict) else None
    return found if isinstance(found, str) else ""


def _said(error: HTTPError) -> str:
    try:
        answer = json.loads(error.read(10_000))
        return str(answer["message"])[:300]
    except (OSError, ValueError, KeyError, TypeError):
        return "no reason was given."
