"""vdirsyncer, which fetches calendars and uploads them one event each, and Radicale, which takes them over CalDAV."""

from __future__ import annotations

import base64
import socket
import subprocess
import time
import urllib.request
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from tests.acceptance.calendars.agree import Exhibit, Verdict
from tests.acceptance.calendars.judges import Bench, libical
from tests.acceptance.calendars.seen import Seen
from tests.acceptance.calendars.serving import serving

_STARTS_WITHIN = 30
_NEW = b'<?xml version="1.0"?><C:mkcalendar xmlns:C="urn:ietf:params:xml:ns:caldav"/>'
_PAIR = """
[pair {name}]
a = "{name}_from"
b = "{name}_to"
collections = null
conflict_resolution = "a wins"
[storage {name}_from]
{origin}
[storage {name}_to]
{target}
"""
_UPLOADED = """type = "caldav"
url = "{address}/judge/{name}/"
username = "judge"
password = "judge"
"""
#: Of more than so many, each an upload that takes longer than the one before, half would be there after an hour. So
#: vdirsyncer writes them straight into the folder that Radicale serves: all is fetched, taken apart, kept and served as ever.
_MANY = 2_000


def by_radicale(exhibits: Sequence[Exhibit], bench: Bench) -> Mapping[str, Verdict]:
    """Feeds are fetched over HTTP, files from a folder; what arrives is read out of Radicale, by libical."""
    folder = bench.place("radicale")
    small = [one for one in exhibits if not (one.big or one.mailed)]
    feeds = {f"{one.name}.ics": one.parts[0] for one in small if not one.apart}
    with _radicale(bench, folder) as address, serving(feeds) as shelf:
        return {one.name: _synced(one, bench, folder, address, shelf.address) for one in small}


def _synced(one: Exhibit, bench: Bench, folder: Path, address: str, feeds: str) -> Verdict:
    name = one.name.replace("-", "_")
    _ask("MKCALENDAR", f"{address}/judge/{name}/", _NEW)
    if not one.apart:
        origin = f'type = "http"\nurl = "{feeds}/{one.name}.ics"'
    else:
        origin = f'type = "filesystem"\npath = "{folder}/{name}/"\nfileext = ".ics"'
        (folder / name).mkdir()
        for number, part in enumerate(one.parts):
            (folder / name / f"{number}.ics").write_bytes(part)
    if len(one.expected) > _MANY:
        place = folder / "collections/collection-root/judge" / name
        target = f'type = "filesystem"\npath = "{place}/"\nfileext = ".ics"'
    else:
        target = _UPLOADED.format(address=address, name=name)
    config = folder / f"{name}.config"
    general = f'[general]\nstatus_path = "{folder}/status/"\n'
    config.write_text(general + _PAIR.format(name=name, origin=origin, target=target), encoding="utf-8")
    vdirsyncer = (bench.tools / "venv/bin/vdirsyncer", "-c", config)
    for words in (("discover",), ("sync",)):
        done = bench.call(*vdirsyncer, *words, home=folder)
        if done.returncode:
            return Verdict(complaints=(done.stderr.decode(errors="replace")[-300:],), seen=())
    arrived = _ask("GET", f"{address}/judge/{name}/")
    told, seen = libical(arrived, bench, folder)
    if not one.apart:
        seen = _with_uids(one.expected, seen)
    return Verdict(complaints=tuple(told), seen=tuple(sorted(seen)))


def _with_uids(meant: Sequence[Seen], seen: Sequence[Seen]) -> list[Seen]:
    """vdirsyncer's habit: what it fetches over HTTP gets a uid made of the rest, and two with the same rest are one.

    So what arrived stands for all that were meant with the very same rest; what is more than these stays what it is.
    """
    uids: dict[Seen, list[str]] = {}
    for one in meant:
        uids.setdefault(replace(one, uid=""), []).append(one.uid)
    named: list[Seen] = []
    for rest, times in Counter(replace(one, uid="") for one in seen).items():
        same = uids.get(rest, [])
        more = [f"{number} of {times}" for number in range(times - len(same))]
        named += [replace(rest, uid=uid) for uid in (*same, *more)]
    return named


@contextmanager
def _radicale(bench: Bench, folder: Path) -> Iterator[str]:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port = int(one.getsockname()[1])
    config = folder / "radicale.config"
    config.write_text(
        f"[server]\nhosts = 127.0.0.1:{port}\n[auth]\ntype = none\n"
        f"[storage]\nfilesystem_folder = {folder}/collections\n",
        encoding="utf-8",
    )
    with (folder / "radicale.log").open("wb") as log:
        process = subprocess.Popen(
            [str(bench.tools / "venv/bin/python"), "-m", "radicale", "--config", str(config)], stdout=log, stderr=log
        )
        try:
            _wait(port)
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()
            process.wait(20)


def _wait(port: int) -> None:
    last = time.monotonic() + _STARTS_WITHIN
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            if time.monotonic() > last:
                raise
            time.sleep(0.1)  # noqa: TID251 - nothing tells when another program listens


def _ask(method: str, url: str, body: bytes | None = None) -> bytes:
    login = {"Authorization": "Basic " + base64.b64encode(b"judge:judge").decode(), "Content-Type": "text/xml"}
    request = urllib.request.Request(url, data=body, method=method, headers=login)
    with urllib.request.urlopen(request, timeout=600) as answer:
        return bytes(answer.read())
