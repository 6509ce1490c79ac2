"""Who comes in by OpenID Connect, and who doesn't."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from httpx2 import Response
from starlette.testclient import TestClient
from structlog.testing import capture_logs

from notifier.app import App, open_app
from notifier.core.person import digest_of
from notifier.desk import people
from notifier.edges.clock import FixedClock
from notifier.edges.oidc import Asked, OidcProvider
from notifier.web import build
from notifier.web.sessions import Doors
from notifier.web.signing_on import LASTS, MOST, SignOns, _UnderWay
from tests.web.accounts import CLIENT, SECRET, Service, a_service, query_of
from tests.web.entering import a_browser, at_console, later, log_in, with_person
from tests.web.sites import NOW, a_site

UNKNOWN = "Nobody here has that account. Ask an admin to let it in, or log in with your password."
OVER = "This log-in is over, or was begun elsewhere. Begin again."


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A site, with its ledger, made once: each test has a copy."""
    folder = tmp_path_factory.mktemp("made")
    a_site(folder).close()
    return folder


@pytest.fixture
def site(made: Path, tmp_path: Path) -> Iterator[App]:
    shutil.copytree(made, tmp_path, dirs_exist_ok=True)
    app = open_app(tmp_path / "demo" / "config.yaml", clock=FixedClock(NOW))
    yield app
    app.close()


@pytest.fixture
def service(site: App) -> Iterator[Service]:
    """Anna has an account, and is let in by the service once it says that it knows her address."""

    def now() -> datetime:
        return site.clock.now()

    with a_service(now) as found:
        site.settings = replace(site.settings, oidc=found.settings())
        with_person(site)
        people.admit(site, "Anna", "anna@example.org", by="Kim")
        yield found


@pytest.fixture
def client(site: App, service: Service) -> TestClient:
    return at_console(site)


def begin(client: TestClient, to: str = "/outbox") -> str:
    """Press the button; returns where it leads."""
    answer = client.get("/login/oidc", params={"to": to})
    assert answer.status_code == 303, answer.text
    return answer.headers["location"]


def come_back(client: TestClient, said: dict[str, str]) -> Response:
    """The service sends the browser back: another site's doing."""
    return client.get(f"/login/oidc/back?{query_of(said)}", headers={"sec-fetch-site": "cross-site"})


def sign_on(client: TestClient, service: Service, to: str = "/outbox") -> Response:
    return come_back(client, service.agree(begin(client, to)))


def assert_refused(client: TestClient, answer: Response, sentence: str, status: int = 403) -> None:
    assert answer.status_code == status
    assert f'<p class="wrong" role="alert">{sentence}</p>' in answer.text
    assert client.get("/").status_code == 303


def test_who_is_let_in_by_an_admin_comes_in_and_sees_what_was_asked_for(client: TestClient, service: Service) -> None:
    assert 'href="/login/oidc?to=/outbox" role="button"' in client.get("/login?to=/outbox").text
    answer = sign_on(client, service)
    assert (answer.status_code, answer.headers["location"]) == (303, "/outbox")
    assert '<a href="/account">Anna</a>' in client.get("/outbox").text


def test_the_service_is_asked_with_pkce_a_nonce_and_a_state_of_their_own_each_time(
    client: TestClient, service: Service
) -> None:
    one, two = (dict(parse_qsl(urlsplit(begin(client)).query)) for _ in range(2))
    assert one["redirect_uri"] == "http://127.0.0.1:8000/login/oidc/back"
    assert (one["response_type"], one["scope"], one["client_id"]) == ("code", "openid email", CLIENT)
    assert one["code_challenge_method"] == "S256"
    assert all(len(one[name]) == 43 and one[name] != two[name] for name in ("state", "nonce", "code_challenge"))
    assert SECRET not in str(one)


def test_the_second_time_the_account_counts_and_no_address(site: App, client: TestClient, service: Service) -> None:
    assert sign_on(client, service).status_code == 303
    [known] = site.ticker.wiring.ledger.sign_ons()
    assert (known.address, known.issuer, known.subject) == (None, service.issuer, "4711")
    client.cookies.clear()
    service.claims = {"email": "other@example.org", "email_verified": False}
    assert sign_on(client, service).status_code == 303
    client.cookies.clear()
    service.claims = {"sub": "4712"}
    assert_refused(client, sign_on(client, service), UNKNOWN)


@pytest.mark.parametrize(
    "claims",
    [
        {"email_verified": False}, {"email": "ben@example.org"},
    ],
)  # fmt: skip
def test_whom_no_admin_let_in_or_whose_address_is_not_verified_stays_out(
    client: TestClient, service: Service, claims: dict[str, Any]
) -> None:
    service.claims = claims
    answer = sign_on(client, service)
    assert_refused(client, answer, UNKNOWN)
    assert "example.org" not in answer.text.replace("www.example.org", "")


