"""What becomes of members and recipients where they are kept: so every ledger, however it keeps them, gives back the same."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from string import ascii_lowercase, ascii_uppercase

from notifier.core.keeping import plain_text
from notifier.core.recipient import Member, Recipient, Result, digest_of, plain_address
from notifier.core.zones import in_utc

#: Said of those whose address was erased before anything was given away for them.
ERASED = "The address was erased before anything was sent to it."
#: Of somebody who is enrolled a second time.
TWICE = "A person would get one delivery twice."
#: How often what is old enough is erased.
_EVERY = timedelta(days=1)
#: As databases do it.
_ASCII_LOWER = str.maketrans(ascii_uppercase, ascii_lowercase)


def put_together(audience: str, members: Iterable[Member]) -> dict[str, Member]:
    """Members as they come back, by digest: of two spellings of one address the last, at its own place."""
    found: dict[str, Member] = {}
    for member in members:
        digest = digest_of(audience, member.address)
        found.pop(digest, None)
        found[digest] = member_kept(member)
    return found


def member_kept(member: Member) -> Member:
    """The member as they come back: without what no database takes."""
    return replace(
        member,
        address=plain_text(member.address),
        name=plain_text(member.name),
        timezone=None if member.timezone is None else plain_text(member.timezone),
        tags=tuple(plain_text(tag) for tag in member.tags),
    )


def to_enrol(recipients: Iterable[Recipient]) -> Iterator[Recipient]:
    """The recipients as they are kept, one after the other.

    Raises ValueError for the program's own mistakes: a number that is not above the one before, or one who isn't waiting untried.
    Whether somebody comes twice only those can tell who keep them all: they raise it with `TWICE`.
    """
    last = -1
    for one in recipients:
        if one.number <= last:
            raise ValueError("Two recipients of one delivery have the same number, or do not come by number.")
        if one.status != "waiting" or one.attempts or one.claim is not None:
            raise ValueError("Only who is waiting, and was never claimed, can be enrolled.")
        last = one.number
        yield enrolled(one)


def enrolled(one: Recipient) -> Recipient:
    """The recipient as they come back once enrolled."""
    return replace(
        one,
        address=plain_text(one.address),
        name=plain_text(one.name),
        said=plain_text(one.said),
        retry_at=None if one.retry_at is None else in_utc(one.retry_at),
    )


def may_be_claimed(one: Recipient, at: datetime) -> bool:
    return one.status == "waiting" and (one.retry_at is None or one.retry_at <= at)


def claimed(one: Recipient, claim: str) -> Recipient:
    return replace(one, status="claimed", claim=plain_text(claim), attempts=one.attempts + 1, retry_at=None)


def may_be_concluded(one: Recipient, claim: str | None) -> bool:
    """Whether what became of them may be written down for this claim, or for None: whoever holds it.

    An unknown one keeps its claim, so that its holder may still say what became of it, and nobody else but a person.
    """
    return one.status in ("claimed", "unknown") and (claim is None or one.claim == plain_text(claim))


def concluded(one: Recipient, result: Result) -> Recipient:
    """The recipient with what became of them. Who has no address any more waits for nothing."""
    if result.status == "waiting" and not one.address:
        return replace(one, status="refused", said=ERASED, claim=None, retry_at=None)
    waits = result.retry_at if result.status == "waiting" else None
    return replace(
        one,
        status=result.status,
        said=plain_text(result.said),
        claim=one.claim if result.status == "unknown" else None,
        retry_at=None if waits is None else in_utc(waits),
    )


def erased(one: Recipient) -> Recipient:
    """The recipient without address and name. Nothing can be sent to who was still waiting, so that is how it ends."""
    bare = replace(one, address="", name="")
    return replace(bare, status="refused", said=ERASED, retry_at=None) if one.status == "waiting" else bare


def is_person(digest: str, address: str, sought: str, digests: Collection[str]) -> bool:
    """Whether who is kept so is the one who is sought: by one of these digests, or by the address itself.

    Audiences that config.yaml doesn't name any more have digests that nobody can tell.
    """
    return digest in digests or address.strip(" ").translate(_ASCII_LOWER) == plain_text(plain_address(sought))


def may_be_enrolled_anew(recipients: Iterable[Recipient]) -> bool:
    """Whether nobody of an earlier list was ever claimed."""
    return not any(one.attempts for one in recipients)


def erases_before(now: datetime, keeps: timedelta, last_at: datetime | None) -> datetime | None:
    """Before which instant deliveries lose their recipients' addresses now; None while that was looked at within a day.

    `last_at` is when it was last looked at; a clock that was set back doesn't put it off.
    """
    if last_at is not None and last_at <= now < last_at + _EVERY:
        return None
    try:
        return now - keeps
    except OverflowError:
        return None
