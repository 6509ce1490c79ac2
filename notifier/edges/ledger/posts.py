"""What other programs are told: taken from the history of the rows, claimed before it is posted, kept until it is over."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, RowMapping, and_, delete, func, insert, select, update

from notifier.core.delivery import Decision
from notifier.core.posting import REMEMBERED, HookState, Moved, Outcome, Post, claimed
from notifier.core.zones import in_utc
from notifier.edges.ledger.decisions import with_word
from notifier.edges.ledger.deliveries import count_transitions
from notifier.edges.ledger.numbers import insert_numbered
from notifier.edges.ledger.rows import delivery_of, transition_of
from notifier.edges.ledger.tables import deliveries, posts, transitions, webhooks

_STATE = (
    webhooks.c.name, webhooks.c.since, webhooks.c.cursor, webhooks.c.delivered_at, webhooks.c.failing_since,
    webhooks.c.gone_at, webhooks.c.said,
)  # fmt: skip
_WAITS = posts.c.outcome.is_(None)


class SqlPosts(ABC):
    """`notifier.beside.Posting`, on a ledger that knows how to read and how to write."""

    @abstractmethod
    def _reading(self) -> AbstractContextManager[Connection]: ...

    @abstractmethod
    def _writing(self) -> AbstractContextManager[Connection]: ...

    def begin_hooks(self, hooks: Mapping[str, str], at: datetime) -> None:
        with self._reading() as connection:
            if _addresses(connection) == hooks:
                return
        with self._writing() as connection:
            known = _addresses(connection)
            for name, address in known.items():
                if hooks.get(name) != address:
                    _forget(connection, name)
            for name, address in hooks.items():
                if known.get(name) != address:
                    _begin(connection, name, address, at)

    def begin_again(self, hook: str, at: datetime, *, said: Decision | None = None) -> bool:
        with self._writing() as connection:
            address = _addresses(connection).get(hook)
            if address is None or _state(connection, hook)["gone_at"] is None:
                return False
            _forget(connection, hook)
            _begin(connection, hook, address, at)
            return with_word(connection, said)

    def try_again(self, hook: str, at: datetime, *, said: Decision | None = None) -> int:
        at = in_utc(at)
        mine, anew = posts.c.webhook == hook, {"attempts": 0, "tried_at": None, "retry_at": at}
        lost = update(posts).where(mine, posts.c.outcome == "given-up").values(**anew, outcome=None, done_at=None)
        due = update(posts).where(mine, _WAITS, posts.c.retry_at > at).values(retry_at=at)
        with self._writing() as connection:
            state = _state(connection, hook)
            if state is None or state["gone_at"] is not None:
                return 0
            number = connection.execute(due).rowcount + connection.execute(lost).rowcount
            if number:
                with_word(connection, said)
            return number

    def hooks(self) -> tuple[HookState, ...]:
        with self._reading() as connection:
            found = connection.execute(select(*_STATE).order_by(webhooks.c.name)).mappings().all()
            counts = _counts(connection)
        states: list[HookState] = []
        for row in found:
            waiting, _ = counts.get((row["name"], None), (0, None))
            given_up, last = counts.get((row["name"], "given-up"), (0, None))
            states.append(HookState(**row, waiting=waiting, given_up=given_up, given_up_at=last))
        return tuple(states)

    def untaken(self, hook: str, most: int) -> tuple[Moved, ...]:
        with self._reading() as connection:
            state = _state(connection, hook)
            if state is None or count_transitions(connection) <= state["cursor"]:
                return ()
            later = select(transitions).where(transitions.c.id > state["cursor"]).order_by(transitions.c.id).limit(most)
            steps = connection.execute(later).mappings().all()
            wanted = select(deliveries).where(deliveries.c.key.in_({step["key"] for step in steps}))
            rows = {row["key"]: row for row in connection.execute(wanted).mappings()}
            return tuple(_moved(step, rows[step["key"]]) for step in steps)

    def take_up(self, hook: str, found: Sequence[Post], *, until: int, after: int) -> bool:
        with self._writing() as connection:
            here = and_(webhooks.c.name == hook, webhooks.c.cursor == after)
            if connection.execute(update(webhooks).where(here).values(cursor=until)).rowcount != 1:
                return False
            insert_numbered(connection, posts, map(_post_row, found))
            return True

    def claim_post(self, hook: str, at: datetime) -> Post | None:
        at = in_utc(at)
        due = select(posts).where(posts.c.webhook == hook, _WAITS, posts.c.retry_at <= at)
        # Those that fail again and again come last: they keep none of the others waiting.
        first = due.order_by(posts.c.attempts, posts.c.id).limit(1)
        with self._reading() as connection:
            if connection.execute(first).first() is None:
                return None
        with self._writing() as connection:
            found = connection.execute(first).mappings().first()
            if found is None:
                return None
            post = claimed(_post(found), at)
            values = {"attempts": post.attempts, "retry_at": post.retry_at, "tried_at": post.tried_at}
            connection.execute(update(posts).where(posts.c.id == found["id"]).values(**values))
            return post

    def conclude_post(self, post: Post, outcome: Outcome, at: datetime, *, said: str = "") -> None:
        at = in_utc(at)
        with self._writing() as connection:
            state = _state(connection, post.hook)
            mine = and_(posts.c.webhook == post.hook, posts.c.message == post.id, _WAITS)
            if state is None or connection.execute(select(posts.c.id).where(mine)).first() is None:
                # Another has concluded it, or the webhook was taken away, while this attempt was under way.
                return
            if outcome != "again":
                connection.execute(update(posts).where(mine).values(outcome=outcome, done_at=at))
            connection.execute(delete(posts).where(posts.c.webhook == post.hook, posts.c.done_at < at - REMEMBERED))
            if outcome == "delivered":
                _well(connection, post.hook, at, was_failing=state["failing_since"] is not None)
                return
            changes: dict[str, Any] = {"said": said, "failing_since": state["failing_since"] or at}
            if outcome == "gone":
                changes["gone_at"] = at
                connection.execute(delete(posts).where(posts.c.webhook == post.hook, _WAITS))
            connection.execute(update(webhooks).where(webhooks.c.name == post.hook).values(**changes))


def _well(connection: Connection, hook: str, at: datetime, *, was_failing: bool) -> None:
    """It answers (again): what waits for a later attempt need not wait any longer."""
    changes = {"delivered_at": at, "failing_since": None, "said": ""}
    connection.execute(update(webhooks).where(webhooks.c.name == hook).values(**changes))
    if was_failing:
        waits = and_(posts.c.webhook == hook, _WAITS, posts.c.retry_at > at)
        connection.execute(update(posts).where(waits).values(retry_at=at))


def _addresses(connection: Connection) -> dict[str, str]:
    found = connection.execute(select(webhooks.c.name, webhooks.c.address)).mappings()
    return {row["name"]: row["address"] for row in found}


def _state(connection: Connection, hook: str) -> Any:
    return connection.execute(select(*_STATE).where(webhooks.c.name == hook)).mappings().first()


def _counts(connection: Connection) -> dict[tuple[str, str | None], tuple[int, datetime | None]]:
    """How many there are of each webhook and outcome, and when the last of them came to that."""
    query = select(posts.c.webhook, posts.c.outcome, func.count(), func.max(posts.c.done_at))
    found = connection.execute(query.group_by(posts.c.webhook, posts.c.outcome))
    return {(hook, outcome): (number, last) for hook, outcome, number, last in found}


def _begin(connection: Connection, name: str, address: str, at: datetime) -> None:
    row = {"name": name, "address": address, "since": in_utc(at), "cursor": count_transitions(connection), "said": ""}
    connection.execute(insert(webhooks).values(**row))


def _forget(connection: Connection, name: str) -> None:
    connection.execute(delete(posts).where(posts.c.webhook == name))
    connection.execute(delete(webhooks).where(webhooks.c.name == name))


def _moved(step: RowMapping, row: RowMapping) -> Moved:
    """The delivery as it stood with this step; what came later is told by steps of its own."""
    then, now = transition_of(step), delivery_of(row)
    sent_at = now.sent_at if then.to_status == "sent" else None
    return Moved(
        id=step["id"], at=then.at, row=replace(now, status=then.to_status, reasons=then.reasons, sent_at=sent_at)
    )


def _post(row: RowMapping) -> Post:
    return Post(
        hook=row["webhook"], id=row["message"], moved=row["moved"], body=row["body"], retry_at=row["retry_at"],
        attempts=row["attempts"], tried_at=row["tried_at"],
    )  # fmt: skip


def _post_row(post: Post) -> dict[str, Any]:
    return {
        "webhook": post.hook, "message": post.id, "moved": post.moved, "body": post.body, "attempts": post.attempts,
        "retry_at": in_utc(post.retry_at), "tried_at": in_utc(post.tried_at) if post.tried_at else None,
    }  # fmt: skip
