"""Jekyll in New York: posts made anew to put them off, one page for every month, mass edits, merges and wrong clocks."""

from __future__ import annotations

import re

from tests.stories.telling import CONFIG, LIST, Story

UNTIL = "2025-10-01 12:00"
#: So many there are in all, however often they were renamed, moved, broken and brought back.
EVENTS = 14
SITE = (
    CONFIG
    % (
        "America/New_York",
        "en",
        """\
      - files: ["_posts/*.md", "events/**/*.md", "_events/**/*.md", next.md]
        fields:
          start: when
          place: where
""",
    )
    + LIST
)

TEXT = """\
---
title: {title}
when: {when}
where: Grange Hall, Exampleton
access: open
register: https://tickets.example.com/{slug}
---
{text}
"""


def a_page(title: str, when: str, slug: str, text: str = "") -> str:
    said = text or (
        f"Come to our {slug} in the grange hall. We bring tables and coffee, and everybody brings what they have to spare "
        "and what they would like to know. Neighbours of all ages are welcome, as are their friends, cousins and dogs."
    )
    return TEXT.format(title=title, when=when, slug=slug, text=said)


NEXT = "next.md"


def _meeting(day: str) -> str:
    return a_page("Monthly meeting", f"{day} 19:00", "meeting")


def story() -> Story:
    told = Story(zone="America/New_York")
    told.write("_posts/2024-11-20-harvest.md", a_page("Harvest supper", "2024-12-05 18:00", "harvest"))
    told.write(NEXT, _meeting("2025-01-15"))
    told.commit("2025-01-06 10:00")
    told.write(NEXT, _meeting("2025-02-19"))
    told.commit("2025-01-20 10:00")
    told.write(NEXT, _meeting("2025-03-19"))
    told.commit("2025-02-24 10:00")
    _put_off(told)
    _mass_edits(told)
    _merged(told)
    _broken(told)
    return told


def _put_off(told: Story) -> None:
    swap = a_page("Seed swap", "2025-03-22 11:00", "swap")
    told.write("_posts/2025-03-03-seed-swap.md", swap)
    told.commit("2025-03-03 10:00")
    # Deleted, and half an hour later made anew for another day.
    del told.files["_posts/2025-03-03-seed-swap.md"]
    told.commit("2025-03-10 10:00")
    told.write("_posts/2025-03-10-seed-swap.md", swap.replace("2025-03-22", "2025-04-05"))
    told.commit("2025-03-10 10:30")
    told.write(
        NEXT,
        _meeting("2025-03-19").replace("Come to our", "On 19 March 2025 we held our") + "We heard from three of us.\n",
    )
    told.commit("2025-03-24 10:00")
    told.write(NEXT, _meeting("2025-04-16"))
    told.commit("2025-04-02 10:00")
    tools = a_page("Tool library", "2025-04-24 18:00", "tools")
    told.write("_posts/2025-04-07-tools.md", tools)
    told.commit("2025-04-07 10:00")
    told.each(_untidy)
    told.commit("2025-04-10 10:00")
    # The same in one commit.
    del told.files["_posts/2025-04-07-tools.md"]
    told.write("_posts/2025-04-14-tools.md", tools.replace("2025-04-24", "2025-05-01"))
    told.commit("2025-04-14 10:00")
    told.write("_posts/2025-04-14-tools.md", a_page("Tool library", "2025-05-01 18:00", "tools", _LOOKING_BACK))
    told.commit("2025-05-05 10:00")


_LOOKING_BACK = (
    "On 1 May 2025 we held our first evening of the tool library. We heard from Kim about sharpening chisels."
)


def _untidy(text: str) -> str:
    """Keys in another order, line ends of another system, and spaces behind them."""
    front, body = text.removeprefix("---\n").split("\n---\n", 1)
    keys = "\n".join(reversed(front.split("\n")))
    return f"---\n{keys}\n---\n{body}".replace("\n", "  \r\n").replace("---  \r\n", "---\r\n")


