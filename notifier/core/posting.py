"""What other programs are told about deliveries: of which moves, in what words, signed how, and when again. Pure.

The form is that of the Standard Webhooks specification 1.0.0 (https://www.standardwebhooks.com).
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Literal
from urllib.parse import urlsplit

from notifier.core.aside import Aside
from notifier.core.delivery import Delivery, DeliveryStatus
from notifier.core.event import Event, Reason
from notifier.core.records import Record, delivery_record
from notifier.core.zones import moment

#: Those that a delivery may get for others to be told of it.
Tellable = Literal["held", "failed", "missed", "unknown", "sent"]
Outcome = Literal["delivered", "again", "given-up", "gone"]

#: What a post is tried again after, one gap after the other, the last for all that follow.
GAPS = (
    timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=30), timedelta(hours=2), timedelta(hours=5),
    timedelta(hours=10),
)  # fmt: skip
#: So long after its first attempt a post is given up.
GIVES_UP = timedelta(days=3)
#: So long it is remembered what became of one.
REMEMBERED = timedelta(days=30)

_PREFIX = "whsec_"
_KEY_BYTES = range(24, 65)
#: Until somebody turns sending on, everything is held for this reason, and those who could know it.
_CHOSEN = "not-live"
_GONE, _MULTIPLE_CHOICES, _BAD_REQUEST = 410, 300, 400
# Bounded, so that a long text without an @ costs no more than its length. A uid, 26 characters of base32, is no address.
_ADDRESS = re.compile(
    r"(?<![\w.+-])(?![a-z2-7]{26}@)[\w.!#$&'*+=?^`{|}~-]{1,64}(?:@|%40)[\w-]{1,63}(?:\.[\w-]{1,63}){0,8}"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """A move of a delivery: its number in the ledger's history, when it was, and the delivery as it then stood."""

    id: int
    at: datetime
    row: Delivery


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """One thing to tell one webhook. `id` is the same at every attempt, `moved` the number of the move it tells of.

    `retry_at` is when it is due (again), `tried_at` when it first was tried. A claimed one counts the attempt under way.
    """

    hook: str
    id: str
    moved: int
    body: str = field(repr=False)
    retry_at: datetime
    attempts: int = 0
    tried_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class HookState:
    """How a webhook stands: `since` when moves are told, when one was last delivered, and what is wrong.

    `waiting` counts what is still to be delivered, `given_up` what never was, of the last thirty days, the last of them at
    `given_up_at`. `said` is what the last
    attempt failed with, `gone_at` when the receiver said that it wants no more.
    """

    name: str
    since: datetime
    cursor: int
    waiting: int = 0
    given_up: int = 0
    given_up_at: datetime | None = None
    delivered_at: datetime | None = None
    failing_since: datetime | None = None
    gone_at: datetime | None = None
    said: str = ""


def is_told(row: Delivery, statuses: frozenset[DeliveryStatus]) -> bool:
    """Whether a webhook for these statuses is told that a delivery got this one.

    What is held only since sending isn't live is no news: whoever has not turned it on knows that.
    """
    is_chosen = row.status == "held" and bool(row.reasons) and all(one.code == _CHOSEN for one in row.reasons)
    return row.status in statuses and not is_chosen


def post_about(moved: Moved, hook: str, events: Mapping[str, Event], at: datetime) -> Post:
    """What is told of a move, in words that stay the same however often they are posted."""
    record = delivery_record(replace(moved.row, reasons=tuple(map(_open, moved.row.reasons))), events)
    body = _body(f"delivery.{moved.row.status}", moved.at, record)
    return Post(hook=hook, id=_id_of(moved), moved=moved.id, body=body, retry_at=at)


def trial_post(hook: str, site: str, at: datetime) -> Post:
    """One that tells nothing, to see whether it arrives."""
    name = _name_of(f"test {hook} {at.isoformat()}")
    return Post(hook=hook, id=name, moved=0, body=_body("test", at, {"webhook": hook, "site": site}), retry_at=at)


def claimed(post: Post, at: datetime) -> Post:
    """The post with the attempt that is about to be made, and when it is due again should nobody hear of its end."""
    first = post.tried_at or at
    again = at + GAPS[min(post.attempts, len(GAPS) - 1)]
    last = first + GIVES_UP
    return replace(
        post, attempts=post.attempts + 1, tried_at=first, retry_at=min(again, last) if at < last else again
    )  # fmt: skip


