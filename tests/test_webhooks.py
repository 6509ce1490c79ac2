"""Every move is told at least once and under one name, nothing of before is, and no tick waits for whoever is told."""

from __future__ import annotations

import re
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from notifier.app import open_app
from notifier.core.delivery import webhook_key
from notifier.core.event import Reason
from notifier.core.posting import new_secret
from notifier.desk.webhooks import findings, postman, troubles, try_again
from notifier.edges.clock import FixedClock
from notifier.errors import UserError
from notifier.tick.posting import Posted
from notifier.web.posting import Mailbag
from notifier.web.pulse import Pulse
from tests.builders import at
from tests.edges.raw_server import raw_server
from tests.files import ROOT
from tests.posting import BROKEN, GONE, SECRET, TAKEN, Got, HookSite, hook_site, verified
from tests.schemas import complaints
from tests.taking_over import taken_over
from tests.ticking import DUE

SOON, LATER, NEXT_DAY = "2026-12-08 10:01", "2026-12-08 10:06", "2026-12-09 12:00"


@pytest.fixture
def site(tmp_path: Path) -> Iterator[HookSite]:
    with hook_site(tmp_path) as made:
        yield made


def test_what_was_sent_is_told_once_signed_and_as_the_manual_checks_it(site: HookSite) -> None:
    site.tick()
    assert [one.said for one in site.round()] == [""]
    assert site.round() == site.round(NEXT_DAY) == []
    (got,) = site.got()
    assert verified(got) == got.body
    assert got.json()["type"] == "delivery.sent"
    assert complaints("delivery", got.json()["data"]) == []
    assert got.json()["data"]["key"] == site.row().key


def test_the_manual_s_check_refuses_another_secret_a_changed_body_and_an_old_post(site: HookSite) -> None:
    site.tick()
    site.round()
    (got,) = site.got()
    with pytest.raises(ValueError, match="not signed"):
        verified(got, new_secret(b"x" * 32))
    with pytest.raises(ValueError, match="not signed"):
        verified(Got(got.fields, got.body + b" "))
    with pytest.raises(ValueError, match="too old"):
        verified(got, late=400)


def test_the_manual_s_example_of_a_body_has_the_fields_of_a_real_one(site: HookSite) -> None:
    site.tick()
    site.round()
    page = (ROOT / "docs/webhooks.md").read_text(encoding="utf-8")
    (example,) = re.findall(r"```json\n(.*?)```", page, re.DOTALL)
    shown, real = (set(re.findall(r'"(\w+)": ?[^,]', text)) for text in (example, site.got()[0].body.decode()))
    assert real - shown == set()


def test_a_new_webhook_is_told_nothing_of_before(site: HookSite) -> None:
    site.hook()
    site.tick()
    site.round()
    site.hook(site.server.url)
    assert site.round(SOON) == []
    site.app.close()
    site.open()
    assert site.round(LATER) == []
    assert site.got() == []


def test_another_address_begins_anew_and_what_waited_for_the_old_one_is_dropped(site: HookSite) -> None:
    site.tick()
    site.server.answer = BROKEN
    site.round()
    with raw_server() as other:
        other.answer = TAKEN
        site.hook(other.url)
        assert site.round(NEXT_DAY) == []
        assert other.asked == []
    assert (site.state().waiting, site.state().failing_since) == (0, None)


def test_after_a_restart_what_waited_goes_out_and_nothing_again(site: HookSite) -> None:
    site.tick()
    site.server.answer = BROKEN
    site.round()
    site.app.close()
    site.open()
    site.server.answer = TAKEN
    assert [one.said for one in site.round(SOON)] == [""]
    assert len({got.id for got in site.got()}) == 1
    assert len(site.got()) == 2


def test_a_failure_is_tried_again_in_a_minute_and_not_before(site: HookSite) -> None:
    site.tick()
    site.server.answer = BROKEN
    assert [one.said for one in site.round()] == [f"{site.server.url.removeprefix('http://')} answered 500."]
    assert site.round("2026-12-08 10:00:59") == []
    assert len(site.round(SOON)) == 1
    assert site.round("2026-12-08 10:05:59") == []
    assert len(site.round(LATER)) == 1


