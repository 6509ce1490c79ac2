"""Who asks, when a proxy asks in their place, is who the proxy says; anybody else may write there what they like."""

from __future__ import annotations

from dataclasses import replace
from ipaddress import ip_network
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifier.app import App
from notifier.config import load
from notifier.core.throttling import FREE
from notifier.errors import UserError
from notifier.web import build
from notifier.web.caller import caller, caller_of
from tests.web.entering import a_browser, log_in, with_person

PROXIES = (ip_network("172.18.0.0/16"), ip_network("2001:db8:1::/48"))


@pytest.mark.parametrize(
    "peer", ["127.0.0.1", "127.8.8.8", "::1", "::ffff:127.0.0.1", "172.18.0.3", "::ffff:172.18.0.3", "2001:db8:1::9"]
)
def test_a_proxy_is_believed_about_who_asked_it(peer: str) -> None:
    assert caller(peer, b"203.0.113.9", PROXIES) == "203.0.113.9"


@pytest.mark.parametrize("peer", ["192.0.2.7", "172.19.0.3", "2001:db8:2::9", "", "testclient", "/run/socket"])
def test_nobody_else_is(peer: str) -> None:
    assert caller(peer, b"203.0.113.9", PROXIES) == peer


@pytest.mark.parametrize(
    ("forwarded", "said"),
    [
        (b"198.51.100.1, 203.0.113.9", "203.0.113.9"),
        (b"198.51.100.1, 203.0.113.9, 172.18.0.9", "203.0.113.9"),
        (b"203.0.113.9,172.18.0.9 , 127.0.0.1", "203.0.113.9"),
        (b"172.18.0.9", "172.18.0.9"),
        (b"2001:db8:2::9", "2001:db8:2::9"),
        (b"", "172.18.0.3"),
        (b" , ", "172.18.0.3"),
        (b"unknown", "unknown"),
        (b"\xff" * 500, "ÿ" * 64),
    ],
)
def test_each_proxy_is_asked_for_the_one_before_it_and_what_a_stranger_wrote_before_them_does_not_count(
    forwarded: bytes, said: str
) -> None:
    assert caller("172.18.0.3", forwarded, PROXIES) == said


@given(st.binary(max_size=200), st.sampled_from(["203.0.113.9", "2001:db8:2::1"]))
def test_whatever_a_stranger_writes_before_the_proxy_does_the_proxy_has_the_last_word(forged: bytes, real: str) -> None:
    assert caller("127.0.0.1", forged + b", " + real.encode(), PROXIES) == real


def test_a_field_that_stands_there_twice_is_one() -> None:
    headers = [(b"x-forwarded-for", b"198.51.100.1"), (b"host", b"example.org"), (b"x-forwarded-for", b"203.0.113.9")]
    assert caller_of(("127.0.0.1", 5000), headers, ()) == "203.0.113.9"
    assert caller_of(None, headers, ()) == ""


@pytest.mark.parametrize("peer", ["127.0.0.1", "172.18.0.3"])
def test_wrong_passwords_are_counted_by_who_is_behind_the_proxy(site: App, peer: str) -> None:
    with_person(site)
    site.settings = replace(site.settings, proxies=PROXIES)
    pages = build(site)
    stranger, other = a_browser(pages, address=peer), a_browser(pages, address=peer)
    stranger.headers["x-forwarded-for"], other.headers["x-forwarded-for"] = "198.51.100.7, 203.0.113.5", "198.51.100.7"
    tried = [log_in(stranger, f"Name {number}", "wrong wrong wrong") for number in range(FREE + 1)]
    assert tried == [403] * FREE + [429]
    assert log_in(other, "Another name", "wrong wrong wrong") == 403


CONFIG = """\
site: {{id: example, name: Example, domain: example.org, url: https://www.example.org}}
sources: [{{name: site, folder: ., events: [{{preset: jekyll-events}}]}}]
web: {{proxies: [{}]}}
"""


def test_proxies_are_written_as_addresses_or_networks(tmp_path: Path) -> None:
    (tmp_path / "config.yaml").write_text(CONFIG.format('192.0.2.7, 172.18.0.0/16, "2001:db8::/64"'))
    found = load(tmp_path / "config.yaml", {}).proxies
    assert [str(one) for one in found] == ["192.0.2.7/32", "172.18.0.0/16", "2001:db8::/64"]


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("caddy", "'caddy' is neither an address nor a network of them."),
        ("172.18.0.1/16", "'172.18.0.1/16' is neither an address nor a network of them."),
        ("0.0.0.0/0", "is the whole internet, and anybody could say that they are anybody."),
        ('"::/0"', "is the whole internet, and anybody could say that they are anybody."),
        ("8", 'YAML reads 8 as a number. Write "8" in quotes.'),
    ],
)
def test_what_names_no_proxy_is_refused_with_its_place(tmp_path: Path, written: str, said: str) -> None:
    (tmp_path / "config.yaml").write_text(CONFIG.format(written))
    with pytest.raises(UserError) as caught:
        load(tmp_path / "config.yaml", {})
    assert f"config.yaml:3:17: web.proxies.1: {said}" in str(caught.value)
