"""What a run says on its page and in its log. What comes from files is never taken for a command of the workflow.

https://docs.github.com/actions/reference/workflow-commands-for-github-actions
"""

from __future__ import annotations

import re
import secrets
import sys
from pathlib import Path

from action.given import Given


def error(text: str) -> None:
    _command("error", text)


def warning(text: str) -> None:
    _command("warning", text)


def notice(text: str) -> None:
    _command("notice", text)


def _command(name: str, text: str) -> None:
    escaped = text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
    sys.stdout.write(f"::{name} title=notifier::{escaped}\n")
    sys.stdout.flush()


def log(text: str) -> None:
    """Lines that may hold anything. GitHub would act on one that begins with `::`."""
    if not text.strip():
        return
    token = secrets.token_hex(16)
    sys.stdout.write(f"::stop-commands::{token}\n{text.rstrip()}\n::{token}::\n")
    sys.stdout.flush()


def summary(given: Given, markdown: str) -> None:
    """Put Markdown on the run's page."""
    with Path(given.told("GITHUB_STEP_SUMMARY")).open("a", encoding="utf-8") as file:
        file.write(f"{markdown.rstrip()}\n\n")


def output(given: Given, name: str, value: str) -> None:
    """Hand one line to the steps that follow."""
    with Path(given.told("GITHUB_OUTPUT")).open("a", encoding="utf-8") as file:
        file.write(f"{name}={' '.join(value.split())}\n")


def code(text: str) -> str:
    """A block of code in Markdown, in which nothing has a meaning."""
    longest = max((len(ticks) for ticks in re.findall("`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}text\n{text.rstrip()}\n{fence}"
