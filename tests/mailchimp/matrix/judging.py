"""What must hold when a case has come to rest, told from the account's outbox, its log of requests, and the ledger."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from tests.mailchimp.control import Emulator
from tests.mailchimp.matrix.case import Case
from tests.mailchimp.matrix.place import OTHER_TITLE, TAG, TITLE

Sent = Mapping[str, Any]
#: In these a delivery may stay for ever, with a sentence for people; `drafted` only where a person is to press the button.
_STOPS = frozenset({"held", "unknown", "failed", "missed", "skipped", "withdrawn"})
#: In these nobody was mailed.
_NEVER_SENT = frozenset({"failed", "missed", "skipped", "withdrawn", "planned"})
#: What was answered so was certainly not done.
_REFUSED = range(400, 430)
_SHORTEST_SENTENCE = 25


@dataclass(slots=True)
class Story:
    """What was seen after each tick, whichever process made it."""

    told: list[dict[str, Any]] = field(default_factory=list)
    moments: list[datetime] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)
    has_waited: bool = False
    #: Whether a tick may say that the ledger can't be had.
    may_fail: bool = False

    def add(self, at: datetime, seen: dict[str, Any]) -> None:
        if raised := seen.pop("broken").strip():
            last = " ".join(raised.splitlines()[-4:])
            self.broken.append(f"A tick raised an exception: {last}")
        if (trouble := seen.pop("trouble")) and not self.may_fail:
            self.broken.append(f"A tick failed: {trouble}")
        seen.pop("instants")
        self.moments.append(at)
        self.told.append(seen)

    @property
    def last(self) -> dict[str, Any]:
        return self.told[-1] if self.told else {"status": "none", "reasons": [], "told": [], "attempts": 0}

    @property
    def unknown_since(self) -> datetime | None:
        seen = zip(self.moments, self.told, strict=True)
        return next((at for at, one in seen if one["status"] == "unknown"), None)


def complaints(case: Case, story: Story, outbox: Sequence[Sent], mailchimp: Emulator) -> list[str]:
    """Everything that is not as it must be; empty when all holds."""
    sends = mailchimp.requests("POST", "/actions/send")
    return [
        *story.broken,
        *_of_number(case, story, outbox),
        *_of_state(case, story, outbox),
        *_of_repeats(story, sends),
        *_of_readers(case, story, outbox, mailchimp),
        *_of_words(case, story, outbox),
        *_of_the_end(case, story),
        *mailchimp.violations()[:3],
    ]


def _of_number(case: Case, story: Story, outbox: Sequence[Sent]) -> Iterator[str]:
    ours = [one for one in outbox if one["by"] == "api"]
    if len(ours) > 1:
        yield f"{len(ours)} deliveries by the program."
    if len(outbox) > 1 and not (case.too_late and (_says_that_it_differs(story) or _was_first(outbox))):
        yield f"{len(outbox)} deliveries of one key."


def _was_first(outbox: Sequence[Sent]) -> bool:
    """Whether people sent a copy of what they could see was sent."""
    return [one["by"] for one in outbox] == ["api", "staff"]


def _of_state(case: Case, story: Story, outbox: Sequence[Sent]) -> Iterator[str]:
    status, told = story.last["status"], story.last["told"]
    if status == "sent" and not outbox:
        yield "Sent, and nobody was mailed."
    if status in _NEVER_SENT and any(one["recipients"] for one in outbox):
        yield f"{status}, and it was mailed."
    if (status == "sent") is not (len(told) == 1):
        yield f"{status}, and told is {told}."
    if outbox and told and "EDITED" not in outbox[0]["html"] and told[0] not in outbox[0]["html"]:
        yield f"Told is {told}, and it was mailed as {outbox[0]['subject']!r}."


def _of_repeats(story: Story, sends: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """A send that was not plainly refused is the last; what is unknown is never sent again."""
    for before in sends[:-1]:
        if before["status"] not in _REFUSED:
            yield f"A send was asked for again after one that was answered with {before['status']}."
            break
    since = story.unknown_since
    if since is not None and any(datetime.fromisoformat(one["at"]) > since for one in sends):
        yield "It was unknown, and sent again."


def _of_readers(case: Case, story: Story, outbox: Sequence[Sent], mailchimp: Emulator) -> Iterator[str]:
    tag = mailchimp.tag(TAG)
    for one in outbox:
        if one["by"] != "api" or case.knobs.get("zero_send"):
            continue
        # Seen by nobody before, so that it has to be told afterwards.
        unseen = case.too_late or case.knobs.get("drop_segment") == "at_send"
        conditions = (one["segment_opts"] or {}).get("conditions") or [{}]
        right = conditions[0].get("value") == tag and all(map(_has_the_tag, one["recipients"]))
        if not right and not (story.last["status"] != "sent" or _says_that_it_differs(story)):
            yield f"It went to {len(one['recipients'])} others than it should, and nothing says so."
        if not right and not unseen:
            yield f"It went to {len(one['recipients'])} others than it should."


def _has_the_tag(address: str) -> bool:
    """Every fourth of the first readers, and whoever joined with it."""
    name = address.partition("@")[0]
    return name.startswith("new") or (name.startswith("reader") and int(name.removeprefix("reader")) % 4 == 0)


def _of_words(case: Case, story: Story, outbox: Sequence[Sent]) -> Iterator[str]:
    for one in outbox:
        if one["by"] != "api":
            continue
        texts = (one["subject"], one["html"], one["plain_text"])
        whole = any(all(title in text for text in texts) for title in (TITLE, OTHER_TITLE))
        right = whole and "EDITED" not in one["subject"] + one["html"] + one["plain_text"]
        if not right and not (story.last["status"] != "sent" or _says_that_it_differs(story)):
            yield "It said something else than it should, and nothing says so."
        if not right and not case.too_late:
            yield "It said something else than it should."


def _says_that_it_differs(story: Story) -> bool:
    return any("differs" in one for one in story.last["reasons"])


def _of_the_end(case: Case, story: Story) -> Iterator[str]:
    """It rests, in a state that people see, with a sentence; and while it waited it said why."""
    if len(story.told) < 2:
        yield "It was never ticked to the end."
        return
    last, status = story.last, story.last["status"]
    if story.told[-2] != last:
        yield f"It still moves after days ({story.told[-2]['status']} → {status})."
    if status not in _STOPS | {"sent"}:
        yield f"It stays {status} for ever."
    if status in _STOPS and not any(len(one) >= _SHORTEST_SENTENCE for one in last["reasons"]):
        yield f"{status}, and nothing says why: {last['reasons']}."
    waits = [one for one in story.told if one["status"] == "planned" and one["retry_at"]]
    if any(not one["reasons"] for one in waits):
        yield "It waited for another attempt without a word."
