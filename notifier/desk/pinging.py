"""The dead man's switch of a site: who asks it, and a tick by itself that tells it how it went."""

from __future__ import annotations

from notifier.config.watch_models import ping_address
from notifier.desk.terms import Site
from notifier.desk.webhooks import Ticking, carry, ticked
from notifier.edges.clock import FixedClock
from notifier.errors import NotifierError, UserError
from notifier.tick import Report
from notifier.tick.pinging import Pinger


def pinger(site: Site) -> Pinger | None:
    """Who asks the address that config.yaml names; None where it names none."""
    ping = site.ticker.wiring.settings.ping
    return Pinger(ping=ping, address=ping_address, carry=carry) if ping is not None else None


def ticked_and_told(app: Ticking, *, accept_shrink: bool) -> tuple[Report, str]:
    """One tick by itself, and what went wrong with telling the switch of it, "" for nothing.

    At a simulated time it is told nothing. What a tick raises is raised once it was told. One from a ledger that may not send is none
    that succeeded: nobody mails staff of it, since a copy can't know who else does.
    """
    try:
        report = ticked(app, accept_shrink=accept_shrink)
    except NotifierError:
        _told(app, is_good=False)
        raise
    return report, _told(app, is_good=not report.stopped)


def _told(app: Ticking, *, is_good: bool) -> str:
    one, now = pinger(app), app.clock.now()
    if one is None or isinstance(app.clock, FixedClock) or not one.is_due(is_good=is_good, now=now):
        return ""
    try:
        return one.tell(is_good=is_good, now=now)
    except UserError as error:
        return error.message