def test_the_time_of_the_attempt_is_signed_and_the_name_stays(site: HookSite) -> None:
    site.tick()
    site.server.answer = BROKEN
    site.round()
    site.round(SOON)
    first, second = site.got()
    assert (first.id, first.body) == (second.id, second.body)
    assert int(second.fields["webhook-timestamp"]) - int(first.fields["webhook-timestamp"]) == 60
    assert verified(second)


def backlog(site: HookSite, *names: str) -> None:
    """Some events more whose reminders have gone out, while the receiver is down."""
    site.coming(*names)
    site.tick()
    site.server.answer = BROKEN
    site.round()


def test_while_it_fails_one_post_is_tried_at_a_time_and_then_all_go_out(site: HookSite) -> None:
    backlog(site, "garden", "repair", "walk")
    assert (len(site.got()), site.state().waiting) == (1, 4)
    site.server.answer = TAKEN
    site.server.asked.clear()
    came = site.round("2026-12-08 10:00:30")
    assert [one.said for one in came] == [""] * 4
    assert len({got.id for got in site.got()}) == 4
    assert (site.state().waiting, site.state().failing_since, site.state().said) == (0, None, "")


def test_one_that_never_goes_through_keeps_none_of_the_others_waiting(site: HookSite) -> None:
    backlog(site, "garden", "repair")
    poison = site.got()[0].id.encode()

    def answer(connection: object) -> None:
        (BROKEN if poison in site.server.asked[-1] else TAKEN)(connection)  # type: ignore[arg-type]  # a socket

    site.server.answer = answer
    for minute in range(1, 4):
        site.round(f"2026-12-08 10:0{minute}")
    assert site.state().waiting == 1


def test_after_three_days_it_is_given_up_and_staff_can_see_that(site: HookSite) -> None:
    backlog(site)
    came: list[Posted] = []
    for hour in range(1, 80):
        came += site.round(f"2026-12-{8 + (10 + hour) // 24:02} {(10 + hour) % 24:02}:00")
    assert [one.is_over for one in came] == [False] * (len(came) - 1) + [True]
    assert (site.state().waiting, site.state().given_up) == (0, 1)
    (found,) = findings(site.app)
    assert not found.ok
    assert "Given up after three days, of the last 30 days: 1." in found.text


def given_up(site: HookSite) -> str:
    """When a post was given up, with a second one that waits."""
    backlog(site)
    for hour in range(1, 80):
        site.round(f"2026-12-{8 + (10 + hour) // 24:02} {(10 + hour) % 24:02}:00")
    assert (site.state().given_up, site.state().given_up_at) == (1, at("2026-12-11 10:00"))
    return "2026-12-12 09:00"


def test_what_was_given_up_is_tried_anew_under_its_name_once_somebody_says_so(site: HookSite) -> None:
    now = given_up(site)
    first = site.got()[0]
    site.server.answer = TAKEN
    site.server.asked.clear()
    assert site.round(now) == []
    assert [try_again(site.app, "chat", by="Anna") for _ in range(2)] == [1, 0]
    assert [one.said for one in site.round(now)] == [""]
    assert [one.id for one in site.got()] == [first.id]
    assert (site.state().given_up, site.state().waiting) == (0, 0)
    said = site.app.ticker.wiring.ledger.decided(webhook_key("chat"))
    assert [(one.act, one.by) for one in said] == [("retry", "Anna")]


def test_what_is_tried_anew_has_three_days_again(site: HookSite) -> None:
    now = given_up(site)
    site.round(now)
    try_again(site.app, "chat", by="Anna")
    assert [one.is_over for one in site.round(now)] == [False]
    assert (site.state().waiting, site.state().given_up) == (1, 0)


def test_what_waits_for_a_later_attempt_is_due_at_once(site: HookSite) -> None:
    backlog(site)
    site.round("2026-12-08 12:00")
    assert site.round("2026-12-08 12:00") == []
    assert try_again(site.app, "chat", by="Anna") == 1
    site.server.answer = TAKEN
    assert [one.said for one in site.round("2026-12-08 12:00")] == [""]


