"""Invented years of sites of other shapes, replayed: what goes out is what a careful person wrote down beforehand."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path

import pytest

from tests.builders import at
from tests.stories import circles, emptied, german, hugo, jekyll, lists, village
from tests.stories.living import Life, commits_of
from tests.stories.telling import Told, difference, expected, faults, lay_out, replayed

STORIES = {
    "hugo": hugo, "lists": lists, "jekyll": jekyll, "german": german, "emptied": emptied, "circles": circles, "village": village,
}  # fmt: skip
every_story = pytest.mark.parametrize("name", STORIES)
#: Of these one more life is lived, tick by tick: mass edits and wrong clocks; digests; a file that is emptied; a list.
LIVED = ("jekyll", "circles", "emptied", "lists")


class Replays:
    """The sites of all stories in folders of their own, and what replaying them says; each made once."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.of = cache(self._of)

    def _of(self, name: str, *options: str) -> Told:
        return replayed(self.folder(name), STORIES[name].story(), STORIES[name].UNTIL, *options)

    def folder(self, name: str) -> Path:
        place = self._folder / name
        if not place.exists():
            lay_out(place, STORIES[name].story(), STORIES[name].SITE)
        return place


@pytest.fixture(scope="module")
def replays(tmp_path_factory: pytest.TempPathFactory) -> Replays:
    return Replays(tmp_path_factory.mktemp("stories"))


@every_story
def test_what_goes_out_is_what_a_careful_person_would_have_sent(name: str, replays: Replays) -> None:
    assert difference(replays.of(name).lines, expected(STORIES[name].WANTED)) == []


@every_story
def test_nothing_is_about_the_past_or_twice_or_alike_or_unexplained(name: str, replays: Replays) -> None:
    told = replays.of(name)

    assert len(told.sent) > 8
    assert [*faults(told)] == []


@every_story
def test_a_replay_to_the_middle_says_what_the_whole_says_of_that_time(name: str, replays: Replays) -> None:
    whole = replays.of(name)
    middle = whole.lines[len(whole.lines) // 2][0]

    half = replays.of(name, "--to", middle)

    assert half.lines == [line for line in whole.lines if line[0] <= middle]


@pytest.mark.parametrize("name", ["jekyll", "circles"])
def test_the_same_history_replayed_twice_says_the_same_to_the_letter(name: str, replays: Replays) -> None:
    story = STORIES[name]

    assert replayed(replays.folder(name), story.story(), story.UNTIL).record == replays.of(name).record


@pytest.mark.parametrize("held", ["keep", "release"])
def test_a_list_that_is_emptied_by_mistake_costs_nobody_a_mail_whoever_answers(held: str, replays: Replays) -> None:
    told = replays.of("emptied", "--held", held)

    assert difference(told.lines, expected(emptied.WANTED)) == []
    assert [one["what"].partition(" upcoming")[0] for one in told.record["problems"]] == [
        "The sources have 0 of the 6", "The sources have 0 of the 5", "The sources have 1 of the 4"
    ]  # fmt: skip


def test_what_stands_in_the_text_only_is_asked_before_it_is_told(replays: Replays) -> None:
    let_go, kept = (replays.of("german", "--held", held) for held in ("release", "keep"))

    assert difference(let_go.lines, kept.lines) == difference(
        expected(
            "2025-04-01 10:30 cancellation Lesung\n2025-04-03 10:30 change Lesung\n2025-05-05 10:30 cancellation Chorprobe"
        ),
        expected("2025-04-03 10:30 change Lesung"),
    )


@pytest.fixture
def life(tmp_path: Path) -> Iterator[Life]:
    made = Life(tmp_path)
    yield made
    made.close()


def the_whole(name: str) -> datetime:
    return at(STORIES[name].UNTIL, STORIES[name].story().zone)


@pytest.mark.parametrize("name", LIVED)
def test_what_is_lived_through_is_what_the_replay_said(name: str, life: Life, replays: Replays) -> None:
    lay_out(life.folder, STORIES[name].story(), STORIES[name].SITE)

    life.live(commits_of(life.folder), the_whole(name))

    assert life.sent() == sent(replays.of(name, "--held", "keep"))
    assert len(life.uids()) == STORIES[name].EVENTS
    assert life.tick_again() == ()


def test_commits_that_were_rebased_and_pushed_by_force_are_nothing_new(life: Life, replays: Replays) -> None:
    story = jekyll.story()
    lay_out(life.folder, story, jekyll.SITE)
    story.make_again(life.folder / "website.git", "rebased")
    before, after = commits_of(life.folder), commits_of(life.folder, "rebased-main")

    # All commits become others, once while nothing is new, and once together with what is.
    rested = (before[11][0] + timedelta(hours=1), after[11][1])
    life.live([*before[:12], rested, *after[12:20], *before[20:]], the_whole("jekyll"))

    assert before[11] != after[11]
    assert life.sent() == sent(replays.of("jekyll", "--held", "keep"))


def sent(told: Told) -> list[tuple[str, datetime]]:
    return sorted((row["key"], datetime.fromisoformat(row["sent_at"])) for row in told.sent)
