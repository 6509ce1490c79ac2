"""What a plain mail address is: one mailbox, in which no other and no header can hide."""

from __future__ import annotations

import re

from notifier.core.plain import ascii_host

#: RFC 5321 4.5.3.1: of the part before the @, and of the whole as far as a server must take it.
_MAX_LOCAL, _MAX_ADDRESS = 64, 254
_LOCAL = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*", re.ASCII)
_DOMAIN = re.compile(r"[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+", re.ASCII)
_WHOLE = "Write it like name@example.org."
#: The first that is found in a text that is no address says why it is none.
_FAULTS = (
    (re.compile(r"\s*"), "There is no address.", _WHOLE),
    (
        re.compile(r'.*[<>",;].*', re.DOTALL),
        "There is more than one plain address.",
        f"{_WHOLE} A name has a column of its own.",
    ),
    (re.compile(r"[^@]*"), "There is no @ in it.", _WHOLE),
    (re.compile(r".*@.*@.*", re.DOTALL), "There is more than one @ in it.", _WHOLE),
    (re.compile(r"\S+\s.*", re.DOTALL), "There is a space in it.", _WHOLE),
    (
        re.compile(r".*[^\x00-\x7f].*@.*", re.DOTALL),
        "There are letters before the @ that mail servers don't take.",
        "Ask for another address.",
    ),
    (re.compile(r"[^@]*@[^.]*\.?"), "What is after the @ has no ending, such as .org.", _WHOLE),
)


def mailbox(address: str) -> tuple[str, str] | None:
    """The part before the @ and the domain in ASCII; None for anything but one plain mailbox."""
    local, _, domain = address.strip().rpartition("@")
    try:
        host = ascii_host(domain)
    except ValueError:
        host = ""
    if not _LOCAL.fullmatch(local) or not _DOMAIN.fullmatch(host):
        return None
    fits = len(local) <= _MAX_LOCAL and len(address.strip()) <= _MAX_ADDRESS
    return (local, host) if fits else None


def address_fault(address: str) -> tuple[str, str] | None:
    """Why a text is no plain mailbox, and what to write, both as sentences; None where it is one.

    The text isn't repeated: where this is said, addresses may not belong.
    """
    if mailbox(address) is not None:
        return None
    text = address.strip()
    found = ((what, hint) for shape, what, hint in _FAULTS if shape.fullmatch(text))
    return next(found, ("This can't be an address.", _WHOLE))
