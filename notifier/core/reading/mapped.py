"""The explicit keys of front matter, by our names: typed, cleaned, with evidence; what is wrong becomes a problem."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from rapidfuzz import fuzz

from notifier.core.event import Evidence
from notifier.core.reading.candidates import Candidate, Notes
from notifier.core.reading.frontmatter import Entry
from notifier.core.reading.links import mail_address, web_address
from notifier.core.reading.plain import visible

KNOWN = (
    "title", "date", "dates", "start", "end", "all_day", "timezone", "place", "access", "register", "status", "uid",
    "category", "series", "topics", "project", "projects", "image", "link", "url", "draft", "published", "upcoming",
    "writeup", "cancelled", "private",
)  # fmt: skip
# A slip in one of these would silently change what is mailed, when or to whom.
_WATCHED = (
    "start",
    "end",
    "timezone",
    "place",
    "access",
    "register",
    "status",
    "dates",
    "cancelled",
    "private",
    "published",
)
_FLAGS = {"true": True, "yes": True, "on": True, "false": False, "no": False, "off": False}


@dataclass(frozen=True, slots=True, kw_only=True)
class Keys:
    """The entries of one front matter. `fields` maps our names to the site's keys where they differ."""

    entries: Mapping[str, Entry]
    fields: Mapping[str, str]
    notes: Notes
    site_url: str

    def key(self, name: str) -> str:
        """The site's key for our name."""
        return self.fields.get(name, name)

    def entry(self, name: str) -> Entry | None:
        """The entry, None where the key is absent or has nothing after its colon."""
        found = self.entries.get(self.key(name))
        if found is None or found.value is None or found.value in ("", []):
            return None
        return found

    def evidence(self, name: str, field: str, entry: Entry) -> Evidence:
        """The line of front matter, as written."""
        raw = entry.raw or ", ".join(_scalars(entry.value))
        return Evidence(field=field, text=visible(f"{self.key(name)}: {raw}"), line=entry.line, basis="front matter")

    def wrong(self, name: str, what: str, hint: str) -> None:
        """Note a problem with the key's value."""
        entry = self.entry(name)
        self.notes.problem(what, hint, field=self.key(name), line=entry.line if entry else None)

    def text(self, name: str, field: str) -> Candidate[str] | None:
        """A single visible text; a list or mapping is a problem."""
        entry = self.entry(name)
        if entry is None:
            return None
        if isinstance(entry.value, list | dict):
            self.wrong(name, f"{self.key(name)} must be one text.", f'Write {self.key(name)}: "…" on one line.')
            return None
        value = visible(entry.raw)
        if not value:
            return None
        return Candidate(field=field, value=value, evidence=self.evidence(name, field, entry))

    def texts(self, *names: str, field: str) -> Candidate[tuple[str, ...]] | None:
        """A list of texts, or one text, from the first of these keys that has any."""
        for name in names:
            entry = self.entry(name)
            if entry is None or isinstance(entry.value, dict):
                continue
            found = tuple(dict.fromkeys(visible(text) for text in _scalars(entry.value, entry.raw) if visible(text)))
            if found:
                return Candidate(field=field, value=found, evidence=self.evidence(name, field, entry))
        return None

    def flag(self, name: str) -> bool | None:
        """True or false; None where the key is absent or says something else (a problem)."""
        entry = self.entry(name)
        if entry is None:
            return None
        if isinstance(entry.value, bool):
            return entry.value
        flag = _FLAGS.get(entry.raw.strip().casefold())
        if flag is None:
            self.wrong(name, f"{self.key(name)} must be true or false.", f"Write {self.key(name)}: true, or false.")
        return flag

    def address(self, name: str, field: str, *, mail: bool = False) -> Candidate[str] | None:
        """A web address made absolute and clean (with `mail`, also `mailto:`); anything else is a problem."""
        found = self.text(name, field)
        if found is None:
            return None
        clean = None
        if mail and found.value.lower().startswith("mailto:"):
            clean = mail_address(found.value)
        elif found.value.lower().startswith(("https://", "http://", "/")):
            clean = web_address(found.value, self.site_url)
        if clean is None:
            self.wrong(
                name,
                f"{self.key(name)} is not a web address.",
                f"Write {self.key(name)}: https://… in full, or /… for a page of your own site.",
            )
            return None
        return Candidate(field=field, value=clean, evidence=found.evidence)

    def report_slips(self) -> None:
        """Warn about keys that are nearly, but not quite, one that would change what is sent."""
        mine = {self.key(name): name for name in KNOWN}
        for key, entry in self.entries.items():
            if key in mine or len(key) > 20:
                continue
            near = max(_WATCHED, key=lambda name: fuzz.ratio(key.casefold(), self.key(name).casefold()))
            if self.entry(near) is None and fuzz.ratio(key.casefold(), self.key(near).casefold()) >= 85:
                self.notes.problem(
                    f"The key {visible(key)} is not read.",
                    f"Did you mean {self.key(near)}?",
                    field=visible(key),
                    line=entry.line,
                    severity="warning",
                )


def _scalars(value: object, raw: str = "") -> list[str]:
    if isinstance(value, list):
        return [str(item) for item in value if item is not None and not isinstance(item, list | dict)]
    return [] if value is None or isinstance(value, dict) else [raw or str(value)]
