"""What is said of a key, a list and their answers, against a server on loopback that answers as Mailchimp does on a bad day."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Literal

import pytest

from notifier.core.rule import Audience
from notifier.edges.mailchimp import MailchimpProvider
from notifier.errors import ProviderError, UserError
from tests.builders import a_site, at

KEY = "0123456789abcdef0123456789abcdef-us21"
MEMBERS = Audience(name="members", provider="chimp")
JSON = "application/json; charset=utf-8"
PROBLEM = "application/problem+json; charset=utf-8"

Exchange = BaseHTTPRequestHandler


@dataclass
class FakeMailchimp:
    """Answers `/3.0/ping` and `/3.0/lists/1a2b3c`. `answers[path]` replaces one answer by anything at all."""

    url: str = ""
    asked: list[tuple[str, str]] = field(default_factory=list)
    answers: dict[str, Callable[[Exchange], None]] = field(default_factory=dict)

    def answer(self, exchange: Exchange) -> None:
        path, _, _ = exchange.path.partition("?")
        self.asked.append((exchange.path, exchange.headers["Authorization"] or ""))
        usual = {
            "/3.0/ping": reply(200, JSON, {"health_status": "Everything's Chimpy!"}),
            "/3.0/lists/1a2b3c": reply(200, JSON, a_list()),
        }
        not_found = reply(404, PROBLEM, {"title": "Resource Not Found", "status": 404, "detail": "It is not there."})
        (self.answers.get(path) or usual.get(path, not_found))(exchange)


def a_list(*, members: object = 412, list_id: str = "1a2b3c", name: str = "Newsletter") -> dict[str, object]:
    return {"id": list_id, "name": name, "stats": {"member_count": members}}


def reply(
    status: int, content_type: str | None = None, body: object = b"", **headers: str
) -> Callable[[Exchange], None]:
    encoded = body if isinstance(body, bytes) else json.dumps(body).encode()

    def write(exchange: Exchange) -> None:
        exchange.send_response(status)
        for name, value in headers.items():
            exchange.send_header(name, value)
        if content_type:
            exchange.send_header("Content-Type", content_type)
        exchange.send_header("Content-Length", str(len(encoded)))
        exchange.end_headers()
        exchange.wfile.write(encoded)

    return write


@pytest.fixture
def mailchimp() -> Iterator[FakeMailchimp]:
    fake = FakeMailchimp()

    class Answering(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            fake.answer(self)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's word
            """Quiet."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Answering) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        fake.url = f"http://127.0.0.1:{server.server_port}"
        yield fake
        server.shutdown()
        thread.join()


def a_provider(
    url: str, *, key: str = KEY, list_id: str = "1a2b3c", timeout: float = 5.0, **more: str
) -> MailchimpProvider:
    lists = {"members": list_id} if list_id else {}
    return MailchimpProvider(
        name="chimp", api_key=lambda: key, lists=lists | more, base_url=url, timeout=timeout,
        site=a_site(), now=lambda: at("2026-12-08 10:00"),
    )  # fmt: skip


def failure(provider: MailchimpProvider) -> ProviderError:
    with pytest.raises(ProviderError) as caught:
        provider.resolve(MEMBERS)
    assert KEY not in f"{caught.value!r} {caught.value.__cause__!r} {provider!r}"
    return caught.value


def test_a_look_that_fails_does_not_stop_the_others(mailchimp: FakeMailchimp) -> None:
    """This server knows its key and one list, and nothing else."""
    findings = a_provider(mailchimp.url).doctor([MEMBERS])
    said = {finding.text: finding.ok for finding in findings}
    assert said["The key works at 127.0.0.1."]
    assert said["Its list “Newsletter” has 412 subscribed members."]
    assert not said["Mailchimp has no campaigns (404). It may have been deleted there."]


def test_only_audiences_of_this_provider_are_looked_at(mailchimp: FakeMailchimp) -> None:
    findings = a_provider(mailchimp.url).doctor([Audience(name="staff", provider="outbox")])
    assert {finding.subject for finding in findings} == {"providers.chimp"}


def test_an_audience_is_counted_by_its_list(mailchimp: FakeMailchimp) -> None:
    assert a_provider(mailchimp.url).resolve(MEMBERS) == 412


def test_only_the_needed_fields_are_asked_for_with_the_key_as_the_password(mailchimp: FakeMailchimp) -> None:
    a_provider(mailchimp.url).resolve(MEMBERS)
    ((path, authorization),) = mailchimp.asked
    assert path == "/3.0/lists/1a2b3c?fields=id%2Cname%2Cstats.member_count%2Ccampaign_defaults%2Ccontact"
    assert authorization.startswith("Basic ")


