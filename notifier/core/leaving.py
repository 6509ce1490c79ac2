"""The link by which one person leaves an audience: signed, without their address, and good for as long as the key is.

RFC 8058 wants it to work without a login, and a mail may be two years old when somebody uses it, so nothing of it is
kept anywhere and it never expires.
"""

from __future__ import annotations

import base64
import hmac
import re
from collections.abc import Mapping
from datetime import datetime

from notifier.core.recipient import digest_of
from notifier.core.rule import Audience

#: The name of the place in `Message.slots`.
UNSUBSCRIBE = "unsubscribe"
#: Stands in a message where each reader's own link comes. It leads nowhere (RFC 2606), and `core.render` keeps
#: whatever an author writes from being it.
SLOT = "https://example.invalid/leave/each-readers-own-link"
#: Of what is left when an author wrote it.
_NO_SLOT = "https://example.invalid/"
_SIGNED_FOR = b"notifier: leave an audience\0"
_DIGEST_BYTES = _SIGNATURE_BYTES = 16
_DIGEST = re.compile(r"[0-9a-f]{32}", re.ASCII)
#: 32 bytes in base64url without its padding (RFC 4648 5).
_TOKEN = re.compile(r"[A-Za-z0-9_-]{43}", re.ASCII)


def leaving_url(public_url: str, audience: str, digest: str, key: bytes) -> str:
    """Where the person behind `digest` (`core.recipient.digest_of`) leaves the audience. The same for ever for one key.

    Raises ValueError for what is no digest, and for a key that is empty.
    """
    if not _DIGEST.fullmatch(digest):
        raise ValueError(f"{digest!r} is not a digest of an address.")
    token = bytes.fromhex(digest) + _signature(audience, digest, key)
    written = base64.urlsafe_b64encode(token).decode().rstrip("=")
    return f"{public_url.rstrip('/')}/leave/{audience}/{written}"


def leaver(audience: str, token: str, key: bytes) -> str | None:
    """The digest that a token was made for, under this key and for this audience; None for any other token."""
    if not _TOKEN.fullmatch(token):
        return None
    raw = base64.urlsafe_b64decode(f"{token}=")
    digest, signature = raw[:_DIGEST_BYTES].hex(), raw[_DIGEST_BYTES:]
    is_right = hmac.compare_digest(signature, _signature(audience, digest, key))
    # Four spellings of the last sign stand for the same bytes; only the one that was sent is a link.
    return digest if is_right and base64.urlsafe_b64encode(raw).decode().rstrip("=") == token else None


def has_left(audience: Audience, address: str, left: Mapping[str, Mapping[str, tuple[datetime, str]]]) -> bool:
    """Whether a person has left the audience, under the name that it has or one that it had.

    `left` maps each of these names (`names_of`) to what `Roster.left` says of it: a link in an old mail leaves under
    the old name, of which nobody could tell the address to count it under the new one.
    """
    return any(digest_of(name, address) in left.get(name, {}) for name in names_of(audience))


def names_of(audience: Audience) -> tuple[str, ...]:
    """The audience's name, and those that it had before."""
    return (audience.name, *audience.formerly)


def without_slot(text: str) -> str:
    """The text with whatever looks like the slot in it made something else."""
    return text.replace(SLOT, _NO_SLOT)


def _signature(audience: str, digest: str, key: bytes) -> bytes:
    if not key:
        raise ValueError("A link signed with an empty key could be made by anybody.")
    # No name of an audience has a NUL in it, so that no two pairs are signed alike.
    text = _SIGNED_FOR + audience.encode() + b"\0" + digest.encode()
    return hmac.digest(key, text, "sha256")[:_SIGNATURE_BYTES]
