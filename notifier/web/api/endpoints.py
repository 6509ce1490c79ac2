"""One thing that can be asked for: where, who may, with what, and what is answered. The document is written from these."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from notifier.core.person import Deed
from notifier.web.api.answers import Reply
from notifier.web.api.fields import Field
from notifier.web.api.gate import Caller

ROOT = "/api/v1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A request by somebody who may, with what it says checked. `once` is its Idempotency-Key as the ledger keeps it."""

    caller: Caller
    place: Mapping[str, str]
    query: Mapping[str, Any] = field(default_factory=dict)
    body: Mapping[str, Any] = field(default_factory=dict)
    once: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """`path` is below /api/v1. `answers` name the shape of each success by its status. `body` None: there is none to send."""

    method: Literal["GET", "POST"]
    path: str
    name: str
    summary: str
    does: Callable[[Call], Reply]
    deed: Deed
    answers: Mapping[int, str]
    places: Mapping[str, str] = field(default_factory=dict)
    query: tuple[Field, ...] = ()
    body: tuple[Field, ...] | None = None
    needs_key: bool = False
    refusals: tuple[int, ...] = ()

    def place(self, path: str) -> Mapping[str, str] | None:
        """The parts of an address that this answers; None for any other."""
        found = re.fullmatch(_pattern(self.path), path.removeprefix(ROOT), re.DOTALL) if path.startswith(ROOT) else None
        return None if found is None else found.groupdict()


def _pattern(path: str) -> str:
    """Uids and keys have slashes, so a part may be long; an act is one of those that there are."""
    parts = re.split(r"\{(\w+)\}", path)
    return "".join(re.escape(part) if number % 2 == 0 else f"(?P<{part}>.+)" for number, part in enumerate(parts))
