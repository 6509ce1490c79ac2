"""The one-off send, as the console and `notifier send` have it: looked at first, and sent with the audience's name. One key, one mail."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import replace
from http import HTTPStatus
from typing import Any

import structlog

from notifier import desk
from notifier.core.delivery import Delivery, Memory, key_hash
from notifier.core.mailbox import mailbox
from notifier.core.one_off import OneOff, is_once
from notifier.core.plain import one_line
from notifier.core.records import Record, acted_record, delivery_record, reason_record, sending_record
from notifier.core.sends import plan_sends
from notifier.core.zones import in_utc
from notifier.errors import Problem, UserError
from notifier.web.api.answers import Refused, Reply, refused
from notifier.web.api.endpoints import ROOT, Call
from notifier.web.api.fields import complained, time_of
from notifier.web.api.reading import Reading
from notifier.web.own_looks import OwnLooks, Standing

#: Signs of a mark by which it is recognised, as on the command line.
_MARK = 12
#: What an answer says that was given before.
_AGAIN = {"idempotent-replayed": "true"}


class Sending:
    """/sends."""

    def __init__(self, reading: Reading, looks: OwnLooks) -> None:
        self.reading, self.looks = reading, looks
        self.board = reading.board

    def send(self, call: Call) -> Reply:
        """Send it, if the body names the audience once more; else say exactly what would go out."""
        wish = self._wish(call)
        if (before := self._before(wish)) is not None:
            return self._stands(before, HTTPStatus.ACCEPTED, _AGAIN)
        if "confirm" not in call.body:
            return self._looked_at(wish, call)
        if call.body["confirm"] != wish.audience:
            raise Refused(
                HTTPStatus.UNPROCESSABLE_ENTITY, f"`confirm` has to be {wish.audience!r} to send it. Nothing was sent."
            )
        return self.looks.decide(lambda site: self._sent(site, wish, call))

    def sent(self, call: Call) -> Reply:
        """How a send stands."""
        return self._stands(self._named(call.place["name"]), HTTPStatus.OK)

    def trial(self, call: Call) -> Reply:
        """Send a test of it to one address, at once, and nothing to anybody else: one for each key."""
        address = call.body["address"].strip()
        if not mailbox(address):
            raise complained([Problem(path="address", what="This is no mail address.", hint="Write name@example.org.")])
        # What is asked for once is the test: a send under the same key is another matter.
        wish, by = replace(self._wish(call), once=secrets.token_hex(8)), call.caller.person.name
        site = self.looks.site()
        done = self._tried_before(site, wish, call, address)
        if done is None and (wrong := self.looks.refused_trial(by)):
            raise Refused(HTTPStatus.TOO_MANY_REQUESTS, wrong)
        try:
            done = done or desk.trial(site, self._prepared(site, wish, call), wish, address, by=by, once=call.once)
        except UserError as error:
            raise refused(error, HTTPStatus.CONFLICT) from error
        outcome, fields = done.outcome, {} if done.is_new else _AGAIN
        if outcome.result != "accepted":
            known = "No test was sent." if outcome.result != "ambiguous" else "Nobody knows whether the test was taken."
            wrong = " ".join(filter(None, (known, outcome.detail, outcome.left)))
            raise Refused(HTTPStatus.CONFLICT, wrong, fields=fields)
        structlog.get_logger().info("called", act="trial", api_token=call.caller.token.id)
        return Reply(
            record={"audience": wish.audience, "address": address, "left": outcome.left or None}, fields=fields
        )

    def undo(self, call: Call) -> Reply:
        """Take it back, as long as it has not been handed over. Twice: once."""
        asked, caller = self._named(call.place["name"]), call.caller
        note = caller.noted(one_line(call.body.get("note", "")) or "taken back")
        try:
            done = self.looks.decide(lambda site: desk.undo(site, asked.key, by=caller.person.name, note=note))
        except UserError as error:
            raise refused(error, HTTPStatus.CONFLICT) from error
        if done.is_new:
            structlog.get_logger().info("decided", act="undo", key=asked.key, api_token=caller.token.id)
        return self._stands(asked, HTTPStatus.OK, {} if done.is_new else _AGAIN)

    def _tried_before(self, site: Standing, wish: desk.Wish, call: Call, address: str) -> desk.Tried | None:
        try:
            return desk.tried_before(site, wish, address, by=call.caller.person.name, once=call.once)
        except UserError:
            raise Refused(
                HTTPStatus.UNPROCESSABLE_ENTITY,
                "Another test was asked for under this Idempotency-Key, so none was sent. Another test needs another key.",
            ) from None

    def _sent(self, site: Standing, wish: desk.Wish, call: Call) -> Reply:
        if (before := self._before(wish)) is not None:
            # The same request, again, was quicker by a moment.
            return self._stands(before, HTTPStatus.ACCEPTED, _AGAIN)
        caller, seen = call.caller, call.body.get("seen", "")
        found = self._prepared(site, wish, call)
        if seen and not (len(seen) >= _MARK and found.mark.startswith(seen)):
            raise Refused(
                HTTPStatus.CONFLICT,
                "It is not what was looked at under this mark, so nothing was sent. Look at it again.",
            )
        if found.questions and not seen:
            raise Refused(
                HTTPStatus.CONFLICT,
                "This asks for a second look, so nothing was sent. Send the same again with `seen` set to this mark.",
                more={"mark": found.mark, "questions": [reason_record(one) for one in found.questions]},
            )
        try:
            done = desk.send(site, wish, by=caller.person.name, seen=found.mark, note=caller.noted(""))
        except UserError as error:
            raise refused(error, HTTPStatus.CONFLICT) from error
        if done.is_new:
            structlog.get_logger().info("decided", act="send", key=found.one_off.key, api_token=caller.token.id)
        return self._stands(found.one_off, HTTPStatus.ACCEPTED, {} if done.is_new else _AGAIN)

    def _looked_at(self, wish: desk.Wish, call: Call) -> Reply:
        found = self._prepared(self.looks.site(), wish, call)
        events = found.look.events()
        record = sending_record(
            found.delivery, found.message, events, problems=found.problems, people=found.people, mark=found.mark,
            questions=[reason_record(one) for one in found.questions], needs_another=found.needs_another,
            others=[delivery_record(one, events) for one in found.others], is_paused=found.is_paused,
        )  # fmt: skip
        return Reply(record=record)

    def _prepared(self, site: Standing, wish: desk.Wish, call: Call) -> desk.Sending:
        try:
            return desk.prepare(site, wish, by=call.caller.person.name)
        except UserError as error:
            raise refused(error, HTTPStatus.UNPROCESSABLE_ENTITY) from error

    def _wish(self, call: Call) -> desk.Wish:
        said: Mapping[str, Any] = call.body
        return desk.Wish(
            audience=said["audience"], once=call.once, events=tuple(said.get("events", ())),
            subject=said.get("subject", ""), note=said.get("note", ""), at=time_of(said.get("at"), self.board.now),
        )  # fmt: skip

    def _before(self, wish: desk.Wish) -> OneOff | None:
        """What was asked for under this key; None where nothing was. Raises Refused where it was something else."""
        every = self._memory().one_offs
        known = [one for key, one in every.items() if key.startswith(f"one_off/{wish.once}/")]
        same = next((one for one in known if one.audience == wish.audience), None)
        if same is not None and self._says(same, wish):
            return same
        if known:
            raise Refused(
                HTTPStatus.UNPROCESSABLE_ENTITY,
                "Something else was asked for under this Idempotency-Key, so nothing was sent. "
                f"{ROOT}/sends/{key_hash(known[0].key)} has it. Another mail needs another key.",
            )
        return None

    def _says(self, asked: OneOff, wish: desk.Wish) -> bool:
        note = wish.note.replace("\r\n", "\n").strip()
        if (asked.subject, asked.note) != (one_line(wish.subject), note):
            return False
        first = asked.asked_at + self.board.app.settings.undo
        if wish.at is not None and asked.due_at != max(first, in_utc(wish.at)):
            return False
        return tuple(dict.fromkeys(self._uid(name, asked) for name in wish.events)) == asked.event_uids

    def _uid(self, name: str, asked: OneOff) -> str:
        if name in asked.event_uids:
            return name
        try:
            return desk.find_event(self.reading.sight().report.look.content, name).uid
        except UserError as error:
            raise refused(error, HTTPStatus.UNPROCESSABLE_ENTITY) from error

    def _named(self, name: str) -> OneOff:
        once = once_of(name)
        every = self._memory().one_offs
        found = next((one for key, one in every.items() if name in (key, key_hash(key))), None)
        found = found or next((one for key, one in every.items() if key.startswith(f"one_off/{once}/")), None)
        if found is None:
            raise Refused(HTTPStatus.NOT_FOUND, "Nothing was sent by hand under this name.")
        return found

    def _stands(self, asked: OneOff, status: HTTPStatus, fields: Mapping[str, str] | None = None) -> Reply:
        memory, events = self._memory(), self.reading.events_now()
        row = self._row(asked, memory)
        said = acted_record(memory.decisions.get(asked.key), row, events)
        place = f"{ROOT}/sends/{key_hash(asked.key)}"
        return Reply(
            record={"id": key_hash(asked.key), **said, "send": _record(asked)},
            status=status, fields={**(fields or {}), **({"location": place} if status == HTTPStatus.ACCEPTED else {})},
        )  # fmt: skip

    def _row(self, asked: OneOff, memory: Memory) -> Delivery | None:
        """The delivery as it stands: the ledger's row where no plan may rewrite it, else what is decided about it now."""
        row = memory.deliveries.get(asked.key)
        if row is not None and not row.is_plannable:
            return row
        events = {uid: event for event in self.reading.events_now().values() for uid in (*event.formerly, event.uid)}
        rules = self.board.app.ticker.wiring.rules
        return next(iter(plan_sends(events, memory, rules, self.board.now, only=asked.key)), row)

    def _memory(self) -> Memory:
        return self.board.app.ticker.wiring.ledger.snapshot()


def once_of(key: str) -> str:
    """What tells a wish from others, of an Idempotency-Key: the key itself where it can be, else what stands for it."""
    return key if is_once(key) else f"k-{hashlib.sha256(key.encode(errors='replace')).hexdigest()[:48]}"


def _record(asked: OneOff) -> Record:
    return {
        "key": asked.key,
        "audience": asked.audience,
        "events": list(asked.event_uids),
        "subject": asked.subject,
        "note": asked.note,
        "asked_by": asked.by,
        "asked_at": asked.asked_at.isoformat(),
        "due_at": asked.due_at.isoformat(),
        "people": asked.people,
    }
