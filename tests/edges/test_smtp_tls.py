"""Encryption and login: nobody is told a password, or a mail, who has not shown a right certificate."""

from __future__ import annotations

import io
import logging
import ssl
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import trustme

from notifier.edges import logs
from notifier.edges.smtp import Server, SmtpProvider
from notifier.errors import UserError
from tests.builders import a_site
from tests.edges.provider_suite import AT, DELIVERY, drafted
from tests.edges.smtp_server import MailServer, Step, running

PASSWORD = "correct-hörse"
KEY = DELIVERY.key
Certified = Callable[..., ssl.SSLContext]


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def certified(authority: trustme.CA, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Certified:
    """Makes the server's side of TLS, with a certificate of an authority that this machine knows."""
    known = tmp_path / "authorities.pem"
    authority.cert_pem.write_to_path(str(known))
    monkeypatch.setenv("SSL_CERT_FILE", str(known))

    def made(*names: str, by: trustme.CA = authority, **changes: Any) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        by.issue_cert(*(names or ("127.0.0.1", "localhost")), **changes).configure_cert(context)
        return context

    return made


@pytest.fixture
def start() -> Iterator[Callable[..., MailServer]]:
    with ExitStack() as stack:
        yield lambda **changes: stack.enter_context(running(MailServer(**changes)))


def a_provider(server: MailServer, tmp_path: Path, **changes: Any) -> SmtpProvider:
    known: dict[str, Any] = {"host": "127.0.0.1", "port": server.port, "security": "starttls", "timeout": 10.0}
    return SmtpProvider(
        name="letters", folder=tmp_path / "mail" / "letters", site=a_site(), now=lambda: AT,
        addresses={"newsletter": "choir@lists.example.org"}, server=Server(**(known | changes)),
    )  # fmt: skip


def outcome(provider: SmtpProvider) -> tuple[str, str]:
    found = provider.send(drafted(provider), KEY, AT)
    return found.result, found.detail


Start = Callable[..., MailServer]
LOGIN = {"username": "events", "password": lambda: PASSWORD}
Wrong = Callable[[Certified], ssl.SSLContext]
PAST = {"not_before": datetime(2019, 1, 1, tzinfo=UTC), "not_after": datetime(2020, 1, 1, tzinfo=UTC)}
ANOTHER_NAME: Wrong = lambda certified: certified("mail.example.net")  # noqa: E731 - three of a kind, one a line
EXPIRED: Wrong = lambda certified: certified(**PAST)  # noqa: E731 - as above
UNKNOWN: Wrong = lambda certified: certified(by=trustme.CA())  # noqa: E731 - as above


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_a_mail_goes_out_encrypted_and_with_a_login(
    certified: Certified, start: Start, tmp_path: Path, security: str
) -> None:
    server = start(context=certified(), is_implicit=security == "tls")

    result, _ = outcome(a_provider(server, tmp_path, security=security, **LOGIN))

    assert result == "accepted"
    assert [(taken.is_encrypted, taken.login) for taken in server.taken] == [(True, "events")]


def test_the_name_of_the_host_is_what_the_certificate_must_be_for(
    certified: Certified, start: Start, tmp_path: Path
) -> None:
    server = start(context=certified("localhost"))
    assert outcome(a_provider(server, tmp_path, host="localhost"))[0] == "accepted"


def test_a_server_that_only_knows_the_older_login_is_served(certified: Certified, start: Start, tmp_path: Path) -> None:
    server = start(context=certified(), offers=("AUTH LOGIN",))
    assert outcome(a_provider(server, tmp_path, **LOGIN))[0] == "accepted"


def test_a_server_without_encryption_gets_nothing(start: Start, tmp_path: Path) -> None:
    server = start()

    result, detail = outcome(a_provider(server, tmp_path, **LOGIN))

    assert (result, "doesn't offer encryption. Try security: tls" in detail) == ("unsent", True)
    assert [line.split()[0].upper() for line in server.heard] == ["EHLO", "QUIT"]


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        (ANOTHER_NAME, "is for another address. Write the name in `host`"),
        (EXPIRED, "has expired. Renew it there"),
        (UNKNOWN, "is signed by an authority that is not known here. Name that authority's file"),
    ],
    ids=["another name", "expired", "unknown authority"],
)
@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_a_wrong_certificate_is_told_nothing(
    certified: Certified, wrong: Wrong, words: str, tmp_path: Path, *, security: str
) -> None:
    with running(MailServer(context=wrong(certified), is_implicit=security == "tls")) as server:
        result, detail = outcome(a_provider(server, tmp_path, security=security, **LOGIN))

    assert result == "unsent"
    assert detail.startswith(f"The certificate of 127.0.0.1:{server.port} {words}")
    assert [line for line in server.heard if line.startswith(("AUTH", "MAIL"))] == []


