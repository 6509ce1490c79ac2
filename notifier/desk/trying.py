"""A test of a mail of one's own: to one address, at once, and to no reader. Asked for twice under one name, it goes out once."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import cast, get_args

from notifier.core.delivery import Decision, Outcome, Result, trial_key
from notifier.core.mailbox import mailbox
from notifier.desk.sending import Sending, Wish
from notifier.desk.terms import Site
from notifier.errors import ProviderError, UserError

_BROKEN_OFF = "It was begun, and broken off before anybody knew."


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """What became of a test. `is_new` False: it was asked for before under its name, and nothing was sent now."""

    outcome: Outcome
    is_new: bool = True


def tried_before(site: Site, wish: Wish, address: str, *, by: str, once: str) -> Tried | None:
    """What became of the test that this person had sent under this name; None where there was none.

    Raises UserError where that was another one: another mail, or to another address.
    """
    said = site.ticker.wiring.ledger.decided(_key(by, once))
    return _known(said, _content(wish, address)) if said else None


def trial(site: Site, found: Sending, wish: Wish, address: str, *, by: str, once: str) -> Tried:
    """Send what was looked at to one address. It counts as nothing; that it was asked for, and what came of it, is kept.

    It is kept before it goes out: broken off in between it is not sent again under the same name. Raises UserError for what
    is no address, or may have none, and as `tried_before` does.
    """
    _check(site, found, address)
    ledger, name = site.ticker.wiring.ledger, _key(by, once)
    said = Decision(
        key=name, act="try", by=by, at=site.clock.now(), fingerprint=_content(wish, address), via=site.via,
        note=f"“{found.message.subject}”, for {wish.audience}",
    )  # fmt: skip
    if not ledger.decide(said, after=None):
        return _known(ledger.decided(name), _content(wish, address))
    try:
        outcome = site.ticker.wiring.providers[found.delivery.provider].test(found.message, [address])
    except ProviderError as error:
        outcome = Outcome(result="unsent", detail=error.message)
    detail = "" if outcome.result == "accepted" else outcome.detail
    # What is kept for ever names nobody's address.
    words = " ".join(filter(None, (detail, outcome.left))).replace(address, "that address")
    ledger.decide(replace(said, at=site.clock.now(), fingerprint=outcome.result, note=words))
    return Tried(outcome=outcome)


def _check(site: Site, found: Sending, address: str) -> None:
    if not mailbox(address):
        raise UserError(f"{address!r} is no mail address.", "Write it as name@example.org.")
    wiring = site.ticker.wiring
    is_rehearsal = wiring.is_test and found.delivery.provider in wiring.rehearsals
    if is_rehearsal and address not in wiring.settings.test:
        raise UserError(
            f"Test mode is on, and {address} is not on its list.", "Name an address of sending.test in config.yaml."
        )


def _known(said: Sequence[Decision], content: str) -> Tried:
    """Of what is kept about one test: the first says which it is, the last what came of it."""
    if said[0].fingerprint != content:
        raise UserError(
            "Another test was sent under this name, so none was sent now.", "Another test needs another name."
        )
    last = said[-1].fingerprint
    if len(said) == 1 or last not in get_args(Result):
        return Tried(outcome=Outcome(result="ambiguous", detail=_BROKEN_OFF), is_new=False)
    words = {"left" if last == "accepted" else "detail": said[-1].note}
    return Tried(outcome=Outcome(result=cast("Result", last), **words), is_new=False)


def _key(by: str, once: str) -> str:
    return trial_key(_digest([by, once])[:16])


def _content(wish: Wish, address: str) -> str:
    return _digest([wish.audience, *wish.events, wish.subject, wish.note, address])


def _digest(said: list[str]) -> str:
    return hashlib.sha256(json.dumps(said).encode()).hexdigest()
