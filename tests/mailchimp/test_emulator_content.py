"""Whom a campaign is for, and what becomes of its content."""

from __future__ import annotations

from typing import Any

import pytest

from tests.mailchimp.asking import HTML, Caller
from tests.mailchimp.control import Emulator

OTHER_AUDIENCES = {
    "match": "all",
    "conditions": [{"condition_type": "TextMerge", "field": "FNAME", "op": "is", "value": "Reader 7"}],
}


def tagged(mailchimp: Emulator, name: str = "board") -> dict[str, Any]:
    condition = {
        "condition_type": "StaticSegment",
        "field": "static_segment",
        "op": "static_is",
        "value": mailchimp.tag(name),
    }
    return {"match": "all", "conditions": [condition]}


def test_a_tag_a_segment_and_an_interest_group_choose_people(mailchimp: Emulator, caller: Caller) -> None:
    field = f"interests-{mailchimp.lists['Members']['categories']['Interests']}"
    groups = {
        "condition_type": "Interests",
        "field": field,
        "op": "interestcontains",
        "value": [mailchimp.interest("Workshops")],
    }
    tag = caller.create(segment=tagged(mailchimp))
    saved = caller.create(segment={"saved_segment_id": mailchimp.tag("Friends"), "match": "all"})
    group = caller.create(segment={"match": "any", "conditions": [groups]})
    name = caller.create(segment=OTHER_AUDIENCES)
    assert [caller.count(one) for one in (tag, saved, group, name)] == [10, 4, 8, 1]


def test_a_segment_is_read_back_with_its_conditions(mailchimp: Emulator, caller: Caller) -> None:
    campaign = caller.create(segment={"saved_segment_id": mailchimp.tag("Friends"), "match": "all"})
    shown = caller.get(f"/campaigns/{campaign}")["recipients"]["segment_opts"]
    assert (shown["saved_segment_id"], shown["match"]) == (mailchimp.tag("Friends"), "all")
    assert shown["conditions"] == tagged(mailchimp, "board friends")["conditions"]


def test_conditions_may_be_read_back_with_a_segment_of_their_own(mailchimp: Emulator, caller: Caller) -> None:
    mailchimp.set(extra_segment_id=True)
    campaign = caller.create(segment=tagged(mailchimp))
    shown = caller.get(f"/campaigns/{campaign}")["recipients"]["segment_opts"]
    assert (shown["conditions"], "saved_segment_id" in shown) == (tagged(mailchimp)["conditions"], True)


def test_lists_and_segments_that_do_not_exist_are_refused(mailchimp: Emulator, caller: Caller) -> None:
    recipients = [{"list_id": "none"}, {"list_id": mailchimp.list_id("Team"), "segment_opts": tagged(mailchimp)},
                  {"list_id": mailchimp.list_id(), "segment_opts": {"saved_segment_id": 1}}]  # fmt: skip
    answers = [caller.ask("POST", "/campaigns", {"type": "regular", "recipients": one}) for one in recipients]
    assert [answer.json()["errors"][0]["field"] for answer in answers] == [
        "recipients.list_id", "recipients.segment_opts", "recipients.segment_opts",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("how", "expected"),
    [("stored", (False, 40, 40)), ("ignored", (True, 40, 40)), ("at_send", (True, 10, 40)), ("", (True, 10, 10))],
)
def test_a_segment_may_be_dropped_in_silence(
    mailchimp: Emulator, caller: Caller, how: str, expected: tuple[bool, int, int]
) -> None:
    mailchimp.set(drop_segment=how)
    campaign = caller.filled(segment=tagged(mailchimp))
    recipients = caller.get(f"/campaigns/{campaign}")["recipients"]
    caller.send(campaign)
    reached = len(mailchimp.outbox()[0]["recipients"])
    assert ("segment_opts" in recipients, recipients["recipient_count"], reached) == expected


def test_a_saved_segment_without_match_may_be_ignored(mailchimp: Emulator, caller: Caller) -> None:
    mailchimp.set(segment_needs_match=True)
    without = caller.create(segment={"saved_segment_id": mailchimp.tag("Friends")})
    with_match = caller.create(segment={"saved_segment_id": mailchimp.tag("Friends"), "match": "all"})
    assert (caller.count(without), caller.count(with_match)) == (40, 4)


# Content


