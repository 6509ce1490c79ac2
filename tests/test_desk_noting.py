"""The note above what one mail says: it goes out with that mail alone, and never with a yes that was for other words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from notifier import desk
from notifier.core.delivery import Decision, Delivery, Observation
from notifier.desk import noting
from notifier.edges.clock import FixedClock
from notifier.errors import UserError
from tests.builders import at
from tests.faulty_provider import FaultyProvider
from tests.test_desk_acts import LOOKED, NEWS, NEWS_DUE, SEEN, reopened
from tests.ticking import CONFIG, DUE, FIRST_LOOK, Site

WORDS = "Bring **boots**: see [the map](https://www.example.org/map)."


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    with Site(tmp_path) as made:
        made.tick(FIRST_LOOK)
        yield made


@pytest.fixture
def asking(tmp_path: Path) -> Iterator[Site]:
    """A site that asks before every announcement, and has one to ask about."""
    with Site(tmp_path) as made:
        reopened(made, CONFIG.replace("rules:\n", f"rules:\n{NEWS}"))
        made.write("garden")
        made.tick(SEEN)
        made.app.clock = FixedClock(at(LOOKED))
        yield made


def news(site: Site) -> Delivery:
    return next(row for row in site.rows() if row.kind == "announcement" and row.status != "skipped")


def mail(site: Site) -> str:
    return next((site.folder / "outbox").rglob("message.txt")).read_text(encoding="utf-8")


def test_a_note_stands_above_the_event_in_the_mail_that_goes_out(site: Site) -> None:
    before = site.row()
    noting.annotate(site.app, before.key, WORDS, by="Anna")
    assert site.row() == before

    site.tick(DUE)

    text = mail(site)
    assert site.row().status == "sent"
    assert text.index("choir evening") < text.index("Bring boots: see the map (https://www.example.org/map).")
    assert text.index("Bring boots") < text.index("When")


def test_a_note_is_kept_beside_what_people_decided_and_never_in_its_place(site: Site) -> None:
    key = site.row().key
    desk.hold(site.app, key, by="Ben")

    noting.annotate(site.app, key, WORDS, by="Anna")

    memory = site.app.ticker.wiring.ledger.snapshot()
    assert (memory.decisions[key].act, memory.notes[key].by, site.row().status) == ("hold", "Anna", "held")
    site.open()
    again = site.app.ticker.wiring.ledger.snapshot()
    assert (again.decisions[key], again.notes[key]) == (memory.decisions[key], memory.notes[key])


def test_another_note_makes_what_was_let_go_wait_again_and_says_who_wrote_it(asking: Site) -> None:
    key = news(asking).key
    desk.approve(asking.app, key, by="Ben")
    asking.app.clock = FixedClock(at(LOOKED) + timedelta(minutes=5))

    done = noting.annotate(asking.app, key, WORDS, by="Anna")

    assert done.delivery is not None
    assert (done.delivery.status, news(asking).status) == ("held", "held")
    assert "but since then its note was changed by Anna on" in news(asking).reasons[0].text
    asking.tick(NEWS_DUE)
    assert news(asking).status == "held"


def test_what_is_let_go_with_its_note_goes_out_with_it(asking: Site) -> None:
    key = news(asking).key
    noting.annotate(asking.app, key, WORDS, by="Anna")
    desk.approve(asking.app, key, by="Ben", seen=desk.offer(asking.app, key, "approve").terms)

    asking.tick(NEWS_DUE)

    assert news(asking).status == "sent"
    assert "Bring boots" in mail(asking)


def test_the_note_that_was_there_before_makes_the_yes_hold_again(asking: Site) -> None:
    key = news(asking).key
    desk.release(asking.app, key, by="Ben")
    asking.app.clock = FixedClock(at(LOOKED) + timedelta(minutes=5))
    noting.annotate(asking.app, key, WORDS, by="Anna")

    noting.annotate(asking.app, key, " \n", by="Anna")

    assert news(asking).status == "planned"
    assert asking.app.ticker.wiring.ledger.snapshot().note(key) == ""


def test_a_note_of_the_very_moment_of_sending_goes_out_too(tmp_path: Path) -> None:
    class Noticed(FaultyProvider):
        """While it makes the draft, somebody writes a note."""

        def find(self, key: str) -> Observation:
            if not written:
                written.append(key)
                noting.annotate(made.app, key, WORDS, by="Anna")
            return super().find(key)

    written: list[str] = []
    provider = Noticed()
    with Site(tmp_path, provider) as made:
        made.tick(FIRST_LOOK)
        made.tick(DUE)
        assert (made.row().status, made.row().reasons[0].code) == ("held", "changed-since-planned")

        made.tick("2026-12-08 10:01")

    assert made.row().status == "sent"
    assert ["Bring boots" in message.text for _, message in provider.sent] == [True]


def refused(site: Site, name: str, text: str) -> str:
    with pytest.raises(UserError) as found:
        noting.annotate(site.app, name, text, by="Anna")
    return found.value.message


def test_what_is_drafted_or_gone_out_takes_no_note_and_says_what_does(site: Site) -> None:
    row = site.row()
    site.app.ticker.wiring.ledger.move(row, "drafted", at=at(FIRST_LOOK))
    assert f"Hold it first (notifier hold {row.key})" in refused(site, row.key, WORDS)
    desk.hold(site.app, row.key, by="Ben")
    assert noting.annotate(site.app, row.key, WORDS, by="Anna").is_new
    desk.release(site.app, row.key, by="Ben")
    site.tick(DUE)

    assert "was sent" in refused(site, row.key, "Too late.")
    assert site.app.ticker.wiring.ledger.snapshot().note(row.key) == WORDS


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("a" * 2001, "2,001 signs, and 2,000 are the most"), ("\u200b \u00ad\u2060", "Nobody could read anything"),
        ("> " * 300 + "a", ""),
    ],
    ids=["long", "unseen", "deep"],
)  # fmt: skip
def test_what_is_no_note_is_refused_before_anything_is_kept(text: str, why: str) -> None:
    with pytest.raises(UserError, match=why or None):
        noting._text(text)


def test_of_two_who_write_at_once_the_second_is_told_and_nothing_is_lost(site: Site) -> None:
    key = site.row().key
    seen = noting.look_at(site.app, key).terms
    noting.annotate(site.app, key, "Of Anna.", by="Anna", seen=seen)

    with pytest.raises(UserError, match="changed while you looked"):
        noting.annotate(site.app, key, "Of Ben.", by="Ben", seen=seen)

    ledger = site.app.ticker.wiring.ledger
    mine = Decision(key=key, act="annotate", by="Ben", at=at(FIRST_LOOK), note="Of Ben.")
    assert not ledger.decide(mine, site.row(), "planned", after=None)
    assert [(one.by, one.note) for one in ledger.decided(key)] == [("Anna", "Of Anna.")]


def test_a_template_that_leaves_the_note_out_is_no_place_for_one(site: Site) -> None:
    wiring = site.app.ticker.wiring
    texts = {**wiring.templates.texts}
    texts["reminder/txt.j2"] = texts["reminder/txt.j2"].replace("{{- parts.prose(note) }}", "")
    site.app.ticker.wiring = replace(wiring, templates=replace(wiring.templates, texts=texts))

    assert "reminder/txt.j2" in refused(site, site.row().key, WORDS)
    assert site.app.ticker.wiring.ledger.decided() == ()
