"""What a document says about its mails: that there are none (`notify: false`), or which reminders there are."""

from __future__ import annotations

import re
from dataclasses import replace

from notifier.core.reading.candidates import Candidate, Notes
from notifier.core.reading.entries import Entry
from notifier.core.reading.mapped import MAX_LISTED, Keys
from notifier.core.reading.picking import at_path
from notifier.core.reading.plain import visible
from notifier.core.reading.resolve import short

_YES = frozenset({"true", "yes", "on"})
_NO = frozenset({"false", "no", "off"})
_NONE = _NO | {"none", "[]"}
#: What config.yaml takes for the name of a rule.
_RULE = re.compile(r"[a-z0-9-]{1,64}")
_HINT = "Write false, or the names of rules in config.yaml, as in reminders: [day-before]."


def read_notify(keys: Keys, notes: Notes) -> bool:
    """False where nothing is to be mailed; what can't be read is a doubt, so that nothing goes out unaided."""
    entry = keys.entry("notify")
    if entry is None:
        return True
    said = entry.raw.strip().casefold()
    if said in _YES or said in _NO:
        notes.evidence["notify"] = keys.evidence("notify", "notify", entry)
        return said in _YES
    if entry.basis != "label":
        key = keys.key("notify")
        notes.doubt(
            "unreadable-notify",
            f"“{_shown(entry)}” is neither true nor false.",
            f"Write {key}: false, so that nothing is mailed about it, or leave it out.",
            field=key,
            evidence=keys.evidence("notify", "notify", entry),
        )
    return True


def read_reminders(keys: Keys, notes: Notes) -> Candidate[tuple[str, ...]] | None:
    """The names of the only rules that may remind; none for `false` and `[]`, None where all of them may."""
    entry = keys.entry("reminders") or _emptied(keys)
    if entry is None:
        return None
    evidence = keys.evidence("reminders", "reminders", entry)
    said = entry.raw.strip().casefold()
    if said in _YES:
        return None
    names = () if said in _NONE else _names(entry)
    if names is not None:
        return Candidate(field="reminders", value=names, evidence=evidence)
    # “Reminders: bring a cup” is a line for readers.
    if entry.basis != "label":
        what = f"“{_shown(entry)}” is not the name of a rule."
        notes.doubt("unreadable-reminders", what, _HINT, field=keys.key("reminders"), evidence=evidence)
    return None


def _names(entry: Entry) -> tuple[str, ...] | None:
    """The names of rules in a list, or in one text with commas; None where anything else is among them."""
    items = entry.value if isinstance(entry.value, tuple) else (entry,)
    if not all(isinstance(item.value, str) for item in items) or len(items) > MAX_LISTED:
        return None
    texts = [item.raw for item in items] if isinstance(entry.value, tuple) else entry.raw.split(",")
    names = tuple(dict.fromkeys(visible(text) for text in texts))
    return names if all(map(_RULE.fullmatch, names)) else None


def _emptied(keys: Keys) -> Entry | None:
    """A list that was left empty says “none”; a key with nothing behind it says nothing."""
    ways = keys.fields.get("reminders")
    paths = ("reminders",) if ways is None else tuple(key for way in ways for key in way.keys)
    reached = [(path, entry) for path in paths for entry in at_path(keys.page.entries, path)]
    return next((replace(entry, name=path, raw="[]") for path, entry in reached if entry.value == ()), None)


def _shown(entry: Entry) -> str:
    return short(visible(entry.raw or ", ".join(entry.texts())) or "a section")