def test_who_is_disabled_stays_out(site: App, client: TestClient, service: Service) -> None:
    with_person(site, "Ben")
    assert sign_on(client, service).status_code == 303
    people.disable(site, "Anna", by="Kim")
    client.cookies.clear()
    assert_refused(client, sign_on(client, service), UNKNOWN)


def test_whose_way_in_is_taken_back_is_logged_out_and_stays_out(
    site: App, client: TestClient, service: Service
) -> None:
    assert sign_on(client, service).status_code == 303
    assert people.dismiss(site, "anna", by="Kim").is_new
    assert client.get("/").status_code == 303
    assert_refused(client, sign_on(client, service), UNKNOWN)
    assert not people.dismiss(site, "Anna", by="Kim").is_new


@pytest.mark.parametrize("state", ["x" * 43, None])
def test_an_answer_with_another_state_is_refused_and_its_log_in_is_over(
    client: TestClient, service: Service, state: str | None
) -> None:
    said = service.agree(begin(client))
    bent = {"code": said["code"], **({} if state is None else {"state": state})}
    assert_refused(client, come_back(client, bent), OVER)
    assert_refused(client, come_back(client, said), OVER)
    assert "/token" not in service.asked


def test_an_answer_counts_once(client: TestClient, service: Service) -> None:
    said = service.agree(begin(client))
    held = dict(client.cookies)
    assert come_back(client, said).status_code == 303
    client.cookies.clear()
    for name, value in held.items():
        client.cookies.set(name, value)
    assert_refused(client, come_back(client, said), OVER)


def test_an_answer_to_somebody_else_is_refused(site: App, client: TestClient, service: Service) -> None:
    pages = build(site)
    mine, other = a_browser(pages), a_browser(pages)
    said = service.agree(begin(mine))
    assert_refused(other, come_back(other, said), OVER)
    begin(other)
    assert_refused(other, come_back(other, said), OVER)
    assert come_back(mine, said).status_code == 303


def test_a_stolen_code_is_worth_nothing_in_another_log_in(client: TestClient, service: Service) -> None:
    stolen = service.agree(begin(client))["code"]
    said = service.agree(begin(client))
    host = urlsplit(service.issuer).netloc
    sentence = f"{host} gave nothing for this log-in. Try again, or log in with your password."
    assert_refused(client, come_back(client, {**said, "code": stolen}), sentence)
    assert "hush" not in sentence


def test_a_log_in_that_took_too_long_is_over(site: App, client: TestClient, service: Service) -> None:
    said = service.agree(begin(client))
    later(site, LASTS)
    assert_refused(client, come_back(client, said), OVER)


def test_an_issuer_that_stands_there_twice_is_none(client: TestClient, service: Service) -> None:
    said = query_of({**service.agree(begin(client)), "iss": service.issuer})
    assert client.get(f"/login/oidc/back?{said}&iss=https://evil.example.com").status_code == 403


@pytest.mark.parametrize(("bent", "said", "status"), [
    ({"answers": {"/token": 500}}, "did not answer as it should.", 503),
    ({"claims": {"nonce": "x" * 43}}, "said can&#39;t be believed (its “nonce” is wrong).", 403),
    ({"header": {"alg": "none"}}, "said is not signed as it should be.", 403),
])  # fmt: skip
def test_what_is_wrong_at_the_service_is_one_sentence_and_passwords_go_on(
    client: TestClient, service: Service, bent: dict[str, Any], said: str, status: int
) -> None:
    vars(service).update(bent)
    answer = sign_on(client, service)
    assert f"{said} Try again, or log in with your password." in answer.text
    assert (answer.status_code, client.get("/").status_code) == (status, 303)
    assert log_in(client) == 303


def test_a_service_that_is_taken_out_of_the_configuration_lets_nobody_in(
    site: App, client: TestClient, service: Service
) -> None:
    said = service.agree(begin(client))
    site.settings = replace(site.settings, oidc=None)
    assert_refused(client, come_back(client, said), OVER)
    assert "/token" not in service.asked


def test_who_says_no_at_the_service_is_told_so(client: TestClient, service: Service) -> None:
    said = service.agree(begin(client))
    answer = come_back(client, {"state": said["state"], "error": "access_denied", "error_description": "<b>hush</b>"})
    assert_refused(client, answer, "Example accounts let nobody in. Begin again, or log in with your password.")
    assert "hush" not in answer.text


def test_a_service_that_is_gone_keeps_nobody_from_their_password(
    client: TestClient, service: Service, site: App
) -> None:
    assert site.settings.oidc is not None
    site.settings = replace(site.settings, oidc=replace(site.settings.oidc, issuer="http://127.0.0.1:1"))
    said = "127.0.0.1:1 can&#39;t be reached. Try again, or log in with your password."
    assert_refused(client, client.get("/login/oidc"), said, 503)
    assert log_in(client) == 303


