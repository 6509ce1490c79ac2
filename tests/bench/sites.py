"""Sites of any size for measurements: ordinary announcements in three shapes, each with its own date, name and words."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

CONFIG = """\
site:
  id: bench
  name: Example Commons
  domain: example.org
  url: https://www.example.org
  timezone: Europe/London
  postal_address: 1 Example Street
sources:
  - name: site
    folder: .
    events:
      - {preset: jekyll-events, own: {category: [organising]}}
providers:
  outbox: {type: outbox, folder: outbox}
audiences:
  newsletter: {provider: outbox}
rules:
  announce: {kind: announcement, audiences: [newsletter], ask: true}
  day: {kind: reminder, audiences: [newsletter], when: {before: 1d, at: "10:00"}}
feeds:
  all: {title: Everything}
  workshops: {title: Workshops, only: {series: [Workshops]}}
  water: {title: Water, only: {topic: [water]}}
"""

#: The time stands in the prose, as in most announcements.
PROSE = """\
---
layout: event
title: "Reading group {number}: what {topic} owes to {town}"
date: {day:%Y-%m-%d}
category: organising
topics:
  - {topic}
  - reading
image: /assets/images/groups/{number}.jpg
excerpt: Two chapters on {topic}, read together, with neighbours from {town}.
---

On {day:%A} {day.day} {day:%B} {day.year} at {hour}pm - {hour}:45pm ({zone}) we will hold meeting {number} of the reading group, online.

<!--more-->

