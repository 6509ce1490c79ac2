"""The tick as a whole: a real ledger and real folders, and a provider that fails in every way there is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from notifier import desk
from notifier.core.delivery import Outcome
from notifier.edges.clock import FixedClock
from notifier.errors import Problem, SourceShrank, UserError
from notifier.ports import Provider
from notifier.tick import Ticker
from tests.builders import at
from tests.edges.provider_suite import ProviderSuite
from tests.faulty_provider import FaultyProvider, permanent, temporary
from tests.ticking import DUE, FIRST_LOOK, Site


class TestFaultyProvider(ProviderSuite):
    @pytest.fixture
    def provider(self) -> Provider:
        return FaultyProvider()


@pytest.fixture
def provider() -> FaultyProvider:
    return FaultyProvider()


@pytest.fixture
def site(tmp_path: Path, provider: FaultyProvider) -> Iterator[Site]:
    """One event, seen for the first time long before its reminder is due."""
    with Site(tmp_path, provider) as made:
        made.tick(FIRST_LOOK)
        yield made


def codes(site: Site) -> list[str]:
    return [reason.code for reason in site.row().reasons]


def test_what_is_due_is_sent_once_and_only_then_told(site: Site, provider: FaultyProvider) -> None:
    before = site.told()
    first, second = site.tick(), site.tick()

    assert [row.status for row in first.moved] == ["sent"]
    assert (second.moved, len(provider.sent), before) == ((), 1, [])
    assert [(told.audience, told.delivery_key) for told in site.told()] == [("newsletter", site.row().key)]
    assert site.row().sent_at == at(DUE)


def test_nothing_is_sent_before_it_is_due(site: Site, provider: FaultyProvider) -> None:
    site.tick("2026-12-08 09:59")

    assert (site.row().status, provider.sent, provider.drafts) == ("planned", [], {})


def test_what_is_late_beyond_use_is_missed_and_says_so(site: Site, provider: FaultyProvider) -> None:
    site.tick("2026-12-09 18:00")

    assert (site.row().status, codes(site), provider.sent) == ("missed", ["missed"], [])


def test_a_refusal_is_final_until_a_person_comes(site: Site, provider: FaultyProvider) -> None:
    provider.faults["send"] = [Outcome(result="refused", detail="The list is empty.")]

    for minute in ("00", "30"):
        site.tick(f"2026-12-08 10:{minute}")

    assert (site.row().status, [reason.text for reason in site.row().reasons]) == ("failed", ["The list is empty."])
    assert (provider.sent, site.told()) == ([], [])


@pytest.mark.parametrize("act", ["find", "draft", "check"])
def test_a_permanent_error_is_a_failure_with_the_providers_words(
    site: Site, provider: FaultyProvider, act: str
) -> None:
    provider.faults[act] = [permanent("The account is closed.")]

    report = site.tick()

    assert [row.status for row in report.moved] == [site.row().status] == ["failed"]
    assert [reason.text for reason in site.row().reasons] == ["The account is closed."]
    assert (provider.sent, site.told()) == ([], [])


def test_a_send_that_breaks_off_stays_sending_until_the_provider_is_asked_again(
    site: Site, provider: FaultyProvider
) -> None:
    provider.faults["send"] = [permanent("The account is closed.")]

    report = site.tick()

    assert [row.status for row in report.moved] == [site.row().status] == ["sending"]
    assert (site.row().retry_at, site.row().attempts) == (at("2026-12-08 10:01"), 1)
    assert [reason.text for reason in site.row().reasons] == ["The account is closed."]


def test_who_cannot_say_why_it_is_unknown_is_looked_at(site: Site, provider: FaultyProvider) -> None:
    provider.faults["send"] = [KeyboardInterrupt()]
    with pytest.raises(KeyboardInterrupt):
        site.tick(DUE)

    site.tick("2026-12-08 10:01")

    assert (site.row().status, provider.sent) == ("unknown", [])
    assert site.row().reasons[0].text == "The provider doesn't show whether it took the message. Look there."


@pytest.mark.parametrize("act", ["find", "draft", "check"])
def test_what_fails_for_a_while_before_the_send_is_tried_again_and_sent_once(
    site: Site, provider: FaultyProvider, act: str
) -> None:
    provider.faults[act] = [temporary("The provider is busy.")]

    site.tick(DUE)
    after_first = site.row()
    site.tick("2026-12-08 10:00:30")
    too_early = len(provider.sent)
    site.tick("2026-12-08 10:01")

    assert after_first.status == ("drafted" if act == "check" else "planned")
    assert [reason.text for reason in after_first.reasons] == ["The provider is busy."]
    assert after_first.retry_at == at("2026-12-08 10:01")
    assert (too_early, len(provider.sent), site.row().status) == (0, 1, "sent")


def test_the_waits_grow_to_an_hour(site: Site, provider: FaultyProvider) -> None:
    provider.faults["draft"] = [temporary() for _ in range(6)]
    waits: list[timedelta] = []
    now = at(DUE)
    while len(waits) < 6:
        site.app.clock = FixedClock(now)
        site.app.tick()
        retry_at = site.row().retry_at
        assert retry_at is not None
        waits.append(retry_at - now)
        now = retry_at

    assert [wait // timedelta(minutes=1) for wait in waits] == [1, 5, 15, 60, 60, 60]


def test_while_a_retry_is_awaited_the_plan_says_why(site: Site, provider: FaultyProvider) -> None:
    provider.faults["draft"] = [temporary("The provider is busy.")]
    site.tick()

    look = site.app.ticker.look(at("2026-12-08 10:00:30"))

    row = next(row for row in look.plan.deliveries if row.key == site.row().key)
    assert [reason.text for reason in row.reasons if reason.code == "retry"] == ["The provider is busy."]


@pytest.mark.parametrize("certain", [True, False])
def test_what_was_surely_not_taken_is_sent_later(tmp_path: Path, certain: bool) -> None:
    provider = FaultyProvider(certain=certain)
    provider.faults["send"] = [Outcome(result="unsent", detail="Too many requests.")]
    with Site(tmp_path, provider) as site:
        site.tick(FIRST_LOOK)
        site.tick(DUE)
        waiting = (site.row().status, [reason.text for reason in site.row().reasons])
        site.tick("2026-12-08 10:01")

        assert waiting == ("planned", ["Too many requests."])
        assert (site.row().status, len(provider.sent), len(site.told())) == ("sent", 1, 1)


@pytest.mark.parametrize("fault", [Outcome(result="ambiguous", detail="No answer came."), temporary("No answer came.")])
def test_what_nobody_knows_is_never_sent_again_by_itself(
    site: Site, provider: FaultyProvider, fault: Outcome | Exception
) -> None:
    provider.faults["send"] = [fault]

    for time in (DUE, "2026-12-08 10:01", "2026-12-08 11:00", "2026-12-09 09:00"):
        site.tick(time)

    assert (site.row().status, codes(site), provider.sent, site.told()) == ("unknown", ["unknown"], [], [])
    assert site.row().reasons[0].text == "No answer came."


@pytest.mark.parametrize("fault", [Outcome(result="ambiguous", detail="No answer came."), temporary("No answer came.")])
def test_what_was_taken_without_an_answer_is_confirmed_by_looking(
    site: Site, provider: FaultyProvider, fault: Outcome | Exception
) -> None:
    provider.faults["send"], provider.takes = [fault], True

    site.tick(DUE)
    site.tick("2026-12-08 10:05")

    assert (site.row().status, len(provider.sent), len(site.told())) == ("sent", 1, 1)


def test_a_send_that_broke_off_at_a_provider_that_can_prove_it_is_made_again(tmp_path: Path) -> None:
    provider = FaultyProvider(certain=True)
    provider.faults["send"] = [temporary()]
    with Site(tmp_path, provider) as site:
        for time in (FIRST_LOOK, DUE, "2026-12-08 10:01"):
            site.tick(time)

        assert (site.row().status, len(provider.sent)) == ("sent", 1)


def test_a_draft_that_the_provider_finds_wrong_is_held_with_its_words(site: Site, provider: FaultyProvider) -> None:
    provider.wrong = (Problem(path="draft", what="The link to leave the list is missing."),)

    site.tick()

    assert (site.row().status, codes(site)) == ("held", ["check"])
    assert (provider.sent, site.told()) == ([], [])


def killed_after_drafting(site: Site, provider: FaultyProvider) -> None:
    """A tick that is killed between drafting and sending."""
    provider.faults["check"] = [KeyboardInterrupt()]
    with pytest.raises(KeyboardInterrupt):
        site.tick(DUE)
    assert (site.row().status, len(provider.drafts)) == ("drafted", 1)


def test_a_draft_that_a_killed_tick_left_is_drawn_up_again_with_todays_facts(
    site: Site, provider: FaultyProvider
) -> None:
    killed_after_drafting(site, provider)
    site.write("choir", title="Choir and orchestra")

    site.tick("2026-12-08 10:01")
    unsettled = len(provider.sent)
    site.tick("2026-12-08 10:31")

    assert unsettled == 0, "the edit has not settled"
    assert ["Choir and orchestra" in message.text for _, message in provider.sent] == [True]


@pytest.mark.parametrize(
    ("more", "statuses", "code"),
    [
        ("status: cancelled", ["withdrawn", "skipped"], "cancelled"),
        ("draft: true", ["withdrawn", "skipped"], "unpublished"),
        ("status: tentative", ["held", "held"], "tentative"),
    ],
)
def test_a_draft_is_not_sent_once_its_event_is_not_to_be_mailed(
    site: Site, provider: FaultyProvider, more: str, statuses: list[str], code: str
) -> None:
    killed_after_drafting(site, provider)
    site.write("choir", more=more)

    found: list[tuple[str, list[str]]] = []
    for time in ("2026-12-08 10:01", "2026-12-08 11:00"):
        site.tick(time)
        found.append((site.row().status, codes(site)))

    assert found == [(status, [code]) for status in statuses]
    assert provider.sent == []


def test_a_draft_whose_file_has_gone_is_held(site: Site, provider: FaultyProvider) -> None:
    killed_after_drafting(site, provider)
    site.path("choir").unlink()

    site.tick("2026-12-08 10:01")

    assert (site.row().status, codes(site), provider.sent) == ("held", ["vanished"], [])


def test_one_message_that_cannot_be_written_stops_no_other(tmp_path: Path, provider: FaultyProvider) -> None:
    template = "{% if 'odd' in event.title %}{{ nothing }}{% endif %}{{ event.title }}\n"
    (tmp_path / "templates" / "reminder").mkdir(parents=True)
    (tmp_path / "templates" / "reminder" / "txt.j2").write_text(template)
    with Site(tmp_path, provider) as site:
        site.write("odd")
        site.write("zither")
        site.tick(FIRST_LOOK)
        site.tick()

        assert [site.row(name).status for name in ("choir", "odd", "zither")] == ["sent", "planned", "sent"]
        assert "reminder/txt.j2:1: Nothing here is called 'nothing'." in site.row("odd").reasons[0].text


def test_feeds_are_published_only_when_they_changed(site: Site) -> None:
    site.write("garden", topic="Soil")
    published = [site.tick(FIRST_LOOK).published, site.tick(FIRST_LOOK).published]
    site.open()
    published.append(site.tick(FIRST_LOOK).published)

    assert published == [("all",), (), ()]
    assert "garden evening" in site.feed("all")
    assert "garden evening" not in site.feed("music")


def test_a_feed_that_somebody_deleted_is_published_again(site: Site) -> None:
    (site.folder / "feeds" / "all.ics").unlink()
    site.open()

    assert site.tick(FIRST_LOOK).published == ("all",)


def test_a_feed_that_cannot_be_published_stops_nothing_and_is_named(site: Site, provider: FaultyProvider) -> None:
    (site.folder / "feeds" / "all.ics").unlink()
    (site.folder / "feeds" / "all.ics").mkdir()
    site.open()

    report = site.tick()

    assert [Path(problem.path).name for problem in report.problems] == ["all.ics"]
    assert (site.row().status, len(provider.sent)) == ("sent", 1)


def test_a_source_that_cannot_be_read_stops_no_other_and_its_own_mail_waits(
    site: Site, provider: FaultyProvider
) -> None:
    site.write("garden", source="archive")
    site.tick(FIRST_LOOK)
    (site.folder / "archive").rename(site.folder / "elsewhere")

    report = site.tick()

    assert report.look.content.unread == {"archive"}
    assert (site.row("choir").status, site.row("garden").status) == ("sent", "held")
    assert "garden evening" in site.feed()


def test_a_first_look_at_a_part_is_refused_and_records_nothing(tmp_path: Path, provider: FaultyProvider) -> None:
    with Site(tmp_path, provider) as site:
        (site.folder / "archive").rename(site.folder / "elsewhere")

        for look in (site.tick, lambda: desk.recorded_look(site.app.ticker, site.app.clock)):
            with pytest.raises(UserError, match="archive"):
                look()

        assert site.app.ticker.wiring.ledger.snapshot().window_end is None
        assert (site.rows(), provider.sent) == ((), [])


@pytest.fixture
def shrunken(site: Site) -> Site:
    """Four of five events are gone at once."""
    for name in ("drum", "garden", "repair", "zither"):
        site.write(name)
    site.tick(FIRST_LOOK)
    for name in ("drum", "garden", "repair", "zither"):
        site.path(name).unlink()
    return site


def test_many_events_gone_at_once_stop_everything(shrunken: Site, provider: FaultyProvider) -> None:
    before = (shrunken.rows(), shrunken.feed(), shrunken.app.ticker.wiring.ledger.snapshot())

    with pytest.raises(SourceShrank, match="notifier tick --accept-shrink"):
        shrunken.tick()

    assert (shrunken.rows(), shrunken.feed(), shrunken.app.ticker.wiring.ledger.snapshot()) == before
    assert provider.sent == []


def test_a_person_may_say_that_the_events_are_rightly_gone(shrunken: Site, provider: FaultyProvider) -> None:
    shrunken.tick(accept_shrink=True)

    assert {name: shrunken.row(name).status for name in ("choir", "drum", "zither")} == {
        "choir": "sent",
        "drum": "held",
        "zither": "held",
    }
    assert shrunken.tick("2026-12-08 10:01").recorded


@pytest.mark.parametrize("broken", [b"---\ntitle: [unclosed\n---\n", b"\xff\xfe\x00 nothing to read", b""])
def test_an_unreadable_file_keeps_its_last_good_state_in_the_feed_and_holds_its_mail(
    site: Site, provider: FaultyProvider, broken: bytes
) -> None:
    feed = site.feed()
    site.path("choir").write_bytes(broken)

    report = site.tick()

    assert any(problem.path.endswith("choir.md") for problem in report.look.content.problems)
    assert (site.feed(), site.row().status, codes(site)) == (feed, "held", ["unreadable"])
    assert provider.sent == []


def test_a_mended_file_is_mailed_about_after_all(site: Site, provider: FaultyProvider) -> None:
    good = site.path("choir").read_text()
    site.path("choir").write_text("---\ntitle: [unclosed\n---\n")
    site.tick(DUE)
    site.path("choir").write_text(good)

    site.tick("2026-12-08 10:05")

    assert (site.row().status, len(provider.sent)) == ("sent", 1)


def test_of_two_ticks_at_once_one_does_the_work(site: Site, provider: FaultyProvider) -> None:
    other = Ticker(site.app.ticker.wiring)
    look = other.look(at(DUE))
    site.tick()

    assert other.record(look) is False
    assert len(provider.sent) == 1


def test_what_reaches_nobody_is_not_told_while_another_provider_reaches_people(tmp_path: Path) -> None:
    with Site(tmp_path, FaultyProvider(reaches_people=False)) as site:
        wiring = site.app.ticker.wiring
        providers = {**wiring.providers, "post": FaultyProvider(name="post")}
        site.app.ticker = Ticker(replace(wiring, providers=providers))
        site.tick(FIRST_LOOK)
        site.tick()

        assert (site.row().status, site.told()) == ("sent", [])
