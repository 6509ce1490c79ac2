"""One delivery's recipients. A claim and what became of it are each one transaction.

Where a database locks rows, those who claim at once pass over each other's; where it doesn't, there is one writer at a time.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from itertools import islice
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    Update,
    and_,
    bindparam,
    case,
    delete,
    func,
    insert,
    null,
    or_,
    select,
    update,
)
from sqlalchemy.exc import IntegrityError

from notifier.core.enrolling import ERASED, TWICE, claimed, concluded, may_be_concluded, to_enrol
from notifier.core.keeping import plain_text
from notifier.core.recipient import Recipient, RecipientStatus, Result, Tally, digest_of
from notifier.core.zones import in_utc
from notifier.edges.ledger.numbers import insert_numbered
from notifier.edges.ledger.roster import is_person
from notifier.edges.ledger.tables import enrolments, recipients

#: How many rows are made ready at once: a whole list of a million would take a gigabyte.
_ROWS_AT_ONCE = 1_000
#: Well below the smallest number of parameters that a database takes in one statement (SQLite before 3.32: 999).
_NUMBERS_AT_ONCE = 500
_FIELDS = ("number", "digest", "address", "name", "status", "attempts", "said", "claim", "retry_at")


def write_enrolment(connection: Connection, key: str, given: Iterable[Recipient], at: datetime) -> bool:
    # Whoever is claiming has done so before this goes on.
    at, known = in_utc(at), connection.execute(_enrolment_of(key).with_for_update()).scalar()
    if known is not None and _was_claimed(connection, known):
        return False
    if known is None:
        insert_numbered(connection, enrolments, [{"key": key, "at": at, "erased": False}])
        known = _enrolment(connection, key)
    else:
        connection.execute(delete(recipients).where(recipients.c.enrolment == known))
        connection.execute(update(enrolments).where(enrolments.c.id == known).values(at=at, erased=False))
    remaining = to_enrol(given)
    while some := list(islice(remaining, _ROWS_AT_ONCE)):
        _insert(connection, [{**_row(one), "enrolment": known, "at": at} for one in some])
    return True


def _insert(connection: Connection, rows: Sequence[dict[str, Any]]) -> None:
    try:
        connection.execute(insert(recipients), rows)
    except IntegrityError:
        # The numbers were looked at. What the database says has addresses in it.
        raise ValueError(TWICE) from None


def claim_waiting(connection: Connection, key: str, most: int, *, claim: str, at: datetime) -> tuple[Recipient, ...]:
    enrolment, at = connection.execute(_enrolment_of(key).with_for_update(read=True)).scalar(), in_utc(at)
    if enrolment is None or most <= 0:
        return ()
    found = [_recipient(row) for row in connection.execute(waiting_rows(enrolment, most, at))]
    for some in _batches([one.number for one in found]):
        connection.execute(claiming(enrolment, some, claim=claim, at=at))
    return tuple(claimed(one, claim) for one in found)


def waiting_rows(enrolment: int, most: int, at: datetime) -> Select[Any]:
    """The rows that a claim takes: those that no other is claiming at this moment."""
    columns = [recipients.c[name] for name in _FIELDS]
    query = select(*columns).where(*_is_waiting(enrolment, at)).order_by(recipients.c.number).limit(most)
    return query.with_for_update(skip_locked=True)


def claiming(enrolment: int, numbers: Sequence[int], *, claim: str, at: datetime) -> Update:
    """The claim of these."""
    mine = (recipients.c.enrolment == enrolment, recipients.c.number.in_(numbers))
    changes = {"status": "claimed", "claim": plain_text(claim), "retry_at": None, "at": at}
    return update(recipients).where(*mine).values(attempts=recipients.c.attempts + 1, **changes)


def write_results(
    connection: Connection, key: str, results: Sequence[Result], *, claim: str | None, at: datetime
) -> int:
    enrolment, at = _enrolment(connection, key), in_utc(at)
    if enrolment is None:
        return 0
    wanted = {result.number: result for result in results}
    held = [one for one in _numbered(connection, enrolment, list(wanted)) if may_be_concluded(one, claim)]
    if held:
        connection.execute(_rewriting(), [_changes(enrolment, concluded(one, wanted[one.number]), at) for one in held])
    return len(held)


def read_tally(connection: Connection, key: str) -> Tally:
    enrolment = _enrolment(connection, key)
    if enrolment is None:
        return Tally()
    rows = connection.execute(counted(enrolment)).all()
    counts = {status: number for status, number, _, _ in rows}
    # A waiting one without a time may be tried at once.
    times = [first for status, number, timed, first in rows if status == "waiting" and timed == number]
    return Tally(**counts, next_at=times[0] if times else None)


def counted(enrolment: int) -> Select[Any]:
    """How many stand where; of each status, how many have a time, and the first of these."""
    status, retry_at = recipients.c.status, recipients.c.retry_at
    query = select(status, func.count(), func.count(retry_at), func.min(retry_at))
    return query.where(recipients.c.enrolment == enrolment).group_by(status)


def read_recipients(connection: Connection, key: str, statuses: Sequence[RecipientStatus]) -> tuple[Recipient, ...]:
    enrolment = _enrolment(connection, key)
    if enrolment is None:
        return ()
    query = select(*[recipients.c[name] for name in _FIELDS]).where(recipients.c.enrolment == enrolment)
    if statuses:
        query = query.where(recipients.c.status.in_(statuses))
    return tuple(map(_recipient, connection.execute(query.order_by(recipients.c.number))))


def erase_person(connection: Connection, address: str, audiences: Sequence[str]) -> int:
    """Erase a person's address from every delivery; returns from how many."""
    digests = [digest_of(name, address) for name in audiences]
    not_yet = recipients.c.enrolment.in_(select(enrolments.c.id).where(enrolments.c.erased.is_(False)))
    return _erase(connection, and_(not_yet, is_person(recipients, address, digests)))


