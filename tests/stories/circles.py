"""Three audiences, of which one lives elsewhere and one is closed, a weekly digest, and what is told afterwards."""

from __future__ import annotations

from tests.stories.telling import CONFIG, Story

UNTIL = "2025-12-01 12:00"
#: So many there are in all, however often they were renamed, moved, broken and brought back.
EVENTS = 7
SITE = (
    CONFIG
    % (
        "Europe/London",
        "en",
        """\
      - preset: jekyll-events
""",
    )
    + """\
audiences:
  news: {provider: letters}
  overseas: {provider: letters, timezone: America/New_York}
  members: {provider: letters, public: false}
rules:
  announce: {kind: announcement, audiences: [news, overseas, members]}
  day: {kind: reminder, audiences: [news, overseas, members], when: {before: 1d, at: "10:00"}}
  change: {kind: change, audiences: [news, overseas, members]}
  cancel: {kind: cancellation, audiences: [news, overseas, members]}
  weekly: {kind: digest, audiences: [news], cron: "0 9 * * mon"}
  follow: {kind: follow_up, audiences: [news, members]}
sending: {per_day: 3}
ledger: {url: "sqlite:///notifier.db"}
"""
)

TEXT = """\
---
title: {title}
date: {day}
start: "{start}"
access: {access}
register: https://tickets.example.com/{name}
---
We meet for {title} by the gate, whatever the weather.
"""


def a_page(title: str, day: str, start: str, *, access: str = "open") -> str:
    return TEXT.format(title=title, day=day, start=start, access=access, name=title.replace(" ", "-").lower())


def story() -> Story:
    told = Story()
    told.write("_events/old.md", a_page("Old evening", "2025-01-20", "18:00"))
    told.commit("2025-03-03 08:00")
    told.write("_events/garden.md", a_page("Garden day", "2025-03-20", "18:00"))
    told.commit("2025-03-04 10:00")
    told.write("_events/committee.md", a_page("Committee", "2025-03-26", "19:00", access="members"))
    told.commit("2025-03-05 10:00")
    walk = "_events/walk.md"
    told.write(walk, a_page("Spring walk", "2025-04-05", "10:00"))
    told.commit("2025-03-24 11:00")
    told.edit(walk, '"10:00"', '"11:00"')
    told.commit("2025-03-27 10:00")
    told.edit(walk, "access:", "recording: https://video.example.org/walk\naccess:")
    told.commit("2025-04-07 10:00")
    told.write("_events/lunch.md", a_page("Tuesday lunch", "2025-04-22", "12:00"))
    told.commit("2025-04-08 10:00")
    workshop = "_events/workshop.md"
    told.write(workshop, a_page("Workshop", "2025-05-15", "18:00", access="members"))
    told.commit("2025-04-23 10:00")
    told.edit(workshop, "access: members", "access: open")
    told.commit("2025-05-01 10:00")
    told.edit(workshop, "access: open", "access: open\nstatus: cancelled")
    told.commit("2025-05-12 10:00")
    talk = "_events/talk.md"
    told.write(talk, a_page("Autumn talk", "2025-10-27", "18:00"))
    told.commit("2025-10-06 10:00")
    told.edit(talk, "We meet", "On 27 October 2025 we held an evening, and we heard from many. We met")
    told.commit("2025-10-28 10:00")
    return told


WANTED = """
2025-03-04 12:00 announcement Garden day @all
2025-03-17 09:00 digest weekly @news
2025-03-19 10:00 reminder Garden day @news
2025-03-19 10:00 reminder Garden day @members
2025-03-19 14:00 reminder Garden day @overseas
2025-03-05 12:00 announcement Committee @members
2025-03-25 10:00 reminder Committee @members
2025-03-24 13:00 announcement Spring walk @all
2025-03-27 10:30 change Spring walk @all
2025-03-31 09:00 digest weekly @news
2025-04-04 10:00 reminder Spring walk @news
2025-04-04 10:00 reminder Spring walk @members
2025-04-04 15:00 reminder Spring walk @overseas
2025-04-07 12:00 follow_up Spring walk @news
2025-04-07 12:00 follow_up Spring walk @members
2025-04-08 12:00 announcement Tuesday lunch @all
2025-04-14 09:00 digest weekly @news
2025-04-21 09:00 digest weekly @news
2025-04-21 10:00 reminder Tuesday lunch @members
2025-04-21 15:00 reminder Tuesday lunch @overseas
2025-04-23 12:00 announcement Workshop @members
2025-05-01 12:00 announcement Workshop @news
2025-05-01 12:00 announcement Workshop @overseas
2025-05-05 09:00 digest weekly @news
2025-05-12 09:00 digest weekly @news
2025-05-12 10:30 cancellation Workshop @all
2025-10-06 12:00 announcement Autumn talk @all
2025-10-13 09:00 digest weekly @news
2025-10-24 18:00 reminder Autumn talk @all
2025-10-27 09:00 digest weekly @news
2025-10-28 12:00 follow_up Autumn talk @news
2025-10-28 12:00 follow_up Autumn talk @members
"""
