"""What can go wrong, in words for people: *place: what is wrong. What to do.*

A `Problem` is a value and travels with the content; the exceptions below are the only ones that
cross a room's wall. Anything else that is raised is a bug.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

Severity = Literal["error", "warning", "info"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One thing that is wrong, where, and what to do about it.

    `path` is relative to its source for content and as the user typed it for configuration.
    `line` and `column` count from 1. `what` and `hint` are whole sentences. `write` is the one front-matter line
    that settles it (`start: "14:00"`), to be added or put in the place of the key's present one; None where a
    person has to choose.
    """

    path: str
    what: str
    hint: str = ""
    line: int | None = None
    column: int | None = None
    field: str | None = None
    severity: Severity = "error"
    write: str | None = None

    @property
    def place(self) -> str:
        """`file:line:column` for configuration, `path:line` for content, as far as known."""
        return ":".join(str(part) for part in (self.path, self.line, self.column) if part is not None)

    def __str__(self) -> str:
        field = f" {self.field}:" if self.field else ""
        return f"{self.place}:{field} {self.what}" + (f" {self.hint}" if self.hint else "")


class NotifierError(Exception):
    """The base of what this program raises on purpose."""


class UserError(NotifierError):
    """What the user gave us is wrong. Shown without a traceback, all problems at once; exit 1."""

    def __init__(self, problems: str | Problem | Sequence[Problem], hint: str = "") -> None:
        self.problems: tuple[Problem, ...] = ()
        if isinstance(problems, str):
            self.message = problems + (f" {hint}" if hint else "")
        else:
            self.problems = (problems,) if isinstance(problems, Problem) else tuple(problems)
            self.message = "\n".join(str(problem) for problem in self.problems)
        super().__init__(self.message)


class SourceShrank(UserError):
    """Many upcoming events are suddenly gone: nothing is planned until a person says it is right."""


class ProviderError(NotifierError):
    """A provider could not do what it was asked. `permanent` decides whether trying again makes sense.

    `wait`: by then it may be ready though nobody does anything; a permanent one, once a person has mended what it names.
    """

    def __init__(self, message: str, *, permanent: bool, wait: timedelta | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.permanent = permanent
        self.wait = wait
