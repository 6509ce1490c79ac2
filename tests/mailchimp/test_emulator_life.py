"""A campaign from its creation to its report, and how the API speaks."""

from __future__ import annotations

import socket
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
import requests

from tests.mailchimp.asking import Caller
from tests.mailchimp.control import START, ControlError, Emulator, emulator


def test_a_campaign_lives_from_draft_to_sent_and_reaches_everybody_once(mailchimp: Emulator, caller: Caller) -> None:
    campaign = caller.filled()
    before = caller.status(campaign)
    caller.send(campaign)
    during = caller.status(campaign)
    mailchimp.advance(31)
    assert (before, during, caller.status(campaign)) == ("save", "sending", "sent")
    (sent,) = mailchimp.outbox()
    assert len(set(sent["recipients"])) == len(sent["recipients"]) == 40
    assert mailchimp.violations() == []


def test_the_outbox_holds_what_was_sent_and_how_the_first_of_them_reads_it(mailchimp: Emulator, caller: Caller) -> None:
    caller.sent(subject_line="Tonight, *|FNAME|*")
    (sent,) = mailchimp.outbox()
    assert (sent["subject"], sent["by"], sent["cancelled"]) == ("Tonight, *|FNAME|*", "api", False)
    assert sent["as_read"]["subject"] == "Tonight, Reader 0"
    assert "<p>Hello Reader 0</p>" in sent["as_read"]["html"]


def test_changes_after_a_send_are_refused_and_do_not_change_what_was_sent(mailchimp: Emulator, caller: Caller) -> None:
    campaign = caller.sent()
    answer = caller.ask("PUT", f"/campaigns/{campaign}/content", {"html": "<p>Other</p>"})
    assert answer.status_code == 400
    assert "Hello" in mailchimp.outbox()[0]["html"]


def test_a_campaign_can_be_changed_and_deleted_while_it_is_a_draft(mailchimp: Emulator, caller: Caller) -> None:
    campaign = caller.create()
    settings = {"subject_line": "Now", "from_name": "Circle", "reply_to": "office@example.org"}
    changed = caller.ask("PATCH", f"/campaigns/{campaign}", {"settings": settings}).json()["settings"]
    assert (changed["subject_line"], changed["title"]) == ("Now", "Tonight")
    assert caller.ask("DELETE", f"/campaigns/{campaign}").status_code == 204
    assert caller.ask("GET", f"/campaigns/{campaign}").status_code == 404


def test_the_same_seed_gives_the_same_ids(mailchimp: Emulator, caller: Caller) -> None:
    first = caller.create()
    mailchimp.reset()
    second = caller.create()
    mailchimp.reset(seed="two")
    assert first == second != caller.create()


def test_two_clients_at_once_have_their_own_campaigns(mailchimp: Emulator) -> None:
    with ThreadPoolExecutor(2) as pool:
        made = list(pool.map(lambda number: Caller(mailchimp).sent(title=f"T{number}"), range(12)))
    assert len(set(made)) == 12
    assert sorted(one["title"] for one in mailchimp.outbox()) == sorted(f"T{number}" for number in range(12))


def test_one_campaign_sent_by_two_clients_at_once_is_taken_once(mailchimp: Emulator, caller: Caller) -> None:
    campaign = caller.filled()
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: Caller(mailchimp).send(campaign).status_code, range(4)))
    assert sorted(answers) == [204, 400, 400, 400]
    assert len(mailchimp.outbox()) == 1


def test_an_answer_carries_the_headers_of_the_real_service(caller: Caller) -> None:
    answer = caller.ask("GET", "/ping")
    refused = caller.ask("GET", "/campaigns/none")
    assert answer.headers["Content-Type"] == "application/json; charset=utf-8"
    assert refused.headers["Content-Type"] == "application/problem+json; charset=utf-8"
    assert refused.headers["X-Request-Id"] == refused.json()["instance"]
    assert 'rel="describedBy"' in refused.headers["Link"]


def test_204_says_that_it_is_json_and_has_no_body(caller: Caller) -> None:
    answer = caller.send(caller.filled())
    assert (answer.status_code, answer.content) == (204, b"")
    assert answer.headers["Content-Type"] == "application/json; charset=utf-8"


