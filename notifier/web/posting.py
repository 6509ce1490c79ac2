"""Tells webhooks what moved, beside the ticks and in a thread of its own, and says what went wrong with it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import structlog
from structlog.stdlib import BoundLogger

from notifier.app import App
from notifier.desk.webhooks import postman, troubles
from notifier.errors import NotifierError
from notifier.tick.posting import Posted


@dataclass(slots=True, kw_only=True)
class Mailbag:
    """Beats for one site. What goes wrong is in the log once, and stands at the head of the pages until it is well again."""

    app: App
    _log: BoundLogger = field(default_factory=structlog.get_logger)
    _is_over: bool = False
    _said: Mapping[str, str] = field(default_factory=dict)

    def beat(self) -> None:
        """Tell what is due. It never raises: what can't be told now is told at a later beat."""
        if self.app.ticker.fence.stopped:
            # What moves, another ledger's program tells.
            return
        try:
            came = postman(self.app, continues=lambda: not self._is_over).round()
            wrong = troubles(self.app, came)
        except NotifierError as error:
            came, wrong = [], {"": str(error)}
        except Exception as error:  # noqa: BLE001 - the next beat must come whatever happens
            self._log.error("posting_broke", exc_info=error)
            came, wrong = [], {"": f"Unexpected error ({type(error).__name__}): this is a bug in notifier."}
        self._note(came)
        self._say(wrong)

    def end(self) -> None:
        """Let the attempt that is under way be the last."""
        self._is_over = True

    def _note(self, came: Sequence[Posted]) -> None:
        for one in came:
            if one.is_over:
                self._log.error("post_given_up", webhook=one.hook, post=one.name, trouble=one.said)
        if delivered := sum(not one.said for one in came):
            self._log.info("posts_delivered", posts=delivered)

    def _say(self, wrong: Mapping[str, str]) -> None:
        for name, text in wrong.items():
            if self._said.get(name) != text:
                self._log.warning("posting_failed", webhook=name, trouble=text)
        self._said = wrong
        self.app.unposted = tuple(
            f"The webhook {name} isn't told what moves: {text}" if name else f"Webhooks aren't told what moves: {text}"
            for name, text in wrong.items()
        )
