"""The mark of a ledger as a hidden file in a provider's own folder."""

from __future__ import annotations

import json
import os
from abc import ABC, abstractmethod
from contextlib import suppress
from pathlib import Path
from typing import Literal

from notifier.core.delivery import key_hash
from notifier.core.lease import Mark, mark_from, mark_record
from notifier.core.rule import Site
from notifier.errors import ProviderError


class MarkFile(ABC):
    """`beside.Fencing`, for a provider that keeps what it does in a folder."""

    __slots__ = ()
    name: str
    folder: Path
    site: Site

    def mark(self) -> Mark | None:
        """What stands there. A folder has a number of its own, which is another one in a copy."""
        file = self._mark_file()
        try:
            record = json.loads(file.read_bytes())
            return mark_from(record, is_copied=record["folder"] != self.folder.stat().st_ino)
        except (FileNotFoundError, NotADirectoryError):
            return None
        except OSError as error:
            raise ProviderError(self._sentence("read", error), permanent=False) from error
        except (ValueError, KeyError, TypeError) as error:
            what = f"{self.name}: {file} isn't what notifier wrote. Move it away if no other notifier works here."
            raise ProviderError(what, permanent=False) from error

    def put_mark(self, mark: Mark) -> None:
        """By a rename, after it has reached the disk. In a folder that isn't there nothing was done yet, and nothing can be copied."""
        file = self._mark_file()
        fresh = file.with_name(f"{file.name}.{os.getpid()}.new")
        try:
            if not self.folder.is_dir():
                return
            content = json.dumps(mark_record(mark) | {"folder": self.folder.stat().st_ino}, indent=2).encode() + b"\n"
            handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
            with os.fdopen(handle, "wb") as opened:
                opened.write(content)
                opened.flush()
                os.fsync(opened.fileno())
            fresh.replace(file)
        except OSError as error:
            with suppress(OSError):
                fresh.unlink()
            raise ProviderError(self._sentence("write to", error), permanent=False) from error

    def is_near(self) -> bool:
        return True

    @abstractmethod
    def _sentence(self, act: Literal["read", "write to"], error: OSError) -> str:
        """What is wrong with the folder, and what to do."""

    def _mark_file(self) -> Path:
        # Two sites may share a folder.
        return self.folder / f".lease-{key_hash(self.site.id)}.json"
