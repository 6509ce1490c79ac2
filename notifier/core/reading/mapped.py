"""The explicit keys of front matter, by our names: typed, cleaned, with evidence; what is wrong becomes a problem."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field, replace
from functools import lru_cache

from rapidfuzz import fuzz

from notifier.core.event import STATED, Evidence
from notifier.core.reading.candidates import Candidate, Notes
from notifier.core.reading.entries import Entry, Page
from notifier.core.reading.languages import ENGLISH, Language
from notifier.core.reading.library import NOTHING, Library
from notifier.core.reading.links import MAX_TARGET, mail_address, web_address
from notifier.core.reading.picking import at_path, missed, pick
from notifier.core.reading.plain import cut, visible
from notifier.core.reading.resolve import short
from notifier.core.reading.shape import Pick, Times
from notifier.core.values import record

KNOWN = (
    "title", "date", "dates", "start", "end", "all_day", "timezone", "place", "access", "register", "status", "uid",
    "category", "series", "topics", "project", "projects", "image", "link", "url", "draft", "published", "upcoming",
    "writeup", "cancelled", "private", "duration", "precision", "recurrence", "rdate", "exdate", "mode", "contact", "full",
    "language", "notify", "reminders", "recording", "recording_url", "video",
)  # fmt: skip
_KNOWN = frozenset(KNOWN)
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
    "notify",
    "reminders",
)
#: So many characters of a value, and so many of a list's, are shown.
MAX_SHOWN, MAX_LISTED = 500, 100
#: Keys as alike as this are one with a slip of the pen.
_SLIP = 85
_FLAGS = {"true": True, "yes": True, "on": True, "false": False, "no": False, "off": False}


# A site's documents have the same keys.
@lru_cache(maxsize=1_024)
def _nearly(key: str, others: tuple[str, ...]) -> int | None:
    """Which of the others the key is most like, where it is nearly that one."""
    ratios = [fuzz.ratio(key.casefold(), other.casefold()) for other in others]
    nearest = max(ratios)
    return ratios.index(nearest) if nearest >= _SLIP else None


@record(frozen=True, slots=True, kw_only=True)
class Keys:
    """The values of one event by our names. `fields` says how each is found where it isn't the key of that name.

    `path` is the document's; `times` what the site's times mean, `language` the one its text is in.
    """

    page: Page
    fields: Mapping[str, tuple[Pick, ...]]
    notes: Notes
    site_url: str
    path: str = ""
    times: Times = field(default_factory=Times)
    library: Library = NOTHING
    language: Language = ENGLISH
    _picked: dict[str, Entry | None] = field(default_factory=dict)
    _read: dict[tuple[str, str], Candidate[str]] = field(default_factory=dict)

    def in_language(self, language: Language) -> Keys:
        """The same values, read in this language; what was found of them is kept."""
        return Keys(
            page=self.page, fields=self.fields, notes=self.notes, site_url=self.site_url, path=self.path,
            times=self.times, library=self.library, language=language, _picked=self._picked, _read=self._read,
        )  # fmt: skip

    def key(self, name: str) -> str:
        """The site's key for our name: of several the one that is there, else ours if it is among them, else the first."""
        if name not in self.fields:
            return name
        names = [key for way in self.fields[name] for key in way.keys]
        there = next((key for key in names if any(not one.is_empty for one in at_path(self.page.entries, key))), None)
        return there or (name if name in names or not names else names[0])

    def entry(self, name: str) -> Entry | None:
        """What stands there by our name, None where the key is absent or has nothing after its colon."""
        picked = self._picked
        if name not in picked:
            ways = self.fields.get(name)
            found = self.page.entries.get(name) if ways is None else self._pick(ways)
            picked[name] = None if found is None or found.is_empty else found
        return picked[name]

    def _pick(self, ways: tuple[Pick, ...]) -> Entry | None:
        found = pick(ways, self.page, path=self.path, library=self.library)
        if found is None:
            for entry, way in missed(ways, self.page, path=self.path):
                self._report_missed(entry, way)
        return found

    def _report_missed(self, entry: Entry, way: Pick) -> None:
        said = short(visible(entry.raw))
        if way.reference is not None:
            what = f"“{said}” is not found in {way.reference.file}."
            hint = "Correct the value, or add what it names there."
        else:
            what = f"“{said}” is not in the table of config.yaml that says what its values mean."
            hint = "Correct the value, or add it to the table."
        self.notes.problem(what, hint, field=entry.name, line=entry.line, severity="warning")

    def line(self, name: str) -> int | None:
        """The line of that value, where it has one."""
        entry = self.entry(name)
        return entry.line if entry else None

    def evidence(self, name: str, field: str, entry: Entry) -> Evidence:
        """The line of front matter, as written; of text that a pattern found, that text."""
        raw = entry.raw or ", ".join(entry.texts())
        if entry.basis in STATED:
            raw = f"{entry.name or self.key(name)}: {raw}"
        return Evidence(field=field, text=cut(visible(raw)), line=entry.line, basis=entry.basis)

    def evidence_of(self, name: str, field: str) -> Evidence:
        """The evidence of a value that is there."""
        entry = self.entry(name)
        if entry is None:
            raise KeyError(name)
        return self.evidence(name, field, entry)

    def wrong(self, name: str, what: str, hint: str) -> None:
        """Note a problem with the key's value."""
        entry = self.entry(name)
        self.notes.problem(what, hint, field=self.key(name), line=entry.line if entry else None)

    def text(self, name: str, field: str) -> Candidate[str] | None:
        """A single visible text; a list or mapping is a problem."""
        entry = self.entry(name)
        if entry is None:
            return None
        if (known := self._read.get((name, field))) is not None:
            return known
        if isinstance(entry.value, tuple) and len(entry.value) == 1:
            entry = replace(entry.value[0], name=entry.name, basis=entry.basis)
        if entry.is_nested:
            self.wrong(name, f"{self.key(name)} must be one text.", f'Write {self.key(name)}: "…" on one line.')
            return None
        value = visible(entry.raw)
        if not value:
            return None
        found = Candidate(field=field, value=value, evidence=self.evidence(name, field, entry))
        self._read[name, field] = found
        return found

    def texts(self, *names: str, field: str) -> Candidate[tuple[str, ...]] | None:
        """A list of texts, or one text, from the first of these keys that has any."""
        for name in names:
            entry = self.entry(name)
            if entry is None:
                continue
            found = tuple(dict.fromkeys(shown for text in entry.texts() if (shown := visible(text))))
            if found:
                return Candidate(field=field, value=found, evidence=self.evidence(name, field, entry))
        return None

    def shown(self, name: str, found: Candidate[str] | None) -> Candidate[str] | None:
        """The value as mails, feeds and pages have it: cut, with a warning, where nobody would read on."""
        if found is None or len(found.value) <= MAX_SHOWN:
            return found
        self._too_long(f"{len(found.value):,} characters", MAX_SHOWN, name, found.evidence.line)
        return replace(found, value=cut(found.value, limit=MAX_SHOWN))

    def texts_shown(self, *names: str, field: str) -> Candidate[tuple[str, ...]] | None:
        """A list of texts (see `texts`) as mails, feeds and pages have it."""
        found = self.texts(*names, field=field)
        if found is None:
            return None
        name = next((name for name in names if self.entry(name)), names[0])
        longest = max(map(len, found.value))
        if longest > MAX_SHOWN:
            self._too_long(f"{longest:,} characters", MAX_SHOWN, name, found.evidence.line)
        if len(found.value) > MAX_LISTED:
            self._too_long(f"{len(found.value):,} entries", MAX_LISTED, name, found.evidence.line)
        if longest <= MAX_SHOWN and len(found.value) <= MAX_LISTED:
            return found
        kept = tuple(dict.fromkeys(cut(text, limit=MAX_SHOWN) for text in found.value[:MAX_LISTED]))
        return replace(found, value=kept)

    def _too_long(self, said: str, most: int, name: str, line: int | None) -> None:
        what = f"It has {said}; only the first {most} are shown."
        self.notes.problem(what, "Shorten it.", field=self.key(name), line=line, severity="warning")

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
            long = f", or longer than {MAX_TARGET:,} characters" if len(found.value) > MAX_TARGET else ""
            self.wrong(
                name,
                f"{self.key(name)} is not a web address{long}.",
                f"Write {self.key(name)}: https://… in full, or /… for a page of your own site.",
            )
            return None
        return Candidate(field=field, value=clean, evidence=found.evidence)

    def report_slips(self) -> None:
        """Warn about keys that are nearly, but not quite, one that would change what is sent."""
        others = {key: entry for key, entry in self.page.entries.items() if key not in _KNOWN and len(key) <= 20}
        if not others:
            return
        mine = {
            key.partition(".")[0].partition("[")[0] for ways in self.fields.values() for way in ways for key in way.keys
        }
        watched = tuple(self.key(name) for name in _WATCHED) if self.fields else _WATCHED
        for key, entry in others.items():
            if key in mine:
                continue
            at = _nearly(key, watched)
            near = None if at is None else _WATCHED[at]
            if near is not None and self.entry(near) is None:
                self.notes.problem(
                    f"The key {visible(key)} is not read.",
                    f"Did you mean {self.key(near)}?",
                    field=visible(key),
                    line=entry.line,
                    severity="warning",
                )
