"""What people do meanwhile, and the webhooks that tell of it."""

from __future__ import annotations

import hashlib
import hmac
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl

import pytest

from tests.mailchimp.asking import HTML, Caller
from tests.mailchimp.control import Emulator, StaffRefused

Act = Callable[[Emulator, Caller], object]


def test_a_campaign_sent_by_hand_is_in_the_outbox_as_theirs(mailchimp: Emulator, caller: Caller) -> None:
    campaign = caller.filled()
    assert mailchimp.staff("send") == campaign
    assert [one["by"] for one in mailchimp.outbox()] == ["staff"]
    assert caller.send(campaign).status_code == 400


def test_staff_make_campaigns_of_their_own(mailchimp: Emulator, caller: Caller) -> None:
    made = mailchimp.staff(
        "create", title="Ours", subject="Hello", html="<a href='https://example.org/e'>E</a> *|UNSUB|*"
    )
    shown = caller.get(f"/campaigns/{made}")
    assert (shown["settings"]["title"], shown["settings"]["subject_line"], shown["status"]) == ("Ours", "Hello", "save")
    assert "https://example.org/e" in caller.get(f"/campaigns/{made}/content")["html"]
    assert mailchimp.campaign(made)["made_by"] == "staff"


def test_staff_edit_rename_and_retarget_a_draft(mailchimp: Emulator, caller: Caller) -> None:
    campaign = caller.filled()
    mailchimp.staff("edit", append="<p>More</p>", subject="Other", plain_text="Own *|UNSUB|*")
    mailchimp.staff("rename", title="Theirs")
    mailchimp.staff("retarget", list=mailchimp.list_id("Team"))
    shown, content = caller.get(f"/campaigns/{campaign}"), caller.get(f"/campaigns/{campaign}/content")
    assert (shown["settings"]["subject_line"], shown["settings"]["title"]) == ("Other", "Theirs")
    assert (content["html"], content["plain_text"]) == (f"{HTML}<p>More</p>", "Own *|UNSUB|*")
    assert (shown["recipients"]["list_name"], caller.count(campaign)) == ("Team", 3)


def test_a_retarget_is_counted_anew(mailchimp: Emulator, caller: Caller) -> None:
    mailchimp.set(ready_after=10)
    campaign = caller.filled()
    mailchimp.advance(11)
    mailchimp.staff("retarget", list=mailchimp.list_id("Team"))
    assert caller.count(campaign) == 0


def test_staff_schedule_pause_and_take_back(mailchimp: Emulator, caller: Caller) -> None:
    campaign = caller.filled()
    seen = []
    for act in ("schedule", "pause", "schedule", "unschedule"):
        mailchimp.staff(act, **({"at": "2026-03-02T12:00:00+00:00"} if act == "schedule" else {}))
        seen.append(caller.status(campaign))
    mailchimp.advance(86_400)
    assert seen == ["schedule", "paused", "schedule", "save"]
    assert mailchimp.outbox() == []


def test_staff_delete_replicate_and_archive(mailchimp: Emulator, caller: Caller) -> None:
    campaign = caller.sent()
    copy = mailchimp.staff("replicate", campaign=campaign)
    mailchimp.advance(60)
    mailchimp.staff("archive", campaign=campaign)
    mailchimp.staff("delete", campaign=copy)
    assert caller.status(campaign) == "archived"
    assert caller.ask("GET", f"/campaigns/{copy}").status_code == 404


def test_a_campaign_for_a_deleted_list_or_segment_is_for_nobody(mailchimp: Emulator, caller: Caller) -> None:
    campaign = caller.filled(segment={"saved_segment_id": mailchimp.tag("Friends"), "match": "all"})
    mailchimp.staff("delete_segment", list=mailchimp.list_id(), segment=mailchimp.tag("Friends"))
    without_segment = caller.count(campaign)
    mailchimp.staff("delete_list", list=mailchimp.list_id())
    assert without_segment == 0
    assert "recipients not ready" in caller.send(campaign).json()["detail"]
    assert caller.ask("GET", f"/lists/{mailchimp.list_id()}").status_code == 404
    assert not caller.get(f"/campaigns/{campaign}")["recipients"]["list_is_active"]


def test_people_join_and_leave(mailchimp: Emulator, caller: Caller) -> None:
    campaign, team = caller.filled(of="Team"), mailchimp.list_id("Team")
    mailchimp.staff("join", list=team, count=2)
    mailchimp.staff("join", list=team, email="one@example.com", tags=[1])
    mailchimp.staff("leave", list=team, email="team000@example.com")
    assert caller.count(campaign) == 5
    mailchimp.staff("leave", list=team)
    assert caller.count(campaign) == 0


@pytest.mark.parametrize(
    "act",
    [
        pytest.param(lambda mailchimp, _: mailchimp.staff("send"), id="send"),
        pytest.param(lambda mailchimp, _: mailchimp.staff("edit", subject="Other"), id="edit"),
        pytest.param(
            lambda mailchimp, caller: mailchimp.staff("retarget", list=mailchimp.list_id("Team")), id="retarget"
        ),
        pytest.param(lambda mailchimp, _: mailchimp.staff("schedule", at="2026-03-02T12:00:00Z"), id="schedule"),
        pytest.param(lambda mailchimp, _: mailchimp.staff("pause"), id="pause"),
        pytest.param(lambda mailchimp, _: mailchimp.staff("archive"), id="archive"),
        pytest.param(lambda mailchimp, _: mailchimp.staff("cancel"), id="cancel"),
        pytest.param(lambda mailchimp, _: mailchimp.staff("delete"), id="delete"),
        pytest.param(lambda mailchimp, _: mailchimp.staff("delete_list", list=mailchimp.list_id()), id="delete list"),
    ],
)
def test_the_web_app_refuses_on_a_campaign_that_is_being_sent(mailchimp: Emulator, caller: Caller, act: Act) -> None:
    caller.sent()
    with pytest.raises(StaffRefused):
        act(mailchimp, caller)


