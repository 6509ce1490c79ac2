"""Single events as files to download: the public ones, made when somebody first asks after a tick that changed something."""

from __future__ import annotations

import re
import threading
import unicodedata
from urllib.parse import quote

from starlette.concurrency import run_in_threadpool

from notifier.app import App
from notifier.core.links import event_file_name
from notifier.core.plain import one_line
from notifier.core.plan import Plan
from notifier.core.public import public_view
from notifier.errors import UserError
from notifier.tick import Look
from notifier.tick.publishing import Calendars
from notifier.tick.wiring import entry_of
from notifier.web.served import PUBLIC, Served, is_whole, prepare

#: Files are kept for so many events; who asks for more of them at once waits a little longer.
_MOST_KEPT = 500
_LONGEST_NAME = 80
#: What some file system gives a meaning to.
_NOT_IN_NAMES = re.compile(r'[\x00-\x1f\x7f<>:"/\\|?*]+')


class Downloads:
    """The events of public feeds by the names of their files. It makes them apart from the tick, which may be running."""

    def __init__(self, app: App) -> None:
        self._app = app
        self._lock = threading.Lock()
        self._plan: Plan | None = None
        self._calendars: Calendars | None = None
        self._uids: dict[str, str] = {}
        self._served: dict[str, Served] = {}

    async def event(self, name: str) -> Served | None:
        """The file of this name; None where no public feed holds such an event."""
        report = self._app.latest
        if report is None:
            return None
        look = report.look
        known = self._served.get(name) if look.plan is self._plan else None
        return known or await run_in_threadpool(self._made, name, look)

    def _made(self, name: str, look: Look) -> Served | None:
        with self._lock:
            if look.plan is not self._plan:
                self._begin(look)
            uid = self._uids.get(name)
            if uid is None or self._calendars is None:
                return None
            try:
                body = self._calendars.event_file(uid, look)
            except UserError:
                return None
            if body is None or not is_whole(body):
                return None
            if len(self._served) >= _MOST_KEPT:
                self._served.clear()
            title = public_view(entry_of(uid, look).event).title
            self._served[name] = prepare(body, attached(title), PUBLIC)
            return self._served[name]

    def _begin(self, look: Look) -> None:
        secret = {feed.name for feed in self._app.settings.rules.feeds if feed.secret}
        uids = {uid for plan in look.plan.feeds if plan.name not in secret for uid in plan.uids}
        self._uids = {event_file_name(uid): uid for uid in uids}
        self._plan, self._served, self._calendars = look.plan, {}, Calendars(self._app.ticker.wiring)


def attached(title: str) -> str:
    """The disposition of a file that is named after an event: in plain letters, and in its own (RFC 6266 4.3)."""
    name = _NOT_IN_NAMES.sub(" ", one_line(title))
    name = " ".join(name.split())[:_LONGEST_NAME].strip(" .") or "event"
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    plain = "-".join(re.findall(r"[A-Za-z0-9]+", plain)) or "event"
    return f"attachment; filename=\"{plain}.ics\"; filename*=UTF-8''{quote(name, safe='')}.ics"
