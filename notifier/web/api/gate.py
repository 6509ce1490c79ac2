"""Who calls: an API token, in the one field that reaches no log of anybody's. Cookies count for nothing here."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import UTC, timedelta
from http import HTTPStatus

import structlog
from starlette.concurrency import run_in_threadpool

from notifier.app import App
from notifier.core.api_token import ApiToken, is_api_token, opens, role_of
from notifier.core.person import Person, Role, digest_of
from notifier.core.zones import moment
from notifier.errors import UserError
from notifier.web.api.answers import Refused
from notifier.web.guard import Scope
from notifier.web.throttle import Place, Throttle, network_of

_MAKE_ONE = "Make one with `notifier users api-tokens add`, and send it as `Authorization: Bearer TOKEN`."


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """A token that opens something, who made it, and the role that it has now."""

    token: ApiToken
    person: Person
    role: Role

    def noted(self, note: str) -> str:
        """What is kept with a decision: that it was not the person's own hand."""
        said = f"API token {self.token.name}"
        return f"{note} ({said})" if note else f"by {said}"


class Gate:
    """Lets callers in. One for each server."""

    def __init__(self, app: App) -> None:
        self._app = app
        self._throttle = Throttle()

    async def caller(self, scope: Scope) -> Caller:
        """Who calls. Raises Refused: 401, 429 after many wrong tokens from one place, 503 where the ledger can't say.

        A right token is let in whatever others tried, so nobody keeps it out.
        """
        sent = [value.decode("latin-1") for name, value in scope["headers"] if name == b"authorization"]
        if not sent:
            raise Refused(
                HTTPStatus.UNAUTHORIZED, f"An API token is needed. {_MAKE_ONE}", fields={"www-authenticate": _ask()}
            )
        scheme, _, secret = sent[0].partition(" ")
        is_bearer = len(sent) == 1 and scheme.lower() == "bearer" and is_api_token(secret.strip(" "))
        if not is_bearer:
            raise self._wrong(scope, "This is no API token.")
        try:
            return await run_in_threadpool(self._known, digest_of(secret.strip(" ")))
        except _Closed as closed:
            raise self._wrong(scope, str(closed)) from None
        except UserError as error:
            structlog.get_logger().error("api_caller_unknown", trouble=error.message)
            raise unreadable() from error

    def _known(self, digest: str) -> Caller:
        ledger, now = self._app.ticker.wiring.ledger, self._app.clock.now()
        found = ledger.api_token(digest)
        if found is None:
            raise _Closed("Nobody made this API token.")
        token, person = found
        if not opens(token, person, now):
            zone = self._app.settings.rules.site.timezone
            ended = token.revoked_at or person.disabled_at
            raise _Closed(
                f"This API token was revoked on {moment(ended, zone)}."
                if ended
                else f"This API token expired on {moment(token.expires_at, zone)}."
            )
        if token.used_on != now.astimezone(UTC).date():
            self._note(token)
        return Caller(token=token, person=person, role=role_of(token, person))

    def _note(self, token: ApiToken) -> None:
        try:
            self._app.ticker.wiring.ledger.used_api_token(token.digest, self._app.clock.now().astimezone(UTC).date())
        except UserError as error:
            # What was asked for is worth more than that.
            structlog.get_logger().warning("api_token_use_not_noted", trouble=error.message)

    def _wrong(self, scope: Scope, why: str) -> Refused:
        client = scope.get("client")
        place = network_of(client[0] if client else None) or "here"
        wait = self._throttle.admit([Place(f"api {place}")], self._app.clock.now())
        if wait > timedelta(0):
            seconds = math.ceil(wait.total_seconds())
            return Refused(
                HTTPStatus.TOO_MANY_REQUESTS,
                f"Many wrong API tokens came from there. Wait {seconds} s before the next one.",
                fields={"retry-after": str(seconds)},
            )
        structlog.get_logger().warning("api_token_refused")
        return Refused(
            HTTPStatus.UNAUTHORIZED, f"{why} {_MAKE_ONE}", fields={"www-authenticate": _ask(error="invalid_token")}
        )


class _Closed(Exception):
    """The token opens nothing."""


def unreadable() -> Refused:
    """The ledger can't be read."""
    return Refused(
        HTTPStatus.SERVICE_UNAVAILABLE,
        "The ledger can't be read now. Nothing was done. The log says more.",
        fields={"retry-after": "60"},
    )


def _ask(error: str = "") -> str:
    """RFC 6750, 3."""
    return 'Bearer realm="notifier"' + (f', error="{error}"' if error else "")
