"""The steps: each reads what it is given, runs notifier, and says on the run's page what came of it."""

from __future__ import annotations

import json
import re
import shlex
import sys
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.parse import urlsplit
from urllib.request import urlopen

from action.commenting import body, put
from action.git import git
from action.github import GitHub, NotAllowed
from action.given import Given, Refused
from action.ledger import Branch, carried, settings_of
from action.running import Ran, notifier
from action.said import code, log, notice, output, summary, warning
from notifier.config import SmtpSettings

_MARK = re.compile(r"--once (\S+) --seen ([0-9a-f]+) --yes")
_SECONDS = 10


def check(given: Given) -> int:
    """Say what is wrong in the files beside their lines."""
    words = ["--strict"] if given.flag("STRICT") else []
    ran = notifier(given, "check", "--config", given.config, "--format", "github", *words)
    # These are commands of the workflow, and notifier has escaped what stands in them.
    sys.stdout.write(ran.out)
    sys.stdout.flush()
    log(ran.err)
    return ran.code


def plan(given: Given) -> int:
    """What merging changes, as files for the steps that follow: plan.md, plan.json, and the mails."""
    folder, base = given.scratch / "plan", _base(given)
    (folder / "previews").mkdir(parents=True, exist_ok=True)
    at = _at(given)
    compare = ("plan", "--config", given.config, f"--compare={base}", *at)
    for form, name in (("markdown", "plan.md"), ("json", "plan.json")):
        ran = notifier(given, *compare, "--format", form)
        log(ran.err)
        if not ran.out:
            return ran.code or 1
        (folder / name).write_text(ran.out, encoding="utf-8")
    if given.flag("PREVIEWS"):
        ran = notifier(given, "preview", "--config", given.config, "--all", f"--out={folder / 'previews'}", *at)
        log(f"{ran.out}\n{ran.err}")
        if ran.code:
            warning("Not every mail could be written as a preview. The log of this step says which.")
    output(given, "folder", str(folder))
    return 0


def _base(given: Given) -> str:
    """The revision to compare with: what the pull request would be merged into."""
    if given.text("BASE"):
        return given.text("BASE")
    pull_request = given.pull_request
    head, base = (str((pull_request.get(side) or {}).get("sha", "")) for side in ("head", "base"))
    # The commit that GitHub makes for a pull request has its base as it is now for a first parent.
    if (merged := _revision(given, "HEAD^2")) and merged == head:
        return _revision(given, "HEAD^1")
    found = git(given, given.workspace, "merge-base", "--", base, "HEAD") if base else None
    if found is None or not found.ok:
        raise Refused(
            "What this is compared with isn't in the checkout. Give actions/checkout `fetch-depth: 0`, or name the input base."
        )
    return found.text


def _at(given: Given) -> list[str]:
    """A time to pretend; notifier refuses it where a mail could leave the machine."""
    return [f"--at={given.text('AT')}"] if given.text("AT") else []


def _revision(given: Given, name: str) -> str:
    ran = git(given, given.workspace, "rev-parse", "--verify", "--quiet", f"{name}^{{commit}}")
    return ran.text if ran.ok else ""


def comment(given: Given) -> int:
    """Write the plan under the pull request; where that isn't allowed, on the run's page."""
    folder = given.scratch / "plan"
    said = (folder / "plan.md").read_text(encoding="utf-8")
    found = json.loads((folder / "plan.json").read_text(encoding="utf-8"))
    previews = given.run_address + "#artifacts" if given.flag("PREVIEWS") else ""
    text = body(given, said, previews=previews)
    worth = any(value for name, value in found.items() if name != "at")
    try:
        address = put(GitHub.of(given), given, text, worth=worth)
    except NotAllowed:
        summary(given, text)
        _say_where(given)
        return 0
    if address is not None:
        output(given, "comment-url", address)
    log(f"The comment: {address}" if address else "Nothing changes, so there is no comment.")
    return 0


def _say_where(given: Given) -> None:
    head = (given.pull_request.get("head") or {}).get("repo") or {}
    if head.get("full_name") != given.repository:
        notice(
            "A pull request from a fork may write no comment, so what merging changes stands on the page of this run."
        )
    else:
        warning(
            "The token may write no comment, so what merging changes stands on the page of this run. "
            "The job needs `permissions: pull-requests: write`."
        )


