"""What the commands say to people, word for word, in a pipe and on terminals of two widths."""

from __future__ import annotations

import os
import pty
import shutil
import struct
import termios
from fcntl import ioctl
from pathlib import Path

import pytest

from notifier.cli.show import Row, _grouped, printable
from tests.cli.golden_outputs import FOLDER, WIDTHS, golden_outputs
from tests.cli.running import AT, demonstration, run, start
from tests.files import ROOT

OUTPUTS = golden_outputs()
HOSTILE = "Choir\x1b[2J\x9b31m \u202eevening"


@pytest.mark.parametrize("name", OUTPUTS)
def test_an_output_is_its_golden_file_word_for_word(name: str) -> None:
    assert OUTPUTS[name] == (FOLDER / name).read_text(encoding="utf-8")


def test_no_golden_output_is_left_over() -> None:
    assert {file.name for file in FOLDER.iterdir()} == set(OUTPUTS)


@pytest.mark.parametrize("width", WIDTHS)
def test_nothing_on_a_terminal_is_wider_than_the_terminal(width: int) -> None:
    lines = [line for name, text in OUTPUTS.items() if f".{width}." in name for line in text.splitlines()]
    # A key or an address stays whole: it is there to be copied.
    assert [line for line in lines if len(line) > width and " " in line.strip()] == []


@pytest.mark.parametrize("columns", [20, 40, 200])
def test_a_table_keeps_to_any_terminal_down_to_readable_columns(tmp_path: Path, columns: int) -> None:
    site = demonstration(tmp_path / "site")

    said = run("plan", "--at", AT, folder=site, columns=columns)

    longest = max(len(line.rstrip()) for line in said.out.splitlines())
    assert (said.code, longest <= max(columns, 60)) == (0, True)


def test_a_real_terminal_gets_the_layout_of_its_width(tmp_path: Path) -> None:
    site = demonstration(tmp_path / "site")
    ours, theirs = pty.openpty()
    ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 80, 0, 0))

    ended = start("events", "--at", AT, folder=site, stdout=theirs, stderr=theirs).wait(timeout=60)
    os.close(theirs)

    assert ended == 0
    assert b"      _events/2026-12-10-sensor-charter-lab.md" in os.read(ours, 65536)
    os.close(ours)


def test_a_title_cannot_make_a_terminal_do_something(tmp_path: Path) -> None:
    site = demonstration(tmp_path / "site")
    file = site / "_events" / "2026-12-08-open-studio.md"
    file.write_text(file.read_text().replace("Open studio: bring a map", "Choir\\u001b[2J \\u202eevening"))

    said = [run(*command, "--at", AT, folder=site, columns=100).out for command in (["events"], ["why", "studio"])]

    assert all(control not in text for control in "\x1b\u202e" for text in said)


def test_what_a_terminal_would_obey_is_shown_as_an_escape() -> None:
    assert printable(HOSTILE) == "Choir\\x1b[2J\\x9b31m \\u202eevening"
    assert printable("Café – “Été” 東京\u00a0🎉") == "Café – “Été” 東京\u00a0🎉"


def test_a_stream_that_knows_no_dashes_still_gets_the_rest(tmp_path: Path) -> None:
    site = demonstration(tmp_path / "site")
    env = {"PYTHONIOENCODING": "latin-1", "PATH": os.defpath}

    out, err = start("check", "--at", AT, folder=site, env=env).communicate(timeout=60)

    assert r"\u201cdate: 2026-12-14\u201d" in out
    assert err == ""


def test_a_site_without_events_says_where_to_look(tmp_path: Path) -> None:
    site = demonstration(tmp_path / "site")
    shutil.rmtree(site / "_events")
    (site / "notifier.db").unlink()

    assert run("events", "--at", AT, folder=site).out == "No events. Look at `sources` in config.yaml.\n"
    assert run("check", "--at", AT, folder=site).out == "No events. Look at `sources` in config.yaml.\n"
    assert "\nNo events. Look at `sources` in config.yaml.\n" in run("plan", "--at", AT, folder=site).out


def test_the_first_tick_says_that_it_mails_nobody_about_what_was_there(tmp_path: Path) -> None:
    site = demonstration(tmp_path / "site")
    (site / "notifier.db").unlink()

    first, second = (run("tick", "--at", at, folder=site).out for at in (AT, "2026-11-26T09:01:00Z"))

    assert first.startswith("This was the first look: nobody is mailed about what was already there")
    assert "first look" not in second


def test_an_event_whose_file_is_gone_is_still_called_by_its_title(tmp_path: Path) -> None:
    site = demonstration(tmp_path / "site")
    config = site / "config.yaml"
    config.write_text(config.read_text().replace("vanished: hold", "vanished: withdraw"))
    next((site / "_events").glob("*reading-your-street.md")).unlink()

    said = run("plan", "--at", AT, folder=site).out

    assert "newsletter  Reading your street: a workshop for beginners  Its event is no longer in the files" in said


def test_the_folder_that_the_program_comes_from_is_a_site_too() -> None:
    assert run("events", "--at", AT, folder=ROOT).code == 0


def test_a_table_in_the_order_of_time_stays_in_it_and_one_by_reason_says_each_once() -> None:
    rows = [Row(cells=(name,), note=note) for name, note in (("a", ""), ("b", "moved"), ("c", ""), ("d", "moved"))]

    assert _lines_of(_grouped(rows, by_note=False)) == [(["a"], ""), (["b"], "moved"), (["c"], ""), (["d"], "moved")]
    assert _lines_of(_grouped(rows, by_note=True)) == [(["a", "c"], ""), (["b", "d"], "moved")]


def _lines_of(groups: list[tuple[list[tuple[str, ...]], str]]) -> list[tuple[list[str], str]]:
    return [([name for (name,) in cells], note) for cells, note in groups]


def test_what_to_type_next_names_the_configuration_where_it_is_another(tmp_path: Path) -> None:
    demonstration(tmp_path / "site")

    said = run("plan", "--at", AT, "--config", "site/config.yaml", folder=tmp_path).out

    assert "`notifier why --config site/config.yaml EVENT` every reason." in said


def test_why_says_when_it_was_sent_and_who_was_told_what(tmp_path: Path) -> None:
    site = demonstration(tmp_path / "site")
    run("tick", "--at", AT, folder=site)

    said = run("why", "2026-11-26", "--at", AT, folder=site).out

    assert "Sent on Thu 26 Nov 2026 09:00 GMT." in said
    assert "reminder-hours  Shared streets: community call, Thu 26 Nov 2026 10:50 GMT, https://meet.example.com" in said


def test_what_could_not_be_handed_over_says_in_the_plan_when_it_is_tried_again(tmp_path: Path) -> None:
    site = demonstration(tmp_path / "site")
    (site / "outbox").write_text("no folder")
    run("tick", "--at", AT, folder=site)

    said = run("plan", "--at", "2026-11-26T09:00:30Z", folder=site).out

    assert "The last attempt to hand it over failed; it is tried again from Thu 26 Nov 2026 09:" in said
