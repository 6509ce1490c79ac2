"""Whether mails can be written in the languages that config.yaml names."""

from __future__ import annotations

from collections.abc import Iterator

from notifier.config.tree import Loc, Tree
from notifier.core.languages import SHIPPED, is_shipped
from notifier.errors import Problem

_NAMES = " and ".join(f"{name} ({code})" for code, name in sorted(SHIPPED.items(), key=lambda one: one[1]))


def unwritten(tree: Tree) -> Iterator[Problem]:
    """A warning for each language that is not shipped, and for which English is used."""
    code = tree.get("site", "language")
    if isinstance(code, str) and not is_shipped(code):
        hint = "Events may be in it all the same. Where that is not what you want, name another for each audience."
        yield _warning(tree, ("site", "language"), code, hint)
    for name, audience in tree.mapping("audiences").items():
        code = audience.get("language") if isinstance(audience, dict) else None
        if isinstance(code, str) and not is_shipped(code):
            yield _warning(tree, ("audiences", name, "language"), code, f"Write {' or '.join(sorted(SHIPPED))}.")


def _warning(tree: Tree, loc: Loc, code: str, hint: str) -> Problem:
    what = f"is {code}, but mails can be written in {_NAMES} only: they are in English."
    return tree.problem(loc, what, hint, severity="warning")
