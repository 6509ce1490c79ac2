"""Mails that people made by themselves: when one is about the same event, and what a release is for."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifier.core.answers import Answers
from notifier.core.approval import fingerprint, is_for
from notifier.core.byhand import (
    NEAR,
    SENT_BY_HAND,
    ByHand,
    about_it,
    digest_of_link,
    links_in,
    links_of,
    places_in,
    reason_of,
)
from notifier.core.decision import plan_event
from notifier.core.delivery import Decision, Delivery
from notifier.core.event import Content
from notifier.core.links import event_file_name
from notifier.core.plan import plan
from tests.builders import a_memory, a_rule, a_seen_event, a_site, an_announcement_rule, an_event, at, some_rules

LINK = "https://example.org/events/book-club"
EVENT = an_event(url=LINK)
DUE = at("2026-12-08 10:00")


def a_mail(*links: str, **changes: Any) -> ByHand:
    """A campaign to `newsletter`, sent the day before the reminder is due, that links to the event."""
    usual: dict[str, Any] = {
        "provider": "mailchimp", "id": "a1", "service": "Mailchimp", "name": "Sing", "state": "sent",
        "place": "https://us1.admin.mailchimp.com/campaigns/show/?id=1", "at": DUE - timedelta(days=1),
        "audiences": frozenset({"newsletter"}), "links": links_in(*(links or (LINK,))),
    }  # fmt: skip
    return ByHand(**(usual | changes))


def matches(mail: ByHand, **more: Any) -> bool:
    asked: dict[str, Any] = {"audience": "newsletter", "due": DUE} | more
    return [*about_it(EVENT, [mail], a_site(), **asked)] == [mail]


@pytest.mark.parametrize(
    "written",
    [
        "http://example.org/events/book-club",
        "https://www.example.org/events/book-club/",
        "HTTPS://Example.ORG:443/events/book-club#programme",
        f"{LINK}?utm_source=news&utm_medium=email&mc_cid=abc&mc_eid=*|UNIQID|*",
        f"{LINK}?e=*|EMAIL|*",
        f"{LINK}/index.html",
        "https://example.org/events/book%2Dclub",
    ],
)
def test_one_address_is_the_same_however_it_is_written(written: str) -> None:
    assert digest_of_link(written) == digest_of_link(LINK)


@pytest.mark.parametrize(
    "written",
    [f"{LINK}s", f"{LINK}?id=2", "https://example.com/events/book-club", "https://example.org:8443/events/book-club"],
)
def test_another_address_is_another(written: str) -> None:
    assert digest_of_link(written) != digest_of_link(LINK)


@pytest.mark.parametrize(
    "nothing", ["", "mailto:a@example.org", "https://", "http://[", "//example.org/a", "https://exa mple"]
)
def test_what_is_no_address_has_no_digest(nothing: str) -> None:
    assert digest_of_link(nothing) is None


def test_the_order_of_a_query_says_nothing() -> None:
    assert digest_of_link("https://example.org/?b=2&a=1") == digest_of_link("https://example.org/?a=1&b=2")


@pytest.mark.parametrize(
    "text",
    [
        f'<a href="{LINK}?a=1&amp;b=2">x</a>', f"<a href='{LINK}?a=1&b=2'>x</a>", f"See {LINK}?a=1&b=2.", f"({LINK}?a=1&b=2)",
        f"*{LINK}?a=1&b=2*", f"<{LINK}?a=1&b=2>,",
    ],
)  # fmt: skip
def test_an_address_is_found_whatever_it_stands_in(text: str) -> None:
    assert digest_of_link(f"{LINK}?a=1&b=2") in links_in("", text)


@given(before=st.text(max_size=20), after=st.text(max_size=20))
def test_an_address_between_spaces_is_found_among_any_words(before: str, after: str) -> None:
    assert digest_of_link(LINK) in links_in(f"{before} {LINK} {after}")


@given(st.text(max_size=60))
def test_no_text_is_too_odd_to_be_looked_through(text: str) -> None:
    assert all(len(one) == 16 for one in links_in(text, f"https://{text}", f"https://example.org/{text}?{text}"))


def test_a_mail_of_nothing_but_links_is_not_read_for_ever() -> None:
    assert 2000 <= len(links_in(" ".join(f"https://example.org/{number}" for number in range(9000)))) <= 2002


def test_every_address_of_an_event_is_its_own_but_not_the_sites_front_page() -> None:
    site = a_site()
    event = an_event(url=LINK, join_url="https://tickets.example.com/1", info_url=f"{site.url}/")
    own = links_of(event, site)
    assert {digest_of_link(LINK), digest_of_link("https://tickets.example.com/1")} <= own
    assert digest_of_link(f"{site.public_url}/feeds/events/{event_file_name(event.uid)}.ics") in own
    assert digest_of_link(site.url) not in own


def test_a_mail_that_links_to_the_event_near_its_time_is_about_it() -> None:
    assert matches(a_mail())
    assert matches(a_mail(state="scheduled", at=DUE + NEAR))


@pytest.mark.parametrize(
    "mail",
    [
        a_mail("https://example.org/events/other"),
        a_mail(at=DUE - NEAR - timedelta(seconds=1)),
        a_mail(at=DUE + NEAR + timedelta(seconds=1)),
        a_mail(audiences=frozenset({"board"})),
        a_mail(links=frozenset()),
    ],
    ids=["another event", "long before", "long after", "other readers", "no links"],
)
def test_another_mail_is_not(mail: ByHand) -> None:
    assert not matches(mail)


def decided(*mails: ByHand, said: Decision | None = None, rule: Any = None) -> Delivery:
    memory = a_memory(a_seen_event(EVENT), by_hand=mails)
    if said is not None:
        memory = replace(memory, decisions={said.key: said})
    return plan_event(EVENT, memory, some_rules(rule or a_rule()), at("2026-12-07 15:00"), projects={})[0]


def released(*mails: ByHand) -> Decision:
    """A release of what is decided while these are known."""
    row = decided(*mails)
    mark = fingerprint(row, [EVENT], some_rules(a_rule()))
    return Decision(key=row.key, act="release", by="kim", at=at("2026-12-07 15:00"), fingerprint=mark)


def test_a_reminder_waits_for_a_person_where_others_wrote_about_the_event() -> None:
    row = decided(a_mail())
    assert (row.status, [reason.code for reason in row.reasons]) == ("held", [SENT_BY_HAND])
    assert row.reasons[0].text.startswith(
        "Mailchimp sent a campaign about this event on Mon 7 Dec 2026 10:00 GMT: “Sing”, "
    )


def test_without_any_such_mail_it_is_planned() -> None:
    assert decided(a_mail("https://example.org/other")).status == decided().status == "planned"


def test_an_announcement_waits_too() -> None:
    memory = a_memory(a_seen_event(EVENT), by_hand=[a_mail(at=at("2026-11-02 10:00"))])
    found = plan_event(EVENT, memory, some_rules(an_announcement_rule()), at("2026-11-01 09:30"), projects={})
    assert [row.status for row in found] == ["held"]


def test_a_release_is_for_the_mails_that_were_known_then() -> None:
    one, other = a_mail(), a_mail(id="b2", place="https://us1.admin.mailchimp.com/campaigns/show/?id=2", name="Again")
    assert decided(one, said=released(one)).status == "planned"
    both = decided(one, other, said=released(one))
    assert both.status == "held"
    assert "did not know then" in both.reasons[0].text
    assert decided(one, other, said=released(one, other)).status == "planned"


def test_a_release_stands_when_a_mail_is_gone_or_was_sent_as_it_was_scheduled() -> None:
    planned = a_mail(state="scheduled", at=DUE - timedelta(hours=1))
    said = released(planned)
    assert decided(said=said).status == "planned"
    assert decided(replace(planned, state="sent", at=DUE, name="Another title"), said=said).status == "planned"


def test_a_release_from_before_there_was_any_such_mail_is_not_for_one() -> None:
    assert decided(a_mail(), said=released()).status == "held"


@given(known=st.sets(st.integers(0, 5)), now=st.sets(st.integers(0, 5)))
def test_a_release_covers_exactly_what_its_person_knew_of(known: set[int], now: set[int]) -> None:
    def mark(numbers: set[int]) -> str:
        mails = [a_mail(id=str(one), place=f"https://us1.admin.mailchimp.com/?id={one}") for one in numbers]
        row = replace(decided(), reasons=tuple(reason_of(mail, "UTC") for mail in mails))
        return fingerprint(row, [EVENT], some_rules(a_rule()))

    said = Decision(key="k", act="release", by="kim", at=DUE, fingerprint=mark(known))
    assert is_for(said, mark(now), DUE) == (now <= known)


def test_names_of_campaigns_are_shown_on_one_line_and_cut() -> None:
    reason = reason_of(a_mail(name="A\nB\u202e" + "x" * 200), "UTC")
    assert "\n" not in reason.text
    assert "\u202e" not in reason.text
    assert len(reason.text) < 260
    assert places_in([reason]) == places_in([reason_of(a_mail(), "UTC")])


def test_what_is_kept_from_plan_to_plan_follows_mails_that_come_and_go() -> None:
    kept, rules, now = Answers(), some_rules(a_rule()), at("2026-12-07 15:00")
    content, seen = Content(events=(EVENT,)), a_seen_event(EVENT)
    found: list[str] = []
    for mails in ((), (a_mail(),), (a_mail(), a_mail(id="b2")), ()):
        memory = a_memory(seen, by_hand=mails)
        made = plan(content, memory, rules, now, timedelta(days=30), kept=kept)
        assert made.deliveries == plan(content, memory, rules, now, timedelta(days=30)).deliveries
        found += [one.status for one in made.deliveries]
    assert found == ["planned", "held", "held", "planned"]
