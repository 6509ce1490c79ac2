"""`run`, once everything is installed: the judges over the golden mails, and what none of the exceptions explains."""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

from tests.acceptance.mail.agree import exceptions, verdict
from tests.acceptance.mail.judges import JUDGES, Finding
from tests.golden_messages import FOLDER


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="tests/acceptance/mail/run")
    parser.add_argument("--judge", action="append", choices=JUDGES)
    parser.add_argument("pages", nargs="*", type=Path, metavar="FILE")
    asked = parser.parse_args(arguments)
    pages = asked.pages or sorted(FOLDER.glob("*.html"))
    findings: list[Finding] = []
    names = asked.judge or list(JUDGES)
    with tempfile.TemporaryDirectory() as folder:
        for name in names:
            found = list(JUDGES[name](_copied(pages, Path(folder))))
            print(f"{name}: {len(pages)} mails, {len({one.what for one in found})} kinds of findings", flush=True)
            findings += found
    result = verdict(findings, names, exceptions(), all_pages=not asked.pages)
    _tell(result.unexplained)
    for judge, what in result.unneeded:
        print(f"exceptions.toml: {judge} has nothing against {what!r} any more. Take it out.")
    return int(bool(result.unexplained or result.unneeded))


def _copied(pages: Sequence[Path], folder: Path) -> list[Path]:
    """As files of names that every judge takes."""
    return [_copy(page, folder / f"{page.stem}.html") for page in pages]


def _copy(page: Path, to: Path) -> Path:
    to.write_bytes(page.read_bytes())
    return to


def _tell(findings: Sequence[Finding]) -> None:
    by_what: dict[tuple[str, str], list[Finding]] = defaultdict(list)
    for one in findings:
        by_what[one.judge, one.what].append(one)
    for (judge, what), found in by_what.items():
        pages, places = sorted({one.page for one in found}), sorted({one.where for one in found})
        print(f"\n{judge}: {what}\n  in {', '.join(pages[:4])}{f' and {len(pages) - 4} more' if pages[4:] else ''}")
        print("".join(f"  {place}\n" for place in places[:8]), end="")
    if not findings:
        print("Nothing that exceptions.toml doesn't explain.")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
