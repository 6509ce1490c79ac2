"""docs/command-line.md and `--help` speak of every command and option, and the manual's examples are real."""

from __future__ import annotations

import re

import click
import pytest

from notifier.cli import BUG, FINE, INTERRUPTED, WRONG_COMMAND, WRONG_INPUT
from notifier.cli.commands import notifier
from tests.cli.golden_outputs import FOLDER
from tests.files import ROOT

MANUAL = (ROOT / "docs" / "command-line.md").read_text(encoding="utf-8")
COMMANDS = sorted(notifier.commands)
EXAMPLES = re.findall(r"```\n\$ notifier ([^\n]*)\n(.*?)```", MANUAL, re.DOTALL)


def section(command: str) -> str:
    return MANUAL.partition(f"\n## {command}\n")[2].partition("\n## ")[0]


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_and_every_option_of_it_has_help(name: str) -> None:
    command = notifier.commands[name]
    options = [option for option in command.params if isinstance(option, click.Option)]

    assert command.help
    assert command.short_help
    assert [option.name for option in options if not option.help] == []


@pytest.mark.parametrize("name", COMMANDS)
def test_the_list_of_commands_is_not_cut_off(name: str) -> None:
    short, width = notifier.commands[name].short_help or "", max(map(len, COMMANDS))

    assert f"  {name:<{width}}  {short}\n" in (FOLDER / "help.txt").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_a_section_that_names_each_of_its_options_and_arguments(name: str) -> None:
    parameters = [p for p in notifier.commands[name].params if p.name not in ("config", "help")]
    named = [max(p.opts, key=len) if isinstance(p, click.Option) else str(p.metavar) for p in parameters]

    assert section(name).strip() != ""
    assert [word for word in named if word not in section(name)] == []
    assert f"(#{name})" in MANUAL


@pytest.mark.parametrize("name", COMMANDS)
def test_a_section_names_no_option_that_the_command_does_not_have(name: str) -> None:
    known = {option for parameter in notifier.commands[name].params for option in parameter.opts}

    usage = section(name).partition("\n\n")[2].partition("\n\n")[0] or section(name)
    assert set(re.findall(r"--[a-z-]+", usage)) <= known


@pytest.mark.parametrize(("command", "said"), EXAMPLES, ids=[command for command, _ in EXAMPLES])
def test_every_example_is_what_the_command_says(command: str, said: str) -> None:
    known = {
        "why studio": "why-held",
        "feeds out": "feeds",
        "hold KEY": "hold",
        "send open-studio --to newsletter --once bring-a-map --by Anna": "send-shown",
        "release KEY": "release-asks",
        "replay --ahead 90d": "replay",
        "preview --all --out previews": "preview-all",
    }
    stem = known.get(command, command)
    outputs = [FOLDER / f"{stem}.txt", FOLDER / f"{stem}.80.txt"]

    assert any(said in path.read_text(encoding="utf-8") for path in outputs if path.exists())


def test_the_manual_has_examples() -> None:
    assert len(EXAMPLES) >= 6


def test_every_exit_code_is_in_the_manual() -> None:
    codes = re.findall(r"^\| (\d+) \|", MANUAL, re.MULTILINE)

    assert [int(code) for code in codes] == [FINE, WRONG_INPUT, WRONG_COMMAND, BUG, INTERRUPTED]
