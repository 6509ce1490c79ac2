"""The mark of a ledger in Mailchimp: the name of a campaign folder with nothing in it, which no reader ever sees.

A folder is all that an account keeps for a program, and lets it find again, without a word of it in a mail or on a page.
"""

from __future__ import annotations

import hashlib
import re
from abc import ABC, abstractmethod
from dataclasses import dataclass
from datetime import UTC, datetime

from notifier.core.lease import Mark
from notifier.core.rule import Site
from notifier.edges.mailchimp.account import Account
from notifier.edges.mailchimp.door import Failed

_TIME = "%Y%m%dT%H%M%SZ"
_NAME = re.compile(
    r"notifier \(keep\) ([0-9a-f]{8}) ([0-9a-f]{16}) (\d{1,9}) ([0-9a-f]{16}) (\d{1,12}) (\d{8}T\d{6}Z)( ended)?",
    re.ASCII,
)


@dataclass(slots=True)
class Seat:
    """The folder whose name the mark is; "" where there was none, None while nobody has looked."""

    folder: str | None = None


class Marking(ABC):
    """`beside.Fencing`, for a provider that knows its account."""

    __slots__ = ()
    site: Site
    _seat: Seat

    @abstractmethod
    def _account(self) -> Account: ...

    def mark(self) -> Mark | None:
        """The newest of our site, where two programs made one each."""
        found = sorted(self._marks(self._account()), key=lambda one: _age(one[1]))
        self._seat.folder = found[-1][0] if found else ""
        return found[-1][1] if found else None

    def put_mark(self, mark: Mark) -> None:
        """In the place of the newest, which `mark` has just shown."""
        account, name = self._account(), _name(self.site.id, mark)
        if self._seat.folder is None:
            self.mark()
        if self._seat.folder:
            try:
                account.rename_folder(self._seat.folder, name)
                return
            except Failed as error:
                # Somebody may have deleted it.
                self._seat.folder = None
                if error.kind != "notfound":
                    raise
        self._seat.folder = account.make_folder(name)

    def is_near(self) -> bool:
        return False

    def _marks(self, account: Account) -> list[tuple[str, Mark]]:
        """With the ids of their folders."""
        read = [(folder.id, _NAME.fullmatch(folder.name)) for folder in account.folders()]
        ours = _digest(self.site.id)
        return [(folder_id, _mark(one)) for folder_id, one in read if one is not None and one[1] == ours]


def _age(mark: Mark) -> tuple[int, datetime]:
    return mark.fence, mark.renewed_at


def _digest(site_id: str) -> str:
    return hashlib.sha256(site_id.encode()).hexdigest()[:8]


def _name(site_id: str, mark: Mark) -> str:
    time = mark.renewed_at.astimezone(UTC).strftime(_TIME)
    ended = " ended" if mark.released else ""
    said = f"{_digest(site_id)} {mark.ledger_id} {mark.fence} {mark.nonce} {mark.moves} {time}{ended}"
    return f"notifier (keep) {said}"


def _mark(found: re.Match[str]) -> Mark:
    return Mark(
        ledger_id=found[2], fence=int(found[3]), nonce=found[4], moves=int(found[5]),
        renewed_at=datetime.strptime(found[6], _TIME).replace(tzinfo=UTC), released=found[7] is not None,
    )  # fmt: skip
