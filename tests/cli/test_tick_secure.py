"""`notifier tick --secure`: what has not been written down elsewhere is not handed over."""

from __future__ import annotations

import shlex
import sqlite3
import sys
from pathlib import Path

import pytest

from tests.cli.running import AT, Ran, run
from tests.crashes.site import FIRST_LOOK, NOW, make_site
from tests.crashes.site import LATER as WELL_LATER

LATER = "2026-11-26T09:01:00Z"
#: Writes down, for each mail, what the ledger and the outbox hold at that moment.
_NOTE = """
import glob, sqlite3
held = dict(sqlite3.connect("notifier.db").execute("SELECT status, count(*) FROM deliveries GROUP BY status"))
open("noted", "a").write(f"{held.get('sending', 0)} {len(glob.glob('outbox/[!.]*/delivery.json'))}\\n")
"""


def python(code: str) -> str:
    return shlex.join([sys.executable, "-c", code])


def tick(site: Path, command: str, *, at: str = AT) -> Ran:
    return run("tick", "--secure", command, "--at", at, folder=site)


def delivered(site: Path) -> int:
    return len(list(site.glob("outbox/[!.]*/delivery.json")))


def statuses(site: Path) -> list[str]:
    with sqlite3.connect(site / "notifier.db") as ledger:
        return [status for (status,) in ledger.execute("SELECT status FROM deliveries WHERE due_at <= ?", (AT,))]


def test_a_mail_is_in_the_ledger_and_not_handed_over_when_the_command_runs(site: Path) -> None:
    ran = tick(site, python(_NOTE))

    assert (ran.code, ran.err) == (0, "")
    assert (site / "noted").read_text() == "1 0\n"
    assert delivered(site) == 1


def test_a_tick_without_a_mail_runs_no_command(site: Path) -> None:
    tick(site, python(_NOTE))

    assert tick(site, "false", at=LATER).code == 0


@pytest.mark.parametrize(
    ("command", "said"),
    [
        ("false", "false ended with 1."),
        ("no-such-program", "no-such-program can't be started (No such file or directory)."),
        (python("raise SystemExit('Another run was first.')"), "Another run was first."),
    ],
)
def test_what_can_not_be_secured_is_not_handed_over_and_waits(site: Path, command: str, said: str) -> None:
    ran = tick(site, command)

    assert ran.code == 1
    assert ran.err == f"Not handed over, since the ledger could not be secured. {said}\n"
    assert delivered(site) == 0
    assert "sending" not in statuses(site)


def test_what_was_not_secured_goes_out_once_it_can_be(site: Path) -> None:
    tick(site, "false")

    assert (tick(site, "true", at=LATER).code, delivered(site)) == (0, 1)


def test_after_a_failure_no_further_mail_of_that_tick_is_tried(tmp_path: Path) -> None:
    make_site(tmp_path / "site")
    run("tick", "--at", FIRST_LOOK, folder=tmp_path / "site")
    counts = "open('calls', 'a').write('x')"

    tick(tmp_path / "site", python(f"{counts}; raise SystemExit(1)"), at=NOW)
    assert (tmp_path / "site/calls").read_text() == "x"
    tick(tmp_path / "site", python(counts), at=WELL_LATER)

    assert (tmp_path / "site/calls").read_text() == "x" + "xxx"
    assert delivered(tmp_path / "site") == 3


@pytest.mark.parametrize(
    ("command", "said"), [("'", "--secure can't be read (No closing quotation)."), (" ", "--secure names no command.")]
)
def test_what_is_no_command_is_refused_before_anything_is_done(site: Path, command: str, said: str) -> None:
    before = (site / "notifier.db").read_bytes()

    ran = tick(site, command)

    assert (ran.code, ran.out) == (1, "")
    assert ran.err.startswith(said)
    assert (site / "notifier.db").read_bytes() == before


def test_a_mail_server_is_refused_since_its_memory_is_not_in_the_ledger(site: Path) -> None:
    config = site / "config.yaml"
    server = "\nproviders:\n  post: {type: smtp, host: 127.0.0.1, port: 2525, security: none}"
    config.write_text(config.read_text().replace("\nproviders:", server, 1))

    ran = tick(site, "true")

    assert (ran.code, ran.out) == (1, "")
    assert ran.err.startswith("post: what a mail server took is known from its spool alone")
    assert "Send through Mailchimp" in ran.err
