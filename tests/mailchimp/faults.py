"""What goes wrong, by method, path and turn: before the request is carried out or after it, and how the reply looks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from fnmatch import fnmatchcase
from typing import Any

#: Replies that are the true one, or one like it, with something wrong about its bytes.
MANGLED = frozenset({"truncated", "broken", "list", "null", "object", "drip", "flood", "plain"})
#: Replies of `status` that the edge or the application gives in place of the true one.
SAID = frozenset({"problem", "empty", "html", "untyped", "json"})
#: No reply: the connection is reset, closed, or kept without a word until the client leaves.
CUT = frozenset({"rst", "fin", "silence"})
REPLIES = MANGLED | SAID | CUT | {"usual", "redirect"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """The `nth` request that fits, and the next `times` in all (0: for ever), is answered in this way.

    `when` before: it is not carried out, unless `reply` is usual; `commit_after` then carries it out so many seconds
    of the virtual clock later. After: it is carried out, and the reply is another.
    `delay` are real seconds of silence first, `pause` those between two bytes of a drip, `size` the bytes of a flood.
    `act` is an act of staff at that moment, with CAMPAIGN for the id in the path. `hold` keeps it until it is released.
    `repeat` carries it out so many times more, as a proxy that tries again: the last answer is heard.
    """

    method: str = "*"
    path: str = "*"
    nth: int = 1
    times: int = 1
    when: str = "before"
    reply: str = "usual"
    status: int = 500
    title: str = "Internal Server Error"
    detail: str = "An unexpected internal error has occurred."
    delay: float = 0.0
    commit_after: float = 0.0
    pause: float = 0.05
    size: int = 50_000_000
    location: str = "/3.0/ping"
    act: Mapping[str, Any] | None = None
    hold: bool = False
    repeat: int = 0
    name: str = ""

    def __post_init__(self) -> None:
        if self.reply not in REPLIES:
            raise ValueError(f"reply is {self.reply!r}, and must be one of: {', '.join(sorted(REPLIES))}.")
        if self.when not in {"before", "after"}:
            raise ValueError(f"when is {self.when!r}, and must be before or after.")
        if self.nth < 1 or self.times < 0:
            raise ValueError("nth counts from 1, times from 0.")

    @property
    def carries_out(self) -> bool:
        """Whether the request is carried out before it is answered."""
        return self.when == "after" or self.reply == "usual"

    def fits(self, method: str, path: str) -> bool:
        return fnmatchcase(method, self.method) and fnmatchcase(path, self.path)


def fault(wanted: Mapping[str, Any]) -> Fault:
    """Raises ValueError for what isn't one."""
    known = {one.name for one in fields(Fault)}
    if unknown := set(wanted) - known:
        raise ValueError(f"{min(unknown)} is nothing that a fault has. It has: {', '.join(sorted(known))}.")
    return Fault(**wanted)


@dataclass(slots=True)
class Faults:
    """All that are to come. Each counts the requests that fit it, whether another fault answers them or not."""

    waiting: list[Fault] = field(default_factory=list)
    seen: list[int] = field(default_factory=list)

    def add(self, one: Fault) -> None:
        self.waiting.append(one)
        self.seen.append(0)

    def clear(self) -> None:
        self.waiting.clear()
        self.seen.clear()

    def take(self, method: str, path: str) -> Fault | None:
        """The first whose turn it is."""
        chosen = None
        for place, one in enumerate(self.waiting):
            if not one.fits(method, path):
                continue
            self.seen[place] += 1
            is_its_turn = one.nth <= self.seen[place] and (one.times == 0 or self.seen[place] < one.nth + one.times)
            chosen = chosen or (one if is_its_turn else None)
        return chosen
