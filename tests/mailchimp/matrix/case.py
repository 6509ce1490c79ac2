"""One case of the matrix: what goes wrong, when, and who else acts. And what was found when it had come to rest."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

#: What became of the request at which the process is killed: it never arrives, is carried out later, or was carried out.
Fate = Literal["lost", "late", "done"]
#: What happens to the first process at an instant: it is killed; it stands still while others tick; its connections to the
#: ledger's server are cut; that server crashes and starts again.
Blow = Literal["kill", "stand", "cut", "crash"]


@dataclass(frozen=True, slots=True)
class Kill:
    """SIGKILL while the `nth` request (of its process) waits for its reply."""

    nth: int
    fate: Fate


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """`part` is its table, `step` and `what` its row there.

    `faults` are planted from the start. `kills` and `instants` end one process after another: the next one is killed by
    the next of them; `blow` is what else may befall the first process there. `acts` are what staff do before the so-manyth tick, `edits` the ticks before which the event gets another title, `removed_at` the one before which it is taken away. `second`: another process of the program (or so many `others`) ticks
    `meanwhile` (the first waits for the reply to request `waits_at`, or stands still), or `together` with it, always. `deaf` are the ticks
    at which Mailchimp takes no connection. `apart`: by so many seconds the clock of every other process is ahead, or behind, in turn. `too_late`: people act where no reading can see it before the send.
    """

    part: str
    step: str
    what: str
    faults: tuple[Mapping[str, Any], ...] = ()
    knobs: Mapping[str, Any] = field(default_factory=dict)
    kills: tuple[Kill, ...] = ()
    instants: tuple[int, ...] = ()
    blow: Blow = "kill"
    acts: tuple[tuple[int, Mapping[str, Any]], ...] = ()
    edits: tuple[int, ...] = ()
    removed_at: int | None = None
    second: Literal["", "meanwhile", "together"] = ""
    others: int = 1
    waits_at: tuple[int, Fate] = (0, "done")
    apart: int = 0
    deaf: tuple[int, ...] = ()
    mode: Literal["send", "draft"] = "send"
    timeout: str = "20s"
    too_late: bool = False

    @property
    def name(self) -> str:
        return f"{self.part}: {self.step}: {self.what}"

    @property
    def processes(self) -> int:
        return 1 + self.others if self.second else 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """How a case ended: the row's state, how often Mailchimp mailed people, and what was not as it must be."""

    case: Case
    status: str
    deliveries: int
    kills: int
    wrong: tuple[str, ...]
    said: str = ""

    @property
    def outcome(self) -> str:
        return f"{self.status}/{self.deliveries}"
