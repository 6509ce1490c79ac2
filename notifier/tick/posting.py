"""Tells other programs what became of deliveries, beside the ticks: what is not told now is told later, and no tick waits.

Each move that a webhook is told of is told at least once, with a name that stays the same: what was posted and not noted,
since the process was killed in between, is posted again.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from notifier.beside import Posting
from notifier.config import HookSettings
from notifier.core.aside import Aside
from notifier.core.posting import (
    HookState,
    Post,
    answer_words,
    asides_of,
    host_of,
    is_told,
    keys_of,
    outcome,
    post_about,
    signed,
)
from notifier.errors import ProviderError, UserError
from notifier.ports import Ledger
from notifier.tick.wiring import Wiring

#: Posts a body with header fields to an address, and returns the answer's status. Raises ProviderError where none came.
Carrier = Callable[[str, str, dict[str, str]], int]

#: So long one webhook is told one thing after the other before it is another's turn.
TURN = timedelta(seconds=10)
#: So many moves are looked at in one transaction.
_AT_ONCE = 200
_MAKE_ONE = "It is whsec_ and base64 of 24 to 64 bytes. To make one: notifier webhooks secret"


@dataclass(frozen=True, slots=True, kw_only=True)
class Posted:
    """What came of one attempt: a post `name`d so was taken, or `said` is why not. `is_over`: it is never tried again."""

    hook: str
    name: str
    said: str = ""
    is_over: bool = False


def begin(ledger: Ledger, hooks: Sequence[HookSettings], at: datetime) -> None:
    """Let webhooks that are new, or have another address, begin now. Before a tick: what that moves they are told."""
    if isinstance(ledger, Posting):
        ledger.begin_hooks({hook.name: _digest(hook.url) for hook in hooks}, at)


def asides(wiring: Wiring) -> tuple[Aside, ...]:
    """What staff are told of webhooks that fail, or to which something was never told."""
    hooks, ledger = wiring.settings.hooks, wiring.ledger
    if not hooks or wiring.rules.staff is None or not isinstance(ledger, Posting):
        return ()
    hosts = {hook.name: host_of(hook.url) for hook in hooks}
    return asides_of(ledger.hooks(), hosts, wiring.rules.site.timezone)


@dataclass(frozen=True, slots=True, kw_only=True)
class Postman:
    """Takes to the webhooks of a site what they are to be told. `continues` is asked between two posts."""

    ledger: Ledger
    hooks: Sequence[HookSettings]
    carry: Carrier
    now: Callable[[], datetime]
    continues: Callable[[], bool] = lambda: True

    def round(self) -> list[Posted]:
        """Look at what moved, and post what is due, to each webhook until it fails or its turn is over. Never raises for one of them."""
        if not isinstance(self.ledger, Posting):
            return []
        begin(self.ledger, self.hooks, self.now())
        states = {state.name: state for state in self.ledger.hooks()} if self.hooks else {}
        came: list[Posted] = []
        for hook in self.hooks:
            state = states.get(hook.name)
            if state is not None and state.gone_at is None and self.continues():
                came += self._turn(self.ledger, hook, state)
        return came

    def _turn(self, ledger: Posting, hook: HookSettings, state: HookState) -> list[Posted]:
        self._take_up(ledger, hook, state.cursor)
        try:
            keys = keys_for(hook)
        except UserError as error:
            # Nothing is lost by waiting for a person, and no attempt is counted.
            return [Posted(hook=hook.name, name="", said=error.message)]
        came: list[Posted] = []
        until = self.now() + TURN
        while self.continues() and self.now() < until and (post := ledger.claim_post(hook.name, self.now())):
            came.append(self._told(ledger, hook, post, keys))
            if came[-1].said:
                # Whoever can't take this one now would hardly take the next.
                break
        return came

    def _take_up(self, ledger: Posting, hook: HookSettings, cursor: int) -> None:
        """Note what it is to be told. What another process notes at the same time is noted once."""
        while moves := ledger.untaken(hook.name, _AT_ONCE):
            seen = self.ledger.snapshot().seen
            events = {uid: one.event for uid, one in seen.items()}
            at = self.now()
            found = [post_about(one, hook.name, events, at) for one in moves if is_told(one.row, hook.statuses)]
            if not ledger.take_up(hook.name, found, until=moves[-1].id, after=cursor):
                return
            cursor = moves[-1].id

    def _told(self, ledger: Posting, hook: HookSettings, post: Post, keys: tuple[bytes, ...]) -> Posted:
        status, said = attempt(hook, post, keys, self.carry, self.now())
        at = self.now()
        came = outcome(post, status, at)
        ledger.conclude_post(post, came, at, said=said)
        return Posted(hook=hook.name, name=post.id, said=said, is_over=came in ("given-up", "gone"))


def attempt(
    hook: HookSettings, post: Post, keys: tuple[bytes, ...], carry: Carrier, at: datetime
) -> tuple[int | None, str]:
    """Post once: the status of the answer, None where none came, and what is to be said of it, "" after a success."""
    try:
        status = carry(hook.url, post.body, signed(post, keys, at))
    except ProviderError as error:
        return None, error.message
    return status, "" if outcome(post, status, at) == "delivered" else answer_words(host_of(hook.url), status)


def keys_for(hook: HookSettings) -> tuple[bytes, ...]:
    """The keys that a webhook's posts are signed with. Raises UserError where its secret can't be read, or is none."""
    secret = hook.secret.read()
    try:
        return keys_of(secret)
    except ValueError:
        raise hook.secret.refused("This is no secret of a webhook.", _MAKE_ONE) from None


def _digest(url: str) -> str:
    return hashlib.sha256(url.encode()).hexdigest()
