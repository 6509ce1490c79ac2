"""API tokens: a person makes one for a program, sees it once, and takes it back."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from difflib import get_close_matches
from shlex import quote

from notifier.core.api_token import (
    LASTS,
    LONGEST_LIFE,
    PREFIX,
    TOKEN_ROLES,
    ApiToken,
    wrong_token_name,
)
from notifier.core.delivery import Act, Decision, api_token_key
from notifier.core.person import ROLES, Role, digest_of, folded
from notifier.core.plain import one_line
from notifier.core.zones import moment
from notifier.desk.terms import Site
from notifier.errors import UserError

_RANDOM_BYTES = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """A token just made. Nothing keeps `secret`, so it can be shown this once."""

    token: ApiToken
    secret: str = field(repr=False)


def api_tokens(site: Site) -> tuple[ApiToken, ...]:
    """All of them, those that open nothing any more last."""
    now = site.clock.now()
    found = site.ticker.wiring.ledger.api_tokens()
    return tuple(sorted(found, key=lambda one: one.revoked_at is not None or one.expires_at <= now))


def add_api_token(site: Site, person: str, name: str, role: Role, *, by: str, lasts: timedelta = LASTS) -> Made:
    """Make a token that decides in a person's name. `by` is who does, kept with it. Raises UserError with what is in the way."""
    name, now, ledger = one_line(name), site.clock.now(), site.ticker.wiring.ledger
    maker = next((one for one in ledger.people() if folded(one.name) == folded(person)), None)
    if wrong := wrong_token_name(name):
        raise UserError(wrong)
    if maker is None or maker.disabled_at is not None:
        raise UserError(
            f"Nobody called {one_line(person)!r} may log in, and an API token decides in somebody's name.",
            "To see who there is: notifier users list",
        )
    if role not in TOKEN_ROLES or ROLES.index(role) > ROLES.index(maker.role):
        raise UserError(
            f"An API token of {maker.name}, who is {maker.role}, can't be {role}.",
            "Give it no more than they may do, and never admin: people alone decide about people.",
        )
    if not timedelta() < lasts <= LONGEST_LIFE:
        raise UserError(f"An API token lasts at most {LONGEST_LIFE.days} days.", "Make another when it ends.")
    secret = PREFIX + secrets.token_urlsafe(_RANDOM_BYTES)
    token = ApiToken(
        digest=digest_of(secret), name=name, role=role, person=maker.name, made_at=now, expires_at=now + lasts
    )
    note = f"{role}, in the name of {maker.name}, until {_until(token, site)} ({token.id})"
    if not ledger.add_api_token(token, said=_said("issue", token, by=by, via=site.via, at=now, note=note)):
        raise UserError(
            f"There is an API token {name!r} already.",
            f"Give this one another name, or first: notifier users api-tokens revoke {quote(name)}",
        )
    return Made(token=token, secret=secret)


def revoke_api_token(site: Site, name: str, *, by: str) -> tuple[ApiToken, bool]:
    """Let it open nothing any more. False beside it where it was so before. Raises UserError where there is none of this name."""
    ledger, now = site.ticker.wiring.ledger, site.clock.now()
    every = ledger.api_tokens()
    named = [one for one in every if folded(one.name) == folded(name)]
    if named:
        last = next((one for one in named if one.revoked_at is None), max(named, key=lambda one: one.made_at))
        note = f"in the name of {last.person} ({last.id})"
        is_new = ledger.revoke_api_token(
            last.name, now, said=_said("end", last, by=by, via=site.via, at=now, note=note)
        )
        return next((one for one in ledger.api_tokens() if one.digest == last.digest), last), is_new
    close = get_close_matches(folded(name), {folded(one.name): one for one in every}, n=1, cutoff=0.6)
    guess = f"Did you mean {close[0]!r}? " if close else ""
    raise UserError(
        f"No API token is called {one_line(name)!r}.", f"{guess}To see which there are: notifier users api-tokens list"
    )


def state_of(token: ApiToken, site: Site) -> str:
    """Whether it still opens anything, in words."""
    if token.revoked_at is not None:
        return f"revoked {moment(token.revoked_at, site.ticker.wiring.rules.site.timezone)}"
    until = _until(token, site)
    return f"until {until}" if site.clock.now() < token.expires_at else f"expired {until}"


def _until(token: ApiToken, site: Site) -> str:
    return moment(token.expires_at, site.ticker.wiring.rules.site.timezone)


def _said(act: Act, token: ApiToken, *, by: str, via: str, at: datetime, note: str) -> Decision:
    return Decision(key=api_token_key(token.name), act=act, by=by, at=at, note=note, via=via)
