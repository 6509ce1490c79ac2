"""The program's own templates, read from the checkout."""

from __future__ import annotations

from pathlib import Path

from notifier.core.render import Templates

ROOT = Path(__file__).parent.parent / "templates"


def the_templates(**changes: str) -> Templates:
    """The shipped templates; a change is named by its file with `__` for `/` and without `.j2`."""
    texts = {file.relative_to(ROOT).as_posix(): file.read_text() for file in ROOT.rglob("*.j2")}
    return Templates(texts=texts | {f"{name.replace('__', '/')}.j2": text for name, text in changes.items()})
