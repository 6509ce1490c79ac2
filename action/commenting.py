"""The one comment on a pull request that edits itself."""

from __future__ import annotations

import hashlib
import re
from typing import Any

from action.github import GitHub
from action.given import Given

_COMMIT = re.compile(r"[0-9a-f]{40,64}")
#: Nobody can have a name with brackets, so nobody else is taken for it.
AUTHOR = "github-actions[bot]"


def marker(given: Given) -> str:
    """What our comment begins with, and shows nobody. Each site of a repository has another."""
    return f"<!-- notifier-plan {hashlib.sha256(given.config.encode()).hexdigest()[:12]} -->"


def body(given: Given, plan: str, *, previews: str) -> str:
    """The comment: the plan and its problems, then where the mails are to be looked at."""
    head = given.pull_request.get("head")
    commit = head.get("sha") if isinstance(head, dict) else None
    lines = [marker(given), "", plan.rstrip(), ""]
    if previews:
        lines += [f"The mails as they would look: [download]({previews}), and open `previews/index.html`.", ""]
    known = f"As of commit {commit[:12]}. " if isinstance(commit, str) and _COMMIT.fullmatch(commit) else ""
    lines += [f"<sub>{known}notifier writes this comment anew at each push.</sub>"]
    return "\n".join(lines) + "\n"


def ours(github: GitHub, given: Given) -> dict[str, Any] | None:
    """Our comment, if it is there already: with our mark, and written by us. What others wrote is never touched."""
    author, mark = given.text("COMMENT_AUTHOR") or AUTHOR, marker(given)
    for one in github.comments(given.pull_request["number"]):
        user, text = one.get("user"), one.get("body")
        login = user.get("login") if isinstance(user, dict) else None
        if login == author and isinstance(text, str) and text.startswith(mark) and isinstance(one.get("id"), int):
            return one
    return None


def put(github: GitHub, given: Given, text: str, *, worth: bool) -> str | None:
    """Write the comment, or write it anew; returns its address. None where there is none, and nothing `worth` one."""
    found = ours(github, given)
    if found is not None:
        if found["body"] == text:
            return str(found.get("html_url", ""))
        address = github.rewrite(found["id"], text)
        if address is not None:
            return address
    return github.write(given.pull_request["number"], text) if worth else None