def test_a_base_url_may_end_with_the_api_version(mailchimp: FakeMailchimp) -> None:
    assert a_provider(mailchimp.url + "/3.0/").resolve(MEMBERS) == 412


@pytest.mark.parametrize(
    ("answer", "sentence", "permanent"),
    [
        pytest.param(
            reply(401, PROBLEM, {"title": "API Key Invalid", "detail": f"Your key {KEY} may be invalid."}),
            "Mailchimp refused the API key (401 API Key Invalid: Your key … may be invalid.). Make a key",
            True,
            id="401 that repeats the key",
        ),
        pytest.param(
            reply(403, PROBLEM, {"title": "User Disabled", "detail": "This account has been deactivated."}),
            "Mailchimp does not allow this (403 User Disabled: This account has been deactivated.). Look at",
            True,
            id="403 with a reason",
        ),
        pytest.param(
            reply(403), "Mailchimp is turning requests away (403). It mostly passes", False, id="403 without a body"
        ),
        pytest.param(
            reply(429), "Mailchimp is turning requests away (429). It mostly passes", False, id="429 without a body"
        ),
        pytest.param(
            reply(429, PROBLEM, {"title": "Too Many Requests"}),
            "Mailchimp is turning requests away (429 Too Many Requests). It mostly passes",
            False,
            id="429 with a reason",
        ),
        pytest.param(
            reply(404, PROBLEM, {"title": "Resource Not Found", "status": 404}),
            "Mailchimp has no list 1a2b3c in this account (404). Find it",
            True,
            id="404",
        ),
        pytest.param(
            reply(500, "text/html", b"<h1>Oh no</h1>"), "Mailchimp failed (500). The fault", False, id="500 with HTML"
        ),
        pytest.param(reply(500, JSON, {}), "Mailchimp failed (500). The fault", False, id="500 with an empty object"),
        pytest.param(reply(503), "Mailchimp failed (503). The fault", False, id="503 without a body"),
        pytest.param(
            reply(302, None, b"", Location="/3.0/ping"),
            "Mailchimp's address answered with a redirect (302), which is not followed. Check base_url",
            False,
            id="redirect",
        ),
        pytest.param(
            reply(200, "text/html", b"<p>Log in</p>"),
            "The answer (200) was not Mailchimp's. Check base_url",
            False,
            id="200 with HTML",
        ),
        pytest.param(reply(200, JSON, b"[]"), "The answer (200) was not Mailchimp's.", False, id="200 with a list"),
        pytest.param(reply(204, JSON), "The answer (204) was not Mailchimp's.", False, id="204"),
        pytest.param(reply(200, JSON, b'{"id": '), "The answer (200) was not Mailchimp's.", False, id="broken JSON"),
        pytest.param(
            reply(422, PROBLEM, {"title": "Invalid Resource", "status": 422}),
            "Mailchimp refused the request (422 Invalid Resource). Check",
            True,
            id="422",
        ),
        pytest.param(
            reply(200, JSON, a_list(members="many")), "Mailchimp described the list in a way", False, id="no count"
        ),
        pytest.param(
            reply(200, JSON, a_list(list_id="other")), "Mailchimp described the list in a way", False, id="other list"
        ),
        pytest.param(
            reply(200, JSON, b" " * 4_100_000), "The answer of 127.0.0.1", False, id="more than anyone would say"
        ),
    ],
)
def test_every_bad_reply_is_one_sentence_with_a_remedy(
    mailchimp: FakeMailchimp, answer: Callable[[Exchange], None], sentence: str, permanent: bool
) -> None:
    mailchimp.answers["/3.0/lists/1a2b3c"] = answer
    error = failure(a_provider(mailchimp.url))
    assert error.message.startswith(sentence)
    assert error.permanent is permanent
    assert len(mailchimp.asked) == 1


def test_foreign_text_is_shortened_and_kept_on_one_line(mailchimp: FakeMailchimp) -> None:
    mailchimp.answers["/3.0/lists/1a2b3c"] = reply(500, PROBLEM, {"title": "a\nb\x1b[31m" + "c" * 999})
    message = failure(a_provider(mailchimp.url)).message
    assert message.startswith("Mailchimp failed (500 a b [31mccc")
    assert len(message) < 300


def test_a_refused_connection_names_the_network_and_base_url() -> None:
    error = failure(a_provider("http://127.0.0.1:9"))
    assert error.message == "Mailchimp (127.0.0.1:9) cannot be reached. Check the network connection and base_url."
    assert not error.permanent


