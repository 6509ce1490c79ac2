"""`action/step NAME`: one step, with what it is given in the environment."""

from __future__ import annotations

import os
import sys

from action import steps
from action.given import Given, Refused
from action.said import error

STEPS = {
    "check": steps.check,
    "plan": steps.plan,
    "comment": steps.comment,
    "feeds": steps.feeds,
    "tick": steps.tick,
    "secure": steps.secure,
    "send": steps.send,
}


def main(arguments: list[str]) -> int:
    """Take the step; 1 where it is refused, with a sentence that GitHub shows on the run's page."""
    given = Given(os.environ)
    step = STEPS.get(arguments[0]) if len(arguments) == 1 else None
    if step is None:
        error(f"The command is one of check, plan, feeds, tick and send, and not “{' '.join(arguments)}”.")
        return 1
    try:
        return step(given)
    except Refused as refused:
        error(str(refused))
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
