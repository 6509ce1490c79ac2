"""`notifier replay`: over a real repository's history, and ahead."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from tests.builders import at
from tests.cli.replays import AT, a_site_with_history
from tests.cli.running import run
from tests.histories import CHOIR, an_event_file
from tests.schemas import complaints, undocumented


@pytest.fixture
def history(tmp_path: Path) -> Path:
    """The folder of a site with two commits."""
    a_site_with_history(tmp_path)
    return tmp_path


def test_it_shows_every_mail_with_its_subject_and_where_it_ends(history: Path) -> None:
    ran = run("replay", "--at", AT, folder=history)

    assert (ran.code, ran.err) == (0, "")
    assert ran.out.startswith("From Sun 1 Nov 2026 09:00 GMT to Fri 1 Jan 2027 00:00 GMT, 2 commits: 3 sent.\n")
    assert re.search(r"Tue 3 Nov 2026 11:00 GMT +announce +newsletter +Choir evening – Wed 9 Dec", ran.out)


def test_what_it_prints_for_programs_is_as_its_schema_says(history: Path) -> None:
    record = run("replay", "--at", AT, "--format", "json", folder=history).json()

    assert complaints("replay", record) == []
    assert undocumented("replay", record) == set()
    assert (record["from"], record["commits"]) == ("2026-11-01T09:00:00+00:00", 2)
    assert [row["rule"] for row in record["deliveries"]] == ["announce", "week", "day"]


def test_two_replays_say_the_same(history: Path) -> None:
    first, second = (run("replay", "--at", AT, "--format", "json", folder=history).out for _ in range(2))

    assert first == second


def test_from_and_to_take_dates_of_the_site_s_zone_the_last_one_whole(history: Path) -> None:
    ran = run("replay", "--from", "2026-11-02", "--to", "2026-12-02", "--format", "json", folder=history).json()

    assert (ran["from"], ran["to"]) == ("2026-11-02T00:00:00+00:00", "2026-12-03T00:00:00+00:00")
    assert [row["rule"] for row in ran["deliveries"]] == ["announce", "week"]


def test_the_report_is_written_beside_what_programs_read(history: Path) -> None:
    ran = run("replay", "--at", AT, "--out", "report", folder=history)

    written = json.loads((history / "report" / "report.json").read_text(encoding="utf-8"))
    assert ran.out.endswith("Written to report: report.html and report.json.\n")
    assert complaints("replay", written) == []
    assert "Choir evening" in (history / "report" / "report.html").read_text(encoding="utf-8")


class _Page(HTMLParser):
    """What a page loads, where its links lead, and the ids in it."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.loads: list[str] = []
        self.hrefs: list[str] = []
        self.ids: list[str] = []
        self.tags: set[str] = set()
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        for name, value in attrs:
            if name == "src":
                self.loads.append(value or "")
            if name == "href":
                self.hrefs.append(value or "")
            if name == "id":
                self.ids.append(value or "")


def test_the_report_needs_nothing_but_itself_and_its_links_lead_somewhere(history: Path) -> None:
    run("replay", "--at", AT, "--out", "report", folder=history)

    page = _Page((history / "report" / "report.html").read_text(encoding="utf-8"))
    assert page.loads == []
    assert not page.tags & {"script", "link", "iframe", "img"}
    assert [href for href in page.hrefs if href.removeprefix("#") not in page.ids] == []
    assert len(page.ids) == len(set(page.ids))


def test_words_of_the_files_are_only_words_in_the_report(tmp_path: Path) -> None:
    repository = a_site_with_history(tmp_path)
    repository.write("_events/x.md", an_event_file("2026-12-15", title="'a <b & \"c\"'"))
    repository.commit(at=at("2026-11-05 09:00"))

    run("replay", "--at", AT, "--out", "report", folder=tmp_path)

    page = (tmp_path / "report" / "report.html").read_text(encoding="utf-8")
    assert "a <b" not in page
    assert "a &lt;b &amp; &#34;c&#34;" in page


def test_ahead_runs_what_there_is_now_and_leaves_no_ledger(history: Path) -> None:
    ran = run("replay", "--ahead", "40d", "--at", "2026-11-20T09:00:00Z", "--format", "json", folder=history)

    sent = [row["rule"] for row in ran.json()["deliveries"] if row["status"] == "sent"]
    assert (sent, ran.json()["commits"]) == (["week", "day"], 0)
    assert not (history / "notifier.db").exists()


def test_ahead_remembers_what_the_ledger_knows(history: Path) -> None:
    for moment in ("2026-11-20T09:00:00Z", "2026-12-02T10:00:00Z"):
        run("tick", "--at", moment, folder=history)

    ran = run("replay", "--ahead", "40d", "--at", "2026-12-03T09:00:00Z", "--format", "json", folder=history)

    assert [row["rule"] for row in ran.json()["deliveries"] if row["status"] == "sent"] == ["day"]


def test_held_keep_leaves_a_question_unanswered(tmp_path: Path) -> None:
    repository = a_site_with_history(tmp_path)
    repository.write(CHOIR, an_event_file(more="category: meeting").replace(b"register", b"contact"))
    repository.commit(at=at("2026-11-04 09:00"))

    states = [
        {row["status"] for row in run("replay", "--at", AT, "--held", held, "--format", "json", folder=tmp_path).json()["deliveries"]}
        for held in ("keep", "release")
    ]  # fmt: skip

    assert "missed" in states[0]
    assert "missed" not in states[1]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--ahead", "40d", "--from", "2026-11-02"), "--ahead is the time to come"),
        (("--ahead", "soon"), "'soon' is not a length of time up to 366d"),
        (("--ahead", "0d"), "'0d' is not a length of time up to 366d"),
        (("--ahead", "400d"), "'400d' is not a length of time up to 366d"),
        (("--from", "2026-13-01"), "'2026-13-01' is not a time"),
        (("--to", "yesterday"), "'yesterday' is not a time"),
        (("--held", "maybe"), "'maybe' is not one of"),
    ],
)
def test_a_wrong_command_line_is_said_so(history: Path, arguments: tuple[str, ...], said: str) -> None:
    ran = run("replay", *arguments, folder=history)

    assert (ran.code, ran.out) == (2, "")
    assert said in ran.err


def test_a_time_that_ends_before_it_begins_is_refused(history: Path) -> None:
    ran = run("replay", "--from", "2026-12-01", "--to", "2026-11-20", folder=history)

    assert (ran.code, ran.err) == (
        1,
        "There is no time between --from and --to. Give an earlier --from or a later --to.\n",
    )


def test_files_in_no_repository_have_no_history_and_the_way_out_is_said(site: Path) -> None:
    ran = run("replay", folder=site)

    assert ran.code == 1
    assert "lies in no git repository" in ran.err
    assert "notifier replay --ahead 90d" in ran.err


def test_a_folder_that_can_not_be_written_to_is_said_so(history: Path) -> None:
    (history / "report").write_text("a file")

    ran = run("replay", "--at", AT, "--out", "report/inside", folder=history)

    assert ran.code == 1
    assert "Choose another folder with --out." in ran.err
