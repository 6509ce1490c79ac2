"""The outbox: a provider that delivers into a folder, one subfolder for each delivery, and so reaches nobody.

A delivery is there or it isn't: its folder gets its name by one rename, under one lock, after everything in it has
reached the disk. A kill at any instruction leaves at most a hidden folder that the next draft sweeps away.
"""

from __future__ import annotations

import errno
import fcntl
import json
import os
import re
import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from notifier.core.delivery import Delivery, Observation, Outcome, key_hash
from notifier.core.event import Event
from notifier.core.message import Message
from notifier.core.records import delivery_record
from notifier.core.rule import Audience, Site
from notifier.edges.eml import CALENDAR_FILE, eml
from notifier.edges.mark_file import MarkFile
from notifier.errors import Problem, ProviderError
from notifier.ports import Capabilities, Finding

RECORD = "delivery.json"
FILES = (RECORD, "message.eml", "message.html", "message.txt")

_DRAFT_ID = re.compile(r"[0-9a-f]{12}")
_SENT = re.compile(r"\d{8}T\d{4}Z-[a-z_]+-([0-9a-f]{12})")
_LEFTOVER = (".new-", ".old-")
_LOCK = ".lock"
_ENOUGH_BYTES = 50_000_000


class OutboxProvider(MarkFile):
    """Files prove what happened, so an interrupted hand-over is never in doubt."""

    def __init__(self, name: str, folder: Path, site: Site) -> None:
        self.name = name
        self.folder = folder
        self.site = site

    def capabilities(self) -> Capabilities:
        return Capabilities(sends=True, certain=True, reaches_people=False)

    def resolve(self, audience: Audience) -> int | None:
        """A folder has no readers to count."""
        del audience
        return None

    def find(self, key: str) -> Observation:
        with self._told_as_provider_error("read"):
            return self._observe(key)

    def draft(
        self, delivery: Delivery, message: Message, audience: Audience, at: datetime, *, events: Sequence[Event] = ()
    ) -> str:
        """Write the hidden, complete folder of a delivery; a second draft for the key takes the first one's place.

        What has been sent gets none.
        """
        draft_id = key_hash(delivery.key)
        record = delivery_record(delivery, {event.uid: event for event in events})
        files = self._files(delivery, message, audience, at, record)
        with self._told_as_provider_error("write to"):
            self._make_folder()
            with self._lock():
                self._sweep()
                if self._is_sent(draft_id):
                    return draft_id  # another process was faster, and a draft would stay behind
                fresh = Path(tempfile.mkdtemp(prefix=f".new-{draft_id}-", dir=self.folder))
                try:
                    _write_all(fresh, files)
                    self._put_in_place(fresh, draft_id)
                except OSError:
                    shutil.rmtree(fresh, ignore_errors=True)
                    raise
        return draft_id

    def check(self, draft_id: str) -> Sequence[Problem]:
        draft = self._draft(draft_id)
        with self._told_as_provider_error("read"):
            if not draft.exists() and self._is_sent(draft_id):
                return ()
            record = _read_record(draft)
            names = (*FILES, CALENDAR_FILE) if record and record.get("calendar") else FILES
            missing = [name for name in names if not _has_bytes(draft / name)]
        problems = [
            Problem(path=str(draft / name), what="This file is missing or empty.", hint=_AGAIN) for name in missing
        ]
        if record is None or key_hash(str(record.get("key"))) != draft_id:
            what = "This doesn't say which delivery the draft is for."
            problems.append(Problem(path=str(draft / RECORD), what=what, hint=_AGAIN))
        return problems

    def send(self, draft_id: str, key: str, at: datetime) -> Outcome:
        """Give the draft its lasting name. Twice, or from two processes at once: one folder, and both are told so."""
        draft = self._draft(draft_id)
        if draft_id != key_hash(key):
            return Outcome(result="refused", detail=f"The draft {draft_id} belongs to another delivery than {key}.")
        try:
            with self._lock():
                return self._send(draft, key, at)
        except OSError as error:
            return Outcome(result="unsent", detail=self._sentence("write to", error))

    def kept(self, key: str, name: str) -> bytes | None:
        """A file of a delivered message as it went out, or None. `name` is one of the files of a delivery."""
        if name not in (*FILES, CALENDAR_FILE):
            return None
        with self._told_as_provider_error("read"):
            for sent in self._sent_folders(key_hash(key)):
                record = _read_record(sent)
                if record is not None and record.get("key") == key and (sent / name).is_file():
                    return (sent / name).read_bytes()
        return None

    def test(self, message: Message, addresses: Sequence[str]) -> Outcome:
        del message, addresses
        detail = f"{self.name} is a folder and sends no mail. Use `notifier preview` to see a message."
        return Outcome(result="unsent", detail=detail)

    def doctor(self, audiences: Sequence[Audience]) -> Sequence[Finding]:
        del audiences
        try:
            self._make_folder()
            with self._lock():
                self._sweep()
                _probe(self.folder)
            free = shutil.disk_usage(self.folder).free
        except OSError as error:
            what, hint = self._words("write to", error)
            return [Finding(subject=self.name, ok=False, text=what, hint=hint)]
        if free < _ENOUGH_BYTES:
            text = f"Only {free // 1_000_000} MB are free where the outbox {self.folder} lies."
            return [Finding(subject=self.name, ok=False, text=text, hint="Make room on that disk.")]
        return [Finding(subject=self.name, ok=True, text=f"The outbox {self.folder} can be written to.")]

    def _make_folder(self) -> None:
        """Make the folder, not the one it lies in: where even that is missing, a disk may not be mounted."""
        if not self.folder.is_dir():
            self.folder.mkdir()
            _sync(self.folder.parent)

    def _observe(self, key: str) -> Observation:
        """The draft is looked at first: a send by another process in between is then seen as sent, never as absent."""
        hashed = key_hash(key)
        draft = _read_record(self._draft(hashed))
        for sent in self._sent_folders(hashed):
            record = _read_record(sent)
            if record is None or record.get("key") != key:
                return Observation(state="unclear", detail=_unclear(sent))
            return Observation(state="sent", draft_id=hashed, detail=str(sent))
        if draft is not None and draft.get("key") == key:
            return Observation(state="drafted", draft_id=hashed)
        return Observation(state="absent")

    def _send(self, draft: Path, key: str, at: datetime) -> Outcome:
        seen = self._observe(key)
        record = _read_record(draft)
        if seen.state == "sent":
            return Outcome(result="accepted", detail=seen.detail)
        if seen.state == "unclear":
            return Outcome(result="ambiguous", detail=seen.detail)
        if seen.state != "drafted" or record is None:
            return Outcome(result="unsent", detail=f"The draft of {key} is no longer in {self.folder}.")
        place = self.folder / _lasting_name(record, key)
        _replace_file(draft / RECORD, _as_json(record | {"status": "sent", "sent_at": at.astimezone(UTC).isoformat()}))
        _sync(draft)
        draft.rename(place)
        # From here it is delivered; a parent that can't be synced only means that a power cut may undo it.
        try:
            _sync(self.folder)
        except OSError as error:
            return Outcome(result="ambiguous", detail=self._sentence("write to", error))
        return Outcome(result="accepted", detail=str(place))

    def _files(
        self, delivery: Delivery, message: Message, audience: Audience, at: datetime, record: Mapping[str, Any]
    ) -> Mapping[str, bytes]:
        sender = audience.sender or (self.site.name, f"noreply@{self.site.domain}")
        recipient = (f"{audience.name} (outbox)", f"{audience.name}@outbox.invalid")
        record = {
            **record,
            "event_uids": list(delivery.event_uids),
            "subject": message.subject,
            "calendar": message.calendar is not None,
        }
        mail = eml(message, sender=sender, recipient=recipient, key=delivery.key, domain=self.site.domain, at=at)
        files = {
            RECORD: _as_json(record),
            "message.eml": mail,
            "message.html": message.html.encode(errors="replace"),
            "message.txt": message.text.encode(errors="replace"),
        }
        return files | ({CALENDAR_FILE: message.calendar} if message.calendar is not None else {})

    def _put_in_place(self, fresh: Path, draft_id: str) -> None:
        draft = self._draft(draft_id)
        if draft.exists():
            old = self.folder / f".old-{fresh.name}"
            draft.rename(old)
            fresh.rename(draft)
            shutil.rmtree(old, ignore_errors=True)
        else:
            fresh.rename(draft)
        _sync(self.folder)

    def _sweep(self) -> None:
        """Remove what an interrupted draft left. The caller holds the lock, so nobody is writing one now."""
        for leftover in self.folder.iterdir():
            if leftover.name.startswith(_LEFTOVER):
                shutil.rmtree(leftover, ignore_errors=True)

    def _draft(self, draft_id: str) -> Path:
        """A draft's folder. Its id comes from outside, and is never a path."""
        if not _DRAFT_ID.fullmatch(draft_id):
            raise ProviderError(f"{self.name}: {draft_id!r} is not the id of a draft.", permanent=True)
        return self.folder / f".draft-{draft_id}"

    def _is_sent(self, hashed: str) -> bool:
        return next(self._sent_folders(hashed), None) is not None

    def _sent_folders(self, hashed: str) -> Iterator[Path]:
        """Lasting folders for this key's hash. An outbox that isn't there yet, in a place that is, is empty."""
        if not self.folder.exists() and self.folder.parent.is_dir():
            return
        for entry in sorted(self.folder.iterdir()):
            named = _SENT.fullmatch(entry.name)
            if named and named[1] == hashed:
                yield entry

    @contextmanager
    def _lock(self) -> Iterator[None]:
        handle = os.open(self.folder / _LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield
        finally:
            os.close(handle)

    @contextmanager
    def _told_as_provider_error(self, act: str) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise ProviderError(self._sentence(act, error), permanent=False) from error

    def _sentence(self, act: str, error: OSError) -> str:
        return f"{self.name}: " + " ".join(self._words(act, error))

    def _words(self, act: str, error: OSError) -> tuple[str, str]:
        """What is wrong and what to do, with the operating system's own word on it."""
        said = error.strerror or type(error).__name__
        what = f"The outbox folder {self.folder} can't be {'read' if act == 'read' else 'written to'}: {said}."
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            return what, _FULL_REMEDY
        return what, _REMEDIES.get(type(error), _OTHER_REMEDY)


_AGAIN = "Delete the draft's folder: it is made again at the next tick."
_FULL_REMEDY = "Free some space on its disk; the delivery is tried again by itself."
_OTHER_REMEDY = "Make room on its disk or make it writable; the delivery is tried again by itself."
_REMEDIES: Mapping[type[OSError], str] = {
    FileNotFoundError: "Create the folder it lies in, or correct `folder` of this provider in config.yaml.",
    PermissionError: "Let the user that runs notifier write there; the delivery is tried again by itself.",
    NotADirectoryError: "Something else has that name: move it away, or correct `folder` of this provider.",
    FileExistsError: "Something else has that name: move it away, or correct `folder` of this provider.",
}


def _lasting_name(record: Mapping[str, Any], key: str) -> str:
    due = datetime.fromisoformat(record["due_at"]).astimezone(UTC)
    return f"{due:%Y%m%dT%H%MZ}-{record['kind']}-{key_hash(key)}"


def _unclear(sent: Path) -> str:
    return f"{sent} has this delivery's name but its {RECORD} doesn't say so. Look into it, then move the folder away."


def _read_record(folder: Path) -> dict[str, Any] | None:
    """The folder's delivery.json; None when it isn't there or isn't one."""
    try:
        record = json.loads((folder / RECORD).read_bytes())
    except (FileNotFoundError, NotADirectoryError, ValueError):
        return None
    return record if isinstance(record, dict) else None


def _as_json(record: Mapping[str, Any]) -> bytes:
    return json.dumps(record, ensure_ascii=False, indent=2).encode(errors="replace") + b"\n"


def _has_bytes(file: Path) -> bool:
    return file.is_file() and file.stat().st_size > 0


def _write_all(folder: Path, files: Mapping[str, bytes]) -> None:
    for name, content in files.items():
        _write(folder / name, content)
    _sync(folder)


def _write(file: Path, content: bytes) -> None:
    with file.open("wb") as handle:
        handle.write(content)
        handle.flush()
        os.fsync(handle.fileno())


def _replace_file(file: Path, content: bytes) -> None:
    fresh = file.with_name(f".{file.name}.new")
    _write(fresh, content)
    fresh.replace(file)


def _sync(folder: Path) -> None:
    """A rename has happened for good only when its folder has reached the disk."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _probe(folder: Path) -> None:
    with tempfile.TemporaryDirectory(prefix=".new-", dir=folder) as trial:
        _write(Path(trial) / "probe", b"notifier")
