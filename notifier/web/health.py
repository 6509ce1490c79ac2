"""/health: whether the program is well, in the sentences of `notifier doctor`, and nobody else is asked for it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from notifier.core.delivery import Delivery
from notifier.desk import webhooks
from notifier.errors import UserError
from notifier.ports import Finding
from notifier.web import words
from notifier.web.board import Board
from notifier.web.state import is_late


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """What was found about one part of the program. `href` is the page that has more of it, "" where none has."""

    title: str
    findings: tuple[Finding, ...]
    href: str = ""

    @property
    def is_well(self) -> bool:
        return all(one.ok for one in self.findings)


class Health:
    """`page` fills a page."""

    def __init__(self, board: Board, page: Callable[..., Response]) -> None:
        self.board = board
        self._page = page

    def routes(self) -> list[Route]:
        return [Route("/health", self.shown)]

    def shown(self, request: Request) -> Response:
        parts = self.parts()
        return self._page(request, "health.html", parts=parts, troubled=[one.title for one in parts if not one.is_well])

    def parts(self) -> list[Part]:
        """What can be said without asking anybody outside this machine."""
        made = {
            "Ticks": self._ticks, "Content": self._content, "Providers": self._providers, "Webhooks": self._webhooks,
            "Ledger": self._ledger,
        }  # fmt: skip
        pages = {"Webhooks": "/webhooks"}
        found = [Part(title=title, findings=tuple(find()), href=pages.get(title, "")) for title, find in made.items()]
        return [one for one in found if one.findings]

    def _ticks(self) -> Iterator[Finding]:
        app, now = self.board.app, self.board.now
        every = f"One comes every {words.count(round(app.settings.tick.total_seconds()), 'second')}."
        report = app.latest
        if report is None:
            yield Finding(subject="ticks", ok=False, text=f"No tick has succeeded since the start. {every}")
        else:
            at = words.clock(report.look.at, self.board.zone, now)
            text = f"The last one was {at}, {words.ago(report.look.at, now)}. {every}"
            hint = "The log of the program says why." if is_late(app, now) else ""
            yield Finding(subject="ticks", ok=not is_late(app, now), text=text, hint=hint)
        for line in (app.trouble or "").splitlines():
            if line.strip():
                yield Finding(subject="ticks", ok=False, text=line)
        if app.unpinged:
            yield Finding(subject="watch.ping", ok=False, text=app.unpinged)

    def _content(self) -> Iterator[Finding]:
        report = self.board.app.latest
        if report is None:
            return
        content = report.look.content
        for problem in content.problems:
            if problem.path in content.unread:
                yield Finding(subject="content", ok=False, text=str(problem))
        wrong = [sum(one.severity == kind for one in content.problems) for kind in ("error", "warning")]
        counts = f"{words.count(wrong[0], 'error')} and {words.count(wrong[1], 'warning')}"
        text = f"{words.count(len(content.events), 'event')} read, with {counts} in their files."
        yield Finding(
            subject="content", ok=not wrong[0], text=text, hint="`notifier check` lists them." if any(wrong) else ""
        )
        for problem in report.problems:
            yield Finding(subject="feeds", ok=False, text=str(problem))

    def _providers(self) -> Iterator[Finding]:
        rows = self.board.rows("planned", "drafted", "sending", "failed", "unknown")
        for name in self.board.app.settings.providers:
            yield self._provider(name, [row for row in rows if row.provider == name])

    def _provider(self, name: str, rows: list[Delivery]) -> Finding:
        tried = [row for row in rows if row.retry_at is not None and row.status in ("planned", "drafted", "sending")]
        counts = {
            "refused": sum(row.status == "failed" for row in rows),
            "of which nobody knows what became": sum(row.status == "unknown" for row in rows),
            "tried again": len(tried),
        }
        said = [f"{words.count(number, 'mail')} {what}" for what, number in counts.items() if number]
        if not said:
            return Finding(subject=name, ok=True, text="Nothing that was handed to it is open.")
        return Finding(subject=name, ok=False, text=f"{', '.join(said)}.", hint="`notifier doctor` asks it how it is.")

    def _webhooks(self) -> Iterator[Finding]:
        yield from webhooks.findings(self.board.app)

    def _ledger(self) -> Iterator[Finding]:
        try:
            yield from self.board.app.ticker.wiring.ledger.doctor()
        except UserError as error:
            yield Finding(subject="ledger", ok=False, text=error.message)
