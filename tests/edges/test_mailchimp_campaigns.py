"""One campaign from its draft to its end, its readers, and what the doctor sees, against an emulated account."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from time import monotonic

import pytest

from notifier.config import ListPart
from notifier.core.rule import Audience
from notifier.edges.mailchimp.sending import FRESH
from notifier.errors import ProviderError
from notifier.ports import Finding, Provider
from tests.builders import a_message, an_audience, at
from tests.edges.mailchimp_site import a_provider
from tests.edges.provider_suite import AT, DELIVERY, ProviderSuite, drafted
from tests.mailchimp.control import SEND, Emulator, emulator

TALKS = ListPart(interest="Interests/Talks")
BOARD = ListPart(tag="board")
FRIENDS = ListPart(segment="Friends")
BY_CONDITIONS = ListPart(
    conditions=({"condition_type": "EmailAddress", "field": "EMAIL", "op": "contains", "value": "reader"},)
)


@pytest.fixture(scope="module")
def account() -> Iterator[Emulator]:
    with emulator() as made:
        yield made


@pytest.fixture
def mailchimp(account: Emulator) -> Iterator[Emulator]:
    account.reset(sending_takes=0)
    yield account
    assert account.violations() == []


class TestSuite(ProviderSuite):
    @pytest.fixture
    def provider(self, mailchimp: Emulator) -> Provider:
        return a_provider(mailchimp, name="outbox")


def test_the_campaign_is_as_it_should_be(mailchimp: Emulator) -> None:
    made = mailchimp.campaign(drafted(a_provider(mailchimp)))
    settings = made["settings"]
    assert settings["title"].startswith("[svc:")
    assert (settings["subject_line"], settings["from_name"], settings["reply_to"]) == (
        "Reminder: Book club: The Commons",
        "Example Commons",
        "events@example.org",
    )
    assert (settings["auto_footer"], settings["inline_css"]) == (False, False)
    assert set(made["tracking"].values()) <= {False, ""}


def test_the_key_of_a_delivery_gives_the_same_mark_for_ever(mailchimp: Emulator) -> None:
    made = mailchimp.campaign(drafted(a_provider(mailchimp)))
    assert made["settings"]["title"] == "[svc:e651bdcd8a0367a3a94a] Reminder: Book club: The Commons"


@pytest.mark.parametrize(
    ("part", "count"),
    [(None, 40), (BOARD, 10), (FRIENDS, 4), (TALKS, 14)],
    ids=["list", "tag", "segment", "interest"],
)
def test_an_audience_is_the_part_that_it_names(mailchimp: Emulator, part: ListPart | None, count: int) -> None:
    provider = a_provider(mailchimp, parts={"newsletter": part} if part else {})
    assert provider.resolve(an_audience()) == count
    draft_id = drafted(provider)
    assert list(provider.check(draft_id)) == []
    assert provider.send(draft_id, DELIVERY.key, AT).result == "accepted"
    [sent] = mailchimp.outbox()
    assert len(sent["recipients"]) == count


def test_conditions_are_counted_by_the_campaign(mailchimp: Emulator) -> None:
    provider = a_provider(mailchimp, parts={"newsletter": BY_CONDITIONS})
    assert provider.resolve(an_audience()) is None
    assert list(provider.check(drafted(provider))) == []


@pytest.mark.parametrize(
    ("part", "said"),
    [
        (
            ListPart(tag="boar"),
            "audiences.newsletter.tag: “Members” has no tag “boar”. Write one that is there: “board”, “board friends”.",
        ),
        (ListPart(tag="Friends"), "has no tag “Friends”"),
        (ListPart(segment="board"), "has no saved segment “board”"),
        (
            ListPart(interest="Interests/Walks"),
            "has no interest “Walks”. Write one that is there: “Talks”, “Workshops”.",
        ),
        (ListPart(interest="Hobbies/Talks"), "has no group “Hobbies”. Write one that is there: “Interests”."),
    ],
)
def test_a_part_that_is_not_there_is_refused_with_those_that_are(
    mailchimp: Emulator, part: ListPart, said: str
) -> None:
    provider = a_provider(mailchimp, parts={"newsletter": part})
    with pytest.raises(ProviderError) as caught:
        drafted(provider)
    assert (said in caught.value.message, caught.value.permanent) == (True, True)
    assert mailchimp.campaigns() == []


@pytest.mark.parametrize("dropped", ["stored", "ignored"])
@pytest.mark.parametrize("part", [BOARD, FRIENDS, TALKS], ids=["tag", "segment", "interest"])
def test_a_part_that_mailchimp_dropped_is_not_sent_to(mailchimp: Emulator, dropped: str, part: ListPart) -> None:
    mailchimp.set(drop_segment=dropped)
    provider = a_provider(mailchimp, parts={"newsletter": part})
    draft_id = drafted(provider)
    assert provider.check(draft_id) != ()
    assert provider.send(draft_id, DELIVERY.key, AT).result == "unsent"
    assert mailchimp.outbox() == []


def test_more_than_was_approved_are_not_sent_to(mailchimp: Emulator) -> None:
    provider = a_provider(mailchimp)
    draft_id = provider.draft(DELIVERY, a_message(), an_audience(at_most=39), AT)
    [problem] = provider.check(draft_id)
    assert problem.what == "The list “Members” has 40 recipients, and at_most is 39."


def test_many_more_than_the_last_time_are_asked_about(mailchimp: Emulator) -> None:
    mailchimp.reset(members=10, sending_takes=0)
    provider = a_provider(mailchimp)
    provider.send(drafted(provider), DELIVERY.key, AT)
    for number in range(70):
        mailchimp.staff("join", list=mailchimp.list_id(), email=f"new{number}@example.com")
    other = replace(DELIVERY, key=DELIVERY.key.replace("day-before", "hour-before"))
    [problem] = provider.check(provider.draft(other, a_message(), an_audience(), AT))
    assert "80 recipients, and the last mail to it went to 10" in problem.what
    assert "at_most: 80" in problem.hint


def test_an_empty_list_is_not_sent_to(mailchimp: Emulator) -> None:
    provider = a_provider(mailchimp, lists={"newsletter": mailchimp.list_id("Nobody")})
    [problem] = provider.check(drafted(provider))
    assert "has nobody in it" in problem.what


def test_a_live_mark_is_found_wherever_it_comes_from(mailchimp: Emulator) -> None:
    provider = a_provider(mailchimp)
    page = "<!DOCTYPE html><html lang=en><body><p>Dear *|FNAME|* and *&#124;IF:X|*</p></body></html>"
    draft_id = provider.draft(DELIVERY, a_message(html=page), an_audience(), AT)
    assert [problem.what.partition(" is a mark")[0] for problem in provider.check(draft_id)] == [
        "*|FNAME|*",
        "*|IF:X|*",
    ]


def test_what_was_looked_at_too_long_ago_is_not_sent(mailchimp: Emulator) -> None:
    provider = a_provider(mailchimp)
    draft_id = drafted(provider)
    provider.check(draft_id)
    looked = provider._kept[draft_id].looked
    assert looked is not None
    provider._kept[draft_id].looked = looked - FRESH - 1
    outcome = provider.send(draft_id, DELIVERY.key, AT)
    assert (outcome.result, mailchimp.outbox()) == ("unsent", [])


def test_another_process_may_not_send_what_it_has_not_looked_at(mailchimp: Emulator) -> None:
    draft_id = drafted(a_provider(mailchimp))
    assert a_provider(mailchimp).send(draft_id, DELIVERY.key, AT).result == "unsent"
    assert mailchimp.outbox() == []


def test_a_send_in_doubt_is_never_asked_for_twice_by_one_process(mailchimp: Emulator) -> None:
    provider = a_provider(mailchimp)
    draft_id = drafted(provider)
    mailchimp.fault("POST", SEND, reply="rst")
    with pytest.raises(ProviderError):
        provider.send(draft_id, DELIVERY.key, AT)
    provider.check(draft_id)
    assert provider.send(draft_id, DELIVERY.key, AT).result == "ambiguous"
    provider.not_taken(DELIVERY.key, AT)
    provider.check(draft_id)
    assert provider.send(draft_id, DELIVERY.key, AT).result == "accepted"


@pytest.mark.parametrize(
    ("knobs", "result"),
    [({"refuse_sends": "Subject missing"}, "refused"), ({"suspended": True}, "unsent"), ({"role": "author"}, "unsent")],
    ids=["not ready", "suspended", "author"],
)
def test_a_send_that_mailchimp_refuses_is_told_in_its_words(
    mailchimp: Emulator, knobs: dict[str, object], result: str
) -> None:
    provider = a_provider(mailchimp)
    draft_id = drafted(provider)
    mailchimp.set(**knobs)
    outcome = provider.send(draft_id, DELIVERY.key, AT)
    assert (outcome.result, "Mailchimp" in outcome.detail) == (result, True)


def test_a_draft_without_its_folder_is_made_all_the_same(mailchimp: Emulator) -> None:
    mailchimp.fault("*", "/campaign-folders", reply="problem", status=403, times=0)
    assert drafted(a_provider(mailchimp))


def test_a_campaign_that_was_made_twice_is_its_oldest_draft(mailchimp: Emulator) -> None:
    provider = a_provider(mailchimp)
    first = drafted(provider)
    mailchimp.advance(60)
    mailchimp.staff("replicate", campaign=first)
    assert a_provider(mailchimp).find(DELIVERY.key).draft_id == first


def test_a_copy_that_was_sent_stops_the_draft(mailchimp: Emulator) -> None:
    provider = a_provider(mailchimp)
    first = drafted(provider)
    copy = mailchimp.staff("replicate", campaign=first)
    mailchimp.staff("send", campaign=copy)
    mailchimp.advance(60)
    assert provider.find(DELIVERY.key).state == "sent"
    assert "Another campaign with its mark is “sent”" in provider.check(first)[0].what


def test_a_trial_leaves_nothing_behind(mailchimp: Emulator) -> None:
    outcome = a_provider(mailchimp).test(a_message(), ["anna@example.org"])
    assert (outcome.result, len(mailchimp.tests())) == ("accepted", 1)
    assert mailchimp.campaigns() == []


def test_a_trial_that_can_not_be_deleted_is_told_of_though_it_was_sent(mailchimp: Emulator) -> None:
    mailchimp.fault("DELETE", "/campaigns/*", reply="empty", status=500, times=0)
    outcome = a_provider(mailchimp).test(a_message(), ["anna@example.org"])
    [left] = mailchimp.campaigns()
    assert (outcome.result, outcome.detail) == ("accepted", "Sent to anna@example.org.")
    assert outcome.left.startswith(f"The campaign {left['id']} of this test may still be in Mailchimp: delete it there")


def test_where_nobody_answers_the_next_delivery_does_not_wait_as_long(mailchimp: Emulator) -> None:
    provider, began = a_provider(mailchimp, timeout=0.3), monotonic()
    mailchimp.fault("GET", "/campaigns", reply="silence", times=0)
    for key in ("one", "two", "three", "four", "five"):
        with pytest.raises(ProviderError, match="did not answer in time"):
            provider.find(key)
    assert monotonic() - began < 1
    mailchimp.clear_faults()
    mailchimp.advance(30)
    assert provider.find("one").state == "absent"


def test_a_key_that_is_gone_at_the_moment_of_sending_is_no_doubt(mailchimp: Emulator) -> None:
    keys = [mailchimp.api_key]
    provider = a_provider(mailchimp, api_key=lambda: keys[0])
    draft_id = drafted(provider)
    keys[0] = ""
    assert provider.send(draft_id, DELIVERY.key, AT).result == "unsent"


# The doctor


def wrong(findings: list[Finding]) -> list[str]:
    return [f"{one.text} {one.hint}".strip() for one in findings if not one.ok]


def doctor(mailchimp: Emulator, audience: Audience | None = None, **changes: object) -> list[str]:
    provider = a_provider(mailchimp, name="outbox", **changes)
    return wrong(list(provider.doctor([audience or an_audience()])))


def test_the_doctor_names_account_role_plan_and_zone(mailchimp: Emulator) -> None:
    texts = [one.text for one in a_provider(mailchimp, name="outbox").doctor([an_audience()])]
    assert any("paid by the month, zone Europe/London" in text and "role there is owner" in text for text in texts)
    assert "Its mails come from Example Commons <events@example.org>." in texts
    assert "This machine's clock and Mailchimp's agree." in texts


def test_the_doctor_sees_a_role_that_may_not_send_unless_people_send(mailchimp: Emulator) -> None:
    mailchimp.set(role="author")
    [said] = doctor(mailchimp)
    assert "Use the key of an Admin or Manager" in said
    assert doctor(mailchimp, mode="draft") == []


def test_the_doctor_sees_clocks_that_are_apart(mailchimp: Emulator) -> None:
    mailchimp.set(clock_skew=-600)
    [said] = doctor(mailchimp)
    assert said.startswith("This machine's clock and Mailchimp's are 10 minutes apart.")


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("events@elsewhere.example", "The domain elsewhere.example is not known there. Verify it"),
        ("someone@gmail.com", "Use an address of a domain of your own"),
    ],
)
def test_the_doctor_sees_whom_mails_may_not_come_from(mailchimp: Emulator, address: str, said: str) -> None:
    [found] = doctor(mailchimp, an_audience(sender=("Example", address)))
    assert said in found


def test_the_doctor_wants_a_bound_where_it_cannot_count(mailchimp: Emulator) -> None:
    [found] = doctor(mailchimp, parts={"newsletter": BY_CONDITIONS})
    assert found.endswith("Write at_most: to the audience.")
    assert doctor(mailchimp, an_audience(at_most=50), parts={"newsletter": BY_CONDITIONS}) == []


def test_the_doctor_stops_at_a_key_that_was_revoked(mailchimp: Emulator) -> None:
    mailchimp.set(revoked=True)
    [found] = doctor(mailchimp)
    assert found.startswith("Mailchimp refused the API key (401 API Key Invalid")


def test_old_campaigns_are_looked_for_as_long_as_they_may_be_of_use(mailchimp: Emulator) -> None:
    drafted(a_provider(mailchimp))
    mailchimp.advance(timedelta(days=90).total_seconds())
    assert a_provider(mailchimp).find(DELIVERY.key).state == "drafted"
    assert at("2026-12-08 10:00") == AT
