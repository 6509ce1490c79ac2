"""One place that picks among candidates, or reports that they contradict each other."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from notifier.core.reading.candidates import Candidate, Notes, Value


def resolve(
    field: str, candidates: Sequence[Candidate[Value]], notes: Notes, *, subject: str, hint: str
) -> Candidate[Value] | None:
    """The one value that all candidates agree on; with several, a doubt that quotes them, and no value.

    Candidates stand in the order of trust: among equal ones the first one's evidence is kept.
    """
    distinct: dict[Value, Candidate[Value]] = {}
    for candidate in candidates:
        distinct.setdefault(candidate.value, candidate)
    if len(distinct) <= 1:
        return next(iter(distinct.values()), None)
    contradict(field, tuple(distinct.values()), notes, subject=subject, hint=hint)
    return None


def contradict(field: str, candidates: Sequence[Candidate[Value]], notes: Notes, *, subject: str, hint: str) -> None:
    """Note that these candidates can't all be true."""
    shown = candidates[:3]
    said = " and ".join(f"“{short(c.evidence.text)}”{_at(c.evidence.line)}" for c in shown)
    if len({c.evidence.text for c in shown}) == 1 and all(isinstance(c.value, datetime) for c in shown):
        # The same words twice would tell nothing.
        clocks = " and ".join(f"{c.value:%H:%M}" for c in shown)
        said = f"{clocks} in “{short(shown[0].evidence.text)}”{_at(shown[0].evidence.line)}"
    notes.doubt(
        "contradiction",
        f"The document gives different {subject}: {said}.",
        hint,
        field=field,
        evidence=candidates[-1].evidence,
    )


def short(text: str, *, limit: int = 80) -> str:
    """A quotation for a message: one line, at most `limit` characters."""
    text = " ".join(text.split())
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"


def _at(line: int | None) -> str:
    return f" (line {line})" if line else ""
