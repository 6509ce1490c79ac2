"""One bad file: it is said with its remedy, only its own reminder waits, and that goes out once when it is mended."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.bad_input.place import ALL, GARDEN, LATER, NOW, TOO_LATE, Place

Spoil = Callable[[Path], object]


def write(content: bytes) -> Spoil:
    return lambda file: file.write_bytes(content)


def replace_by(make: Callable[[Path], object]) -> Spoil:
    def spoil(file: Path) -> None:
        file.unlink()
        make(file)

    return spoil


def link_out(file: Path) -> None:
    outside = file.parents[2] / "garden.md"
    outside.write_bytes(b"---\ntitle: Another garden\n---\n")
    file.symlink_to(outside)


SPOILT: dict[str, tuple[Spoil, str]] = {
    "unreadable": (
        lambda file: file.chmod(0),
        (
            ": This file can't be read (Permission denied). "
            "Let the user that runs notifier read it, or add it to `exclude`."
        ),
    ),
    "binary junk": (
        write(bytes(range(256)) * 16),
        ": The file is not text (it holds zero bytes). Save it as UTF-8 text, or add it to `exclude`.",
    ),
    "10 MB": (
        write(b"x" * 10_000_000),
        ": This file is larger than 5 MB, so it was not read. Make it smaller, or add it to `exclude`.",
    ),
    "front matter that is a list": (
        write(b"---\n- Garden evening\n- 2026-12-09\n---\nAn evening for everybody.\n"),
        ":2: The front matter is not a list of keys and values. Write one `key: value` a line, as in title: …",
    ),
    "invalid YAML": (
        write(b"---\ntitle: Garden: an evening\ndate: 2026-12-09\n---\nAn evening for everybody.\n"),
        (
            ":2: The front matter is not valid YAML: mapping values are not allowed in this context (column 14). "
            'Put a value that holds a colon in quotes: title: "First: second".'
        ),
    ),
    "a link out of the folder": (
        replace_by(link_out),
        (
            ": This is a link out of the content folder or into a hidden one, so it was not read. "
            "Put the file itself here."
        ),
    ),
    "a link to nothing": (
        replace_by(lambda file: file.symlink_to("nothing.md")),
        ": This is a link to a file that doesn't exist. Put the file itself here, or remove the link.",
    ),
    "a pipe": (
        replace_by(os.mkfifo),
        (
            ": This is not an ordinary file (a pipe, a device or a socket), so it was not read. "
            "Remove it, or add it to `exclude`."
        ),
    ),
}
every_kind = pytest.mark.parametrize(("spoil", "said"), SPOILT.values(), ids=SPOILT)


def mend(file: Path, text: str) -> None:
    file.unlink()
    file.write_text(text)


@every_kind
def test_a_spoilt_file_holds_its_own_reminder_until_it_is_mended(place: Place, spoil: Spoil, said: str) -> None:
    text = place.file(GARDEN).read_text()
    spoil(place.file(GARDEN))
    spoilt = place.tick(ordinary=True)
    assert (spoilt.code, spoilt.err) == (0, f"{GARDEN}{said}\n")
    assert "1 mail is due and held" in spoilt.out
    assert place.delivered() == ["choir", "repair"]
    mend(place.file(GARDEN), text)
    assert (place.tick(LATER).err, place.delivered()) == ("", ALL)


@every_kind
def test_check_says_what_is_wrong_with_a_spoilt_file(place: Place, spoil: Spoil, said: str) -> None:
    spoil(place.file(GARDEN))
    checked = place.run("check", ordinary=True)
    assert checked.code == 1
    assert [line for line in checked.out.splitlines() if GARDEN in line] == [f"{GARDEN}{said}"]


def test_a_spoilt_file_changes_nothing_in_the_feed(place: Place) -> None:
    before = place.feed()
    place.file(GARDEN).write_bytes(b"\0")
    place.tick()
    assert place.feed() == before


def test_a_file_mended_too_late_sends_nothing_about_the_past(place: Place) -> None:
    text = place.file(GARDEN).read_text()
    place.file(GARDEN).write_bytes(b"\0")
    place.tick(NOW)
    mend(place.file(GARDEN), text)
    late = place.tick(TOO_LATE)
    assert (late.code, place.delivered()) == (0, ["choir", "repair"])
    assert "nothing is sent about the past" in place.run("why", GARDEN, "--at", TOO_LATE).out


def test_many_ticks_send_a_mended_reminder_once(place: Place) -> None:
    text = place.file(GARDEN).read_text()
    for minute in range(0, 10, 2):
        mend(place.file(GARDEN), "---\n- no\n---\n" if minute % 4 == 0 else text)
        place.tick(f"2026-12-08T10:1{minute}:00Z")
    assert place.delivered() == ALL
