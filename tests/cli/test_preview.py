"""A preview as files: what is written, what is not touched, and what opens it."""

from __future__ import annotations

import os
import re
import shutil
from pathlib import Path

import pytest

from tests.cli.running import AT, run, start
from tests.schemas import complaints

FIRST = "2026-11-26"
NAMES = {"message.html", "message.txt", "message.eml", "invite.ics"}


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def test_a_preview_is_written_as_html_text_mail_and_calendar_file(site: Path) -> None:
    ran = run("preview", FIRST, "--out", "seen", "--at", AT, "--format", "json", folder=site)

    answer, out = ran.json(), site / "seen"
    assert (ran.code, names(out)) == (0, NAMES)
    assert {Path(file).name for file in answer["files"]} == NAMES
    assert (out / "message.html").read_text(encoding="utf-8") == answer["message"]["html"]
    assert (out / "message.txt").read_text(encoding="utf-8") == answer["message"]["text"]


def test_the_mail_is_byte_for_byte_what_an_outbox_writes(site: Path) -> None:
    run("preview", FIRST, "--out", "seen", "--at", AT, folder=site)
    run("tick", "--at", AT, folder=site)

    (sent,) = site.glob("outbox/*/message.eml")
    assert (site / "seen" / "message.eml").read_bytes() == sent.read_bytes()
    assert (site / "seen" / "invite.ics").read_bytes() == (sent.parent / "invite.ics").read_bytes()


def test_nothing_is_recorded(site: Path) -> None:
    before = {path: path.read_bytes() for path in site.rglob("*") if path.is_file()}

    run("preview", FIRST, "--out", "seen", "--at", AT, folder=site)
    run("preview", "--all", "--out", "seen", "--at", AT, folder=site)

    shutil.rmtree(site / "seen")
    assert {path: path.read_bytes() for path in site.rglob("*") if path.is_file()} == before


def test_files_of_the_preview_before_do_not_stay_beside_another_message(site: Path) -> None:
    (site / "seen").mkdir()
    for name in ("message-375-dark.png", "message.html", "mine.txt"):
        (site / "seen" / name).write_text("of before", encoding="utf-8")

    run("preview", FIRST, "--out", "seen", "--at", AT, folder=site)

    assert names(site / "seen") == NAMES | {"mine.txt"}
    assert "of before" not in (site / "seen" / "message.html").read_text(encoding="utf-8")


@pytest.mark.parametrize("make", [os.symlink, os.link])
def test_a_link_with_the_name_of_a_file_is_replaced_and_never_followed(site: Path, make: object) -> None:
    assert callable(make)
    (site / "seen").mkdir()
    make(site / "config.yaml", site / "seen" / "message.html")
    before = (site / "config.yaml").read_bytes()

    assert run("preview", FIRST, "--out", "seen", "--at", AT, folder=site).code == 0

    assert (site / "config.yaml").read_bytes() == before
    assert not (site / "seen" / "message.html").is_symlink()


def test_a_folder_that_is_in_the_way_is_said_in_a_sentence(site: Path) -> None:
    (site / "seen" / "message.html").mkdir(parents=True)

    ran = run("preview", FIRST, "--out", "seen", "--at", AT, folder=site)

    assert ran.code == 1
    assert re.fullmatch(r"seen can't be written to \(.*\)\. Choose another folder with --out\.\n", ran.err)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((), "Missing argument 'EVENT|KEY'. For every kind of message: --all --out DIR."),
        (("studio", "--all", "--out", "seen"), "--all is about every message. Leave EVENT|KEY out, or --all."),
        (("--all",), "--all writes files. Say where with --out DIR."),
        (("studio", "--screenshot"), "--screenshot writes pictures. Say where with --out DIR."),
    ],
)
def test_words_that_contradict_each_other_are_refused(site: Path, words: tuple[str, ...], said: str) -> None:
    ran = run("preview", *words, folder=site)

    assert (ran.code, said in ran.err) == (2, True)


