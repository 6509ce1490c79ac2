"""What one process is about to give away and what came of it, one short line each, so that a kill leaves few in doubt.

Nothing here waits for a disk: what a process has written survives its death, though not the machine's. So the first line
says since when the machine is up, and after another start a line that isn't there proves nothing.
"""

from __future__ import annotations

import fcntl
import os
import secrets
from collections.abc import Iterable
from pathlib import Path
from typing import Literal

from notifier.core.recipient import Recipient, Result

SUFFIX = ".claim"
#: What is in doubt and why, in the words of those who have to look.
KILLED = "Notifier was stopped before an answer came."
SWITCHED_OFF = "The machine was switched off while this was under way."
LOST = "What was under way is written down nowhere any more."

_BOOT = Path("/proc/sys/kernel/random/boot_id")
Ended = Literal["waiting", "taken", "refused", "unknown"]
_SIGNS: dict[str, Ended] = {"w": "waiting", "t": "taken", "r": "refused", "u": "unknown"}
_SIGN_OF = {status: sign for sign, status in _SIGNS.items()}


class Journal:
    """The journal of a living process, for everybody claimed under `claim`. Several threads may write into it."""

    def __init__(self, folder: Path) -> None:
        """Make one. Raises OSError. Whoever looks for dead ones must not be able to see it before this returns."""
        self.claim = secrets.token_hex(8)
        self._file = folder / f"{self.claim}{SUFFIX}"
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND | os.O_CLOEXEC
        self._handle = os.open(self._file, flags, 0o600)
        fcntl.flock(self._handle, fcntl.LOCK_EX)
        self._write(f"{_boot()}\n")
        # Before anybody is claimed: after a start of the machine this line tells that there was one.
        os.fsync(self._handle)

    def begun(self, number: int) -> None:
        """The letter of this recipient is about to leave. Raises OSError; then it must not."""
        self._write(f"b {number}\n")

    def ended(self, number: int, status: Ended, said: str) -> None:
        """What came of it. Raises OSError."""
        self._write(f"{_SIGN_OF[status]} {number} {said}\n")

    def close(self, *, remove: bool) -> None:
        """`remove`: everything in it has been written down elsewhere."""
        if remove:
            self._file.unlink(missing_ok=True)
        os.close(self._handle)

    def _write(self, line: str) -> None:
        octets = line.encode(errors="replace")
        if os.write(self._handle, octets) != len(octets):
            raise OSError("The line was not written whole.")


def is_alive(folder: Path, claim: str) -> bool:
    """Whether a living process holds this claim. Raises OSError."""
    try:
        handle = os.open(folder / f"{claim}{SUFFIX}", os.O_RDONLY | os.O_CLOEXEC)
    except FileNotFoundError:
        return False
    try:
        fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(handle)
    return False


def has_journal(folder: Path, claim: str) -> bool:
    """Whether a process of this machine wrote one under this claim. Raises OSError."""
    return (folder / f"{claim}{SUFFIX}").exists()


def dead_claims(folder: Path) -> list[str]:
    """The claims that no living process holds any more, as far as there are journals of them. Raises OSError."""
    claims = sorted(file.name.removesuffix(SUFFIX) for file in folder.glob(f"*{SUFFIX}"))
    return [claim for claim in claims if not is_alive(folder, claim)]


def are_blank(folder: Path) -> bool:
    """Whether a round was begun there under which certainly nothing was given away, and no other. Raises OSError."""
    found = [file.read_bytes() for file in folder.glob(f"*{SUFFIX}")]
    return bool(found) and all(one == f"{_boot()}\n".encode() != b"\n" for one in found)


def what_came_of(folder: Path, claim: str, claimed: Iterable[Recipient]) -> list[Result]:
    """What became of those whom a dead process had claimed: what it wrote down, and otherwise only what is certain."""
    try:
        written = (folder / f"{claim}{SUFFIX}").read_bytes()
    except FileNotFoundError:
        return [Result(number=one.number, status="unknown", said=LOST) for one in claimed]
    # A last line without its end was cut off: then what it would have said hadn't happened yet, or isn't known.
    boot, *lines = written.decode(errors="replace").split("\n")[:-1] or [""]
    last = _last(lines)
    is_same_boot = boot == _boot() != ""
    return [_result(one.number, last.get(one.number), is_same_boot=is_same_boot) for one in claimed]


def forget(folder: Path, claim: str) -> None:
    """Remove the journal of a dead process, of which everything has been written down elsewhere. Raises OSError."""
    (folder / f"{claim}{SUFFIX}").unlink(missing_ok=True)


def _result(number: int, last: tuple[str, str] | None, *, is_same_boot: bool) -> Result:
    match last:
        case (sign, said) if sign in _SIGNS:
            return Result(number=number, status=_SIGNS[sign], said=said)
        case None if is_same_boot:
            return Result(number=number, status="waiting")
        case _:
            return Result(number=number, status="unknown", said=KILLED if is_same_boot else SWITCHED_OFF)


def _last(lines: Iterable[str]) -> dict[int, tuple[str, str]]:
    """The last line about each, as its sign and what was said. What is none is passed over."""
    found: dict[int, tuple[str, str]] = {}
    for line in lines:
        sign, _, rest = line.partition(" ")
        number, _, said = rest.partition(" ")
        if number.isdecimal() and (sign in _SIGNS or sign == "b"):
            found[int(number)] = sign, said
    return found


def _boot() -> str:
    """Since when the machine is up; "" where it doesn't say, which is never the same as before."""
    try:
        return _BOOT.read_text(encoding="ascii").strip()
    except OSError:
        return ""
