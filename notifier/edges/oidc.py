"""An OpenID Connect provider, as far as a log-in asks it: its own description, its keys, and a code for a token.

Authlib asks for the token and joserfc looks at it; both are an extra, and are loaded when somebody first logs in so. What
the provider answers is untrusted: it is bounded in size and time, no redirect is followed, and nothing of it is repeated.
"""

from __future__ import annotations

import io
import json
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from time import monotonic
from typing import Any
from urllib.parse import urlsplit

from notifier.config.settings import OidcSettings
from notifier.core.sign_on import Claimed, Expected, believed
from notifier.errors import ProviderError, UserError
from notifier.ports import Finding

#: Seconds for one answer, and bytes of it.
TIMEOUT, LARGEST = 5.0, 262_144
#: How long the provider's description and its keys are taken to be as they were.
LASTS = timedelta(hours=1)
ALGORITHMS = ("RS256", "ES256")
_KINDS = {"RS256": "RSA", "ES256": "EC"}
_MOST_KEYS = 100
_SCOPE = "openid email"
_ENDPOINTS = ("authorization_endpoint", "token_endpoint", "jwks_uri")


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One log-in under way: what the browser takes along, and what stays here (`nonce` and `state` do both)."""

    redirect_uri: str
    state: str = field(repr=False)
    nonce: str = field(repr=False)
    verifier: str = field(repr=False)


@dataclass(slots=True)
class _Kept:
    """A document of the provider's, and when it was read."""

    document: Mapping[str, Any]
    at: datetime


