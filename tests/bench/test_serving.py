"""Requests for a feed that the running program answers, beside nginx with the same bytes as a file, one worker each.

nginx as Debian sets it up (sendfile, tcp_nopush), without its log, for ours writes none either, and with the packed file beside the
plain one. Both are asked by wrk over 64 connections that stay, in turns, so that whatever else runs meets both alike: what counts
is the median of the ratios of the rounds. Processor time for a request is told besides, the least of the rounds: a busy machine
leaves that alone. With `open_file_cache`, which Debian leaves off, nginx looks at the disk once a minute as ours does once a tick; told besides.
"""

from __future__ import annotations

import gzip
import os
import re
import shutil
import statistics
import subprocess
import sys
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.bench.measures import FULL, ROOT, say
from tests.bench.sites import make_coming
from tests.web.served import free_port

pytestmark = pytest.mark.bench

#: What a calendar program says each time, so that its reader is counted each time.
AGENT = "User-Agent: ICSx5/2.4.3 (ical4j/3.2.19 okhttp/5.3.2 Android/16)"
#: Of this many events the feed has 62 kB.
EVENTS = 82
ROUNDS, SECONDS = (15, 3) if FULL else (11, 1)
NGINX = """\
worker_processes 1;
daemon off;
pid {folder}/pid;
error_log {folder}/error.log;
events {{ worker_connections 768; }}
http {{
  sendfile on;
  tcp_nopush on;
  access_log off;
  types {{ text/calendar ics; }}
  gzip_static on;
  gzip_vary on;
  {more}
  keepalive_requests 1000000000;
  client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
  server {{
    listen 127.0.0.1:{port};
    root {folder}/root;
    add_header Cache-Control "public, max-age=900, must-revalidate";
  }}
}}
"""


