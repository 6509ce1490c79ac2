"""Calls from a provider that something happened there: the secret in their address, and their signature. Neither proves what they say."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re

_SIGNED_FOR = b"notifier: calls of a provider\0"
_SECRET_BYTES = 24
#: `t=SECONDS,v1=DIGEST`, as Mailchimp's X-Mailchimp-Signature has it.
_SIGNATURE = re.compile(r"t=(?P<at>[0-9]{1,20}),\s*v1=(?P<digest>[0-9a-fA-F]{64})", re.ASCII)


def call_secret(provider: str, key: bytes) -> str:
    """What the address of a provider's calls ends in. The same for ever for one key. Raises ValueError for an empty key."""
    if not key:
        raise ValueError("An address made with an empty key could be made by anybody.")
    digest = hmac.digest(key, _SIGNED_FOR + provider.encode(), "sha256")
    return base64.urlsafe_b64encode(digest[:_SECRET_BYTES]).decode()


def call_url(public_url: str, provider: str, key: bytes) -> str:
    """The address that is entered at the provider."""
    return f"{public_url.rstrip('/')}/hooks/mailchimp/{provider}/{call_secret(provider, key)}"


def is_call_of(provider: str, secret: str, key: bytes) -> bool:
    """Whether this is the secret of the address. Takes as long whichever way it is wrong."""
    return bool(key) and hmac.compare_digest(secret.encode(), call_secret(provider, key).encode())


def is_call_signed(signature: str, body: bytes, secret: bytes) -> bool:
    """Whether the body was signed with the secret, whenever that was: a call that comes late or twice says nothing else."""
    found = _SIGNATURE.fullmatch(signature.strip())
    if found is None or not secret:
        return False
    expected = hmac.new(secret, found["at"].encode() + b"." + body, hashlib.sha256).hexdigest()
    return hmac.compare_digest(found["digest"].lower().encode(), expected.encode())