def tick(given: Given) -> int:
    """One tick, each mail of which is in the ledger's branch before it is handed over."""
    words = ["--accept-shrink"] if given.flag("ACCEPT_SHRINK") else []
    secured = shlex.join([str(Path(__file__).parent / "step"), "secure"])
    with carried(given):
        ran = notifier(
            given,
            "tick",
            "--config",
            given.config,
            "--carried",
            f"--secure={secured}",
            *words,
            *_at(given),
            trusted=True,
        )
        _show(given, "Tick", ran)
    if ran.code == 0:
        _beat(given)
    return ran.code


def secure(given: Given) -> int:
    """Called by a tick, before it hands over a mail that the ledger knows to be on its way."""
    try:
        Branch.of(given).push()
    except Refused as refused:
        sys.stderr.write(f"{refused}\n")
        return 1
    return 0


def feeds(given: Given) -> int:
    """The calendars as files; what they say is in the ledger's branch before anybody is shown it."""
    out = given.text("OUT")
    if not out:
        raise Refused("The command feeds needs the input out: a folder of the website that you publish.")
    flags = [f"--{name.lower().replace('_', '-')}" for name in ("ACCEPT_SHRINK", "ADOPT") if given.flag(name)]
    with carried(given):
        ran = notifier(given, "feeds", "--config", given.config, *flags, *_at(given), "--", out, trusted=True)
        _show(given, "Feeds", ran)
    return ran.code


def send(given: Given) -> int:
    """A mail that no rule asks for: shown first; asked for only with the mark of what was shown."""
    if any(isinstance(one, SmtpSettings) for one in settings_of(given).providers.values()):
        raise Refused(
            "config.yaml has a mail server, and what that took only its spool knows, which is lost with this machine. "
            "Send through Mailchimp, or run notifier on a machine that stays."
        )
    with carried(given):
        ran = notifier(given, *_send_words(given), trusted=True)
        _show(given, "Send", ran)
        if (shown := _MARK.search(ran.out)) is not None:
            once, mark = shown.groups()
            output(given, "once", once)
            output(given, "mark", mark)
            summary(
                given,
                f"Nothing was sent. To send exactly this, run the workflow again with `once` {once} and `seen` {mark}.",
            )
    return ran.code


def _send_words(given: Given) -> list[str]:
    if not given.text("AUDIENCE"):
        raise Refused("The command send needs the input audience: one of config.yaml.")
    words = ["send", "--config", given.config, f"--to={given.text('AUDIENCE')}", f"--by={_person(given)}"]
    words += [f"--{name.lower()}={given.text(name)}" for name in ("SUBJECT", "DUE", "ONCE") if given.text(name)]
    if given.text("TEXT"):
        file = given.scratch / "text.md"
        file.write_text(given.environ["NOTIFIER_TEXT"], encoding="utf-8")
        words.append(f"--text={file}")
    if given.text("SEEN"):
        words += [f"--seen={given.text('SEEN')}", "--yes"]
    return [*words, *_at(given), "--", *given.text("EVENT").split()]


def _person(given: Given) -> str:
    """Who started this run: of one that was started again, not who did so first."""
    return given.environ.get("GITHUB_TRIGGERING_ACTOR") or given.told("GITHUB_ACTOR")


def _show(given: Given, title: str, ran: Ran) -> None:
    said = "\n".join(filter(None, (ran.out.strip(), ran.err.strip())))
    log(said)
    summary(given, f"### {title}\n\n{code(said)}" if said else f"### {title}\n\nNothing to say.")


def _beat(given: Given) -> None:
    """Tell whoever watches from outside that a tick succeeded. Where that fails, the watcher says so by itself."""
    address = given.text("HEARTBEAT")
    if not address:
        return
    parts = urlsplit(address)
    if parts.scheme != "https" and parts.hostname not in ("127.0.0.1", "localhost"):
        warning("The heartbeat is no https address, so it was not sent.")
        return
    try:
        with urlopen(address, timeout=_SECONDS) as answer:  # noqa: S310 - https, or loopback: looked at above
            answer.read(1)
    except (URLError, OSError, ValueError) as error:
        reason: Any = getattr(error, "code", None) or type(error).__name__
        warning(f"The heartbeat was not taken ({reason}). The tick itself went well.")
