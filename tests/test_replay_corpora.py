"""Years of two real sites replayed: every mail that today's rules would have sent is one that should have been.

What should have been is found in the repositories by other means than the program's: by the words in the files.
"""

from __future__ import annotations

import fcntl
import json
import re
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from tests.cli.running import run
from tests.test_corpus_configured import CONFIGURED, CORPUS

pytestmark = [
    pytest.mark.skipif(not CORPUS.is_dir(), reason="shared corpus is absent"),
    pytest.mark.timeout(600),  # eleven years take a quarter of a minute, on a machine that has nothing else to do
]

Row = dict[str, Any]
#: Until two months after the last commit of both.
END = "2026-10-01T00:00:00Z"
#: `members` hear of everything once, `friends` only in the last hours.
SITE = """\
site: {id: corpus, name: Example Commons, domain: example.org, url: "https://www.example.org", timezone: %s}
sources:
  - name: website
    folder: checkout
    events:
%s
providers:
  letters: {type: outbox, folder: outbox}
audiences:
  newsletter: {provider: letters, public: true}
  members: {provider: letters, public: true}
  friends: {provider: letters, public: true}
rules:
  announce: {kind: announcement, audiences: [newsletter, members]}
  week: {kind: reminder, audiences: [newsletter], when: {before: 7d, at: "10:00"}}
  day: {kind: reminder, audiences: [newsletter], when: {before: 1d, at: "10:00"}}
  hours: {kind: reminder, audiences: [newsletter, friends], when: {before: 2h}}
  change: {kind: change, audiences: [newsletter, members, friends]}
  cancel: {kind: cancellation, audiences: [newsletter, members, friends]}
"""
#: Until 2023 dates stood in the prose only, and until 2025 files had another ending.
LRUG = (
    CONFIGURED["lrug"][1]
    .replace("index.html.md.erb", "index.html.md*")
    .replace(
        "date: meeting_date",
        r"date: [meeting_date, {body: '(?i)\bon [\W_]*(?:mon|tues|wednes|thurs|fri|satur|sun)day[\W_]*(?:the )?(\d+\w* (?:of\s+)?[a-z]+)'}]",
    )
)


@dataclass(frozen=True)
class Run:
    """A replay's record, and the repository that it is of."""

    record: Row
    repository: Path

    def sent(self, *kinds: str) -> list[Row]:
        return [row for row in self.record["deliveries"] if row["status"] == "sent" and row["kind"] in kinds]

    @property
    def everything_sent(self) -> list[Row]:
        return [row for row in self.record["deliveries"] if row["status"] == "sent"]

    def git(self, *arguments: str) -> str:
        return subprocess.run(
            ["git", "-C", self.repository, *arguments], check=True, capture_output=True, text=True
        ).stdout

    def text(self, row: Row) -> str:
        """What the file of a delivery said when it went out."""
        return self.git("show", f"{row['commit']}:{row['events'][0]['path'].partition('#')[0]}")

    def commit_on(self, day: str) -> str:
        """The commit of a day, the one that changed most files where there are several."""
        ids = self.git("log", f"--since={day} 00:00Z", f"--until={day} 23:59Z", "--format=%H").split()
        return max(ids, key=lambda one: len(self.git("show", "--name-only", "--format=", one).split()))

    @cached_property
    def commit_times(self) -> dict[str, datetime]:
        lines = self.git("log", "--first-parent", "--reverse", "--format=%H %ct").splitlines()
        return {one: datetime.fromtimestamp(int(at), UTC) for one, at in map(str.split, lines)}


Replays = Callable[[str], Run]


@pytest.fixture(scope="module")
def replays(tmp_path_factory: pytest.TempPathFactory, testrun_uid: str) -> Replays:
    """The replay of a site's whole history, made once for all processes that run these tests."""
    shared = tmp_path_factory.getbasetemp().parent / f"replays-{testrun_uid}"
    shared.mkdir(exist_ok=True)
    return lambda site: _replay(site, shared / site)