def erase_old(connection: Connection, before: datetime) -> int:
    """Erase the addresses of what was enrolled before then, and remember that, so that it is not looked at again."""
    old = _are_old(before)
    found = connection.execute(select(enrolments.c.id).where(*old)).scalars().all()
    erased = sum(_erase(connection, recipients.c.enrolment == enrolment) for enrolment in found)
    if found:
        connection.execute(update(enrolments).where(*old).values(erased=True))
    return erased


def is_old(connection: Connection, before: datetime) -> bool:
    """Whether there is anything for `erase_old` to do."""
    return connection.execute(select(enrolments.c.id).where(*_are_old(before)).limit(1)).first() is not None


def _are_old(before: datetime) -> tuple[ColumnElement[bool], ...]:
    return enrolments.c.at < in_utc(before), enrolments.c.erased.is_(False)


def _erase(connection: Connection, where: ColumnElement[bool]) -> int:
    waits, c = recipients.c.status == "waiting", recipients.c
    # As `core.enrolling.erased` has it: what each says on the right is how it was before.
    ended = {
        "status": case((waits, "refused"), else_=c.status),
        "said": case((waits, ERASED), else_=c.said),
        "retry_at": case((waits, null()), else_=c.retry_at),
    }
    something = or_(c.address != "", c.name != "")
    return connection.execute(update(recipients).where(where, something).values(address="", name="", **ended)).rowcount


def _enrolment(connection: Connection, key: str) -> int | None:
    return connection.execute(_enrolment_of(key)).scalar()


def _enrolment_of(key: str) -> Select[Any]:
    return select(enrolments.c.id).where(enrolments.c.key == key)


def _was_claimed(connection: Connection, enrolment: int) -> bool:
    tried = (recipients.c.enrolment == enrolment, recipients.c.attempts > 0)
    return connection.execute(select(recipients.c.number).where(*tried).limit(1)).first() is not None


def _is_waiting(enrolment: int, at: datetime) -> tuple[ColumnElement[bool], ...]:
    come = or_(recipients.c.retry_at.is_(None), recipients.c.retry_at <= at)
    return recipients.c.enrolment == enrolment, recipients.c.status == "waiting", come


def _numbered(connection: Connection, enrolment: int, numbers: Sequence[int]) -> Iterator[Recipient]:
    columns = [recipients.c[name] for name in _FIELDS]
    for numbers_at_once in _batches(numbers):
        some = recipients.c.number.in_(numbers_at_once)
        query = select(*columns).where(recipients.c.enrolment == enrolment, some).with_for_update()
        yield from map(_recipient, connection.execute(query))


def _batches(numbers: Sequence[int]) -> Iterator[Sequence[int]]:
    for start in range(0, len(numbers), _NUMBERS_AT_ONCE):
        yield numbers[start : start + _NUMBERS_AT_ONCE]


def _rewriting() -> Any:
    changed: dict[str, Any] = {name: bindparam(name) for name in ("status", "said", "claim", "retry_at", "at")}
    place = (recipients.c.enrolment == bindparam("its_enrolment"), recipients.c.number == bindparam("its_number"))
    return update(recipients).where(*place).values(**changed)


def _changes(enrolment: int, one: Recipient, at: datetime) -> dict[str, Any]:
    return {
        "its_enrolment": enrolment, "its_number": one.number, "status": one.status, "said": one.said, "claim": one.claim,
        "retry_at": one.retry_at, "at": at,
    }  # fmt: skip


def _recipient(row: Sequence[Any]) -> Recipient:
    """Of the columns in `_FIELDS`, in that order. Their names are not asked for in each row: that takes longer than all else."""
    return Recipient(**dict(zip(_FIELDS, row, strict=True)))


def _row(one: Recipient) -> dict[str, Any]:
    return {name: getattr(one, name) for name in _FIELDS}
