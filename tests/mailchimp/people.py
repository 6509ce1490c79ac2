"""The lists of the account: who is in them, their tags, segments and interest groups, and whom a campaign is for."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

Options = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    email: str
    status: str = "subscribed"
    first_name: str = ""
    last_name: str = ""
    tags: frozenset[int] = frozenset()
    interests: frozenset[str] = frozenset()

    @property
    def id(self) -> str:
        return hashlib.md5(self.email.lower().encode(), usedforsecurity=False).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """`static` is a tag; `saved` has a match and conditions."""

    id: int
    name: str
    kind: str
    options: Options
    created: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Interest:
    id: str
    name: str
    category_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Category:
    id: str
    title: str


@dataclass(slots=True, kw_only=True)
class PeopleList:
    id: str
    web_id: int
    name: str
    created: datetime
    from_email: str
    people: dict[str, Person] = field(default_factory=dict)
    segments: dict[int, Segment] = field(default_factory=dict)
    categories: dict[str, Category] = field(default_factory=dict)
    interests: dict[str, Interest] = field(default_factory=dict)
    active: bool = True
    counts: list[tuple[datetime, int]] = field(default_factory=list)

    def subscribed(self) -> list[Person]:
        return [person for person in self.people.values() if person.status == "subscribed"]

    def put(self, person: Person) -> None:
        self.people[person.email] = person

    def leave(self, email: str, *, status: str) -> None:
        if email in self.people:
            self.people[email] = replace(self.people[email], status=status)

    def audience(self, options: Options | None) -> list[Person]:
        """Subscribed people whom the options of a segment leave; everybody without options."""
        if not options:
            return self.subscribed()
        if self.unknown(options):
            return []
        return [person for person in self.subscribed() if self._is_meant(person, self.resolved(options))]

    def resolved(self, options: Options) -> Options:
        """Options as they are read back: a saved segment with its match and its conditions."""
        number = options.get("saved_segment_id")
        segment = self.segments.get(number) if isinstance(number, int) else None
        if segment is None:
            return dict(options)
        return {"saved_segment_id": segment.id, "match": options.get("match") or segment.options["match"],
                "conditions": list(segment.options["conditions"])}  # fmt: skip

    def unknown(self, options: Options) -> str:
        """What the options name that this list doesn't have, in a few words; empty when all is known."""
        number = options.get("saved_segment_id")
        if number is not None and number not in self.segments:
            return f"Segment {number} does not exist."
        for condition in options.get("conditions", ()):
            if wrong := self._unknown(condition):
                return wrong
        return ""

    def _unknown(self, condition: Options) -> str:
        value = condition.get("value")
        match condition.get("condition_type"):
            case "StaticSegment" if value not in self.segments:
                return f"Segment {value} does not exist."
            case "Interests" if not set(value or ()) <= set(self.interests):
                return f"Interests {value} do not exist."
            case _:
                return ""

    def _is_meant(self, person: Person, options: Options) -> bool:
        conditions = options.get("conditions", ())
        if not conditions:
            return "saved_segment_id" not in options
        met = [_is_met(person, condition) for condition in conditions]
        return any(met) if options.get("match") == "any" else all(met)


def _is_met(person: Person, condition: Options) -> bool:
    value = condition.get("value")
    match condition.get("condition_type"):
        case "StaticSegment":
            return (value in person.tags) is (condition.get("op") == "static_is")
        case "Interests":
            return _has_interests(person, str(condition.get("op")), value or ())
        case "EmailAddress":
            return _compares(person.email, str(condition.get("op")), str(value))
        case "TextMerge":
            fields = {"FNAME": person.first_name, "LNAME": person.last_name}
            return _compares(fields.get(str(condition.get("field")), ""), str(condition.get("op")), str(value))
        case _:
            return False


def _has_interests(person: Person, op: str, wanted: Iterable[str]) -> bool:
    chosen = [interest in person.interests for interest in wanted]
    match op:
        case "interestcontainsall":
            return all(chosen)
        case "interestnotcontains":
            return not any(chosen)
        case _:
            return any(chosen)


def _compares(text: str, op: str, value: str) -> bool:
    match op:
        case "is":
            return text == value
        case "not":
            return text != value
        case "contains":
            return value in text
        case "notcontain":
            return value not in text
        case "starts":
            return text.startswith(value)
        case "ends":
            return text.endswith(value)
        case _:
            return False


def some_people(count: int, *, of: str, tags: Sequence[int] = (), interests: Sequence[str] = ()) -> list[Person]:
    """Made-up members. Every fourth has the first tag, every tenth the second; likewise interests, every third, fifth."""
    return [
        Person(
            email=f"{of}{number:03d}@example.com",
            first_name=f"Reader {number}",
            last_name="Example",
            tags=frozenset(tag for tag, every in zip(tags, (4, 10), strict=False) if number % every == 0),
            interests=frozenset(one for one, every in zip(interests, (3, 5), strict=False) if number % every == 0),
        )
        for number in range(count)
    ]