KEPT_OPEN = "open_file_cache max=100;"


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """A server that runs. `process` is the one that answers."""

    address: str
    process: int

    def tag(self) -> str:
        request = urllib.request.Request(self.address, method="HEAD")
        with urllib.request.urlopen(request, timeout=30) as answer:
            return str(answer.headers["etag"])

    def processor_seconds(self) -> float:
        fields = Path(f"/proc/{self.process}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@dataclass(slots=True)
class Rounds:
    """What wrk found in each round: requests a second, milliseconds that 99 % took at most, microseconds of processor time."""

    rates: list[float] = field(default_factory=list)
    slowest: list[float] = field(default_factory=list)
    costs: list[float] = field(default_factory=list)

    def add(self, server: Server, fields: Sequence[str]) -> None:
        before = server.processor_seconds()
        command = [
            "wrk",
            "-t1",
            "-c64",
            f"-d{SECONDS}s",
            "--latency",
            *(part for one in fields for part in ("-H", one)),
        ]
        ended = subprocess.run([*command, server.address], check=True, capture_output=True, text=True)
        requests = int(_found(r"(\d+) requests in", ended.stdout))
        self.costs.append((server.processor_seconds() - before) / requests * 1e6)
        self.rates.append(float(_found(r"Requests/sec: +([\d.]+)", ended.stdout)))
        self.slowest.append(_milliseconds(_found(r"99% +(\S+)", ended.stdout)))


def _found(pattern: str, text: str) -> str:
    found = re.search(pattern, text)
    assert found is not None, text
    return found[1]


def _milliseconds(text: str) -> float:
    number, unit = re.fullmatch(r"([\d.]+)(us|ms|s)", text).groups()  # type: ignore[union-attr]  # wrk's own form
    return float(number) * {"us": 0.001, "ms": 1.0, "s": 1000.0}[unit]


@contextmanager
def notifier(config: Path) -> Iterator[Server]:
    command = [sys.executable, "-m", "notifier", "run", "--config", str(config), "--port", "0"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as child:
        assert child.stdout is not None
        try:
            address = next(line.split()[3] for line in child.stdout if line.startswith("notifier runs at "))
            next(line for line in child.stdout if line.startswith("All of it, and why"))
            yield Server(address=f"{address}/feeds/all.ics", process=child.pid)
        finally:
            child.terminate()


@contextmanager
def nginx(folder: Path, body: bytes, more: str) -> Iterator[Server]:
    """nginx with this one file, and its packed form."""
    port, files = free_port(), folder / "root" / "feeds"
    files.mkdir(parents=True)
    # Its workers are another user's, who may not look into a folder of pytest's.
    (folder / "nginx.conf").write_text(
        f"user {_user()};\n" + NGINX.format(folder=folder, port=port, more=more), encoding="utf-8"
    )
    (files / "all.ics").write_bytes(body)
    (files / "all.ics.gz").write_bytes(gzip.compress(body, mtime=0))
    command = ["nginx", "-p", str(folder), "-c", str(folder / "nginx.conf")]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as child:
        try:
            address = f"http://127.0.0.1:{port}/feeds/all.ics"
            curl = [
                "curl",
                "-sf",
                "-o",
                "/dev/null",
                "--retry",
                "50",
                "--retry-connrefused",
                "--retry-delay",
                "1",
                address,
            ]
            subprocess.run(curl, check=True)
            worker = Path(f"/proc/{child.pid}/task/{child.pid}/children").read_text(encoding="utf-8").split()[0]
            yield Server(address=address, process=int(worker))
        finally:
            child.terminate()


def _user() -> str:
    return subprocess.run(["id", "-un"], check=True, capture_output=True, text=True).stdout.strip()


def test_serving(tmp_path: Path) -> None:
    for program in ("nginx", "wrk", "curl"):
        if shutil.which(program, path=f"{os.defpath}:/usr/sbin:/usr/local/bin") is None:
            pytest.skip(f"{program} isn't installed (Debian: apt install nginx-light wrk curl).")
    with notifier(make_coming(tmp_path / "site", EVENTS)) as ours:
        with urllib.request.urlopen(ours.address, timeout=30) as answer:
            body = answer.read()
        say(f"\nserving a feed of {len(body)} bytes, ours / nginx, {ROUNDS} rounds of {SECONDS} s each in turns")
        for files, aims in (("", ("aim >= 0.6 x", "aim >= 0.55 x", "aim >= 0.4 x")), (KEPT_OPEN, ("",) * 3)):
            if files:
                say("the same, with open_file_cache")
            with nginx(tmp_path / f"nginx{len(files)}", body, files) as theirs:
                asked: list[tuple[str, list[list[str]]]] = [
                    ("200", [[], []]),
                    ("200, gzip", [["Accept-Encoding: gzip"]] * 2),
                    ("304", [[f"If-None-Match: {one.tag()}"] for one in (ours, theirs)]),
                ]
                for (what, fields), aim in zip(asked, aims, strict=True):
                    _compare(what, aim, (ours, fields[0]), (theirs, fields[1]))


def _compare(what: str, aim: str, *servers: tuple[Server, list[str]]) -> None:
    found = [Rounds() for _ in servers]
    for _ in range(ROUNDS):
        for (server, fields), rounds in zip(servers, found, strict=True):
            rounds.add(server, fields)
    ours, theirs = found
    ratio = statistics.median(our / their for our, their in zip(ours.rates, theirs.rates, strict=True))
    say(
        f"{what:<10} {_told(ours.rates):>20} / {_told(theirs.rates):>20} requests/s  {ratio:5.2f} x  {aim:<14} "
        f"p99 {statistics.median(ours.slowest):6.1f} / {statistics.median(theirs.slowest):5.1f} ms  "
        f"processor {min(ours.costs):5.1f} / {min(theirs.costs):5.1f} µs {min(theirs.costs) / min(ours.costs):5.2f} x"
    )


def _told(rates: Sequence[float]) -> str:
    return f"{statistics.median(rates):.0f} ({min(rates):.0f}-{max(rates):.0f})"
