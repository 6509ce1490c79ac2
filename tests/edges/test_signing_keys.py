"""Keys to sign with: which ones can be used, what is said of others, and whether the DNS has them."""

from __future__ import annotations

from base64 import b64decode, b64encode

import dns.rcode
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PrivateFormat, PublicFormat
from hypothesis import given, settings
from hypothesis import strategies as st

from notifier.edges.smtp.keys import UnfitKeyError, _der, _number, key_of
from notifier.edges.smtp.signing import LookUpFailedError, in_dns
from tests.edges.signing import NAME, a_dns, a_signer, ed25519_key, pem, public_pem, rsa_key

RECORD = key_of(pem(rsa_key())).record.encode()
RAW = b64decode("".join(pem(rsa_key()).splitlines()[1:-1]))


def said(text: str) -> list[tuple[bool, str, str]]:
    return [(one.ok, one.text, one.hint) for one in a_signer(text, look_up=lambda _: RECORD).findings()]


def armoured(raw: bytes) -> str:
    return f"-----BEGIN PRIVATE KEY-----\n{b64encode(raw).decode()}\n-----END PRIVATE KEY-----\n"


@pytest.mark.parametrize("form", [PrivateFormat.PKCS8, PrivateFormat.TraditionalOpenSSL])
@pytest.mark.parametrize("bits", [1024, 2048, 3072])
def test_the_public_key_of_the_record_is_the_one_that_others_make_of_it(bits: int, form: PrivateFormat) -> None:
    own = rsa_key(bits).public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)

    key = key_of(pem(rsa_key(bits), form=form))

    assert (key.bits, key.record) == (bits, f"v=DKIM1; k=rsa; p={b64encode(own).decode()}")


def test_the_record_of_ed25519_has_its_32_octets() -> None:
    own = ed25519_key().public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    assert key_of(pem(ed25519_key())).record == f"v=DKIM1; k=ed25519; p={b64encode(own).decode()}"


def test_a_key_from_another_machine_is_understood() -> None:
    assert key_of(pem(rsa_key()).replace("\n", "\r\n")) == key_of(pem(rsa_key()))


def test_a_key_never_shows_itself() -> None:
    assert pem(rsa_key()).splitlines()[1] not in repr(key_of(pem(rsa_key()))) + repr(a_signer())


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("", "is no private key in PEM. Make one: openssl genrsa -out dkim.pem 2048 && chmod 600 dkim.pem"),
        (public_pem(rsa_key()), "is no private key in PEM."),
        (armoured(b"")[:-5], "is no private key in PEM."),
        (armoured(b"\x30\x00"), "is neither RSA nor Ed25519."),
        (pem(ec.generate_private_key(ec.SECP256R1())), "is neither RSA nor Ed25519."),
        (pem(rsa_key(), passphrase=b"x"), "is locked with a passphrase. Take the passphrase off: openssl pkey"),
        (armoured(RAW[:-40] + bytes(40)), "is damaged: what it signs can't be verified."),
    ],
    ids=["nothing", "public", "cut off", "other", "elliptic", "locked", "damaged"],
)
def test_what_is_no_key_to_sign_with_is_said(text: str, what: str) -> None:
    [(ok, found, _)] = said(text)
    assert (ok, found.partition("dkim.key: ")[2].startswith(what)) == (False, True)


@pytest.mark.parametrize("bits", [512, 1023])
def test_a_key_that_nobody_believes_is_refused(bits: int) -> None:
    numbers = b"".join(_number(number) for number in (0, 2**bits - 1, 3, 1, 1, 1, 1, 1, 1))
    with pytest.raises(UnfitKeyError) as caught:
        key_of(armoured(_der(0x30, numbers)))
    assert caught.value.what == f"has {bits} bits, and readers' servers believe 1024 to 4096."


@settings(max_examples=30)
@given(st.integers(0, len(RAW) - 1), st.binary(max_size=9))
def test_a_key_that_was_changed_is_a_sentence_and_not_a_crash(place: int, octets: bytes) -> None:
    signer = a_signer(armoured(RAW[:place] + octets + RAW[place + len(octets) :]))
    assert all(str(one).startswith("config.yaml:9: providers.letters.dkim.key: ") for one in signer.problems())


def test_doctor_shows_the_record_that_has_to_be_in_the_dns() -> None:
    (ok, text, hint), second = said(pem(rsa_key()))

    assert (ok, hint) == (True, "")
    assert text.endswith(f"at {NAME}, the TXT record: {RECORD.decode()}")
    assert second == (True, f"{NAME} has it.", "")


def test_doctor_advises_a_longer_key() -> None:
    (ok, _, hint), _ = said(pem(rsa_key(1024)))
    assert (ok, hint.partition(". ")[0]) == (True, "The key has 1024 bits, and 2048 are advised")


def in_the_dns(record: bytes = b"") -> list[bool]:
    with a_dns(record):
        return [one.ok for one in a_signer(look_up=in_dns).findings()]


def test_doctor_finds_the_key_in_the_dns() -> None:
    assert in_the_dns(RECORD) == [True, True]
    assert in_the_dns(RECORD.replace(b"; ", b";").replace(b"v=DKIM1;", b"v=DKIM1;t=y;")) == [True, True]


def test_doctor_finds_what_is_wrong_in_the_dns() -> None:
    other = key_of(pem(rsa_key(1024))).record.encode()
    assert in_the_dns() == [True, False]
    assert in_the_dns(other) == [True, False]
    assert in_the_dns(b"v=DKIM1; p=") == [True, False]
    assert in_the_dns(b"v=spf1 -all") == [True, False]


def test_a_dns_that_says_nothing_proves_nothing() -> None:
    with a_dns(code=dns.rcode.SERVFAIL):
        *_, found = a_signer(look_up=in_dns).findings()
    assert (found.ok, found.hint) == (True, f"Look yourself: dig TXT {NAME}")


def test_a_name_without_a_txt_record_has_none() -> None:
    with a_dns(code=dns.rcode.NOERROR):
        assert in_dns(NAME) is None


def test_a_name_that_no_dns_can_have_is_not_asked_for() -> None:
    with a_dns(), pytest.raises(LookUpFailedError):
        in_dns(f"{'a' * 64}._domainkey.example.org")
