"""docs/mailchimp-walkthrough.md is true: its commands, run as they stand there, print what stands there."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.files import ROOT

PAGE = ROOT / "docs" / "mailchimp-walkthrough.md"
_BLOCK = re.compile(r"^```sh\n(?P<commands>.*?)^```\n(?:\n```text\n(?P<shown>.*?)^```\n)?", re.DOTALL | re.MULTILINE)
_END = "@@ end of a block"
#: What differs from day to day, and how it is compared.
_VARYING = [
    (re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:\.\d+)?(?:\+\d\d:\d\d)?"), "MOMENT"),
    (re.compile(r"\b(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]* \d{1,2} [A-Z][a-z]+(?: \d{4})?"), "DAY"),
    (re.compile(r"\b\d{4}-\d\d-\d\d\b"), "DAY"),
    (re.compile(r"\b\d{1,2}(?:[:.]\d\d)? [ap]m\b|\bnoon\b|\bmidnight\b|\b\d{1,2}:\d\d(?::\d\d)?\b"), "TIME"),
    (re.compile(r"\b(?:GMT|BST)\b"), "ZONE"),
    (re.compile(r"svc:[0-9a-f]{20}"), "MARK"),
    (re.compile(r"127\.0\.0\.1:\d+"), "HOST"),
    (re.compile(r" +"), " "),
]  # fmt: skip
#: Between the event and the first look at it the page has fifteen seconds, which on a busy machine may be too few: here as many more as
#: all before it took.
_PATIENT = [
    ("cat > _events/evening.md", "SLACK=$SECONDS; cat > _events/evening.md"),
    ("seconds=15)", "seconds='$((15 + SLACK))')"),
]
#: The page waits a minute because the ledger does: here that minute has passed at once. Other waits are real.
#: Commands of notifier are real ones too, forked in the site's folder from a process that has imported everything.
_PRELUDE = """
export PATH="TOOLS:$PATH" PYTHONPATH="ROOT" CURL_HOME="$PWD" LANG=C.UTF-8
notifier init demo > made
sleep() {
    case $1 in
    15) command sleep $((15 + SLACK)) ;;
    61) python -c 'import sqlite3; db = sqlite3.connect("notifier.db"); db.execute("UPDATE deliveries SET retry_at = NULL"); db.commit()' ;;
    *) command sleep "$1" ;;
    esac
}
notifier() {
    test -n "${FORKS_PID-}" || coproc FORKS { exec python -m tests.forks; }
    python -c 'import json, sys; print(json.dumps(sys.argv[1:]))' "$@" >&"${FORKS[1]}"
    read -r answer <&"${FORKS[0]}"
    python -c 'import json, sys; code, *said = json.loads(sys.argv[1]); print(*said, sep="", end=""); sys.exit(code)' "$answer"
}
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    commands: str
    shown: str | None


def blocks() -> list[Block]:
    found = _BLOCK.finditer(PAGE.read_text(encoding="utf-8"))
    return [Block(commands=one["commands"], shown=one["shown"]) for one in found]


def recipe(target: str) -> str:
    """What `make` does for it, on one line."""
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    lines = re.search(rf"^{target}:.*\n((?:\t.*\n)+)", makefile, re.MULTILINE)
    assert lines
    return lines[1].strip()


@contextmanager
def emulated(command: str) -> Iterator[str]:
    """`make mailchimp`, on free ports: all that it prints."""
    assert "--port 8899 --control 8898" in command
    words = command.removeprefix("@exec $(BIN)/python ").split()
    words = [*words, "--port", "0", "--control", "0", "--until-eof"]
    process = subprocess.Popen(
        [sys.executable, *words], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdin
    assert process.stdout
    try:
        printed = ""
        while not printed.endswith("keeps nothing.\n"):
            line = process.stdout.readline()
            assert line, f"The emulator ended. It said: {printed}"
            printed += line
        yield printed
    finally:
        process.stdin.close()
        process.wait(timeout=60)
        process.stdout.close()


def printed_by(commands: list[str], folder: Path, emulator: str) -> list[str]:
    """What each of them prints, one shell for all."""
    ports = re.findall(r"http://127\.0\.0\.1:(\d+)", emulator)
    prelude = _PRELUDE.replace("TOOLS", str(Path(sys.executable).parent)).replace("ROOT", str(ROOT))
    script = prelude + "".join(f"{one}echo '{_END}'\n" for one in commands)
    for shown, patient in _PATIENT:
        assert script.count(shown) == 1
        script = script.replace(shown, patient)
    for named, taken in zip(("8899", "8898"), ports, strict=True):
        script = script.replace(f"127.0.0.1:{named}", f"127.0.0.1:{taken}")
    (folder / "script").write_text(script, encoding="utf-8")
    (folder / ".curlrc").write_text("silent\nshow-error\nfail\n", encoding="utf-8")
    done = subprocess.run(
        ["bash", "-e", "script"], cwd=folder,
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False, timeout=280,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout
    return done.stdout.split(f"{_END}\n")[:-1]


def compared(text: str) -> str:
    for pattern, word in _VARYING:
        text = pattern.sub(word, text)
    return "".join(f"{line.rstrip()}\n" for line in text.rstrip().splitlines())


def is_shown(shown: str, printed: str) -> bool:
    """Whether this is what was printed; a line of `…` stands for any lines."""
    parts = [r"(?:.*\n)*?" if line == "…" else re.escape(f"{line}\n") for line in compared(shown).splitlines()]
    return re.fullmatch("".join(parts), compared(printed)) is not None


def test_a_line_that_differs_is_not_shown() -> None:
    assert is_shown("one\n…\nat 10:30\n", "one\ntwo\nthree\nat 11:45\n")
    assert not is_shown("one\n…\n", "two\none\n")
    assert not is_shown("one\n", "one\ntwo\n")


def test_the_first_commands_are_those_of_the_makefile() -> None:
    first, second, *_ = blocks()

    assert (first.commands, second.commands) == ("make run\n", "make mailchimp\n")
    assert recipe("run").startswith("@test -e demo/config.yaml || $(BIN)/notifier init demo\n")


@pytest.mark.timeout(300)
def test_every_command_of_the_walk_through_prints_what_stands_there(tmp_path: Path) -> None:
    _, start, *rest = blocks()

    with emulated(recipe("mailchimp")) as said:
        printed = printed_by([one.commands for one in rest], tmp_path, said)

    told = [(start, said), *zip(rest, printed, strict=True)]
    wrong = [f"$ {one.commands}{text}" for one, text in told if one.shown is not None and not is_shown(one.shown, text)]
    assert not wrong, "\n".join(wrong)