class OidcProvider:
    """One service by which people log in. May be asked from any thread.

    Every act raises ProviderError with a sentence that holds nothing that the provider or a browser said, and UserError where
    the secret that config.yaml names isn't there.
    """

    def __init__(self, settings: OidcSettings, now: Callable[[], datetime], *, timeout: float = TIMEOUT) -> None:
        self.settings = settings
        self._now, self._timeout = now, timeout
        self._kept: dict[str, _Kept] = {}
        self._one_at_a_time = threading.Lock()

    def address(self, asked: Asked) -> str:
        """Where the browser is sent."""
        found = self._described()
        with self._session(found, asked.redirect_uri) as session:
            url, _ = session.create_authorization_url(
                found["authorization_endpoint"], state=asked.state, code_verifier=asked.verifier, nonce=asked.nonce
            )
        return str(url)

    def who(self, asked: Asked, code: str, told_issuer: str | None) -> Claimed:
        """Whom the code is about that came back. `told_issuer`: the issuer that came with it, if one did (RFC 9207)."""
        found, issuer = self._described(), self.settings.issuer
        must_tell = found.get("authorization_response_iss_parameter_supported") is True
        if told_issuer != issuer and (must_tell or told_issuer is not None):
            raise _refusal("The answer came from another service than the one that was asked.")
        expected = Expected(issuer=issuer, client_id=self.settings.client_id, nonce=asked.nonce)
        claims = self._claims(self._token(found, asked, code), found["jwks_uri"])
        about = believed(claims, expected, self._now())
        if isinstance(about, str):
            raise _refusal(f"What {self._host} said can't be believed (its “{about}” is wrong).")
        return about

    def doctor(self) -> Finding:
        """Whether the secret is there, and the provider answers: its description and its keys are read, and nobody logs in."""
        try:
            self.settings.client_secret.read()
            self._document(self._described()["jwks_uri"], _has_keys)
        except (ProviderError, UserError) as error:
            return Finding(subject="web.oidc", ok=False, text=error.message, hint="Passwords work meanwhile.")
        return Finding(subject="web.oidc", ok=True, text=f"{self._host} describes itself, and its keys can be read.")

    @property
    def _host(self) -> str:
        return urlsplit(self.settings.issuer).netloc

    def _described(self) -> Mapping[str, Any]:
        """The provider's description of itself (OpenID Connect Discovery 1.0, 4)."""
        return self._document(self.settings.issuer.rstrip("/") + "/.well-known/openid-configuration", self._is_whole)

    def _is_whole(self, document: Mapping[str, Any]) -> bool:
        # On this machine alone may anything travel unencrypted.
        schemes = ("https", "http") if self.settings.issuer.startswith("http://") else ("https",)
        return document.get("issuer") == self.settings.issuer and all(
            _is_address(document.get(name), schemes) for name in _ENDPOINTS
        )

    def _document(
        self, url: str, is_right: Callable[[Mapping[str, Any]], bool], *, afresh: bool = False
    ) -> Mapping[str, Any]:
        with self._one_at_a_time:
            kept, now = self._kept.get(url), self._now()
            if kept is not None and not afresh and kept.at <= now < kept.at + LASTS:
                return kept.document
            document = self._read(url)
            if not is_right(document):
                raise _refusal(f"{self._host} describes itself in a way that can't be used.")
            self._kept[url] = _Kept(document, now)
            return document

    def _read(self, url: str) -> Mapping[str, Any]:
        import requests  # noqa: PLC0415 - slow to import, seldom needed

        with requests.Session() as session:
            self._bound(session)
            answer = self._heard(lambda: session.get(url, headers={"Accept": "application/json"}))
        if answer.status_code != requests.codes.ok:
            raise self._mute(f"{self._host} answered with status {answer.status_code}.")
        try:
            found = json.loads(answer.content)
        except (ValueError, RecursionError):
            found = None
        if not isinstance(found, dict):
            raise self._mute(f"{self._host} answered something that can't be read.")
        return found

    def _token(self, found: Mapping[str, Any], asked: Asked, code: str) -> str:
        """The ID token that the provider gives for a code."""
        from authlib.common.errors import AuthlibBaseError  # noqa: PLC0415 - an extra

        with self._session(found, asked.redirect_uri) as session:
            try:
                given = self._heard(
                    lambda: session.fetch_token(
                        found["token_endpoint"],
                        grant_type="authorization_code",
                        code=code,
                        code_verifier=asked.verifier,
                        redirect_uri=asked.redirect_uri,
                    )
                )
                token = given["id_token"]
            except (AuthlibBaseError, ValueError, LookupError, TypeError, AttributeError, RecursionError):
                raise self._refused() from None
        if not isinstance(token, str):
            raise self._refused()
        return token

    def _claims(self, token: str, url: str) -> Mapping[str, Any]:
        """What a token says, once it is known that the provider signed it. Its keys are read anew once, for one that is new."""
        from joserfc import jws, jwt  # noqa: PLC0415 - an extra
        from joserfc.errors import JoseError  # noqa: PLC0415 - an extra

        for afresh in (False, True):
            keys = self._document(url, _has_keys, afresh=afresh)["keys"]
            try:
                key = _key_for(jws.extract_compact(token.encode()).headers(), keys)
                return jwt.decode(token, key, ALGORITHMS).claims
            except _UnknownKeyError:
                continue
            except (JoseError, ValueError, TypeError, KeyError, AttributeError, RecursionError):
                break
        raise _refusal(f"What {self._host} said is not signed as it should be.")

    def _session(self, found: Mapping[str, Any], redirect_uri: str) -> Any:
        from authlib.integrations.requests_client import OAuth2Session  # noqa: PLC0415 - an extra

        ways = found.get("token_endpoint_auth_methods_supported") or ["client_secret_basic"]
        by_form = isinstance(ways, list) and "client_secret_basic" not in ways and "client_secret_post" in ways
        session = OAuth2Session(
            self.settings.client_id,
            self.settings.client_secret.read(),
            scope=_SCOPE,
            redirect_uri=redirect_uri,
            code_challenge_method="S256",
            token_endpoint_auth_method="client_secret_post" if by_form else "client_secret_basic",
        )
        self._bound(session)
        return session

    def _bound(self, session: Any) -> None:
        # No proxy, no password file: what is asked here is asked of the host in config.yaml, or of nobody.
        session.trust_env = False
        session.headers["Accept-Encoding"] = "identity"
        adapter = _adapter(self._timeout)
        session.mount("https://", adapter)
        session.mount("http://", adapter)

    def _heard(self, ask: Callable[[], Any]) -> Any:
        import requests  # noqa: PLC0415 - slow to import, seldom needed
        import urllib3  # noqa: PLC0415 - slow to import, seldom needed

        try:
            return ask()
        except (_TooMuchError, _ElsewhereError) as error:
            raise self._mute(f"{self._host} {error}.") from None
        except (TimeoutError, requests.Timeout, urllib3.exceptions.TimeoutError):
            raise self._mute(f"{self._host} did not answer in time.") from None
        except requests.exceptions.SSLError:
            raise self._mute(f"{self._host} can't be reached encrypted.") from None
        except requests.HTTPError:
            raise self._mute(f"{self._host} did not answer as it should.") from None
        except (requests.RequestException, urllib3.exceptions.HTTPError, OSError) as error:
            if isinstance(error, ValueError):
                raise self._refused() from None
            raise self._mute(f"{self._host} can't be reached.") from None

    def _refused(self) -> ProviderError:
        return _refusal(f"{self._host} gave nothing for this log-in.")

    def _mute(self, what: str) -> ProviderError:
        return ProviderError(what, permanent=False)


