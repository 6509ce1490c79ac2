"""Whether a mail shows the note that a person put above it: templates of one's own may know of none."""

from __future__ import annotations

from notifier.core.note import Note
from notifier.core.templates import Templates, problem_at
from notifier.errors import UserError

UNSHOWN = "This template does not show the note."


def refuse_unshown(note: Note, kind: str, templates: Templates, *, html: str, text: str) -> None:
    """Raise UserError where a template has left the note out: what a person added must never be lost without a word."""
    if not note or kind == "one_off":
        return
    shown = {"html": (str(note.html), html), "txt": (note.text, text)}
    missing = [
        problem_at(templates, f"{kind}/{part}.j2", 1, UNSHOWN, "Put {{ parts.prose(note) }} where it is to stand, or remove the note.")
        for part, (said, whole) in shown.items()
        if _words(said) not in _words(whole)
    ]  # fmt: skip
    if missing:
        raise UserError(missing)


def _words(text: str) -> str:
    return " ".join(text.split())