def _replay(site: str, folder: Path) -> Run:
    folder.mkdir(exist_ok=True)
    with _alone(folder / ".lock"):
        if not (folder / "record.json").exists():
            bundle = CORPUS / site / "history.bundle"
            subprocess.run(["git", "clone", "--quiet", bundle, folder / "checkout"], check=True, capture_output=True)
            zone, group = CONFIGURED[site]
            group = LRUG if site == "lrug" else group
            (folder / "config.yaml").write_text(SITE % (zone, group), encoding="utf-8")
            ran = run("replay", "--at", END, "--format", "json", folder=folder)
            assert (ran.code, ran.err) == (0, "")
            (folder / "record.json").write_text(ran.out, encoding="utf-8")
    record = json.loads((folder / "record.json").read_text(encoding="utf-8"))
    return Run(record=record, repository=folder / "checkout")


@contextmanager
def _alone(lock: Path) -> Iterator[None]:
    with lock.open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


def meeting(path: str) -> str:
    """A meeting by its folder, such as `source/meetings/2022/december`: the files in it had several names."""
    return "/".join(path.split("/")[:4])


def told(rows: list[Row]) -> list[tuple[str, str, str]]:
    """What a failing test shows of mails."""
    return [(row["sent_at"][:16], row["key"], row["subject"]) for row in rows]


@pytest.mark.parametrize("site", ["lrug", "cloudnative-linz"])
def test_no_mail_is_about_the_past(site: str, replays: Replays) -> None:
    sent = replays(site).everything_sent

    assert len(sent) > 50
    assert told([row for row in sent if at(row["sent_at"]) >= at(row["events"][0]["start"])]) == []


@pytest.mark.parametrize("site", ["lrug", "cloudnative-linz"])
def test_nothing_goes_out_twice(site: str, replays: Replays) -> None:
    keys = [row["key"] for row in replays(site).everything_sent]

    assert len(keys) == len(set(keys))


@pytest.mark.parametrize("site", ["lrug", "cloudnative-linz"])
def test_everything_that_did_not_go_out_says_why(site: str, replays: Replays) -> None:
    rows = [row for row in replays(site).record["deliveries"] if row["status"] != "sent"]

    assert told([row for row in rows if not any(reason["text"] for reason in row["reasons"])]) == []


def test_no_announcement_or_reminder_is_about_a_meeting_that_was_unpublished_or_called_off(replays: Replays) -> None:
    lrug = replays("lrug")
    texts = {row["key"]: lrug.text(row) for row in lrug.sent("announcement", "reminder")}

    assert [
        key for key, text in texts.items() if not re.search(r"^status: '?Published'?\s*$", text, re.MULTILINE)
    ] == []
    assert [key for key, text in texts.items() if "meeting is cancelled" in text] == []


@pytest.mark.parametrize("day", ["2025-08-10", "2023-09-19"])
def test_a_bulk_edit_or_rename_announces_nothing_and_corrects_nothing(day: str, replays: Replays) -> None:
    lrug = replays("lrug")
    bulk = lrug.commit_on(day)
    at_once = lrug.commit_times[bulk] + timedelta(days=2)
    near = [row for row in lrug.everything_sent if row["commit"] == bulk and at(row["sent_at"]) < at_once]

    assert len(lrug.git("show", "--name-only", "--format=", bulk).split()) > 200
    assert told([row for row in near if row["kind"] != "reminder"]) == []


def test_a_meeting_that_was_told_of_keeps_its_uid_through_all_renames_and_edits(replays: Replays) -> None:
    uids: dict[str, set[str]] = {}
    for row in replays("lrug").everything_sent:
        uids.setdefault(meeting(row["events"][0]["path"]), set()).add(row["events"][0]["uid"])

    assert len(uids) > 120
    assert {name: found for name, found in uids.items() if len(found) > 1} == {}


