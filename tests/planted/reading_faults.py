"""The faults of reading, of proposing how to read, and of writing into files: see `faults`."""

from __future__ import annotations

from tests.planted.plant import Fault

_READING = "notifier/core/reading"
_CORE = "tests/core/test_reading"
_SYNTAXES, _DATA = (f"{_CORE}_formats_syntaxes.py",), (f"{_CORE}_formats_data.py",)
_PARTS, _PICKING, _MERGING = (f"{_CORE}_parts.py",), (f"{_CORE}_picking.py",), (f"{_CORE}_merging.py",)
_WHEN = (f"{_CORE}_when.py", f"{_CORE}_when_zones.py", f"{_CORE}_when_written.py")
_RECURRENCE = (f"{_CORE}_recurrence.py", f"{_CORE}_recurrence_properties.py")
_LANGUAGES = (f"{_CORE}_languages.py", f"{_CORE}_languages_words.py", f"{_CORE}_samples.py")
_LINKS, _COPYING = (f"{_CORE}_links.py",), (f"{_CORE}_copying.py",)
_AMENDING, _REWRITING = (f"{_CORE}_amending.py",), ("tests/edges/test_rewriting.py",)
_UNSEEN = (f"{_CORE}_unseen_english.py", f"{_CORE}_unseen_clubs.py")
_PROPOSAL = ("tests/core/test_proposal.py", "tests/core/test_proposal_choices.py")


def _fault(name: str, file: str, old: str, new: str, tests: tuple[str, ...]) -> Fault:
    return Fault(name=name, file=file if "/" in file else f"{_READING}/{file}", old=old, new=new, tests=tests)


FORMATS = (
    _fault(
        "YAML: a country called no is a false one",
        "yamltree.py", "raw=event.value, basis", "raw=str(value), basis", _SYNTAXES,
    ),
    _fault(
        "YAML: what is merged in beats what the entry says itself",
        "yamltree.py", "return {**entries, **own}", "return {**own, **entries}", _SYNTAXES,
    ),
    _fault(
        "YAML: a text over several lines has the line after its key",
        "yamltree.py", "entry = self._node(self._next(), depth=depth, line=line)", "entry = self._node(self._next(), depth=depth, line=None)",
        _SYNTAXES,
    ),
    _fault(
        "YAML: of several readings of a tab the first is taken",
        "mending.py", "        if kept is not None and kept[0] != entries:\n            return None\n", "",
        (*_SYNTAXES, f"{_CORE}_frontmatter.py"),
    ),
    _fault(
        "JSON: half a character comes through, which no database takes",
        "jsontree.py", "else _whole(str(json.loads(token[0])))", "else str(json.loads(token[0]))", _SYNTAXES,
    ),
    _fault(
        "TOML: after a text of several lines all lines are counted short",
        "tomltree.py", '        self._line += text.count("\\n")\n', "", (*_SYNTAXES, *_PARTS),
    ),
    _fault(
        "data: the lines of a quoted text point past the end of the file",
        "parts.py", "lined=line is not None)", "lined=True)", _PARTS,
    ),
    _fault(
        "data: a file that has lost its lists counts as one without events",
        "datafile.py", "return None if len(missing) == len(lists) else found", "return found", _DATA,
    ),
    _fault(
        "data: the speakers of an event are events themselves",
        "datafile.py", "if items and (not _tells_date(root) or any(_tells_date(item) for _, item in items)):", "if items:",
        _DATA,
    ),
    _fault(
        "labelled: the last of two lines counts, which may be another event's",
        "labelled.py", "            first = entries.setdefault(key, entry)\n", "            first, entries[key] = entries.get(key, entry), entry\n",
        (f"{_CORE}_formats_labelled.py",),
    ),
)  # fmt: skip

