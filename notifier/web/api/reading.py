"""What can be looked at: events, the plan, deliveries. All from the last tick's look and the ledger's rows; nothing is read."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from http import HTTPStatus

from notifier.core.delivery import Delivery, DeliveryStatus, key_hash
from notifier.core.event import Event
from notifier.core.records import (
    Record,
    decision_record,
    delivery_record,
    event_record,
    events_record,
    plan_record,
    preview_record,
    problem_record,
    reach_record,
    why_record,
)
from notifier.errors import Problem
from notifier.tick import Report
from notifier.web.api.answers import Refused, Reply, written
from notifier.web.api.endpoints import Call
from notifier.web.api.fields import complained
from notifier.web.board import Board, Sight

#: Rows of one answer, where the caller names no other number, and at most.
PAGE, MOST = 100, 500


class Reading:
    """The answers to GET."""

    def __init__(self, board: Board) -> None:
        self.board = board
        self._kept: dict[str, tuple[Report, bytes]] = {}

    def events(self, call: Call) -> Reply:
        """All that were read, as `notifier events` prints them."""
        return self._once("events", lambda sight: events_record(sight.report.look.content, sight.clearances))

    def plan(self, call: Call) -> Reply:
        """What the last tick planned, as `notifier plan` prints it."""
        return self._once("plan", self._plan)

    def event(self, call: Call) -> Reply:
        """One event, what is wrong in its document, and what every rule decides about it."""
        sight, uid = self.sight(), call.place["uid"]
        event = sight.events.get(uid)
        if event is None:
            raise Refused(HTTPStatus.NOT_FOUND, "No event has this uid. /api/v1/events lists them all.")
        rows = [row for row in self.board.rows() if uid in row.event_uids]
        problems = [problem_record(one) for one in self.board.problems(event.path)]
        found = event_record(event, self.board.clearance(uid))
        return Reply(record={"event": found, "problems": problems, "why": self._why(event, rows)})

    def deliveries(self, call: Call) -> Reply:
        """Rows of the ledger, the first due first; `next` is what to send as `after` for the rest."""
        wanted = call.query
        statuses: tuple[DeliveryStatus, ...] = (wanted["status"],) if "status" in wanted else ()
        rows = [
            row for row in self.board.rows(*statuses)
            if row.audience == wanted.get("audience", row.audience) and row.kind == wanted.get("kind", row.kind)
        ]  # fmt: skip
        start = _after(self.board.rows(), rows, wanted["after"]) if "after" in wanted else 0
        most = wanted.get("limit", PAGE)
        shown, rest = rows[start : start + most], rows[start + most :]
        listed = [self._record(row) for row in shown]
        return Reply(record={"deliveries": listed, "next": key_hash(shown[-1].key) if rest and shown else None})

    def delivery(self, call: Call) -> Reply:
        """One of them, with what people decided about it, and what became of it in numbers where somebody counts."""
        row = self.row(call.place["name"])
        ledger = self.board.app.ticker.wiring.ledger
        reach = ledger.reaches().get(row.key)
        return Reply(
            record={
                "id": key_hash(row.key),
                "delivery": self._record(row),
                "decisions": [decision_record(one) for one in ledger.decided(row.key)],
                "reach": reach_record(reach) if reach else None,
            }
        )

    def message(self, call: Call) -> Reply:
        """The message as it would look now, as `notifier preview` prints it."""
        row = self.row(call.place["name"])
        found = self.board.preview(row.key, row.event_uids, [row])
        if isinstance(found, str):
            raise Refused(HTTPStatus.NOT_FOUND, found)
        events = self.events_now()
        return Reply(
            record=preview_record(found.delivery, found.message, events, sample=found.sample, problems=found.problems)
        )

    def sight(self) -> Sight:
        """What the last tick saw. Raises Refused before the first."""
        sight = self.board.sight()
        if sight is None:
            raise Refused(
                HTTPStatus.SERVICE_UNAVAILABLE, "Nothing has been read yet. Ask again after the first tick.",
                fields={"retry-after": "60"},
            )  # fmt: skip
        return sight

    def events_now(self) -> Mapping[str, Event]:
        sight = self.board.sight()
        return sight.events if sight else {}

    def row(self, name: str) -> Delivery:
        """The row of a key, or of its short name. Raises Refused."""
        row = next((row for row in self.board.rows() if name in (row.key, key_hash(row.key))), None)
        if row is None:
            raise Refused(HTTPStatus.NOT_FOUND, "No delivery is called that. /api/v1/deliveries lists them all.")
        return row

    def _record(self, row: Delivery) -> Record:
        return delivery_record(row, self.events_now())

    def _why(self, event: Event, rows: Sequence[Delivery]) -> Record:
        wiring = self.board.app.ticker.wiring
        decisions = self.board.explained(event, rows)
        said = sorted((one for row in rows for one in wiring.ledger.decided(row.key)), key=lambda one: one.at)
        told = [(one.known.told, one.known.otherwise) for one in self.board.told(event)]
        return why_record(event.path, decisions, said, told, wiring.ledger.reaches())

    def _plan(self, sight: Sight) -> Record:
        look = sight.report.look
        secret = {one.name for one in self.board.app.settings.rules.feeds if one.secret}
        # What was not published in that tick is what it complained about.
        late = {problem.path for problem in sight.report.problems}
        feeds = [
            {
                "name": one.name,
                "path": f"{'secret-feeds' if one.name in secret else 'feeds'}/{one.name}.ics",
                "events": len(one.uids),
                "changed": f"{one.name}.ics" in late,
            }
            for one in look.plan.feeds
        ]
        return plan_record(look.plan, look.content, feeds)

    def _once(self, name: str, make: Callable[[Sight], Record]) -> Reply:
        """What stays the same until the next tick is written once."""
        sight = self.sight()
        report, body = self._kept.get(name, (None, b""))
        if report is not sight.report:
            body = written(make(sight))
            self._kept[name] = (sight.report, body)
        return Reply(body=body)


def _after(every: Sequence[Delivery], rows: Sequence[Delivery], after: str) -> int:
    """Where to go on. The row itself may be gone from the list since: what stands behind its place is next."""
    last = next((row for row in every if key_hash(row.key) == after), None)
    if last is None:
        raise complained([Problem(path="after", what="No delivery is called that.", hint="Take it from `next`.")])
    return sum((row.due_at, row.key) <= (last.due_at, last.key) for row in rows)
