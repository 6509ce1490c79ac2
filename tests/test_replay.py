"""The time machine: what today's rules would have done, over what was there when."""

from __future__ import annotations

from pathlib import Path

import pytest

from notifier.app import pretended
from notifier.core.replayed import replay_record
from notifier.errors import UserError
from notifier.replay import Replay, Still, steps
from tests.builders import at
from tests.histories import CHOIR, CONFIG, ListedHistory, an_event_file, only, replayed, site_app, told

EMPTY = ("2026-11-01 09:00", {"_events/old.md": an_event_file("2026-10-01", title="Old evening")})
WRITTEN = ("2026-11-03 09:00", {**EMPTY[1], CHOIR: an_event_file()})


def test_an_event_that_a_commit_adds_is_announced_and_reminded_of_once_each(tmp_path: Path) -> None:
    found = replayed(tmp_path, [EMPTY, WRITTEN])

    assert told(found) == [
        ("announce", "sent", "11-03 11:00"),
        ("week", "sent", "12-02 10:00"),
        ("day", "sent", "12-08 10:00"),
    ]


def test_the_first_look_is_a_baseline_and_announces_nothing(tmp_path: Path) -> None:
    found = replayed(tmp_path, [WRITTEN])

    assert only(found, "announce").delivery.status == "skipped"
    assert only(found, "week").delivery.status == "sent"


def test_a_later_beginning_is_the_baseline_with_what_was_there_then(tmp_path: Path) -> None:
    found = replayed(tmp_path, [EMPTY, WRITTEN], since="2026-11-20 09:00")

    assert (found.since, found.commits) == (at("2026-11-20 09:00"), 2)
    assert only(found, "announce").delivery.status == "skipped"
    assert only(found, "day").commit == "c1"


def test_nothing_happens_after_the_end(tmp_path: Path) -> None:
    found = replayed(tmp_path, [EMPTY, WRITTEN], until="2026-12-02 09:59")

    assert told(found) == [("announce", "sent", "11-03 11:00")]


def test_commits_of_one_instant_are_one_step(tmp_path: Path) -> None:
    history = ListedHistory([EMPTY, (WRITTEN[0], {}), WRITTEN])

    found = steps([history], None, at("2026-12-31"))

    assert [(step.taken, [commit.id for _, commit in step.stands]) for step in found] == [(1, ["c0"]), (2, ["c2"])]


def test_two_histories_begin_where_both_have_something(tmp_path: Path) -> None:
    early = ListedHistory([("2026-01-01", {}), ("2026-02-01", {})], name="early")
    late = ListedHistory([("2026-03-01", {}), ("2026-04-01", {})], name="late")

    first, second = steps([early, late], None, at("2026-12-31"))

    assert (first.at, [commit.id for _, commit in first.stands]) == (at("2026-03-01"), ["c1", "c0"])
    assert (second.at, [history.name for history, _ in second.stands]) == (at("2026-04-01"), ["late"])


def test_a_history_that_begins_after_the_end_is_refused() -> None:
    with pytest.raises(UserError, match="has no commit by then"):
        steps([ListedHistory([EMPTY])], None, at("2026-10-01"))


def test_what_a_question_holds_is_released_when_it_is_due_and_says_so(tmp_path: Path) -> None:
    asked = {**EMPTY[1], CHOIR: an_event_file(more="category: meeting").replace(b"register", b"contact")}

    found = replayed(tmp_path, [EMPTY, (WRITTEN[0], asked)])

    assert {one.delivery.status for one in found.deliveries} == {"sent"}
    assert "released" in [reason.code for reason in only(found, "day").delivery.reasons]


def test_with_held_kept_a_question_is_never_answered(tmp_path: Path) -> None:
    asked = {**EMPTY[1], CHOIR: an_event_file(more="category: meeting").replace(b"register", b"contact")}

    found = replayed(tmp_path, [EMPTY, (WRITTEN[0], asked)], releases=False)

    assert {one.delivery.status for one in found.deliveries} == {"missed"}


def test_what_is_refused_is_not_released(tmp_path: Path) -> None:
    found = replayed(tmp_path, [EMPTY, (WRITTEN[0], {**EMPTY[1], CHOIR: an_event_file(more="access: invitation")})])

    assert {one.delivery.status for one in found.deliveries} == {"skipped"}


def test_nobody_releases_a_mail_about_a_file_that_is_gone(tmp_path: Path) -> None:
    found = replayed(tmp_path, [EMPTY, WRITTEN, ("2026-11-20 09:00", EMPTY[1])])

    assert told(found)[0] == ("announce", "sent", "11-03 11:00")
    assert {one.delivery.status for one in found.deliveries[1:]} == {"missed"}


