"""What was prepared, and what became of each attempt to hand it over: a private folder for each delivery.

Everything is replaced by a rename and has reached the disk before the next step is made. An attempt is written down
before the message leaves; one without an outcome may have gone out, and is never made again by itself.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Literal, get_args

from notifier.errors import ProviderError

MESSAGE = "message.eml"
RECORD = "delivery.json"
STOPPED = "Notifier was stopped before an answer came."

Result = Literal["begun", "accepted", "refused", "unsent", "ambiguous", "settled"]
#: After these nothing has gone out, so the message is a draft as before.
_STILL_A_DRAFT: frozenset[Result] = frozenset({"refused", "unsent", "settled"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One attempt, `at` in RFC 3339. `begun`: the message was about to leave. `settled`: a person says that it did not."""

    at: str
    result: Result
    said: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A prepared message: for which delivery, from and to which address, and what was tried. `digest` is of its bytes.

    `recipient` is "" for one of which each person of the audience gets their own, at most `at_most` of them where that is
    not "", and until the instant `until`; who got it is written down elsewhere.
    """

    key: str
    audience: str
    subject: str
    sender: str
    recipient: str
    message_id: str
    digest: str
    attempts: tuple[Attempt, ...] = ()
    until: str = ""
    at_most: str = ""

    @property
    def is_for_each(self) -> bool:
        return not self.recipient

    @property
    def last(self) -> Attempt | None:
        return self.attempts[-1] if self.attempts else None

    @property
    def state(self) -> Literal["drafted", "sent", "unclear"]:
        """`unclear`: an attempt has no outcome."""
        if self.last is None or self.last.result in _STILL_A_DRAFT:
            return "drafted"
        return "sent" if self.last.result == "accepted" else "unclear"

    def begun(self, at: str) -> Entry:
        """With one more attempt."""
        return replace(self, attempts=(*self.attempts, Attempt(at=at, result="begun")))

    def ended(self, at: str, result: Result, said: str) -> Entry:
        """With the outcome of the attempt that was begun; of one that ended before, as an attempt of its own."""
        before = self.attempts[:-1] if self.last is not None and self.last.result == "begun" else self.attempts
        return replace(self, attempts=(*before, Attempt(at=at, result=result, said=said)))

    def reached(self, at: str, *, taken: int, unknown: int) -> Entry:
        """Of one for each: with how many were given it so far, in the place of what was known before of the same."""
        before = self.attempts if self.state == "drafted" else self.attempts[:-1]
        result: Result = "accepted" if taken else "ambiguous" if unknown else "unsent"
        return replace(self, attempts=(*before, Attempt(at=at, result=result, said=str(taken + unknown))))

    @property
    def number(self) -> int | None:
        """Of one for each: how many were given it, as far as that is written here."""
        said = self.last.said if self.last is not None and self.state != "drafted" else ""
        return int(said) if said.isdecimal() else None

    def settled(self, at: str) -> Entry:
        """With a person's word that what was in doubt did not go out."""
        known = self
        if self.last is not None and self.last.result == "begun":
            known = self.ended(self.last.at, "ambiguous", STOPPED)
        return known.ended(at, "settled", "A person looked: it did not go out.")


class Unreadable(Exception):
    """There is a record, and it can't be understood: nothing is known."""


