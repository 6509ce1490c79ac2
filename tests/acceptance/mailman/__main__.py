"""`run`, once Mailman is installed: every story, and a table of what was wrong."""

from __future__ import annotations

import argparse
import shutil
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.acceptance.mailman.door import Door, Mailboxes, listening
from tests.acceptance.mailman.server import mailman
from tests.acceptance.mailman.stories import MEMBERS, MODERATED, OPEN, STORIES, World, judged

TOOLS = Path(__file__).resolve().parents[3] / ".judges"


@contextmanager
def made(folder: Path) -> Iterator[World]:
    """Mailman with its two lists, between a door and two mailboxes."""
    boxes, door = Mailboxes(), Door()
    with listening(boxes) as out, mailman(TOOLS / "mailman", folder / "mailman", out=out) as started:
        started.ask("domains", mail_host="lists.example.org")
        started.make_list(OPEN, MEMBERS, default_nonmember_action="accept")
        started.make_list(MODERATED, MEMBERS, default_nonmember_action="hold")
        door.lmtp = started.lmtp
        with listening(door) as port:
            yield World(mailman=started, door=door, port=port, boxes=boxes, folder=folder)


def main() -> int:
    words = argparse.ArgumentParser(prog="tests/acceptance/mailman/run", description=__doc__)
    words.add_argument("--story", action="append", choices=sorted(STORIES), help="only this one; may be given again")
    words.add_argument("--keep", action="store_true", help="leave what was made in .judges/lists")
    chosen = words.parse_args()
    # However this ends, Mailman ends with it.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    folder = TOOLS / "lists"
    shutil.rmtree(folder, ignore_errors=True)
    began, faults = time.monotonic(), 0
    with made(folder) as world:
        print(f"Mailman {world.mailman.version()} is up after {time.monotonic() - began:.0f} s.", flush=True)
        for name, wrong in judged(world, chosen.story or [*STORIES]):
            print(f"{name:<28} {'ok' if not wrong else f'{len(wrong)} WRONG'}", flush=True)
            print("".join(f"    {what}\n" for what in wrong), end="")
            faults += len(wrong)
    if not chosen.keep and not faults:
        shutil.rmtree(folder, ignore_errors=True)
    print(f"{time.monotonic() - began:.0f} s, {faults or 'no'} faults")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
