"""Webhooks on their way: delivered when they are due, again when nobody answers with 2xx."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from tests.mailchimp.account import Account
from tests.mailchimp.calling import post
from tests.mailchimp.carrying import Service
from tests.mailchimp.records import Call

#: [doc] How often in all.
TRIES = 20


def ring(service: Service) -> None:
    """Deliver what is due until the service closes. Runs in a thread of its own."""
    while not service.closing.wait(0.02):
        with service.lock:
            service.settled()
            account, rung = service.account, service.rung
            calls, account.calls = account.calls, []
        for call in calls:
            _deliver(service, account, rung, call)


def _deliver(service: Service, account: Account, rung: list[dict[str, Any]], call: Call) -> None:
    """Noted with the account that it is about, even if that was replaced meanwhile."""
    for _ in range(max(1, account.knobs.webhook_repeats)):
        status = post(call, secret=account.knobs.webhook_secret)
        noted = {"hook_id": call.hook_id, "url": call.url, "at": call.at.isoformat(), "form": dict(call.form)}
        with service.lock:
            rung.append(noted | {"attempt": call.attempt, "status": status})
            if status // 100 != 2 and call.attempt < TRIES:
                account.ring(replace(call, attempt=call.attempt + 1), after=account.knobs.webhook_retry)