def test_many_vanished_events_are_a_problem_that_a_person_is_supposed_to_accept(tmp_path: Path) -> None:
    many = {f"_events/{day}.md": an_event_file(f"2026-12-{day:02}", title=f"Evening {day}") for day in (9, 10, 15, 16)}
    states = [("2026-11-01 09:00", many), ("2026-11-10 09:00", {}), ("2026-11-11 09:00", many)]

    kept, released = replayed(tmp_path, states, releases=False), replayed(tmp_path, states)

    assert [(trouble.commit, trouble.at) for trouble in kept.troubles] == [("c1", at("2026-11-10 09:00"))]
    assert "events they had" in released.troubles[0].problem.what
    assert {one.delivery.status for one in kept.deliveries if one.delivery.rule == "day"} == {"sent"}


def test_an_error_in_a_file_about_what_is_to_come_is_told_once_with_its_commit(tmp_path: Path) -> None:
    broken = {**EMPTY[1], CHOIR: b"---\ntitle: [\n---\n"}
    again = {**broken, "_events/new.md": an_event_file(title="Another")}

    found = replayed(tmp_path, [EMPTY, ("2026-11-04 09:00", broken), ("2026-11-05 09:00", again)])

    assert [(trouble.problem.path, trouble.commit) for trouble in found.troubles] == [(CHOIR, "c1")]


def test_the_subject_is_that_of_the_message_and_the_event_is_as_it_was_then(tmp_path: Path) -> None:
    renamed = {**EMPTY[1], CHOIR: an_event_file(title="Winter choir")}

    found = replayed(tmp_path, [EMPTY, WRITTEN, ("2026-12-05 09:00", renamed)])

    first, last = only(found, "announce"), only(found, "day")
    assert (first.subject or "").startswith("Choir evening")
    assert (first.events[0].title, last.events[0].title) == ("Choir evening", "Winter choir")
    assert first.events[0].body == ""


def test_the_same_history_replayed_twice_says_the_same(tmp_path: Path) -> None:
    states = [EMPTY, WRITTEN, ("2026-12-05 09:00", {CHOIR: an_event_file("2026-12-10")})]

    assert replay_record(replayed(tmp_path, states)) == replay_record(replayed(tmp_path, states))


def test_progress_is_told_after_every_step(tmp_path: Path) -> None:
    history, heard = ListedHistory([EMPTY, WRITTEN]), list[tuple[int, int]]()
    app = site_app(tmp_path)
    ticker, subject_of = pretended(app, [(app.settings.sources[0], history)])
    replay = Replay(
        ticker=ticker, subject_of=subject_of, releases=True, progress=lambda done, of: heard.append((done, of))
    )

    replay.run(steps([history], None, at("2026-12-31")), at("2026-12-31"))
    app.close()

    assert heard == [(1, 2), (2, 2)]


def test_it_ticks_only_when_something_may_happen(tmp_path: Path) -> None:
    found = replayed(tmp_path, [EMPTY, WRITTEN])

    # Two months, two edits, three mails; once every half minute would be some 170,000.
    assert found.ticks < 120


def test_nothing_is_written_anywhere(tmp_path: Path) -> None:
    replayed(tmp_path, [EMPTY, WRITTEN])

    assert sorted(path.name for path in tmp_path.iterdir()) == ["config.yaml", "website"]


def test_the_time_to_come_is_run_on_the_files_as_they_are_now(tmp_path: Path) -> None:
    (tmp_path / "website" / "_events").mkdir(parents=True)
    (tmp_path / "website" / CHOIR).write_bytes(an_event_file())
    app = site_app(tmp_path)
    sources = [(source, Still(files)) for source, files in app.ticker.wiring.sources]
    ticker, subject_of = pretended(app, sources, app.ticker.wiring.ledger.snapshot())

    found = Replay(ticker=ticker, subject_of=subject_of, releases=True).run_ahead(
        at("2026-11-20 09:00"), at("2027-01-20")
    )
    app.close()

    assert told(found)[1:] == [("week", "sent", "12-02 10:00"), ("day", "sent", "12-08 10:00")]


def test_reminders_keep_their_clock_time_across_a_change_of_clocks(tmp_path: Path) -> None:
    files = {f"_events/{day}.md": an_event_file(day, title=f"Walk {day}") for day in ("2027-03-26", "2027-04-02")}

    found = replayed(tmp_path, [EMPTY, ("2027-03-01 09:00", files)], until="2027-05-01", config=CONFIG)

    assert [when for rule, _, when in told(found) if rule == "day"] == ["03-25 10:00", "04-01 09:00"]
