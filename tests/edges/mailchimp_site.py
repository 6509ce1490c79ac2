"""A small site that is ticked against an emulated account, both by one clock."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from notifier.core.delivery import Delivery
from notifier.edges.mailchimp import MailchimpProvider
from tests.builders import a_site, at
from tests.mailchimp.control import Emulator
from tests.ticking import DUE, FIRST_LOOK, Site


def a_provider(mailchimp: Emulator, **changes: Any) -> MailchimpProvider:
    usual: dict[str, Any] = {
        "name": "letters", "api_key": lambda: mailchimp.api_key, "lists": {"newsletter": mailchimp.list_id()},
        "site": a_site(), "now": mailchimp.now, "mode": "send", "base_url": mailchimp.base_url, "timeout": 5.0,
    }  # fmt: skip
    return MailchimpProvider(**(usual | changes))


class MailchimpSite:
    """`provider` is as after a start; `restart` forgets all that only the process knew."""

    def __init__(self, site: Site, mailchimp: Emulator, **changes: Any) -> None:
        self.site, self.mailchimp, self.changes = site, mailchimp, changes
        self.at: datetime = at(DUE)

    def restart(self, **changes: Any) -> None:
        self.changes |= changes
        self.site.app.close()
        self.site._provider = a_provider(self.mailchimp, **self.changes)
        self.site.open()

    def tick(self, *, after: timedelta = timedelta(0)) -> Delivery:
        """A tick so long after the last one (the first is when the reminder is due); the row of the choir's evening."""
        self.at += after
        self.mailchimp.set_clock(self.at)
        self.site.tick(self.at.strftime("%Y-%m-%d %H:%M:%S"))
        return self.site.row()

    def ticks(self, times: int, *, every: timedelta) -> Delivery:
        for _ in range(times - 1):
            self.tick(after=every)
        return self.tick(after=every)

    def said(self) -> str:
        return " ".join(reason.text for reason in self.site.row().reasons)


@contextmanager
def mailchimp_site(folder: Path, mailchimp: Emulator, **changes: Any) -> Iterator[MailchimpSite]:
    mailchimp.set_clock(at(FIRST_LOOK))
    with Site(folder, a_provider(mailchimp, **changes)) as site:
        site.tick(FIRST_LOOK)
        yield MailchimpSite(site, mailchimp, **changes)