def outcome(post: Post, status: int | None, at: datetime) -> Outcome:
    """What an answer with this HTTP status makes of an attempt; None: no answer came."""
    if status is not None and 200 <= status < _MULTIPLE_CHOICES:
        return "delivered"
    if status == _GONE:
        return "gone"
    return "given-up" if post.tried_at is not None and at >= post.tried_at + GIVES_UP else "again"


def host_of(url: str) -> str:
    """What may be said of the address of a webhook: the rest of it may be a key."""
    return urlsplit(url).netloc


def answer_words(host: str, status: int) -> str:
    """What is said of an answer that was no success. Of its own words nothing is repeated: they are a stranger's."""
    if _MULTIPLE_CHOICES <= status < _BAD_REQUEST:
        return f"{host} answered {status}, and redirects are not followed: write the address that it leads to."
    return f"{host} answered {status}."


def standing_words(host: str, state: HookState, zone: str) -> Iterator[str]:
    """How a webhook stands, sentence by sentence."""
    if state.gone_at is not None:
        yield f"{host} said on {moment(state.gone_at, zone)} that it wants no more (410), so it is told nothing."
        return
    last = state.delivered_at
    yield f"{host} was last told on {moment(last, zone)}." if last else f"{host} was told nothing yet."
    if state.waiting:
        yield "1 post waits." if state.waiting == 1 else f"{state.waiting:,} posts wait."
    if state.failing_since is not None:
        yield f"It has failed since {moment(state.failing_since, zone)}: {state.said}"
    if state.given_up:
        yield f"Given up after three days, of the last 30 days: {state.given_up:,}."


def asides_of(states: Sequence[HookState], hosts: Mapping[str, str], zone: str) -> tuple[Aside, ...]:
    """What staff are told of webhooks, each with the host that `hosts` names for it."""
    found: list[Aside] = []
    for state in states:
        lasting, over = state.gone_at or state.failing_since, state.given_up_at
        since = lasting or over
        if since is None or state.name not in hosts:
            continue
        why = " ".join(standing_words(hosts[state.name], state, zone))
        command = f"notifier webhooks {'again' if over is not None and lasting is None else 'test'} {state.name}"
        title = f"The webhook {state.name}"
        found.append(Aside(title=title, why=why, command=command, since=since, lasts=lasting is not None))
    return tuple(found)


def keys_of(secret: str) -> tuple[bytes, ...]:
    """The keys to sign with: of `whsec_…`, or two of them with a space between while one takes the other's place.

    Raises ValueError for anything else; the secret is not in its message.
    """
    keys = tuple(map(_key, secret.split()))
    if not 1 <= len(keys) <= 2:
        raise ValueError("one secret, or two")
    return keys


def new_secret(random: bytes) -> str:
    """A secret as the specification writes it, of 24 to 64 random bytes."""
    return _PREFIX + base64.b64encode(random).decode()


def signed(post: Post, keys: tuple[bytes, ...], at: datetime) -> dict[str, str]:
    """The header fields of one attempt. The time of the attempt is signed too, so that nobody can repeat it later."""
    stamp = str(int(at.timestamp()))
    content = f"{post.id}.{stamp}.{post.body}".encode()
    marks = (base64.b64encode(hmac.digest(key, content, "sha256")).decode() for key in keys)
    return {
        "webhook-id": post.id,
        "webhook-timestamp": stamp,
        "webhook-signature": " ".join(f"v1,{mark}" for mark in marks),
    }


def _key(text: str) -> bytes:
    try:
        key = base64.b64decode(text.removeprefix(_PREFIX), validate=True)
    except (binascii.Error, ValueError):
        raise ValueError("not base64") from None
    if len(key) not in _KEY_BYTES:
        raise ValueError("too short, or too long")
    return key


def _body(kind: str, at: datetime, told: Record) -> str:
    return json.dumps({"type": kind, "timestamp": at.isoformat(), "data": told}, separators=(",", ":"))


def _open(reason: Reason) -> Reason:
    """A reason without what it may say of people, and of links that are not for everybody."""
    return replace(reason, text=_ADDRESS.sub("[address]", reason.text), evidence=None)


def _id_of(moved: Moved) -> str:
    # Not the number alone: after a ledger was restored the same numbers stand for other moves.
    return _name_of(f"{moved.id} {moved.at.isoformat()} {moved.row.status} {moved.row.key}")


def _name_of(text: str) -> str:
    return "msg_" + base64.b32encode(hashlib.sha256(text.encode()).digest()[:20]).decode().lower()
