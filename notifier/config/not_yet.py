"""What config.yaml may say already and this version does not do yet. A warning each, so that nobody relies on it."""

from __future__ import annotations

from collections.abc import Iterator

from notifier.config.reference import pattern_of
from notifier.config.tree import Tree
from notifier.errors import Problem

#: By pattern, as in the manual; `=value` where only that value waits. The comments in config.yaml say the same.
NOT_YET: dict[str, str] = {
    "audiences.NAME.within": "People in two audiences are not told apart yet: they may get both mails.",
}


def not_yet(tree: Tree) -> Iterator[Problem]:
    """A warning for each thing written in the file that does nothing yet, at its place."""
    for loc in tree.nodes:
        value = tree.get(*loc)
        if value is None:
            continue
        pattern = pattern_of(loc)
        word = str(value).lower() if isinstance(value, str | bool) else ""
        if sentence := NOT_YET.get(pattern) or NOT_YET.get(f"{pattern}={word}"):
            yield tree.problem(loc, sentence, severity="warning")
