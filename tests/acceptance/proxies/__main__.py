"""`run`, once the proxies are installed: every story before each of them, and what was wrong."""

from __future__ import annotations

import argparse
import shutil
import signal
import sys
from pathlib import Path

from tests.acceptance.proxies.fronts import FRONTS
from tests.acceptance.proxies.site import Site
from tests.acceptance.proxies.stories import DOWN, UP, Story, World

TOOLS = Path(__file__).resolve().parents[3] / ".judges"


def told(story: Story, world: World) -> int:
    """Tell how it went; how many faults there were."""
    name = story.__name__.replace("_", " ")
    try:
        story(world)
    except (AssertionError, OSError, LookupError, ValueError) as error:
        sys.stdout.write(f"  WRONG {name}\n        {type(error).__name__}: {error}\n")
        return 1
    sys.stdout.write(f"  ok    {name}\n")
    return 0


def judged(name: str, folder: Path) -> int:
    site = Site(folder / "site")
    site.make()
    site.start()
    try:
        with FRONTS[name](folder / name, site) as front:
            sys.stdout.write(f"{name}\n")
            world = World(site, front)
            faults = sum(told(story, world) for story in UP)
            site.stop()
            return faults + sum(told(story, world) for story in DOWN)
    finally:
        site.stop()


def main() -> int:
    words = argparse.ArgumentParser(prog="tests/acceptance/proxies/run", description=__doc__)
    words.add_argument("--proxy", action="append", choices=sorted(FRONTS), help="only this one; may be given again")
    words.add_argument("--keep", action="store_true", help="leave what was made in .judges/proxies")
    chosen = words.parse_args()
    # However this ends, what was started ends with it.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    folder = TOOLS / "proxies"
    shutil.rmtree(folder, ignore_errors=True)
    faults = sum(judged(name, folder / f"before-{name}") for name in chosen.proxy or FRONTS)
    if not chosen.keep and not faults:
        shutil.rmtree(folder, ignore_errors=True)
    sys.stdout.write(f"{faults or 'no'} faults\n")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