@pytest.mark.parametrize(
    ("html", "added"),
    [
        ("<p>Hi</p>", True),
        ("<p>Hi *|UNSUB|*</p>", False),
        ("<p>Hi <!-- *|UNSUB|* --></p>", True),
        ("<p>Hi *|UNSUB|*</p><!-- never closed *|UNSUB|*", False),
        ("<p>Hi <!-- never closed *|UNSUB|*</p>", True),
    ],
)
def test_a_footer_is_added_where_the_way_to_unsubscribe_is_not_seen(
    mailchimp: Emulator, caller: Caller, html: str, added: bool
) -> None:
    campaign = caller.create()
    assert ("canspamBarWrapper" in caller.fill(campaign, html)["html"]) is added
    mailchimp.set(footer_in_html=False)
    assert "canspamBarWrapper" not in caller.fill(campaign, html)["html"]
    caller.send(campaign)
    assert ("canspamBarWrapper" in mailchimp.outbox()[0]["html"]) is added


def test_content_is_read_back_as_it_was_put_unless_a_switch_says_otherwise(mailchimp: Emulator, caller: Caller) -> None:
    campaign = caller.create()
    assert caller.fill(campaign)["html"] == HTML
    mailchimp.set(strip_comments=True)
    assert caller.fill(campaign)["html"] == HTML.replace("<!-- mark -->", "")


def test_html_may_come_back_in_other_bytes_with_the_same_meaning(mailchimp: Emulator, caller: Caller) -> None:
    mailchimp.set(rewrite_html=True)
    html = "<P class='a'>Caf&eacute; &amp;\n  co *|UNSUB|*</P><!-- mark -->"
    kept = caller.fill(caller.create(), html)["html"]
    assert kept == '<html><head></head><body><p class="a">Café &amp; co *|UNSUB|*</p><!-- mark --></body></html>'


def test_plain_text_is_made_once_and_not_again(caller: Caller) -> None:
    campaign = caller.create()
    first = caller.fill(campaign, "<style>p {}</style><p>One</p> *|UNSUB|*")["plain_text"]
    second = caller.fill(campaign, "<p>Two</p> *|UNSUB|*")["plain_text"]
    assert first == second == "One *|UNSUB|*"
    assert caller.fill(campaign, HTML, plain_text="Three *|UNSUB|*")["plain_text"] == "Three *|UNSUB|*"


def test_html_put_into_a_campaign_from_a_template_is_swallowed(caller: Caller) -> None:
    template = caller.ask("POST", "/templates", {"name": "Old", "html": "<p>Old *|UNSUB|*</p>"}).json()["id"]
    campaign = caller.create(template_id=template)
    assert caller.fill(campaign, "<p>New</p>")["html"] == "<p>Old *|UNSUB|*</p>"


@pytest.mark.parametrize(
    ("settings", "field"),
    [
        ({"subject_line": "x" * 151}, "settings.subject_line"),
        ({"preview_text": "x" * 151}, "settings.preview_text"),
        ({"reply_to": "nobody"}, "settings.reply_to"),
        ({"folder_id": "none"}, "settings.folder_id"),
        ({"template_id": 4711}, "settings.template_id"),
    ],
)
def test_settings_that_no_schema_refuses_are_refused(caller: Caller, settings: dict[str, Any], field: str) -> None:
    answer = caller.ask("POST", "/campaigns", {"type": "regular", "settings": settings})
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (400, field)


def test_conditions_in_a_text_are_live_until_they_are_broken(mailchimp: Emulator, caller: Caller) -> None:
    campaign = caller.create()
    caller.fill(campaign, "<p>*|IF:FNAME=Nobody|*Hidden*|ELSE:|*Shown*|END:IF|* and *\u200b|EMAIL|* *|UNSUB|*</p>")
    caller.send(campaign)
    read = mailchimp.outbox()[0]["as_read"]["html"]
    assert "<p>Shown and *\u200b|EMAIL|* https://" in read


def test_texts_of_settings_may_come_back_tidied(mailchimp: Emulator, caller: Caller) -> None:
    mailchimp.set(rewrite_subject=True)
    shown = caller.get(f"/campaigns/{caller.create(subject_line='To   night', title='t' * 120)}")["settings"]
    assert (shown["subject_line"], len(shown["title"])) == ("To night", 100)
