"""Small sites of many kinds, as invented organisations have them; each a folder's files by path."""

from __future__ import annotations

import json
from collections.abc import Callable

Site = Callable[[], dict[str, str]]

_DAYS = ("2026-01-14", "2026-02-11", "2026-03-11", "2026-06-10", "2026-07-08", "2026-09-09", "2026-10-14", "2026-11-11")


def hugo_german() -> dict[str, str]:
    """Hugo with TOML front matter, a list page, and a blog beside the events."""
    files = {
        "hugo.toml": 'baseURL = "https://www.example.org/"\nlanguageCode = "de-AT"\ntitle = "Nähwerkstatt Beispiel"\n',
        "content/termine/_index.md": '+++\ntitle = "Termine"\n+++\nAlle Termine.\n',
        "content/blog/neues.md": '+++\ntitle = "Neues"\ndate = 2026-01-02T09:12:44+01:00\nauthor = "Redaktion"\n+++\nText.\n',
    }
    for number, day in enumerate(_DAYS):
        files[f"content/termine/naehabend-{number}.md"] = (
            f'+++\ntitle = "Nähabend {number}"\ndate = 2025-12-0{number + 1}T08:00:11+01:00\nbeginn = "{day}T19:00:00"\n'
            f'ende = "{day}T21:30:00"\nveranstaltungsort = "Werkstatt, Linz"\nanmeldung = "https://example.com/a/{number}"\n'
            "abgesagt = false\n+++\nWir nähen und reparieren, was ihr mitbringt, und trinken Tee für alle.\n"
        )
    return files


def eleventy_json() -> dict[str, str]:
    """Eleventy with one JSON file of events; the times are UTC, as the text of none of them tells."""
    events = [
        {"id": f"e{n}", "name": f"Repair café {n}", "startDate": f"{day}T{17 if day[5:7] in _SUMMER else 18}:30:00Z",
         "endDate": f"{day}T{19 if day[5:7] in _SUMMER else 20}:30:00Z", "location": {"name": "Hall", "city": "Dublin"},
         "ticketUrl": f"https://example.com/t/{n}", "published": True}
        for n, day in enumerate((*_DAYS, *(day.replace("2026", "2025") for day in _DAYS)))
    ]  # fmt: skip
    return {
        "package.json": json.dumps(
            {"homepage": "https://example.org", "devDependencies": {"@11ty/eleventy": "^3.0.0"}}
        ),
        "src/_data/events.json": json.dumps(events, indent=1),
        "src/_data/nav.json": json.dumps([{"title": "Home", "url": "/"}]),
        "src/index.md": "---\ntitle: Home\n---\nHello.\n",
    }


_SUMMER = ("04", "05", "06", "07", "08", "09", "10")


def jekyll_lists() -> dict[str, str]:
    """Jekyll with a data file of two lists, days and times apart."""

    def entry(number: int, day: str) -> str:
        return (
            f"  - title: Choir {number}\n    day: {day}\n    start_time: '19:30'\n    end_time: '21:00'\n    venue: Old School\n"
            f"    city: Berlin\n    website: https://example.com/{number}\n"
        )

    upcoming = "".join(entry(n, day) for n, day in enumerate(_DAYS[4:]))
    past = "".join(entry(n + 10, day) for n, day in enumerate(_DAYS[:4]))
    return {
        "_config.yml": "title: Example Choir\nurl: https://choir.example.org\nlang: en\ntimezone: Europe/Berlin\n",
        "_data/events.yml": f"upcoming:\n{upcoming}past:\n{past}sponsors:\n  - name: Someone\n",
    }


def labelled() -> dict[str, str]:
    """Texts without front matter, with lines such as Date: …"""
    files = {"README.md": "# Our site\n\nHow to build it.\n"}
    for number, day in enumerate(_DAYS):
        files[f"events/walk-{number}.md"] = (
            f"# Garden walk {number}\n\nDate: {day}\nTime: 14:00\nLocation: Botanic Garden, Edinburgh\n\n"
            "We will walk with the gardeners and look at what is in flower this month.\n"
        )
    return files


def blog() -> dict[str, str]:
    """A blog and nothing else."""
    files = {"_config.yml": "title: Example Blog\n"}
    for number, day in enumerate(_DAYS):
        files[f"_posts/{day}-thoughts-{number}.md"] = (
            f"---\nlayout: post\ntitle: Thoughts {number}\ndate: {day} 09:13:27 +0000\nauthor: Somebody\ntags: [notes]\n---\nText.\n"
        )
    return files


def mixed() -> dict[str, str]:
    """One folder of pages, of which a key says what each is; days are written day first."""
    files = {}
    for number, day in enumerate(_DAYS):
        year, month, date = day.split("-")
        files[f"content/pages/concert-{number}.md"] = (
            f"---\ntype: concert\ntitle: Concert {number}\nwhen: {date}/{month}/{year}\ntime: '20:00'\nwhere: Town hall\n---\nMusic for all.\n"
        )
        files[f"content/pages/about-{number}.md"] = f"---\ntype: page\ntitle: About {number}\n---\nAbout us.\n"
    return files


def wall_offsets() -> dict[str, str]:
    """A CMS that writes Z behind every time and means the clock on the wall; `date` is the day of publication."""
    files = {}
    for number, day in enumerate((*_DAYS, *(day.replace("2026", "2025") for day in _DAYS))):
        files[f"src/events/evening-{number}/index.md"] = (
            f"---\ntitle: Evening {number}\ndate: {day[:4]}-01-0{number % 8 + 1}\nstart_datetime: {day}T18:30:00Z\n"
            f"end_datetime: {day}T20:30:00Z\nis_cancelled: false\nis_published: true\n"
            "location:\n  id: 4\n  venue: Library\n  city: dublin\n  country: ireland\n---\nCome along.\n"
        )
    files["src/events/events.json"] = '{"layout": "events", "tags": ["events"]}'
    return files


def translations() -> dict[str, str]:
    """Hugo with a folder for each language."""
    files = {"hugo.yaml": "baseURL: https://www.example.org/\ntitle: Example Society\ndefaultContentLanguage: de\n"}
    for number, day in enumerate(_DAYS):
        for code, title in (("de", "Treffen"), ("en", "Meeting")):
            files[f"content/{code}/events/meeting-{number}.md"] = (
                f"---\ntitle: {title} {number}\ndate: 2025-12-01\nevent_date: {day}\nevent_time: '19:00'\nlocation: Vienna\n---\nText.\n"
            )
    return files


def courses() -> dict[str, str]:
    """Pages whose dates are in a list, each an evening of its own."""
    files = {}
    for number in range(4):
        evenings = "".join(f"  - start: {day} 18:00\n    end: {day} 20:00\n" for day in _DAYS[number : number + 2])
        files[f"courses/course-{number}.md"] = (
            f"---\ntitle: Course {number}\nplace: Leeds\ndates:\n{evenings}---\nA course.\n"
        )
    return files


def spanish() -> dict[str, str]:
    """Keys and dates in Spanish."""
    months = [
        "enero",
        "febrero",
        "marzo",
        "abril",
        "mayo",
        "junio",
        "julio",
        "agosto",
        "septiembre",
        "octubre",
        "noviembre",
        "diciembre",
    ]
    return {
        f"eventos/taller-{number}.md": f"---\ntitulo: Taller {number}\nfecha: {int(day[8:])} de {months[int(day[5:7]) - 1]} de 2026\n"
        "hora: '19:00'\nlugar: Madrid, Casa\nestado: confirmado\n---\nVen.\n"
        for number, day in enumerate(_DAYS)
    }
