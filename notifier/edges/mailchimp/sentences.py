"""What is said of a call that failed: one sentence about what happened, one about what to do. Foreign text is shortened."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Literal

#: What broke a conversation.
Fault = Literal["certificate", "late", "damaged", "unreachable", "broken"]

NEW_KEY = "Make a key in Mailchimp under Account → Extras → API keys, and put it where api_key in config.yaml points."
FIND_LIST = "Find it in Mailchimp under Audience → Settings → Audience name and defaults → Audience ID."
_LIST = re.compile(r"/lists/([^/]+)")


def cut_short(text: str, most: int = 200) -> str:
    """One line of what can be shown, at most so many signs."""
    line = " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())
    return line if len(line) <= most else line[: most - 1] + "…"


def said_of(status: int, reply: Mapping[str, Any] | None, key: str) -> str:
    """The status, title, detail and wrong fields of a problem document; never with the key."""
    if not reply:
        return str(status)
    words = [str(reply[name]) for name in ("title", "detail") if reply.get(name)]
    errors = reply.get("errors")
    wrong = [one for one in errors[:3] if isinstance(one, dict)] if isinstance(errors, list) else []
    words += [f"{one.get('field', '')} {one.get('message', '')}".strip() for one in wrong]
    return f"{status} {cut_short(': '.join(words).replace(key, '…'))}" if words else str(status)


def refused(kind: str, status: int, said: str, path: str) -> str:
    """What happened, and what to do about it. `kind` is one of `door.Kind`."""
    match kind:
        case "auth":
            return f"Mailchimp refused the API key ({said}). {NEW_KEY}"
        case "forbidden":
            remedy = "Look at the account in Mailchimp: it may be suspended, or the key's user may lack the role."
            return f"Mailchimp does not allow this ({said}). {remedy}"
        case "throttled":
            remedy = "It mostly passes within minutes; other tools that use the account count too."
            return f"Mailchimp is turning requests away ({said}). {remedy}"
        case "notfound" if found := _LIST.fullmatch(path):
            return f"Mailchimp has no list {found[1]} in this account ({status}). {FIND_LIST}"
        case "notfound":
            return f"Mailchimp has no {path.removeprefix('/')} ({status}). It may have been deleted there."
        case "rejected":
            return f"Mailchimp refused the request ({said}). Check base_url, and what config.yaml says of the audience."
        case _:
            return _unexpected(status, said)


def _unexpected(status: int, said: str) -> str:
    match status // 100:
        case 2:
            return f"The answer ({said}) was not Mailchimp's. Check base_url, and whether a proxy answers in its place."
        case 3:
            remedy = "Check base_url, and whether the network asks for a login."
            return f"Mailchimp's address answered with a redirect ({said}), which is not followed. {remedy}"
        case 4:
            remedy = "Check base_url, and whether something between here and Mailchimp blocks it."
            return f"The request was refused ({said}), and not in Mailchimp's own words. {remedy}"
        case _:
            return f"Mailchimp failed ({said}). The fault is on its side, and mostly passes by itself."


def unreached(fault: Fault, host: str) -> str:
    """Why there is no answer at all."""
    match fault:
        case "certificate":
            return f"The certificate of {host} is not right. Check the machine's clock, and whether a proxy intervenes."
        case "late":
            return f"Mailchimp ({host}) did not answer in time. If that goes on, look at the network, and at base_url."
        case "damaged":
            return f"The answer of {host} was too large or damaged. Check base_url."
        case "unreachable":
            return f"Mailchimp ({host}) cannot be reached. Check the network connection and base_url."
        case "broken":
            return f"The connection to Mailchimp ({host}) broke off. If that goes on, look at the network, and at base_url."
