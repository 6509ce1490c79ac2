"""Files of members: whom they hold, and everything that is wrong with them, at its line."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifier.core.mailbox import address_fault, mailbox
from notifier.core.members import MOST_BYTES, MOST_LINES, lines_with, members_csv, read_members, selected
from notifier.core.plain import cut, one_line
from notifier.core.recipient import Member, plain_address

ROBIN = Member(address="robin@example.org", name="Robin", timezone="Europe/London", tags=("Choir", "board"))
KIM = Member(address="kim@example.org")


def members(text: str) -> list[Member]:
    found, problems = read_members("members.csv", text.encode())
    assert [str(problem) for problem in problems] == []
    return list(found)


def problems(text: str | bytes) -> list[str]:
    data = text.encode() if isinstance(text, str) else text
    return [f"{one.severity}: {one}" for one in read_members("members.csv", data)[1]]


def first_problem(text: str | bytes) -> str:
    return problems(text)[0]


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_a_file_is_read_whatever_is_between_its_cells_and_lines(separator: str, end: str, mark: str) -> None:
    lines = ["address,name,zone,tags", 'robin@example.org,Robin,Europe/London,"Choir;board"', "kim@example.org,,,"]
    assert members(mark + end.join(lines).replace(",", separator) + end) == [ROBIN, KIM]


def test_without_a_header_there_is_one_address_a_line() -> None:
    assert members("robin@example.org\n\n  kim@example.org  \n") == [Member(address="robin@example.org"), KIM]


@pytest.mark.parametrize(
    "header",
    ["Address", "EMAIL", "E-Mail", "e-mail address", "Email Address", "mail", "E-Mail-Adresse", "courriel", "Adresse"],
)
def test_the_column_of_addresses_has_its_usual_names(header: str) -> None:
    assert members(f"{header},Name\nkim@example.org,Kim\n") == [Member(address="kim@example.org", name="Kim")]


@pytest.mark.parametrize(
    ("header", "cells"),
    [
        ("mail,name,timezone,tag", "kim@example.org,Kim,Asia/Tokyo,a"),
        ("tags;nom;fuseau horaire;adresse e-mail", "a;Kim;Asia/Tokyo;kim@example.org"),
        ("E-Mail,Name,Zeitzone,Schlagwörter", "kim@example.org,Kim,Asia/Tokyo,a"),
    ],
)
def test_the_other_columns_have_their_usual_names_in_any_order(header: str, cells: str) -> None:
    assert members(f"{header}\n{cells}\n") == [
        Member(address="kim@example.org", name="Kim", timezone="Asia/Tokyo", tags=("a",))
    ]


def test_a_first_and_a_last_name_are_one_name() -> None:
    text = "Email Address,First Name,Last Name\nkim@example.org,Kim,Example\nrobin@example.org,,Sample\n"
    assert [one.name for one in members(text)] == ["Kim Example", "Sample"]


def test_a_postal_address_is_none_of_ours() -> None:
    text = "Name,Adresse,E-Mail\nKim,Im Feld 1,kim@example.org\n"
    found, wrong = read_members("members.csv", text.encode())
    assert found == (Member(address="kim@example.org", name="Kim"),)
    assert [str(one) for one in wrong] == [
        "members.csv:1: Adresse: This column is not used. The columns are: address, name, zone, tags."
    ]


@pytest.mark.parametrize(
    "cell", ['"Choir; board"', '"Choir, board,, choir"', '"""Choir"",""board"""', '"Choir;;board "']
)
def test_tags_are_several_in_one_cell_each_once(cell: str) -> None:
    assert members(f"address,tags\nkim@example.org,{cell}\n")[0].tags == ("Choir", "board")


def test_a_line_for_a_spreadsheet_says_what_is_between_the_cells() -> None:
    assert members("sep=;\naddress;name\nkim@example.org;Kim, the second\n")[0].name == "Kim, the second"
    assert problems("sep=;\naddress\nkim\n")[0].startswith("error: members.csv:3: address:")


@pytest.mark.parametrize("text", ["", "\n\n \n", "address,name\n", "\ufeff"])
def test_an_empty_file_is_an_error(text: str) -> None:
    assert problems(text) == [
        "error: members.csv: There is nobody in it. Write a line for each person, or name another file."
    ]


@pytest.mark.parametrize(
    ("cell", "what"),
    [
        ("kim", "There is no @ in it. Write it like name@example.org."),
        ("kim@a@example.org", "There is more than one @ in it. Write it like name@example.org."),
        ("kim @example.org", "There is a space in it. Write it like name@example.org."),
        ("kim@example", "What is after the @ has no ending, such as .org. Write it like name@example.org."),
        (
            "Kim <kim@example.org>",
            "There is more than one plain address. Write it like name@example.org. A name has a column of its own.",
        ),
        (
            "kïm@example.org",
            "There are letters before the @ that mail servers don't take. Ask for another address.",
        ),
        ("kim.@example.org", "This can't be an address. Write it like name@example.org."),
        ("", "There is no address. Write it like name@example.org."),
        ("k\x00m@example.org", "This can't be an address. Write it like name@example.org."),
        (f"{'k' * 65}@example.org", "This can't be an address. Write it like name@example.org."),
    ],
)
def test_what_is_no_address_is_said_at_its_line_without_repeating_it(cell: str, what: str) -> None:
    found, wrong = read_members("members.csv", f"name,E-Mail\nRobin,robin@example.org\nKim,{cell}\n".encode())
    assert [one.name for one in found] == ["Robin"]
    assert [str(one) for one in wrong] == [f"members.csv:3: E-Mail: {what}"]


def test_an_address_of_a_domain_with_umlauts_is_one() -> None:
    assert members("kim@bücher.example\n") == [Member(address="kim@bücher.example")]
    assert mailbox("kim@bücher.example") == ("kim", "xn--bcher-kva.example")


def test_of_two_spellings_of_one_address_the_last_counts_and_a_warning_names_both_lines() -> None:
    found, wrong = read_members("m.csv", b"address,name\nkim@example.org,Kim\nrobin@example.org,\nKIM@Example.org,K\n")
    assert [one.address for one in found] == ["robin@example.org", "KIM@Example.org"]
    assert [f"{one.severity}: {one}" for one in wrong] == [
        "warning: m.csv:4: address: This address stands on line 2 too. This line counts. Delete one of them."
    ]


@pytest.mark.parametrize(
    ("zone", "hint"),
    [
        ("Europe/Lodnon", "Did you mean Europe/London?"),
        ("europe/london", "Did you mean Europe/London?"),
        ("../../etc/passwd", "Write a name such as Europe/London, or leave the cell empty."),
    ],
)
def test_a_zone_that_is_none_is_an_error(zone: str, hint: str) -> None:
    text = f"address,zone\nkim@example.org,{zone}\n"
    assert problems(text) == [f"error: members.csv:2: zone: {zone!r} is not a time zone. {hint}"]
    assert read_members("m.csv", text.encode())[0] == ()


def test_a_column_that_is_not_used_is_said_once_with_what_comes_near() -> None:
    assert problems("address,phone,tgas\nkim@example.org,1,a\nrobin@example.org,2,b\n") == [
        "warning: members.csv:1: phone: This column is not used. The columns are: address, name, zone, tags.",
        (
            "warning: members.csv:1: tgas: This column is not used. Did you mean tags? The columns are: address, name, zone, "
            "tags."
        ),
    ]


def test_several_columns_without_names_are_not_guessed() -> None:
    assert problems("Kim,kim@example.org\nRobin,robin\n") == [
        (
            "error: members.csv:1: None of the columns is called address. Begin the file with their names, such as: "
            "address,name. The columns are: address, name, zone, tags."
        )
    ]


def test_more_cells_than_columns_are_an_error() -> None:
    assert problems("address,name\nkim@example.org,Kim, the second\n") == [
        (
            "error: members.csv:2: There are more cells on this line than the 2 of the first. Put a cell that holds a separator "
            "in quotation marks."
        )
    ]


def test_fewer_cells_and_empty_ones_too_many_are_fine() -> None:
    assert members("address,name\nkim@example.org\nrobin@example.org,Robin,,\n") == [
        KIM, Member(address="robin@example.org", name="Robin")
    ]  # fmt: skip


@pytest.mark.parametrize(
    "text",
    [
        'address,name\nkim@example.org,"Kim\nrobin@example.org,Robin\n',
        'address,name\nkim@example.org,"Kim\nrobin@example.org,Robin\nsasha@example.org,"Sasha\n',
        'address,name,notes\nkim@example.org,Kim,"\nrobin@example.org,Robin,"\n',
    ],
)
def test_a_quotation_mark_too_many_leaves_nobody_out_unsaid(text: str) -> None:
    assert any(line.startswith("error: members.csv:2:") for line in problems(text))


def test_a_note_over_several_lines_is_fine_where_nobody_is_lost_in_it() -> None:
    text = 'address,notes\nkim@example.org,"one\ntwo"\nrobin@example,x\n'
    assert problems(text)[0].startswith("error: members.csv:4: address:")
    assert read_members("m.csv", text.encode())[0] == (KIM,)


def test_characters_that_nobody_sees_are_left_out_and_said() -> None:
    found, wrong = read_members("m.csv", "address,name,tags\nkim@example.org,K\u202eim\x1b,a\x07\n".encode())
    assert found == (Member(address="kim@example.org", name="Kim", tags=("a",)),)
    assert [(one.severity, one.field, one.line) for one in wrong] == [("warning", "name", 2), ("warning", "tags", 2)]


@pytest.mark.parametrize("sign", ["=", "+", "-", "@"])
def test_what_a_spreadsheet_would_run_is_said_and_is_written_as_text(sign: str) -> None:
    text = f"address,name\nkim@example.org,{sign}HYPERLINK(1)\n"
    found, wrong = read_members("m.csv", text.encode())
    assert [(one.severity, one.field) for one in wrong] == [("warning", "name")]
    assert f"kim@example.org,'{sign}HYPERLINK(1),," in members_csv(found).decode()
    assert read_members("m.csv", members_csv(found)) == (found, ())


def test_a_very_long_name_is_cut_and_said() -> None:
    found, wrong = read_members("m.csv", f"address,name\nkim@example.org,{'K' * 300}\n".encode())
    assert len(found[0].name) == 200
    assert wrong[0].what == "This name has 300 characters, and was cut at 200."


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"address\nkim@example.org\n\xff\n", "members.csv:3: This file is not UTF-8 text."),
        ("kim@example.org\n".encode("utf-16"), "members.csv: This file is UTF-16."),
        (b"k" * (MOST_BYTES + 1), "members.csv: This file has 10,000,001 bytes; 10,000,000 is the most."),
        (b"\n" * (MOST_LINES + 1), "members.csv: This file has more than 200,000 lines, which is the most."),
    ],
)
def test_what_can_not_be_read_at_all_is_one_error(data: bytes, said: str) -> None:
    assert len(problems(data)) == 1
    assert first_problem(data).startswith(f"error: {said}")


def test_ten_thousand_errors_are_told_as_a_hundred_and_how_many_more() -> None:
    told = problems("address\n" + "kim\n" * 10_000)
    assert (len(told), told[-1]) == (101, "error: members.csv: There are 9,900 more like these. Mend those first.")


def test_members_with_a_tag_are_selected_whatever_its_capitals() -> None:
    assert tuple(selected([ROBIN, KIM], "CHOIR ")) == (ROBIN,)
    assert tuple(selected([ROBIN, KIM], "choi")) == ()
    assert tuple(selected([ROBIN, KIM], None)) == (ROBIN, KIM)


def test_the_lines_that_name_an_address_are_found_in_whatever_a_file_is() -> None:
    text = 'name,email\nKim,KIM@example.org\nJ,jo-kim@example.org\nx,kim@example.org.uk\nbroken "kim@example.org\n'
    assert lines_with(text.encode() + b"\xff", "Kim@Example.org") == (2, 5)


def test_what_is_written_is_the_same_each_time_and_a_spreadsheet_sees_that_it_is_utf_8() -> None:
    assert members_csv([ROBIN, KIM]) == (
        b"\xef\xbb\xbfaddress,name,zone,tags\nrobin@example.org,Robin,Europe/London,Choir; board\nkim@example.org,,,\n"
    )


names = st.text(max_size=30).map(lambda text: cut(one_line(text), 200))
tags = st.text(alphabet=st.characters(exclude_characters=';,"'), max_size=8).map(one_line).filter(bool)
somebody = st.builds(
    Member,
    address=st.sampled_from(["kim", "+kim", "=1", "-", "'+kim", "k.i.m", "KIM"]).map(
        lambda name: f"{name}@example.org"
    ),
    name=names | st.sampled_from(["=1", "'=1", "''+", '"', "a;b", "a,b", "@", "'"]),
    timezone=st.none() | st.sampled_from(["UTC", "Europe/London", "Asia/Tokyo"]),
    tags=st.lists(tags, max_size=3, unique_by=str.casefold).map(tuple),
)


@given(people=st.lists(somebody, min_size=1, max_size=6, unique_by=lambda one: plain_address(one.address)))
def test_what_is_written_is_read_as_the_same(people: Sequence[Member]) -> None:
    found, wrong = read_members("members.csv", members_csv(people))
    assert found == tuple(people)
    assert wrong == ()


@given(data=st.binary(max_size=300) | st.text(alphabet="@ab.,;\t\n\r\"='é\0", max_size=200).map(str.encode))
def test_no_bytes_are_too_odd_to_be_read(data: bytes) -> None:
    found, wrong = read_members("members.csv", b"address,name\n" + data)
    assert all(mailbox(one.address) and one.name == one_line(one.name) for one in found)
    assert found or any(one.severity == "error" for one in wrong)
    read_members("members.csv", data)


@given(text=st.text(max_size=40) | st.text(alphabet="@.a <\u00e9", max_size=12))
def test_a_text_is_an_address_or_it_is_said_why_not(text: str) -> None:
    assert (mailbox(text) is None) == (address_fault(text) is not None)
