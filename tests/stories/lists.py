"""Eleventy, with one JSON file of two lists: nothing tells its entries apart but what they say."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from tests.stories.telling import CONFIG, LIST, Story

UNTIL = "2025-09-10 12:00"
#: So many there are in all, however often they were renamed, moved, broken and brought back.
EVENTS = 13
SITE = (
    CONFIG
    % (
        "Europe/Dublin",
        "en",
        """\
      - files: src/_data/events.json
        format: data
        lists: [upcoming, past]
        fields:
          start: time
          place: [room, place]
          register: tickets
          recording: video
          key: id
""",
    )
    + LIST
)

PATH = "src/_data/events.json"
Item = dict[str, Any]


def an_item(title: str, date: str, time: str = "19:30", **more: Any) -> Item:
    said = f"{title} in the back room. Everybody is welcome, whether they come for the first time or the hundredth, and there is soup for all."
    return {"title": title, "date": date, "time": time, "place": "The Old Mill, Exampleton",
            "tickets": "https://tickets.example.com/club", "access": "open", "description": said} | more  # fmt: skip


@dataclass(slots=True)
class _Lists:
    told: Story = field(default_factory=lambda: Story(zone="Europe/Dublin"))
    upcoming: list[Item] = field(default_factory=list)
    past: list[Item] = field(default_factory=list)
    indent: int = 2

    def commit(self, moment: str) -> None:
        text = json.dumps(
            {"upcoming": self.upcoming, "past": self.past}, indent=self.indent, ensure_ascii=self.indent > 2
        )
        self.told.write(PATH, text + "\n")
        self.told.commit(moment)

    def one(self, title: str, day: str = "") -> Item:
        [found] = [one for one in (*self.upcoming, *self.past) if one["title"] == title and one["date"] >= day]
        return found

    def over(self, day: str) -> None:
        """What was before that day goes to the front of the other list."""
        self.past[:0] = [one for one in self.upcoming if one["date"] < day]
        self.upcoming = [one for one in self.upcoming if one["date"] >= day]


GAMES = "Board games"


def story() -> Story:
    site = _Lists()
    site.past = [an_item(GAMES, "2024-12-10")]
    site.upcoming = [an_item(GAMES, "2025-01-14"), an_item(GAMES, "2025-02-11")]
    site.commit("2025-01-07 10:00")
    site.over("2025-01-15")
    site.upcoming.insert(0, an_item("Quiz tournament", "2025-02-22", "14:00"))
    site.commit("2025-01-15 10:00")
    site.upcoming.reverse()
    site.commit("2025-02-03 09:00")
    site.over("2025-02-12")
    site.upcoming.insert(0, an_item(GAMES, "2025-03-11"))
    site.commit("2025-02-12 10:00")
    site.over("2025-02-24")
    site.upcoming.append(an_item("Chess workshop", "2025-03-19", "18:00"))
    site.commit("2025-02-24 10:00")
    site.one("Chess workshop")["date"] = "2025-03-26"
    site.commit("2025-03-04 10:00")
    site.one("Chess workshop")["date"] = "2025-03-27"
    site.commit("2025-03-04 10:40")
    site.over("2025-03-12")
    site.upcoming += [an_item(GAMES, "2025-04-08"), an_item(GAMES, "2025-05-13")]
    site.commit("2025-03-12 10:00")
    site.over("2025-03-28")
    site.one(GAMES, "2025-05")["title"] = "Board games: bring your own"
    site.commit("2025-03-28 10:00")
    # One of a series of which nothing else tells which it is.
    site.one(GAMES, "2025-04")["date"] = "2025-04-10"
    site.commit("2025-04-01 10:00")
    site.over("2025-04-11")
    site.commit("2025-04-11 10:00")
    site.one("Board games: bring your own")["status"] = "cancelled"
    site.commit("2025-05-06 10:00")
    _summer(site)
    return site.told


def _summer(site: _Lists) -> None:
    site.over("2025-05-14")
    site.upcoming = [an_item(GAMES, "2025-06-10")]
    site.commit("2025-05-14 10:00")
    site.over("2025-06-11")
    site.indent = 4
    site.commit("2025-06-11 10:00")
    site.upcoming = [an_item("Café évening", "2025-06-26", "18:00"), an_item(GAMES, "2025-07-15")]
    site.commit("2025-06-12 10:00")
    for one in (*site.upcoming, *site.past):
        one["room"] = one.pop("place")
    site.commit("2025-06-16 10:00")
    site.upcoming, left_out = site.upcoming[1:], site.upcoming[:1]
    site.commit("2025-06-20 12:00")
    site.upcoming += left_out
    site.commit("2025-06-23 09:00")
    site.over("2025-06-27")
    site.past[0]["video"] = "https://video.example.org/cafe"
    site.commit("2025-06-27 10:00")
    # From now on every entry has an id.
    for number, one in enumerate((*site.upcoming, *site.past)):
        one["id"] = f"club-{number}"
    site.commit("2025-07-01 10:00")
    site.one(GAMES, "2025-07")["room"] = "Town Library, Exampleton"
    site.commit("2025-07-02 10:00")
    site.over("2025-07-16")
    site.upcoming = [an_item(GAMES, "2025-09-09", id="club-90"), an_item(GAMES, "2025-08-12", id="club-91")]
    site.commit("2025-07-16 10:00")
    # The two are exchanged, ids and all; then one is put off, which an id makes certain.
    site.upcoming.reverse()
    site.commit("2025-07-17 10:00")
    site.upcoming[0]["date"] = "2025-08-14"
    site.commit("2025-08-04 10:00")


WANTED = """
2025-01-13 10:00 reminder Board games
2025-02-10 10:00 reminder Board games
2025-01-15 12:00 announcement Quiz tournament
2025-02-21 10:00 reminder Quiz tournament
2025-02-12 12:00 announcement Board games
2025-03-10 10:00 reminder Board games
2025-02-24 12:00 announcement Chess workshop
2025-03-04 10:30 change Chess workshop
2025-03-04 11:10 change Chess workshop
2025-03-26 10:00 reminder Chess workshop
2025-03-12 12:00 announcement Board games
2025-03-12 12:00 announcement Board games
2025-04-01 10:30 change Board games
2025-04-09 10:00 reminder Board games
2025-05-06 10:30 cancellation Board games: bring your own
2025-05-14 12:00 announcement Board games
2025-06-09 10:00 reminder Board games
2025-06-12 12:00 announcement Café évening
2025-06-12 12:00 announcement Board games
2025-06-25 10:00 reminder Café évening
2025-06-27 12:00 follow_up Café évening
2025-07-02 10:30 change Board games
2025-07-14 10:00 reminder Board games
2025-07-16 12:00 announcement Board games
2025-07-16 12:00 announcement Board games
2025-08-04 10:30 change Board games
2025-08-13 10:00 reminder Board games
2025-09-08 10:00 reminder Board games
"""
