"""Staff are told once a day what needs them, and at once what is held and about to expire: from files to the outbox."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import time, timedelta
from pathlib import Path

import pytest

from notifier import desk
from notifier.config import SmtpSettings, load
from notifier.core.delivery import Decision, Delivery
from notifier.core.event import Reason
from notifier.core.notices import is_notice
from notifier.core.rule import STAFF, Staff
from notifier.desk.gallery import gallery
from notifier.edges.clock import FixedClock
from notifier.tick import Ticker
from tests.builders import at
from tests.faulty_provider import FaultyProvider
from tests.ticking import CONFIG, FIRST_LOOK, Site

#: An event of which nobody knows when it begins: its reminder is held, and is due on 8 December at 10:00.
VAGUE = "---\ntitle: Choir evening\ndate: 2026-12-09\ncategory: organising\n---\nAn evening for everybody.\n"
TELLING = CONFIG.replace("timezone: Europe/London\n", "timezone: Europe/London\n  staff: [team@example.org]\n").replace(
    "sending: {per_day: 9}", 'sending: {per_day: 9, staff: {provider: letters, at: "09:00"}}'
)


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    with Site(tmp_path) as made:
        (tmp_path / "config.yaml").write_text(TELLING, encoding="utf-8")
        made.path("choir").write_text(VAGUE, encoding="utf-8")
        made.app.close()
        made.open()
        made.tick(FIRST_LOOK)
        yield made


def notices(site: Site, *statuses: str) -> list[Delivery]:
    return [row for row in site.rows() if is_notice(row) and (not statuses or row.status in statuses)]


def names(rows: list[Delivery]) -> list[str]:
    return [row.key.split("/")[1][:22] for row in rows]


def mails(site: Site) -> list[str]:
    found = [path.parent for path in sorted((site.folder / "outbox").glob("*/delivery.json"))]
    staff = [one for one in found if json.loads((one / "delivery.json").read_bytes())["audience"] == STAFF]
    return [(one / "message.txt").read_text(encoding="utf-8") for one in staff]


def test_a_first_look_tells_nothing(site: Site) -> None:
    assert notices(site) == []


def test_the_mail_of_the_day_goes_out_once_at_its_time(site: Site) -> None:
    for minute in ("08:59", "09:00", "09:01", "15:00"):
        site.tick(f"2026-12-01 {minute}")

    [row] = notices(site)
    assert (row.key, row.status, row.sent_at) == (
        f"one_off/staff-daily-2026-12-01/{STAFF}", "sent", at("2026-12-01 09:00"),
    )  # fmt: skip
    assert [text.count("Choir evening") for text in mails(site)] == [1]
    assert "notifier why reminder/day/" in mails(site)[0]


@pytest.mark.parametrize(
    ("sending", "said"),
    [
        ("live: true", "Live mode is on: mails go out to readers."),
        ("live: false", "Test mode is on: no reader gets a mail."),
    ],
)
def test_its_foot_says_which_mode_is_on_where_that_makes_a_difference(site: Site, sending: str, said: str) -> None:
    site.tick("2026-12-01 09:00")
    assert "mode is on" not in mails(site)[-1]
    config = site.folder / "config.yaml"
    relay = "providers:\n  relay: {type: smtp, host: 127.0.0.1, port: 9, security: none}\n"
    text = config.read_text(encoding="utf-8").replace("providers:\n", relay, 1)
    config.write_text(text.replace("sending: {", f"sending: {{{sending}, ", 1), encoding="utf-8")
    site.app.close()
    site.open()
    site.tick("2026-12-02 09:00")
    assert said in mails(site)[-1]


def test_each_day_has_its_own_while_something_is_held(site: Site) -> None:
    for day in ("01", "02", "03"):
        site.tick(f"2026-12-{day} 09:30")

    assert names(notices(site, "sent")) == [f"staff-daily-2026-12-{day}" for day in ("01", "02", "03")]


def test_a_day_with_nothing_to_tell_is_skipped_and_stays_so(site: Site) -> None:
    site.write("choir")
    site.tick("2026-12-01 09:00")
    site.path("choir").write_text(VAGUE, encoding="utf-8")
    site.tick("2026-12-01 15:00")

    [row] = notices(site)
    assert (row.status, [reason.code for reason in row.reasons]) == ("skipped", ["nothing-to-tell"])
    assert mails(site) == []


def test_what_is_held_and_expires_within_a_day_is_told_at_once_and_once(site: Site) -> None:
    for hour in range(12, 36):
        site.tick(f"2026-12-{7 + hour // 24:02d} {hour % 24:02d}:00")

    [row] = [row for row in notices(site) if row.rule == "staff-urgent"]
    [held] = [one for one in site.rows() if not is_notice(one)]
    assert (row.status, row.expires_at) == ("sent", held.expires_at)
    assert timedelta(hours=23) < held.expires_at - row.due_at <= timedelta(hours=24)
    assert sum("Waiting, and soon of no use" in text for text in mails(site)) == 1


def test_what_no_longer_needs_anybody_before_it_could_go_out_is_not_told(site: Site) -> None:
    key = f"one_off/staff-daily-2026-12-01/{STAFF}"
    decide = site.app.ticker.wiring.ledger.decide
    decide(Decision(key=key, act="hold", by="Anna", at=at("2026-11-30 09:00")))
    site.tick("2026-12-01 09:00")
    site.write("choir")
    decide(Decision(key=key, act="release", by="Anna", at=at("2026-12-01 10:00")))
    site.tick("2026-12-01 10:00")

    assert ([row.status for row in notices(site)], mails(site)) == (["withdrawn"], [])


def test_what_was_missed_is_told_in_one_mail_and_not_again(site: Site) -> None:
    for moment in ("2026-12-09 18:30", "2026-12-10 09:00", "2026-12-11 09:00"):
        site.tick(moment)

    assert [row.status for row in site.rows() if not is_notice(row)] == ["missed"]
    assert [row.status for row in notices(site)] == ["sent", "skipped", "skipped"]
    assert ["MISSED" in text for text in mails(site)] == [True]


def test_what_is_only_held_until_sending_is_live_is_no_news(site: Site) -> None:
    wiring = site.app.ticker.wiring
    not_live = (Reason(code="not-live", text="Sending isn't live."),)
    staff = Staff(provider="folder")
    rules = replace(wiring.rules, gates={"letters": not_live}, staff=staff)
    site.write("choir")
    site.app.ticker = Ticker(replace(wiring, rules=rules, providers={**wiring.providers, "folder": FaultyProvider()}))
    site.tick("2026-12-01 09:00")

    assert [row.status for row in site.rows() if not is_notice(row)] == ["held"]
    assert [row.status for row in notices(site)] == ["skipped"]


def test_planned_again_nothing_is_new(site: Site) -> None:
    site.tick("2026-12-01 09:00")

    ticker = site.app.ticker
    rows = {row.key: row for row in site.rows()}
    look = ticker.look(at("2026-12-01 09:05"))
    assert [one for one in (*look.plan.deliveries, *look.plan.skips) if rows.get(one.key) != one] == []
    assert look.plan.withdrawals == ()


def test_a_person_can_hold_and_skip_a_notice(site: Site) -> None:
    key = f"one_off/staff-daily-2026-12-01/{STAFF}"
    site.app.ticker.wiring.ledger.decide(Decision(key=key, act="hold", by="Anna", at=at("2026-11-30 09:00")))
    site.tick("2026-12-01 09:00")
    held = [(row.status, row.reasons[0].text) for row in notices(site)]
    site.app.ticker.wiring.ledger.decide(Decision(key=key, act="skip", by="Ben", at=at("2026-12-01 10:00")))
    site.tick("2026-12-01 10:00")

    assert held == [("held", "Anna held it.")]
    assert [(row.status, row.reasons[0].text) for row in notices(site)] == [("skipped", "Ben skipped it.")]
    assert mails(site) == []


def test_a_notice_that_may_have_been_taken_is_never_sent_again(site: Site) -> None:
    provider = FaultyProvider()
    wiring = site.app.ticker.wiring
    site.app.ticker = Ticker(replace(wiring, providers={"letters": provider}))
    provider.faults["send"] = [KeyboardInterrupt()]
    with pytest.raises(KeyboardInterrupt):
        site.tick("2026-12-01 09:00")

    for minute in range(1, 9):
        site.tick(f"2026-12-01 09:0{minute}")

    assert [row.status for row in notices(site)] == ["unknown"]
    assert provider.sent == []


def test_where_config_no_longer_asks_for_them_what_waits_is_withdrawn(site: Site) -> None:
    key = f"one_off/staff-daily-2026-12-01/{STAFF}"
    site.app.ticker.wiring.ledger.decide(Decision(key=key, act="hold", by="Anna", at=at("2026-11-30 09:00")))
    site.tick("2026-12-01 09:00")
    (site.folder / "config.yaml").write_text(CONFIG, encoding="utf-8")
    site.app.clock = FixedClock(at("2026-12-01 09:30"))
    site.app.refresh()
    site.tick("2026-12-01 09:30")

    assert [row.status for row in notices(site)] == ["withdrawn"]


def test_nobody_is_told_where_nobody_asked_for_it(tmp_path: Path) -> None:
    with Site(tmp_path) as made:
        made.path("choir").write_text(VAGUE, encoding="utf-8")
        made.tick(FIRST_LOOK)
        made.tick("2026-12-01 09:00")
        assert notices(made) == []


def test_a_notice_is_previewed_and_explained_like_any_other(site: Site) -> None:
    site.tick("2026-12-01 09:00")
    [row] = notices(site)
    ticker = site.app.ticker
    look = ticker.look(at("2026-12-01 09:30"))

    assert [one.key for one in desk.why(look, ticker.wiring.rules, row.key).decisions] == [row.key]
    assert "Choir evening" in desk.preview(look, ticker, row.key).message.text
    assert [one.name for one in gallery(look, ticker, "one_off")[0]] == ["one_off-staff-daily-2026-12-01"]


def test_who_holds_a_notice_by_its_key_keeps_it_until_it_is_released(site: Site) -> None:
    site.tick("2026-12-01 08:00")
    site.app.clock = FixedClock(at("2026-12-01 09:00"))
    key = f"one_off/staff-daily-2026-12-01/{STAFF}"
    desk.hold(site.app, key, by="Anna")
    site.tick("2026-12-01 09:05")
    held = [row.status for row in notices(site)]
    desk.release(site.app, key, by="Anna")
    site.tick("2026-12-01 09:10")

    assert (held, [row.status for row in notices(site)]) == (["held"], ["sent"])


def test_a_mail_server_writes_to_the_one_address_of_staff(tmp_path: Path) -> None:
    text = TELLING.replace("letters: {type: outbox, folder: outbox}", "letters: {type: smtp, host: 127.0.0.1}").replace(
        "{provider: letters, public: true}",
        "{provider: letters, address: all@lists.example.org, from: {name: Example, address: events@example.org}}",
    )
    (tmp_path / "config.yaml").write_text(text, encoding="utf-8")

    settings = load(tmp_path / "config.yaml", {})

    mail = settings.providers["letters"]
    assert isinstance(mail, SmtpSettings)
    assert mail.addresses == {"newsletter": "all@lists.example.org", STAFF: "team@example.org"}
    assert settings.rules.staff == Staff(provider="letters", at=time(9, 0))
