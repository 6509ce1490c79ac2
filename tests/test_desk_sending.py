"""The one-off send: exactly what a person said yes to goes out, once, and until then it can be taken back."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from notifier import desk
from notifier.app import open_app
from notifier.core.delivery import Delivery, Outcome
from notifier.core.rule import Audience
from notifier.desk import Wish
from notifier.edges.clock import FixedClock
from notifier.errors import ProviderError, UserError
from tests.builders import at
from tests.faulty_provider import FaultyProvider
from tests.ticking import CONFIG, FIRST_LOOK, Site

ASKED, UNDONE_BY, DUE = "2026-11-23 12:00", "2026-11-23 12:04", "2026-11-23 12:05"
KEY = "one_off/w-1/newsletter"
WISH = Wish(audience="newsletter", once="w-1", events=("choir",), note="Bring **a friend**.")
NEWS = Wish(audience="newsletter", once="w-2", subject="We moved", note="To number [four](/about).")
ASKS = ("rules:\n", "rules:\n  by-hand: {kind: one_off, audiences: [newsletter], ask: true}\n")


class Counted(FaultyProvider):
    """Its audience has a size."""

    people = 100

    def resolve(self, audience: Audience) -> int | None:
        return self.people


@pytest.fixture
def letters() -> Counted:
    return Counted()


@pytest.fixture
def site(tmp_path: Path, letters: Counted) -> Iterator[Site]:
    with Site(tmp_path, letters) as made:
        made.tick(FIRST_LOOK)
        made.app.clock = FixedClock(at(ASKED))
        yield made


def asked(site: Site, wish: Wish = WISH, by: str = "Anna") -> desk.Acted:
    return desk.send(site.app, wish, by=by, seen=desk.prepare(site.app, wish, by=by).mark)


def tried(site: Site, address: str, *, once: str = "t-1", wish: Wish = WISH) -> desk.Tried:
    found = desk.prepare(site.app, wish, by="Anna")
    return desk.trial(site.app, found, wish, address, by="Anna", once=once)


def row(site: Site, key: str = KEY) -> Delivery:
    return next(one for one in site.rows() if one.key == key)


def sent(letters: Counted) -> list[str]:
    return [key for key, _ in letters.sent if key.startswith("one_off/")]


def with_config(site: Site, old: str, new: str) -> None:
    site.app.close()
    (site.folder / "config.yaml").write_text(CONFIG.replace(old, new), encoding="utf-8")
    site.open()
    site.tick(FIRST_LOOK)
    site.app.clock = FixedClock(at(ASKED))


def test_it_goes_out_once_when_it_cannot_be_taken_back_any_more(site: Site, letters: Counted) -> None:
    done = asked(site)
    site.tick(UNDONE_BY)
    before = sent(letters)
    site.tick(DUE)
    site.tick("2026-11-23 12:06")

    assert (done.is_new, done.delivery and done.delivery.status) == (True, "planned")
    assert (before, sent(letters), row(site).status) == ([], [KEY], "sent")
    [message] = [message for key, message in letters.sent if key == KEY]
    assert "Bring a friend." in message.text
    assert "choir evening" in message.subject


def test_a_text_without_an_event_goes_out_as_it_was_written(site: Site, letters: Counted) -> None:
    asked(site, NEWS)
    site.tick(DUE)

    [message] = [message for key, message in letters.sent if key.startswith("one_off/")]
    assert message.subject == "We moved"
    assert "To number four (https://www.example.org/about)." in message.text
    assert message.calendar is None


def test_looking_records_nothing(site: Site) -> None:
    desk.prepare(site.app, WISH, by="Anna")
    site.tick(DUE)

    assert [one.key for one in site.rows() if one.kind == "one_off"] == []
    assert site.app.ticker.wiring.ledger.decided() == ()


def test_told_twice_it_is_sent_once(site: Site, letters: Counted) -> None:
    first, again = asked(site), asked(site)
    site.tick(DUE)
    after = asked(site)
    site.tick("2026-11-23 12:10")

    assert (first.is_new, again.is_new, after.is_new) == (True, False, False)
    assert after.delivery is not None
    assert after.delivery.status == "sent"
    assert sent(letters) == [KEY]


def test_two_people_who_confirm_at_the_same_moment_send_one(site: Site, letters: Counted) -> None:
    mark = desk.prepare(site.app, WISH, by="Anna").mark
    apps = [site.app, open_app(site.folder / "config.yaml", clock=site.app.clock)]
    # Each with a process's own memory of the ledger.
    apps[1].ticker.wiring = replace(apps[1].ticker.wiring, providers=site.app.ticker.wiring.providers)
    with ThreadPoolExecutor() as pool:
        waiting = [
            pool.submit(desk.send, app, WISH, by=by, seen=mark) for app, by in zip(apps, ("Anna", "Ben"), strict=True)
        ]
        done = [one.result() for one in waiting]
    apps[1].close()
    site.tick(DUE)

    assert sorted(one.is_new for one in done) == [False, True]
    assert sent(letters) == [KEY]


def test_another_mail_under_the_same_name_is_refused(site: Site) -> None:
    asked(site)
    with pytest.raises(UserError, match="Something else was sent as 'w-1' to newsletter, by Anna"):
        desk.prepare(site.app, replace(WISH, note="Another text."), by="Ben")


def test_what_is_taken_back_in_time_never_goes_out(site: Site, letters: Counted) -> None:
    asked(site)
    site.app.clock = FixedClock(at(UNDONE_BY))
    first, again = desk.undo(site.app, "w-1", by="Ben"), desk.undo(site.app, KEY, by="Ben")
    site.tick(DUE)
    site.tick("2026-11-25 12:00")

    assert (first.is_new, again.is_new) == (True, False)
    assert (sent(letters), row(site).status) == ([], "skipped")
    assert "Ben skipped it" in row(site).reasons[0].text


def test_what_went_out_cannot_be_taken_back(site: Site) -> None:
    asked(site)
    site.tick(DUE)
    with pytest.raises(UserError, match=f"{KEY} was sent on .*; nothing calls it back"):
        desk.undo(site.app, KEY, by="Ben")


def test_an_edit_between_the_yes_and_the_sending_holds_it(site: Site, letters: Counted) -> None:
    asked(site)
    site.tick("2026-11-23 12:01")
    site.write("choir", title="Choir, in the other hall")
    site.tick(DUE)

    assert (sent(letters), row(site).status) == ([], "held")
    assert [reason.code for reason in row(site).reasons] == ["approval-void", "unconfirmed"]
    desk.release(site.app, KEY, by="Ben")
    site.tick("2026-11-23 12:07")
    assert sent(letters) == [KEY]


def test_an_edit_between_the_look_and_the_yes_sends_nothing(site: Site) -> None:
    seen = desk.prepare(site.app, WISH, by="Anna").mark
    site.write("choir", title="Choir, in the other hall")
    with pytest.raises(UserError, match="changed while you looked, so nothing was sent"):
        desk.send(site.app, WISH, by="Anna", seen=seen)
    assert site.app.ticker.wiring.ledger.snapshot().one_offs == {}


@pytest.mark.parametrize(("people", "goes"), [(110, True), (90, True), (111, False), (89, False)])
def test_to_many_more_or_fewer_than_was_confirmed_it_waits(
    site: Site, letters: Counted, people: int, *, goes: bool
) -> None:
    asked(site)
    letters.people = people
    site.tick(DUE)

    assert sent(letters) == ([KEY] if goes else [])
    if goes:
        return
    assert f"asked for when 100 would get it, and now {people} would" in row(site).reasons[-1].text
    desk.release(site.app, KEY, by="Ben")
    site.tick("2026-11-23 12:07")
    assert sent(letters) == [KEY]


def test_a_time_of_its_own_is_kept(site: Site, letters: Counted) -> None:
    asked(site, replace(WISH, at=at("2026-11-24 07:00")))
    site.tick("2026-11-24 06:59")
    before = sent(letters)
    site.tick("2026-11-24 07:00")

    assert (before, sent(letters)) == ([], [KEY])


def test_a_day_late_it_is_missed(site: Site, letters: Counted) -> None:
    asked(site)
    site.tick("2026-11-24 12:05")

    assert (sent(letters), row(site).status) == ([], "missed")


def test_paused_it_waits(site: Site, letters: Counted) -> None:
    asked(site)
    desk.pause(site.app, by="Ben")
    site.tick(DUE)
    before = sent(letters)
    desk.resume(site.app, by="Ben")
    site.tick("2026-11-23 12:30")

    assert (before, sent(letters)) == ([], [KEY])


def test_whoever_asked_cannot_approve_it_where_another_has_to(site: Site, letters: Counted) -> None:
    with_config(site, *ASKS)
    done = asked(site)
    site.tick(DUE)

    assert (done.decision, row(site).status, sent(letters)) == (None, "held", [])
    assert [(one.act, one.by) for one in site.app.ticker.wiring.ledger.decided(KEY)] == [("ask", "Anna")]
    with pytest.raises(UserError, match=r"Anna asked for .*, so another person has to approve it"):
        desk.approve(site.app, KEY, by="anna")
    desk.approve(site.app, KEY, by="Ben")
    site.tick("2026-11-23 12:07")
    assert sent(letters) == [KEY]


def test_no_rule_of_its_kind_for_an_audience_sends_it_nothing(site: Site) -> None:
    with_config(site, "audiences:\n", "audiences:\n  friends: {provider: letters, public: false}\n")
    assert desk.prepare(site.app, replace(WISH, audience="friends"), by="Anna").one_off.key == "one_off/w-1/friends"
    config = (site.folder / "config.yaml").read_text(encoding="utf-8")
    site.app.close()
    (site.folder / "config.yaml").write_text(config.replace(*ASKS), encoding="utf-8")
    site.open()
    with pytest.raises(UserError, match="No rule of the kind one_off names friends"):
        desk.prepare(site.app, replace(WISH, audience="friends"), by="Anna")


def test_everything_that_is_wrong_is_said_at_once(site: Site) -> None:
    wish = Wish(audience="nobody", once="W 1", events=("opera",), at=at("2026-11-23 11:00"))
    with pytest.raises(UserError) as raised:
        desk.prepare(site.app, wish, by="Anna")
    assert [problem.path for problem in raised.value.problems] == ["once", "at", "audience", "event"]


@pytest.mark.parametrize("wish", [replace(NEWS, note=" "), replace(NEWS, subject="")])
def test_a_mail_without_a_subject_or_a_text_is_refused(site: Site, wish: Wish) -> None:
    with pytest.raises(UserError, match=r"This mail (says nothing|has no subject)"):
        desk.prepare(site.app, wish, by="Anna")


def test_before_the_first_look_nothing_is_asked_for(tmp_path: Path) -> None:
    with Site(tmp_path) as site, pytest.raises(UserError, match="has not looked at newsletter yet"):
        desk.prepare(site.app, WISH, by="Anna")


def test_what_speaks_against_it_and_what_else_they_get_is_said(site: Site) -> None:
    site.write("choir", more="status: cancelled")
    asked(site, NEWS)
    again = desk.prepare(site.app, replace(NEWS, once="w-3"), by="Ben")
    about = desk.prepare(site.app, WISH, by="Ben")

    assert [reason.code for reason in again.questions] == ["twin"]
    assert "Anna asked for the very same" in again.questions[0].text
    assert [one.key for one in again.others] == ["one_off/w-2/newsletter"]
    assert "cancelled" in [reason.code for reason in about.questions]


def test_an_event_that_is_gone_by_then_holds_it(site: Site, letters: Counted) -> None:
    asked(site)
    site.path("choir").unlink()
    site.tick(DUE, accept_shrink=True)
    assert (sent(letters), row(site).status) == ([], "held")


def test_after_a_restart_it_goes_out_as_it_was_asked_for(site: Site, letters: Counted) -> None:
    asked(site, NEWS)
    site.app.close()
    site.open()
    site.tick(DUE)
    assert sent(letters) == ["one_off/w-2/newsletter"]


def test_an_audience_that_moved_to_another_provider_gets_no_backlog(site: Site, letters: Counted) -> None:
    asked(site)
    with_config(
        site,
        "letters: {type: outbox, folder: outbox}\n",
        "letters: {type: outbox, folder: outbox}\n  other: {type: outbox, folder: other}\n",
    )
    config = (site.folder / "config.yaml").read_text(encoding="utf-8")
    (site.folder / "config.yaml").write_text(
        config.replace("provider: letters, public", "provider: other, public"), encoding="utf-8"
    )
    site.app.close()
    site.open()
    site.tick(DUE)

    assert (sent(letters), row(site).status, row(site).reasons[0].code) == ([], "skipped", "baseline")
    assert not list((site.folder / "other").glob("*/message.txt"))


def test_a_test_goes_to_one_address_and_counts_as_nothing(site: Site, letters: Counted) -> None:
    found = desk.prepare(site.app, WISH, by="Anna")
    assert tried(site, "anna@example.org").outcome.result == "accepted"
    with pytest.raises(UserError, match="is no mail address"):
        desk.trial(site.app, found, WISH, "anna, ben@example.org", by="Anna", once="other")
    assert site.app.ticker.wiring.ledger.snapshot().one_offs == {}


def test_a_test_asked_for_twice_goes_out_once(site: Site, letters: Counted) -> None:
    first, again = tried(site, "anna@example.org"), tried(site, "anna@example.org")
    other = tried(site, "anna@example.org", once="t-2")

    assert [(one.is_new, one.outcome.result) for one in (first, again, other)] == [
        (True, "accepted"), (False, "accepted"), (True, "accepted"),
    ]  # fmt: skip
    assert [where for _, where in letters.tested] == ["anna@example.org"] * 2


@pytest.mark.parametrize("other", [{"address": "ben@example.org"}, {"address": "anna@example.org", "wish": NEWS}])
def test_another_test_under_the_same_name_is_refused(site: Site, letters: Counted, other: dict[str, Any]) -> None:
    tried(site, "anna@example.org")
    with pytest.raises(UserError, match="Another test was sent under this name"):
        tried(site, **other)
    assert len(letters.tested) == 1


def test_a_test_that_was_broken_off_is_not_sent_again(site: Site, letters: Counted) -> None:
    letters.faults["test"] = [KeyboardInterrupt()]
    with pytest.raises(KeyboardInterrupt):
        tried(site, "anna@example.org")
    again = tried(site, "anna@example.org")

    assert (again.is_new, again.outcome.result) == (False, "ambiguous")
    assert len(letters.tested) == 1


@pytest.mark.parametrize(
    "fault", [ProviderError("The line is dead.", permanent=False), Outcome(result="unsent", detail="The line is dead.")]
)
def test_a_test_that_was_not_taken_is_said_to_be_none_again(site: Site, letters: Counted, fault: Any) -> None:
    letters.faults["test"] = [fault]
    told = [(one.is_new, one.outcome.result, one.outcome.detail) for one in (
        tried(site, "anna@example.org"), tried(site, "anna@example.org"),
    )]  # fmt: skip
    assert told == [(True, "unsent", "The line is dead."), (False, "unsent", "The line is dead.")]
    assert len(letters.tested) == 1


def test_of_a_test_is_kept_who_and_from_where_and_never_to_which_address(site: Site) -> None:
    site.app.via = "command line on desk-1"
    tried(site, "anna@example.org")

    begun, done = site.app.ticker.wiring.ledger.decided()
    assert [(one.act, one.by, one.via) for one in (begun, done)] == [("try", "Anna", "command line on desk-1")] * 2
    assert (begun.note.endswith(", for newsletter"), done.fingerprint) == (True, "accepted")
    assert "anna@" not in repr((begun, done))
