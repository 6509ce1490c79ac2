"""The people of an audience: imported whole or not at all, shown only where asked for, gone for good when they say so."""

from __future__ import annotations

import re
import stat
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from notifier.core.recipient import Recipient, digest_of
from notifier.edges.ledger import open_ledger
from tests.cli.running import NOW, Ran, run, start

SERVER = "  mail-server: {type: smtp, host: 127.0.0.1, port: 2525, security: none}\n"
SENDER = "from: {name: Example Commons, address: events@example.org}"
AUDIENCES = (
    f"  choir: {{provider: mail-server, members: ledger, {SENDER}}}\n"
    f"  board: {{provider: mail-server, members: board.csv, tag: Board, {SENDER}}}\n"
    f"  friends: {{provider: mail-server, address: friends@lists.example.org, {SENDER}}}\n"
)
FILE = (
    "address,name,zone,tags\nrobin@example.org,Robin,Europe/London,alto\nkim@example.org,Kim,,\nsasha@example.org,,,\n"
)
BOARD = "Name;E-Mail;Tags\nRobin;Robin@example.org;board\nKim;kim@example.org;\n"


@pytest.fixture
def site(site: Path) -> Path:
    """The demonstration, with audiences in the ledger, in a file, and with a list's own server."""
    text = (site / "config.yaml").read_text().replace("providers:\n", f"providers:\n{SERVER}", 1)
    (site / "config.yaml").write_text(text.replace("\naudiences:\n", f"\naudiences:\n{AUDIENCES}", 1))
    (site / "members.csv").write_text(FILE)
    (site / "board.csv").write_text(BOARD)
    return site


def audience(site: Path, *arguments: str, columns: int | None = None) -> Ran:
    return run("audience", *arguments, folder=site, columns=columns)


def imported(site: Path, text: str = FILE, *arguments: str) -> Ran:
    (site / "members.csv").write_text(text)
    return audience(site, "import", "choir", "members.csv", *arguments)


def listed(site: Path, name: str = "choir") -> Any:
    return audience(site, "list", name, "--addresses", "--format", "json").json()["audiences"][0]


def people(site: Path, name: str = "choir") -> list[str]:
    return [one["address"] for one in listed(site, name)["people"]]


def test_an_import_shows_who_is_there_before_and_after(site: Path) -> None:
    ran = imported(site)

    assert ran.code == 0
    assert ran.out == (
        "choir: 0 people before, 3 with members.csv.\n"
        "3 added, 0 removed, 0 changed.\n"
        "\n"
        "Change  Address            Name\n"
        "added   robin@example.org  Robin\n"
        "added   kim@example.org    Kim\n"
        "added   sasha@example.org\n"
        "\n"
        "choir has 3 people now.\n"
    )
    assert people(site) == ["robin@example.org", "kim@example.org", "sasha@example.org"]


def test_an_import_says_who_comes_who_goes_who_is_called_otherwise_and_who_stays_away(site: Path) -> None:
    imported(site)
    audience(site, "leave", "choir", "sasha@example.org")
    ran = imported(site, FILE.replace("kim@", "lou@").replace("Robin,", "Robin R.,"), "--format", "json")

    assert ran.json() == {
        "audience": "choir", "written": True, "before": 2, "members": 2, "added": ["lou@example.org"],
        "removed": ["kim@example.org"], "changed": ["robin@example.org"], "away": ["sasha@example.org"], "problems": [],
    }  # fmt: skip
    assert people(site) == ["robin@example.org", "lou@example.org"]


def test_a_dry_run_writes_nothing(site: Path) -> None:
    ran = imported(site, FILE, "--dry-run")

    assert (ran.code, ran.out.splitlines()[-1]) == (0, "Nothing was written.")
    assert people(site) == []