def test_a_connection_is_kept_and_closed_as_asked(mailchimp: Emulator, caller: Caller) -> None:
    for _ in range(3):
        caller.ask("GET", "/ping")
    url, auth = f"{mailchimp.base_url}/3.0/ping", ("x", mailchimp.api_key)
    closed = requests.get(url, auth=auth, headers={"Connection": "close"}, timeout=5)
    connections = [one["connection"] for one in mailchimp.requests()]
    assert closed.headers["Connection"] == "close"
    assert len(set(connections[:3])) == 1
    assert connections[3] != connections[0]


def test_the_key_may_come_as_basic_or_bearer_and_nothing_else_opens(mailchimp: Emulator) -> None:
    url = f"{mailchimp.base_url}/3.0/ping"
    bearer = requests.get(url, headers={"Authorization": f"Bearer {mailchimp.api_key}"}, timeout=5)
    wrong = requests.get(url, auth=("x", "0123-us21"), timeout=5)
    none = requests.get(url, timeout=5)
    assert bearer.status_code == 200
    assert (wrong.status_code, wrong.json()["title"]) == (401, "API Key Invalid")
    assert (none.status_code, none.json()["title"]) == (401, "API Key Missing")


def test_fields_leave_what_was_asked_for(caller: Caller) -> None:
    campaign = caller.create()
    shown = caller.get("/campaigns", fields="campaigns.id,campaigns.settings.title,total_items")
    assert shown == {"campaigns": [{"id": campaign, "settings": {"title": "Tonight"}}], "total_items": 1}
    assert "_links" not in caller.get("/ping", exclude_fields="_links")


def test_fields_written_letter_by_letter_leave_nothing(caller: Caller) -> None:
    caller.create()
    assert caller.get("/campaigns", fields=",".join("campaigns.id")) == {}


def test_campaigns_are_listed_newest_first_ten_at_a_time(mailchimp: Emulator, caller: Caller) -> None:
    made = []
    for _ in range(12):
        made.append(caller.create())
        mailchimp.advance(60)
    first, rest = caller.get("/campaigns"), caller.get("/campaigns", offset=10)
    listed = [one["id"] for one in (*first["campaigns"], *rest["campaigns"])]
    assert listed == made[::-1]
    assert (len(first["campaigns"]), first["total_items"]) == (10, 12)


@pytest.mark.parametrize(
    ("params", "found"),
    [
        pytest.param({"status": "save"}, ["B"], id="status"),
        pytest.param({"since_create_time": (START + timedelta(minutes=5)).isoformat()}, ["B"], id="since create"),
        pytest.param({"before_create_time": (START + timedelta(minutes=5)).isoformat()}, ["A"], id="before create"),
        pytest.param({"since_send_time": START.isoformat()}, ["A"], id="since send"),
        pytest.param({"sort_dir": "ASC"}, ["A", "B"], id="oldest first"),
    ],
)
def test_campaigns_are_found_by_what_they_are(
    mailchimp: Emulator, caller: Caller, params: dict[str, str], found: list[str]
) -> None:
    caller.sent(title="A")
    mailchimp.advance(600)
    caller.create(title="B")
    assert [one["settings"]["title"] for one in caller.get("/campaigns", **params)["campaigns"]] == found


@pytest.mark.parametrize("status", ["scheduled", "canceled", "draft"])
def test_a_status_that_cannot_be_asked_for_is_refused(caller: Caller, status: str) -> None:
    assert caller.ask("GET", "/campaigns", status=status).json()["title"] == "Invalid Resource"


def test_what_is_not_there_is_404_and_what_cannot_be_done_405(caller: Caller) -> None:
    assert caller.ask("GET", "/batches").status_code == 404
    assert caller.ask("DELETE", "/ping").status_code == 405


