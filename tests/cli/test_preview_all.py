"""Every kind of message to look at: from the site where it has one, made up where it has none, by safe names."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, get_args

import pytest

from notifier.core.rule import Kind
from notifier.errors import Problem
from notifier.web.gallery import Exhibit, gallery_page
from tests.cli.running import AT, run

KINDS = get_args(Kind)
SAFE = re.compile(r"index\.html|[a-z_]+-[a-z0-9][a-z0-9-]*\.(html|txt|eml|ics)")
HOSTILE = (
    "2026-12-09-..%2f..%2f..%2fetc.md", "2026-12-09-日本語.md", "2026-12-09-Café & <b>.md", "2026-12-09-..\\..\\x.md",
    "2026-12-09-a\nb.md", f"2026-12-09-{'long-' * 40}.md", "2026-12-09-index.html.md", "2026-12-09-Index.html.md",
)  # fmt: skip


def everything(site: Path, *words: str) -> Any:
    return run("preview", "--all", "--out", "seen", "--at", AT, "--format", "json", *words, folder=site).json()


def written(site: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in (site / "seen").iterdir()}


def write_event(site: Path, name: str) -> None:
    text = "---\ntitle: An event\ndate: 2026-12-09\nstart: '14:00'\ncategory: organising\nlocation: Online\n---\n\nA word.\n"
    (site / "_events" / name).write_text(text, encoding="utf-8")


def test_there_is_every_kind_and_what_the_site_has_none_of_is_made_up(site: Path) -> None:
    shown = everything(site)["previews"]

    assert {one["kind"] for one in shown} == set(KINDS)
    assert {one["kind"] for one in shown if one["delivery"]} == {"announcement", "reminder"}
    assert all(one["name"] == f"{one['kind']}-sample" and one["sample"] for one in shown if not one["delivery"])


def test_what_waits_is_shown_whole_and_of_what_does_not_wait_one(site: Path) -> None:
    shown = everything(site)["previews"]

    plan = run("plan", "--at", AT, "--format", "json", folder=site).json()["deliveries"]
    waiting = {one["key"] for one in plan if one["status"] in ("planned", "held")}
    assert {one["delivery"]["key"] for one in shown if one["kind"] == "reminder"} == waiting
    assert [one["sample"] for one in shown if one["kind"] == "announcement"] == [True]


def test_one_kind_alone_can_be_asked_for(site: Path) -> None:
    assert {one["kind"] for one in everything(site, "--kind", "change")["previews"]} == {"change"}


def test_the_answer_and_the_page_name_exactly_the_files_that_are_written(site: Path) -> None:
    answer = everything(site)

    files = {Path(file).name for one in answer["previews"] for file in one["files"]}
    page = (site / "seen" / "index.html").read_text(encoding="utf-8")
    assert set(written(site)) == files | {"index.html"}
    assert set(re.findall(r'<a href="([^"#]+)"', page)) == files
    assert answer["index"] == "seen/index.html"


def test_a_made_up_mail_is_in_the_name_of_the_site(site: Path) -> None:
    everything(site)

    assert b"Example Commons" in (site / "seen" / "digest-sample.html").read_bytes()


def test_twice_is_the_same(site: Path) -> None:
    everything(site)
    first = written(site)
    everything(site)

    assert written(site) == first


def test_no_name_of_a_file_leads_out_of_the_folder_or_is_anothers(site: Path) -> None:
    for name in HOSTILE:
        write_event(site, name)
    before = {path for path in site.parent.rglob("*") if "seen" not in path.parts}

    shown = everything(site)["previews"]

    assert [name for name in written(site) if not SAFE.fullmatch(name)] == []
    assert len({one["name"].casefold() for one in shown}) == len(shown) > len(HOSTILE)
    assert {path for path in site.parent.rglob("*") if "seen" not in path.parts} == before


def test_whatever_others_wrote_is_escaped_on_the_page() -> None:
    attack = '</h3><script>alert(1)</script>" onload="alert(2)'
    one = Exhibit(
        kind="reminder", name="reminder-x", subject=attack, preheader=attack, audience=attack, state=attack, files=(),
        problems=(Problem(path=attack, what=attack),),
    )  # fmt: skip

    page = gallery_page(attack, "now", [one])

    assert "<script" not in page
    assert '" onload' not in page
    assert page.count("&lt;script&gt;alert(1)") == 10


def test_a_message_that_cannot_be_written_is_named_and_the_others_are_written(site: Path) -> None:
    (site / "templates" / "change").mkdir(parents=True)
    (site / "templates" / "change" / "html.j2").write_text("{{ nobody }}", encoding="utf-8")

    ran = run("preview", "--all", "--out", "seen", "--at", AT, folder=site)

    assert (ran.code, ran.err.startswith("change-sample: not written. ")) == (1, True)
    assert "change/html.j2:1: Nothing here is called 'nobody'." in ran.err
    assert "digest-sample.html" in written(site)
    assert "change-sample.html" not in written(site)


@pytest.mark.parametrize("name", ["digest-sample", "follow_up-sample"])
def test_what_has_no_calendar_file_leaves_none_of_before(site: Path, name: str) -> None:
    (site / "seen").mkdir()
    (site / "seen" / f"{name}.ics").write_text("of before", encoding="utf-8")

    everything(site)

    assert f"{name}.ics" not in written(site)
