"""/metrics: what is counted and how the site stands, for Prometheus, and who may read it."""

from __future__ import annotations

import hmac
from collections.abc import Iterable, Iterator, Mapping
from http import HTTPStatus
from typing import Any

import structlog
from prometheus_client import CollectorRegistry, Metric, ProcessCollector
from prometheus_client.exposition import choose_encoder
from prometheus_client.registry import Collector
from starlette.concurrency import run_in_threadpool

from notifier.app import App
from notifier.config.settings import Secret
from notifier.errors import UserError
from notifier.web.caller import is_near
from notifier.web.metrics.counted import Counted
from notifier.web.metrics.standing import Standing

__all__ = ["Counted", "MetricsAnswers"]

PATH = "/metrics"
#: A shorter token could be guessed by whoever can ask a thousand times a second.
SHORTEST_TOKEN = 16
_NOT_HERE = (
    "Metrics are read on this machine itself, by its own name and without a proxy between, or with a token: web.metrics in "
    "config.yaml (docs/watching.md).\n"
)
_PLAIN = "text/plain; charset=utf-8"
_Headers = Iterable[tuple[bytes, bytes]]


class MetricsAnswers:
    """The ASGI application for /metrics. Its registry is its own; what a process counts goes into `counted`."""

    def __init__(self, app: App) -> None:
        self._app = app
        self._registry = CollectorRegistry()
        self.counted = Counted(app, self._registry)
        self._registry.register(Standing(app))
        ProcessCollector(registry=self._registry)

    def takes(self, method: str, path: str) -> bool:
        """Whether a request is ours to answer."""
        return path == PATH and method in ("GET", "HEAD")

    async def __call__(self, scope: Mapping[str, Any], receive: Any, send: Any) -> None:
        del receive
        refusal = await run_in_threadpool(self._refusal, scope)
        if refusal is not None:
            status, fields = refusal
            text = (
                _NOT_HERE
                if status != HTTPStatus.SERVICE_UNAVAILABLE
                else "The token can't be read now. The log says more.\n"
            )
            await _answer(send, status, text.encode(), kind=_PLAIN, fields=fields, method=scope["method"])
            return
        accepted = dict(scope["headers"]).get(b"accept", b"").decode("latin-1")
        body, kind = await run_in_threadpool(self.shown, accepted)
        await _answer(send, HTTPStatus.OK, body, kind=kind, method=scope["method"])

    def shown(self, accepted: str = "") -> tuple[bytes, str]:
        """All metrics in the form that is accepted, and what it is called."""
        encode, kind = choose_encoder(accepted)
        return encode(_WithoutBirths(self._registry)), kind

    def _refusal(self, scope: Mapping[str, Any]) -> tuple[HTTPStatus, _Headers] | None:
        token = self._app.settings.metrics_token
        if token is None:
            return None if is_near(scope) else (HTTPStatus.FORBIDDEN, ())
        try:
            known = _secret_of(token)
        except UserError as error:
            structlog.get_logger().error("metrics_unreadable", trouble=error.message)
            return HTTPStatus.SERVICE_UNAVAILABLE, ()
        if shows(scope["headers"], known):
            return None
        return HTTPStatus.UNAUTHORIZED, ((b"www-authenticate", b"Bearer"),)


def shows(headers: _Headers, token: str) -> bool:
    """Whether exactly this token is shown. Takes as long whichever way it is wrong."""
    sent = [value for name, value in headers if name == b"authorization"]
    scheme, _, secret = sent[0].partition(b" ") if len(sent) == 1 else (b"", b"", b"")
    is_right = hmac.compare_digest(secret.strip(b" "), token.encode())
    return is_right and scheme.lower() == b"bearer"


def _secret_of(token: Secret) -> str:
    text = token.read()
    if len(text) < SHORTEST_TOKEN:
        raise token.refused(
            f"This token has fewer than {SHORTEST_TOKEN} signs.", "Make a long one, for example: openssl rand -hex 32"
        )
    return text


class _WithoutBirths(Collector):
    """The registry without the time at which each counter began, which would be a metric more for each."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._registry = registry

    def collect(self) -> Iterator[Metric]:
        for metric in self._registry.collect():
            metric.samples = [one for one in metric.samples if not one.name.endswith("_created")]
            yield metric


async def _answer(
    send: Any, status: HTTPStatus, body: bytes, *, kind: str, fields: _Headers = (), method: str
) -> None:  # fmt: skip
    length = str(len(body)).encode()
    headers = [(b"content-type", kind.encode()), (b"content-length", length), (b"cache-control", b"no-store"), *fields]
    await send({"type": "http.response.start", "status": int(status), "headers": headers})
    await send({"type": "http.response.body", "body": b"" if method == "HEAD" else body})
