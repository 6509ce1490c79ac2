"""What is asked of an OpenID Connect provider, and what of its answers is taken."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Any

import pytest

from notifier.core.sign_on import Claimed
from notifier.edges.clock import FixedClock
from notifier.edges.oidc import LASTS, Asked, OidcProvider
from notifier.errors import ProviderError, UserError
from tests.builders import at
from tests.web.accounts import SECRET, Service, a_service, ec_key, in_base64, rsa_key

ASKED = Asked(redirect_uri="http://127.0.0.1:8000/login/oidc/back", state="s" * 43, nonce="n" * 43, verifier="v" * 43)
ANNA = Claimed(subject="4711", address="anna@example.org")
NOT_SIGNED = "said is not signed as it should be."


@pytest.fixture
def service() -> Iterator[Service]:
    with a_service(FixedClock(at("2026-11-02 09:00")).now) as found:
        yield found


def provider_of(service: Service, timeout: float = 2.0) -> OidcProvider:
    return OidcProvider(service.settings(), partial(_now_of, service), timeout=timeout)


def _now_of(service: Service) -> datetime:
    return service.now()


def who(
    service: Service, provider: OidcProvider | None = None, told: str | None = None, asked: Asked = ASKED
) -> Claimed:
    """Somebody goes to the service and comes back."""
    provider = provider or provider_of(service)
    code = service.agree(provider.address(ASKED))["code"]
    return provider.who(asked, code, told)


def refusal(
    service: Service, provider: OidcProvider | None = None, told: str | None = None, asked: Asked = ASKED
) -> str:
    with pytest.raises(ProviderError) as refused:
        who(service, provider, told, asked)
    assert refused.value.__cause__ is None
    assert "hush" not in refused.value.message
    return refused.value.message


def signed_by(service: Service, alg: str, kid: str | None, signer: Any) -> None:
    service.header = {"alg": alg, **({"kid": kid} if kid else {})}
    service.signer = signer


def test_a_code_says_who_it_is_about(service: Service) -> None:
    assert who(service) == ANNA


def test_its_description_and_keys_are_read_once_an_hour(service: Service) -> None:
    provider, asked = provider_of(service), service.asked
    assert who(service, provider) == who(service, provider) == ANNA
    assert (len(asked), asked.count("/token")) == (4, 2)
    service.now = FixedClock(service.now() + LASTS).now
    assert who(service, provider) == ANNA
    assert len(asked) == 7


def test_a_code_without_its_verifier_or_its_way_back_is_worth_nothing(service: Service) -> None:
    assert refusal(service, asked=replace(ASKED, verifier="w" * 43)).endswith("gave nothing for this log-in.")
    assert refusal(service, asked=replace(ASKED, redirect_uri="http://127.0.0.1/")).endswith("for this log-in.")


def test_a_token_for_another_log_in_is_not_believed(service: Service) -> None:
    assert "(its “nonce” is wrong)" in refusal(service, asked=replace(ASKED, nonce="x" * 43))


@pytest.mark.parametrize(
    ("alg", "kid", "signer"),
    [
        ("none", "one", None), ("none", None, None), ("ES256", "one", ec_key("other")), ("ES256", "three", ec_key("other")),
        ("RS256", "one", rsa_key()), ("RS256", "two", rsa_key("evil")), ("RS512", "two", rsa_key()), ("PS256", "two", rsa_key()),
        ("ES256", "two", ec_key()),
    ],
)  # fmt: skip
def test_a_token_that_is_not_signed_as_it_should_be_is_refused(
    service: Service, alg: str, kid: str | None, signer: Any
) -> None:
    service.published = [ec_key(), rsa_key()]
    signed_by(service, alg, kid, signer)
    assert refusal(service).endswith(NOT_SIGNED)


@pytest.mark.parametrize("alg", ["HS256", "ES256"])
@pytest.mark.parametrize("key", [ec_key().as_pem(private=False), b"", ec_key().as_bytes(private=False)])
def test_a_public_key_is_no_secret_to_sign_with(service: Service, alg: str, key: bytes) -> None:
    head = ".".join([in_base64(f'{{"alg":"{alg}","kid":"one"}}'), service.token(ASKED.nonce).split(".")[1]])
    service.whole_token = f"{head}.{in_base64(hmac.new(key, head.encode(), hashlib.sha256).digest())}"
    assert refusal(service).endswith(NOT_SIGNED)


@pytest.mark.parametrize("token", ["", "x", "a.b", "a.b.c", "a.b.c.d.e", "é.é.é", "e30.e30.", "W10.W10.W10"])
def test_what_is_no_token_is_refused(service: Service, token: str) -> None:
    service.whole_token = token
    assert refusal(service).endswith(NOT_SIGNED)


def test_rsa_is_believed_too(service: Service) -> None:
    service.published = [ec_key(), rsa_key()]
    signed_by(service, "RS256", "two", rsa_key())
    assert who(service) == ANNA


def test_a_token_that_names_no_key_is_believed_where_there_is_but_one(service: Service) -> None:
    signed_by(service, "ES256", None, ec_key())
    assert who(service) == ANNA
    service.published = [ec_key(), ec_key("other")]
    assert refusal(service).endswith(NOT_SIGNED)


def test_new_keys_are_read_once_for_a_name_that_is_not_known(service: Service) -> None:
    provider = provider_of(service)
    assert who(service, provider) == ANNA
    service.published = [ec_key("fresh")]
    signed_by(service, "ES256", "fresh", ec_key("fresh"))
    assert who(service, provider) == ANNA
    signed_by(service, "ES256", "nowhere", ec_key("fresh"))
    assert refusal(service, provider).endswith(NOT_SIGNED)
    assert service.asked.count("/keys") == 3


@pytest.mark.parametrize("told", [None, "", "https://evil.example.com"])
def test_the_answer_has_to_come_from_the_service_that_was_asked(service: Service, told: str | None) -> None:
    assert who(service, told=service.issuer) == ANNA
    service.described = {"authorization_response_iss_parameter_supported": told is None}
    before = service.asked.count("/token")
    assert refusal(service, told=told) == "The answer came from another service than the one that was asked."
    assert service.asked.count("/token") == before


@pytest.mark.parametrize("path", ["/.well-known/openid-configuration", "/token", "/keys"])
@pytest.mark.parametrize(
    "bent",
    [500, 404, 302, b"", b"no JSON", b"[]", b"[" * 100_000, b'{"keys": 1, "id_token": 1}', b'{"keys": [1]}', b" " * 300_000],
)  # fmt: skip
def test_a_service_that_does_not_answer_as_it_should_is_told_in_a_sentence(
    service: Service, path: str, bent: Any
) -> None:
    service.answers[path] = bent
    assert refusal(service).endswith(".")
    assert "/elsewhere" not in service.asked


def test_the_check_up_reads_its_description_and_its_keys_and_logs_nobody_in(service: Service) -> None:
    found = provider_of(service).doctor()
    assert (found.ok, found.text.endswith(" describes itself, and its keys can be read.")) == (True, True)
    assert service.asked == ["/.well-known/openid-configuration", "/keys"]


@pytest.mark.parametrize("path", ["/.well-known/openid-configuration", "/keys"])
def test_the_check_up_waits_for_no_slow_service(service: Service, path: str) -> None:
    service.answers[path] = "hang"
    found = provider_of(service, timeout=0.1).doctor()
    assert (found.ok, found.text.endswith(" did not answer in time.")) == (False, True)


@pytest.mark.parametrize("bent", ["hang", "drip"])
@pytest.mark.parametrize("path", ["/.well-known/openid-configuration", "/token"])
def test_a_slow_service_is_not_waited_for(service: Service, path: str, bent: str) -> None:
    service.answers[path] = bent
    assert refusal(service, provider_of(service, 0.1)).endswith("did not answer in time.")


@pytest.mark.parametrize(
    "described",
    [
        {"issuer": "https://evil.example.com"}, {"issuer": None}, {"token_endpoint": None}, {"token_endpoint": 1},
        {"authorization_endpoint": "javascript:alert(1)"}, {"jwks_uri": "file:///etc/passwd"},
        {"token_endpoint": "https://anna@evil.example.com/token"}, {"jwks_uri": "http://["},
    ],
)  # fmt: skip
def test_a_description_of_another_service_is_not_taken(service: Service, described: dict[str, Any]) -> None:
    service.described = described
    assert refusal(service).endswith("describes itself in a way that can't be used.")
    assert service.asked == ["/.well-known/openid-configuration"]


def test_where_the_issuer_is_encrypted_all_of_it_is(service: Service) -> None:
    safe = OidcProvider(replace(service.settings(), issuer="https://accounts.example.org"), service.now)
    document = {**service.document(), "issuer": "https://accounts.example.org"}
    assert not safe._is_whole(document)
    assert safe._is_whole(
        {**document, **{name: f"https://x.example.org/{name}" for name in document if name != "issuer"}}
    )


def test_the_secret_goes_by_form_where_the_service_takes_it_so_only(service: Service) -> None:
    service.described = {"token_endpoint_auth_methods_supported": ["client_secret_post"]}
    assert who(service) == ANNA
    assert service.forms[0]["client_secret"] == SECRET


def test_a_secret_that_is_gone_is_told_with_its_remedy(service: Service) -> None:
    gone = replace(service.settings(), client_secret=replace(service.settings().client_secret, environ={}))
    with pytest.raises(UserError, match="The environment variable OIDC is not set"):
        OidcProvider(gone, service.now).address(ASKED)
