"""The golden outputs. `python -m tests.cli.golden_outputs` writes the files anew; their difference is to be read."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator
from pathlib import Path

from notifier.cli.commands import notifier
from tests.cli.running import AT, demonstration, run

FOLDER = Path(__file__).parent / "golden"
WIDTHS = (80, 120)
LAB = "_events/2026-12-10-sensor-charter-lab.md"
#: A rule's delivery about an event, as `_key` finds it.
WORKSHOP, STUDIO = "reminder-week of reading-your-street", "reminder-week of open-studio"
ANNA, BEN = ("--by", "Anna"), ("--by", "Ben")
#: In this order: the later ones see what `tick` has recorded.
COMMANDS: dict[str, tuple[str, ...]] = {
    "check": ("check",),
    "check-propose": ("check", "--propose"),
    "check-github": ("check", "--format", "github"),
    "events": ("events",),
    "plan": ("plan",),
    "why-held": ("why", "studio"),
    "why-refused": ("why", LAB),
    "why-key": ("why", "KEY"),
    "why-ambiguous": ("why", "community-call"),
    "why-nothing": ("why", "open-stdio"),
    "preview": ("preview", "2026-11-26"),
    "preview-held": ("preview", "studio"),
    "preview-sample": ("preview", LAB),
    "preview-all": ("preview", "--all", "--out", "previews"),
    "replay": ("replay", "--ahead", "90d"),
    "tick": ("tick",),
    "tick-again": ("tick",),
    "plan-after-tick": ("plan",),
    "feeds": ("feeds", "out"),
    "feeds-again": ("feeds", "out"),
    "doctor": ("doctor",),
    "send-shown": ("send", "open-studio", "--to", "newsletter", "--once", "bring-a-map", *ANNA),
    "send": ("send", "open-studio", "--to", "newsletter", "--once", "bring-a-map", *ANNA, "--yes"),
    "send-again": ("send", "open-studio", "--to", "newsletter", "--once", "bring-a-map", *BEN, "--yes"),
    "send-wrong": ("send", "open-stdio", "--to", "friends", "--once", "Bring a map", *ANNA, "--yes"),
    "undo": ("undo", "bring-a-map", *BEN),
    "undo-again": ("undo", "bring-a-map", *ANNA),
    "undo-unknown": ("undo", "bring-two-maps", *ANNA),
    "hold": ("hold", WORKSHOP, *ANNA, "--note", "The hall is not sure yet."),
    "hold-again": ("hold", WORKSHOP, *BEN),
    "hold-one-of-many": ("hold", "open-studio", *ANNA),
    "hold-unknown": ("hold", "open-stdio", *ANNA),
    "hold-sent": ("hold", "reminder-hours of 2026-11-26-community", *ANNA),
    "release": ("release", WORKSHOP, *BEN, "--yes"),
    "release-asks": ("release", STUDIO, *BEN),
    "release-again": ("release", WORKSHOP, *BEN),
    "release-refused": ("release", "KEY", *BEN, "--yes"),
    "approve": ("approve", STUDIO, *ANNA, "--yes"),
    "skip": ("skip", STUDIO, *BEN),
    "release-skipped": ("release", STUDIO, *ANNA),
    "retry-nothing": ("retry", "open-studio", *ANNA),
    "settle-nothing": ("settle", STUDIO, "sent", *ANNA),
    "pause": ("pause", *ANNA, "--note", "Wait for the vote."),
    "pause-again": ("pause", *BEN),
    "tick-paused": ("tick",),
    "plan-decided": ("plan",),
    "why-decided": ("why", "open-studio"),
    "resume": ("resume", *BEN),
    "resume-again": ("resume", *ANNA),
}
#: What has tables or long sentences, and so differs on a terminal.
_WIDE = ("check", "check-propose", "events", "plan", "why-held", "why-refused")
#: What differs from one machine, or one hour, to the next.
_VARYING = (
    (re.compile(r"[\d,.]+ MB"), "N MB"),
    (re.compile(r"tzdata [\d.]+"), "tzdata VERSION"),
    (re.compile(r"127\.0\.0\.1:8000 .*"), "127.0.0.1:8000 ..."),
)


def golden_outputs() -> dict[str, str]:
    """Every golden file's name and what must be in it."""
    found = {f"help{'-' if name else ''}{name}.txt": _help(name) for name in ("", *notifier.commands)}
    with tempfile.TemporaryDirectory(prefix="notifier-") as scratch:
        site = Path(scratch) / "site"
        found["init.txt"] = _scrubbed(run("init", Path(scratch) / "new").out, Path(scratch))
        demonstration(site)
        for name, arguments in COMMANDS.items():
            found |= dict(_shown(name, arguments, site))
    return found


def _help(command: str) -> str:
    return run(*filter(None, (command,)), "--help").out


def _shown(name: str, arguments: tuple[str, ...], site: Path) -> Iterator[tuple[str, str]]:
    given = [_key(site, argument) for argument in arguments]
    given += [] if name == "doctor" else ["--at", AT]
    for width in WIDTHS if name in _WIDE else ():
        yield f"{name}.{width}.txt", _scrubbed(run(*given, folder=site, columns=width).out, site)
    ran = run(*given, folder=site)
    yield f"{name}.txt", _scrubbed(ran.out + ran.err, site) + f"[{ran.code}]\n"


def _key(site: Path, argument: str) -> str:
    """The key of `RULE of EVENT`; KEY is that of the reminder of an event that is by invitation only."""
    rule, of, event = f"reminder-day of {LAB}".partition(" of ") if argument == "KEY" else argument.partition(" of ")
    return key_of(site, rule, event) if of else argument


def key_of(site: Path, rule: str, event: str) -> str:
    """The key of what a rule asks for about an event."""
    rules = run("why", event, "--at", AT, "--format", "json", folder=site).json()["rules"]
    return str(next(one["key"] for one in rules if one["rule"] == rule))


def _scrubbed(text: str, folder: Path) -> str:
    text = text.replace(str(folder), "FOLDER")
    for pattern, instead in _VARYING:
        text = pattern.sub(instead, text)
    # A terminal shows no spaces at the end of a line, and editors take them away.
    return "\n".join(line.rstrip() for line in text.split("\n"))


if __name__ == "__main__":
    for old in FOLDER.iterdir():
        old.unlink()
    for file, content in golden_outputs().items():
        (FOLDER / file).write_text(content, encoding="utf-8")
