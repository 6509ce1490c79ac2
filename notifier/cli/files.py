"""Files that commands write where the user said."""

from __future__ import annotations

import json
from pathlib import Path

from notifier.core.message import Message
from notifier.core.records import Record
from notifier.errors import UserError


def write_report(folder: Path, page: str, record: Record) -> None:
    """The report of a replay as `report.html` and `report.json`. Raises UserError when the folder can't be written to."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "report.html").write_text(page, encoding="utf-8", errors="replace")
        (folder / "report.json").write_text(json.dumps(record, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    except OSError as error:
        raise _refused(folder, error) from error


def write_message(folder: Path, message: Message) -> None:
    """A message as files. Raises UserError when the folder can't be written to."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "message.html").write_text(message.html, encoding="utf-8")
        (folder / "message.txt").write_text(message.text, encoding="utf-8")
        if message.calendar is not None:
            (folder / "invite.ics").write_bytes(message.calendar)
    except OSError as error:
        raise _refused(folder, error) from error


def _refused(folder: Path, error: OSError) -> UserError:
    return UserError(f"{folder} can't be written to ({error.strerror}).", "Choose another folder with --out.")
