"""Against a mail server that others wrote: a thousand members, some refused, each mail whole."""

from __future__ import annotations

import socket
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from email import message_from_bytes
from email.policy import SMTP
from pathlib import Path

import pytest
from aiosmtpd import smtp as served
from aiosmtpd.controller import Controller

from notifier.edges.ledger import open_ledger
from tests.builders import at
from tests.edges.each import KEY, Each, some_members


@dataclass
class Box:
    """What was taken, and what is said to whom."""

    refusals: dict[str, str] = field(default_factory=dict)
    taken: list[tuple[str, bytes]] = field(default_factory=list)

    async def handle_RCPT(
        self, server: served.SMTP, session: served.Session, envelope: served.Envelope, address: str, options: list[str]
    ) -> str:
        if address in self.refusals:
            return self.refusals[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: served.SMTP, session: served.Session, envelope: served.Envelope) -> str:
        assert isinstance(envelope.original_content, bytes)
        self.taken += [(address, envelope.original_content) for address in envelope.rcpt_tos]
        return "250 Taken"


@pytest.fixture
def box() -> Box:
    return Box()


@pytest.fixture
def each(box: Box, tmp_path: Path) -> Iterator[Each]:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    controller = Controller(box, hostname="127.0.0.1", port=port)
    controller.start()
    try:
        ledger = open_ledger(f"sqlite:///{tmp_path / 'notifier.db'}")
        yield Each(port, tmp_path / "mail" / "letters", people=some_members(1000), ledger=ledger)
    finally:
        controller.stop()


def test_a_thousand_members_get_one_mail_each(box: Box, each: Each) -> None:
    assert each.sent() == "accepted"

    assert Counter(address for address, _ in box.taken) == Counter(member.address for member in each.people)
    for address, content in box.taken:
        mail = message_from_bytes(content, policy=SMTP)
        assert mail["To"].addresses[0].addr_spec == address


def test_those_who_are_refused_are_told_apart_from_those_who_wait(box: Box, each: Each) -> None:
    box.refusals = {f"reader{number}@example.org": "550 No such reader" for number in range(0, 1000, 100)}
    box.refusals |= {f"reader{number}@example.org": "451 Later" for number in range(7, 1000, 100)}
    each.sent()
    assert (len(box.taken), len(each.numbers("refused")), len(each.numbers("waiting"))) == (980, 10, 10)
    box.refusals.clear()

    assert each.gone_on(at("2026-12-08 10:05")) == "accepted"

    assert (len(box.taken), each.provider().find(KEY).detail) == (990, "990 of 1,000 taken, 10 refused")
