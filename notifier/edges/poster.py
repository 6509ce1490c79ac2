"""Posts to webhooks: one request, one connection, and of the answer its status alone.

No redirect is followed, no proxy of the environment is asked, and the receiver's certificate must be right: what is posted
reaches the host that config.yaml names, or nobody.
"""

from __future__ import annotations

import http.client
import socket
import ssl
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from threading import Timer
from urllib.parse import urlsplit

from notifier.core.posting import host_of
from notifier.errors import ProviderError

#: For the whole of an attempt, in seconds; the search for the host's number is the resolver's, and has its own.
TIMEOUT = 10.0
_PORTS = {"https": http.client.HTTPS_PORT, "http": http.client.HTTP_PORT}


def post(url: str, body: str, fields: Mapping[str, str], *, timeout: float = TIMEOUT) -> int:
    """Post JSON, and return the status of the answer, of which nothing more is read.

    Raises ProviderError, with a sentence that names the host alone, where no answer came within `timeout` seconds.
    """
    try:
        with _watched(timeout) as watch:
            try:
                return _exchange(url, body.encode(), fields, watch)
            except (OSError, http.client.HTTPException):
                if watch.is_over:
                    raise TimeoutError from None
                raise
    except (OSError, http.client.HTTPException) as error:
        # Not with its cause: a stranger's words would travel on to the log.
        raise ProviderError(_words(error, host_of(url)), permanent=False) from None


@dataclass(slots=True)
class _Watch:
    """Ends an exchange when its time is over: the time limit of a socket begins anew with every byte."""

    timeout: float
    is_over: bool = False
    _handles: list[socket.socket] = field(default_factory=list)

    def keep(self, made: socket.socket) -> None:
        """A second handle on it: TLS takes the first one's place, and this one still cuts."""
        self._handles.append(made.dup())
        if self.is_over:
            raise TimeoutError

    def cut(self) -> None:
        self.is_over = True
        for one in self._handles:
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        for one in self._handles:
            one.close()


@contextmanager
def _watched(timeout: float) -> Iterator[_Watch]:
    with closing(_Watch(timeout)) as watch:
        timer = Timer(timeout, watch.cut)
        timer.daemon = True
        timer.start()
        try:
            yield watch
        finally:
            timer.cancel()


def _exchange(url: str, body: bytes, fields: Mapping[str, str], watch: _Watch) -> int:
    parts = urlsplit(url)
    host, port = parts.hostname or "", parts.port or _PORTS[parts.scheme]
    headers = {
        "Host": parts.netloc,
        "Content-Type": "application/json",
        "User-Agent": "notifier",
        "Connection": "close",
    }
    line = http.client.HTTPConnection(host, port)
    with closing(socket.create_connection((host, port), timeout=watch.timeout)) as made:
        watch.keep(made)
        line.sock = _encrypted(made, host) if parts.scheme == "https" else made
        with closing(line.sock):
            line.request("POST", parts._replace(scheme="", netloc="").geturl() or "/", body, {**headers, **fields})
            return line.getresponse().status


def _encrypted(made: socket.socket, host: str) -> socket.socket:
    return ssl.create_default_context().wrap_socket(made, server_hostname=host)


def _words(error: Exception, host: str) -> str:
    match error:
        case TimeoutError():
            return f"{host} did not answer in time."
        case ssl.SSLCertVerificationError():
            return f"The certificate of {host} can't be trusted ({error.verify_message})."
        case ssl.SSLError():
            return f"{host} can't be reached encrypted."
        case socket.gaierror():
            return f"No host is known as {host}."
        case ConnectionRefusedError():
            return f"{host} takes no connection."
        case http.client.RemoteDisconnected() | ConnectionError():
            return f"{host} hung up without an answer."
        case OSError():
            return f"{host} can't be reached."
        case _:
            return f"{host} answered something other than HTTP."
