"""The shape of `site` and `sources`: whose events these are, and where they stand."""

from __future__ import annotations

from datetime import timedelta
from typing import Literal

from pydantic import Field

from notifier.config.section import Section
from notifier.config.units import Address, Domain, Duration, Language, Line, Name, PathText, Patterns, Texts, Url, Zone

EventField = Literal[
    "title", "date", "dates", "start", "end", "timezone", "place", "access", "register", "status", "uid", "url",
    "category", "series", "topics", "project", "image", "link", "private",
]  # fmt: skip


class Site(Section):
    """The organisation and its website."""

    id: Name = Field(
        description="A short name that never changes: every event's identity hangs on it.", examples=["example"]
    )
    name: Line = Field(description="The organisation's name, as readers see it.", examples=["Example Commons"])
    domain: Domain = Field(
        description="The domain that ends every event's uid; it never changes either.", examples=["example.org"]
    )
    url: Url = Field(description="The website's address, without a final slash.", examples=["https://www.example.org"])
    public_url: Url | None = Field(
        None,
        description="What mails and feeds link to. Default: the same as url.",
        examples=["https://www.example.org"],
    )
    timezone: Zone = Field(
        "Europe/London",
        description="The IANA zone of events that name none, and of the sending hours.",
        examples=["Europe/London"],
    )
    language: Language = Field("en", description="The language of mails and feeds.", examples=["en"])
    postal_address: str = Field(
        "",
        description="The postal address in the foot of mails, which many countries require.",
        examples=["1 Example Street"],
    )
    staff: list[Address] = Field(
        [], description="The staff's mail addresses, for test mails and notices.", examples=[["events@example.org"]]
    )


class Git(Section):
    """A git repository to read events from."""

    url: Line | None = Field(
        None, description="The address to fetch from; url or path.", examples=["https://git.example.org/site.git"]
    )
    path: PathText | None = Field(None, description="A clone on this machine, instead of url.", examples=["/srv/site"])
    branch: Line = Field("main", description="The branch that is published.", examples=["main"])
    interval: Duration = Field(timedelta(minutes=5), description="How often to fetch.", examples=["5m"])


class Own(Section):
    """What marks the organisation's own events."""

    category: Texts = Field(
        description="Events of these categories are the organisation's own: only they get reminders. Without it, all are.",
        examples=[["organising"]],
    )


class Events(Section):
    """A group of event files that are read alike."""

    preset: Literal["jekyll-events"] | None = Field(
        None, description="A known layout: files _events/*.md, pages /events/FILE-NAME.", examples=["jekyll-events"]
    )
    files: Patterns | None = Field(
        None,
        description="Which files, as patterns relative to the source. Needed without a preset.",
        examples=["_events/*.md"],
    )
    exclude: Patterns | None = Field(None, description="Which of these to leave out.", examples=["_events/README.md"])
    format: Literal["front-matter", "data"] = Field(
        "front-matter",
        description="One event a file with front matter, or a data file with many.",
        examples=["front-matter"],
    )
    fields: dict[EventField, Line] = Field(
        {},
        description="Where the site's keys are named otherwise: our name, then the site's. For url also a page pattern with {stem}.",
        examples=[{"register": "signup_link"}],
    )
    own: Own | None = Field(None, description="What marks the organisation's own events.")


class Projects(Section):
    """The pages of projects; their titles name the projects in events."""

    files: Patterns = Field(description="Which files, as patterns relative to the source.", examples=["_projects/*.md"])


class Source(Section):
    """Where event files are."""

    name: Name = Field(
        description="A short name that never changes: it is part of events' identities.", examples=["site"]
    )
    folder: PathText | None = Field(None, description="The folder to read; folder or git.", examples=["."])
    git: Git | None = Field(None, description="A git repository to read, instead of folder.")
    events: list[Events] = Field(
        description="Groups of event files, each read alike.", min_length=1, examples=[[{"preset": "jekyll-events"}]]
    )
    projects: Projects | None = Field(None, description="The pages of projects.")
    vanished: Literal["hold", "withdraw"] = Field(
        "hold", description="What a vanished file means: ask a person, or stop what was planned.", examples=["hold"]
    )
