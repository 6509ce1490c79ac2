"""Files that commands write where the user said."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import Any

from notifier.core.records import Record
from notifier.errors import UserError

#: So many pieces are joined at a time.
_PIECES = 10_000


def in_json(record: Any) -> Iterator[str]:
    """One JSON document with a line end, in parts: as a whole, a long one takes several times its length before it is written."""
    pieces = json.JSONEncoder(ensure_ascii=False, indent=2).iterencode(record)
    while part := "".join(islice(pieces, _PIECES)):
        yield part
    yield "\n"


def write_report(folder: Path, page: str, record: Record) -> None:
    """The report of a replay as `report.html` and `report.json`. Raises UserError when the folder can't be written to."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "report.html").write_text(page, encoding="utf-8", errors="replace")
        with (folder / "report.json").open("w", encoding="utf-8") as file:
            file.writelines(in_json(record))
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
