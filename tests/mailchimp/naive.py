"""A sender as many are written, on the stock client: when something goes wrong, it starts again. It mails people twice.

`python -m tests.mailchimp.naive` prints what becomes of it under every fault of a send.
"""

from __future__ import annotations

import sys
from contextlib import suppress
from dataclasses import dataclass

import mailchimp_marketing
from mailchimp_marketing.api_client import ApiClientError

from tests.mailchimp.control import SEND, Emulator, emulator
from tests.mailchimp.send_faults import SEND_FAULTS

TRIES = 3


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the sender believes, and how often the mail went out."""

    says: str
    deliveries: int

    @property
    def verdict(self) -> str:
        if self.deliveries > 1:
            return "TWICE"
        if (self.says == "sent") is not (self.deliveries == 1):
            return "WRONG"
        return "well"


def stock_client(mailchimp: Emulator) -> mailchimp_marketing.Client:
    client = mailchimp_marketing.Client({"api_key": mailchimp.api_key, "server": "us21", "timeout": 1.0})
    client.api_client.host = f"{mailchimp.base_url}/3.0"
    return client


def send(mailchimp: Emulator) -> str:
    """From the start after each exception. `sent`, or `failed` when it gave up."""
    client = stock_client(mailchimp)
    for _ in range(TRIES):
        with suppress(ApiClientError):
            _once(client, mailchimp)
            return "sent"
    return "failed"


def send_one_again(mailchimp: Emulator) -> str:
    """The careful brother: one campaign, and only the send is repeated."""
    client = stock_client(mailchimp)
    campaign = _filled(client, mailchimp)
    for _ in range(TRIES):
        with suppress(ApiClientError):
            client.campaigns.send(campaign)
            return "sent"
    return "failed"


def _once(client: mailchimp_marketing.Client, mailchimp: Emulator) -> None:
    client.campaigns.send(_filled(client, mailchimp))


def _filled(client: mailchimp_marketing.Client, mailchimp: Emulator) -> str:
    settings = {"subject_line": "Tonight", "title": "Tonight", "from_name": "Circle", "reply_to": "office@example.org"}
    wanted = {"type": "regular", "recipients": {"list_id": mailchimp.list_id()}, "settings": settings}
    campaign = str(client.campaigns.create(wanted)["id"])
    client.campaigns.set_content(
        campaign, {"html": "<p>Tonight</p><p>*|UNSUB|*</p>", "plain_text": "Tonight *|UNSUB|*"}
    )
    return campaign


def outcomes(mailchimp: Emulator, *, one_again: bool = False, second_send: str = "refused") -> dict[str, Outcome]:
    """What becomes of it under each fault, an hour and more later."""
    found = {}
    for name, how in SEND_FAULTS.items():
        mailchimp.reset(second_send=second_send)
        mailchimp.fault("POST", SEND, **how)
        says = send_one_again(mailchimp) if one_again else send(mailchimp)
        mailchimp.advance(2 * 3600)
        found[name] = Outcome(says, len(mailchimp.outbox()))
    return found


def main() -> None:
    with emulator() as mailchimp:
        for name, outcome in outcomes(mailchimp).items():
            sys.stdout.write(f"{outcome.verdict:6} {outcome.deliveries} sent, says “{outcome.says}”: {name}\n")


if __name__ == "__main__":
    main()