def test_without_a_browser_the_files_are_there_and_what_is_missing_is_said(site: Path) -> None:
    preview = start("preview", FIRST, "--out", "seen", "--screenshot", "--at", AT, folder=site, env={"PATH": ""})

    said = preview.communicate(timeout=60)[1]

    assert (preview.returncode, names(site / "seen")) == (1, NAMES)
    assert said.startswith("No browser was found to take pictures with (chromium, chromium-browser, google-chrome).")


@pytest.mark.timeout(240)
@pytest.mark.skipif(shutil.which("chromium") is None, reason="chromium is not installed")
def test_pictures_are_of_two_widths_in_two_schemes(site: Path) -> None:
    ran = run("preview", FIRST, "--out", "seen", "--screenshot", "--at", AT, folder=site)

    pictures = [(site / "seen" / f"message-{w}-{s}.png").read_bytes() for w in (375, 700) for s in ("light", "dark")]
    assert (ran.code, len(set(pictures))) == (0, 4)
    assert [int.from_bytes(picture[16:20], "big") for picture in pictures] == [375, 375, 700, 700]


def browser(folder: Path, ending: str) -> dict[str, str]:
    """An environment with a browser that only notes what it was to open."""
    program = folder / "noting"
    program.write_text(f'#!/bin/sh\necho "$1" >{folder}/opened\n{ending}\n', encoding="utf-8")
    program.chmod(0o755)
    return {"BROWSER": str(program), "PATH": "", "TMPDIR": str(folder)}


def test_open_shows_the_page_in_the_browser_and_leaves_it_there(site: Path, tmp_path: Path) -> None:
    preview = start("preview", FIRST, "--open", "--at", AT, folder=site, env=browser(tmp_path, "exit 0"))
    preview.communicate(timeout=60)

    address = (tmp_path / "opened").read_text(encoding="utf-8").strip()
    assert (preview.returncode, address.startswith(f"file://{tmp_path}/notifier-preview-")) == (0, True)
    assert "community call" in Path(address.removeprefix("file://")).read_text(encoding="utf-8")


def test_open_shows_the_page_of_all(site: Path, tmp_path: Path) -> None:
    words = ("preview", "--all", "--out", "seen", "--open", "--at", AT)
    preview = start(*words, folder=site, env=browser(tmp_path, "exit 0"))
    preview.communicate(timeout=60)

    opened = (tmp_path / "opened").read_text(encoding="utf-8")
    assert (preview.returncode, opened) == (0, f"file://{site}/seen/index.html\n")


def test_where_no_browser_opens_one_is_told_where_the_page_is(site: Path, tmp_path: Path) -> None:
    words = ("preview", FIRST, "--open", "--out", "seen", "--at", AT)
    preview = start(*words, folder=site, env=browser(tmp_path, "exit 1"))

    said = preview.communicate(timeout=60)[1]
    assert (preview.returncode, said) == (
        1, f"No browser can be opened from here. The page is {site}/seen/message.html.\n",
    )  # fmt: skip


def test_words_that_are_true_for_a_while_only_stand_there_with_their_end(site: Path) -> None:
    text = run("preview", FIRST, "--kind", "reminder", "--at", AT, folder=site).out
    message = run("preview", FIRST, "--kind", "reminder", "--at", AT, "--format", "json", folder=site).json()["message"]

    assert "It says “today at 10:50 am”, which is true until Thu 26 Nov 2026 09:50 GMT: handed over later," in text
    assert message["subject"].startswith("Today: ")
    assert message["until"] == "2026-11-26T09:50:30+00:00"


def test_what_is_wrong_with_a_message_stands_below_it_and_in_the_record(site: Path) -> None:
    event = next(site.rglob("*2026-11-26*.md"))
    event.write_text(
        re.sub(r"https://[\w.]+", "http://rooms.local", event.read_text(encoding="utf-8")), encoding="utf-8"
    )

    text = run("preview", FIRST, "--at", AT, folder=site)
    answer = run("preview", FIRST, "--at", AT, "--format", "json", folder=site).json()

    shown = " ".join(text.out.partition("Warnings:")[2].split())
    assert text.code == 0
    assert "leads to rooms.local, which only some computers reach." in shown
    assert [(one["path"], one["severity"]) for one in answer["problems"]] == [("message.html", "warning")]
    assert complaints("problem", answer["problems"][0]) == []
