"""Folders that hold the same events in several languages."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Sequence

from notifier.core.proposal.families import Family
from notifier.core.proposal.proposed import Choice
from notifier.core.proposal.vocabulary import counted
from notifier.core.reading.shape import Pick

_CODED = re.compile(r"(.{1,500})\.([a-z]{2})\.\w{2,8}")
_CODES = frozenset(["en", "de", "fr", "es", "it", "nl", "pt", "ca", "da", "sv", "nb", "fi", "pl", "cs"])


def translated(families: Sequence[Family]) -> dict[str, dict[str, Choice]]:
    """By folder, what makes its documents known as translations: their language, and what they share with the others."""
    beside = {family.folder: choices for family in families if (choices := _beside(family))}
    return beside | _apart(families)


def _beside(family: Family) -> dict[str, Choice]:
    """Of `fair.md`, `fair.en.md` and `fair.de.md`, which are one event in one folder."""
    paths = [document.path for document in family.documents]
    coded = [match for path in paths if (match := _CODED.fullmatch(path)) and match[2] in _CODES]
    plain = {path.rpartition(".")[0] for path in paths}
    counts = Counter(match[1] for match in coded)
    copies = [match for match in coded if match[1] in plain or counts[match[1]] > 1]
    if not copies:
        return {}
    codes = "|".join(sorted({match[2] for match in copies}))
    why = f"{counted(len(copies), 'file')} with a language in the name: the same event"
    return {
        "language": Choice(ways=(Pick(path=rf"\.({codes})\.\w+$"),), why="by the file's name"),
        "same": Choice(ways=(Pick(path=rf"^(.+?)(?:\.(?:{codes}))?\.\w+$"),), why=why),
    }


def _apart(families: Sequence[Family]) -> dict[str, dict[str, Choice]]:
    """Of folders that differ in a language."""
    alike: dict[tuple[str, ...], list[Family]] = defaultdict(list)
    for family in families:
        alike[tuple("*" if part in _CODES else part for part in family.folder.split("/"))].append(family)
    found: dict[str, dict[str, Choice]] = {}
    for parts, members in alike.items():
        if parts.count("*") == 1 and len(members) > 1:
            found |= {
                member.folder: _choices(member, parts.index("*")) for member in members if _shares(member, members)
            }
    return found


def _shares(member: Family, members: Sequence[Family]) -> bool:
    """Whether most of its files have the name of a file in another language."""
    own = _names(member)
    others = {name for other in members if other is not member for name in _names(other)}
    return len(own & others) * 2 >= len(own)


def _names(family: Family) -> set[str]:
    return {document.path[len(family.folder) :] for document in family.documents}


def _choices(family: Family, at: int) -> dict[str, Choice]:
    parts = family.folder.split("/")
    before = "".join(f"{re.escape(part)}/" for part in parts[:at])
    why = "files of this name in the other languages' folders tell the same event"
    return {
        "language": Choice(ways=(Pick(value=parts[at]),), why="by the folder"),
        "same": Choice(ways=(Pick(path=rf"^{before}\w\w/(.+)$"),), why=why),
    }
