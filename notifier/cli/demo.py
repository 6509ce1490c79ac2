"""The demonstration site that `notifier init` scaffolds: what real event files are like, dated relative to now."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

ZONE = "Europe/London"
#: The first event's two-hour reminder is ten minutes late when the site is made, and inside its grace.
STARTS_IN = timedelta(hours=1, minutes=50)
#: The first look is recorded as of this long before: the reminder fell due after it.
BASELINE_BEFORE = timedelta(hours=1)

PROJECT_TITLE = "Shared streets: residents and the data about their neighbourhood"


def demo_files(now: datetime) -> dict[str, str]:
    """The content of the site by relative path."""
    start = (now.astimezone(UTC) + STARTS_IN).replace(second=0, microsecond=0)
    today = now.astimezone(ZoneInfo(ZONE)).date()
    files = [
        _community_call(start),
        _workshop(_weekday_after(today, 9)),
        _invitation_lab(_weekday_after(today, 14)),
        _open_day_without_time(_weekday_after(today, 12)),
        _contradiction(_weekday_after(today, 16)),
        _write_up(_weekday_after(today, -21)),
    ]
    return dict(files) | {"_projects/2026-community-calls.md": _PROJECT}


def _community_call(start: datetime) -> tuple[str, str]:
    local = start.astimezone(ZoneInfo(ZONE))
    body = f"""---
layout: event
title: "Shared streets: community call"
upcoming: true
writeup: false
date: {local:%Y-%m-%d}
start: "{local.isoformat()}"
timezone: {ZONE}
category: organising
project:
  - "{PROJECT_TITLE}"
topics:
  - Neighbourhoods
---

On {_long(local.date())} at {_clock(local)} we will hold the fourth online call of the people who work on [Shared streets](https://www.example.org/projects/2026-community-calls).

<!--more-->

We will hear from two neighbourhoods that measured their own traffic, and from the council officers who changed a crossing because of it.

> Please [register here](https://meet.example.com/meeting/register/shared-streets-4) to attend this call. To hear about our work, [sign up to our mailing list](https://lists.example.org/subscribe?list=news).
"""
    return f"_events/{local:%Y-%m-%d}-community-call.md", body


def _workshop(day: date) -> tuple[str, str]:
    body = f"""---
layout: event
title: "Reading your street: a workshop for beginners"
upcoming: true
writeup: false
date: {day:%Y-%m-%d}
category: organising
project:
  - "{PROJECT_TITLE}"
---

On {_long(day)} at 2pm we will hold an online workshop for everybody who has never opened a spreadsheet of traffic counts.

<!--more-->

There will be later workshops (all online, Wednesdays at 6pm - 7:15pm) on crossings, air and noise.

> Please [register here](https://meet.example.com/meeting/register/reading-your-street) to attend.
"""
    return f"_events/{day:%Y-%m-%d}-reading-your-street.md", body


def _invitation_lab(day: date) -> tuple[str, str]:
    body = f"""---
layout: event
title: "Design lab: a charter for street sensors"
upcoming: true
featured: true
writeup: false
date: {day:%Y-%m-%d}
start: "10:30"
end: "16:00"
category: organising
---

Join officers and residents for a day of working out what a street sensor may know, and who may ask it.

<!--more-->

The programme responds to those who come: principles, procurement, and what to do with what is already hanging on the lamp posts.

> This event is invitation-ony. If you would like to attend, [please get in touch](mailto:labs@example.org).
"""
    return f"_events/{day:%Y-%m-%d}-sensor-charter-lab.md", body


def _open_day_without_time(day: date) -> tuple[str, str]:
    body = f"""---
layout: event
title: "Open studio: bring a map"
upcoming: true
writeup: false
date: {day:%Y-%m-%d}
category: organising
---

Our studio is open to everybody with a map, a question or a grievance about a crossing.

<!--more-->

> Please [book your place here](https://tickets.example.com/e/open-studio-bring-a-map) so that there is tea enough.
"""
    return f"_events/{day:%Y-%m-%d}-open-studio.md", body


def _contradiction(day: date) -> tuple[str, str]:
    said = day + timedelta(days=1)
    body = f"""---
layout: event
title: "What the counters said: an evening of results"
upcoming: true
writeup: false
date: {day:%Y-%m-%d}
category: organising
---

On {_long(said)} at 6:30pm we will hold an online evening with the results of the autumn count.

<!--more-->

> Please [register here](https://meet.example.com/meeting/register/what-the-counters-said) to attend.
"""
    return f"_events/{day:%Y-%m-%d}-what-the-counters-said.md", body


def _write_up(day: date) -> tuple[str, str]:
    body = f"""---
layout: event
title: "Shared streets: community call"
upcoming: false
writeup: true
date: {day:%Y-%m-%d}
category: organising
project:
  - "{PROJECT_TITLE}"
---

On {_long(day)}, online, we held the third call of the people who work on [Shared streets](https://www.example.org/projects/2026-community-calls).

<!--more-->

We heard from a school that counted bicycles for a month, and from the people who repaired the counter.

> If you're interested in the next call, [contact us](mailto:hello@example.org).
"""
    return f"_events/{day:%Y-%m-%d}-community-call.md", body


_PROJECT = f"""---
layout: project
title: "{PROJECT_TITLE}"
completed: false
topics:
  - Neighbourhoods
---

Streets are counted, measured and photographed, mostly without the people who live in them. This project puts the counters into their hands.
"""


def _weekday_after(today: date, days: int) -> date:
    """The day `days` away, moved on to the next weekday where it falls on a weekend."""
    day = today + timedelta(days=days)
    return day + timedelta(days=max(0, 7 - day.weekday()) if day.weekday() > 4 else 0)


def _long(day: date) -> str:
    return f"{day:%A} {day.day} {day:%B} {day.year}"


def _clock(local: datetime) -> str:
    hour = local.hour % 12 or 12
    return (
        f"{hour}:{local:%M}{'am' if local.hour < 12 else 'pm'}"
        if local.minute
        else f"{hour}{'am' if local.hour < 12 else 'pm'}"
    )
