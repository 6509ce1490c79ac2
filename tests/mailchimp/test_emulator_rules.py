"""The rules of Mailchimp's that are known or assumed, each with its switch."""

from __future__ import annotations

import ast
import inspect
import re
from itertools import pairwise
from typing import Any

import pytest

from tests.mailchimp import knobs
from tests.mailchimp.asking import HTML, Caller
from tests.mailchimp.control import Emulator


def detail(answer: Any) -> str:
    return str(answer.json()["detail"])


def schedule(caller: Caller, campaign: str, at: str) -> Any:
    return caller.ask("POST", f"/campaigns/{campaign}/actions/schedule", {"schedule_time": at})


def test_every_knob_says_what_it_is_and_where_that_is_from() -> None:
    (kind,) = ast.parse(inspect.getsource(knobs.Knobs)).body
    assert isinstance(kind, ast.ClassDef)
    pairs = [(one.target, after) for one, after in pairwise(kind.body) if isinstance(one, ast.AnnAssign)]
    told = {ast.unparse(name): ast.unparse(after) for name, after in pairs}
    plain = {"hard_bounces", "soft_bounces", "unsubscribes", "opens", "clicks", "clock_skew"}
    assert set(told) == set(knobs.Knobs.__slots__)
    assert [
        name for name, says in told.items() if name not in plain and not re.search(r"\[(doc|spec|rep|\?)", says)
    ] == []


# Readiness


def test_recipients_are_counted_some_time_after_creation_and_a_send_before_is_refused(
    mailchimp: Emulator, caller: Caller
) -> None:
    mailchimp.set(ready_after=8)
    campaign = caller.filled()
    refused = caller.send(campaign)
    early = caller.count(campaign)
    mailchimp.advance(9)
    assert (refused.status_code, detail(refused)) == (400, "Your Campaign is not ready to send. recipients not ready")
    assert (early, caller.count(campaign), caller.send(campaign).status_code) == (0, 40, 204)


@pytest.mark.parametrize(
    ("settings", "reason"),
    [
        ({"subject_line": ""}, "campaign subject not set"),
        ({"from_name": ""}, "from name not set"),
        ({"reply_to": "me@example.com"}, "address(es) - me@example.com"),
    ],
)
def test_what_is_not_ready_is_refused_with_its_reason_and_shown_by_the_checklist(
    caller: Caller, settings: dict[str, str], reason: str
) -> None:
    campaign = caller.filled(**settings)
    listed = caller.get(f"/campaigns/{campaign}/send-checklist")
    assert reason in detail(caller.send(campaign))
    assert not listed["is_ready"]
    assert [item["details"] for item in listed["items"] if item["type"] == "error"] == [reason]


def test_a_campaign_without_content_or_for_nobody_is_not_ready(mailchimp: Emulator, caller: Caller) -> None:
    assert "campaign HTML not set" in detail(caller.send(caller.create()))
    assert "recipients not ready" in detail(caller.send(caller.filled(of="Nobody")))
    mailchimp.set(refuse_sends="the weather")
    assert "the weather" in detail(caller.send(caller.filled()))


# Sending


@pytest.mark.parametrize(
    ("second_send", "status", "deliveries"),
    [
        ("refused", 400, 1),
        ("unready", 400, 1),
        ("conflict", 409, 1),
        ("forbidden", 403, 1),
        ("accepted", 204, 1),
        ("delivers", 204, 2),
    ],
)
def test_a_second_send_is_answered_as_the_switch_says(
    mailchimp: Emulator, caller: Caller, second_send: str, status: int, deliveries: int
) -> None:
    mailchimp.set(second_send=second_send)
    campaign = caller.sent()
    assert caller.send(campaign).status_code == status
    assert len(mailchimp.outbox()) == deliveries


def test_a_send_to_nobody_looks_like_one_that_was_sent(mailchimp: Emulator, caller: Caller) -> None:
    mailchimp.set(zero_send=True)
    campaign = caller.sent()
    mailchimp.advance(60)
    shown = caller.get(f"/campaigns/{campaign}")
    assert (shown["status"], shown["emails_sent"], shown["recipients"]["recipient_count"]) == ("sent", 0, 40)
    assert mailchimp.outbox()[0]["recipients"] == []


