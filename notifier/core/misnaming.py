"""The rules that documents name in `reminders`, against those that config.yaml has: a slip would silence them all."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Sequence

from notifier.core.event import STATED, Event
from notifier.core.rule import Rule
from notifier.errors import Problem


def misnamed(events: Iterable[Event], rules: Sequence[Rule]) -> Iterator[Problem]:
    """A warning for each name that is no reminder's, once for each line where it stands."""
    kinds = {rule.name: rule.kind for rule in rules}
    known = [name for name, kind in kinds.items() if kind == "reminder"]
    told: set[tuple[str, str, int | None, str]] = set()
    for event in events:
        evidence = event.evidence.get("reminders")
        path, line = event.path.partition("#")[0], evidence.line if evidence else None
        for name in event.reminders or ():
            place = (event.source, path, line, name)
            if name in known or place in told:
                continue
            told.add(place)
            key = evidence.text.partition(":")[0] if evidence and evidence.basis in STATED else "reminders"
            said = "is no reminder" if name in kinds else "is not in config.yaml"
            yield Problem(
                path=path,
                line=line,
                field=key,
                what=f"The rule {name} {said}, so it reminds nobody of this.",
                hint=_hint(name, known),
                severity="warning",
            )


def _hint(name: str, known: Sequence[str]) -> str:
    if not known:
        return "Leave the key out: config.yaml has no reminders."
    near = difflib.get_close_matches(name, known, n=1)
    return f"Did you mean {near[0]}?" if near else f"Write false, or the names of these: {', '.join(sorted(known))}."
