"""What holds for every test: which cases run where, and that nothing is left out unseen."""

from __future__ import annotations

import os
import zoneinfo

import pytest
from hypothesis import HealthCheck, settings

from tests.postgres import postgres
from tests.soak import SOAK

__all__ = ["postgres"]

#: The one reason for a skip that CI accepts: the documents of real sites are not ours to copy.
ALLOWED_SKIP = "shared corpus is absent"
#: What makes a skip an error. Set by `.ci/run` and by every CI service.
IN_CI = bool(os.environ.get("CI"))

# The same examples on every run, so that a red test is about the change; the soak looks further.
settings.register_profile("usual", derandomize=True, deadline=None, max_examples=60)
settings.register_profile(
    "soak", deadline=None, max_examples=2_000, suppress_health_check=[HealthCheck.too_slow], print_blob=True
)
settings.load_profile("soak" if SOAK else "usual")

# As the program does at its start: no instant may depend on the zones of the machine.
zoneinfo.reset_tzpath(())


def refused_skips(reports: list[pytest.TestReport]) -> list[str]:
    """`test: reason` of every skip that CI doesn't accept."""
    reasons = [(report.nodeid, _reason(report)) for report in reports]
    return [f"{test}: {reason}" for test, reason in reasons if not reason.startswith(ALLOWED_SKIP)]


def _reason(report: pytest.TestReport) -> str:
    if isinstance(report.longrepr, tuple):
        return str(report.longrepr[2]).removeprefix("Skipped: ")
    return getattr(report, "wasxfail", "") or str(report.longrepr)


def _refused(session_or_config: pytest.Session | pytest.Config) -> list[str]:
    config = session_or_config.config if isinstance(session_or_config, pytest.Session) else session_or_config
    terminal = config.pluginmanager.get_plugin("terminalreporter")
    # The workers of xdist have no terminal of their own; their reports arrive here.
    return refused_skips(terminal.stats.get("skipped", [])) if IN_CI and terminal else []


@pytest.hookimpl(tryfirst=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    if session.exitstatus == pytest.ExitCode.OK and _refused(session):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    if refused := _refused(config):
        terminalreporter.section("skipped, which CI does not accept", red=True)
        for line in refused:
            terminalreporter.line(line)