FIELDS = (
    _fault(
        "picking: what is not in the table counts as it is",
        "picking.py", '    if "*" not in table:\n        return None\n', '    if "*" not in table:\n        return entry\n', _PICKING,
    ),
    _fault(
        "picking: an empty key hides the one that is filled in",
        "picking.py", "        if found is not None and not found.is_empty:\n            return found\n", "        if found is not None:\n            return found\n",
        _PICKING,
    ),
    _fault(
        "parts: entries are named by a key that several share",
        "parts.py", "if len(values) == len(pages) == len(set(values)) and pages:", "if len(values) == len(pages) and pages:", _PARTS,
    ),
    _fault(
        "parts: what the page says beats what its session says",
        "parts.py", "entries={**own, **session}", "entries={**session, **own}", _PARTS,
    ),
    _fault(
        "parts: all sessions of a page with a key have one identity",
        "parts.py", "key=part.key and part.key + place", "key=part.key", _PARTS,
    ),
    _fault(
        "merging: a translation that is preferred later is another event",
        "merging.py", "        kept = replace(kept, key=kept.key or key)\n", "", _MERGING,
    ),
    _fault(
        "merging: a cancellation in one language only goes unheard",
        "merging.py", '    if kept.status != other.status:\n        return "whether it takes place"\n', "", _MERGING,
    ),
    _fault(
        "merging: the sessions of a translated page become one event",
        "document.py", "replace(copy, key=copy.key + rest)", "replace(copy, key=copy.key)", (*_MERGING, *_PARTS),
    ),
    _fault(
        "pages: an address with a hole in it is handed on",
        "pages.py", "    if not all(parts.values()):\n        return None\n", "", _PARTS,
    ),
    _fault(
        "private: one misspelt field shows all the others",
        "understanding.py", "        return everything | (known & set(names))\n", "        return frozenset(known & set(names))\n",
        (f"{_CORE}_document.py", f"{_CORE}_keys.py"),
    ),
)  # fmt: skip

TIMES = (
    _fault(
        "times: the moment at which a page was written is a start",
        "when.py", "return start.clock.second not in (0, _LAST_SECOND) or start.clock.minute % 5 != 0", "return False", _UNSEEN,
    ),
    _fault(
        "times: of two that share their half of the day one is left out",
        "times.py", "        return _one_of_two(match, first)\n", "        return None\n", _UNSEEN,
    ),
    _fault(
        "times: an offset is trusted where the site writes wall clocks",
        "moments.py", 'offset = None if times.offsets == "wall" else stamp.offset', "offset = stamp.offset", _WHEN,
    ),
    _fault(
        "times: a bare time is local where the site writes UTC",
        "moments.py", "base=times.without if bare else None", "base=None", _WHEN,
    ),
    _fault(
        "times: midnight is no time though the site says that it is",
        "moments.py", "keeps = midnight or times.midnight or (", "keeps = midnight or (", _WHEN,
    ),
    _fault(
        "times: an exclusive end makes an event a day longer",
        "lasting.py", "return max(last, day - _DAY if over else day)", "return max(last, day)", _WHEN,
    ),
    _fault(
        "times: a length over the change of clocks is counted on the wall",
        "lasting.py", "    return (at.astimezone(UTC) + length.time).astimezone(begun.at.tzinfo)\n", "    return at + length.time\n", _WHEN,
    ),
    _fault(
        "times: the usual length settles a contradiction about the end",
        "lasting.py", "if found is None and len(notes.problems) == before and not stated:", "if found is None:", _WHEN,
    ),
    _fault(
        "times: a date that is only a month counts as its first day",
        "precision.py", '            severity="info",\n        )\n        return False\n', '            severity="info",\n        )\n        return True\n', _WHEN,
    ),
    _fault(
        "times: a zone nobody knows is taken for the site's own",
        "when.py", "not (zoning.readable or chosen.exact)", "False", (*_WHEN, f"{_CORE}_keys.py"),
    ),
    _fault(
        "times: the key is believed against every time in the text",
        "when.py", "if found and (not distinct or any(_same(found, start) for start in distinct)):", "if found:",
        (*_WHEN, f"{_CORE}_document.py"),
    ),
    _fault(
        "times: half past seven is taken for the morning",
        "when.py", "        if one.clock.unsure:\n", "        if one.clock.unsure and one.clock.start is None:\n",
        (*_WHEN, f"{_CORE}_document.py"),
    ),
    _fault(
        "times: of 04/05/2026 the European reading is taken",
        "written.py", "elif day_first and month_first and day_first != month_first:", "elif False:", _WHEN,
    ),
    _fault(
        "times: the zone of a place is taken without asking",
        "zoning.py", '    if not quiet and not notes.doubts_on("zone-from-place"):\n', "    if False:\n", (*_WHEN, f"{_CORE}_document.py"),
    ),
)  # fmt: skip

