"""What a tick reads at providers beside handing over: mails that people made there, what became of ours, drafts left over.

None of it keeps a tick from anything: what can't be read now is read later, and what is known stands.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from notifier.beside import Counting, Noticing, Seeing, Tidying, Unseen
from notifier.core.byhand import NEAR
from notifier.core.delivery import Delivery
from notifier.core.mode import is_rehearsed
from notifier.core.reach import in_words, may_be_tidied, next_look
from notifier.errors import ProviderError
from notifier.tick.wiring import Wiring

#: A provider is asked for what people sent there at most so often; more often only where something is about to go out,
#: or where it called.
EVERY = timedelta(minutes=5)
_AT_ONCE = timedelta(minutes=1)
#: So far back what people sent is looked for: what is due now may have been due some days ago.
_BACK = NEAR + timedelta(days=4)
#: How often the ledger is looked through for numbers that are to be asked for, how soon a number that isn't there yet is
#: asked for again, and how many are asked for at once.
_COUNTS_EVERY = timedelta(minutes=10)
_NOT_YET = timedelta(minutes=30)
_MOST_COUNTS = 5
#: What was due longer ago has no drafts any more.
_TIDIED_BACK = timedelta(days=90)
#: What each of these is called in what is counted.
_CALLS = {"mails sent by hand": "made_by_hand", "report": "reach", "drafts left over": "tidy"}
_KINDS = frozenset({"announcement", "reminder"})


@dataclass(slots=True, kw_only=True)
class Lookout:
    """What is remembered between ticks may be lost: then it is asked once more than it need be."""

    wiring: Wiring
    seeing: Seeing = field(default_factory=Unseen)
    _noticed_at: dict[str, datetime] = field(default_factory=dict)
    _called: set[str] = field(default_factory=set)
    _counted_at: datetime | None = None
    _not_yet: dict[str, datetime] = field(default_factory=dict)
    _tidied_on: date | None = None
    _troubles: dict[str, str] = field(default_factory=dict)
    _said: list[str] = field(default_factory=list)
    #: By capability, which of which providers have it: looking for each method of a protocol takes long.
    _found: dict[Any, tuple[object, dict[str, Any]]] = field(default_factory=dict)

    def call(self, name: str) -> None:
        """A provider says that something happened there: it is read at the next tick. May be called from any thread."""
        self._called.add(name)

    def notice(self, now: datetime) -> bool:
        """Read what people sent by themselves, where something of ours may be about the same; whether that is news."""
        news = [self._notice(name, one, now) for name, one in self._able(Noticing).items() if self._is_time(name, now)]
        return any(news)

    def after(self, now: datetime, window_end: datetime | None) -> tuple[str, ...]:
        """What is in no hurry: numbers, and drafts left over. Returns what there is to say of all, each once.

        `window_end` is that before this tick.
        """
        self._count(now)
        self._tidy(now, window_end)
        said, self._said = tuple(self._said), []
        return said

    def _able(self, capability: Any) -> dict[str, Any]:
        providers, known = self.wiring.providers, self._found.get(capability)
        if known is None or known[0] is not providers:
            able = {name: one for name, one in providers.items() if isinstance(one, capability)}
            known = self._found[capability] = providers, able
        return known[1]

    def _is_time(self, name: str, now: datetime) -> bool:
        rows = [
            row for row in self.wiring.ledger.rows("planned", "held", "drafted") if self._may_be_told(row, name, now)
        ]
        if not rows:
            return False
        goes_out = any(
            row.status == "planned" and row.due_at <= now and (row.retry_at is None or row.retry_at <= now)
            for row in rows
        )
        last, wait = self._noticed_at.get(name), _AT_ONCE if goes_out or name in self._called else EVERY
        return last is None or not last <= now < last + wait

    def _may_be_told(self, row: Delivery, name: str, now: datetime) -> bool:
        return row.provider == name and row.kind in _KINDS and row.due_at <= now + NEAR and row.expires_at > now

    def _notice(self, name: str, provider: Noticing, now: datetime) -> bool:
        ledger = self.wiring.ledger
        self._noticed_at[name] = now
        self._called.discard(name)
        known = [one for one in ledger.snapshot().by_hand if one.provider == name]
        # A draft of ours that lost its mark is still ours.
        ours = {row.draft_id for row in ledger.rows() if row.provider == name and row.draft_id}
        found = self._asked(
            name, "mails sent by hand", lambda: provider.made_by_hand(now - _BACK, known=known, ours=ours)
        )
        if found is None:
            return False
        new = [one for one in found if one.id not in {mail.id for mail in known}]
        self._said += [f"{one.service} has a campaign that was made by hand: “{one.name}”, {one.place}" for one in new]
        return ledger.note_by_hand(name, found)

    def _count(self, now: datetime) -> None:
        able = self._able(Counting)
        if not able or (self._counted_at is not None and self._counted_at <= now < self._counted_at + _COUNTS_EVERY):
            return
        self._counted_at = now
        ledger, asked = self.wiring.ledger, 0
        known = ledger.reaches()
        for row in ledger.rows("sent"):
            if row.provider not in able or asked >= _MOST_COUNTS or row.sent_at is None or row.draft_id is None:
                continue
            if is_rehearsed(row.draft_id):
                continue
            last = known[row.key].at if row.key in known else None
            look_at = next_look(row.sent_at, last)
            if look_at is None or look_at > now or self._not_yet.get(row.key, now) > now:
                continue
            asked += 1
            self._count_one(row, able[row.provider], now)

    def _count_one(self, row: Delivery, provider: Counting, now: datetime) -> None:
        draft_id = row.draft_id or ""
        reach = self._asked(row.provider, "report", lambda: provider.reach(draft_id, now))
        if reach is None:
            self._not_yet[row.key] = now + _NOT_YET
            return
        self._not_yet.pop(row.key, None)
        self.wiring.ledger.note_reach(row.key, reach)
        self._said.append(f"{row.key}: {in_words(reach)}.")

    def _tidy(self, now: datetime, window_end: datetime | None) -> None:
        """At the first tick of a day, whichever process makes it."""
        day = now.date()
        if window_end is None or window_end.date() >= day or self._tidied_on == day:
            return
        self._tidied_on = day
        ledger = self.wiring.ledger
        for name, provider in self._able(Tidying).items():
            rows = [row for row in ledger.rows() if row.provider == name]
            named = {row.draft_id for row in rows if row.draft_id}
            over = [
                row for row in rows if row.due_at > now - _TIDIED_BACK and may_be_tidied(row, ledger.decided(row.key))
            ]
            if over:
                self._said += self._asked(name, "drafts left over", self._tidying(provider, over, named, now)) or ()

    def _tidying(self, provider: Tidying, over: list[Delivery], named: set[str], now: datetime) -> Callable[[], Any]:
        return lambda: provider.tidy(over, named=named, at=now)

    def _asked(self, name: str, about: str, ask: Callable[[], Any]) -> Any:
        """The provider's answer; None where there is none now, which is said once for as long as it is the same trouble."""
        what = f"{name}: {about}"
        try:
            with self.seeing.part(_CALLS[about], name):
                answer = ask()
        except ProviderError as error:
            if self._troubles.get(what) != error.message:
                self._said.append(f"{what}: {error.message}")
            self._troubles[what] = error.message
            return None
        self._troubles.pop(what, None)
        return answer