def published(lrug: Run, starts: dict[str, datetime]) -> dict[str, datetime]:
    """When each meeting's file first said that it is published and on which day it is, those of the first commit left out.

    A file in a wrong folder, or with a wrong month, is none of it.
    """
    found: dict[str, datetime] = {}
    ids = list(lrug.commit_times)
    for before, now in pairwise(ids):
        names = lrug.git("diff", "--name-only", "--diff-filter=d", before, now, "--", "source/meetings").split()
        for name in (name for name in names if meeting(name) in starts.keys() - found.keys()):
            if _announces(lrug.git("show", f"{now}:{name}"), starts[meeting(name)]):
                found[meeting(name)] = lrug.commit_times[now]
    first = {meeting(name) for name in lrug.git("ls-tree", "-r", "--name-only", ids[0]).split()}
    return {name: when for name, when in found.items() if name not in first}


def _announces(text: str, start: datetime) -> bool:
    day = rf"\b{start.day}(?:st|nd|rd|th)?\s+(?:of\s+)?{start:%B}"
    is_published = re.search(r"^status: '?Published'?\s*$", text, re.MULTILINE) is not None
    return is_published and bool(re.search(day, text) or f"meeting_date: {start:%Y-%m-%d}" in text)


def test_every_meeting_published_eight_days_ahead_is_announced_and_reminded_of(replays: Replays) -> None:
    lrug, starts = replays("lrug"), _starts()
    ahead = {name for name, when in published(lrug, starts).items() if when <= starts[name] - timedelta(days=8)}
    got: dict[str, set[str]] = {name: set() for name in ahead}
    for row in lrug.everything_sent:
        if row["audience"] == "newsletter":
            got.setdefault(meeting(row["events"][0]["path"]), set()).add(row["rule"])

    # The one that was called off on its own day, some hours before it would have begun.
    off = {"source/meetings/2022/december": {"hours"}}
    missing = {name: {"announce", "week", "day", "hours"} - got[name] - off.get(name, set()) for name in ahead}
    assert len(ahead) > 90
    assert {name: rules for name, rules in sorted(missing.items()) if rules} == {}


def _starts() -> dict[str, datetime]:
    entries = json.loads((CORPUS / "lrug" / "expected.json").read_text(encoding="utf-8"))
    return {meeting(one["source"]): at(one["start_utc"].replace("Z", "+00:00")) for one in entries}


def test_a_meeting_that_moved_is_corrected_once_to_those_who_were_told(replays: Replays) -> None:
    rows = [
        row
        for row in replays("lrug").sent("change")
        if row["events"][0]["path"].startswith("source/meetings/2025/september")
    ]

    assert sorted((row["audience"], row["sent_at"][:10]) for row in rows) == [
        ("members", "2025-09-02"),
        ("newsletter", "2025-09-02"),
    ]


def test_a_meeting_that_moved_is_reminded_of_for_its_new_day(replays: Replays) -> None:
    rows = [row for row in replays("lrug").sent("reminder") if "2025/september" in row["events"][0]["path"]]

    new = {row["rule"] for row in rows if at(row["events"][0]["start"]).date().isoformat() == "2025-09-15"}
    assert {"day", "hours"} <= new


def test_a_meeting_called_off_in_prose_on_its_own_day_is_cancelled_and_not_reminded_of(replays: Replays) -> None:
    rows = [row for row in replays("lrug").everything_sent if "2022/december" in row["events"][0]["path"]]

    cancelled = {row["audience"]: at(row["sent_at"]) for row in rows if row["kind"] == "cancellation"}
    assert set(cancelled) == {"newsletter", "members"}
    assert {when.date().isoformat() for when in cancelled.values()} == {"2022-12-12"}
    assert (
        told([row for row in rows if row["kind"] == "reminder" and at(row["sent_at"]) > min(cancelled.values())]) == []
    )


def test_an_edition_is_announced_once_however_often_it_is_retitled(replays: Replays) -> None:
    rows = [row for row in replays("cloudnative-linz").sent("announcement") if row["audience"] == "newsletter"]

    days = [row["events"][0]["start"][:10] for row in rows]
    assert len(days) > 8
    assert sorted({day for day in days if days.count(day) > 1}) == []
