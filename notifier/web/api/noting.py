"""A note above what one mail says, as the console has it: looked at first, and saved exactly so."""

from __future__ import annotations

from http import HTTPStatus

import structlog

from notifier.core.delivery import Delivery
from notifier.core.records import decision_record, preview_record
from notifier.desk import noting
from notifier.errors import Problem, UserError
from notifier.web.api.answers import Reply, moved_since, refused
from notifier.web.api.endpoints import Call
from notifier.web.api.fields import complained
from notifier.web.api.reading import Reading
from notifier.web.noting import press
from notifier.web.offered import mark
from notifier.web.own_looks import OwnLooks


class Noting:
    """/deliveries/NAME/note."""

    def __init__(self, reading: Reading, looks: OwnLooks) -> None:
        self.reading, self.looks = reading, looks

    def annotate(self, call: Call) -> Reply:
        """Save the note. Without `seen`: show the mail with it, or with the note that it has, and record nothing."""
        row, person = self.reading.row(call.place["name"]), call.caller.person
        written, seen = call.body.get("text"), call.body.get("seen", "")
        if not seen:
            return self._looked_at(row, written)
        if written is None:
            raise complained([Problem(path="text", what="This is missing.", hint="An empty one removes the note.")])
        form = {"text": written, "terms": seen}
        try:
            changed = self.looks.decide(lambda site: press(site, row.key, form, by=person.name))
        except UserError as error:
            raise refused(error, HTTPStatus.CONFLICT) from error
        if changed:
            raise moved_since(changed)
        structlog.get_logger().info("called", act="annotate", key=row.key, api_token=call.caller.token.id)
        return self.reading.delivery(call)

    def _looked_at(self, row: Delivery, written: str | None) -> Reply:
        try:
            found = noting.look_at(self.looks.site(), row.key, written)
        except UserError as error:
            raise refused(error, HTTPStatus.CONFLICT) from error
        events = {event.uid: event for event in found.events}
        record = preview_record(found.delivery, found.message, events, sample=False, problems=found.problems)
        before = decision_record(found.before) if found.before is not None else None
        own = {"people": found.people, "text": found.written, "before": before, "mark": mark(found.terms)}
        return Reply(record={**record, **own})