def test_the_key_of_an_author_does_not_stop_staff(mailchimp: Emulator, caller: Caller) -> None:
    mailchimp.set(role="author")
    caller.filled()
    mailchimp.staff("send")
    assert len(mailchimp.outbox()) == 1


# Webhooks


@dataclass
class Bell:
    """What was posted to it, and with what it answers."""

    url: str = ""
    heard: list[tuple[dict[str, str], bytes, str]] = field(default_factory=list)
    status: int = 200


@pytest.fixture
def bell() -> Iterator[Bell]:
    one = Bell()

    class Hearing(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._answer(one.status)

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            one.heard.append((dict(parse_qsl(body.decode())), body, self.headers.get("X-Mailchimp-Signature") or ""))
            self._answer(one.status)

        def _answer(self, status: int) -> None:
            self.send_response(status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's word
            """Quiet."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Hearing) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        one.url = f"http://127.0.0.1:{server.server_port}/hook"
        yield one
        server.shutdown()
        thread.join()


def register(caller: Caller, url: str) -> Any:
    return caller.ask(
        "POST", f"/lists/{caller.mailchimp.list_id()}/webhooks", {"url": url, "events": {"campaign": True}}
    )


def rung(mailchimp: Emulator, count: int) -> list[dict[str, Any]]:
    """The webhooks, once there are so many, or after some seconds."""
    for _ in range(250):
        if len(mailchimp.webhooks()) >= count:
            break
        threading.Event().wait(0.02)
    return mailchimp.webhooks()


def test_a_webhook_tells_that_a_campaign_was_sent(mailchimp: Emulator, caller: Caller, bell: Bell) -> None:
    register(caller, bell.url)
    campaign = caller.sent()
    mailchimp.advance(31)
    assert [one["status"] for one in rung(mailchimp, 1)] == [200]
    ((form, _, signature),) = bell.heard
    assert (form["type"], form["data[id]"], form["data[status]"]) == ("campaign", campaign, "sent")
    assert (form["data[list_id]"], signature) == (mailchimp.list_id(), "")


def test_a_webhook_tells_that_a_campaign_was_cancelled_and_why(mailchimp: Emulator, caller: Caller, bell: Bell) -> None:
    mailchimp.set(pro=True)
    register(caller, bell.url)
    caller.sent()
    mailchimp.staff("cancel")
    rung(mailchimp, 1)
    assert [(form["data[status]"], form["data[reason]"]) for form, _, _ in bell.heard] == [
        ("canceled", "canceled by user")
    ]


def test_a_webhook_is_signed_where_a_secret_is_set(mailchimp: Emulator, caller: Caller, bell: Bell) -> None:
    mailchimp.set(webhook_secret="pepper")
    register(caller, bell.url)
    caller.sent()
    mailchimp.advance(31)
    rung(mailchimp, 1)
    ((_, body, signature),) = bell.heard
    stamp, _, digest = signature.removeprefix("t=").partition(",v1=")
    assert digest == hmac.new(b"pepper", stamp.encode() + b"." + body, hashlib.sha256).hexdigest()


def test_a_webhook_comes_again_until_it_is_answered(mailchimp: Emulator, caller: Caller, bell: Bell) -> None:
    register(caller, bell.url)
    bell.status = 500
    caller.sent()
    mailchimp.advance(31)
    rung(mailchimp, 1)
    bell.status = 200
    mailchimp.advance(901)
    assert [(one["attempt"], one["status"]) for one in rung(mailchimp, 2)] == [(1, 500), (2, 200)]


def test_a_webhook_may_come_late_twice_or_never(mailchimp: Emulator, caller: Caller, bell: Bell) -> None:
    register(caller, bell.url)
    mailchimp.set(webhook_lag=300, webhook_repeats=2)
    caller.sent()
    mailchimp.advance(200)
    early = mailchimp.webhooks()
    mailchimp.advance(200)
    assert (early, len(rung(mailchimp, 2))) == ([], 2)
    mailchimp.set(webhook_loses=True)
    caller.sent()
    mailchimp.advance(1000)
    assert len(mailchimp.webhooks()) == 2


def test_an_address_that_does_not_answer_is_not_kept(mailchimp: Emulator, caller: Caller, bell: Bell) -> None:
    bell.status = 404
    refused = register(caller, bell.url)
    mailchimp.set(webhook_validates=False)
    assert (refused.status_code, register(caller, bell.url).status_code) == (400, 200)


def test_webhooks_are_listed_and_removed(caller: Caller, bell: Bell) -> None:
    hooks = f"/lists/{caller.mailchimp.list_id()}/webhooks"
    made = register(caller, bell.url).json()["id"]
    assert register(caller, bell.url).status_code == 400
    assert caller.get(f"{hooks}/{made}")["url"] == caller.get(hooks)["webhooks"][0]["url"] == bell.url
    assert caller.ask("DELETE", f"{hooks}/{made}").status_code == 204
    assert caller.ask("GET", f"{hooks}/{made}").status_code == 404
    assert caller.mailchimp.violations() == []
