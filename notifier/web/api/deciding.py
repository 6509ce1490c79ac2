"""The acts about one delivery, as the console has them. What lets something go is bound to what was looked at."""

from __future__ import annotations

from http import HTTPStatus

import structlog

from notifier.core.plain import one_line
from notifier.core.records import delivery_record, reason_record
from notifier.errors import Problem, UserError
from notifier.web.acting import Acting, Pressed, press
from notifier.web.api.answers import Reply, moved_since, refused
from notifier.web.api.endpoints import Call
from notifier.web.api.fields import complained, time_of
from notifier.web.api.reading import Reading
from notifier.web.offered import Doing

#: Those that only keep something from going out need no second look.
STOPPING: tuple[Doing, ...] = ("hold", "skip")
#: Those that let something go, or say what became of it, are bound to what was looked at.
BOUND: tuple[Doing, ...] = ("release", "approve", "retry", "settle")


class Deciding:
    """/deliveries/NAME/ACT."""

    def __init__(self, reading: Reading, acting: Acting) -> None:
        self.reading, self.acting = reading, acting

    def decide(self, act: Doing, call: Call) -> Reply:
        """Do it. Without `seen`, of what is bound to a look: say what it is about, and do nothing."""
        row, caller = self.reading.row(call.place["name"]), call.caller
        seen = call.body.get("seen", "")
        if act in BOUND and not seen:
            return self._looked_at(act, call)
        result = call.body.get("result", "")
        if act == "settle" and not result:
            raise complained([Problem(path="result", what="This is missing.", hint="Write sent, or failed.")])
        form = {"note": caller.noted(one_line(call.body.get("note", ""))), "terms": seen, "to": result}
        sent_at = time_of(call.body.get("sent_at"), self.reading.board.now, name="sent_at")
        pressed = Pressed(act=act, key=row.key, by=caller.person.name, form=form, sent_at=sent_at)
        try:
            changed = self.acting.looks.decide(lambda site: press(site, pressed))
        except UserError as error:
            raise refused(error, HTTPStatus.CONFLICT) from error
        if changed:
            raise moved_since(changed)
        structlog.get_logger().info("called", act=act, key=row.key, api_token=caller.token.id)
        return self.reading.delivery(call)

    def _looked_at(self, act: Doing, call: Call) -> Reply:
        try:
            found = self.acting.asked(act, self.reading.row(call.place["name"]))
        except UserError as error:
            raise refused(error, HTTPStatus.CONFLICT) from error
        return Reply(
            record={
                "delivery": delivery_record(found.row, self.reading.events_now()),
                "people": found.people,
                "questions": [reason_record(one) for one in found.questions],
                "mark": found.mark,
            }
        )
