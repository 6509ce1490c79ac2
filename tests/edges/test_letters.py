"""One message cut for many: each gets exactly the letter that would be written for them alone."""

from __future__ import annotations

import re
from dataclasses import replace
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP
from typing import Any, Literal, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifier.core.entry import Entry
from notifier.core.ics import NOBODY, attendee_line, render_invitation
from notifier.core.ics.lines import address_line, written
from notifier.core.leaving import SLOT, UNSUBSCRIBE, without_slot
from notifier.core.message import Message
from notifier.core.plain import one_line
from notifier.core.recipient import digest_of
from notifier.edges.eml import to_line
from notifier.edges.smtp.letters import Letters, Origin, Reader, letter_for, letter_for_all, stuffed
from notifier.errors import UserError
from tests.builders import a_message, a_site, an_event, at
from tests.edges.each import KEY, SENDER, leaving
from tests.strategies import any_text

ORIGIN = Origin(key=KEY, domain="example.org", sender=SENDER, at=at("2026-12-08 10:00"))
INVITATION = render_invitation(
    a_site(),
    Entry(event=an_event(), sequence=1, created_at=at("2026-11-01"), modified_at=at("2026-11-05")),
    method="REQUEST", attendee=NOBODY, organiser=SENDER, at=at("2026-12-08 10:00"), public=True,
)  # fmt: skip
MESSAGE = a_message(
    html=f'<html><p>.Größe</p><a href="{SLOT}">Unsubscribe</a></html>',
    text=f".\n..\nFrom here: to leave, go to {SLOT} or ask us.\n",
    calendar=INVITATION,
    method="REQUEST",
    slots=(UNSUBSCRIBE,),
)

Method = Literal["REQUEST", "CANCEL", "PUBLISH"]
METHODS: tuple[Method, ...] = get_args(Method)
locals_ = st.from_regex(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]{1,20}(\.[A-Za-z0-9+-]{1,20})?", fullmatch=True)
domains = st.sampled_from(
    ["example.org", "mail.example.com", "bücher.example", "a-very-long-name-of-a-host.example.net"]
)
addresses = st.builds("{}@{}".format, locals_, domains)
names = st.one_of(
    any_text, st.sampled_from(["", "Ann", "Ann Example", "Jörg Müller", 'Ann "Q" (x), y', "=?utf-8?q?a?=", "李 小龙"])
)
leaves = st.one_of(
    st.builds(leaving, st.just("newsletter"), st.text("0123456789abcdef", min_size=32, max_size=32)),
    st.sampled_from(["mailto:leave@example.org?subject=leave&body=me", "https://example.org/a=b&c=.d/" + "x" * 150]),
)


def a_reader(**changes: Any) -> Reader:
    address = str(changes.get("address", "ann@example.org"))
    who = digest_of("newsletter", address)
    known = Reader(
        address=address, name="Ann Example", digest=who, leave=leaving("newsletter", who), with_one_click=True
    )
    return replace(known, **changes)


def spliced(reader: Reader, message: Message = MESSAGE) -> bytes:
    return Letters(letter_for_all(message, ORIGIN), key=KEY, domain="example.org").of(reader)


def mail(reader: Reader, message: Message = MESSAGE) -> EmailMessage:
    return message_from_bytes(spliced(reader, message), policy=SMTP)


def part(letter: EmailMessage, kind: str) -> str:
    [found] = [one for one in letter.walk() if one.get_content_type() == kind]
    return bytes(found.get_payload(decode=True)).decode()


@given(names, addresses, leaves, any_text, st.sampled_from(METHODS))
def test_a_spliced_letter_is_the_one_written_for_that_person_alone(
    name: str, address: str, leave: str, text: str, method: Method
) -> None:
    text = without_slot(text)
    message = replace(
        MESSAGE,
        method=method,
        text=f"{text}{SLOT}{text}",
        html=f'{text}<a href="{SLOT}">{text}</a> {SLOT}',
        subject=text,
    )
    reader = a_reader(name=name, address=address, leave=leave)

    written = letter_for(reader, message, ORIGIN)

    assert spliced(reader, message) == written
    on_the_wire = Letters(letter_for_all(message, ORIGIN), key=KEY, domain="example.org", wire=True).of(reader)
    assert on_the_wire == stuffed(written)
    assert max(map(len, written.split(b"\r\n"))) <= 998


