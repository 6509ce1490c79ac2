"""A mail with something wrong in it is held before anything of it is handed over, and goes on once that is mended."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from notifier.core.plan import plan
from notifier.desk import offer, preview, release
from notifier.edges.clock import FixedClock
from notifier.tick import HORIZON
from tests.builders import at
from tests.faulty_provider import FaultyProvider
from tests.ticking import DUE, FIRST_LOOK, Site

_PRIVATE = "register: https://tickets.local/choir"
_LATER, _AGAIN = "2026-12-08 10:01", "2026-12-08 10:30"


@pytest.fixture
def provider() -> FaultyProvider:
    return FaultyProvider()


@pytest.fixture
def site(tmp_path: Path, provider: FaultyProvider) -> Iterator[Site]:
    """One of its two events has a link that only some computers reach."""
    with Site(tmp_path, provider) as site:
        site.write("zither")
        spoil(site)
        site.tick(FIRST_LOOK)
        yield site


def spoil(site: Site) -> None:
    text = site.path("choir").read_text(encoding="utf-8")
    site.path("choir").write_text(
        text.replace("register: https://tickets.example.com/choir", _PRIVATE), encoding="utf-8"
    )


def test_a_mail_with_an_error_is_held_with_its_sentence_and_nothing_is_drafted(
    site: Site, provider: FaultyProvider
) -> None:
    site.tick()

    assert site.row().status == "held"
    assert {reason.code for reason in site.row().reasons} == {"preflight"}
    assert "leads to tickets.local" in site.row().reasons[0].text
    assert list(provider.drafts) == [f"draft of {site.row('zither').key}"]
    assert site.row("zither").status == "sent"


def test_the_next_ticks_leave_it_held_and_write_nothing(site: Site) -> None:
    site.tick()
    site.tick(_LATER)
    before = site.row(), site.app.ticker.wiring.ledger.version()[1]

    site.tick("2026-12-08 10:29")

    assert (site.row(), site.app.ticker.wiring.ledger.version()[1]) == before


def test_planned_again_it_plans_nothing_new(site: Site) -> None:
    site.tick()
    look = site.app.ticker.look(at(_LATER))

    made = plan(look.content, look.memory, site.app.settings.rules, at(_LATER), HORIZON)

    assert {row.key: row.status for row in made.deliveries}[site.row().key] == "held"
    assert made.next_at == at(_AGAIN)


def test_it_is_looked_at_again_after_a_while_and_held_again(site: Site, provider: FaultyProvider) -> None:
    site.tick()
    report = site.tick(_AGAIN)

    assert [row.status for row in report.moved] == ["held"]
    assert site.row().retry_at == at("2026-12-08 11:00")
    assert len(provider.sent) == 1


def test_once_a_template_is_mended_it_goes_out_by_itself(site: Site, provider: FaultyProvider) -> None:
    folder = site.folder / "templates" / "reminder"
    folder.mkdir(parents=True)
    site.tick()
    (folder / "html.j2").write_text(
        '<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>{{ subject }}</title></head>'
        "<body><p>{{ event.title }}</p><p>{{ site.postal_address }}</p></body></html>"
    )
    (folder / "txt.j2").write_text("{{ event.title }}\n{{ site.postal_address }}\n")
    provider_of = dict(site.app.ticker.wiring.providers)
    site.app.close()
    site.open()

    assert provider_of["letters"] is provider
    site.tick(_AGAIN)
    assert site.row().status == "sent"


def test_once_its_event_is_mended_it_goes_out_as_soon_as_the_edit_has_settled(
    site: Site, provider: FaultyProvider
) -> None:
    site.tick()
    site.write("choir")
    site.tick(_LATER)
    held = site.row().status
    site.tick("2026-12-08 10:32")

    assert (held, site.row().status) == ("planned", "sent")
    assert [key for key, _ in provider.sent] == [site.row("zither").key, site.row().key]


def test_what_a_person_releases_is_looked_at_at_once_and_stays_held(site: Site, provider: FaultyProvider) -> None:
    site.tick()
    site.app.clock = FixedClock(at(_LATER))
    release(site.app, site.row().key, by="Ada")
    assert site.row().status == "planned"

    site.tick(_LATER)

    assert site.row().status == "held"
    assert "tickets.local" in site.row().reasons[-1].text
    assert len(provider.sent) == 1


def test_a_draft_of_an_earlier_tick_is_looked_at_before_it_is_sent(tmp_path: Path, provider: FaultyProvider) -> None:
    with Site(tmp_path, provider) as site:
        site.tick(FIRST_LOOK)
        ledger = site.app.ticker.wiring.ledger
        key = site.row().key
        provider.faults["check"].append(KeyboardInterrupt())
        with pytest.raises(KeyboardInterrupt):
            site.tick()
        assert ledger.rows("drafted")[0].key == key
        folder = site.folder / "templates" / "reminder"
        folder.mkdir(parents=True)
        (folder / "txt.j2").write_text("{{ '*' ~ '|X|*' }}\n")
        site.app.close()
        site.open()
        site.tick(_LATER)

        assert (site.row().status, provider.sent) == ("held", [])
        assert "nobody fills in" in site.row().reasons[0].text


def test_what_is_held_until_it_is_of_no_use_is_missed(site: Site, provider: FaultyProvider) -> None:
    for time in (DUE, "2026-12-09 17:59", "2026-12-09 18:00"):
        site.tick(time)

    assert site.row().status == "missed"
    assert len(provider.sent) == 1


def test_in_a_folder_a_private_host_is_only_a_warning(tmp_path: Path) -> None:
    with Site(tmp_path) as site:
        spoil(site)
        site.tick(FIRST_LOOK)
        shown = preview(site.app.ticker.look(at(FIRST_LOOK)), site.app.ticker, site.row().key)
        site.tick()

        assert [one.severity for one in shown.problems] == ["warning"]
        assert site.row().status == "sent"


def test_who_is_asked_to_let_it_go_is_shown_what_would_hold_it_again(site: Site) -> None:
    site.app.clock = FixedClock(at("2026-12-01 09:00"))
    found = offer(site.app, site.row().key, "approve")

    assert [problem.severity for problem in found.problems if "tickets.local" in problem.what] == ["error"]
    assert offer(site.app, site.row("zither").key, "approve").problems == ()
