"""Who may read the secret feeds: each holder has an address of their own, which can be taken back alone."""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from difflib import get_close_matches

from notifier.core.delivery import Act, Decision, feed_key
from notifier.core.plain import one_line
from notifier.core.readership import Token
from notifier.core.rule import Feed, Rules
from notifier.core.zones import moment
from notifier.desk.terms import Site
from notifier.errors import UserError

#: What nobody can guess (RFC 4086 asks for 128 bits; a longer address costs nothing).
_RANDOM_BYTES = 32
#: Hexadecimal digits of the digest that name a token, more of them where another has the same.
_SHORT, _WHOLE = 8, 64
_LONGEST_HOLDER = 100
#: An address, or the secret part of one, as it may be pasted where an ID belongs.
_SECRET = re.compile(r"(?:\S*/)?([\w-]{43})(?:\.ics)?", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """A token just made, with its address: nothing keeps that, so it can be shown this once. `before` it replaces."""

    token: Token
    address: str = field(repr=False)
    before: Token | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Revoked:
    """A token that opens nothing. `is_new` is False where it was revoked before, and nothing changed."""

    token: Token
    is_new: bool = True


def tokens(site: Site, feed: str | None = None) -> tuple[Token, ...]:
    """Every token, or those of one feed: by feed and holder, the revoked ones after those that open it.

    Raises UserError for a feed that is not secret and has none.
    """
    every = site.ticker.wiring.ledger.tokens()
    found = [one for one in every if feed in (None, one.feed)]
    if feed is not None and not found:
        _secret_feed(site.ticker.wiring.rules, feed)
    return tuple(
        sorted(found, key=lambda one: (one.feed, one.revoked_at is not None, one.holder.casefold(), one.made_at))
    )


def add_token(site: Site, feed: str, holder: str, *, by: str) -> Opened:
    """Make an address at which `holder` can read a secret feed. `by` is who does, kept with it.

    Raises UserError where there is no such feed, or the holder has an address of it already.
    """
    wiring = site.ticker.wiring
    name, known = _secret_feed(wiring.rules, feed).name, wiring.ledger.tokens()
    holder = _holder(holder)
    double = next((one for one in known if one.feed == name and _opens(one) and _is_of(one, holder)), None)
    if double is not None:
        made = moment(double.made_at, wiring.rules.site.timezone)
        raise UserError(
            f"{double.holder} has an address of the feed {name} already, since {made}; it can't be shown again.",
            f"For a new one in its place: notifier feeds tokens rotate {double.id}. "
            f"To take it back: notifier feeds tokens revoke {double.id}",
        )
    return _opened(site, feed=name, holder=holder, known=known, by=by)


def rotate_token(site: Site, name: str, *, by: str) -> Opened:
    """Revoke a token, by its ID, its holder or its address, and make another for the same feed and holder, both or neither.

    Raises UserError where it was revoked before: what is lost is not given back by accident.
    """
    wiring = site.ticker.wiring
    known = wiring.ledger.tokens()
    before = _named(known, name, wiring.rules)
    _secret_feed(wiring.rules, before.feed)
    if not _opens(before):
        raise _was_revoked(before, wiring.rules)
    return _opened(site, feed=before.feed, holder=before.holder, known=known, by=by, before=before)


def revoke_token(site: Site, name: str, *, by: str) -> Revoked:
    """Let a token, by its ID, its holder or its address, open nothing any more. Revoked before: nothing changes."""
    wiring = site.ticker.wiring
    found = _named(wiring.ledger.tokens(), name, wiring.rules)
    at = site.clock.now()
    if _opens(found) and wiring.ledger.revoke_token(
        found.id, at, said=_said("revoke", found, by=by, via=site.via, at=at)
    ):
        return Revoked(token=replace(found, revoked_at=at))
    # Revoked meanwhile, it says since when.
    return Revoked(token=next(one for one in wiring.ledger.tokens() if one.id == found.id), is_new=False)


def _opened(
    site: Site, *, feed: str, holder: str, known: Sequence[Token], by: str, before: Token | None = None
) -> Opened:
    wiring = site.ticker.wiring
    secret = secrets.token_urlsafe(_RANDOM_BYTES)
    digest = digest_of(secret)
    names = {one.id for one in known}
    short = next(digest[:length] for length in range(_SHORT, _WHOLE + 1) if digest[:length] not in names)
    token = Token(id=short, feed=feed, holder=holder, digest=digest, made_at=site.clock.now())
    said = _said("replace" if before else "give", token, by=by, via=site.via, at=token.made_at)
    if not wiring.ledger.add_token(token, instead_of=before.id if before else None, said=said):
        raise UserError("It was revoked meanwhile, so no new address was made.", _for_a_new_one(feed))
    return Opened(token=token, address=f"{wiring.rules.site.public_url}/feeds/private/{secret}.ics", before=before)


def _said(act: Act, token: Token, *, by: str, via: str, at: datetime) -> Decision:
    return Decision(key=feed_key(token.feed), act=act, by=by, at=at, note=f"{token.holder} ({token.id})", via=via)


def digest_of(secret: str) -> str:
    """What the ledger keeps of what an address says. The secret is chance itself, so it needs no salt and no slow hash."""
    return hashlib.sha256(secret.encode()).hexdigest()


def _for_a_new_one(feed: str) -> str:
    return f"For a new one: notifier feeds tokens add {feed} HOLDER"


def _opens(token: Token) -> bool:
    return token.revoked_at is None


def _is_of(token: Token, holder: str) -> bool:
    return token.holder.casefold() == holder.casefold()


def _holder(written: str) -> str:
    holder = one_line(written)
    if not holder:
        raise UserError("Nobody is named.", "Say who will have the address, as HOLDER: a name, or 'the board'.")
    if len(holder) > _LONGEST_HOLDER:
        raise UserError(f"The holder's name has {len(holder)} characters; {_LONGEST_HOLDER} is the most.")
    return holder


def _secret_feed(rules: Rules, name: str) -> Feed:
    """The secret feed of this name. Raises UserError where there is none, naming what comes near."""
    feed = next((feed for feed in rules.feeds if feed.name == name), None)
    if feed is not None and feed.secret:
        return feed
    if feed is not None:
        raise UserError(
            f"Everybody may read the feed {name}, so it needs no addresses of its own.",
            f"To keep it from others: feeds.{name}.secret: true in config.yaml.",
        )
    names = [feed.name for feed in rules.feeds if feed.secret]
    if not names:
        raise UserError(
            f"There is no secret feed {name!r}: config.yaml has none at all.", "A feed is one with secret: true."
        )
    close = get_close_matches(name.casefold(), names, n=1, cutoff=0.5)
    guess = f"Did you mean {close[0]}? " if close else ""
    raise UserError(f"There is no secret feed {name!r}.", f"{guess}There is: {', '.join(names)}.")


def _named(known: Iterable[Token], name: str, rules: Rules) -> Token:
    """The token of an ID or an address, or the one that a holder has. Raises UserError, with the list of several."""
    every, holder, pasted = tuple(known), one_line(name), _SECRET.fullmatch(name.strip())
    if pasted:
        return _at_address(every, pasted[1])
    found = [one for one in every if one.id == name.casefold() or (_opens(one) and _is_of(one, holder))]
    # Whose addresses are all revoked means the last one.
    found = found or [one for one in every if _is_of(one, holder)][-1:]
    if not found:
        raise _unknown(every, holder)
    if len(found) > 1:
        listed = "\n".join(f"  {one.id}  {one.feed}, {one.holder}{_until(one, rules)}" for one in found)
        raise UserError(f"{holder!r} could be {len(found)} addresses. Give the ID of one:\n{listed}")
    return found[0]


def _at_address(known: Sequence[Token], secret: str) -> Token:
    digest = digest_of(secret)
    found = next((one for one in known if one.digest == digest), None)
    if found is None:
        # What may be a secret elsewhere is not repeated.
        raise UserError(
            "This is no address that notifier gave out.", "To see whose there are: notifier feeds tokens list"
        )
    return found


def _unknown(known: Sequence[Token], name: str) -> UserError:
    names = {one.holder.casefold(): one.holder for one in known if _opens(one)} | {one.id: one.id for one in known}
    close = get_close_matches(name.casefold(), names, n=1, cutoff=0.6)
    guess = f"Did you mean {names[close[0]]!r}? " if close else ""
    return UserError(
        f"No address of a secret feed has the ID or the holder {name!r}.",
        f"{guess}To see them: notifier feeds tokens list",
    )


def _was_revoked(token: Token, rules: Rules) -> UserError:
    return UserError(
        f"The address {token.id} of the feed {token.feed} was revoked{_until(token, rules, '')}.",
        _for_a_new_one(token.feed),
    )


def _until(token: Token, rules: Rules, said: str = ", revoked") -> str:
    return f"{said} {moment(token.revoked_at, rules.site.timezone)}" if token.revoked_at else ""