def test_a_server_without_a_right_certificate_never_sees_the_key(mailchimp: FakeMailchimp) -> None:
    error = failure(a_provider(mailchimp.url.replace("http:", "https:")))
    assert "certificate" in error.message
    assert mailchimp.asked == []


def test_a_netrc_of_the_machine_does_not_replace_the_key(
    mailchimp: FakeMailchimp, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login someone password else\n")
    a_provider(mailchimp.url).resolve(MEMBERS)
    monkeypatch.setenv("NETRC", str(netrc))
    a_provider(mailchimp.url).resolve(MEMBERS)
    assert mailchimp.asked[0] == mailchimp.asked[1]


@pytest.mark.parametrize("key", ["", "0123456789abcdef", "0123-", "a-evil.example.com/", "two-us1-us2"])
def test_a_key_without_a_data_centre_is_told_apart_before_anything_is_asked(mailchimp: FakeMailchimp, key: str) -> None:
    error = failure(a_provider(mailchimp.url, key=key))
    assert error.message.startswith("The Mailchimp API key is not one: ")
    assert error.permanent
    assert mailchimp.asked == []


def test_a_key_that_cannot_be_read_is_told_in_its_own_words() -> None:
    def unreadable() -> str:
        raise UserError("config.yaml:9:5: The variable CHIMP_KEY is not set.")

    provider = MailchimpProvider(
        name="chimp", api_key=unreadable, lists={"members": "1a2b3c"}, site=a_site(), now=lambda: at("2026-12-08 10:00")
    )
    [key] = provider.doctor([MEMBERS])
    assert (key.ok, key.text) == (False, "config.yaml:9:5: The variable CHIMP_KEY is not set.")


def test_the_key_never_travels_in_the_clear() -> None:
    error = failure(a_provider("http://mailchimp.example.org"))
    assert error.message.startswith("base_url: 'http://mailchimp.example.org' would show the key to others.")


@pytest.mark.parametrize("list_id", ["../campaigns", "a b", "a/b", "é"])
def test_an_id_that_would_ask_for_something_else_is_never_asked(mailchimp: FakeMailchimp, list_id: str) -> None:
    error = failure(a_provider(mailchimp.url, list_id=list_id))
    assert error.message.startswith(f"audiences.members.list: {list_id!r} is not a Mailchimp id")
    assert mailchimp.asked == []


def test_an_audience_without_a_list_is_told_where_to_find_it(mailchimp: FakeMailchimp) -> None:
    *_, members = a_provider(mailchimp.url, list_id="").doctor([MEMBERS])
    assert not members.ok
    assert members.text.startswith("audiences.members.list: is missing. Find it in Mailchimp")


def test_with_a_wrong_key_the_doctor_asks_once_and_still_names_missing_lists(mailchimp: FakeMailchimp) -> None:
    mailchimp.answers["/3.0/ping"] = reply(401, PROBLEM, {"title": "API Key Invalid"})
    findings = a_provider(mailchimp.url, list_id="").doctor([MEMBERS])
    assert [finding.subject for finding in findings] == ["providers.chimp", "audiences.members"]
    assert [path for path, _ in mailchimp.asked] == ["/3.0/ping"]


def test_a_list_that_is_not_there_does_not_stop_the_look_at_the_others(mailchimp: FakeMailchimp) -> None:
    findings = a_provider(mailchimp.url, gone="9z9z").doctor([Audience(name="gone", provider="chimp"), MEMBERS])
    gone, *members = [finding for finding in findings if finding.subject.startswith("audiences.")]
    assert gone.text.startswith("Mailchimp has no list 9z9z in this account (404).")
    assert members[0].text == "Its list “Newsletter” has 412 subscribed members."


@pytest.mark.parametrize(("members", "hint"), [(0, "sends nothing to an empty list"), (501, "more than at_most: 500")])
def test_a_count_that_would_stop_a_send_is_not_well(mailchimp: FakeMailchimp, members: int, hint: str) -> None:
    mailchimp.answers["/3.0/lists/1a2b3c"] = reply(200, JSON, a_list(members=members))
    findings = a_provider(mailchimp.url).doctor([Audience(name="members", provider="chimp", at_most=500)])
    assert any(hint in finding.hint and not finding.ok for finding in findings)


@pytest.mark.parametrize(("mode", "by_hand"), [("draft", True), ("send", False)])
def test_it_sends_and_can_attach_nothing(mode: Literal["draft", "send"], by_hand: bool) -> None:
    able = replace(a_provider("http://127.0.0.1:9"), mode=mode).capabilities()
    assert (able.sends, able.certain, able.attaches, able.by_hand) == (True, False, False, by_hand)