def _mass_edits(told: Story) -> None:
    told.write("events/fair.md", a_page("Summer fair", "2025-06-14 10:00", "fair"))
    told.write("events/talk.md", a_page("Soil talk", "2025-06-18 18:00", "talk"))
    told.commit("2025-05-12 10:00")
    before = dict(told.files)
    for path in [path for path in told.files if path.startswith("events/")]:
        told.move(path, f"_{path}")
    told.commit("2025-05-19 10:00")
    told.each(lambda text: re.sub(r"^---(\r?\n)", r"---\1layout: event\1", text, count=1))
    told.commit("2025-05-26 10:00")
    after = dict(told.files)
    # Somebody takes all that back, and somebody else that.
    told.files = dict(before)
    told.commit("2025-05-27 10:00")
    told.files = dict(after)
    told.commit("2025-05-27 11:00")
    told.edit("_events/talk.md", "2025-06-18 18:00", "2025-06-18 19:00")
    told.commit("2025-05-28 10:00")
    told.files = dict(before)
    told.commit("2025-05-29 10:00")
    told.files = after
    told.edit("_events/talk.md", "2025-06-18 18:00", "2025-06-18 19:00")
    told.commit("2025-05-29 10:20")


def _merged(told: Story) -> None:
    told.leave()
    told.write("_events/solstice.md", a_page("Solstice fire", "2025-06-30 18:00", "solstice"))
    told.aside("2025-06-02 10:00")
    told.write("_events/early.md", a_page("Early evening", "2025-06-20 18:00", "early"))
    told.aside("2025-06-03 10:00")
    told.back()
    told.edit("_events/fair.md", "Come to our", "Do come to our")
    told.commit("2025-06-05 10:00")
    told.merge("2025-06-23 10:00")
    # Clocks that are wrong: nobody knows when that was, but not before the one before it.
    told.write("_events/potluck.md", a_page("Potluck", "2025-07-24 18:00", "potluck"))
    told.commit("2025-07-07 10:00", written="2038-01-19 03:14")
    told.edit("_events/potluck.md", "bring tables", "bring long tables")
    told.commit("2025-07-08 10:00", written="1970-01-01 00:00")
    told.edit("_events/potluck.md", "long tables", "chairs")
    told.commit("2025-07-09 10:00", authored="2025-05-01 10:00")


def _broken(told: Story) -> None:
    potluck = told.files["_events/potluck.md"]
    told.edit("_events/potluck.md", "title: Potluck", "title: [Potluck")
    told.commit("2025-07-21 10:00")
    told.write("_events/potluck.md", potluck)
    told.commit("2025-07-23 11:00")
    harvest = a_page("Harvest supper", "2025-09-18 18:00", "harvest")
    told.write("_events/harvest.md", harvest)
    told.commit("2025-09-01 10:00")
    told.edit(
        "_events/harvest.md",
        "when: 2025-09-18 18:00\n",
        _in_conflict("when: 2025-09-18 18:00", "when: 2025-09-25 18:00"),
    )
    told.commit("2025-09-08 10:00")
    told.write("_events/harvest.md", harvest)
    told.commit("2025-09-08 11:00")
    told.edit("_events/harvest.md", "---\nCome", f"---\n{_in_conflict('It is cancelled.', 'It takes place.')}Come")
    told.commit("2025-09-09 10:00")
    told.write("_events/harvest.md", harvest)
    told.commit("2025-09-09 11:00")


def _in_conflict(ours: str, theirs: str) -> str:
    return f"<<<<<<< HEAD\n{ours}\n=======\n{theirs}\n>>>>>>> topic\n"


WANTED = """
2025-01-14 10:00 reminder Monthly meeting
2025-01-20 12:00 announcement Monthly meeting
2025-02-18 10:00 reminder Monthly meeting
2025-02-24 12:00 announcement Monthly meeting
2025-03-18 10:00 reminder Monthly meeting
2025-03-03 12:00 announcement Seed swap
2025-03-10 12:30 announcement Seed swap
2025-04-04 10:00 reminder Seed swap
2025-03-24 12:00 follow_up Monthly meeting
2025-04-02 12:00 announcement Monthly meeting
2025-04-15 10:00 reminder Monthly meeting
2025-04-07 12:00 announcement Tool library
2025-04-14 10:30 change Tool library
2025-04-30 10:00 reminder Tool library
2025-05-05 12:00 follow_up Tool library
2025-05-12 12:00 announcement Summer fair
2025-05-12 12:00 announcement Soil talk
2025-05-28 10:30 change Soil talk
2025-06-13 10:00 reminder Summer fair
2025-06-17 10:00 reminder Soil talk
2025-06-23 12:00 announcement Solstice fire
2025-06-27 18:00 reminder Solstice fire
2025-06-23 12:00 announcement Potluck
2025-07-23 11:00 reminder Potluck
2025-09-01 12:00 announcement Harvest supper
2025-09-17 10:00 reminder Harvest supper
"""