def test_a_file_with_an_error_is_refused_whole_with_all_of_them(site: Path) -> None:
    ran = imported(site, "address,zone\nkim\nrobin@example.org,Mars\nsasha@example.org,\n")

    assert (ran.code, ran.out) == (1, "")
    assert ran.err == (
        "members.csv:2: address: There is no @ in it. Write it like name@example.org.\n"
        "members.csv:3: zone: 'Mars' is not a time zone. Write a name such as Europe/London, or leave the cell empty.\n"
    )
    assert people(site) == []


def test_warnings_are_said_and_stop_nothing(site: Path) -> None:
    ran = imported(site, "address,phone\nkim@example.org,1\n")

    assert (ran.code, people(site)) == (0, ["kim@example.org"])
    assert ran.err.splitlines()[-1].startswith("Warning: members.csv:1: phone: This column is not used.")


def test_what_takes_out_more_than_half_is_not_written_unasked(site: Path) -> None:
    imported(site)
    ran = imported(site, "address\nkim@example.org\n")

    assert ran.code == 2
    assert "This takes 2 of 3 people out of choir. Nothing was written. If it is right, add --yes." in ran.err
    assert len(people(site)) == 3
    assert imported(site, "address\nkim@example.org\n", "--format", "json").code == 2
    assert imported(site, "address\nkim@example.org\n", "--yes").code == 0
    assert people(site) == ["kim@example.org"]


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("chior", "There is no audience 'chior'. Did you mean choir? With members there is: choir, board."),
        ("board", "The members of board are in {site}/board.csv, so there is nothing to import."),
        ("friends", "notifier doesn't know who is in friends: its provider, or the server of its list, does."),
    ],
)
def test_only_an_audience_in_the_ledger_is_imported(site: Path, name: str, said: str) -> None:
    ran = audience(site, "import", name, "members.csv")

    assert ran.code == 1
    assert said.format(site=site) in ran.err


@pytest.mark.parametrize(
    ("name", "said"), [("gone.csv", "gone.csv: This file of members is not there."), (".", "is a directory")]
)
def test_a_file_that_is_not_there_is_said(site: Path, name: str, said: str) -> None:
    ran = audience(site, "import", "choir", name)

    assert ran.code in (1, 2)
    assert said in ran.err


def test_what_is_exported_is_imported_as_the_same_without_who_left(site: Path) -> None:
    imported(site)
    audience(site, "leave", "choir", "kim@example.org")
    ran = audience(site, "export", "choir")

    assert ran.out == (
        "\ufeffaddress,name,zone,tags\nrobin@example.org,Robin,Europe/London,alto\nsasha@example.org,,,\n"
    )
    assert imported(site, ran.out, "--format", "json").json()["changed"] == []


def test_an_export_into_a_file_is_its_owners_and_overwrites_nothing(site: Path) -> None:
    imported(site)
    ran = audience(site, "export", "choir", "out.csv")

    assert ran.out == "Written to out.csv: 3 people. Only you can read it; delete it when you are done.\n"
    assert stat.S_IMODE((site / "out.csv").stat().st_mode) == 0o600
    assert audience(site, "export", "choir", "out.csv").code == 1
    assert audience(site, "export", "choir", "no/out.csv").err == (
        "no/out.csv: This file can't be written (No such file or directory). Name another.\n"
    )


def test_a_list_counts_and_names_nobody(site: Path) -> None:
    imported(site)
    audience(site, "leave", "choir", "kim@example.org")
    ran = audience(site, "list")

    assert [re.split("  +", line)[:4] for line in ran.out.splitlines()] == [
        ["Audience", "Members", "Left", "Kept in"],
        ["choir", "2", "1", "ledger"],
        ["board", "1, only Board", "0", f"{site}/board.csv"],
        [""],
    ]
    assert "@" not in ran.out + audience(site, "list", "--format", "json").out


def test_a_list_names_who_they_are_where_that_is_asked_for(site: Path) -> None:
    ran = audience(site, "list", "board", "--addresses")

    assert "board     Robin@example.org  Robin        board\n" in ran.out


