"""nginx and Caddy, each started with the example of this project, changed in ports and paths alone."""

from __future__ import annotations

import http.client
import shutil
import socket
import ssl
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path

import trustme

from tests.acceptance.proxies.site import HOST, PATIENCE, Site, waited
from tests.files import ROOT
from tests.web.served import free_port

_NGINX = """\
daemon off;
pid {folder}/nginx.pid;
error_log {folder}/logs/main.log notice;
events {{}}
http {{
    types {{ text/html html; }}
    access_log off;
    gzip on;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/other;
    uwsgi_temp_path {folder}/other;
    scgi_temp_path {folder}/other;
    include {folder}/notifier.conf;
}}
"""
_LOCAL = """
{{
	local_certs
	skip_install_trust
	admin off
	default_bind 127.0.0.1
	http_port {plain}
	https_port {port}
	auto_https disable_redirects
"""


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    fields: Mapping[str, str]
    body: bytes
    #: Names of fields that stand there more than once.
    doubled: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Front:
    """A proxy that runs. `logs` are the files into which it writes, `kept` the folder of what it keeps, if it keeps any."""

    name: str
    port: int
    logs: Path
    kept: Path | None

    def ask(
        self, path: str, fields: Mapping[str, str] | None = None, *,
        method: str = "GET", body: bytes | None = None, source: str = "127.0.0.1",
    ) -> Answer:  # fmt: skip
        """As a program elsewhere would, at the public address."""
        trusting = ssl.create_default_context()
        trusting.check_hostname, trusting.verify_mode = False, ssl.CERT_NONE
        bare = socket.create_connection(("127.0.0.1", self.port), PATIENCE, source_address=(source, 0))
        wire = http.client.HTTPSConnection(HOST, self.port)
        wire.sock = trusting.wrap_socket(bare, server_hostname=HOST)
        try:
            wire.request(method, path, body, {"Host": HOST, **(fields or {})})
            answer = wire.getresponse()
            names = [name.lower() for name, _ in answer.getheaders()]
            found = {name.lower(): value for name, value in answer.getheaders()}
            return Answer(answer.status, found, answer.read(), frozenset(n for n in names if names.count(n) > 1))
        finally:
            wire.close()

    def logged(self) -> str:
        return "\n".join(path.read_text(encoding="utf-8") for path in sorted(self.logs.iterdir()))

    def on_disk(self) -> bytes:
        """All that it keeps of answers."""
        files = sorted(self.kept.rglob("*")) if self.kept else []
        return b"\n".join(path.read_bytes() for path in files if path.is_file())


def changed(text: str, replaced: Mapping[str, str]) -> str:
    for old, new in replaced.items():
        if old not in text:
            raise AssertionError(f"The example has no {old!r}.")
        text = text.replace(old, new)
    return text


@contextmanager
def nginx(folder: Path, site: Site) -> Iterator[Front]:
    port, plain, logs = free_port(), free_port(), folder / "logs"
    logs.mkdir(parents=True)
    certificate = trustme.CA().issue_cert(HOST)
    certificate.private_key_and_cert_chain_pem.write_to_path(folder / "both.pem")
    text = changed(
        (ROOT / "examples" / "nginx" / "notifier.conf").read_text(encoding="utf-8"),
        {
            "127.0.0.1:8000": f"127.0.0.1:{site.port}",
            "    listen [::]:80;\n": "",
            "    listen [::]:443 ssl http2;\n": "",
            "listen 80;": f"listen 127.0.0.1:{plain};",
            "listen 443 ssl": f"listen 127.0.0.1:{port} ssl",
            "/etc/ssl/events.example.org/fullchain.pem": str(folder / "both.pem"),
            "/etc/ssl/events.example.org/privkey.pem": str(folder / "both.pem"),
            "/var/cache/nginx/notifier": str(folder / "kept"),
            "/var/log/nginx/": f"{logs}/",
        },
    )
    (folder / "notifier.conf").write_text(text, encoding="utf-8")
    (folder / "nginx.conf").write_text(_NGINX.format(folder=folder), encoding="utf-8")
    program = [shutil.which("nginx") or "/usr/sbin/nginx", "-p", str(folder), "-c", str(folder / "nginx.conf")]
    # Its first words go to the machine's own log, where there is one, before it has read which one is meant.
    program += ["-e", str(logs / "main.log")]
    subprocess.run([*program, "-t", "-q"], check=True)
    with running(program, port, logs / "out.log", {"PATH": "/usr/sbin:/usr/bin:/bin"}):
        yield Front(name="nginx", port=port, logs=logs, kept=folder / "kept")


@contextmanager
def caddy(folder: Path, site: Site) -> Iterator[Front]:
    port, plain, logs = free_port(), free_port(), folder / "logs"
    logs.mkdir(parents=True)
    text = changed(
        (ROOT / "examples" / "caddy" / "Caddyfile").read_text(encoding="utf-8"),
        {"\n{\n": _LOCAL.format(plain=plain, port=port), "lb_try_duration 3s": "lb_try_duration 200ms"},
    )
    (folder / "Caddyfile").write_text(text, encoding="utf-8")
    environ = {
        "PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": str(folder), "XDG_DATA_HOME": str(folder / "own"),
        "NOTIFIER_HOST": HOST, "NOTIFIER": f"127.0.0.1:{site.port}", "NOTIFIER_FEEDS": str(site.folder / "feeds"),
    }  # fmt: skip
    which = ["--adapter", "caddyfile", "--config", str(folder / "Caddyfile")]
    subprocess.run(["caddy", "validate", *which], check=True, env=environ, capture_output=True)
    with running(["caddy", "run", *which], port, logs / "out.log", environ):
        yield Front(name="caddy", port=port, logs=logs, kept=None)


FRONTS: dict[str, Callable[[Path, Site], AbstractContextManager[Front]]] = {"nginx": nginx, "caddy": caddy}


@contextmanager
def running(command: list[str], port: int, log: Path, environ: Mapping[str, str]) -> Iterator[None]:
    with log.open("ab") as out:
        program = subprocess.Popen(command, stdout=out, stderr=out, env=dict(environ))
    try:
        until = time.monotonic() + PATIENCE
        while not _answers(port):
            if program.poll() is not None or time.monotonic() > until:
                raise AssertionError(f"{command[0]} didn't start: {log.read_text()[-2000:]}")
            waited()
        yield
    finally:
        program.terminate()
        program.wait(PATIENCE)


def _answers(port: int) -> bool:
    trusting = ssl.create_default_context()
    trusting.check_hostname, trusting.verify_mode = False, ssl.CERT_NONE
    try:
        with socket.create_connection(("127.0.0.1", port), 1) as bare, trusting.wrap_socket(bare, server_hostname=HOST):
            return True
    except OSError:
        return False
