"""Private keys for DKIM, and what the DNS says of them."""

from __future__ import annotations

import re
from base64 import b64decode, b64encode
from binascii import Error
from dataclasses import dataclass, field

#: A receiver may take a shorter RSA key for none, and a longer one for too long (RFC 8301 3.2).
SHORTEST, ADVISED, LONGEST = 1024, 2048, 4096
NEW_KEY = "Make one: openssl genrsa -out dkim.pem 2048 && chmod 600 dkim.pem"

_ARMOUR = re.compile(r"-----BEGIN ([A-Z0-9 ]+)-----\s+([A-Za-z0-9+/=\s]+?)\s+-----END \1-----")
#: What stands before the 32 octets of an Ed25519 key in PKCS#8 (RFC 8410 7).
_ED25519 = bytes.fromhex("302e020100300506032b657004220420")
#: rsaEncryption, as a public key names its kind (RFC 3279 2.3.1).
_RSA = bytes.fromhex("300d06092a864886f70d0101010500")
_SEQUENCE, _INTEGER, _BIT_STRING = 0x30, 0x02, 0x03


class UnfitKeyError(Exception):
    """There is no key in it that mails could be signed with."""

    def __init__(self, what: str, hint: str = NEW_KEY) -> None:
        super().__init__(what)
        self.what, self.hint = what, hint


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """A private key as dkimpy takes it, and the public one as the DNS has it. `bits` None: Ed25519."""

    private: bytes = field(repr=False)
    public: str
    bits: int | None

    @property
    def algorithm(self) -> bytes:
        return b"ed25519-sha256" if self.bits is None else b"rsa-sha256"

    @property
    def record(self) -> str:
        """What the TXT record says."""
        return f"v=DKIM1; k={'ed25519' if self.bits is None else 'rsa'}; p={self.public}"


def key_of(text: str) -> Key:
    """The private key of a PEM file: RSA (PKCS#1 or PKCS#8) or Ed25519 (PKCS#8). Raises UnfitKeyError; nothing of the text is repeated."""
    found = _ARMOUR.search(text)
    if "ENCRYPTED" in text:
        hint = "Take the passphrase off: openssl pkey -in dkim.pem -out open.pem. Its mode (600) guards it."
        raise UnfitKeyError("is locked with a passphrase.", hint)
    if found is None or not found[1].endswith("PRIVATE KEY"):
        raise UnfitKeyError("is no private key in PEM.")
    try:
        raw = b64decode("".join(found[2].split()), validate=True)
    except Error:
        # The error may hold what it could not read.
        raise UnfitKeyError("is no private key in PEM.") from None
    if raw.startswith(_ED25519) and len(raw) == len(_ED25519) + 32:
        return _ed25519(raw[-32:])
    return _rsa(raw)


def published(record: bytes | None) -> str | None:
    """The public key of a TXT record; None where it is none of DKIM, "" where it says that the key holds no more."""
    tags = [part.partition("=") for part in (record or b"").decode("ascii", "replace").split(";")]
    keys = ["".join(value.split()) for name, _, value in tags if name.strip() == "p"]
    return keys[0] if keys else None


def _ed25519(seed: bytes) -> Key:
    from nacl.signing import SigningKey  # noqa: PLC0415 - it comes with the extra

    public = bytes(SigningKey(seed).verify_key)
    return Key(private=b64encode(seed), public=b64encode(public).decode(), bits=None)


def _rsa(raw: bytes) -> Key:
    from dkim.crypto import UnparsableKeyError, parse_private_key  # noqa: PLC0415 - an extra

    try:
        numbers: dict[str, int] = parse_private_key(raw)
    except (UnparsableKeyError, AssertionError):  # it asserts what a file may say otherwise
        raise UnfitKeyError("is neither RSA nor Ed25519.") from None
    bits = numbers["modulus"].bit_length()
    if not SHORTEST <= bits <= LONGEST:
        raise UnfitKeyError(f"has {bits} bits, and readers' servers believe {SHORTEST} to {LONGEST}.")
    lines = re.findall(".{1,64}", b64encode(raw).decode())
    private = "\n".join(["-----BEGIN PRIVATE KEY-----", *lines, "-----END PRIVATE KEY-----", ""])
    own = _der(_SEQUENCE, _number(numbers["modulus"]) + _number(numbers["publicExponent"]))
    public = _der(_SEQUENCE, _RSA + _der(_BIT_STRING, b"\0" + own))
    return Key(private=private.encode(), public=b64encode(public).decode(), bits=bits)


def _number(value: int) -> bytes:
    # One octet more where the first bit is set: it would say that the number is negative.
    return _der(_INTEGER, value.to_bytes(value.bit_length() // 8 + 1, "big"))


def _der(tag: int, content: bytes) -> bytes:
    length = len(content)
    if length < 128:
        return bytes([tag, length]) + content
    octets = length.to_bytes((length.bit_length() + 7) // 8, "big")
    return bytes([tag, 128 + len(octets)]) + octets + content
