"""Keys to sign with, and a DNS of one name on loopback."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

import dns.message
import dns.rcode
import dns.resolver
import dns.rrset
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from notifier.edges.smtp.keys import key_of
from notifier.edges.smtp.signing import LookUp, Signer
from notifier.errors import Problem

AnyKey = rsa.RSAPrivateKey | ed25519.Ed25519PrivateKey | ec.EllipticCurvePrivateKey
NAME = "notifier._domainkey.example.org"


@cache
def rsa_key(bits: int = 2048) -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=bits)


@cache
def ed25519_key() -> ed25519.Ed25519PrivateKey:
    return ed25519.Ed25519PrivateKey.generate()


def pem(key: AnyKey, *, form: PrivateFormat = PrivateFormat.PKCS8, passphrase: bytes = b"") -> str:
    locked = BestAvailableEncryption(passphrase) if passphrase else NoEncryption()
    return key.private_bytes(Encoding.PEM, form, locked).decode()


def public_pem(key: AnyKey) -> str:
    return key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


def a_signer(text: str | None = None, *, look_up: LookUp | None = None) -> Signer:
    """One whose key is in the DNS, as far as `look_up` doesn't say otherwise."""
    return Signer(
        domain="example.org", selector="notifier", key=lambda: pem(rsa_key()) if text is None else text,
        place=Problem(path="config.yaml", line=9, field="providers.letters.dkim.key", what=""),
        subject="providers.letters.dkim", look_up=look_up or (lambda _: key_of(pem(rsa_key())).record.encode()),
    )  # fmt: skip


@contextmanager
def a_dns(record: bytes = b"", *, code: int = dns.rcode.NXDOMAIN) -> Iterator[None]:
    """The machine's DNS, which knows one TXT record under NAME, in strings as long as they may be; without it, it answers `code`."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as door:
        door.bind(("127.0.0.1", 0))
        threading.Thread(target=_answer, args=(door, record, code), daemon=True).start()
        own = dns.resolver.Resolver(configure=False)
        own.nameservers, own.port = ["127.0.0.1"], door.getsockname()[1]
        before, dns.resolver.default_resolver = dns.resolver.default_resolver, own
        try:
            yield
        finally:
            dns.resolver.default_resolver = before


def _answer(door: socket.socket, record: bytes, code: int) -> None:
    while True:
        try:
            asked, who = door.recvfrom(4096)
        except OSError:
            return
        query = dns.message.from_wire(asked)
        reply = dns.message.make_response(query)
        name = query.question[0].name
        if record and name.to_text(omit_final_dot=True) == NAME:
            strings = [record[begin : begin + 255] for begin in range(0, len(record), 255)]
            said = " ".join(f'"{one.decode()}"' for one in strings)
            reply.answer.append(dns.rrset.from_text(name, 60, "IN", "TXT", said))
        else:
            reply.set_rcode(dns.rcode.Rcode(code))
        door.sendto(reply.to_wire(), who)
