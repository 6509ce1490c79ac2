"""Reference links (`[words][name]` … `[name]: https://…`) written out, so that each paragraph holds its own links."""

from __future__ import annotations

import re

# Each may bring a long address with it: a body stays within a few megabytes.
MAX_REFERENCES = 2_000

# Words in square brackets; they may hold images and bracketed words.
BRACKETED = (
    r"(?:[^\[\]\\]{1,400}+|\\.|!?\[[^\[\]]{0,400}+\](?:\([^()\s]{0,1500}+(?:\s{1,3}\"[^\"\n]{0,300}+\")?\))?){0,40}"
)
_DEFINITION = re.compile(
    r"^(?P<quoted>[ \t]{0,3}(?:>[ \t]{0,3}){0,5})\[(?!\^)(?P<name>[^\[\]\n]{1,300}+)\]:[ \t]{0,9}(?:\n[ \t]{0,9})?"
    r"(?:<(?P<angled>[^<>\n]{1,1500}+)>|(?P<target>[^\s<>]{1,1500}+))"
    r"(?:[ \t]{0,9}(?:\n[ \t]{1,9})?[ \t]{0,9}(?:\"[^\"\n]{0,300}+\"|'[^'\n]{0,300}+'|\([^()\n]{0,300}+\)))?[ \t]{0,9}$",
    re.MULTILINE,
)
_REFERENCE = re.compile(
    rf"\\\[|\[(?P<words>{BRACKETED})\](?:\((?P<inline>)|[ ]?\n?[ ]{{0,3}}\[(?P<name>[^\[\]\n]{{0,300}}+)\](?!\()|(?P<shortcut>)(?![:\[]))"
)


def written_out(body: str) -> str:
    """The body with its reference links as inline ones and without their definitions. Line breaks stay."""
    if "]:" not in body:
        return body
    targets: dict[str, str] = {}
    for definition in _DEFINITION.finditer(body):
        target = definition["angled"] or definition["target"]
        targets.setdefault(_key(definition["name"]), target.replace(" ", "%20"))
    if not targets:
        return body
    left = MAX_REFERENCES

    def inline(match: re.Match[str]) -> str:
        nonlocal left
        if match["words"] is None or match["inline"] is not None:
            return match[0]
        target = targets.get(_key(match["name"] or match["words"]))
        if target is None or not left:
            return match[0]
        left -= 1
        return f"[{match['words']}](<{target}>)" + "\n" * match[0].count("\n", match.end("words") - match.start())

    return _REFERENCE.sub(inline, _DEFINITION.sub(lambda found: found["quoted"] + "\n" * found[0].count("\n"), body))


def _key(name: str) -> str:
    return " ".join(name.split()).casefold()
