"""The program starts at once: what a command doesn't need is not even imported."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.running import AT, demonstration
from tests.files import ROOT

#: Each costs a tenth of a second or so.
HEAVY = (
    "alembic", "apscheduler", "argon2", "css_inline", "icalendar", "jinja2", "mailchimp_marketing", "markdown_it", "pydantic", "requests", "rich",
    "sqlalchemy", "starlette", "structlog", "urllib3", "uvicorn", "yaml",
)  # fmt: skip
_COUNT = """
import sys
sys.path.insert(0, {root!r})
from notifier.cli import main
try:
    main(sys.argv[1:])
except SystemExit as end:
    loaded = [name for name in {heavy!r} if name in sys.modules]
    print(end.code, len(sys.modules), *loaded, file=sys.stderr)
"""


def imported(*arguments: str, folder: Path = ROOT) -> tuple[int, int, set[str]]:
    """The exit code, how many modules there were at the end, and which heavy ones were among them."""
    command = [sys.executable, "-c", _COUNT.format(root=str(ROOT), heavy=HEAVY), *arguments]
    ran = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=60, check=True)
    code, count, *loaded = ran.stderr.splitlines()[-1].split()
    return int(code), int(count), set(loaded)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return demonstration(tmp_path_factory.mktemp("start") / "site")


@pytest.mark.parametrize("arguments", [["--help"], ["--version"], ["plan", "--help"], ["plan", "--no-such-option"]])
def test_help_and_wrong_commands_import_nothing_heavy(arguments: list[str]) -> None:
    _, modules, heavy = imported(*arguments)

    assert heavy == set()
    # click alone is about 200.
    assert modules < 260


def test_events_imports_nothing_of_mail_calendars_or_the_web(site: Path) -> None:
    code, _, heavy = imported("events", "--at", AT, folder=site)

    assert code == 0
    assert heavy <= {"jinja2", "pydantic", "sqlalchemy", "yaml"}


def test_events_without_a_ledger_needs_no_database(site: Path, tmp_path: Path) -> None:
    config = tmp_path / "config.yaml"
    config.write_text((site / "config.yaml").read_text().replace("folder: .\n", f"folder: {site}\n", 1))

    code, _, heavy = imported("events", "--at", AT, folder=tmp_path)

    assert (code, heavy & {"sqlalchemy", "alembic"}) == (0, set())


def test_a_plan_on_a_ledger_that_is_up_to_date_needs_no_migration(site: Path) -> None:
    code, _, heavy = imported("plan", "--at", AT, folder=site)

    assert (code, heavy & {"alembic", "requests", "starlette", "uvicorn", "apscheduler", "css_inline"}) == (0, set())
