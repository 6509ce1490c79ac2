"""The spool where several instances share it: letters and records are with the ledger, and only journals lie on a machine."""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path

from notifier.beside import Held, Shelf
from notifier.edges.smtp.spool import Entry, Spool, Unreadable, bytes_of, digest, entry_of, make_folder
from notifier.errors import ProviderError, UserError

#: Names the folder in which a machine keeps its journals, so that each knows its own.
_MACHINE = ".machine"


def spool_at(name: str, folder: Path, shelf: Shelf | None) -> Spool:
    """The spool of a provider: on the shelf where there is one, else in the folder."""
    return Spool(name, folder) if shelf is None else SharedSpool(name, folder, shelf)


class SharedSpool(Spool):
    """The same as `Spool`, on a `shelf`; `folder` is for the journals of this machine.

    Each record that this machine writes is also put into its folder: so a ledger from an older backup, which knows nothing of what has been
    sent since, is known for one.
    """

    def __init__(self, name: str, folder: Path, shelf: Shelf) -> None:
        super().__init__(name, folder)
        self._shelf = shelf
        #: What this process holds now, with the record that it wrote last.
        self._held: dict[str, Held] = {}
        self._written: dict[str, str] = {}

    def where(self, hashed: str) -> str:
        return f"{self._shelf.place} (the letter {hashed} of {self.name})"

    @property
    def all(self) -> str:
        return self._shelf.place

    def file(self, hashed: str) -> str:
        return self.where(hashed)

    def how_to_delete(self, hashed: str) -> str:
        return f"delete the row {hashed} of {self.name} from its table `letters`"

    def read(self, hashed: str) -> Entry | None:
        known, own = self._known(hashed), self._own(hashed)
        return own if own is not None and _is_older(known, own) else known

    def message(self, hashed: str, entry: Entry) -> bytes | None:
        with self.asked():
            found = self._shelf.letter(hashed)
        return found if found is not None and digest(found) == entry.digest else None

    def prepare(self, hashed: str, entry: Entry, message: bytes) -> None:
        before = self._known(hashed)
        if before is not None and len(entry.attempts) < len(before.attempts):
            # There are never fewer than before: by that an older ledger is known.
            entry = replace(entry, attempts=_closed(before).attempts)
        with self.asked():
            self._put(hashed, _text(entry), message)
        self._witness(hashed, entry)

    def note(self, hashed: str, entry: Entry, *, also: Callable[[object], None] | None = None) -> Entry:
        record = _text(entry)
        try:
            with self.asked():
                self._put(hashed, record, also=also)
        except ProviderError:
            # What came of what this process has written down as begun is worth a second try.
            if also is not None or not self._put_anew(hashed, record):
                raise
        self._witness(hashed, entry)
        return entry

    def is_behind(self, hashed: str, given: int) -> bool:
        """Whether the ledger, by which so many were given it, is older than what this machine did."""
        known, own = self._known(hashed), self._own(hashed)
        if own is None or own.state == "drafted":
            return False
        is_same = known is not None and len(known.attempts) == len(own.attempts)
        return _is_older(known, own) or (is_same and own.number is not None and given < own.number)

    @contextmanager
    def locked(self, hashed: str, *, new: bool = False) -> Iterator[bool]:
        with self.asked():
            holding = self._shelf.hold(hashed)
            held = holding.__enter__()
        try:
            self._held[hashed] = held
            yield new or self._is_there(hashed)
        finally:
            self._held.pop(hashed, None)
            self._written.pop(hashed, None)
            holding.__exit__(None, None, None)

    def is_held(self, hashed: str) -> bool:
        with self.asked():
            return self._shelf.is_held(hashed)

    def unclear(self) -> list[Entry]:
        found: list[Entry] = []
        with self.asked():
            records = self._shelf.records()
        for hashed, record in records.items():
            with suppress(Unreadable):
                entry = _entry(record)
                if entry.state == "unclear" and not (entry.is_for_each or self.is_held(hashed)):
                    found.append(entry)
        return found

    def make_place(self, hashed: str) -> None:
        """Make this machine's folder for a delivery."""
        with self.told("write to"):
            self.make()
            make_folder(self.place(hashed))

    @property
    def shelf(self) -> Shelf:
        return self._shelf

    def machine(self) -> str:
        """Names this folder of journals, for as long as it is there. Raises OSError."""
        file = self.folder / _MACHINE
        with suppress(FileNotFoundError):
            return file.read_text(encoding="ascii")
        self.make()
        fresh = file.with_name(f"{_MACHINE}.{secrets.token_hex(8)}")
        handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        with os.fdopen(handle, "w", encoding="ascii") as opened:
            opened.write(secrets.token_hex(16))
            opened.flush()
            os.fsync(opened.fileno())
        # Of two processes that come here at once, one is first, and the other takes that one's.
        with suppress(FileExistsError):
            os.link(fresh, file)
        fresh.unlink()
        return file.read_text(encoding="ascii")

    def _known(self, hashed: str) -> Entry | None:
        with self.asked():
            record = self._shelf.record(hashed)
        return None if record is None else _entry(record)

    def _own(self, hashed: str) -> Entry | None:
        with suppress(Unreadable, ProviderError):
            return super().read(hashed)
        return None

    def _witness(self, hashed: str, entry: Entry) -> None:
        # It has been kept already: without this the mail is as safe, as long as nobody restores an older ledger.
        with suppress(ProviderError):
            self.make_place(hashed)
            super().note(hashed, entry)

    def _put(
        self, hashed: str, record: str, message: bytes | None = None, *, also: Callable[[object], None] | None = None
    ) -> None:
        self._held[hashed].put(record, message, also=also)
        self._written[hashed] = record

    def _put_anew(self, hashed: str, record: str) -> bool:
        """Write it though the connection was lost, if nobody has written anything since."""
        before = self._written.get(hashed)
        with suppress(UserError), self._shelf.hold(hashed) as held:
            if before is not None and self._shelf.record(hashed) == before:
                held.put(record)
                return True
        return False

    def _is_there(self, hashed: str) -> bool:
        with self.asked():
            return self._shelf.record(hashed) is not None

    @contextmanager
    def asked(self) -> Iterator[None]:
        """What the ledger can't do, as a ProviderError."""
        with self.told("write to"):
            try:
                yield
            except UserError as error:
                raise ProviderError(f"{self.name}: {error.message}", permanent=False) from error


def _is_older(known: Entry | None, own: Entry) -> bool:
    """Whether what is known says less than this machine's own record of what was given away."""
    return own.state != "drafted" and (known is None or len(known.attempts) < len(own.attempts))


def _closed(entry: Entry) -> Entry:
    """As a draft again, of which nothing was given away."""
    if entry.last is None or entry.state == "drafted":
        return entry
    return entry.ended(entry.last.at, "unsent", entry.last.said)


def _entry(record: str) -> Entry:
    try:
        return entry_of(record)
    except (ValueError, KeyError, TypeError):
        raise Unreadable from None


def _text(entry: Entry) -> str:
    return bytes_of(entry).decode().replace("\0", "")
