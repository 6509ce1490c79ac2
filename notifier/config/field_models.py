"""The shape of `fields` and `times`: where a site keeps what we need, and what its times mean.

Whether the keys of one way fit together is for `way_checks`, which sees the file rather than the models.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, Field, GetJsonSchemaHandler, PlainValidator, WithJsonSchema
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import PydanticCustomError, core_schema

from notifier.config.section import Section
from notifier.config.units import Duration, Line, Texts, Zone, listed, wrong
from notifier.core.reading.entries import Scalar

EventField = Literal[
    "title", "date", "dates", "start", "end", "duration", "all_day", "timezone", "precision", "recurrence", "place",
    "mode", "access", "register", "link", "contact", "status", "cancelled", "full", "published", "draft", "upcoming", "writeup",
    "uid", "key", "same", "language", "url", "category", "series", "topics", "project", "image", "private", "body",
    "recording", "notify", "reminders",
]  # fmt: skip


def _scalar(value: object) -> Scalar:
    if value is None or isinstance(value, str | bool | int | float):
        return value
    if isinstance(value, list | dict):
        raise wrong("must be one value: a text, a number, true or false.")
    raise PydanticCustomError("string_type", "must be text")


def _table(value: object) -> object:
    if isinstance(value, dict) and value:
        return value
    example = 'Write, for example: table: {"true": cancelled}'
    raise wrong("must be a section: on each line a value of the site's and, after the colon, ours.", example)


def _way(value: object) -> object:
    match value:
        case str():
            return {"from": value}
        case dict():
            return value
        case list():
            raise wrong("must be a key of the site, or {from: KEY} with more.", "A list of ways holds no further list.")
        case _:
            raise PydanticCustomError("string_type", "must be text")


def _ways(value: object) -> object:
    return [value] if isinstance(value, dict) else listed(value)


class _OrText:
    """In the schema for editors a text may stand for the section."""

    def __get_pydantic_json_schema__(
        self, schema: core_schema.CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        return {"anyOf": [{"type": "string"}, handler(schema)]}


class _OrOne:
    """In the schema for editors one item may stand for the list."""

    def __get_pydantic_json_schema__(
        self, schema: core_schema.CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        several = handler(schema)
        return {"anyOf": [*several["items"]["anyOf"], several]}


Value = Annotated[
    str | int | float | bool | None,
    PlainValidator(_scalar),
    WithJsonSchema({"type": ["string", "number", "boolean", "null"]}),
]
# White space at its ends is part of a pattern; the line break behind a block of YAML is not.
Expression = Annotated[str, AfterValidator(lambda text: text.rstrip("\n")), Field(min_length=1)]
Table = Annotated[dict[str, Value], BeforeValidator(_table)]


class Way(Section):
    """One way to find a value. A text alone is `{from: TEXT}`."""

    keys: Texts | None = Field(
        None,
        alias="from",
        description="The site's key, or a path such as location.city, talks[0].title, speakers[].name; of several the first that has a value.",
        examples=["start_date"],
    )
    join: Texts | None = Field(
        None, description="Several keys; what they have is joined.", examples=[["location.venue", "location.city"]]
    )
    separator: str | None = Field(
        None,
        alias="with",
        description='What join, or several of read, are joined with. Default: ", ".',
        examples=[", "],
    )
    body: Expression | None = Field(
        None, description="Instead of a key: a pattern (google-re2) on the text.", examples=[r"Doors: (\d\d:\d\d)"]
    )
    path: Expression | None = Field(
        None, description="Instead of a key: a pattern on the file's path.", examples=[r"(\d{4}-\d\d-\d\d)"]
    )
    match: Expression | None = Field(
        None,
        description="A pattern on the value: its group named value, else its first group, else the whole match.",
        examples=[r"^(\d{4}-\d\d-\d\d)"],
    )
    to: Expression | None = Field(
        None, description="The text that is made of the pattern's groups, by number or name.", examples=["{1}-{2}-01"]
    )
    table: Table | None = Field(
        None,
        description='What the site\'s values mean; case does not matter, "*" is every other one. What is not in it counts as absent, and is reported.',
        examples=[{"yes": "cancelled"}],
    )
    file: Line | None = Field(
        None,
        description="Another file of the source; {value} stands for the value that was found.",
        examples=["_venues/{value}.md"],
    )
    entry: Line | None = Field(
        None, description="Where that file holds a list: the key whose value names the wanted item.", examples=["id"]
    )
    read: Texts | None = Field(
        None, description="What is read there: a key, or several to join. Default: title or name.", examples=["name"]
    )
    format: Line | None = Field(
        None,
        description="How a date or time is written, in strptime's directives, or unix.",
        examples=["%d/%m/%Y %H:%M"],
    )
    value: Value = Field(
        None,
        description="A value that stands for whatever was found; alone, for every event.",
        examples=["cancelled"],
    )
    default: Value = Field(None, description="A value for when nothing was found.", examples=["Europe/London"])

    @property
    def key(self) -> str | None:
        """The one key, where nothing else is said."""
        return self.keys[0] if self.model_fields_set == {"keys"} and self.keys and len(self.keys) == 1 else None


Ways = Annotated[
    list[Annotated[Way, BeforeValidator(_way), _OrText()]], BeforeValidator(_ways), Field(min_length=1), _OrOne()
]


def _some(length: timedelta) -> timedelta:
    if not length:
        raise wrong("must be longer than nothing.", "Write, for example: 2h.")
    return length


class Times(Section):
    """What the site's times mean."""

    offsets: Literal["trusted", "wall"] = Field(
        "trusted",
        description="wall: an offset that is written (18:30Z) is not meant; the time is that on the wall where the event is.",
        examples=["trusted"],
    )
    without: Zone | None = Field(
        None,
        description="The zone of times written without an offset, where it is not the event's own.",
        examples=["UTC"],
    )
    ends: Literal["inclusive", "exclusive"] = Field(
        "inclusive",
        description="Whether the end of whole days is the last day, or (exclusive) the day after it.",
        examples=["inclusive"],
    )
    length: Annotated[Duration, AfterValidator(_some)] | None = Field(
        None, description="How long events last that say neither an end nor a duration.", examples=["2h"]
    )
    dates: Literal["day-first", "month-first"] | None = Field(
        None,
        description="Which way 04/05/2026 is meant. Default: neither; a date that can be both is asked about.",
        examples=["day-first"],
    )
    midnight: bool = Field(
        default=False,
        description="Whether 00:00 behind a date is a time; site generators write it for none.",
        examples=[False],
    )