def test_the_number_sent_may_come_late(mailchimp: Emulator, caller: Caller) -> None:
    mailchimp.set(count_lag=300)
    campaign = caller.sent()
    mailchimp.advance(60)
    early = caller.get(f"/campaigns/{campaign}")["emails_sent"]
    mailchimp.advance(300)
    assert (early, caller.get(f"/campaigns/{campaign}")["emails_sent"]) == (0, 40)


def test_delivery_status_is_told_only_where_it_is_on(mailchimp: Emulator, caller: Caller) -> None:
    campaign = caller.sent()
    off = caller.get(f"/campaigns/{campaign}")["delivery_status"]
    mailchimp.set(delivery_status_enabled=True)
    assert (off, caller.get(f"/campaigns/{campaign}")["delivery_status"]["status"]) == (
        {"enabled": False},
        "delivering",
    )


def test_only_pro_accounts_may_cancel_and_only_while_it_is_being_sent(mailchimp: Emulator, caller: Caller) -> None:
    campaign = caller.sent()
    cancel = f"/campaigns/{campaign}/actions/cancel-send"
    refused = caller.ask("POST", cancel).status_code
    mailchimp.set(pro=True)
    assert (refused, caller.ask("POST", cancel).status_code, caller.ask("POST", cancel).status_code) == (403, 204, 400)
    assert (caller.status(campaign), mailchimp.outbox()[0]["cancelled"]) == ("canceled", True)


@pytest.mark.parametrize(("how", "status", "after"), [("refused", 400, 200), ("deleted", 204, 404)])
def test_deleting_while_sending_does_what_the_switch_says(
    mailchimp: Emulator, caller: Caller, how: str, status: int, after: int
) -> None:
    mailchimp.set(delete_while_sending=how)
    campaign = caller.sent()
    assert caller.ask("DELETE", f"/campaigns/{campaign}").status_code == status
    assert caller.ask("GET", f"/campaigns/{campaign}").status_code == after
    assert len(mailchimp.outbox()) == 1


# Scheduling


def test_a_scheduled_campaign_is_sent_at_its_time(mailchimp: Emulator, caller: Caller) -> None:
    campaign = caller.filled()
    assert schedule(caller, campaign, "2026-03-02T10:15:00+00:00").status_code == 204
    mailchimp.advance(3600)
    waiting = caller.status(campaign)
    mailchimp.advance(16 * 60)
    (sent,) = mailchimp.outbox()
    assert (waiting, caller.status(campaign)) == ("schedule", "sent")
    assert (sent["by"], sent["at"]) == ("schedule", "2026-03-02T10:15:00+00:00")


@pytest.mark.parametrize("at", ["2026-03-02T10:10:00+00:00", "2026-03-02T10:15:30Z", "2026-03-02T08:15:00Z"])
def test_a_time_off_the_quarter_hour_or_past_is_refused_without_a_reason(caller: Caller, at: str) -> None:
    answer = schedule(caller, caller.filled(), at)
    assert (answer.status_code, detail(answer)) == (400, "This campaign cannot be scheduled: .")


def test_an_unscheduled_campaign_is_a_draft_again_and_is_not_sent(mailchimp: Emulator, caller: Caller) -> None:
    campaign = caller.filled()
    schedule(caller, campaign, "2026-03-02T10:15:00Z")
    assert caller.ask("POST", f"/campaigns/{campaign}/actions/unschedule").status_code == 204
    assert caller.ask("POST", f"/campaigns/{campaign}/actions/unschedule").status_code == 400
    mailchimp.advance(7200)
    assert (caller.status(campaign), mailchimp.outbox()) == ("save", [])


def test_a_free_plan_may_not_schedule_and_shows_its_badge(mailchimp: Emulator, caller: Caller) -> None:
    mailchimp.set(plan="forever_free")
    campaign = caller.create()
    assert "*|REWARDS|*" in caller.fill(campaign)["html"]
    assert schedule(caller, campaign, "2026-03-02T10:15:00Z").status_code == 403


# The account


@pytest.mark.parametrize(
    ("switch", "title"),
    [({"revoked": True}, "API Key Invalid"), ({"disabled": True}, "User Disabled")],
)
def test_a_revoked_key_and_a_disabled_account_refuse_everything(
    mailchimp: Emulator, caller: Caller, switch: dict[str, bool], title: str
) -> None:
    mailchimp.set(**switch)
    assert [caller.ask("GET", path).json()["title"] for path in ("/ping", "/campaigns", "/nothing")] == [title] * 3


