"""What reading documents with a shape gives, so that proposals are chosen by their result."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from notifier.core.event import AllDay, Document, Event, Timed
from notifier.core.proposal.proposed import Trial
from notifier.core.reading.document import read_document
from notifier.core.reading.shape import Shape

#: Of large groups so many documents decide between candidates.
SAMPLE = 120

_TIMES = frozenset(
    {"contradiction", "unreadable-start", "unreadable-zone", "unclear-time", "end-before-start", "weekday"}
)
_WHEN = frozenset({"start", "date", "end", "dates"})


def tried(documents: Sequence[Document], shape: Shape) -> Trial:
    """Read them all and count."""
    trial = Trial()
    counts: Counter[str] = Counter()
    for document in documents:
        reading = read_document(document, shape)
        counts["unread"] += len(reading.broken)
        counts["errors"] += sum(problem.severity == "error" for problem in reading.problems)
        trial.problems.update(_kind(problem.what) for problem in reading.problems if problem.severity != "info")
        for event in reading.events:
            counts[_certainty(event)] += 1
            counts["events"] += 1
            if isinstance(event.when, Timed) and event.zone:
                trial.zones[event.zone] += 1
    return Trial(
        events=counts["events"], timed=counts["timed"], days=counts["days"], doubted=counts["doubted"],
        errors=counts["errors"], unread=counts["unread"], zones=trial.zones, problems=trial.problems,
    )  # fmt: skip


def _certainty(event: Event) -> str:
    if any(doubt.code in _TIMES and (doubt.field or "start") in _WHEN for doubt in event.doubts):
        return "doubted"
    match event.when:
        case Timed():
            return "timed"
        case AllDay():
            return "days"
        case None:
            return "undated"


def _kind(what: str) -> str:
    """A problem without the values in it, so that alike ones are counted together."""
    parts = what.split("“")
    return "“…”".join([parts[0], *(part.partition("”")[2] for part in parts[1:])])[:120]


def sampled(documents: Sequence[Document]) -> Sequence[Document]:
    """Documents from all over the group."""
    if len(documents) <= SAMPLE:
        return documents
    step = len(documents) / SAMPLE
    return [documents[int(n * step)] for n in range(SAMPLE)]
