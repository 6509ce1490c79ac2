"""What reading passes around: a value with the words it came from, and the notes taken on the way."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Generic, TypeVar

from notifier.core.event import Evidence, Reason
from notifier.core.reading.plain import without_invisible
from notifier.core.values import record
from notifier.errors import Problem, Severity

Value = TypeVar("Value")


@record(frozen=True, slots=True, kw_only=True)
class Candidate(Generic[Value]):
    """One possible value of a field, and where it was read."""

    field: str
    value: Value
    evidence: Evidence


@dataclass(slots=True, kw_only=True)
class Notes:
    """The problems and doubts of one document, in the order in which they were met.

    `home` is where its keys stand, and `line` where that begins: for what has no line of its own in a file of many events.
    """

    path: str
    home: str = "front matter"
    line: int | None = None
    problems: list[Problem] = field(default_factory=list)
    doubts: list[Reason] = field(default_factory=list)
    evidence: dict[str, Evidence] = field(default_factory=dict)

    def problem(
        self,
        what: str,
        hint: str,
        *,
        field: str | None = None,
        line: int | None = None,
        severity: Severity = "error",
        write: str | None = None,
    ) -> None:
        """Something for those who write the files; the event may still be mailed unaided."""
        shown, name, at = self._said(what), None if field is None else _seen(field), self.line if line is None else line
        self.problems.append(
            Problem(
                path=self.path,
                line=at,
                field=name,
                what=shown,
                hint=self._at_home(hint),
                severity=severity,
                write=write,
            )
        )

    def doubt(
        self,
        code: str,
        what: str,
        hint: str,
        *,
        field: str,
        evidence: Evidence | None = None,
        line: int | None = None,
        severity: Severity = "error",
        write: str | None = None,
    ) -> None:
        """Something that keeps the event from being mailed unaided; it also stands in the problems."""
        at = line if line is not None or evidence is None else evidence.line
        self.problem(what, hint, field=field, line=at, severity=severity, write=write)
        text = f"{self._said(what).removesuffix('.')}; {hint[0].lower()}{self._at_home(hint[1:])}"
        self.doubts.append(Reason(code=code, text=text, field=field, evidence=evidence))

    def _said(self, what: str) -> str:
        return _bounded(self._at_home(what))

    def _at_home(self, text: str) -> str:
        return _seen(text).replace("front matter", self.home)

    def doubts_on(self, code: str) -> bool:
        """Whether a doubt of this code was already noted."""
        return any(doubt.code == code for doubt in self.doubts)

    def take(self, found: Candidate[Value] | None) -> Value | None:
        """The candidate's value, its evidence kept; None where there is none."""
        if found is None:
            return None
        self.evidence[found.field] = found.evidence
        return found.value


def _seen(text: str) -> str:
    """A quotation may hold what moves a terminal's cursor or turns the direction of writing."""
    return without_invisible(text).replace("\n", " ").replace("\t", " ")


def _bounded(text: str) -> str:
    """A hostile file may put a megabyte into one value; no message may carry it."""
    return text if len(text) <= 400 else f"{text[:300].rstrip()}… {text[-60:].lstrip()}"