def test_the_report_follows_the_delivery(mailchimp: Emulator, caller: Caller) -> None:
    mailchimp.set(hard_bounces=2, soft_bounces=1, unsubscribes=1, opens=9, clicks=4)
    campaign = caller.sent()
    mailchimp.advance(120)
    report, people = (
        caller.get(f"/reports/{campaign}"),
        caller.get(f"/reports/{campaign}/sent-to", count=1000)["sent_to"],
    )
    assert (report["emails_sent"], report["unsubscribed"]) == (40, 1)
    assert report["bounces"] == {"hard_bounces": 2, "soft_bounces": 1, "syntax_errors": 0}
    assert (report["opens"]["unique_opens"], report["clicks"]["unique_clicks"]) == (9, 4)
    assert [one["status"] for one in people[:4]] == ["hard", "hard", "soft", "sent"]
    assert caller.get(f"/reports/{campaign}/unsubscribed")["total_items"] == 1
    assert [one["id"] for one in caller.get("/reports")["reports"]] == [campaign]
    assert caller.get(f"/lists/{mailchimp.list_id()}")["stats"]["member_count"] == 37


def test_opens_and_clicks_are_told_only_where_they_are_tracked(mailchimp: Emulator, caller: Caller) -> None:
    mailchimp.set(opens=9, clicks=4, report_lag=0)
    campaign = caller.filled(tracking={"opens": False, "html_clicks": False, "text_clicks": False})
    caller.send(campaign)
    mailchimp.advance(60)
    report = caller.get(f"/reports/{campaign}")
    assert (report["opens"]["opens_total"], report["clicks"]["clicks_total"]) == (0, 0)


def test_tests_go_to_their_addresses_alone(mailchimp: Emulator, caller: Caller) -> None:
    campaign = caller.filled()
    wanted = {"test_emails": ["a@example.org"], "send_type": "html"}
    assert caller.ask("POST", f"/campaigns/{campaign}/actions/test", wanted).status_code == 204
    assert [one["addresses"] for one in mailchimp.tests()] == [["a@example.org"]]
    assert mailchimp.outbox() == []


def test_folders_templates_and_files_are_kept(caller: Caller) -> None:
    folder = caller.ask("POST", "/campaign-folders", {"name": "Ours"}).json()["id"]
    caller.create(folder_id=folder)
    caller.ask("POST", "/templates", {"name": "Old", "html": "<p>Old</p>"})
    caller.ask("POST", "/file-manager/files", {"name": "a.png", "file_data": "aGVsbG8="})
    assert caller.get("/campaign-folders")["folders"][0]["count"] == 1
    assert caller.get(f"/campaign-folders/{folder}")["name"] == "Ours"
    assert caller.get("/templates")["templates"][0]["name"] == "Old"
    assert caller.get("/file-manager/files")["total_file_size"] == 5
    assert caller.mailchimp.violations() == []


def test_every_page_of_the_account_is_as_the_description_says(mailchimp: Emulator, caller: Caller) -> None:
    there = f"/lists/{mailchimp.list_id()}"
    category = mailchimp.lists["Members"]["categories"]["Interests"]
    pages = ["/", "/ping", "/lists", there, "/verified-domains", "/campaigns", f"{there}/segments", f"{there}/members",
             f"{there}/segments/{mailchimp.tag('board')}", f"{there}/tag-search?name=bo", f"{there}/webhooks",
             f"{there}/interest-categories", f"{there}/interest-categories/{category}/interests",
             f"{there}/interest-categories/{category}", "/search-campaigns?query=x"]  # fmt: skip
    assert [page for page in pages if caller.ask("GET", page).status_code != 200] == []
    assert mailchimp.violations() == []


def test_a_tag_is_searched_by_how_its_name_begins(mailchimp: Emulator, caller: Caller) -> None:
    found = caller.get(f"/lists/{mailchimp.list_id()}/tag-search", name="board")["tags"]
    assert [one["name"] for one in found] == ["board", "board friends"]


def test_the_control_plane_names_what_it_does_not_know(mailchimp: Emulator) -> None:
    with pytest.raises(ControlError, match="no_such is no knob"):
        mailchimp.set(no_such=1)
    with pytest.raises(ControlError, match="dance is no act of staff"):
        mailchimp.staff("dance")
    with pytest.raises(ControlError, match="reply is 'odd'"):
        mailchimp.fault(reply="odd")


def test_its_clock_runs_only_when_it_is_told_to(mailchimp: Emulator) -> None:
    assert mailchimp.now() == mailchimp.now() == START
    with emulator(running=True) as other:
        assert START < other.now() < START + timedelta(minutes=5)


def test_it_stops_when_the_block_is_left() -> None:
    with emulator() as one:
        address = urlsplit(one.base_url)
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection((address.hostname or "", address.port or 0), timeout=5)