def test_a_certificate_for_another_host_name_is_told_nothing(
    certified: Certified, start: Start, tmp_path: Path
) -> None:
    server = start(context=certified("mail.example.net"))
    result, detail = outcome(a_provider(server, tmp_path, host="localhost"))
    assert (result, "is for another name. Write the name in `host`" in detail) == ("unsent", True)


def test_the_wrong_sort_of_encryption_for_a_port_is_said(certified: Certified, start: Start, tmp_path: Path) -> None:
    plain, encrypted = start(context=certified()), start(context=certified(), is_implicit=True)

    wrong = outcome(a_provider(plain, tmp_path, security="tls"))
    silent = outcome(a_provider(encrypted, tmp_path, security="starttls", timeout=0.4))

    assert "port 587 goes with security: starttls, and port 465 with security: tls" in wrong[1]
    assert "said nothing for 0.4 s. Port 465 goes with security: tls." in silent[1]
    assert (wrong[0], silent[0]) == ("unsent", "unsent")


@pytest.mark.parametrize("step", ["starttls", "auth"])
@pytest.mark.parametrize("fault", ["drop", "stall", "drip", "nonsense", "flood", "4xx", "5xx"])
def test_what_fails_before_the_login_is_over_is_certainly_unsent_and_goes_out_later(
    certified: Certified, start: Start, tmp_path: Path, step: Step, fault: str
) -> None:
    server = start(context=certified(), faults={step: fault})

    assert outcome(a_provider(server, tmp_path, timeout=0.4, **LOGIN))[0] == "unsent"
    server.faults.clear()

    assert outcome(a_provider(server, tmp_path, **LOGIN))[0] == "accepted"
    assert len(server.taken) == 1


def test_what_is_said_before_the_encryption_is_not_heard_after_it(
    certified: Certified, start: Start, tmp_path: Path
) -> None:
    server = start(context=certified(), faults={"starttls": "220 Go ahead\r\n250 You may trust me"})
    result, detail = outcome(a_provider(server, tmp_path))
    assert (result, "went on talking before the connection was encrypted" in detail) == ("unsent", True)


def test_a_wrong_password_is_said_without_it(certified: Certified, start: Start, tmp_path: Path) -> None:
    server = start(context=certified(), login="\0events\0another")
    provider = a_provider(server, tmp_path, **LOGIN)

    result, detail = outcome(provider)
    findings = " ".join(f"{one.text} {one.hint}" for one in provider.doctor([]))

    assert (result, "did not let us log in (535 5.7.8 No: … events …). Check username and password" in detail) == (
        "unsent",
        True,
    )
    assert "Check username and password" in findings
    assert PASSWORD not in detail + findings + repr(provider)


@pytest.mark.usefixtures("logging_as_before")
@pytest.mark.parametrize("step", ["auth", "mail", "data", "taken"])
def test_no_log_and_no_file_holds_the_password(certified: Certified, start: Start, tmp_path: Path, step: Step) -> None:
    said = io.StringIO()
    logs.configure(stream=said, json=True, level=logging.DEBUG)
    server = start(context=certified(), faults={step: f"554 {PASSWORD} AGV2ZW50cwBjb3JyZWN0LWjDtnJzZQ=="})
    provider = a_provider(server, tmp_path, **LOGIN)

    _, detail = outcome(provider)
    files = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())

    assert "(554 … …)" in detail
    for secret in (PASSWORD, "AGV2ZW50cwBjb3JyZWN0LWjDtnJzZQ=="):
        assert secret not in said.getvalue()
        assert secret.encode() not in files


def test_a_password_that_cannot_be_read_is_said(certified: Certified, start: Start, tmp_path: Path) -> None:
    def missing() -> str:
        raise UserError("The environment variable MAIL is not set.", "Set it where notifier is started.")

    result, detail = outcome(a_provider(start(context=certified()), tmp_path, username="events", password=missing))

    assert (result, detail) == ("unsent", "The environment variable MAIL is not set. Set it where notifier is started.")


def test_a_password_is_never_told_unencrypted(start: Start, tmp_path: Path) -> None:
    server = start()
    result, detail = outcome(a_provider(server, tmp_path, security="none", **LOGIN))
    assert (result, "would be told the password unencrypted" in detail) == ("unsent", True)
    assert [line for line in server.heard if line.startswith("AUTH")] == []


def test_a_server_with_logins_of_another_kind_only_is_said(certified: Certified, start: Start, tmp_path: Path) -> None:
    server = start(context=certified(), offers=("AUTH XOAUTH2",))
    assert "offers no way to log in that notifier knows" in outcome(a_provider(server, tmp_path, **LOGIN))[1]


def test_the_doctor_tells_the_encryption_and_that_the_login_works(
    certified: Certified, start: Start, tmp_path: Path
) -> None:
    server = start(context=certified())
    [finding] = a_provider(server, tmp_path, **LOGIN).doctor([])
    assert finding.text == f"127.0.0.1:{server.port} answers (TLSv1.3), and the login of events works."