We read two chapters together and talk about what they mean for the people who live where the {topic} is. Last time we heard from a
neighbourhood in [{town}](https://towns.example.com/{slug}) that measured its own traffic for {number} days, and from the officers who
changed a crossing because of it. Their [notes](https://notes.example.com/{slug}/{number}.html) are worth your time, and so is the
essay that began it all, *{topic} as a commons*.

This month's questions:

 * Who decided how {topic} is counted in {town}, and who was not asked?
 * What would a council of {number} people have done differently?
 * What did we promise each other in the last meeting, and did we do it?

There will be future meetings (all online, Wednesdays at 6pm - 7:15pm). The group is open to everyone; no reading is needed to listen.

> Please [register here](https://meet.example.com/meeting/register/{number}-{slug}) to attend.
"""

#: Everything is said by keys; the prose only tells more.
KEYS = """\
---
title: {topic_title} workshop {number} in {town}
date: {day:%Y-%m-%d}
start: "{clock}"
end: "{clock_end}"
timezone: Europe/London
place: Room {number}, The Old Exchange, {number} Example Street, {town}
register: https://tickets.example.com/{slug}/{number}
access: open
category: organising
series: Workshops
topics: [{topic}, workshop]
project: {topic}-in-{slug}
link: /programme/{slug}-{number}/
---
A day for those who look after {topic} in {town}: residents, officers, and the people who keep the records. It is the {number}th
of its kind, and the first that is held in {town}.

## Programme

| time | what |
|---|---|
| {clock} | Welcome, and what we learnt in the last workshop |
| 11:15 | Mapping {topic}: who holds it, who uses it, who pays for it |
| 12:30 | Lunch, made by the cooperative next door |
| 13:30 | Three things to do before the next winter |

## Before you come

Bring whatever you have: a map, a bill, a photograph from `IMG_{number}.jpg`. There is a [guide](https://guides.example.com/{slug}?utm_source=site&page={number})
to the room, with a plan of the steps and of the lift. **Lunch is vegetarian**; tell us by {week_before:%-d %B} if there is anything that you can't eat.

If you have questions, write to [the organisers](mailto:group-{number}@example.org). Places are given in the order in which people
register, and we keep {number} of them for people from {town}. After the day we publish what was said in our
[library](https://library.example.org/{slug}/{number}/) under a free licence. The workshop is part of a row of {number} that ends in
{day.year}; what the earlier ones found out about {topic} was taken up by two councils, and by one court.
"""

#: Several days, labelled lines, and what site generators and editors leave behind.
LABELLED = """\
---
layout: event
title: '{town} gathering on {topic}, no. {number}'
date: {day:%Y-%m-%d}
dates: ["{day:%Y-%m-%d}", "{next_day:%Y-%m-%d}"]
category: organising
topics: ["{topic}", "gathering"]
featured: true
author: {{name: "Group {number}", url: "https://people.example.com/{number}"}}
---
![A view of {town}]({{{{ site.baseurl }}}}/assets/{slug}-{number}.png){{: .wide }}

# {town} gathering on {topic}

**When:** {day.day} - {next_day.day} {next_day:%B} {next_day.year}

**Where:** The Maltings, {number} Harbour Road, {town}

For two days people who share {topic} meet in {town}: to show what they do, to ask for help, and to agree what comes next. We expect
about {number} of them, from farms, from housing, from libraries and from software. The first day is for talks. On the second day we
walk, and what we see decides what we talk about in the evening.

<!-- kept for the printers: {slug}, {number} copies -->

### Who speaks

1. Somebody from the water board of {town}, on what a leak costs when nobody owns it
2. The archive of meeting {number}, read aloud by those who were there
3. A builder, a lawyer and a gardener, who have never agreed about {topic} before

### What it costs

It is free. If your employer pays, [a contribution](https://pay.example.com/{slug}/{number}) keeps it so for the others. Travel is
paid back to those who need it: send the receipt, and nothing else, to [travel-{number}@example.org](mailto:travel-{number}@example.org).

---

[Register for both days](https://register.example.com/g/{number}?from={slug}) until {week_before.day} {week_before:%B}. Children are welcome. The house has a
lift, a quiet room and a garden. You can follow the talks from elsewhere [in this stream](https://stream.example.com/{slug}-{number}), without a registration.
{{: .note }}
"""

_SHAPES = (PROSE, KEYS, PROSE, LABELLED)
_TOPICS = ("water", "housing", "records", "seeds", "maps", "tools", "energy", "forests", "software", "bread", "paths")
_TOWNS = (
    "Leeds",
    "Bristol",
    "Hull",
    "Stroud",
    "Whitby",
    "Totnes",
    "Preston",
    "Falmouth",
    "Kendal",
    "Lewes",
    "Ely",
    "Bath",
    "Frome",
)


def event_text(number: int, day: date) -> str:
    """The announcement of this number; no two have the same title, links or words."""
    topic, town = _TOPICS[number % len(_TOPICS)], _TOWNS[number % len(_TOWNS)]
    return _SHAPES[number % len(_SHAPES)].format(
        number=number, day=day, next_day=day + timedelta(days=1), week_before=day - timedelta(days=7),
        topic=topic, topic_title=topic.capitalize(), town=town, slug=f"{town}-{topic}".casefold(), hour=number % 8 + 1,
        zone="BST" if 4 <= day.month <= 9 else "GMT", clock=f"{9 + number % 3:02}:{15 * (number % 4):02}", clock_end=f"{15 + number % 3}:30",
    )  # fmt: skip


def make_site(folder: Path, size: int) -> Path:
    """A site with `size` events, one every third day around 2026; returns its config.yaml."""
    first = date(2026, 12, 1) - timedelta(days=3 * (size // 2))
    return _make(folder, [first + timedelta(days=3 * number) for number in range(size)])


def make_coming(folder: Path, size: int) -> Path:
    """A site of which every event is still to come, within ten years, so that feeds hold them all."""
    first = date(2026, 12, 1)
    return _make(folder, [first + timedelta(days=number * 3_650 // size) for number in range(size)])


def _make(folder: Path, days: list[date]) -> Path:
    events = folder / "_events"
    events.mkdir(parents=True)
    for number, day in enumerate(days):
        (events / f"{day:%Y-%m-%d}-{number}.md").write_text(event_text(number, day), encoding="utf-8")
    config = folder / "config.yaml"
    config.write_text(CONFIG, encoding="utf-8")
    return config
