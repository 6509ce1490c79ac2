"""What is read under fire: a document's path and the shape of its site, one for each format and each way to map it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta

from notifier.core.event import Document
from notifier.core.reading import Reading, read_document
from notifier.core.reading.entries import Entry
from notifier.core.reading.library import Library
from notifier.core.reading.shape import Pick, Reference, Shape, Times

SITE = "https://www.example.org"
LONDON = "Europe/London"


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """One way to read a document. `name` stands in the names of files that reproduce a finding."""

    name: str
    path: str
    shape: Shape
    library: Library = field(default_factory=Library)

    def read(self, data: bytes) -> Reading:
        return read_document(self.document(data), self.shape, self.library)

    def document(self, data: bytes) -> Document:
        return Document(source="site", path=self.path, data=data, revision="1")


def _shape(**said: object) -> Shape:
    return Shape(**({"source": "site", "site_url": SITE, "timezone": LONDON, "page": "/events/{stem}"} | said))  # type: ignore[arg-type]  # attributes by name


def _text(value: str) -> Entry:
    return Entry(value=value, raw=value, line=2)


_HALLS = Library(
    projects={"commons": "Commons"},
    files={
        "places/hall.md": Entry(value={"title": _text("Town Hall"), "address": _text("1 Example Street, Leeds")}),
        "_data/venues.yml": Entry(value=(Entry(value={"id": _text("hall"), "name": _text("Town Hall")}),)),
    },
)
_MAPPED = {
    "title": (Pick(keys=("name", "title", "talks[0].title")),),
    "date": (
        Pick(keys=("when",), match=r"^(\d{4}-\d\d-\d\d)"),
        Pick(path=r"(?P<y>\d{4})/(?P<m>\d\d)-", to="{y}-{m}-01"),
        Pick(keys=("date",), layout="%d/%m/%Y"),
    ),
    "start": (Pick(keys=("start", "start_datetime")), Pick(body=r"at (\d+:\d\d)")),
    "end": (Pick(keys=("end", "to")),),
    "place": (
        Pick(keys=("location",), reference=Reference(file="places/{value}.md", read=("title", "address"))),
        Pick(keys=("venue",), reference=Reference(file="_data/venues.yml", entry="id", read=("name",))),
        Pick(keys=("location.venue", "location.city"), joined=", "),
    ),
    "timezone": (Pick(keys=("city",), table={"Dublin": "Europe/Dublin", "*": LONDON}),),
    "register": (Pick(body=r"Register: (https?://\S+)"), Pick(keys=("links[].url",))),
    "status": (Pick(keys=("is_cancelled",), table={"true": "cancelled"}), Pick(keys=("title",), match="(?i)cancelled", value="cancelled")),
    "topics": (Pick(keys=("tags", "speakers[].name")),),
    "series": (Pick(keys=("series",), match="((a+)+)+$"),),
    "summary": (Pick(body=r"^((?:.*)*)*$"),),
    "duration": (Pick(keys=("duration", "length")),),
    "recurrence": (Pick(keys=("rrule", "recurrence")),),
    "same": (Pick(keys=("translation",)),),
    "language": (Pick(keys=("lang",)),),
    "key": (Pick(keys=("id",)),),
}  # fmt: skip
_WALL = Times(
    offsets="wall", without="UTC", ends="exclusive", length=timedelta(hours=2), order="day-first", midnight=True
)
_ALL = ("en", "de", "fr", "es", "it")
_ENTRY = {name: ways for name, ways in _MAPPED.items() if name not in ("key", "same", "language")}

SUBJECTS: tuple[Subject, ...] = (
    Subject(name="plain", path="_events/2026-12-09-talk.md", shape=_shape(own=frozenset({"organising"}))),
    Subject(
        name="mapped", path="events/2026/12-talk/index.md", library=_HALLS,
        shape=_shape(fields=_MAPPED, times=_WALL, languages=_ALL, page="/{lang}/{stem}", only={}),
    ),
    Subject(
        name="sessions", path="content/programme.md",
        shape=_shape(sessions="programme", languages=("de", "en"), times=Times(order="month-first")),
    ),
    Subject(
        name="recurring", path="_events/weekly.md",
        shape=_shape(fields={"recurrence": (Pick(keys=("recurrence", "rrule")),), "duration": (Pick(keys=("duration",)),)}),
    ),
    Subject(name="toml-front", path="content/2026-12-09-talk.md", shape=_shape(times=Times(without="UTC"))),
    Subject(name="yaml", path="_data/events.yml", shape=_shape(format="data", page="/events/{key}")),
    Subject(
        name="json", path="_data/events.json", library=_HALLS,
        shape=_shape(format="data", lists=("upcoming", "archive.past"), fields=_ENTRY, times=_WALL, languages=_ALL),
    ),
    Subject(name="json-any", path="events.json", shape=_shape(format="data", sessions="programme")),
    Subject(name="toml", path="data/events.toml", shape=_shape(format="data", languages=("fr", "en"))),
    Subject(name="labelled", path="meetings/2026-12-09.md", shape=_shape(format="labelled", languages=_ALL)),
)  # fmt: skip
BY_NAME = {subject.name: subject for subject in SUBJECTS}
