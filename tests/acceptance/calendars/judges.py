"""The judges: other people's programs that read our calendars, each started fresh in a folder of its own."""

from __future__ import annotations

import json
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Protocol

from tests.acceptance.calendars import lint, tzcheck
from tests.acceptance.calendars.agree import Exhibit, Verdict, differences
from tests.acceptance.calendars.cases import GUEST
from tests.acceptance.calendars.evolution import Evolution
from tests.acceptance.calendars.seen import Seen
from tests.acceptance.calendars.seen import read as read_seen
from tests.acceptance.calendars.serving import serving
from tests.acceptance.calendars.thunderbird import Thunderbird

Verdicts = Mapping[str, Verdict]
#: A client has this long to show what is meant, before what it shows then is what it sees.
_PATIENCE, _PATIENCE_BIG, _PAUSE = 8.0, 300.0, 0.1
_LONGEST = 900
#: What Thunderbird may take a mail for; it has never heard of an event that nobody was invited to.
_MAILED = ("REQUEST", "CANCEL", "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Bench:
    """Where judges work: `tools` holds what `run` installed, `folder` is scratch, `environment` that of the process."""

    tools: Path
    folder: Path
    environment: Mapping[str, str]

    def place(self, name: str) -> Path:
        """An empty folder for one judge."""
        folder = self.folder / name
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        return folder

    def call(self, *words: str | Path, home: Path) -> subprocess.CompletedProcess[bytes]:
        environment = {**self.environment, "HOME": str(home), "TZ": "UTC", "LC_ALL": "C.UTF-8"}
        return subprocess.run(
            [str(word) for word in words], capture_output=True, env=environment, timeout=_LONGEST, check=False
        )


Judge = Callable[[Sequence[Exhibit], Bench], Verdicts]


def by_lint(exhibits: Sequence[Exhibit], bench: Bench) -> Verdicts:
    return {one.name: Verdict(complaints=tuple(_each(one, _linted))) for one in exhibits}


def _linted(part: bytes, meant: int) -> list[str]:
    return lint.complaints(part, events=meant)


def by_tzcheck(exhibits: Sequence[Exhibit], bench: Bench) -> Verdicts:
    return {
        one.name: Verdict(complaints=tuple(_each(one, lambda part, _: tzcheck.complaints(part)))) for one in exhibits
    }


def _each(exhibit: Exhibit, look: Callable[[bytes, int], list[str]]) -> Iterator[str]:
    meant = 1 if exhibit.apart else len(exhibit.expected)
    for number, part in enumerate(exhibit.parts):
        yield from (f"{number}: {what}" for what in look(part, meant))


def by_libical(exhibits: Sequence[Exhibit], bench: Bench) -> Verdicts:
    folder = bench.place("libical")
    return {one.name: _libical(one, bench, folder) for one in exhibits}


def _libical(exhibit: Exhibit, bench: Bench, folder: Path) -> Verdict:
    complaints: list[str] = []
    seen: list[Seen] = []
    for part in exhibit.parts:
        told, found = libical(part, bench, folder)
        complaints += told
        seen += found
    return Verdict(complaints=tuple(complaints), seen=tuple(seen))


def libical(part: bytes, bench: Bench, folder: Path) -> tuple[list[str], list[Seen]]:
    """What its parser and its restriction check say of a calendar, and the events that it sees."""
    path = folder / "calendar.ics"
    path.write_bytes(part)
    text = bench.call(bench.tools / "libical", path, home=folder).stdout.decode("utf-8", "replace")
    first, _, events = text.partition("\n")
    verdict = json.loads(first or '{"valid": false, "complaints": ["it crashed"]}')
    complaints = verdict["complaints"] or ([] if verdict["valid"] else ["not valid"])
    return complaints, read_seen(events)


_KHAL = """[calendars]
[[cal]]
path = {folder}/cal
type = calendar
[locale]
local_timezone = UTC
default_timezone = UTC
dateformat = %Y-%m-%d
longdateformat = %Y-%m-%d
timeformat = %H:%M:%S
datetimeformat = %Y-%m-%dT%H:%M:%S
longdatetimeformat = %Y-%m-%dT%H:%M:%S
[sqlite]
path = {folder}/khal.db
[default]
default_calendar = cal
"""
_KHAL_SAYS = ("uid", "title", "start-long", "end-long", "all-day", "description", "location", "url", "status")


def by_khal(exhibits: Sequence[Exhibit], bench: Bench) -> Verdicts:
    # It keeps each event in a file and a database, and takes a quarter of an hour for ten thousand.
    return {one.name: _khal(one, bench, bench.place("khal")) for one in exhibits if not (one.big or one.mailed)}


def _khal(exhibit: Exhibit, bench: Bench, folder: Path) -> Verdict:
    (folder / "cal").mkdir()
    (folder / "config").write_text(_KHAL.format(folder=folder), encoding="utf-8")
    paths = [folder / f"{number}.ics" for number in range(len(exhibit.parts))]
    for path, part in zip(paths, exhibit.parts, strict=True):
        path.write_bytes(part)
    khal = (bench.tools / "venv/bin/khal", "-c", folder / "config")
    imported = bench.call(*khal, "import", "--batch", "-a", "cal", *paths, home=folder)
    fields = [word for name in _KHAL_SAYS for word in ("--json", name)]
    listed = bench.call(*khal, "list", "--once", *fields, "-a", "cal", "2019-01-01", "2041-01-01", home=folder)
    troubles = [imported.stderr, listed.stderr] if imported.returncode or listed.returncode else []
    rows = [row for line in listed.stdout.decode().splitlines() if line.startswith("[") for row in json.loads(line)]
    return Verdict(
        complaints=tuple(text.decode(errors="replace")[-300:] for text in troubles if text),
        seen=tuple(sorted(map(_khal_seen, rows))),
    )


def _khal_seen(row: Mapping[str, str]) -> Seen:
    whole = row["all-day"] == "True"
    return Seen(
        uid=row["uid"],
        start=row["start-long"] if whole else f"{row['start-long']}Z",
        end=_day_after(row["end-long"]) if whole else f"{row['end-long']}Z",
        title=row["title"],
        description=row["description"],
        location=row["location"],
        url=row["url"],
        status=row["status"],
    )


def _day_after(day: str) -> str:
    """khal shows the last day, and a calendar names the one after."""
    return (date.fromisoformat(day) + timedelta(days=1)).isoformat()


class Client(Protocol):
    """A program that people subscribe with."""

    def subscribe(self, key: str, url: str) -> None: ...
    def refresh(self, key: str) -> None: ...
    def forget(self, key: str) -> None: ...
    def seen(self, key: str) -> list[Seen]: ...
    def close(self) -> None: ...


def settled(client: Client, key: str, judge: str, expected: Sequence[Seen], patience: float = _PATIENCE) -> list[Seen]:
    """What a client shows as soon as it is what is meant, or in the end."""
    last = time.monotonic() + patience
    while True:
        seen = client.seen(key)
        if time.monotonic() > last or not differences(judge, expected, seen):
            return seen
        time.sleep(_PAUSE)  # noqa: TID251 - no client tells when it has taken over what it fetched


@contextmanager
def thunderbird(bench: Bench) -> Iterator[Thunderbird]:
    client = Thunderbird(bench.place("thunderbird"), bench.environment)
    try:
        yield client
    finally:
        client.close()


@contextmanager
def evolution(bench: Bench) -> Iterator[Client]:
    client = Evolution(bench.place("evolution"), bench.environment)
    try:
        yield client
    finally:
        client.close()


def by_thunderbird(exhibits: Sequence[Exhibit], bench: Bench) -> Verdicts:
    with thunderbird(bench) as client:
        subscribed = _subscribed(client, "thunderbird", exhibits)
        return {**subscribed, **{one.name: _invited(client, one) for one in exhibits if one.mailed}}


def _invited(client: Thunderbird, exhibit: Exhibit) -> Verdict:
    """What is in the calendar of somebody who accepts: what they are invited to, and nothing once it is called off."""
    methods = [client.answer(part, GUEST[1]) for part in exhibit.parts]
    wrong = [f"{number} is taken for {method}" for number, method in enumerate(methods) if method not in _MAILED]
    seen = tuple(client.seen("invited"))
    if "CANCEL" not in methods:
        return Verdict(complaints=tuple(wrong), seen=seen)
    return Verdict(complaints=(*wrong, *(f"{one.uid} is still there" for one in seen)))


def by_evolution(exhibits: Sequence[Exhibit], bench: Bench) -> Verdicts:
    with evolution(bench) as client:
        return _subscribed(client, "evolution", exhibits)


def _subscribed(client: Client, judge: str, exhibits: Sequence[Exhibit]) -> Verdicts:
    there = [one for one in exhibits if not one.mailed]
    bodies = {f"{one.name}-{n}.ics": part for one in there for n, part in enumerate(one.parts)}
    with serving(bodies) as shelf:
        return {one.name: _subscription(client, judge, one, shelf.address) for one in there}


def _subscription(client: Client, judge: str, exhibit: Exhibit, address: str) -> Verdict:
    seen: list[Seen] = []
    for number in range(len(exhibit.parts)):
        key = f"{exhibit.name}-{number}"
        expected = exhibit.expected[number : number + 1] if exhibit.apart else exhibit.expected
        try:
            client.subscribe(key, f"{address}/{key}.ics")
            seen += settled(client, key, judge, expected, _PATIENCE_BIG if exhibit.big else _PATIENCE)
            client.forget(key)
        except RuntimeError as error:
            return Verdict(complaints=(f"{key}: {error}",), seen=tuple(seen))
    return Verdict(seen=tuple(sorted(seen)))
