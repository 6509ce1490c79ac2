"""Once a day a tick lets the ledger forget to which addresses mails went long ago, even while it rests."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from notifier.core.recipient import Recipient, digest_of
from notifier.ports import Ledger
from tests.builders import at
from tests.ticking import FIRST_LOOK, Site

SENT_AT = at("2026-08-25 09:00")


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    with Site(tmp_path) as made:
        enrol(made, "k")
        yield made


def ledger(site: Site) -> Ledger:
    return site.app.ticker.wiring.ledger


def enrol(site: Site, key: str) -> None:
    kim = "kim@example.org"
    ledger(site).enrol(key, [Recipient(number=0, digest=digest_of("choir", kim), address=kim, name="Kim")], SENT_AT)


def addresses(site: Site, key: str = "k") -> list[str]:
    return [one.address for one in ledger(site).recipients(key)]


def test_addresses_are_kept_for_ninety_days_and_no_longer(site: Site) -> None:
    site.tick("2026-11-22 09:00")
    assert addresses(site) == ["kim@example.org"]
    site.tick("2026-11-23 09:01")
    assert addresses(site) == [""]


def test_a_tick_that_rests_forgets_all_the_same(site: Site) -> None:
    for moment in (FIRST_LOOK, "2026-11-20 09:01", "2026-11-20 09:02", "2026-11-24 09:00"):
        site.tick(moment)
    assert addresses(site) == [""]


def test_it_is_looked_at_once_a_day(site: Site) -> None:
    site.tick("2026-11-24 09:00")
    enrol(site, "other")
    site.tick("2026-11-25 08:59")
    assert addresses(site, "other") == ["kim@example.org"]
    site.tick("2026-11-25 09:00")
    assert addresses(site, "other") == [""]


def test_how_long_is_said_in_config_yaml(site: Site, tmp_path: Path) -> None:
    config = tmp_path / "config.yaml"
    config.write_text(config.read_text().replace("{per_day: 9}", "{per_day: 9, forget: 120d}"))
    site.app.refresh()
    site.tick("2026-12-20 09:00")
    assert addresses(site) == ["kim@example.org"]