def test_one_that_wants_no_more_is_not_tried_again(site: HookSite) -> None:
    site.coming()
    site.app.ticker.wiring.ledger.move(site.row(), "held", at=at("2026-12-01 10:00"))
    site.server.answer = GONE
    site.round("2026-12-01 10:00")
    with pytest.raises(UserError, match="wants no more"):
        try_again(site.app, "chat", by="Anna")
    with pytest.raises(UserError, match="names no webhook 'other'"):
        try_again(site.app, "other", by="Anna")
    assert site.app.ticker.wiring.ledger.decided(webhook_key("chat")) == ()


def test_staff_are_told_daily_of_a_webhook_that_fails_and_once_of_what_was_given_up(site: HookSite) -> None:
    backlog(site)
    site.round("2026-12-08 10:00")
    config = site.folder / "config.yaml"
    text = config.read_text(encoding="utf-8")
    staffed = text.replace("sending: {per_day: 9}", "sending: {per_day: 9, staff: {provider: letters}}")
    staffed = staffed.replace("timezone: Europe/London\n", "timezone: Europe/London\n  staff: [team@example.org]\n", 1)
    config.write_text(staffed, encoding="utf-8")
    site.app.close()
    site.open()
    site.tick("2026-12-09 10:00")
    letters = sorted((site.folder / "outbox").glob("*one_off*/message.txt"))
    said = " ".join(letters[-1].read_text(encoding="utf-8").split())
    assert "BESIDE THE MAILS The webhook chat" in said
    assert "It has failed since Tue 8 Dec 2026 10:00 GMT" in said
    assert "notifier webhooks test chat" in said
    assert "hush" not in said


def test_a_receiver_that_wants_no_more_is_told_nothing_more(site: HookSite) -> None:
    site.coming()
    site.app.ticker.wiring.ledger.move(site.row(), "held", at=at("2026-12-01 10:00"))
    site.server.answer = GONE
    assert [one.is_over for one in site.round("2026-12-01 10:00")] == [True]
    site.server.answer = TAKEN
    site.server.asked.clear()
    site.app.close()
    site.open()
    site.tick()
    assert site.round() == []
    assert site.got() == []
    (found,) = findings(site.app)
    assert not found.ok
    assert "wants no more (410)" in found.text
    assert "wants no more (410)" in troubles(site.app, [])["chat"]


def test_what_has_moved_on_is_told_as_it_was(site: HookSite) -> None:
    site.coming()
    ledger, why = site.app.ticker.wiring.ledger, Reason(code="ask", text="Anna was asked.")
    held = ledger.move(site.row(), "held", at=at(LATER), reasons=[why])
    assert held is not None
    ledger.move(held, "planned", at=at(NEXT_DAY), reasons=[])
    site.round(NEXT_DAY)
    (got,) = site.got()
    told = got.json()
    assert (told["type"], told["timestamp"][:16]) == ("delivery.held", "2026-12-08T10:06")
    assert [one["text"] for one in told["data"]["reasons"]] == ["Anna was asked."]
    assert told["data"]["sent_at"] is None


def test_a_secret_that_is_gone_costs_no_attempt(site: HookSite) -> None:
    site.tick()
    (site.folder / "hook.secret").unlink()
    (came,) = site.round()
    assert "hook.secret does not exist" in came.said
    site.write_secret("no secret")
    (came,) = site.round(NEXT_DAY)
    assert "is no secret of a webhook. It is whsec_" in came.said
    assert "no secret\n" not in came.said
    site.write_secret(SECRET)
    assert [one.said for one in site.round(NEXT_DAY)] == [""]


def test_a_webhook_that_fails_keeps_none_of_the_others_waiting(site: HookSite) -> None:
    with raw_server() as other:
        other.answer = TAKEN
        site.hook("http://127.0.0.1:9", other.url)
        site.round("2026-12-08 09:59")
        site.tick()
        assert [bool(one.said) for one in site.round()] == [True, False]
        assert len(other.asked) == 1


ONE_ROUND = """
import os, signal, sys
from notifier.app import open_app
from notifier.desk import webhooks
from notifier.edges.clock import FixedClock
from notifier.edges.poster import post
from pathlib import Path
from dataclasses import replace
from tests.builders import at

def killed(url, body, fields):
    post(url, body, fields)
    os.kill(os.getpid(), signal.SIGKILL)

app = open_app(Path(sys.argv[1]), clock=FixedClock(at(sys.argv[2])))
replace(webhooks.postman(app), carry=killed).round()
"""


