"""Where the links of a mail lead, what they say, and pictures."""

from __future__ import annotations

from typing import Any

import pytest

from notifier.core.preflight.addresses import address_fault, host_of, is_private
from tests.builders import an_event
from tests.core.mails import ADDRESS, a_mail, found, said


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("", "leads nowhere"),
        (" # ", "leads nowhere"),
        ("/join", "no whole address"),
        ("//www.example.org/join", "no whole address"),
        ("www.example.org", "no whole address"),
        ("https:/www.example.org", "malformed"),
        ("https:www.example.org", "malformed"),
        ("https://", "malformed"),
        ("https://https://www.example.org", "malformed"),
        ("https://www.example.org:port/", "malformed"),
        ("https://[::1", "malformed"),
        ("https://a..example.org/", "malformed"),
        ("https://www.example.org/a b", "a space or a sign"),
        ("https://www.example.org\\@evil.example.com", "a space or a sign"),
        ("https://www.example.org@evil.example.com/", "hides its host"),
        ("javascript:alert(1)", "begins with javascript:"),
        ("ftp://www.example.org/", "begins with ftp:"),
        ("mailto:", "names nobody after mailto:"),
        ("mailto:events", "names nobody after mailto:"),
        ("tel:none", "names nobody after tel:"),
        ("http://www.example.org/", "is not encrypted"),
    ],
)
def test_an_address_that_leads_nowhere_is_told(address: str, words: str) -> None:
    fault = address_fault(address)

    assert fault is not None
    assert words in fault.what


@pytest.mark.parametrize(
    "address",
    [
        "https://www.example.org", "https://www.example.org:8443/a?b=c#d", "https://bücher.example.org/ä", "webcal://www.example.org/all.ics",
        "mailto:events@example.org?subject=x", "tel:+441632960000", "https://93.184.216.34/", "https://[2606:2800:220:1::1]/",
    ],
)  # fmt: skip
def test_an_address_that_everybody_reaches_is_let_be(address: str) -> None:
    assert address_fault(address) is None


@pytest.mark.parametrize(
    "host",
    [
        "localhost", "localhost.", "server", "127.0.0.1", "127.1", "2130706433", "0x7f.0.0.1", "0177.0.0.1", "10.1.2.3", "192.168.0.1",
        "172.16.0.1", "169.254.1.1", "100.64.0.1", "0", "224.0.0.1", "[::1]", "[fd00::1]", "[fe80::1]", "[::ffff:127.0.0.1]", "printer.local",
        "wiki.internal", "site.test", "a.b.lan", "router.home.arpa", "１２７.0.0.1", "127。0。0。1", "ⓛocalhost", "LOCALHOST",
    ],
)  # fmt: skip
def test_a_host_that_only_some_computers_reach_is_private(host: str) -> None:
    fault = address_fault(f"https://{host}/")

    assert fault is not None
    assert fault.private


@pytest.mark.parametrize("host", ["1.2.3.4.5", "256.256.256.256.example.org", "08.example.org", "0x.example.org"])
def test_a_name_that_only_looks_like_a_number_is_a_name(host: str) -> None:
    assert not is_private(host)


@pytest.mark.parametrize("host", ["099.1", "1.2.3.4000", "0xfffffffff"])
def test_a_number_that_is_no_address_is_a_name(host: str) -> None:
    assert is_private(host) == ("." not in host)


def test_what_has_no_host_has_none() -> None:
    assert [host_of(one) for one in ("www.example.org", "https:x", f"https://{'a' * 70}.example.org")] == ["", "", ""]


def test_a_private_host_is_an_error_to_people_and_a_warning_in_a_folder() -> None:
    message = a_mail('<a href="http://localhost:8080/events">See the event page</a>')

    [to_people], [in_folder] = found(message), found(message, reaches_people=False)

    assert (to_people.severity, in_folder.severity) == ("error", "warning")
    assert "localhost" in to_people.what
    assert "public_url" in to_people.hint


def test_a_relative_link_is_an_error_even_in_a_folder() -> None:
    assert said(a_mail('<a href="events/1">See it</a>'), "error", reaches_people=False) != []


@pytest.mark.parametrize(
    "text", ["here", "Click here!", "read more", "» Link", "hier", "Mehr erfahren", "cliquez ici", "En savoir plus", "aquí", "leer más", "qui"]
)  # fmt: skip
def test_a_link_that_does_not_say_where_it_leads_is_a_warning(text: str) -> None:
    [problem] = found(a_mail(f'<a href="https://www.example.org/"><b>{text}</b></a>'))

    assert problem.severity == "warning"
    assert "doesn't say where it leads" in problem.what


