"""The running program is called by an emulated Mailchimp, which looks at the address first and signs what it sends."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from notifier.core.calls import call_secret, call_url
from tests.mailchimp.asking import Caller
from tests.mailchimp.control import Emulator, emulator
from tests.mailchimp.test_emulator_staff import register, rung
from tests.web.test_server import Running

KEY, SIGNING = "a key that only this machine has", "pepper"
CONFIG = """\
site: {{id: example, name: Example, domain: example.org, url: https://www.example.org}}
sources: [{{name: open, folder: ., events: [{{files: none.md}}]}}]
providers:
  chimp: {{type: mailchimp, api_key: {{file: api-key}}, base_url: "{base_url}", webhook: {{file: signing}}}}
audiences: {{choir: {{provider: chimp, list: {list_id}}}}}
secret_key: {{file: key}}
"""


@pytest.fixture
def mailchimp() -> Iterator[Emulator]:
    with emulator(webhook_secret=SIGNING) as made:
        yield made


@pytest.fixture
def running(tmp_path: Path, mailchimp: Emulator) -> Iterator[Running]:
    config = CONFIG.format(base_url=mailchimp.base_url, list_id=mailchimp.list_id())
    texts = {"config.yaml": config, "key": KEY, "signing": SIGNING, "api-key": mailchimp.api_key}
    for name, text in texts.items():
        (tmp_path / name).write_text(text)
        (tmp_path / name).chmod(0o600)
    program = Running(tmp_path / "config.yaml")
    yield program
    program.end()


def test_a_campaign_that_was_sent_is_heard_of_and_no_secret_is_logged(mailchimp: Emulator, running: Running) -> None:
    caller = Caller(mailchimp)
    answer = register(caller, call_url(running.address, "chimp", KEY.encode()))
    assert answer.status_code == 200, answer.text
    mailchimp.staff("create")
    mailchimp.staff("send")
    mailchimp.advance(120)
    assert [(one["status"], one["attempt"]) for one in rung(mailchimp, 1)] == [(200, 1)]
    caller.session.close()
    running.stop()
    assert "call_taken" in running.errors
    assert [secret for secret in (KEY, SIGNING, call_secret("chimp", KEY.encode())) if secret in running.errors] == []


def test_an_address_with_a_wrong_secret_is_not_even_kept_by_mailchimp(mailchimp: Emulator, running: Running) -> None:
    caller = Caller(mailchimp)
    assert register(caller, call_url(running.address, "chimp", b"another key")).status_code == 400
    caller.session.close()
