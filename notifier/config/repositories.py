"""What the address and the branch of a git repository may be."""

from __future__ import annotations

import re
from typing import Literal
from urllib.parse import urlsplit

from notifier.config.tree import Loc, Tree
from notifier.config.way_checks import Found

#: How a repository is reached. Others start programs of the address's choosing (ext::), or are open to be changed on the way.
Way = Literal["https", "ssh", "file", "path"]
_NO_SECRETS = "Secrets never stand in the file: use an SSH key, or ~/.netrc of the user that runs notifier."
_WAYS = "Write https://…, ssh://… (or git@host:path), or a path on this machine."
# user@host:path; an @ behind the : is a password's before another host.
_SHORT_SSH = re.compile(
    r"(?!(?:https?|ssh|git|file):)(?:[A-Za-z0-9_][A-Za-z0-9._-]*@)?[A-Za-z0-9_][A-Za-z0-9._-]+:(?!:|//)[^-\s@][^\s@]*"
)
# What git check-ref-format allows, and nothing that git could take for an option or a range.
_BRANCH = re.compile(r"(?!-)[^\x00-\x20\x7f~^:?*\[\\]{1,200}")


def way_of(url: str) -> Way | None:
    """How git reaches this address; None for a way that is not allowed."""
    match url.partition("://"):
        case ("https" | "ssh" | "file" as way, "://", _):
            return way
        case (_, "://", _):
            return None
        case _ if _SHORT_SSH.fullmatch(url):
            return "ssh"
        case _:
            return None if url.startswith("-") or ":" in url.partition("/")[0] else "path"


def repository_checks(tree: Tree, loc: Loc) -> Found:
    """What is wrong with a `git:` section. An address that may hold a secret is not repeated."""
    url, branch = tree.get(*loc, "url"), tree.get(*loc, "branch")
    if isinstance(url, str) and (wrong := _wrong_address(url)):
        yield (*loc, "url"), tree.problem((*loc, "url"), *wrong)
    if isinstance(branch, str) and not is_branch(branch):
        what = "is not the name of a branch."
        yield (*loc, "branch"), tree.problem((*loc, "branch"), what, "Write, for example: main")
    if tree.get(*loc, "webhook") is not None and url is None and tree.get(*loc, "path") is not None:
        what = "has no place beside path, from which nothing is fetched: each tick looks there anyway."
        yield (*loc, "webhook"), tree.at_key((*loc, "webhook"), what, "Delete it.")


def is_branch(name: str) -> bool:
    """Whether git would let a branch be called so (git-check-ref-format)."""
    if not _BRANCH.fullmatch(name) or ".." in name or "@{" in name or "//" in name or name == "@":
        return False
    return not name.endswith((".", "/")) and all(
        part and not part.startswith(".") and not part.endswith(".lock") for part in name.split("/")
    )


def _wrong_address(url: str) -> tuple[str, str] | None:
    way = way_of(url)
    if way is None:
        return "is not an address that notifier fetches from.", _WAYS
    if way == "path" or "://" not in url:
        return None
    try:
        parts = urlsplit(url)
        login, host = parts.netloc.rpartition("@")[0], parts.hostname or ""
    except ValueError:
        return "is not an address that notifier fetches from.", _WAYS
    if ":" in login or (way != "ssh" and login):
        return "holds a password." if ":" in login else "holds a login.", _NO_SECRETS
    if parts.query or parts.fragment:
        return "has a part behind ? or #, which a repository's address has not.", _NO_SECRETS
    if (not host and way != "file") or host.startswith("-") or login.startswith("-"):
        return "is not an address that notifier fetches from.", _WAYS
    return None