@pytest.mark.parametrize("switch", [{"suspended": True}, {"role": "author"}])
def test_who_may_not_send_may_still_write(mailchimp: Emulator, caller: Caller, switch: dict[str, Any]) -> None:
    mailchimp.set(**switch)
    campaign = caller.filled()
    assert caller.send(campaign).status_code == 403
    assert (caller.status(campaign), mailchimp.outbox()) == ("save", [])


def test_a_viewer_may_only_read(mailchimp: Emulator, caller: Caller) -> None:
    mailchimp.set(role="viewer")
    assert caller.ask("POST", "/campaign-folders", {"name": "Ours"}).status_code == 403
    assert caller.get("/")["role"] == "viewer"


def test_a_campaign_has_only_so_many_tests(mailchimp: Emulator, caller: Caller) -> None:
    mailchimp.set(test_limit=2)
    campaign = caller.filled()
    wanted = {"test_emails": ["a@example.org", "b@example.org"], "send_type": "plaintext"}
    answers = [caller.ask("POST", f"/campaigns/{campaign}/actions/test", wanted).status_code for _ in range(2)]
    assert answers == [204, 400]


def test_plain_text_is_no_word_for_a_test(caller: Caller) -> None:
    wanted = {"test_emails": ["a@example.org"], "send_type": "plain_text"}
    assert caller.ask("POST", f"/campaigns/{caller.filled()}/actions/test", wanted).status_code == 400


def test_the_date_of_answers_follows_its_clock_and_its_skew(mailchimp: Emulator, caller: Caller) -> None:
    usual = caller.ask("GET", "/ping").headers["Date"]
    mailchimp.set(clock_skew=600)
    assert usual == "Mon, 02 Mar 2026 09:00:00 GMT"
    assert caller.ask("GET", "/ping").headers["Date"] == "Mon, 02 Mar 2026 09:10:00 GMT"


# Lags


def test_the_state_of_a_campaign_may_be_old_when_it_is_read(mailchimp: Emulator, caller: Caller) -> None:
    mailchimp.set(status_lag=1200)
    campaign = caller.sent()
    mailchimp.advance(1199)
    early = caller.status(campaign)
    mailchimp.advance(40)
    assert (early, caller.status(campaign)) == ("save", "sent")


def test_the_list_of_campaigns_may_be_old(mailchimp: Emulator, caller: Caller) -> None:
    mailchimp.set(list_lag=600)
    campaign = caller.create()
    fresh = caller.get("/campaigns")["total_items"]
    mailchimp.advance(601)
    caller.ask("DELETE", f"/campaigns/{campaign}")
    assert (fresh, caller.get("/campaigns")["total_items"]) == (0, 1)
    mailchimp.advance(601)
    assert caller.get("/campaigns")["total_items"] == 0


def test_search_is_an_index_of_its_own_with_a_lag(mailchimp: Emulator, caller: Caller) -> None:
    caller.create(title="A needle")
    fresh = caller.get("/search-campaigns", query="needle")["total_items"]
    mailchimp.advance(61)
    assert (fresh, caller.get("/search-campaigns", query="needle")["total_items"]) == (0, 1)


def test_a_report_is_not_there_for_a_while(mailchimp: Emulator, caller: Caller) -> None:
    campaign = caller.sent()
    mailchimp.advance(31)
    early = caller.ask("GET", f"/reports/{campaign}").status_code
    mailchimp.advance(60)
    assert (early, caller.ask("GET", f"/reports/{campaign}").status_code) == (404, 200)


def test_the_count_of_a_list_may_be_old(mailchimp: Emulator, caller: Caller) -> None:
    mailchimp.set(stats_lag=300)
    mailchimp.advance(1)
    mailchimp.staff("join", list=mailchimp.list_id(), count=5)
    early = caller.get(f"/lists/{mailchimp.list_id()}")["stats"]["member_count"]
    mailchimp.advance(301)
    assert (early, caller.get(f"/lists/{mailchimp.list_id()}")["stats"]["member_count"]) == (40, 45)


# Copies


def test_a_replica_is_a_draft_of_its_own_with_the_title_behind_it(caller: Caller) -> None:
    campaign = caller.sent(title="Ours [svc:1]")
    copy = caller.ask("POST", f"/campaigns/{campaign}/actions/replicate").json()
    assert (copy["status"], copy["settings"]["title"]) == ("save", "Ours [svc:1] (copy 01)")
    assert caller.get(f"/campaigns/{copy['id']}/content")["html"] == HTML