@given(leaves, any_text)
def test_the_link_to_leave_arrives_as_it_is(leave: str, text: str) -> None:
    text = without_slot(text).replace("\r", "")
    letter = mail(a_reader(leave=leave), replace(MESSAGE, text=f"x{text}{SLOT}y{text}", html=f'<a href="{SLOT}">'))

    assert f"{leave}y" in part(letter, "text/plain")
    assert leave.replace("&", "&amp;") in part(letter, "text/html")
    assert SLOT not in part(letter, "text/plain") + part(letter, "text/html")


@given(names.filter(lambda name: "=?" not in name), addresses)
def test_the_header_names_the_person(name: str, address: str) -> None:
    letter = message_from_bytes(to_line(name, address) + b"\r\n", policy=SMTP)

    [person] = letter["To"].addresses
    assert person.addr_spec.rpartition("@")[0] == address.rpartition("@")[0]
    assert re.sub(r"\s", "", person.display_name) == re.sub(r"\s", "", one_line(name))


@given(names)
def test_no_name_adds_a_header(name: str) -> None:
    head = spliced(a_reader(name=name)).partition(b"\r\n\r\n")[0].replace(b"\r\n ", b" ").split(b"\r\n")
    assert [line.partition(b":")[0].decode() for line in head] == [
        "Auto-Submitted", "List-Unsubscribe", "List-Unsubscribe-Post", "From", "To", "Subject", "Date", "Message-ID",
        "MIME-Version", "Content-Type",
    ]  # fmt: skip


def test_each_is_invited_by_name_in_both_places() -> None:
    letter = mail(a_reader())
    for kind in ("text/calendar", "application/ics"):
        assert "mailto:ann@example.org" in part(letter, kind).replace("\r\n ", "")
        assert NOBODY[1] not in part(letter, kind)


@pytest.mark.parametrize("method", METHODS)
def test_the_method_in_the_header_is_that_of_the_file(method: Method) -> None:
    letter = mail(a_reader(), replace(MESSAGE, method=method))
    [calendar] = [one for one in letter.walk() if one.get_content_type() == "text/calendar"]
    assert calendar.get_param("method") == method


@given(st.from_regex(r"[A-Za-z0-9é]{1,8}([ .'-][A-Za-z0-9é]{1,8}){0,2}", fullmatch=True))
def test_a_name_is_written_as_icalendar_writes_it(name: str) -> None:
    asked = {"ROLE": "REQ-PARTICIPANT", "PARTSTAT": "NEEDS-ACTION", "RSVP": "TRUE"}
    line = address_line("ATTENDEE", "mailto:ann@example.org", {"CN": name, **asked})
    assert attendee_line(name, "ann@example.org") == written([line])


def test_a_file_for_everybody_is_the_same_for_everybody() -> None:
    letter = mail(a_reader(), replace(MESSAGE, method="PUBLISH"))
    assert part(letter, "application/ics").encode() == INVITATION


def test_no_two_people_have_one_message_id() -> None:
    [first, second] = [mail(a_reader(address=f"{name}@example.org"))["Message-ID"] for name in ("ann", "ben")]
    assert first != second


@pytest.mark.parametrize(
    ("changes", "headers"),
    [
        ({"leave": "https://example.org/l"}, ["<https://example.org/l>", "List-Unsubscribe=One-Click"]),
        ({"leave": "http://example.org/l"}, ["<http://example.org/l>", None]),
        ({"leave": "https://example.org/l", "with_one_click": False}, ["<https://example.org/l>", None]),
        ({"leave": "mailto:leave@example.org"}, ["<mailto:leave@example.org>", None]),
        ({"leave": None}, [None, None]),
    ],
)
def test_mail_programs_are_told_how_to_leave(changes: dict[str, Any], headers: list[str | None]) -> None:
    letter = mail(a_reader(**changes), replace(MESSAGE, text="a", html="b"))
    assert [letter[name] for name in ("List-Unsubscribe", "List-Unsubscribe-Post")] == headers


@pytest.mark.parametrize("address", ["nobody", "a@b\r\nBcc: <all@example.org>", "a b@example.org", ""])
def test_an_address_that_is_none_gets_no_letter(address: str) -> None:
    with pytest.raises((UserError, ValueError)):
        spliced(a_reader(address=address))


def test_what_is_no_letter_is_not_cut() -> None:
    with pytest.raises(ValueError, match="no letter"):
        Letters(b"A: b\r\n\r\nc\r\n", key=KEY, domain="example.org")
