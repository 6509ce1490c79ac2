"""What staff may do: nothing goes out against their word, nothing twice, and every act is kept with its name."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

from notifier import desk
from notifier.core.delivery import EVERYTHING, Decision, Delivery, DeliveryStatus, Outcome
from notifier.core.event import Event
from notifier.core.facts import facts_of
from notifier.edges.clock import FixedClock
from notifier.errors import ProviderError, UserError
from notifier.tick import Ticker
from tests.builders import at
from tests.faulty_provider import FaultyProvider
from tests.ticking import CONFIG, DUE, FIRST_LOOK, Site

NEWS = "  news: {kind: announcement, audiences: [newsletter], ask: true}\n"
TO_MAILCHIMP = ("{type: outbox, folder: outbox}", "{type: mailchimp, api_key: {env: NO_SUCH_KEY}, mode: send}")
#: When the garden evening appears, when somebody looks at it, and when its announcement is due.
SEEN, LOOKED, NEWS_DUE = "2026-11-23 09:00", "2026-11-23 09:30", "2026-11-23 11:00"


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
        yield made


@pytest.fixture
def letters(tmp_path: Path) -> Iterator[tuple[Site, FaultyProvider]]:
    provider = FaultyProvider()
    with Site(tmp_path, provider) as made:
        made.tick(FIRST_LOOK)
        yield made, provider


def reopened(site: Site, config: str) -> None:
    """The site with another configuration, after its first look."""
    site.app.close()
    (site.folder / "config.yaml").write_text(config, encoding="utf-8")
    site.open()
    site.tick(FIRST_LOOK)


def news(site: Site) -> Delivery:
    return next(row for row in site.rows() if row.kind == "announcement" and row.status != "skipped")


def later(site: Site, time: str = LOOKED) -> Site:
    site.app.clock = FixedClock(at(time))
    return site


def sent(site: Site) -> int:
    return len(list((site.folder / "outbox").glob("*/message.txt")))


def statuses(site: Site, name: str = "choir") -> tuple[str, list[str]]:
    row = site.row(name)
    return row.status, [reason.code for reason in row.reasons]


def decided(site: Site, key: str | None = None) -> list[tuple[str, str]]:
    return [(one.act, one.by) for one in site.app.ticker.wiring.ledger.decided(key)]


def test_what_a_rule_asks_about_goes_out_once_after_its_release(asking: Site) -> None:
    key = news(asking).key

    done = desk.release(later(asking).app, key, by="Anna")

    assert (done.is_new, done.delivery and done.delivery.status, news(asking).status) == (True, "planned", "planned")
    asking.tick(NEWS_DUE)
    asking.tick("2026-11-23 11:01")
    assert (news(asking).status, sent(asking), decided(asking)) == ("sent", 1, [("release", "Anna")])


def test_without_a_release_it_never_goes_out(asking: Site) -> None:
    asking.tick(NEWS_DUE)
    asking.tick("2026-11-24 11:00")

    assert (news(asking).status, sent(asking)) == ("held", 0)


def test_an_edit_after_the_release_makes_it_void(asking: Site) -> None:
    desk.release(later(asking).app, news(asking).key, by="Anna")
    asking.write("garden", title="Another evening")

    asking.tick("2026-11-23 10:00")

    assert (news(asking).status, news(asking).reasons[0].code) == ("held", "approval-void")
    asking.tick("2026-11-23 14:00")
    assert sent(asking) == 0


def test_a_void_release_can_be_given_again(asking: Site) -> None:
    desk.release(later(asking).app, news(asking).key, by="Anna")
    asking.write("garden", title="Another evening")
    asking.tick("2026-11-23 10:00")

    desk.release(later(asking, "2026-11-23 10:30").app, news(asking).key, by="Ben")

    asking.tick("2026-11-23 14:00")
    assert (news(asking).status, sent(asking)) == ("sent", 1)


def test_what_was_held_before_it_was_due_is_never_sent(site: Site) -> None:
    done = desk.hold(later(site, "2026-12-01 09:00").app, "choir", by="Anna", note="The hall is not sure.")

    assert done.is_new
    assert statuses(site) == ("held", ["held"])
    site.tick(DUE)
    site.tick("2026-12-09 19:00")
    assert (site.row().status, sent(site)) == ("missed", 0)


def test_a_hold_says_who_when_and_why(site: Site) -> None:
    desk.hold(later(site, "2026-12-01 09:00").app, "choir", by="Anna", note="The hall is not sure.")

    site.tick("2026-12-01 09:05")

    (reason,) = site.row().reasons
    assert reason.text == "Anna held it on Tue 1 Dec 2026 09:00 GMT: The hall is not sure."


def test_a_hold_outlasts_every_edit(site: Site) -> None:
    desk.hold(later(site, "2026-12-01 09:00").app, "choir", by="Anna")
    site.write("choir", title="Another evening")

    site.tick(DUE)

    assert (site.row().status, sent(site)) == ("held", 0)


def test_holding_twice_changes_nothing(site: Site) -> None:
    first = desk.hold(later(site, "2026-12-01 09:00").app, "choir", by="Anna")

    second = desk.hold(later(site, "2026-12-02 09:00").app, "choir", by="Ben")

    assert (second.is_new, second.decision, decided(site)) == (False, first.decision, [("hold", "Anna")])


def test_what_the_rules_hold_stays_held_by_a_person_when_it_is_answered(site: Site) -> None:
    site.write("choir", more="status: tentative")
    site.tick("2026-11-23 09:00")

    desk.hold(later(site).app, "choir", by="Anna")

    assert statuses(site) == ("held", ["held", "tentative"])
    site.write("choir")
    site.tick(DUE)
    assert (site.row().status, sent(site)) == ("held", 0)


def test_what_has_no_row_yet_can_be_held(site: Site) -> None:
    site.write("choir")
    file = site.path("choir")
    file.write_text(file.read_text().replace("2026-12-09", "2027-03-09"))
    key = f"reminder/day/{site.row().event_uids[0]}/2027-03-09/newsletter"

    done = desk.hold(later(site).app, key, by="Anna")

    assert (done.is_recorded, done.delivery and done.delivery.status) == (False, "held")
    site.tick("2027-03-08 10:00")
    assert next(row.status for row in site.rows() if row.key == key) == "held"


def test_a_release_takes_a_hold_back(site: Site) -> None:
    desk.hold(later(site, "2026-12-01 09:00").app, "choir", by="Anna")

    desk.release(later(site, "2026-12-02 09:00").app, "choir", by="Ben")

    assert statuses(site)[0] == "planned"
    site.tick(DUE)
    assert (site.row().status, sent(site)) == ("sent", 1)


def test_what_is_skipped_is_never_sent(site: Site) -> None:
    desk.skip(later(site, "2026-12-01 09:00").app, "choir", by="Anna")

    assert statuses(site) == ("skipped", ["skipped"])
    site.tick(DUE)
    assert (site.row().status, sent(site)) == ("skipped", 0)


def test_skipping_twice_changes_nothing(site: Site) -> None:
    key = site.row().key
    desk.skip(later(site).app, key, by="Anna")

    assert not desk.skip(site.app, key, by="Ben").is_new
    assert decided(site) == [("skip", "Anna")]


def test_a_release_takes_a_skip_back(site: Site) -> None:
    desk.skip(later(site, "2026-12-01 09:00").app, "choir", by="Anna")

    desk.release(later(site, "2026-12-02 09:00").app, "choir", by="Ben")

    assert statuses(site)[0] == "planned"
    site.tick(DUE)
    assert sent(site) == 1


def test_an_approval_takes_no_skip_back(site: Site) -> None:
    key = site.row().key
    desk.skip(later(site).app, key, by="Anna")

    with pytest.raises(UserError, match=f"To take that back: notifier release {key}"):
        desk.approve(site.app, key, by="Ben")


def test_what_is_approved_is_held_again_by_any_edit(site: Site) -> None:
    desk.approve(later(site, "2026-12-01 09:00").app, "choir", by="Anna")
    assert statuses(site) == ("planned", ["approved", "clear"])
    site.write("choir", title="Another evening")

    site.tick("2026-12-01 10:00")

    assert statuses(site)[0] == "held"
    assert statuses(site)[1][0] == "approval-void"


def test_approving_the_same_twice_changes_nothing(site: Site) -> None:
    desk.approve(later(site).app, "choir", by="Anna")

    assert not desk.approve(site.app, "choir", by="Ben").is_new
    assert decided(site) == [("approve", "Anna")]


def test_there_is_nothing_to_release_where_nothing_is_held(site: Site) -> None:
    done = desk.release(later(site).app, site.row().key, by="Anna")

    assert (done.is_new, done.decision, decided(site)) == (False, None, [])


def test_an_offer_says_what_would_go_out_to_whom_and_what_was_asked(asking: Site) -> None:
    found = desk.offer(later(asking).app, "garden", "release")

    assert [event.title for event in found.events] == ["garden evening"]
    assert (found.people, found.is_settled, found.is_overdue) == (0, False, False)
    assert found.message is not None
    assert "garden evening" in found.message.text
    assert [reason.code for reason in found.delivery.reasons] == ["rule-asks"]


def test_an_offer_counts_people_where_the_provider_can(letters: tuple[Site, FaultyProvider]) -> None:
    site, provider = letters
    counting = replace(site.app.ticker.wiring, providers={"letters": _Counting()})
    site.app.ticker = Ticker(counting)

    assert provider.resolve is not None
    assert desk.offer(later(site).app, "choir", "approve").people == 1234


class _Counting(FaultyProvider):
    def resolve(self, audience: object) -> int | None:
        return 1234


def test_nobody_is_counted_where_the_provider_does_not_answer(letters: tuple[Site, FaultyProvider]) -> None:
    site, _ = letters
    site.app.ticker = Ticker(replace(site.app.ticker.wiring, providers={"letters": _Silent()}))

    assert desk.offer(later(site).app, "choir", "approve").people is None


class _Silent(FaultyProvider):
    def resolve(self, audience: object) -> int | None:
        raise ProviderError("letters: no answer", permanent=False)


def _edited(site: Site) -> None:
    site.write("garden", title="Another evening")


def _doubtful(site: Site) -> None:
    site.write("garden", more="status: tentative")


def _held_by_another(site: Site) -> None:
    desk.hold(site.app, news(site).key, by="Ben")


@pytest.mark.parametrize("change", [_edited, _doubtful, _held_by_another])
def test_what_changed_while_somebody_looked_is_not_let_go(asking: Site, change: Callable[[Site], None]) -> None:
    seen = desk.offer(later(asking).app, news(asking).key, "release")
    change(asking)

    with pytest.raises(UserError, match="changed while you looked, so nothing was recorded"):
        desk.release(asking.app, seen.delivery.key, by="Anna", seen=seen.terms)

    assert ("release", "Anna") not in decided(asking)
    assert news(asking).status == "held"


def test_what_cannot_be_handed_over_stays_held_when_it_is_released(tmp_path: Path) -> None:
    with Site(tmp_path) as site:
        reopened(site, CONFIG.replace(*TO_MAILCHIMP).replace("public: true", 'public: true, list: "1a2b3c4d5e"'))

        done = desk.release(later(site).app, "choir", by="Anna")

        assert done.delivery is not None
        assert [reason.code for reason in done.delivery.reasons] == ["released", "not-live"]
        assert (done.is_new, statuses(site)) == (True, ("held", ["released", "not-live"]))
        assert not desk.release(site.app, "choir", by="Ben").is_new


def test_nothing_calls_back_what_was_sent(site: Site) -> None:
    site.tick(DUE)

    for act in (desk.hold, desk.skip, desk.release, desk.approve, desk.retry):
        with pytest.raises(UserError, match=r"was sent on Tue 8 Dec 2026 10:00 GMT; nothing calls it back"):
            act(site.app, site.row().key, by="Anna")
    assert decided(site) == []


def test_what_is_over_is_not_sent_late(site: Site) -> None:
    desk.hold(later(site, "2026-12-01 09:00").app, "choir", by="Anna")

    with pytest.raises(UserError, match=r"was of use until .*, and nothing is sent about the past"):
        desk.release(later(site, "2026-12-09 20:00").app, site.row().key, by="Anna")


def test_what_the_rules_refuse_is_not_let_go_by_a_person(site: Site) -> None:
    site.write("choir", more="status: cancelled")

    with pytest.raises(UserError, match="is not to be sent"):
        desk.release(later(site).app, site.row().key, by="Anna")


def test_what_is_withdrawn_can_be_neither_held_nor_released(site: Site) -> None:
    key = site.row().key
    file = site.path("choir")
    file.write_text(file.read_text().replace("date: 2026-12-09", "date: 2026-12-16"))
    site.tick(SEEN)

    for act in (desk.hold, desk.skip, desk.release):
        with pytest.raises(UserError, match=r"Nothing asks for .* any more"):
            act(site.app, key, by="Anna")


def test_while_all_is_paused_nothing_is_handed_over_and_what_lost_its_use_is_missed(site: Site) -> None:
    desk.pause(later(site, "2026-12-07 09:00").app, by="Anna", note="Wait for the vote.")

    site.tick(DUE)
    assert (site.row().status, sent(site)) == ("planned", 0)
    site.tick("2026-12-09 20:00")
    assert (site.row().status, sent(site)) == ("missed", 0)


def test_resume_says_what_was_missed_and_what_is_due(site: Site) -> None:
    site.write("alto")
    late = site.path("alto")
    late.with_name("2026-12-11-alto.md").write_text(late.read_text().replace("2026-12-09", "2026-12-11"))
    late.unlink()
    site.tick("2026-11-23 12:00")
    desk.pause(later(site, "2026-12-07 09:00").app, by="Anna")
    site.tick("2026-12-09 20:00")

    found = desk.resume(later(site, "2026-12-10 11:00").app, by="Ben")

    assert [[row.rule for row in rows] for rows in (found.missed, found.due)] == [["day"], ["day"]]
    assert (found.since and found.since.by, found.decision and found.decision.by) == ("Anna", "Ben")
    site.tick("2026-12-10 11:01")
    assert sent(site) == 1


def test_pausing_twice_and_resuming_twice_change_nothing(site: Site) -> None:
    first = desk.pause(later(site).app, by="Anna")
    second = desk.pause(site.app, by="Ben")
    desk.resume(site.app, by="Ben")
    last = desk.resume(site.app, by="Anna")

    assert (second.is_new, second.decision) == (False, first.decision)
    assert (last.is_new, last.decision, last.due) == (False, None, ())
    assert decided(site, EVERYTHING) == [("pause", "Anna"), ("resume", "Ben")]


def _refused(letters: tuple[Site, FaultyProvider]) -> Site:
    site, provider = letters
    provider.faults["send"] = [Outcome(result="refused", detail="The list is gone.")]
    site.tick(DUE)
    return site


def _doubted(letters: tuple[Site, FaultyProvider], *, taken: bool = False) -> Site:
    site, provider = letters
    provider.takes = taken
    provider.faults["send"] = [Outcome(result="ambiguous", detail="No answer.")]
    site.tick(DUE)
    assert site.row().status == "unknown"
    return site


def test_what_failed_is_tried_again_at_the_next_tick(letters: tuple[Site, FaultyProvider]) -> None:
    site = _refused(letters)
    assert site.row().status == "failed"

    done = desk.retry(later(site, "2026-12-08 11:00").app, "choir", by="Anna")

    assert (done.delivery and done.delivery.status, site.row().retry_at) == ("planned", None)
    site.tick("2026-12-08 11:01")
    site.tick("2026-12-08 11:02")
    assert (site.row().status, len(letters[1].sent)) == ("sent", 1)


def test_what_is_of_no_use_any_more_is_not_tried_again(letters: tuple[Site, FaultyProvider]) -> None:
    site = _refused(letters)

    with pytest.raises(UserError, match=r"was of use until Tue 8 Dec 2026 .*To be done with it: notifier skip"):
        desk.retry(later(site, "2026-12-09 20:00").app, "choir", by="Anna")


def test_what_is_called_off_is_not_tried_again(letters: tuple[Site, FaultyProvider]) -> None:
    site = _refused(letters)
    site.write("choir", more="status: cancelled")

    with pytest.raises(UserError, match="is not to be sent"):
        desk.retry(later(site, "2026-12-08 11:00").app, "choir", by="Anna")


def test_what_failed_can_be_given_up(letters: tuple[Site, FaultyProvider]) -> None:
    site = _refused(letters)

    desk.skip(later(site, "2026-12-08 11:00").app, "choir", by="Anna")

    site.tick("2026-12-08 11:01")
    assert (statuses(site), len(letters[1].sent)) == (("skipped", ["skipped"]), 0)


def test_another_attempt_needs_no_other_approval(letters: tuple[Site, FaultyProvider]) -> None:
    site = letters[0]
    site.write("choir", more="status: tentative")
    site.tick("2026-11-23 09:00")
    desk.release(later(site).app, "choir", by="Anna")
    _refused(letters)

    desk.retry(later(site, "2026-12-08 11:00").app, "choir", by="Ben")

    site.tick("2026-12-08 11:01")
    site.tick("2026-12-08 11:02")
    assert (site.row().status, len(letters[1].sent)) == ("sent", 1)


def test_only_what_failed_is_tried_again(site: Site) -> None:
    with pytest.raises(UserError, match="is planned"):
        desk.retry(later(site).app, site.row().key, by="Anna")


def test_a_person_settles_what_was_sent_and_its_audience_counts_as_told(letters: tuple[Site, FaultyProvider]) -> None:
    site = _doubted(letters)

    desk.settle(later(site, "2026-12-08 12:00").app, "choir", "sent", by="Anna", sent_at=at("2026-12-08 10:01"))

    row, (told,) = site.row(), site.told()
    assert (row.status, row.sent_at, told.at) == ("sent", at("2026-12-08 10:01"), at("2026-12-08 10:01"))
    assert (told.delivery_key, told.facts) == (row.key, facts_of(_event(site)))
    site.tick("2026-12-08 12:01")
    assert len(letters[1].sent) == 0


def _event(site: Site) -> Event:
    return site.app.ticker.look(at("2026-12-08 12:00")).content.events[0]


def test_without_a_time_it_was_sent_now(letters: tuple[Site, FaultyProvider]) -> None:
    site = _doubted(letters)

    desk.settle(later(site, "2026-12-08 12:00").app, "choir", "sent", by="Anna")

    assert site.row().sent_at == at("2026-12-08 12:00")


@pytest.mark.parametrize("time", ["2026-12-08 09:59", "2026-12-08 12:01"])
def test_nothing_was_sent_before_it_was_due_or_after_now(letters: tuple[Site, FaultyProvider], time: str) -> None:
    site = _doubted(letters)

    with pytest.raises(UserError, match="it can't have been sent"):
        desk.settle(later(site, "2026-12-08 12:00").app, "choir", "sent", by="Anna", sent_at=at(time))

    assert site.row().status == "unknown"


def test_what_a_person_settles_as_failed_can_be_tried_again(letters: tuple[Site, FaultyProvider]) -> None:
    site = _doubted(letters)

    desk.settle(later(site, "2026-12-08 11:00").app, "choir", "failed", by="Anna", note="Not in the campaign list.")

    assert (statuses(site), site.told()) == (("failed", ["settled"]), [])
    assert site.row().reasons[0].text.endswith("it did not go out. Not in the campaign list.")
    desk.retry(site.app, "choir", by="Anna")
    site.tick("2026-12-08 11:01")
    site.tick("2026-12-08 11:02")
    assert (site.row().status, len(letters[1].sent)) == ("sent", 1)


def test_what_may_have_gone_out_is_only_settled(letters: tuple[Site, FaultyProvider]) -> None:
    site = _doubted(letters)
    key = site.row().key

    for act in (desk.hold, desk.skip, desk.release, desk.retry):
        with pytest.raises(UserError, match=f"Look for it at the provider, then: notifier settle {key} sent"):
            act(site.app, key, by="Anna")


def test_only_what_nobody_knows_is_settled(site: Site) -> None:
    with pytest.raises(UserError, match="is planned"):
        desk.settle(later(site).app, site.row().key, "sent", by="Anna")


def test_a_draft_can_still_be_held(letters: tuple[Site, FaultyProvider]) -> None:
    site, provider = letters
    provider.faults["check"] = [ProviderError("letters: busy", permanent=False)]
    ledger = site.app.ticker.wiring.ledger
    ledger.move(site.row(), "drafted", at=at("2026-12-08 09:59"), draft_id="d")

    desk.hold(later(site, DUE).app, "choir", by="Anna")

    site.tick("2026-12-08 10:05")
    assert (site.row().status, provider.sent) == ("held", [])


def test_a_tick_in_between_is_looked_at_again(site: Site) -> None:
    moving = _Interrupted(site, times=2)

    done = desk.hold(moving, site.row().key, by="Anna")

    assert (done.is_new, site.row().status, decided(site)) == (True, "held", [("hold", "Anna")])


def test_what_keeps_moving_is_left_alone_with_a_sentence(site: Site) -> None:
    with pytest.raises(UserError, match=r"keeps moving, so nothing was recorded\. Try again in a minute\."):
        desk.hold(_Interrupted(site, times=9), site.row().key, by="Anna")

    assert decided(site) == []


class _Interrupted:
    """A site where something moves the row after each look: the clock is asked, and meanwhile it happens."""

    def __init__(self, site: Site, *, times: int) -> None:
        self._site, self._times = site, times
        self.clock, self.via = FixedClock(at(LOOKED)), ""

    @property
    def ticker(self) -> Ticker:
        ledger = self._site.app.ticker.wiring.ledger
        outer = self

        class Moving:
            def __getattr__(self, name: str) -> object:
                return getattr(ledger, name)

            def decide(self, decision: Decision, row: Delivery | None = None, *rest: object, **more: object) -> bool:
                if outer._times:
                    outer._times -= 1
                    ledger.move(outer._site.row(), "planned", at=at(LOOKED), attempt=True)
                return ledger.decide(decision, row, *rest, **more)  # type: ignore[arg-type]  # what it was given

        wiring = self._site.app.ticker.wiring
        return Ticker(replace(wiring, ledger=Moving()))  # type: ignore[arg-type]  # the ledger's own methods but one


def test_a_name_that_several_have_is_refused_with_their_keys(site: Site) -> None:
    site.write("choral")
    site.tick(SEEN)

    with pytest.raises(UserError) as refusal:
        desk.hold(later(site).app, "cho", by="Anna")

    assert "'cho' could be 2 deliveries. Give one of these keys:" in str(refusal.value)
    keys, words = str(refusal.value).splitlines()[1::2], str(refusal.value).splitlines()[2::2]
    assert {key.strip() for key in keys} == {row.key for row in site.rows()}
    assert sorted(words) == [
        f"    planned, due Tue 8 Dec 2026 10:00 GMT: {name} evening" for name in ("choir", "choral")
    ]


def test_where_nothing_is_as_wanted_all_that_there_is_is_listed(site: Site) -> None:
    with pytest.raises(UserError) as refusal:
        desk.settle(later(site).app, "choir", "sent", by="Anna")

    assert str(refusal.value) == (
        f"Nothing about 'choir' is unknown. There is:\n  {site.row().key}\n"
        "    planned, due Tue 8 Dec 2026 10:00 GMT: choir evening"
    )


def test_a_part_of_a_key_that_no_other_has_will_do(site: Site) -> None:
    part = site.row().key.split("/")[2].partition("@")[0]

    assert desk.hold(later(site).app, part, by="Anna").is_new


def test_a_key_that_is_nearly_right_is_guessed(site: Site) -> None:
    key = site.row().key

    with pytest.raises(UserError, match=f"No delivery has the key .* Did you mean {key}"):
        desk.hold(later(site).app, key.replace("newsletter", "newsleter"), by="Anna")


def test_a_name_that_is_nearly_right_is_guessed(site: Site) -> None:
    with pytest.raises(
        UserError, match=r"No event and no delivery is called 'chior'\. Did you mean _events/2026-12-09"
    ):
        desk.hold(later(site).app, "chior", by="Anna")


def test_holding_still_works_where_many_events_are_suddenly_gone(site: Site) -> None:
    for name in ("a1", "a2", "a3"):
        site.write(name)
    site.tick(SEEN)
    for name in ("a1", "a2", "a3"):
        site.path(name).unlink()

    assert desk.hold(later(site).app, "choir", by="Anna").is_new
    with pytest.raises(UserError, match="Nothing was planned or sent"):
        desk.release(site.app, "choir", by="Anna")


def test_why_has_what_people_decided_with_times(site: Site) -> None:
    desk.hold(later(site).app, "choir", by="Anna")
    desk.release(later(site, "2026-11-23 10:30").app, "choir", by="Ben")
    look = site.app.ticker.look(at("2026-11-23 11:00"))

    found = desk.why(look, site.app.ticker.wiring.rules, "choir")

    said = desk.decided_about(found, site.app.ticker.wiring.ledger)
    assert [(one.act, one.by, one.at) for one in said] == [
        ("hold", "Anna", at(LOOKED)),
        ("release", "Ben", at("2026-11-23 10:30")),
    ]


@pytest.mark.parametrize("moment", ["find", "draft", "check"])
def test_a_hold_in_the_middle_of_a_tick_wins_up_to_the_handing_over(tmp_path: Path, moment: str) -> None:
    provider = _Telling(moment)
    with Site(tmp_path, provider) as site, Site.__new__(Site) as other:
        site.tick(FIRST_LOOK)
        other.folder, other._provider = site.folder, None
        other.open()
        provider.then = lambda: desk.hold(later(other, DUE).app, "choir", by="Anna")

        site.tick(DUE)
        site.tick("2026-12-08 10:01")

        assert (site.row().status, provider.sent) == ("held", [])


def test_what_is_being_handed_over_is_held_no_more(tmp_path: Path) -> None:
    provider = _Telling("send")
    with Site(tmp_path, provider) as site, Site.__new__(Site) as other:
        site.tick(FIRST_LOOK)
        other.folder, other._provider = site.folder, None
        other.open()
        said: list[str] = []
        provider.then = lambda: said.append(
            refused(lambda: desk.hold(later(other, DUE).app, site.row().key, by="Anna"))
        )

        site.tick(DUE)

        assert (site.row().status, len(provider.sent)) == ("sent", 1)
        assert "was handed over, and its provider hasn't confirmed it yet" in said[0]


def refused(act: Callable[[], object]) -> str:
    with pytest.raises(UserError) as refusal:
        act()
    return str(refusal.value)


class _Telling(FaultyProvider):
    """Lets somebody act once, just before it does something of this name."""

    def __init__(self, moment: str) -> None:
        super().__init__()
        self.moment = moment
        self.then: Callable[[], object] | None = None

    def _fail(self, name: str) -> None:
        if name == self.moment and self.then is not None:
            then, self.then = self.then, None
            then()
        super()._fail(name)

    def send(self, draft_id: str, key: str, at: datetime) -> Outcome:
        self._fail("send")
        return super().send(draft_id, key, at)


DIGEST = '  week: {kind: digest, audiences: [newsletter], cron: "30 9 * * mon"}\n'
#: A Monday on which the digest has the choir evening to tell of.
MONDAY = "2026-12-07 09:30"


@pytest.fixture
def weekly(tmp_path: Path) -> Iterator[Site]:
    with Site(tmp_path) as made:
        reopened(made, CONFIG.replace("rules:\n", f"rules:\n{DIGEST}"))
        yield made


def digest(site: Site) -> Delivery:
    return next(row for row in site.rows() if row.key == "digest/week/2026-12-07/newsletter")


def test_a_digest_can_be_held_and_let_go(weekly: Site) -> None:
    desk.hold(later(weekly).app, digest(weekly).key, by="Anna")
    weekly.tick(MONDAY)
    assert (digest(weekly).status, sent(weekly)) == ("held", 0)

    desk.release(later(weekly, "2026-12-07 10:00").app, digest(weekly).key, by="Ben")

    weekly.tick("2026-12-07 10:01")
    assert (digest(weekly).status, sent(weekly)) == ("sent", 1)


def test_a_digest_that_is_skipped_does_not_go_out(weekly: Site) -> None:
    desk.skip(later(weekly).app, digest(weekly).key, by="Anna")

    weekly.tick(MONDAY)

    assert (digest(weekly).status, sent(weekly)) == ("skipped", 0)
    found = desk.why(weekly.app.ticker.look(at(MONDAY)), weekly.app.ticker.wiring.rules, digest(weekly).key)
    assert [row.status for row in found.decisions] == ["skipped"]


@pytest.mark.parametrize("status", ["drafted", "sending", "unknown", "failed"])
def test_what_has_gone_further_is_refused_with_the_next_command(site: Site, status: DeliveryStatus) -> None:
    site.app.ticker.wiring.ledger.move(site.row(), status, at=at(LOOKED))

    said = refused(lambda: desk.approve(later(site).app, site.row().key, by="Anna"))

    assert said.startswith(("reminder/", "Nobody can tell whether reminder/"))
    assert ": notifier " in said


def moved_away(site: Site) -> None:
    file = site.path("choir")
    file.write_text(file.read_text().replace("date: 2026-12-09", "date: 2026-12-16"))


def test_a_draft_that_nothing_asks_for_can_still_be_held(site: Site) -> None:
    key = site.row().key
    site.app.ticker.wiring.ledger.move(site.row(), "drafted", at=at(LOOKED))
    moved_away(site)

    done = desk.hold(later(site).app, key, by="Anna")

    assert (done.delivery and done.delivery.status, decided(site)) == ("held", [("hold", "Anna")])


def test_what_failed_and_nothing_asks_for_any_more_is_not_tried_again(letters: tuple[Site, FaultyProvider]) -> None:
    site = _refused(letters)
    key = site.row().key
    moved_away(site)

    with pytest.raises(UserError, match=r"Nothing asks for .* any more\. To be done with it: notifier skip"):
        desk.retry(later(site, "2026-12-08 11:00").app, key, by="Anna")


def test_a_skip_is_not_taken_back_where_the_rules_refuse_by_now(site: Site) -> None:
    key = site.row().key
    desk.skip(later(site).app, key, by="Anna")
    site.write("choir", more="status: cancelled")

    with pytest.raises(UserError, match="is not to be sent"):
        desk.release(site.app, key, by="Ben")


def test_nobody_is_counted_where_there_is_no_provider(site: Site) -> None:
    site.app.ticker = Ticker(replace(site.app.ticker.wiring, providers={}))

    assert desk.offer(later(site).app, "choir", "approve").people is None