def test_a_list_of_a_broken_file_says_so_and_counts_nobody(site: Path) -> None:
    (site / "board.csv").write_text("address\nkim\n")
    ran = audience(site, "list", "board")

    assert (ran.code, "none: see below" in ran.out) == (1, True)
    assert ran.err == f"{site}/board.csv:2: address: There is no @ in it. Write it like name@example.org.\n"


def test_doctor_tells_who_gets_two_mails_of_one_rule(site: Path) -> None:
    imported(site)
    assert "two mails" not in run("doctor", folder=site).out
    text = (site / "config.yaml").read_text()
    (site / "config.yaml").write_text(text.replace("audiences: [newsletter]", "audiences: [newsletter, choir, board]"))

    assert (
        "audiences.board: One person is in choir too, and gets two mails where a rule writes to both. If that isn't meant, "
        "let the rule write to one of them, or take them out of one.\n"
    ) in run("doctor", folder=site).out


def test_a_list_before_the_first_tick_makes_no_ledger(site: Path) -> None:
    (site / "notifier.db").unlink()

    assert "never imported" in audience(site, "list", "choir").out
    assert not (site / "notifier.db").exists()


def test_who_leaves_is_mailed_no_more_whatever_is_imported(site: Path) -> None:
    imported(site)
    ran = audience(site, "leave", "choir", " KIM@example.org", "--by", "Anna", "--note", "By telephone.")
    imported(site)

    assert ran.out.startswith(
        "Nothing more is sent to KIM@example.org as one of choir, whatever is imported later.\n"
        "To take that back, when they ask for it: notifier audience return choir KIM@example.org\n"
    )
    assert people(site) == ["robin@example.org", "sasha@example.org"]
    with closing(open_ledger(f"sqlite:///{site / 'notifier.db'}")) as ledger:
        assert [why for _, why in ledger.left("choir").values()] == ["Anna: By telephone."]


def test_who_is_in_a_file_leaves_by_the_ledger(site: Path) -> None:
    assert audience(site, "leave", "board", "robin@example.org").code == 0

    assert (people(site, "board"), listed(site, "board")["left"]) == ([], 1)


def test_leaving_twice_is_said_and_changes_nothing(site: Path) -> None:
    imported(site)
    audience(site, "leave", "choir", "kim@example.org")

    assert audience(site, "leave", "choir", "kim@example.org").out == "kim@example.org had left choir before.\n"


def test_an_address_that_nobody_has_does_not_leave_by_mistake(site: Path) -> None:
    imported(site)
    ran = audience(site, "leave", "choir", "kmi@example.org")

    assert (ran.code, ran.err) == (
        1,
        (
            "Nobody in choir has the address kmi@example.org. Did you mean kim@example.org? To keep it away all the same, "
            "add --yes.\n"
        ),
    )
    assert audience(site, "leave", "choir", "kmi@example.org", "--yes").code == 0
    assert audience(site, "leave", "choir", "kim").err == "There is no @ in it. Write it like name@example.org.\n"


def test_who_returns_is_mailed_again(site: Path) -> None:
    imported(site)
    audience(site, "leave", "choir", "kim@example.org")
    ran = audience(site, "return", "choir", "Kim@example.org")

    assert ran.out == "Kim@example.org may be mailed again as one of choir.\n"
    assert len(people(site)) == 3
    assert audience(site, "return", "choir", "kim@example.org", "--format", "json").json() == {
        "audience": "choir", "changed": False, "member": True
    }  # fmt: skip


def test_who_returns_and_is_in_no_list_is_said(site: Path) -> None:
    imported(site)
    audience(site, "leave", "choir", "lou@example.org", "--yes")
    ran = audience(site, "return", "choir", "lou@example.org")

    assert ran.out.splitlines()[-1] == (
        "It is not among the members: add it to their file, and import that if they are in the ledger."
    )