def test_without_its_secret_this_way_in_is_closed_and_the_log_says_why(
    site: App, client: TestClient, service: Service
) -> None:
    assert site.settings.oidc is not None
    gone = replace(site.settings.oidc.client_secret, environ={})
    site.settings = replace(site.settings, oidc=replace(site.settings.oidc, client_secret=gone))
    with capture_logs() as logs:
        answer = client.get("/login/oidc")
    said = "This way in isn&#39;t set up right. Log in with your password; the log says more."
    assert_refused(client, answer, said, 503)
    assert "The environment variable OIDC is not set." in str(logs)


@pytest.mark.parametrize("site_of_it", ["cross-site", "same-site"])
def test_another_site_can_begin_no_log_in(client: TestClient, service: Service, site_of_it: str) -> None:
    answer = client.get("/login/oidc?to=/outbox", headers={"sec-fetch-site": site_of_it})
    assert answer.headers["location"] == "/login?to=/outbox"
    assert "set-cookie" not in answer.headers
    assert service.asked == []


@pytest.mark.parametrize("to", ["//evil.example.com", "https://evil.example.com"])
def test_no_log_in_leads_to_another_site(client: TestClient, service: Service, to: str) -> None:
    assert sign_on(client, service, to).headers["location"] == "/"


def test_the_cookies_are_hidden_from_script_and_over_https_this_hosts_alone(site: App, service: Service) -> None:
    rules = site.settings.rules
    public = replace(rules, site=replace(rules.site, public_url="https://events.example.org"))
    site.settings = replace(site.settings, rules=public)
    browser = a_browser(build(site), base="http://events.example.org")
    begun = browser.get("/login/oidc")
    cookie = begun.headers["set-cookie"]
    assert cookie.startswith("__Host-notifier-oidc=")
    assert all(part in cookie for part in ("HttpOnly", "SameSite=lax", "Secure", "Path=/", "Max-Age=600"))
    assert "redirect_uri=https%3A%2F%2Fevents.example.org%2Flogin%2Foidc%2Fback" in begun.headers["location"]
    held = cookie.partition(";")[0]
    said = query_of(service.agree(begun.headers["location"]))
    answer = browser.get(f"/login/oidc/back?{said}", headers={"cookie": held})
    given = [value for name, value in answer.headers.multi_items() if name == "set-cookie"]
    assert [one.partition("=")[0] for one in given] == [
        "__Host-notifier", "__Host-notifier-device", "notifier-oidc", "__Host-notifier-oidc",
    ]  # fmt: skip


def test_logs_hold_no_secret_no_name_and_no_address(client: TestClient, service: Service) -> None:
    with capture_logs() as logs:
        said = service.agree(begin(client))
        secrets = [*dict(client.cookies).values(), *said.values(), SECRET, "Anna", "anna@", "4711", "hush"]
        assert come_back(client, said).status_code == 303
        assert come_back(client, said).status_code == 403
        service.claims = {"email": "ben@example.org", "sub": "4712"}
        client.cookies.clear()
        sign_on(client, service)
    assert [one["event"] for one in logs] == ["logged_in", "sign_on_refused", "sign_on_refused"]
    assert not any(secret in str(logs) for secret in secrets)


def test_log_ins_that_nobody_ends_are_slowed_down_from_a_network(site: App, service: Service) -> None:
    pages = build(site)
    far = a_browser(pages, address="192.0.2.7")
    assert [far.get("/login/oidc").status_code for _ in range(6)] == [303] * 5 + [429]
    assert a_browser(pages).get("/login/oidc").status_code == 303


def test_log_ins_that_nobody_ends_are_bounded(site: App, service: Service) -> None:
    ways, asked = SignOns(site, Doors(site)), Asked(redirect_uri="x", state="x", nonce="x", verifier="x")
    provider = OidcProvider(service.settings(), site.clock.now)
    begun = _UnderWay(provider=provider, asked=asked, to="/", begun_at=NOW)
    for number in range(MOST + 2):
        ways._keep(str(number), begun)
    assert len(ways._under_way) == MOST
    assert digest_of(str(MOST + 1)) in ways._under_way
    assert digest_of("1") not in ways._under_way


def test_without_a_service_or_an_account_the_log_in_is_as_it_was(site: App) -> None:
    client = at_console(site)
    assert client.get("/login/oidc?to=/outbox").headers["location"] == "/login?to=/outbox"
    with_person(site)
    assert client.get("/login/oidc").headers["location"] == "/login"
    assert client.get("/login/oidc/back?code=x&state=y").status_code == 403
    assert "/login/oidc" not in client.get("/login").text


def test_a_session_begun_so_lasts_as_any_other(site: App, client: TestClient, service: Service) -> None:
    sign_on(client, service)
    later(site, timedelta(hours=11))
    assert client.get("/account").status_code == 200
    later(site, timedelta(hours=12))
    assert client.get("/account").status_code == 303
