"""Stopping everything, and letting it go on, as the console has it."""

from __future__ import annotations

from http import HTTPStatus

import structlog

from notifier import desk
from notifier.core.delivery import Decision, key_hash
from notifier.core.plain import one_line
from notifier.core.records import Record, decision_record, delivery_record
from notifier.errors import UserError
from notifier.web.api.answers import Refused, Reply, refused
from notifier.web.api.endpoints import Call
from notifier.web.api.reading import Reading
from notifier.web.own_looks import OwnLooks
from notifier.web.pausing import name_of, pause_now


class Pausing:
    """/pause and /resume."""

    def __init__(self, reading: Reading, looks: OwnLooks) -> None:
        self.reading, self.looks = reading, looks

    def paused(self, call: Call) -> Reply:
        """Who stopped everything, if somebody did."""
        return Reply(record=self._standing())

    def pause(self, call: Call) -> Reply:
        """Stop everything. Twice: once."""
        caller = call.caller
        note = caller.noted(one_line(call.body.get("note", "")))
        done = self.looks.decide(lambda site: desk.pause(site, by=caller.person.name, note=note))
        if done.is_new:
            structlog.get_logger().info("decided", act="pause", api_token=caller.token.id)
        return Reply(record=self._standing())

    def resume(self, call: Call) -> Reply:
        """Let everything go on. Without `seen`: say what would go out at once, and do nothing."""
        seen = call.body.get("seen", "")
        try:
            done = self.looks.decide(lambda site: self._resumed(site, call, seen)) if seen else self._would()
        except UserError as error:
            raise refused(error, HTTPStatus.CONFLICT) from error
        events = self.reading.events_now()
        due, missed = ([delivery_record(row, events) for row in rows] for rows in (done.due, done.missed))
        return Reply(record={**self._standing(), "due": due, "missed": missed})

    def _would(self) -> desk.Resumed:
        return desk.resumption(self.looks.site())

    def _resumed(self, site: desk.Site, call: Call, seen: str) -> desk.Resumed:
        paused, caller = self._pause(), call.caller
        if paused is not None and _mark(paused) != seen:
            raise Refused(
                HTTPStatus.CONFLICT,
                "It is another pause than the one of this mark, so nothing was decided. Look again.",
            )
        done = desk.resume(site, by=caller.person.name, note=caller.noted(one_line(call.body.get("note", ""))))
        if done.is_new:
            structlog.get_logger().info("decided", act="resume", api_token=caller.token.id)
        return done

    def _pause(self) -> Decision | None:
        return pause_now(self.reading.board.app.ticker.wiring.ledger)

    def _standing(self) -> Record:
        paused = self._pause()
        return {
            "paused": decision_record(paused) if paused is not None else None,
            "mark": _mark(paused) if paused is not None else None,
        }


def _mark(paused: Decision) -> str:
    return key_hash(name_of(paused))
