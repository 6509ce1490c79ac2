"""A data file that is emptied by mistake, more than once, and one that a programme is really taken out of."""

from __future__ import annotations

from tests.stories.telling import CONFIG, LIST, Story

UNTIL = "2025-07-01 12:00"
#: So many there are in all, however often they were renamed, moved, broken and brought back.
EVENTS = 10
SITE = (
    CONFIG
    % (
        "Europe/London",
        "en",
        """\
      - files: ["_data/events.yml", "_data/programme.yml"]
        format: data
        fields: {start: time, key: id}
""",
    )
    + LIST
)

PATH = "_data/events.yml"
WINTER = ("2025-02-13", "2025-02-20", "2025-02-27", "2025-03-06", "2025-03-13", "2025-03-20")
SPRING = ("2025-05-01", "2025-05-08", "2025-05-15", "2025-06-19")


def an_entry(number: int, day: str) -> str:
    return (
        f"- id: evening-{number}\n  title: Evening {number}\n  date: {day}\n  time: '18:00'\n  place: Library, Exampleton\n"
        f"  access: open\n  register: https://tickets.example.com/{number}\n"
    )


def story() -> Story:
    told = Story()
    winter = "".join(an_entry(number, day) for number, day in enumerate(WINTER))
    told.write(PATH, winter)
    told.commit("2025-02-03 10:00")
    told.write(PATH, "[]\n")
    told.commit("2025-02-12 09:00")
    told.write(PATH, winter)
    told.commit("2025-02-12 12:00")
    told.write(PATH, "")
    told.commit("2025-02-19 11:00")
    told.write(PATH, winter)
    told.commit("2025-02-19 11:30")
    told.edit(PATH, "id: evening-3\n  title: Evening 3", "id: evening-3\n  title: A talk")
    told.commit("2025-02-24 10:00")
    talk = told.files[PATH]
    # The file goes, and two days later all of it stands in another.
    del told.files[PATH]
    told.write("README.md", "Soon to be another site.\n")
    told.commit("2025-03-11 10:00")
    told.write("_data/programme.yml", talk)
    told.commit("2025-03-13 09:00")
    _spring(told)
    return told


def _spring(told: Story) -> None:
    entries = [an_entry(number + 10, day) for number, day in enumerate(SPRING)]
    told.write("_data/programme.yml", "".join(entries))
    told.commit("2025-04-14 10:00")
    # Three of four are taken out for good, without a word.
    told.write("_data/programme.yml", entries[-1])
    told.commit("2025-04-22 10:00")


#: Whoever is asked lets it go, or nobody answers: it is the same. What was gone on its day was gone; of a programme that
#: was taken out only what is left is reminded of.
WANTED = """
2025-02-12 12:00 reminder Evening 0
2025-02-19 10:00 reminder Evening 1
2025-02-26 10:00 reminder Evening 2
2025-03-05 10:00 reminder A talk
2025-03-19 10:00 reminder Evening 5
2025-04-14 12:00 announcement Evening 10
2025-04-14 12:00 announcement Evening 11
2025-04-14 12:00 announcement Evening 12
2025-04-14 12:00 announcement Evening 13
2025-06-18 10:00 reminder Evening 13
"""
