"""A service of our own by which people log in: an OpenID Connect provider on a real socket, which tests bend."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

from joserfc import jws
from joserfc.jwk import ECKey, RSAKey

from notifier.config.settings import OidcSettings, Secret
from notifier.errors import Problem

CLIENT, SECRET = "notifier", "a-very-secret-client-secret"


@cache
def ec_key(kid: str = "one") -> ECKey:
    return ECKey.generate_key("P-256", {"kid": kid, "use": "sig"})


@cache
def rsa_key(kid: str = "two") -> RSAKey:
    return RSAKey.generate_key(2048, {"kid": kid, "use": "sig"})


@dataclass
class Service:
    """What it says, and what it was asked. Tests change any of it."""

    now: Callable[[], datetime]
    issuer: str = ""
    claims: dict[str, Any] = field(default_factory=dict)
    without: tuple[str, ...] = ()
    described: dict[str, Any] = field(default_factory=dict)
    header: dict[str, Any] = field(default_factory=lambda: {"alg": "ES256", "kid": "one"})
    signer: Any = None
    published: list[Any] = field(default_factory=lambda: [ec_key()])
    answers: dict[str, bytes | int | str] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    forms: list[dict[str, str]] = field(default_factory=list)
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    whole_token: str | None = None

    def settings(self) -> OidcSettings:
        """How config.yaml would name it."""
        secret = Secret(env="OIDC", environ={"OIDC": SECRET}, place=Problem(path="config.yaml", what=""))
        return OidcSettings(issuer=self.issuer, client_id=CLIENT, client_secret=secret, name="Example accounts")

    def agree(self, location: str) -> dict[str, str]:
        """Somebody whom the browser was sent here logs in; returns what it takes back."""
        asked = dict(parse_qsl(urlsplit(location).query))
        code = secrets.token_urlsafe(16)
        self.codes[code] = asked
        return {"code": code, "state": asked["state"]}

    def document(self) -> dict[str, Any]:
        return {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/keys",
            **self.described,
        }

    def token(self, nonce: str) -> str:
        instant = int(self.now().timestamp())
        said: dict[str, Any] = {
            "iss": self.issuer, "aud": CLIENT, "sub": "4711", "nonce": nonce, "iat": instant, "exp": instant + 300,
            "email": "Anna@example.org", "email_verified": True, **self.claims,
        }  # fmt: skip
        said = {name: value for name, value in said.items() if name not in self.without}
        if self.whole_token is not None:
            return self.whole_token
        if self.header["alg"] == "none":
            return ".".join([in_base64(json.dumps(self.header)), in_base64(json.dumps(said)), ""])
        return jws.serialize_compact(self.header, json.dumps(said), self.signer or ec_key(), [self.header["alg"]])

    def exchanged(self, form: dict[str, str], authorization: str) -> tuple[int, dict[str, Any]]:
        known = self.codes.pop(form.get("code", ""), None)
        challenge = in_base64(hashlib.sha256(form.get("code_verifier", "").encode()).digest())
        by_field = authorization == "Basic " + base64.b64encode(f"{CLIENT}:{SECRET}".encode()).decode()
        by_form = (form.get("client_id"), form.get("client_secret")) == (CLIENT, SECRET)
        if not (by_field or by_form):
            return 401, {"error": "invalid_client", "error_description": "hush"}
        if known is None or known["code_challenge"] != challenge or known["redirect_uri"] != form.get("redirect_uri"):
            return 400, {"error": "invalid_grant", "error_description": "hush"}
        return 200, {"access_token": "hush-access", "token_type": "Bearer", "id_token": self.token(known["nonce"])}


def in_base64(value: bytes | str) -> str:
    raw = value if isinstance(value, bytes) else value.encode()
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    service: Service
    over = threading.Event()

    def do_GET(self) -> None:
        documents = {
            "/.well-known/openid-configuration": self.service.document,
            "/keys": lambda: {"keys": [key.as_dict(private=False) for key in self.service.published]},
        }
        self._answer(200, documents.get(self.path, dict))

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"])).decode()
        form = {name: values[0] for name, values in parse_qs(body).items()}
        self.service.forms.append(form)
        status, given = (
            self.service.exchanged(form, self.headers.get("authorization", ""))
            if self.path not in self.service.answers
            else (200, {})
        )
        self._answer(status, lambda: given)

    def _answer(self, status: int, document: Callable[[], Any]) -> None:
        self.service.asked.append(self.path)
        bent = self.service.answers.get(self.path)
        match bent:
            case "hang" | "drip":
                self._linger(bent)
                return
            case int():
                status, body = bent, b"hush"
            case bytes():
                body = bent
            case _:
                body = json.dumps(document()).encode()
        self.send_response(status)
        self.send_header("content-type", "application/json")
        if status in (301, 302, 307):
            self.send_header("location", f"{self.service.issuer}/elsewhere")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.close_connection = not self._sent(body)

    def _linger(self, how: str) -> None:
        """Say nothing for longer than anybody waits, or a byte now and then."""
        if how == "drip":
            self.send_response(200)
            self.send_header("content-length", "100")
            self.end_headers()
        for _ in range(30):
            if self.over.wait(0.02):
                break
            if how == "drip" and not self._sent(b" "):
                break
        self.close_connection = True

    def _sent(self, body: bytes) -> bool:
        try:
            self.wfile.write(body)
        except OSError:
            return False
        return True

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its name there
        """Tests are quiet."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """Who asked went away."""


@contextmanager
def a_service(now: Callable[[], datetime]) -> Iterator[Service]:
    service = Service(now)
    server = _Server(("127.0.0.1", 0), type("Handler", (_Handler,), {"service": service}))
    service.issuer = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield service
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def query_of(said: dict[str, str]) -> str:
    return urlencode(said)