def test_who_left_under_a_former_name_has_left_and_can_return(site: Path) -> None:
    imported(site)
    audience(site, "leave", "choir", "kim@example.org")
    config = (site / "config.yaml").read_text().replace("  choir: {", "  singers: {formerly: [choir], ", 1)
    (site / "config.yaml").write_text(config)

    assert people(site, "singers") == ["robin@example.org", "sasha@example.org"]
    assert audience(site, "leave", "singers", "kim@example.org").out == "kim@example.org had left singers before.\n"
    audience(site, "return", "singers", "kim@example.org")
    assert len(people(site, "singers")) == 3


def mailed(site: Path) -> None:
    robin = Recipient(
        number=0, digest=digest_of("choir", "robin@example.org"), address="robin@example.org", name="Robin"
    )
    with closing(open_ledger(f"sqlite:///{site / 'notifier.db'}")) as ledger:
        ledger.enrol("k", [robin], NOW)


def test_who_is_forgotten_stands_nowhere_and_is_told_which_files_still_name_them(site: Path) -> None:
    imported(site)
    mailed(site)
    ran = audience(site, "forget", "ROBIN@example.org", "--yes")

    assert ran.code == 0
    assert ran.out == (
        "Erased in 2 places.\n"
        "It is kept from getting into choir, board again; that is remembered without the address.\n"
        f"{site}/board.csv still has it, on line 2. Delete that yourself: the file is yours.\n"
    )
    (site / "members.csv").unlink()
    (site / "board.csv").unlink()
    assert not [path for path in site.rglob("*") if path.is_file() and b"robin@example" in path.read_bytes().lower()]


def test_who_is_forgotten_is_not_brought_back_by_an_import(site: Path) -> None:
    imported(site)
    audience(site, "forget", "robin@example.org", "--yes")
    imported(site)

    assert people(site) == ["kim@example.org", "sasha@example.org"]


def test_forgetting_asks_first_and_twice_is_once(site: Path) -> None:
    imported(site)
    assert audience(site, "forget", "kim@example.org").code == 2
    assert audience(site, "forget", "kim@example.org", "--format", "json").code == 2
    assert len(people(site)) == 3
    audience(site, "forget", "kim@example.org", "--yes")

    again = audience(site, "forget", "kim@example.org", "--yes", "--format", "json").json()
    assert again == {
        "places": 0, "audiences": ["board"], "files": [{"path": f"{site}/board.csv", "lines": [3]}]
    }  # fmt: skip


def test_logs_hold_numbers_and_no_address(site: Path) -> None:
    said = "".join(
        ran.err
        for ran in (
            imported(site),
            audience(site, "leave", "choir", "kim@example.org"),
            audience(site, "return", "choir", "kim@example.org"),
            audience(site, "forget", "kim@example.org", "--yes"),
        )
    )

    assert re.findall(r'"event": "(\w+)"', said) == [
        "members_put", "member_left", "member_returned", "address_forgotten"
    ]  # fmt: skip
    assert "@" not in said


def test_names_of_people_can_not_make_a_terminal_do_anything(site: Path) -> None:
    ran = imported(site, "address,name\nkim@example.org,K\x1b[2Jim\u202e\n")

    assert "\x1b" not in ran.out + ran.err


def test_of_two_imports_at_once_both_end_and_one_list_is_whole(site: Path) -> None:
    for number in range(2):
        rows = "".join(f"reader{number}-{one}@example.org\n" for one in range(500))
        (site / f"{number}.csv").write_text(f"address\n{rows}")
    started = [start("audience", "import", "choir", f"{number}.csv", folder=site) for number in range(2)]
    for process in started:
        process.communicate(timeout=60)

    assert sorted(process.returncode for process in started) in ([0, 0], [0, 1], [0, 2])
    assert len({address.partition("-")[0] for address in people(site)}) == 1
    assert len(people(site)) == 500
