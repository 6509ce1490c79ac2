"""From a due row to the outbox: what another moment, another tick or a crash may have left in between."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from notifier.app import App, open_app
from notifier.core.delivery import Delivery
from notifier.edges.clock import FixedClock
from notifier.tick.hand_over import HandOver
from tests.builders import at
from tests.crashes.site import make_site
from tests.taking_over import taken_over

FIRST_LOOK, DUE = at("2026-11-20 09:00"), at("2026-12-08 10:00")


class Site:
    """A site whose reminders are due at DUE, looked at once before."""

    def __init__(self, folder: Path) -> None:
        make_site(folder)
        self.folder = folder
        self.app: App = open_app(folder / "config.yaml", clock=FixedClock(FIRST_LOOK))
        self.app.tick()

    def tick(self, later: timedelta = timedelta()) -> list[str]:
        """The statuses of what moved."""
        self.app.clock = FixedClock(DUE + later)
        return [row.status for row in self.app.tick().moved]

    def backup(self) -> bytes:
        """The ledger as it is now."""
        self.app.close()
        return (self.folder / "notifier.db").read_bytes()

    def restore(self, ledger: bytes) -> None:
        """Start again with the ledger of a backup."""
        self.app.close()
        for path in self.folder.glob("notifier.db*"):
            path.unlink()
        (self.folder / "notifier.db").write_bytes(ledger)
        self.app = open_app(self.folder / "config.yaml", clock=FixedClock(DUE))

    def draft_all(self) -> None:
        """What a tick leaves that is killed when it has drafted everything."""
        wiring, look = self.app.ticker.wiring, self.app.ticker.look(DUE)
        self.app.ticker.record(look)
        for row in wiring.ledger.rows("planned"):
            with wiring.ledger.claimed(row.key) as claim:
                assert claim is not None
                provider = wiring.providers[row.provider]
                hand_over = HandOver(wiring=wiring, look=look, provider=provider, changed=lambda row: None, claim=claim)
                drafted = hand_over._step(row)
            assert drafted is not None
            assert drafted.status == "drafted"

    def rows(self) -> list[Delivery]:
        return [row for row in self.app.ticker.wiring.ledger.rows() if row.status != "skipped"]

    def statuses(self) -> list[str]:
        return sorted(row.status for row in self.rows())

    def texts(self) -> str:
        return "".join(path.read_text() for path in sorted(self.folder.glob("outbox/[!.]*/message.txt")))

    def delivered(self) -> int:
        return len(list(self.folder.glob("outbox/[!.]*/delivery.json")))

    def edit(self, old: str, new: str) -> None:
        """In every event file."""
        for path in (self.folder / "_events").iterdir():
            path.write_text(path.read_text().replace(old, new))


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    made = Site(tmp_path / "site")
    yield made
    made.app.close()


def test_a_delivery_due_at_the_windows_very_end_goes_out(site: Site) -> None:
    assert site.tick(-timedelta(microseconds=1)) == []
    assert site.tick() == ["sent"] * 3


def test_a_draft_that_a_killed_tick_left_is_sent_by_the_next(site: Site) -> None:
    site.draft_all()
    assert (site.tick(), site.delivered()) == (["sent"] * 3, 3)


def test_a_draft_says_what_is_true_when_it_is_sent(site: Site) -> None:
    site.draft_all()
    site.edit("category: organising", "category: organising\nplace: Harbour Hall")
    site.tick(timedelta(minutes=1))
    site.tick(timedelta(minutes=31))
    assert (site.delivered(), site.texts().count("Harbour Hall") >= 3) == (3, True)


def test_a_draft_whose_event_is_being_edited_waits_until_that_has_settled(site: Site) -> None:
    site.draft_all()
    site.edit("category: organising", "category: organising\nplace: Harbour Hall")
    assert site.tick(timedelta(minutes=1)) == []
    assert site.tick(timedelta(minutes=30)) == []
    assert site.tick(timedelta(minutes=31)) == ["sent"] * 3


def test_a_draft_about_what_is_held_by_now_stays(site: Site) -> None:
    site.draft_all()
    site.edit("access: open\n", "")
    assert site.tick(timedelta(minutes=31)) == ["held"] * 3
    assert site.delivered() == 0


def test_a_draft_about_what_is_called_off_stays(site: Site) -> None:
    site.draft_all()
    site.edit("category: organising", "category: organising\nstatus: cancelled")
    assert site.tick(timedelta(minutes=31)) == ["withdrawn"] * 3
    assert site.delivered() == 0


def test_a_draft_that_no_rule_asks_for_any_more_stays(site: Site) -> None:
    site.draft_all()
    config = site.folder / "config.yaml"
    config.write_text(config.read_text().replace("  day: {kind", "  eve: {kind"))
    site.app.refresh()
    assert site.tick() == ["withdrawn"] * 3
    assert site.delivered() == 0


def test_a_ledger_from_before_the_send_does_not_send_again(site: Site) -> None:
    before = site.backup()
    site.tick()
    site.restore(before)
    assert (site.tick(timedelta(minutes=1)), site.statuses()) == ([], ["planned"] * 3)
    taken_over(site.app)
    assert (site.statuses(), site.delivered()) == (["sent"] * 3, 3)
    found = {reason.text for row in site.rows() for reason in row.reasons if reason.code == "confirmed"}
    assert found == {"The provider already holds it as sent."}


def test_a_delivery_of_which_the_provider_is_unsure_waits_alone_and_says_why(site: Site) -> None:
    before = site.backup()
    site.tick()
    min(site.folder.glob("outbox/[!.]*/delivery.json")).write_text("{}")
    site.restore(before)
    taken_over(site.app)
    assert site.tick(timedelta(minutes=1)) == ["planned"]
    assert (site.statuses(), site.delivered()) == (["planned", "sent", "sent"], 3)
    [waiting] = [row for row in site.rows() if row.status == "planned"]
    assert waiting.reasons[0].text.endswith("Look into it, then move the folder away.")


def test_a_retry_waits_for_its_time(site: Site) -> None:
    (site.folder / "outbox").touch()
    assert site.tick() == ["planned"] * 3
    (site.folder / "outbox").unlink()
    assert site.tick(timedelta(seconds=59)) == []
    assert site.tick(timedelta(seconds=60)) == ["sent"] * 3
