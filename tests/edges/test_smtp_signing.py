"""Mails signed with DKIM, as a receiver verifies them: the bytes that reached a real server on loopback."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import dkim
import pytest

from notifier.core.delivery import key_hash
from notifier.edges.smtp import SmtpProvider
from notifier.edges.smtp.keys import key_of
from notifier.errors import ProviderError
from tests.builders import a_message, an_audience
from tests.edges.each import Each
from tests.edges.provider_suite import AT, DELIVERY, ProviderSuite
from tests.edges.signing import NAME, a_signer, ed25519_key, pem, rsa_key
from tests.edges.smtp_server import MailServer, running
from tests.edges.test_smtp import a_provider, sent
from tests.edges.test_smtp_site import config_for, reopened
from tests.ticking import DUE, Site

KEY = DELIVERY.key
PIPELINING = ("SIZE 10000000", "8BITMIME", "PIPELINING")
_SIGNED_HEADERS = re.compile(r"\bh=([^;]+);")


@pytest.fixture(params=[(), PIPELINING], ids=["plain", "pipelining"])
def server(request: pytest.FixtureRequest) -> Iterator[MailServer]:
    with running(MailServer(offers=request.param)) as made:
        yield made


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "notifier-mail" / "letters"


@pytest.fixture
def provider(server: MailServer, folder: Path) -> SmtpProvider:
    made = a_provider(server, folder)
    made.signer = a_signer()
    return made


@pytest.fixture
def each(server: MailServer, folder: Path) -> Each:
    return Each(server.port, folder, options={"signer": a_signer()})


class TestSigningAsAProvider(ProviderSuite):
    """What holds of every provider."""


def is_verified(mail: bytes, key: str | None = None) -> bool:
    """Whether somebody who finds our public key in the DNS believes the signature."""
    record = key_of(pem(rsa_key()) if key is None else key).record.encode()

    def dns(name: bytes, timeout: int = 5) -> bytes | None:
        return record if name.decode().rstrip(".") == NAME else None

    return bool(dkim.verify(mail, dnsfunc=dns))


def signed_headers(mail: bytes) -> list[str]:
    [signature] = re.findall(rb"^DKIM-Signature:(?:[^\r]*\r\n[ \t])*[^\r]*", mail, re.MULTILINE)
    [names] = _SIGNED_HEADERS.findall(signature.decode())
    return [name.strip() for name in names.split(":")]


def test_what_the_list_gets_is_signed(server: MailServer, provider: SmtpProvider) -> None:
    sent(provider)

    [taken] = server.taken
    assert is_verified(taken.content)
    assert b"c=relaxed/relaxed; d=example.org;" in taken.content


def test_what_each_member_gets_is_signed(server: MailServer, each: Each) -> None:
    assert each.sent() == "accepted"

    assert [is_verified(taken.content) for taken in server.taken] == [True] * 5
    assert len({taken.content for taken in server.taken}) == 5


def test_from_is_signed_twice_so_that_nobody_adds_another(server: MailServer, provider: SmtpProvider) -> None:
    sent(provider)

    [taken] = server.taken
    assert signed_headers(taken.content).count("from") == 2
    assert not is_verified(b"From: Somebody else <else@example.com>\r\n" + taken.content)


def test_the_way_to_leave_is_signed(server: MailServer, each: Each) -> None:
    each.sent()

    assert {"list-unsubscribe", "list-unsubscribe-post"} <= set(signed_headers(server.taken[0].content))
    assert not is_verified(server.taken[0].content.replace(b"/leave/", b"/stay/"))


def test_a_list_may_add_its_own_way_to_leave(server: MailServer, provider: SmtpProvider) -> None:
    sent(provider)

    [taken] = server.taken
    assert is_verified(b"List-Unsubscribe: <mailto:leave@lists.example.org>\r\n" + taken.content)


@pytest.mark.parametrize("name", ["From", "To", "Subject", "Date", "Message-ID", "MIME-Version", "Content-Type"])
def test_what_a_mail_says_about_itself_is_signed(name: str, server: MailServer, provider: SmtpProvider) -> None:
    sent(provider)

    [taken] = server.taken
    assert name.lower() in signed_headers(taken.content)
    assert not is_verified(taken.content.replace(f"\n{name}: ".encode(), f"\n{name}: x".encode()))


def test_a_mail_that_was_changed_on_the_way_is_not_believed(server: MailServer, provider: SmtpProvider) -> None:
    sent(provider)

    [taken] = server.taken
    assert not is_verified(taken.content[:-4] + b"x\r\n")


def test_lines_that_begin_with_a_dot_arrive_as_they_were_signed(server: MailServer, each: Each) -> None:
    each.sent(message=replace(a_message(), text=".\n..\n.hidden\n", html="<p>.</p>"))

    assert b"\r\n.hidden" in server.taken[0].content
    assert [is_verified(taken.content) for taken in server.taken] == [True] * 5


def test_ed25519_signs_too(server: MailServer, provider: SmtpProvider) -> None:
    provider.signer = a_signer(pem(ed25519_key()))
    sent(provider)

    [taken] = server.taken
    assert b"a=ed25519-sha256" in taken.content
    assert is_verified(taken.content, pem(ed25519_key()))


def test_the_spool_keeps_the_bytes_that_were_signed(server: MailServer, provider: SmtpProvider, folder: Path) -> None:
    sent(provider)

    kept = (folder / key_hash(KEY) / "message.eml").read_bytes()
    assert [kept] == [taken.content for taken in server.taken]
    assert provider.kept(KEY, "message.eml") == kept


def test_a_trial_is_signed(server: MailServer, provider: SmtpProvider) -> None:
    provider.test(a_message(), ["staff@example.org"])

    [taken] = server.taken
    assert is_verified(taken.content)


def test_without_a_key_nothing_goes_to_the_list(server: MailServer, provider: SmtpProvider) -> None:
    provider.signer = a_signer("not a key")

    with pytest.raises(
        ProviderError, match=r"providers\.letters\.dkim\.key: is no private key in PEM\. Make one: openssl"
    ):
        provider.draft(DELIVERY, a_message(), an_audience(), AT)

    assert server.taken == []


def test_without_a_key_a_mail_to_members_is_held(server: MailServer, each: Each) -> None:
    each.options["signer"] = a_signer("not a key")
    provider = each.provider()
    draft_id = provider.draft(DELIVERY, a_message(), each.audience, AT)

    [problem] = provider.check(draft_id)

    assert str(problem).startswith("config.yaml:9: providers.letters.dkim.key: is no private key in PEM.")


def test_a_key_that_is_lost_before_sending_is_nobodys_refusal(server: MailServer, each: Each) -> None:
    provider = each.provider()
    draft_id = provider.draft(DELIVERY, a_message(), each.audience, AT)
    each.options["signer"] = a_signer("not a key")

    outcome = each.provider().send(draft_id, KEY, AT)

    assert (outcome.result, "is no private key in PEM." in outcome.detail) == ("unsent", True)
    assert (server.taken, each.numbers("waiting")) == ([], [0, 1, 2, 3, 4])
    each.options["signer"] = a_signer()
    assert each.sent() == "accepted"


def test_without_dkim_nothing_is_signed(server: MailServer, folder: Path) -> None:
    sent(a_provider(server, folder))

    [taken] = server.taken
    assert b"DKIM-Signature" not in taken.content


@pytest.fixture
def site(server: MailServer, tmp_path: Path) -> Iterator[Site]:
    with Site(tmp_path) as made:
        (tmp_path / "dkim.pem").write_text(pem(rsa_key()))
        (tmp_path / "dkim.pem").chmod(0o600)
        dkim_terms = "dkim: {domain: example.org, selector: notifier, key: {file: dkim.pem}}"
        reopened(made, config_for(server).replace("security: none}", f"security: none, {dkim_terms}}}"))
        yield made


def test_a_site_signs_what_it_sends(site: Site, server: MailServer) -> None:
    site.tick(DUE)

    assert [is_verified(taken.content) for taken in server.taken] == [True]
    assert site.row().status == "sent"


def test_a_key_that_others_can_read_keeps_the_mail_until_it_is_mended(site: Site, server: MailServer) -> None:
    (site.folder / "dkim.pem").chmod(0o644)
    site.tick(DUE)
    assert site.row().status == "held"
    [reason] = site.row().reasons
    said = f"providers.letters.dkim.key: The file {site.folder}/dkim.pem can be read by other users."
    assert (said in reason.text, server.taken) == (True, [])

    (site.folder / "dkim.pem").chmod(0o600)
    site.tick("2026-12-08 10:31")

    assert [is_verified(taken.content) for taken in server.taken] == [True]