@pytest.mark.parametrize("text", ["See the event page", "Register here", "Find out more", "Join or register", "Hiero"])
def test_a_link_that_says_where_it_leads_is_let_be(text: str) -> None:
    assert found(a_mail(f'<a href="https://www.example.org/">{text}</a>')) == ()


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("https://www.example.org/", "https://evil.example.com/"),
        ("http://example.org", "https://example.org.evil.example.com/"),
        ("www.example.org/join", "https://evil.example.com/"),
        ("events@example.org", "mailto:other@example.com"),
        ("https://example.org", "mailto:events@example.org"),
    ],
)
def test_a_link_that_shows_one_address_and_leads_to_another_is_an_error(text: str, address: str) -> None:
    assert any(one.startswith("The link shows") for one in said(a_mail(f'<a href="{address}">{text}</a>'), "error"))


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("https://www.example.org/a", "https://example.org/a?from=mail"),
        ("bücher.example.org/x", "https://xn--bcher-kva.example.org/x"),
        ("Events@example.org", "mailto:events@example.org"),
        ("Outlook.com", "https://outlook.live.com/calendar"),
        ("Wed. 9 Dec.", "https://www.example.org/"),
        ("ｗｗｗ.com", "https://com.example.org/"),
    ],
)
def test_a_link_that_shows_where_it_leads_is_let_be(text: str, address: str) -> None:
    assert found(a_mail(f'<a href="{address}">{text}</a>')) == ()


def test_a_title_that_is_the_name_of_another_site_is_only_a_warning() -> None:
    message = a_mail(
        '<a href="https://www.example.org/1">https://djan.go/meet</a> <a href="https://www.example.org/2">Node.js</a>'
    )

    problems = found(message, events=[an_event(title="https://djan.go/meet")])

    assert [one.severity for one in problems] == ["warning", "warning"]


def test_an_anchor_within_the_mail_leads_there() -> None:
    assert found(a_mail('<a href="#later">New since last time</a><h2 id="later">New</h2>')) == ()
    assert said(a_mail('<a href="#nowhere">New since last time</a>'), "error") != []
    assert found(a_mail('<a name="top"></a>')) == ()


def test_addresses_of_the_text_part_are_looked_at_with_their_line() -> None:
    text = f"Read this:\nhttp://10.0.0.1/join.\n(https://www.example.org/a)\n{ADDRESS}\nhttps://"

    [problem] = found(a_mail(text=text))

    assert (problem.path, problem.line, problem.severity) == ("message.txt", 2, "warning")
    assert "“http://10.0.0.1/join” leads to 10.0.0.1" in problem.what


def test_an_address_of_both_parts_is_told_once() -> None:
    message = a_mail('<a href="http://www.example.org/x">Page</a>', text=f"http://www.example.org/x\n{ADDRESS}")

    assert [one.path for one in found(message)] == ["message.html"]


@pytest.mark.parametrize(
    ("image", "severity", "words"),
    [
        ('<img src="https://www.example.org/a.png">', "warning", "no `alt`"),
        ('<a href="https://www.example.org/"><img src="https://www.example.org/a.png" alt=""></a>', "error", "nothing in it"),
        ('<a href="https://www.example.org/"> </a>', "error", "nothing in it"),
        ('<img src="https://www.example.org/a.gif" width="1" height="1" alt="">', "warning", "one dot"),
        ('<img src="/a.png" alt="A hall">', "error", "no whole address"),
        ('<img alt="A hall">', "error", "leads nowhere"),
        ('<img src="data:image/png;base64,AA" alt="A hall">', "warning", "written into the page"),
        ('<map><area href="/a"></map>', "error", "part of a picture"),
    ],
)  # fmt: skip
def test_a_picture_that_is_not_seen_or_watches_is_told(image: str, severity: Any, words: str) -> None:
    assert any(words in one for one in said(a_mail(image), severity))


@pytest.mark.parametrize(
    "image",
    [
        '<a href="https://www.example.org/"><img src="https://www.example.org/a.png" alt="Our page" width="100%"></a>',
        '<img src="cid:logo@example.org" alt="" width="120">',
    ],
)
def test_a_picture_with_words_in_its_place_is_let_be(image: str) -> None:
    assert found(a_mail(image)) == ()