RECURRENCE = (
    _fault(
        "recurrence: the last day of UNTIL is left out",
        "recurrence.py", "datetime.combine(until.day or series.start.date(), time(23, 59, 59))", "datetime.combine(until.day or series.start.date(), time(0))",
        _RECURRENCE,
    ),
    _fault(
        "recurrence: COUNT does not count the first date",
        "recurrence.py", "islice(following, rule.count - 1)", "islice(following, rule.count)", _RECURRENCE,
    ),
    _fault(
        "recurrence: an exception by its day alone takes nothing out",
        "recurrence.py", "else set()\n        hit =", "else set()\n        of_day = set()\n        hit =", _RECURRENCE,
    ),
    _fault(
        "recurrence: dates are so many times 24 hours apart",
        "recurrence.py", "            starts_at=instant(at.date(), at.time(), self.zone),\n",
        "            starts_at=datetime.fromtimestamp(self.when.starts_at.timestamp() + (at - self.start).total_seconds(), zone_named(self.zone)),\n",
        _RECURRENCE,
    ),
    _fault(
        "recurrence: all dates of a series are announced at once",
        "recurrence.py", "replace(after, follows=before.when)", "after", ("tests/core/test_plan.py", *_RECURRENCE),
    ),
    _fault(
        "recurrence: a date that was announced as the next is announced again",
        "notifier/core/decision.py", "ask.event.follows is None:\n        return None\n", "ask.event.follows is None or True:\n        return None\n",
        ("tests/core/test_plan.py",),
    ),
    _fault(
        "recurrence: a rule is followed through years whose weekdays are others",
        "rules.py", "if _weekday_of_new_year(first - 1) == _weekday_of_new_year(first - 1 + later) and all(", "if all(", _RECURRENCE,
    ),
    _fault(
        "recurrence: a series without an end stops at the turn of the year",
        "notifier/tick/reader.py", "stamps: list[object] = [now.year]", "stamps: list[object] = []", ("tests/tick/test_reader.py",),
    ),
)  # fmt: skip

WORDS = (
    _fault(
        "words: a link to register opens what is kept for some",
        "access.py", "    if found and (kept := reserving(", "    if False and (kept := reserving(", (f"{_CORE}_reserved.py",),
    ),
    _fault(
        "words: members who are asked to register are everybody",
        "access.py", "    if _calls_some((heading,)) or prose.once(_calls_some):", "    if False:", _UNSEEN,
    ),
    _fault(
        "words: not open to everyone is open to everyone",
        "access.py", "    if not found or sentence.language.admission.negation.search(", "    if not found or False and sentence.language.admission.negation.search(",
        _LANGUAGES,
    ),
    _fault(
        "words: not only for members is for members only",
        "access.py", "        return words.negation.search(text[max(0, at - 60) : at]) is not None\n", "        return False\n", _LANGUAGES,
    ),
    _fault(
        "words: English closes no event whose text is in another language",
        "access.py", "_closed(sentence.text, english) if english is not own else None", "None", _LANGUAGES,
    ),
    _fault(
        "words: registration that closes once it is full is closed now",
        "full.py", " or words.unless.search(sentence.text):", ":", (f"{_CORE}_full.py",),
    ),
    _fault(
        "words: one small word makes a text another language's",
        f"{_READING}/languages/detection.py", "_FEWEST = 3", "_FEWEST = 1", _LANGUAGES,
    ),
    _fault(
        "words: a pattern is left out for want of a word that it can do without",
        f"{_READING}/languages/narrowing.py", "yield from _of_sequence(inner) if least else ()", "yield from _of_sequence(inner)",
        ("tests/core/test_narrowing.py",),
    ),
    _fault(
        "words: in prose 04/05 is one day for certain",
        "dates.py", "return found[:1] if self.order else found", "return found[:1]", (*_LANGUAGES, f"{_CORE}_document.py"),
    ),
)  # fmt: skip

