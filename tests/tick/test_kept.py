"""A service that goes on for long knows what one that has just begun would find out: nothing it keeps ever shows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from random import Random

import pytest

from notifier.core.rule import Rule
from notifier.edges.folder import FolderSource
from notifier.errors import UserError
from notifier.tick import Look, Ticker
from notifier.tick.reader import Reader
from tests.builders import at
from tests.tick.test_reader import AT_A_PLACE, TRANSLATED, a_reader, write
from tests.ticking import FIRST_LOOK, Site

SEEDS = range(12)


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    with Site(tmp_path) as made:
        made.tick(FIRST_LOOK)
        yield made


def fresh(site: Site, look: Look) -> Look:
    """The same look by one who has just been started."""
    wiring = site.app.ticker.wiring
    sources = tuple((one, source_like(source)) for one, source in wiring.sources if isinstance(source, FolderSource))
    ticker = Ticker(wiring)
    ticker.reader = Reader(sources, languages=("en",))
    return ticker.look(look.at, look.memory, accept_shrink=True)


def source_like(source: FolderSource) -> FolderSource:
    return FolderSource(name=source.name, folder=source._folder, files=["_events/**/*.md"])


def edit(site: Site, chance: Random) -> None:
    name, source = f"event-{chance.randrange(8)}", chance.choice(["website", "website", "archive"])
    match chance.randrange(6):
        case 0:
            site.path(name, source).unlink(missing_ok=True)
        case 1:
            site.path(name, source).write_text("---\ntitle: [broken\n---\n", encoding="utf-8")
        case 2:
            moved = site.path(f"event-{chance.randrange(8)}", source)
            if site.path(name, source).exists():
                site.path(name, source).rename(moved)
        case _:
            more = chance.choice(
                ["", "", "status: cancelled", "draft: true", f"uid: {name}@example.org", "place: Hall"]
            )
            title = chance.choice(["", "", "One title"])
            site.write(name, title=title, topic=chance.choice(["Music", "Tea"]), more=more, source=source)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_service_that_goes_on_sees_what_a_new_one_sees(site: Site, seed: int) -> None:
    chance, now = Random(seed), at(FIRST_LOOK)  # noqa: S311 - chance that can be repeated
    for _ in range(25):
        edit(site, chance)
        now += chance.choice([timedelta(minutes=1), timedelta(hours=3), timedelta(days=1)])
        look = site.tick(now.isoformat()[:16].replace("T", " "), accept_shrink=True).look
        if look.plan.at < look.at:
            continue  # nothing had changed, so it rested
        anew = fresh(site, look)
        assert (look.content, look.plan) == (anew.content, anew.plan)
        assert_published(site, anew)


def assert_published(site: Site, look: Look) -> None:
    new = Ticker(site.app.ticker.wiring)
    for made in new.calendars.of(look):
        assert site.app.ticker.wiring.publisher.read(f"{made.name}.ics") == made.data


def test_what_broke_off_half_way_leaves_nothing_behind(site: Site) -> None:
    ticker, now = site.app.ticker, at("2026-11-21 09:00")
    wiring = ticker.wiring
    wrong = Rule(name="wrong", kind="reminder", audiences=("newsletter",))
    site.write("harp")
    ticker.wiring = replace(wiring, rules=replace(wiring.rules, rules=(wrong,)))
    with pytest.raises(ValueError, match="has no `when`"):
        ticker.look(now)
    ticker.wiring = wiring
    assert ticker.look(now).plan == Ticker(wiring).look(now).plan


@pytest.mark.parametrize("seed", SEEDS)
def test_a_reader_that_goes_on_reads_what_a_new_one_reads(tmp_path: Path, seed: int) -> None:
    chance = Random(seed)  # noqa: S311 - chance that can be repeated
    fields = {**AT_A_PLACE, **(TRANSLATED if seed % 2 else {})}
    (tmp_path / "events").mkdir()
    reader = a_reader(tmp_path, fields, references=["places/*.md"])
    for number in range(30):
        change(tmp_path, chance, number)
        now = at("2026-11-26 09:00") if number < 20 else at("2027-01-02 09:00")
        assert read(reader, now) == read(a_reader(tmp_path, fields, references=["places/*.md"]), now)


def read(reader: Reader, now: datetime) -> object:
    try:
        return reader.read(now)
    except UserError as error:
        return error.message


def change(folder: Path, chance: Random, number: int) -> None:
    name, language = chance.choice("abcdef"), chance.choice(["de", "en"])
    path = folder / "events" / f"{name}.{language}.md"
    match chance.randrange(5):
        case 0:
            path.unlink(missing_ok=True)
        case 1:
            title = chance.choice(["Town hall", "New hall", "[broken"])
            write(folder / "places" / f"{chance.choice(['hall', 'barn'])}.md", f"---\ntitle: {title}\n---\n")
        case 2 if number > 10:
            (folder / "events").rename(folder / f"gone-{number}")
            (folder / "events").mkdir()
        case _:
            at_a_place = chance.choice(["", "at: hall\n", "at: barn\n"])
            text = f"---\ntitle: {name} {number}\ndate: 2026-12-{chance.randint(1, 28):02}\n{at_a_place}---\nText\n"
            write(path, text)
