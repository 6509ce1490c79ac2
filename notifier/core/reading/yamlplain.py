"""The YAML of most front matter: keys with a value on the same line, or with a list of such values, and nothing else.

A parser of all of YAML makes an event with two marks for each part, which for a few plain lines takes longer than all
else that is done with them. Whatever might be read in another way than it looks is left to that parser.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from notifier.core.reading.entries import Entry, Scalar

_WORDS = {"null": None, "true": True, "yes": True, "on": True, "false": False, "no": False, "off": False}
_MEANINGS = {form: meaning for word, meaning in _WORDS.items() for form in (word, word.capitalize(), word.upper())}
_MEANINGS |= {"": None, "~": None}
_DIGITS = frozenset("+-0123456789")
# Zeros in front are no octal, as in YAML 1.2; more digits than a float can tell apart are an identifier.
_NUMBER = re.compile(r"[-+]?[0-9]{1,15}(?:\.[0-9]{1,15})?")
#: More lines than this are left to the parser, which knows the limits.
_MOST = 200
# None of the signs that mean something at the beginning of a value. Within it a colon means something before a space,
# and a number sign behind one.
_TEXT = r"(?P<text>[\w/(][^:#]{0,500}+(?:(?::(?=[^ ])|(?<! )#)[^:#]{0,500}+){0,30})"
_VALUE = rf"(?:{_TEXT}|\"(?P<double>[^\"\\]{{0,500}}+)\"|'(?P<single>[^']{{0,500}}+)')"
_LIST = r"\[(?P<list>[^\[\]]{0,500}+)\]"
_KEY = re.compile(rf"(?P<key>[A-Za-z_][A-Za-z0-9_-]{{0,99}}):(?: {{1,9}}(?:{_VALUE}|{_LIST}))? {{0,9}}")
_ITEM = re.compile(rf"(?P<indent> {{0,9}})- {{1,9}}{_VALUE} {{0,9}}")
_LISTED = re.compile(r"[\w/(][^\[\]{}\"'#&*!|>%@`:\\?,]{0,500}+")


def read_plainly(text: str, *, first_line: int, basis: str) -> Entry | None:
    """The mapping that the text is; None where it may be anything else."""
    if text.count("\n") > _MOST or not text.replace("\n", "").isprintable():
        return None
    mapping = _Mapping(basis=basis)
    if not all(mapping.takes(said, line) for line, said in enumerate(text.split("\n"), start=first_line)):
        return None
    return mapping.entry()


@dataclass(slots=True, kw_only=True)
class _Mapping:
    """What was read so far. `opened` is the key above with nothing behind it, `indent` stands before its items."""

    basis: str
    entries: dict[str, Entry] = field(default_factory=dict)
    lists: dict[str, list[Entry]] = field(default_factory=dict)
    opened: str = ""
    indent: str = ""

    def takes(self, said: str, line: int) -> bool:
        """Whether the next line goes on with the mapping."""
        if found := _KEY.fullmatch(said):
            entry = _value(found, line=line, basis=self.basis)
            key = found["key"]
            if entry is None or key in self.entries:
                return False
            self.entries[key] = entry
            self.opened = key if found.lastgroup == "key" else ""
            return True
        if found := _ITEM.fullmatch(said):
            return self._takes_item(found, line)
        return not said or said.isspace() or said[0] == "#"

    def _takes_item(self, found: re.Match[str], line: int) -> bool:
        items = self.lists.setdefault(self.opened, [])
        if not self.opened or (items and found["indent"] != self.indent):
            return False
        self.indent = found["indent"]
        items.append(_scalar(found, line=line, basis=self.basis))
        return True

    def entry(self) -> Entry | None:
        for key, items in self.lists.items():
            self.entries[key] = Entry(value=tuple(items), line=self.entries[key].line, basis=self.basis)
        first = next(iter(self.entries.values()), None)
        return Entry(value=self.entries, line=first.line, basis=self.basis) if first else None


def _value(found: re.Match[str], *, line: int, basis: str) -> Entry | None:
    listed = found["list"]
    if listed is None:
        return _scalar(found, line=line, basis=basis)
    texts = [text.strip(" ") for text in listed.split(",")] if listed.strip(" ") else []
    if not all(map(_LISTED.fullmatch, texts)):
        return None
    items = tuple([Entry(value=meaning(text), line=line, raw=text, basis=basis) for text in texts])
    return Entry(value=items, line=line, basis=basis)


def _scalar(found: re.Match[str], *, line: int, basis: str) -> Entry:
    match found.lastgroup:
        case "text":
            text = found["text"].rstrip(" ")
            return Entry(value=meaning(text), line=line, raw=text, basis=basis)
        case "double" | "single" as group:
            return Entry(value=found[group], line=line, raw=found[group], basis=basis)
        case _:
            return Entry(value=None, line=line, basis=basis)


def meaning(text: str) -> Scalar:
    """What a value without quotes is: a truth, a number, nothing, or text."""
    if text in _MEANINGS:
        return _MEANINGS[text]
    if text[0] in _DIGITS and _NUMBER.fullmatch(text):
        return float(text) if "." in text else int(text)
    return text
