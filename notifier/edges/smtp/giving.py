"""What is given away in one round: who is claimed for it, and what is written down of each."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from notifier.core.recipient import Recipient, Result
from notifier.edges.smtp.crew import Crew, Ending
from notifier.edges.smtp.pace import Pace
from notifier.edges.smtp.wire import NotTaken
from notifier.people import Recipients

#: How long somebody whom the server refused for now waits, by the number of attempts made.
_RETRY_AFTER = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=15), timedelta(hours=1))
#: After a day of that the refusal is taken for final.
_MOST_ATTEMPTS = 27
_GIVEN_UP_AT_ONCE = 5_000
_TOO_LATE = "It was no longer useful when their turn came."


@dataclass(slots=True, kw_only=True)
class Giving:
    """One round of the delivery `key`, under one `claim`, to at most `most` people (None: to as many as time allows).

    `has_gone_out`: somebody was taken before. `refusals` and `put_off` are the server's words, for good and for now; `claimed` is
    how many people it came to, `is_over_pace` whether more would have been if the rate had let them.
    """

    ledger: Recipients
    key: str
    claim: str
    at: datetime
    pace: Pace
    most: int | None = None
    has_gone_out: bool = False
    trouble: NotTaken | None = None
    claimed: int = 0
    is_over_pace: bool = False
    refusals: list[str] = field(default_factory=list)
    put_off: list[str] = field(default_factory=list)
    #: While nobody was taken, a refusal may be about us, and is not yet written down as final.
    _held: list[Ending] = field(default_factory=list)

    def run(self, crew: Crew) -> None:
        crew.run(self._claim, self._conclude)
        self._write(Result(number=one.recipient.number, status="waiting", said=one.said) for one in self._held)
        self.trouble = crew.trouble

    def give_up(self) -> None:
        """Nobody more is given it: its time is over."""
        at = self.at
        while True:
            mine = self.ledger.claim(self.key, _GIVEN_UP_AT_ONCE, claim=self.claim, at=at)
            self._write(Result(number=one.number, status="refused", said=_TOO_LATE) for one in mine)
            if not mine:
                later = self.ledger.tally(self.key).next_at
                if later is None or later <= at:
                    # Nobody waits, or another process is at those who do.
                    return
                at = later

    def _claim(self, most: int) -> Sequence[Recipient]:
        wanted = most if self.most is None else min(most, self.most - self.claimed)
        number = self.pace.take(wanted, self.at)
        self.is_over_pace = self.is_over_pace or number < wanted
        found = self.ledger.claim(self.key, number, claim=self.claim, at=self.at) if number else ()
        self.pace.give_back(number - len(found), self.at)
        self.claimed += len(found)
        return found

    def _conclude(self, endings: Sequence[Ending]) -> None:
        self.pace.give_back(sum(not one.was_tried for one in endings), self.at)
        self.has_gone_out = self.has_gone_out or any(one.status in ("taken", "unknown") for one in endings)
        self.refusals += [one.said for one in endings if one.status == "refused"]
        self.put_off += [one.said for one in endings if one.status == "waiting" and one.was_tried]
        ready = [one for one in endings if self.has_gone_out or one.status != "refused"]
        self._held += [one for one in endings if not self.has_gone_out and one.status == "refused"]
        if self.has_gone_out:
            ready, self._held = [*self._held, *ready], []
        self._write(map(self._result, ready))

    def _write(self, results: Iterable[Result]) -> None:
        self.ledger.conclude(self.key, list(results), claim=self.claim, at=self.at)

    def _result(self, one: Ending) -> Result:
        number, attempts = one.recipient.number, one.recipient.attempts
        if one.status != "waiting" or not one.was_tried:
            return Result(number=number, status=one.status, said=one.said)
        retry_at = self.at + _RETRY_AFTER[min(max(attempts, 1), len(_RETRY_AFTER)) - 1]
        if attempts > _MOST_ATTEMPTS:
            return Result(number=number, status="refused", said=one.said)
        return Result(number=number, status="waiting", said=one.said, retry_at=retry_at)