class Spool:
    """The folder of a provider. Names are twelve hex digits (`key_hash`); whoever changes one holds its lock."""

    def __init__(self, name: str, folder: Path) -> None:
        self.name, self.folder = name, folder

    def place(self, hashed: str) -> Path:
        """The folder of this machine for a delivery."""
        return self.folder / hashed

    def where(self, hashed: str) -> str:
        """Where the letter is, for people."""
        return str(self.place(hashed))

    @property
    def all(self) -> str:
        """Where all of them are, for people."""
        return str(self.folder)

    def file(self, hashed: str) -> str:
        """The same, to the letter itself."""
        return str(self.place(hashed) / MESSAGE)

    def how_to_delete(self, hashed: str) -> str:
        """What a person has to do so that nothing is known of a delivery any more."""
        del hashed
        return "delete that folder"

    def read(self, hashed: str) -> Entry | None:
        """What there is of a delivery, or None. Raises Unreadable."""
        with self.told("read"):
            try:
                raw = (self.place(hashed) / RECORD).read_bytes()
            except FileNotFoundError:
                return None
        try:
            return entry_of(raw)
        except (ValueError, KeyError, TypeError):
            raise Unreadable from None

    def message(self, hashed: str, entry: Entry) -> bytes | None:
        """The message, byte for byte as it was prepared; None where it isn't."""
        with self.told("read"):
            try:
                found = (self.place(hashed) / MESSAGE).read_bytes()
            except FileNotFoundError:
                return None
        return found if digest(found) == entry.digest else None

    def prepare(self, hashed: str, entry: Entry, message: bytes) -> None:
        """Keep a message, in the place of one for the same delivery."""
        with self.told("write to"):
            _replace(self.place(hashed) / MESSAGE, message)
            _replace(self.place(hashed) / RECORD, bytes_of(entry))

    def note(self, hashed: str, entry: Entry, *, also: Callable[[object], None] | None = None) -> Entry:
        """Write down how far it is; the entry, once that has reached the disk. `also` is for spools that have transactions."""
        if also is not None:
            raise ValueError("A folder has no transactions.")
        with self.told("write to"):
            _replace(self.place(hashed) / RECORD, bytes_of(entry))
        return entry

    @contextmanager
    def locked(self, hashed: str, *, new: bool = False) -> Iterator[bool]:
        """Hold a delivery; others wait. False, and nothing is held, where there is no folder of it (`new` makes it)."""
        with self.told("write to"):
            if new:
                self.make()
                make_folder(self.place(hashed))
            handle = self._opened(hashed)
            if handle is not None:
                fcntl.flock(handle, fcntl.LOCK_EX)
        try:
            yield handle is not None
        finally:
            if handle is not None:
                os.close(handle)

    def is_held(self, hashed: str) -> bool:
        """Whether a living process holds it now."""
        with self.told("read"):
            handle = self._opened(hashed)
            if handle is None:
                return False
            try:
                fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except BlockingIOError:
                return True
            finally:
                os.close(handle)
        return False

    def make(self) -> None:
        """Make the folder, and the one that it lies in."""
        for place in (self.folder.parent, self.folder):
            make_folder(place)

    def unclear(self) -> list[Entry]:
        """The deliveries of which nobody knows whether they went out, as far as they can be read."""
        found: list[Entry] = []
        for place in sorted(self.folder.glob("[0-9a-f]*")):
            try:
                entry = self.read(place.name)
            except Unreadable:
                continue
            # Of those for each, the ledger knows.
            if entry is not None and entry.state == "unclear" and not (entry.is_for_each or self.is_held(place.name)):
                found.append(entry)
        return found

    def complaint(self) -> tuple[str, str] | None:
        """What is wrong with the folder and what to do; None where it can be written to and is nobody else's."""
        try:
            self.make()
            with tempfile.TemporaryDirectory(prefix=".trial-", dir=self.folder) as trial:
                _replace(Path(trial) / RECORD, b"{}")
            is_open = self.folder.stat().st_mode & 0o077
        except OSError as error:
            return self._words("write to", error)
        if is_open:
            return f"Other users can look into the folder {self.folder}.", f"Run: chmod 700 {self.folder}"
        return None

    def _opened(self, hashed: str) -> int | None:
        try:
            return os.open(self.place(hashed), os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        except FileNotFoundError:
            return None

    @contextmanager
    def told(self, act: Literal["read", "write to"]) -> Iterator[None]:
        """What the folder can't do, as a ProviderError with its remedy."""
        try:
            yield
        except OSError as error:
            raise ProviderError(self.sentence(act, error), permanent=False) from error

    def sentence(self, act: Literal["read", "write to"], error: OSError) -> str:
        return f"{self.name}: " + " ".join(self._words(act, error))

    def _words(self, act: str, error: OSError) -> tuple[str, str]:
        said = error.strerror or type(error).__name__
        what = f"The folder {self.folder}, which keeps what was handed over, can't be {_PAST[act]}: {said}."
        return what, _REMEDIES.get(type(error), _OTHER_REMEDY)


_OTHER_REMEDY = "Make room on its disk and let the user that runs notifier write there; it is tried again by itself."
_REMEDIES: Mapping[type[OSError], str] = {
    FileNotFoundError: "Create the folder it lies in, or correct `spool` of this provider in config.yaml.",
    NotADirectoryError: "Something else has that name: move it away, or correct `spool` of this provider.",
    FileExistsError: "Something else has that name: move it away, or correct `spool` of this provider.",
}
_PAST = {"read": "read", "write to": "written to"}


def digest(message: bytes) -> str:
    return hashlib.sha256(message).hexdigest()


def entry_of(record: str | bytes) -> Entry:
    """Raises ValueError, KeyError or TypeError for what is none."""
    known: Any = json.loads(record)
    fields = dict(known)
    attempts = tuple(Attempt(**attempt) for attempt in fields.pop("attempts"))
    entry = Entry(**fields, attempts=attempts)
    if any(attempt.result not in get_args(Result) for attempt in attempts) or not _all_text(fields):
        raise ValueError(fields)
    return entry


def _all_text(fields: Mapping[str, object]) -> bool:
    return all(isinstance(value, str) for value in fields.values())


def bytes_of(entry: Entry) -> bytes:
    return json.dumps(asdict(entry), ensure_ascii=False, indent=2).encode(errors="replace") + b"\n"


def make_folder(place: Path) -> None:
    if not place.is_dir():
        place.mkdir(mode=0o700, exist_ok=True)
        _sync(place.parent)


def _replace(file: Path, content: bytes) -> None:
    fresh = file.with_name(f".{file.name}.new")
    # A private file from its first byte on.
    handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
    with os.fdopen(handle, "wb") as opened:
        opened.write(content)
        opened.flush()
        os.fsync(opened.fileno())
    fresh.replace(file)
    _sync(file.parent)


def _sync(folder: Path) -> None:
    """A rename has happened for good only when its folder has reached the disk."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
