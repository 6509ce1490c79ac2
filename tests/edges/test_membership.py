"""Who belongs to an audience now, wherever that is kept; with a mistake in it, nobody does."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from notifier.config import Members
from notifier.core.recipient import Member, digest_of
from notifier.core.rule import Audience
from notifier.edges.ledger import SqlLedger, open_ledger
from notifier.edges.membership import all_members, members_of, read_file, write_new_file
from notifier.errors import UserError
from tests.edges.conftest import Unprivileged
from tests.edges.ledgers import NOW

CHOIR = Audience(name="choir", provider="mail-server")
ROBIN, KIM = Member(address="robin@example.org", tags=("alto",)), Member(address="kim@example.org")


@pytest.fixture
def roster() -> Iterator[SqlLedger]:
    with closing(open_ledger("sqlite://")) as ledger:
        yield ledger


def refusal(act: object, *arguments: object) -> str:
    with pytest.raises(UserError) as caught:
        act(*arguments)  # type: ignore[operator]  # each test gives a function
    return caught.value.message


def test_members_of_a_file_are_read_anew_each_time(tmp_path: Path, roster: SqlLedger) -> None:
    file = tmp_path / "members.csv"
    for expected in (ROBIN, KIM):
        file.write_text(f"address,tags\n{expected.address},{';'.join(expected.tags)}\n")
        assert tuple(members_of(CHOIR, Members(file=file), roster)) == (expected,)


def test_with_a_tag_only_those_who_have_it_are_mailed_and_all_are_members(roster: SqlLedger) -> None:
    roster.put_members("choir", [ROBIN, KIM], NOW)
    assert tuple(members_of(CHOIR, Members(tag="ALTO"), roster)) == (ROBIN,)
    assert all_members(CHOIR, Members(tag="ALTO"), roster) == (ROBIN, KIM)


def test_a_file_with_an_error_gives_nobody(tmp_path: Path, roster: SqlLedger) -> None:
    (tmp_path / "members.csv").write_text("address,phone\nkim@example.org,1\nrobin,2\n")
    said = refusal(members_of, CHOIR, Members(file=tmp_path / "members.csv"), roster)
    assert said == f"{tmp_path}/members.csv:3: address: There is no @ in it. Write it like name@example.org."


def test_an_audience_with_a_new_name_has_the_members_of_the_old_until_others_are_put_there(roster: SqlLedger) -> None:
    roster.put_members("singers", [ROBIN], NOW)
    renamed = Audience(name="choir", provider="mail-server", formerly=("band", "singers"))
    assert tuple(members_of(renamed, Members(), roster)) == (ROBIN,)
    roster.put_members("choir", [KIM], NOW)
    assert tuple(members_of(renamed, Members(), roster)) == (KIM,)


def test_who_has_left_is_no_member_of_the_ledger(roster: SqlLedger) -> None:
    roster.put_members("choir", [ROBIN, KIM], NOW)
    roster.leave("choir", digest_of("choir", ROBIN.address), NOW, why="")
    assert tuple(members_of(CHOIR, Members(), roster)) == (KIM,)


def test_what_is_no_file_is_said_with_its_path(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    assert refusal(read_file, tmp_path / "gone.csv") == (
        f"{tmp_path}/gone.csv: This file of members is not there. Check the path, or put the file there."
    )
    for path in (tmp_path, tmp_path / "pipe"):
        assert refusal(read_file, path) == f"{path}: This is not a file. Name a CSV file of members."
    assert "can't be read (its name is none)" in refusal(read_file, Path("a\0b"))


def test_a_file_that_may_not_be_read_is_said(unprivileged: Unprivileged, open_folder: Path) -> None:
    (open_folder / "members.csv").write_text("kim@example.org\n")
    (open_folder / "members.csv").chmod(0)
    said = unprivileged("read_file(here / 'members.csv')", imports="from notifier.edges.membership import read_file")
    assert "This file of members can't be read (Permission denied). Let the user that runs notifier read it." in said


def test_a_file_is_written_only_where_there_is_none(tmp_path: Path) -> None:
    write_new_file(tmp_path / "new.csv", b"x")
    (tmp_path / "link.csv").symlink_to(tmp_path / "elsewhere.csv")
    for name in ("new.csv", "link.csv"):
        assert "is there already, and is not overwritten" in refusal(write_new_file, tmp_path / name, b"y")
    assert (tmp_path / "new.csv").read_bytes() == b"x"
    assert not (tmp_path / "elsewhere.csv").exists()