ADDRESSES = (
    _fault(
        "links: a mail address written with %40 stays in a link",
        "tracking.py", 'return "@" in value or "%40" in value', 'return "@" in value', _LINKS,
    ),
    _fault(
        "links: a scanner's address that is cut short leads somewhere else",
        "wrappers.py", " if at == len(characters) else None", "", _LINKS,
    ),
    _fault(
        "links: another host stands before the @ of an address",
        "links.py", 'parts.scheme not in {"http", "https"} or "@" in parts.netloc or', 'parts.scheme not in {"http", "https"} or', _LINKS,
    ),
    _fault(
        "links: an address with a generator's hole becomes another address",
        "remnants.py", "if said == UNKNOWN and not (_touches(before) or _touches(self.text[end : end + 1])):", "if said == UNKNOWN:",
        (*_LINKS, f"{_CORE}_plain.py", f"{_CORE}_grammar.py"),
    ),
    _fault(
        "links: a link of any length goes into mails",
        "links.py", "return address if address and len(address) <= MAX_TARGET else None", "return address", (f"{_CORE}_keys.py",),
    ),
    _fault(
        "keys: a value of any length goes into mails",
        "mapped.py", "        return replace(found, value=cut(found.value, limit=MAX_SHOWN))\n", "        return found\n", (f"{_CORE}_keys.py",),
    ),
    _fault(
        "copying: the same number twice is no mistake",
        "copying.py", "return number.value <= earlier.value", "return number.value < earlier.value", _COPYING,
    ),
    _fault(
        "copying: the days of one event are told to share its link",
        "copying.py", "if meeting.is_apart_from(before) and _is_single_use(link):", "if _is_single_use(link):", _COPYING,
    ),
)  # fmt: skip

WRITING = (
    _fault(
        "amending: the mark at the beginning of a file is lost",
        "amending.py", "        text = data.decode()\n", '        text = data.decode("utf-8-sig")\n', _AMENDING,
    ),
    _fault(
        "amending: a file of CR LF gets a line that ends otherwise",
        "amending.py", 'ending = "\\r\\n" if before.endswith("\\r\\n") else before[-1]', 'ending = "\\n"', _AMENDING,
    ),
    _fault(
        "amending: a line that brings another error is written",
        "amending.py", "if new or after.broken - before.broken or", "if after.broken - before.broken or", _AMENDING,
    ),
    _fault(
        "rewriting: what was added to a file meanwhile is lost",
        "notifier/edges/rewriting.py", "file.read(len(old) + 1) != old", "file.read(len(old)) != old", _REWRITING,
    ),
    _fault(
        "rewriting: what another program writes at the last moment is lost",
        "notifier/edges/rewriting.py", "        if (now.st_ino, now.st_size, now.st_mtime_ns) !=", "        if False and (now.st_ino, now.st_size, now.st_mtime_ns) !=",
        _REWRITING,
    ),
    _fault(
        "fixing: lines are written where nobody could be asked",
        "notifier/cli/show.py", "sys.stdout.isatty()):\n        return None\n", "sys.stdout.isatty()):\n        return True\n",
        ("tests/cli/test_check_fix.py",),
    ),
    _fault(
        "annotations: a text of an event file begins a command of its own",
        "notifier/cli/annotations.py", '.replace("\\n", "%0A")', "", ("tests/cli/test_check.py",),
    ),
    _fault(
        "annotations: a file's name sets another property",
        "notifier/cli/annotations.py", '.replace(":", "%3A").replace(",", "%2C")', "", ("tests/cli/test_check.py",),
    ),
    _fault(
        "proposal: offsets that the site doesn't mean are trusted",
        "notifier/core/proposal/proposing.py", "replace(shape.times, offsets=meaning.offsets)", "shape.times", _PROPOSAL,
    ),
    _fault(
        "proposal: the day of publication is the day of the event",
        "notifier/core/proposal/timing.py", "    if not both or other * 10 <= len(both) or _is_after(page, chosen):\n        return {}\n", "    return {}\n", _PROPOSAL,
    ),
    _fault(
        "proposal: the first reading is proposed, however little it gives",
        "notifier/core/proposal/proposing.py", "return candidates[merits.index(max(merits))]", "return candidates[0]", _PROPOSAL,
    ),
    _fault(
        "proposal: sending is live from the beginning",
        "notifier/core/proposal/written.py", "sending: {live: false}", "sending: {live: true}", ("tests/cli/test_init_from.py",),
    ),
    _fault(
        "identity: keys that a site gives its events later make new events of them",
        "notifier/core/settling.py", "(self.known.get((event.source, event.path), ()) if event.key else ())", "()",
        ("tests/core/test_identity.py",),
    ),
    _fault(
        "reader: a place that was renamed in its own file keeps its old name",
        "notifier/tick/reader.py", "        self.must_forget, self.pending = True, {**dict.fromkeys(self.readings), **self.documents}\n", "",
        ("tests/tick/test_reader.py",),
    ),
)  # fmt: skip

READING = (*FORMATS, *FIELDS, *TIMES, *RECURRENCE, *WORDS, *ADDRESSES, *WRITING)
