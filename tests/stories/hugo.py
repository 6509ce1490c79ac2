"""Hugo, with TOML: the day stands in the file's name, pages become bundles, titles call off, and drafts come first."""

from __future__ import annotations

from tests.stories.telling import CONFIG, LIST, Story

UNTIL = "2027-01-10 12:00"
SITE = (
    CONFIG
    % (
        "Europe/London",
        "en",
        """\
      - files: ["content/posts/**/*.md", "content/events/**/*.md"]
        exclude: ["**/_index.md"]
        fields:
          date: {path: '(\\d{4}-\\d\\d-\\d\\d)'}
          start: begins
          place: venue
""",
    )
    + LIST
)

TEXT = """\
+++
title = "{title}"
begins = "{begins}"
venue = "{venue}"
tags = ["evenings"]
+++
{text}

All welcome, and free to attend. [Register here](https://tickets.example.com/{slug}).
"""


def a_page(
    title: str, slug: str, *, begins: str = "19:00", venue: str = "Old Corn Hall, Exampleton", text: str = ""
) -> str:
    said = text or f"We open the doors of the hall for {slug}, with tea, cake and whatever people bring along to show."
    return TEXT.format(title=title, begins=begins, venue=venue, text=said, slug=slug)


#: A studio evening on some Thursday of each month, put up two weeks before on a Thursday at nine.
STUDIOS = (
    "2025-09-11", "2025-10-09", "2025-11-13", "2025-12-11", "2026-01-15", "2026-02-12", "2026-03-12", "2026-04-09",
    "2026-05-14", "2026-06-11", "2026-07-09", "2026-09-10", "2026-10-15", "2026-11-12", "2026-12-10",
)  # fmt: skip
_PUT_UP = (
    "2025-08-28", "2025-09-25", "2025-10-30", "2025-11-27", "2026-01-01", "2026-01-29", "2026-02-26", "2026-03-26",
    "2026-04-30", "2026-05-28", "2026-06-25", "2026-08-27", "2026-10-01", "2026-10-29", "2026-11-26",
)  # fmt: skip


def story() -> Story:
    told = Story()
    told.write("content/posts/_index.md", '+++\ntitle = "What is on"\n+++\n')
    told.write("content/posts/2024-12-02-winter-fair.md", a_page("Winter fair", "winter-fair"))
    told.write("content/posts/2025-01-20-reading-night.md", a_page("Reading night", "reading-night"))
    told.commit("2025-01-06 10:00")
    quiz = "content/posts/2025-02-19-quiz.md"
    told.write(quiz, a_page("Pub quiz", "quiz").replace("+++\n", "+++\ndraft = true\n", 1))
    told.commit("2025-01-27 11:00")
    told.edit(quiz, "draft = true", "draft = false")
    told.commit("2025-02-03 09:00")
    # The name was wrong by a day.
    told.move(quiz, "content/posts/2025-02-20-quiz.md")
    told.commit("2025-02-10 14:00")
    concert = "content/posts/2025-03-15-spring-concert/index.md"
    told.write(concert, a_page("Spring concert", "spring-concert", begins="19:30"))
    told.commit("2025-02-24 16:30")
    told.edit(concert, '"Spring concert"', '"CANCELLED: Spring concert"')
    told.commit("2025-03-03 12:00")
    told.edit(concert, "CANCELLED: ", "")
    told.commit("2025-03-07 12:00")
    told.write("content/posts/2025-03-15-spring-concert/poster.jpg", b"\xff\xd8\xff")
    told.commit("2025-03-10 10:00")
    _spring(told)
    _studios(told)
    return told


def _spring(told: Story) -> None:
    told.write("content/posts/2025-03-31-walk.md", a_page("Bluebell walk", "walk", begins="10:00", venue="Mill Wood"))
    told.write("content/posts/2025-04-02-poetry.md", a_page("Poetry evening", "poetry"))
    told.write("content/posts/2025-04-09-film.md", a_page("Film night", "film"))
    told.commit("2025-03-17 10:00")
    # All pages move to another folder, and become bundles.
    for path in [path for path in told.files if path.endswith(".md") and "/posts/20" in path and "/index" not in path]:
        told.move(path, path.replace("/posts/", "/events/").replace(".md", "/index.md"))
    told.move("content/posts/2025-03-15-spring-concert/index.md", "content/events/2025-03-15-spring-concert/index.md")
    told.commit("2025-03-24 10:00")
    film = "content/events/2025-04-16-film/index.md"
    told.move("content/events/2025-04-09-film/index.md", film)
    told.edit(film, "We open", "Now a week later, because of the strike. We open")
    told.commit("2025-04-07 09:30")
    choir = "content/events/2025-05-22-choir/index.md"
    told.write(choir, a_page("Choir", "choir"))
    told.commit("2025-05-05 10:00")
    told.edit(choir, 'title = "Choir"', 'title = "Choir evening"')
    told.commit("2025-05-06 10:00")
    told.edit(choir, '"Choir evening"', '"CANCELLED: Choir evening"')
    told.commit("2025-05-20 20:00")
    picnic = "content/events/2025-06-19-picnic/index.md"
    told.write(picnic, a_page("Picnic", "picnic", begins="12:30", venue="Meadow"))
    told.commit("2025-06-02 09:00")
    told.edit(picnic, "+++\ntitle", "+++\ndraft = true\ntitle")
    told.commit("2025-06-10 10:00")
    told.edit(picnic, "draft = true\n", "")
    told.commit("2025-06-10 10:20")


def _studios(told: Story) -> None:
    for number, (day, put_up) in enumerate(zip(STUDIOS, _PUT_UP, strict=True)):
        told.write(f"content/events/{day}-studio/index.md", a_page("Open studio", f"studio-{number}"))
        told.commit(f"{put_up} 09:00")
    # The last one is put off by a week, twice within an hour.
    told.move("content/events/2026-12-10-studio/index.md", "content/events/2026-12-17-studio/index.md")
    told.commit("2026-12-01 11:00")
    told.move("content/events/2026-12-17-studio/index.md", "content/events/2026-12-16-studio/index.md")
    told.commit("2026-12-01 11:20")


WANTED = (
    """
2025-01-17 18:00 reminder Reading night
2025-02-03 11:00 announcement Pub quiz
2025-02-10 14:30 change Pub quiz
2025-02-19 10:00 reminder Pub quiz
2025-02-25 08:30 announcement Spring concert
2025-03-03 12:30 cancellation Spring concert
2025-03-07 12:30 change Spring concert
2025-03-14 10:00 reminder Spring concert
2025-03-17 12:00 announcement Bluebell walk
2025-03-17 12:00 announcement Poetry evening
2025-03-17 12:00 announcement Film night
2025-03-28 18:00 reminder Bluebell walk
2025-04-01 10:00 reminder Poetry evening
2025-04-07 10:00 change Film night
2025-04-15 10:00 reminder Film night
2025-05-05 12:00 announcement Choir
2025-05-21 08:30 cancellation Choir evening
2025-06-02 11:00 announcement Picnic
2025-06-18 10:00 reminder Picnic
2026-12-01 11:50 change Open studio
2026-12-15 10:00 reminder Open studio
"""
    + "".join(
        # A Wednesday before each Thursday; the last one moved.
        f"{put_up} 11:00 announcement Open studio\n"
        for put_up in _PUT_UP
    )
    + "".join(f"{day[:8]}{int(day[8:]) - 1:02} 10:00 reminder Open studio\n" for day in STUDIOS[:-1])
)
