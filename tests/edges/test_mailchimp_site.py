"""From config.yaml to a campaign that went out, with nothing put in between but an emulated account."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from notifier.app import App, open_app
from notifier.core.delivery import Delivery
from tests.builders import at
from tests.mailchimp.control import Emulator, emulator
from tests.ticking import CONFIG, DUE, EVENT, FIRST_LOOK

PROVIDER = """\
  letters:
    type: mailchimp
    api_key: {{file: key}}
    base_url: {base_url}
    mode: {mode}
"""
AUDIENCE = '  newsletter: {{provider: letters, public: true, list: "{list_id}", tag: board, at_most: 20}}'


@pytest.fixture
def mailchimp() -> Iterator[Emulator]:
    with emulator(start=at(FIRST_LOOK)) as made:
        yield made
        assert made.violations() == []


def a_site(folder: Path, mailchimp: Emulator, mode: str) -> App:
    provider = PROVIDER.format(base_url=mailchimp.base_url, mode=mode)
    audience = AUDIENCE.format(list_id=mailchimp.list_id())
    config = CONFIG.replace("  letters: {type: outbox, folder: outbox}\n", provider)
    config = config.replace("  newsletter: {provider: letters, public: true}", audience)
    (folder / "config.yaml").write_text(config.replace("per_day: 9", "per_day: 9, live: true"), encoding="utf-8")
    (folder / "key").write_text(mailchimp.api_key, encoding="utf-8")
    (folder / "key").chmod(0o600)
    for source in ("website", "archive"):
        (folder / source / "_events").mkdir(parents=True)
    event = EVENT.format(name="choir", title="Choir evening", topic="Music", more="")
    (folder / "website" / "_events" / "2026-12-09-choir.md").write_text(event, encoding="utf-8")
    return open_app(folder / "config.yaml", clock=mailchimp)


def tick(app: App, mailchimp: Emulator, when: str) -> Delivery:
    mailchimp.set_clock(at(when))
    app.tick()
    [row] = app.ticker.wiring.ledger.rows()
    return row


def test_a_reminder_goes_out_to_its_part_of_the_list(tmp_path: Path, mailchimp: Emulator) -> None:
    app = a_site(tmp_path, mailchimp, "send")
    states = [tick(app, mailchimp, when).status for when in (FIRST_LOOK, DUE, "2026-12-08 10:01")]
    app.close()
    [sent] = mailchimp.outbox()
    assert states == ["planned", "sending", "sent"]
    assert (len(sent["recipients"]), sent["by"]) == (10, "api")


def test_a_reminder_waits_for_a_person_unless_the_site_says_send(tmp_path: Path, mailchimp: Emulator) -> None:
    app = a_site(tmp_path, mailchimp, "draft")
    states = [tick(app, mailchimp, when).status for when in (FIRST_LOOK, DUE, "2026-12-08 10:01")]
    mailchimp.staff("send")
    mailchimp.advance(timedelta(minutes=5).total_seconds())
    states.append(tick(app, mailchimp, "2026-12-08 10:10").status)
    app.close()
    assert states == ["planned", "drafted", "drafted", "sent"]


def test_the_doctor_of_such_a_site_finds_it_well(tmp_path: Path, mailchimp: Emulator) -> None:
    app = a_site(tmp_path, mailchimp, "send")
    wiring = app.ticker.wiring
    findings = wiring.providers["letters"].doctor(tuple(wiring.rules.audiences.values()))
    app.close()
    assert [finding.text for finding in findings if not finding.ok] == []
    assert "Its tag “board” of “Members” has 10 subscribed members." in [finding.text for finding in findings]