class _TooMuchError(Exception):
    """An answer that has no end in sight."""


class _ElsewhereError(Exception):
    """An answer that sends us on."""


class _UnknownKeyError(Exception):
    """A token that is signed with a key that isn't among those that are known."""


def _refusal(what: str) -> ProviderError:
    return ProviderError(what, permanent=True)


def _is_address(value: object, schemes: tuple[str, ...]) -> bool:
    try:
        parts = urlsplit(value) if isinstance(value, str) and value.isprintable() else None
    except ValueError:
        return False
    return parts is not None and parts.scheme in schemes and bool(parts.hostname) and "@" not in parts.netloc


def _has_keys(document: Mapping[str, Any]) -> bool:
    return isinstance(document.get("keys"), list)


def _key_for(header: Mapping[str, Any], keys: list[Any]) -> Any:
    """The public key that a token names, of the kind that its algorithm needs.

    Raises _UnknownKeyError where there is none, and KeyError for an algorithm that isn't taken.
    """
    from joserfc import jwk  # noqa: PLC0415 - an extra

    kind, kid = _KINDS[header["alg"]], header.get("kid")
    own = [
        key
        for key in keys[:_MOST_KEYS]
        if isinstance(key, dict)
        and key.get("kty") == kind
        and key.get("use", "sig") == "sig"
        # A token that names none is only taken where there is but one.
        and (kid is None or key.get("kid") == kid)
    ]
    if len(own) != 1:
        raise _UnknownKeyError
    return jwk.import_key(own[0])


def _adapter(timeout: float) -> Any:
    from requests.adapters import HTTPAdapter  # noqa: PLC0415 - slow to import, seldom needed

    class Bounded(HTTPAdapter):
        """Reads an answer up to a size, and up to an instant: the time limit of a socket begins anew with every byte."""

        def send(self, request: Any, **options: Any) -> Any:  # type: ignore[override]  # requests names each of them
            until = monotonic() + timeout
            answer = super().send(request, **{**options, "stream": True, "timeout": timeout})
            raw = answer.raw
            try:
                if 300 <= answer.status_code < 400:
                    raise _ElsewhereError("answered with a redirect, which is not followed")
                answer.raw = io.BytesIO(_read_within(raw, until))
            finally:
                raw.close()
            return answer

    return Bounded()


def _read_within(raw: Any, until: float) -> bytes:
    body = bytearray()
    while part := raw.read1(65_536):
        body += part
        if len(body) > LARGEST:
            raise _TooMuchError("answered with more than is read of it")
        if monotonic() > until:
            raise TimeoutError
    return bytes(body)
