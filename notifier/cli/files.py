"""Files that commands write where the user said."""

from __future__ import annotations

from pathlib import Path

from notifier.core.message import Message
from notifier.errors import UserError


def write_message(folder: Path, message: Message) -> None:
    """A message as files. Raises UserError when the folder can't be written to."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "message.html").write_text(message.html, encoding="utf-8")
        (folder / "message.txt").write_text(message.text, encoding="utf-8")
        if message.calendar is not None:
            (folder / "invite.ics").write_bytes(message.calendar)
    except OSError as error:
        raise UserError(
            f"{folder} can't be written to ({error.strerror}).", "Choose another folder with --out."
        ) from error
