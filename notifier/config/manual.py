"""The list of all keys in docs/configuration.md, written from the models so that it can't drift from them."""

from __future__ import annotations

from collections.abc import Iterator

from notifier.config.not_yet import NOT_YET
from notifier.config.reference import Key, known_keys

NOTE = "Checked, not yet acted on"


def manual() -> str:
    """Every key with its default and meaning, as Markdown, a table for each section of the file."""
    return "\n".join(_lines()) + "\n"


def _lines() -> Iterator[str]:
    for key in known_keys().values():
        if "." not in key.pattern:
            yield from ("", f"### `{key.pattern}`", "", "| key | default | meaning |", "|---|---|---|")
        yield f"| `{key.pattern}` | {_default(key)} | {key.meaning}{_note(key)} |"


def _default(key: Key) -> str:
    if key.required:
        return "*needed*"
    return f"`{key.default}`" if key.default else ""


def _note(key: Key) -> str:
    if key.pattern in NOT_YET:
        return f" *{NOTE}.*"
    values = [entry.partition("=")[2] for entry in NOT_YET if entry.startswith(f"{key.pattern}=")]
    return f" *{NOTE}: {', '.join(values)}.*" if values else ""
