"""The shape of `site` and `sources`: whose events these are, and where they stand."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema
from pydantic_core import PydanticCustomError

from notifier.config.field_models import EventField, Times, Ways
from notifier.config.section import SecretReference, Section
from notifier.config.tree import shown
from notifier.config.units import (
    Address,
    Domain,
    Duration,
    Language,
    Line,
    Name,
    PathText,
    Patterns,
    Texts,
    Url,
    Zone,
    listed,
    wrong,
)

READABLE = ("en", "de", "fr", "es", "it")


def _readable(text: str) -> str:
    if text in READABLE:
        return text
    primary = text.partition("-")[0]
    hint = f"Write {primary}." if primary in READABLE else f"There are: {', '.join(READABLE)}."
    raise wrong(f"{shown(text)!r} is not a language whose texts can be read.", hint)


def _only_value(value: object) -> str:
    """YAML's true stands for every word that YAML reads so."""
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return value
    if isinstance(value, list | dict):
        raise wrong("must be one value, or a list of them.", "Write, for example: only: {type: [event, talk]}")
    raise PydanticCustomError("string_type", "must be text")


def _one(value: object) -> object:
    return value if isinstance(value, list) or value is None else [value]


_VALUE = {"type": ["string", "boolean", "integer"]}
_VALUES = {"anyOf": [_VALUE, {"type": "array", "items": _VALUE, "minItems": 1}]}
ReadableLanguage = Annotated[str, AfterValidator(_readable)]
Languages = Annotated[
    list[ReadableLanguage],
    BeforeValidator(listed),
    Field(min_length=1),
    WithJsonSchema(
        {
            "anyOf": [
                {"enum": list(READABLE)},
                {"type": "array", "items": {"enum": list(READABLE)}, "minItems": 1},
            ]
        }
    ),
]
OnlyValues = Annotated[
    list[Annotated[str, BeforeValidator(_only_value)]],
    BeforeValidator(_one),
    Field(min_length=1),
    WithJsonSchema(_VALUES),
]


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
    language: Language = Field(
        "en", description="The language of mails and feeds: en or de, or of a region such as en-US.", examples=["en"]
    )
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
        None,
        description="The address to fetch from (https, ssh, or a path); url or path.",
        examples=["https://git.example.org/site.git"],
    )
    path: PathText | None = Field(
        None,
        description="A checkout or bare repository on this machine that others keep up to date, instead of url.",
        examples=["/srv/site"],
    )
    branch: Line = Field("main", description="The branch that is published.", examples=["main"])
    interval: Duration = Field(timedelta(minutes=5), description="How often to fetch from url.", examples=["5m"])
    webhook: SecretReference | None = Field(
        None, description="Where the secret of calls to /hooks/git/NAME stands, which fetch from url at once."
    )


class Own(Section):
    """What marks the organisation's own events."""

    category: Texts = Field(
        description="Events of these categories are the organisation's own: only they get reminders. Without it, all are.",
        examples=[["organising"]],
    )


class Events(Section):
    """A group of event files that are read alike."""

    preset: Literal["jekyll-events", "jekyll-data", "hugo-events", "eleventy-events", "astro-events"] | None = Field(
        None,
        description="A known layout: defaults for the keys below, each of which goes before it; see Presets.",
        examples=["jekyll-events"],
    )
    files: Patterns | None = Field(
        None,
        description="Which files, as patterns relative to the source. Needed without a preset.",
        examples=["_events/*.md"],
    )
    exclude: Patterns | None = Field(None, description="Which of these to leave out.", examples=["_events/README.md"])
    format: Literal["front-matter", "data", "labelled"] | None = Field(
        None,
        description="front-matter: one event a file, keys above a text. data: many events in a file (YAML, JSON, TOML). labelled: a text with lines such as Date: 5 May 2026, whose labels are the keys. Default: front-matter.",
        examples=["front-matter"],
    )
    lists: Texts | None = Field(
        None,
        description="In data files: the paths of the lists of events. Default: the whole file, or every list at its top. In labelled texts: the heading that begins each event, as ##. Default: one event a file.",
        examples=[["upcoming", "archive.past"]],
    )
    only: dict[Line, OnlyValues] | None = Field(
        None,
        description="Only events that have one of these values under this key of the site; of every key written here.",
        examples=[{"type": "event"}],
    )
    sessions: Line | None = Field(
        None,
        description="A key whose list holds events of their own; what an item does not say it has from the rest.",
        examples=["programme"],
    )
    language: Languages | None = Field(
        None,
        description="The languages of the texts, of en, de, fr, es, it. Default: the site's first, then the others.",
        examples=[["de", "en"]],
    )
    times: Times = Field(default_factory=Times, description="What the site's times mean.")
    fields: dict[EventField, Ways] = Field(
        {},
        description="Where the site has it, if not under our name: our name, then the site's key, or ways to find the value, the first that finds one. For url also the pages' address, with {stem}, {path}, {key} or a key in braces.",
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
