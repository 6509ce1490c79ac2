"""Who is mailed by name is invited, told of each change with a greater sequence, and told when it is off."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from notifier.core.leaving import SLOT
from notifier.desk import release
from notifier.tick import Ticker
from tests.faulty_provider import FaultyProvider
from tests.ticking import FIRST_LOOK, Site

_SMTP = "letters: {type: smtp, host: 127.0.0.1, port: 2525, security: none}"
_AUDIENCE = "{provider: letters, %s, members: people.csv, from: {name: Example, address: events@example.org}}"
_RULES = """rules:
  announce: {kind: announcement, audiences: [newsletter]}
  changes: {kind: change, audiences: [newsletter]}
  called-off: {kind: cancellation, audiences: [newsletter]}
"""


class Members(Site):
    """A site whose mails go to each person, through a provider of the test's."""

    public = "public: true"

    def open(self) -> None:
        path = self.folder / "config.yaml"
        text = path.read_text(encoding="utf-8").replace("letters: {type: outbox, folder: outbox}", _SMTP)
        text = text.replace("{provider: letters, public: true}", _AUDIENCE % self.public)
        text = text.replace("rules:\n", _RULES, 1) if _RULES not in text else text
        text = text if "secret_key" in text else f"{text}secret_key: {{file: secret_key}}\n"
        path.write_text(text, encoding="utf-8")
        super().open()
        wiring = self.app.ticker.wiring
        rules = replace(wiring.rules, closed={}, gates={}, live=frozenset({"letters"}))
        self.app.ticker = Ticker(replace(wiring, rules=rules, modes={}))


class Board(Members):
    public = "public: false"


@pytest.fixture
def provider() -> FaultyProvider:
    return FaultyProvider()


@pytest.fixture(params=[Members, Board], ids=["public", "not public"])
def site(request: pytest.FixtureRequest, tmp_path: Path, provider: FaultyProvider) -> Iterator[Site]:
    kind: type[Members] = request.param
    with kind(tmp_path, provider) as site:
        site.tick(FIRST_LOOK)
        yield site


def go_on(site: Site, times: tuple[str, ...]) -> None:
    for time in times:
        site.tick(time)


def invited(provider: FaultyProvider) -> list[tuple[str, str, int]]:
    """Of each mail that went out: its kind, its method, and the sequence in its calendar."""
    found: list[tuple[str, str, int]] = []
    for key, message in provider.sent:
        assert message.calendar is not None
        method, sequence = (
            re.search(rb"METHOD:(\w+)", message.calendar),
            re.search(rb"SEQUENCE:(\d+)", message.calendar),
        )
        assert method is not None
        assert sequence is not None
        assert method[1].decode() == message.method
        found.append((key.split("/")[0], message.method, int(sequence[1])))
    return found


def test_each_mail_about_an_event_has_a_greater_sequence_than_the_one_before(
    site: Site, provider: FaultyProvider
) -> None:
    site.write("zither")
    go_on(site, ("2026-11-20 09:10", "2026-11-20 11:30"))
    moved = site.path("zither").read_text(encoding="utf-8").replace("18:00", "17:00")
    site.path("zither").write_text(moved, encoding="utf-8")
    go_on(site, ("2026-11-20 11:40", "2026-11-20 12:30"))
    site.write("zither", more="status: cancelled")
    go_on(site, ("2026-11-20 12:40", "2026-11-20 13:30"))
    site.write("zither")
    go_on(site, ("2026-11-20 13:40", "2026-11-20 14:30"))

    assert invited(provider) == [
        ("announcement", "REQUEST", 0),
        ("change", "REQUEST", 1),
        ("cancellation", "CANCEL", 2),
        ("change", "REQUEST", 3),
    ]


@pytest.mark.parametrize("more", ["published: false", "status: postponed"])
def test_whatever_calls_it_off_takes_it_out_of_calendars(more: str, site: Site, provider: FaultyProvider) -> None:
    site.write("zither")
    go_on(site, ("2026-11-20 09:10", "2026-11-20 11:30"))
    site.write("zither", more=more)
    go_on(site, ("2026-11-20 12:40", "2026-11-20 13:30"))
    for row in site.rows():
        if (row.kind, row.status) == ("cancellation", "held"):
            release(site.app, row.key, by="Ada")
    site.tick("2026-11-20 13:40")

    assert invited(provider) == [("announcement", "REQUEST", 0), ("cancellation", "CANCEL", 1)]


def test_what_is_mailed_has_a_place_for_the_way_to_leave(site: Site, provider: FaultyProvider) -> None:
    site.write("zither")
    go_on(site, ("2026-11-20 09:10", "2026-11-20 11:30"))
    [(_, message)] = provider.sent

    assert message.html.count(SLOT) == message.text.count(SLOT) == 1


def test_without_that_place_nothing_is_mailed(site: Site, provider: FaultyProvider) -> None:
    (site.folder / "templates" / "announcement").mkdir(parents=True)
    shipped = (Path(__file__).parents[2] / "templates" / "announcement" / "txt.j2").read_text(encoding="utf-8")
    layout = (Path(__file__).parents[2] / "templates" / "layout.html.j2").read_text(encoding="utf-8")
    place = site.folder / "templates"
    (place / "announcement" / "txt.j2").write_text(shipped.replace(", leave_url", ""), encoding="utf-8")
    (place / "layout.html.j2").write_text(layout.replace("if leave_url", "if false"), encoding="utf-8")
    site.app.close()
    site.open()
    site.write("zither")
    go_on(site, ("2026-11-20 09:10", "2026-11-20 11:30"))

    assert provider.sent == []
    assert any("no way to unsubscribe" in reason.text for row in site.rows() for reason in row.reasons)
