"""Documents that are one event: translations and copies, known by a key of theirs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from notifier.core.event import AllDay, Event, Evidence, Reason, Timed
from notifier.core.reading.mapped import MAX_SHOWN, Keys
from notifier.errors import Problem

#: What a copy may add where the chosen document says nothing, each with its evidence. A time goes with its zone.
_FILLED = ("location", "join_url", "info_url", "contact", "category", "series", "image", "recording_url", "reminders")
_NOTHING = (None, "unknown")


@dataclass(frozen=True, slots=True, kw_only=True)
class Copy:
    """What makes a document the same event as others: their common key. `language` is its own, where it says so."""

    key: str
    language: str | None = None


def read_copy(keys: Keys) -> Copy | None:
    """The document's key among its copies (the field `same`), where the site has one."""
    found = keys.text("same", "same") if "same" in keys.fields else None
    if found is None:
        return None
    if len(found.value) > MAX_SHOWN:
        keys.wrong("same", f"It has more than {MAX_SHOWN} characters, so it was not used.", "Write a short one.")
        return None
    language = keys.text("language", "language")
    return Copy(key=found.value, language=language.value.casefold() if language else None)


def merge(
    events: Iterable[Event], copies: Mapping[tuple[str, str], Copy], languages: Sequence[str]
) -> tuple[list[Event], list[Problem]]:
    """One event for all documents of a source that share a key; the others go.

    The first of `languages` that a document is in is kept (else the first by path), and keeps its identity by the
    key, whichever document is kept later. Where a copy says something else about when it is, whether it takes
    place or who may come, that is a doubt: nothing is mailed unaided. `copies` is by (source, path).
    """
    single: list[Event] = []
    groups: dict[tuple[str, str], list[Event]] = {}
    for event in events:
        copy = copies.get((event.source, event.path))
        if copy is None:
            single.append(event)
        else:
            groups.setdefault((event.source, copy.key), []).append(event)
    problems: list[Problem] = []
    for (_, key), group in groups.items():
        ranked = sorted(group, key=lambda event: (_rank(copies[event.source, event.path], languages), event.path))
        kept, others = ranked[0], ranked[1:]
        kept = replace(kept, key=kept.key or key)
        for other in others:
            kept = _filled(kept, other)
            if differs := _difference(kept, other):
                problems += _told(kept, other, differs)
                kept = replace(kept, doubts=(*kept.doubts, _doubt(other, differs)))
        single.append(kept)
    return single, problems


def _rank(copy: Copy, languages: Sequence[str]) -> float:
    if copy.language is None:
        return 0.5  # `fair.md` beside `fair.en.md` is in the site's language, as far as none says that it is
    code = (copy.language or "").partition("-")[0].partition("_")[0]
    return languages.index(code) if code in languages else len(languages)


def _filled(kept: Event, other: Event) -> Event:
    names = [name for name in _FILLED if getattr(kept, name) is None and getattr(other, name) is not None]
    changes = {name: getattr(other, name) for name in names}
    settled = _says_more(other, kept)
    if settled:
        changes |= {"when": other.when, "zone": other.zone, "zone_basis": other.zone_basis}
    changes |= {
        name: getattr(other, name)
        for name in ("access", "mode")
        if getattr(kept, name) in _NOTHING and getattr(other, name) not in _NOTHING
    }
    if not other.notify and "notify" not in kept.evidence:
        changes["notify"] = False
    if not changes:
        return kept
    told = (*changes, "end") if settled else tuple(changes)
    evidence = {name: other.evidence[name] for name in told if name in other.evidence}
    # Its lines count in the other file.
    moved = {name: replace(found, line=None) for name, found in evidence.items()}
    if not settled:
        return replace(kept, evidence={**moved, **kept.evidence}, **changes)
    open_no_more = tuple(doubt for doubt in kept.doubts if doubt.code != "no-time")
    return replace(kept, evidence={**moved, **kept.evidence, **_about_time(moved)}, doubts=open_no_more, **changes)


def _about_time(evidence: Mapping[str, Evidence]) -> dict[str, Evidence]:
    return {name: found for name, found in evidence.items() if name in ("when", "zone", "end")}


def _says_more(one: Event, other: Event) -> bool:
    """Whether one says when it is more exactly, and nothing else: what a document leaves out it does not deny."""
    match one.when, other.when:
        case None, _:
            return False
        case _, None:
            return True
        case Timed(starts_at=start), AllDay(first=first, last=last):
            return first == last == start.date() and any(doubt.code == "no-time" for doubt in other.doubts)
        case Timed(starts_at=start, ends_at=end), Timed(starts_at=begins, ends_at=ends):
            return start == begins and end is not None and ends is None
        case _:
            return False


def _difference(kept: Event, other: Event) -> str | None:
    """What two documents of one event can't both be right about."""
    if kept.when != other.when and other.when is not None and not _says_more(kept, other):
        return "when it is"
    if kept.status != other.status:
        return "whether it takes place"
    if other.access not in (kept.access, "unknown"):
        return "who may come"
    return None


def _doubt(other: Event, differs: str) -> Reason:
    return Reason(
        code="copy-differs", text=f"{other.path} says something else about {differs}. Correct one of the two."
    )


def _told(kept: Event, other: Event, differs: str) -> list[Problem]:
    return [
        Problem(
            path=other.path,
            field="when" if differs == "when it is" else None,
            what=f"It is the same event as {kept.path}, but says something else about {differs}.",
            hint="Correct one of the two.",
        )
    ]
