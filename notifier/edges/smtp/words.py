"""What became of a conversation with a mail server, in words: what is wrong, and what to do."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Mapping
from typing import Literal

Stage = Literal["connect", "tls", "greeting", "ehlo", "starttls", "auth", "mail", "rcpt", "data", "content", "noop"]
Silence = Literal["starttls", "injected", "clear", "auth", "utf8", "command", "unasked"]

_LATER = "It is tried again by itself."
_NETWORK = "Check host and port of the provider in config.yaml, and whether the network lets this port out."
_WHEN: Mapping[Stage, str] = {
    "connect": "when it was called",
    "tls": "while the connection was being encrypted",
    "greeting": "before it had said a word",
    "ehlo": "while it was being greeted",
    "starttls": "when it was asked to encrypt",
    "auth": "while logging in",
    "mail": "when it was told the sender",
    "rcpt": "when it was told the address",
    "data": "before it was given the message",
    "content": "after it was given the message",
    "noop": "when it was asked for nothing",
}
_REFUSED: Mapping[Stage, str] = {
    "connect": "doesn't want to be called",
    "tls": "doesn't encrypt",
    "greeting": "takes no mails now",
    "ehlo": "doesn't take this machine's greeting",
    "starttls": "doesn't encrypt now",
    "auth": "did not let us log in",
    "mail": "doesn't take mails from the audience's `from` address",
    "rcpt": "doesn't take mails to the audience's address",
    "data": "doesn't want the message",
    "content": "refused the message",
    "noop": "doesn't answer as a mail server does",
}
_REMEDIES: Mapping[Stage, str] = {
    "auth": "Check username and password of the provider; some accounts want a password made for programs.",
    "mail": "Let the account send from that address, or correct `from: {name, address}` of the audience.",
    "rcpt": "Check `address` of the audience (for staff: `site.staff`), and whether the list lets its `from` address post.",
}
#: OpenSSL's numbers (x509_vfy.h) for what may be wrong with a certificate.
_CERTIFICATES: Mapping[int, tuple[str, str]] = {
    9: ("is not valid yet", "Check this machine's clock."),
    10: ("has expired", "Renew it there, or ask who runs the server."),
    18: ("is self-signed", "Get it a certificate of a known authority, or name yours in SSL_CERT_FILE."),
    19: ("is signed by an authority that is not known here", "Name that authority's file in SSL_CERT_FILE."),
    20: ("is signed by an authority that is not known here", "Name that authority's file in SSL_CERT_FILE."),
    62: ("is for another name", "Write the name in `host` that the certificate is for."),
    64: ("is for another address", "Write the name in `host` that the certificate is for."),
}
_SILENCES: Mapping[Silence, tuple[str, str]] = {
    "starttls": ("doesn't offer encryption.", "Try security: tls with port 465, or ask who runs the server."),
    "injected": (
        "went on talking before the connection was encrypted; somebody in between may have.",
        "Ask who runs the server, or try security: tls with port 465.",
    ),
    "clear": ("would be told the password unencrypted.", "Write security: starttls or tls for the provider."),
    "auth": (
        "offers no way to log in that notifier knows (PLAIN or LOGIN).",
        "Allow passwords for programs in the account, or use another server.",
    ),
    "utf8": (
        "takes only addresses in plain letters (no SMTPUTF8).",
        "Write ASCII addresses in `address` and `from` of the audience.",
    ),
    "unasked": ("said more than it was asked, so which answer is to what nobody knows.", _LATER),
    "command": (
        "can't be told such an address, name or password.",
        "Correct `address` and `from` of the audience, or the login of the provider.",
    ),
}


def nothing_to_say(why: Silence, place: str) -> tuple[str, str]:
    """Why the server was not even asked."""
    what, hint = _SILENCES[why]
    return f"{place} {what}", hint


def refused(stage: Stage, said: str, place: str) -> tuple[str, str]:
    """The server's refusal, in its own words too."""
    what = f"{place} {_REFUSED[stage]} ({said})."
    if said.startswith("4"):
        grey = stage == "rcpt" and said.startswith(("450", "451"))
        return what, f"Many servers make strangers wait a few minutes. {_LATER}" if grey else _LATER
    return what, _REMEDIES.get(stage, "Ask who runs the server.")


def lost(stage: Stage, error: Exception, place: str, timeout: float) -> tuple[str, str]:
    """How a connection ended that nobody meant to end."""
    cause = error.__context__ if isinstance(error.__context__, OSError) else error
    match cause:
        case ssl.SSLCertVerificationError():
            what, hint = _CERTIFICATES.get(cause.verify_code, ("is not right", "Ask who runs the server."))
            return f"The certificate of {place} {what}.", hint
        case ssl.SSLError() if stage == "tls":
            hint = "Usually port 587 goes with security: starttls, and port 465 with security: tls."
            return f"No encrypted connection to {place} could be made.", hint
        case socket.gaierror():
            return f"There is no host of the name in {place}, or names can't be looked up now.", _NETWORK
        case TimeoutError() if stage == "greeting":
            hint = "Port 465 goes with security: tls. Check host and port, and whether the network lets this port out."
            return f"{place} said nothing for {timeout:g} s.", hint
        case TimeoutError():
            hint = _NETWORK if stage == "connect" else _LATER
            return f"{place} did not answer in time {_WHEN[stage]} (timeout: {timeout:g}s).", hint
        case ConnectionRefusedError():
            return f"{place} refuses connections.", _NETWORK
        case OSError(strerror=str(reason)) if stage == "connect":
            return f"{place} can't be reached: {reason}.", _NETWORK
        case _:
            return f"The connection to {place} was lost {_WHEN[stage]}.", _LATER


def plain(text: str) -> str:
    """Foreign text on one line, shortened."""
    letters = text if text.isprintable() else "".join(letter if letter.isprintable() else " " for letter in text)
    line = " ".join(letters.split())
    return line if len(line) <= 200 else line[:199] + "…"