def test_killed_between_the_answer_and_its_note_it_is_told_again_under_the_same_name(site: HookSite) -> None:
    site.tick()
    command = [sys.executable, "-c", ONE_ROUND, str(site.folder / "config.yaml"), DUE]
    killed = subprocess.run(command, cwd=ROOT, check=False, timeout=60)
    assert killed.returncode == -signal.SIGKILL
    assert site.round("2026-12-08 10:00:59") == []
    assert [one.said for one in site.round(SOON)] == [""]
    assert len(site.got()) == 2
    assert len({(got.id, got.body) for got in site.got()}) == 1


def test_two_services_on_one_ledger_tell_everything_once(site: HookSite) -> None:
    site.coming(*(f"evening-{number}" for number in range(8)))
    site.tick()
    clock = FixedClock(at(DUE))
    apps = [open_app(site.folder / "config.yaml", clock=clock) for _ in range(2)]
    threads = [threading.Thread(target=postman(app).round) for app in apps]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for app in apps:
        app.close()
    assert (len(site.got()), len({got.id for got in site.got()})) == (9, 9)


def test_a_ledger_from_a_backup_gives_other_names_to_other_moves(site: HookSite) -> None:
    site.app.close()
    shutil.copy(site.folder / "notifier.db", site.folder / "backup.db")
    site.open()
    site.tick()
    site.round()
    site.app.close()
    shutil.copy(site.folder / "backup.db", site.folder / "notifier.db")
    shutil.rmtree(site.folder / "outbox")
    site.open()
    taken_over(site.app)
    site.tick(SOON)
    site.round(SOON)
    assert len({got.id for got in site.got()}) == 2


def test_no_tick_waits_for_a_receiver_that_is_slow(site: HookSite) -> None:
    site.coming("garden")
    site.tick()
    asked, let_go = threading.Event(), threading.Event()

    def slow(connection: object) -> None:
        asked.set()
        let_go.wait(8)
        TAKEN(connection)  # type: ignore[arg-type]  # a socket

    site.server.answer = slow
    bag = Mailbag(app=site.app)
    thread = threading.Thread(target=bag.beat)
    thread.start()
    assert asked.wait(5)
    assert site.tick(SOON).recorded
    bag.end()
    let_go.set()
    thread.join(5)
    assert site.state().waiting == 1


def test_what_goes_wrong_is_said_once_and_on_the_pages_until_it_is_well(site: HookSite) -> None:
    backlog(site)
    bag = Mailbag(app=site.app)
    with capture_logs() as logged:
        for text in (SOON, LATER):
            site.app.clock = FixedClock(at(text))
            bag.beat()
    assert [entry["event"] for entry in logged] == ["posting_failed"]
    assert "answered 500. It is tried again by itself." in site.app.unposted[0]
    site.server.answer = TAKEN
    site.app.clock = FixedClock(at(NEXT_DAY))
    bag.beat()
    assert site.app.unposted == ()


def test_a_beat_begins_a_new_webhook_before_its_tick(site: HookSite) -> None:
    site.hook("http://127.0.0.1:9/other")
    site.app.clock = FixedClock(at(DUE))
    Pulse(app=site.app, address="", say=lambda _: None).beat()
    (came,) = site.round()
    assert "takes no connection" in came.said


def test_nothing_that_is_said_holds_the_address_the_secret_or_the_receiver_s_words(site: HookSite) -> None:
    backlog(site)
    with capture_logs() as logged:
        site.app.clock = FixedClock(at(SOON))
        Mailbag(app=site.app).beat()
    said = f"{logged} {list(findings(site.app))} {site.app.unposted} {site.app.settings} {site.state()}"
    assert not re.search(r"hush|MfKQ9r8|secret words", said)
    with closing(open_app(site.folder / "config.yaml")) as app:
        assert "hush" not in repr(app.settings)
    assert b"hush" not in (site.folder / "notifier.db").read_bytes()
