"""Files that commands write where the user said."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

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


def write_files(folder: Path, files: Mapping[str, bytes | None]) -> list[Path]:
    """These files of the folder, anew; one that is None is taken away if it is there. Returns those that are written.

    A name is a bare one. A link that has it is replaced, never followed: nothing outside the folder changes.
    Raises UserError when the folder can't be written to.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, content in files.items():
            _write(folder, name, content)
    except OSError as error:
        raise _refused(folder, error) from error
    return [folder / name for name, content in files.items() if content is not None]


def _write(folder: Path, name: str, content: bytes | None) -> None:
    if name != Path(name).name or name in ("", ".", ".."):
        raise ValueError(f"{name!r} is not the name of a file in a folder.")
    (folder / name).unlink(missing_ok=True)
    if content is not None:
        with (folder / name).open("xb") as file:
            file.write(content)


def _refused(folder: Path, error: OSError) -> UserError:
    return UserError(f"{folder} can't be written to ({error.strerror}).", "Choose another folder with --out.")
