"""Mails signed with DKIM (RFC 6376), for who has no mail server that does it: the exact bytes that are given away.

dkimpy signs. It is an extra, and is loaded when the first mail is signed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace

from notifier.core.approval import LOOK_AGAIN
from notifier.edges.smtp.keys import ADVISED, NEW_KEY, Key, UnfitKeyError, key_of, published
from notifier.errors import Problem, ProviderError, UserError
from notifier.ports import Finding

#: What is signed of what a mail says about itself (RFC 6376 5.4.1; the last two: RFC 8058 4).
_SIGNED = (
    b"from", b"to", b"subject", b"date", b"message-id", b"mime-version", b"content-type", b"list-unsubscribe",
    b"list-unsubscribe-post",
)  # fmt: skip
_HEADER = re.compile(rb"^([!-9;-~]+):", re.MULTILINE)
_TRIAL = b"From: events@example.org\r\n\r\nTrial\r\n"
#: How long the DNS may take, in seconds.
_PATIENCE = 5

#: Gives the mail with its signature before it.
Sign = Callable[[bytes], bytes]
#: Gives the TXT record of a name, or None. Raises LookUpFailedError.
LookUp = Callable[[str], bytes | None]


class LookUpFailedError(Exception):
    """The DNS gave no answer, which says nothing about what it holds."""


def in_dns(name: str) -> bytes | None:
    """The TXT record of this name, or None. Raises LookUpFailedError."""
    try:
        import dns.exception  # noqa: PLC0415 - it usually comes with dkimpy
        import dns.resolver  # noqa: PLC0415 - as above
    except ImportError:
        raise LookUpFailedError from None
    try:
        [first, *_] = dns.resolver.resolve(f"{name}.", "TXT", lifetime=_PATIENCE)
    except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
        return None
    except (dns.exception.DNSException, OSError) as error:
        raise LookUpFailedError from error
    return b"".join(first.strings)


@dataclass(frozen=True, slots=True, kw_only=True)
class Signer:
    """Signs for `domain`. `key` reads the private key, each time anew; `place` is where config.yaml names that.

    `subject` is what `doctor` calls it.
    """

    domain: str
    selector: str
    key: Callable[[], str] = field(repr=False)
    place: Problem
    subject: str
    look_up: LookUp = in_dns

    @property
    def name(self) -> str:
        """Where the public key has to stand."""
        return f"{self.selector}._domainkey.{self.domain}"

    def ready(self) -> Sign:
        """What signs mails with the key of now. Raises UserError where none can be signed."""
        return self._tried(self._key())

    def problems(self) -> tuple[Problem, ...]:
        """Why no mail can be signed now."""
        try:
            self.ready()
        except UserError as error:
            return error.problems
        return ()

    def findings(self) -> Iterator[Finding]:
        """The key, the record that has to be in the DNS, and what is there."""
        try:
            key = self._key()
            self._tried(key)
        except UserError as error:
            yield Finding(subject=self.subject, ok=False, text=error.message)
            return
        is_short = key.bits is not None and key.bits < ADVISED
        yield Finding(
            subject=self.subject,
            ok=True,
            text=f"Mails are signed for {self.domain}. Its DNS has to have, at {self.name}, the TXT record: {key.record}",
            hint=f"The key has {key.bits} bits, and {ADVISED} are advised. {NEW_KEY}" if is_short else "",
        )
        yield self._published(key)

    def _published(self, key: Key) -> Finding:
        try:
            found = published(self.look_up(self.name))
        except LookUpFailedError:
            text = f"The DNS gave no answer about {self.name}, so that record is not compared."
            return Finding(subject=self.subject, ok=True, text=text, hint=f"Look yourself: dig TXT {self.name}")
        if found == key.public:
            return Finding(subject=self.subject, ok=True, text=f"{self.name} has it.")
        if not found:
            text, hint = f"{self.name} has no key, so nobody believes the signature.", "Enter the record there."
        else:
            text, hint = f"{self.name} has another key, so nobody believes the signature.", "Enter this one there."
        return Finding(subject=self.subject, ok=False, text=text, hint=hint)

    def _key(self) -> Key:
        try:
            return key_of(self.key())
        except UnfitKeyError as error:
            raise self._wrong(error.what, error.hint) from None

    def _tried(self, key: Key) -> Sign:
        """What signs with this key. One that is damaged signs all the same, so what it signs is verified once."""
        sign = _signing(key, domain=self.domain.encode(), selector=self.selector.encode())
        if not _is_verified(sign, key):
            raise self._wrong("is damaged: what it signs can't be verified.", NEW_KEY)
        return sign

    def _wrong(self, what: str, hint: str) -> UserError:
        return UserError(replace(self.place, what=what, hint=hint))


def signed(letter: bytes, signer: Signer | None) -> bytes:
    """The letter with its signature; as it is where there is no signer. Raises ProviderError where it can't be signed now."""
    if signer is None:
        return letter
    try:
        return signer.ready()(letter)
    except UserError as error:
        # A person mends the key, and it goes on by itself.
        raise ProviderError(error.message, permanent=True, wait=LOOK_AGAIN) from None


def _signing(key: Key, *, domain: bytes, selector: bytes) -> Sign:
    import dkim  # noqa: PLC0415 - an extra

    def sign(letter: bytes) -> bytes:
        said = {name.lower() for name in _HEADER.findall(letter[: letter.index(b"\r\n\r\n")])}
        # From is named once more than it is there: nobody can add another (RFC 6376 8.15).
        names = [b"from", *(name for name in _SIGNED if name in said)]
        signature: bytes = dkim.DKIM(letter, signature_algorithm=key.algorithm).sign(
            selector, domain, key.private, canonicalize=(b"relaxed", b"relaxed"), include_headers=names
        )
        return signature + letter

    return sign


def _is_verified(sign: Sign, key: Key) -> bool:
    import dkim  # noqa: PLC0415 - an extra

    found = (
        dkim.DKIMException,
        ValueError,
        ArithmeticError,
        AssertionError,
    )  # to which the numbers of a damaged key lead
    try:
        return bool(dkim.DKIM(sign(_TRIAL)).verify(dnsfunc=lambda *_, **__: key.record.encode()))
    except found:
        return False
