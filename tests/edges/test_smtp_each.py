"""One mail to each member, against a real server on loopback that does its worst: at most once, and everyone else."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from notifier.core.delivery import key_hash
from notifier.core.leaving import SLOT
from notifier.core.recipient import Member, Result, digest_of
from notifier.edges.ledger import open_ledger
from notifier.edges.memory_ledger import MemoryLedger
from notifier.edges.smtp import SmtpProvider, Spool
from notifier.errors import ProviderError, UserError
from tests.builders import a_delivery, a_message, at
from tests.edges.each import AT, AUDIENCE, DELIVERY, KEY, MESSAGE, Each, some_members
from tests.edges.provider_suite import OTHER, ProviderSuite
from tests.edges.smtp_server import MailServer, Step, running

LATER = at("2026-12-08 10:02")
PIPELINING = ("SIZE 10000000", "8BITMIME", "PIPELINING")
#: Where the server may break off: before it can have a letter, and where nobody knows.
BEFORE: tuple[Step, ...] = ("banner", "ehlo", "mail", "rcpt", "data")
AFTER: tuple[Step, ...] = ("dot", "taken")


@pytest.fixture(params=[(), PIPELINING], ids=["plain", "pipelining"])
def server(request: pytest.FixtureRequest) -> Iterator[MailServer]:
    with running(MailServer(offers=request.param)) as made:
        yield made


@pytest.fixture
def filed(server: MailServer, tmp_path: Path) -> Each:
    """With a spool of this machine's own."""
    return Each(server.port, tmp_path / "notifier-mail" / "letters")


@pytest.fixture(params=["folder", "shared"])
def each(filed: Each, request: pytest.FixtureRequest) -> Iterator[Each]:
    """With each kind of spool."""
    if request.param == "folder":
        yield filed
        return
    with closing(open_ledger(request.getfixturevalue("postgres_url"))) as ledger:
        filed.ledger = ledger
        yield filed


@pytest.fixture
def provider(each: Each) -> SmtpProvider:
    return each.provider()


class TestEachAsAProvider(ProviderSuite):
    """What holds of every provider."""


def reached(server: MailServer) -> Counter[str]:
    return Counter(taken.recipient for taken in server.taken)


def everybody(each: Each) -> Counter[str]:
    return Counter(member.address for member in each.people)


def test_each_member_gets_their_own_mail_once(server: MailServer, each: Each) -> None:
    assert each.sent() == "accepted"

    assert reached(server) == everybody(each)
    assert each.provider().find(KEY).state == "sent"
    assert [taken.mail["To"].addresses[0].addr_spec for taken in server.taken] == [
        one.recipient for one in server.taken
    ]
    assert len({taken.mail["Message-ID"] for taken in server.taken}) == 5
    assert len({taken.mail["List-Unsubscribe"] for taken in server.taken}) == 5


def test_many_mails_go_over_one_connection(server: MailServer, each: Each) -> None:
    each.options["connections"] = 1
    each.sent()
    assert server.connections == 1


def test_a_person_in_two_spellings_gets_one_mail(server: MailServer, each: Each) -> None:
    each.people = [Member(address="ann@example.org", name="Ann"), Member(address="ANN@Example.org")]
    each.sent()
    assert reached(server) == {"ann@example.org": 1}


def test_who_has_left_gets_none(server: MailServer, each: Each) -> None:
    each.ledger.leave("newsletter", digest_of("newsletter", "reader1@example.org"), AT, why="by link")
    each.sent()
    assert "reader1@example.org" not in reached(server)
    assert len(server.taken) == 4


def test_who_left_the_audience_under_its_old_name_gets_none(server: MailServer, each: Each) -> None:
    each.audience = replace(AUDIENCE, formerly=("letters",))
    each.ledger.leave("letters", digest_of("letters", "reader1@example.org"), AT, why="by link")
    each.sent()
    assert len(server.taken) == 4


def test_who_leaves_between_draft_and_sending_gets_none(server: MailServer, each: Each) -> None:
    provider = each.provider()
    draft_id = provider.draft(DELIVERY, MESSAGE, AUDIENCE, AT)
    each.ledger.leave("newsletter", digest_of("newsletter", "reader1@example.org"), AT, why="by link")

    provider.send(draft_id, KEY, AT)

    assert len(server.taken) == 4
    assert [one.said for one in each.those("refused")] == ["They left before their turn came."]


def test_whose_address_was_erased_meanwhile_gets_none(server: MailServer, each: Each) -> None:
    provider = each.provider()
    draft_id = provider.draft(DELIVERY, MESSAGE, AUDIENCE, AT)
    each.ledger.erase("reader1@example.org", ["newsletter"])
    provider.send(draft_id, KEY, AT)
    assert len(server.taken) == 4


def test_the_audience_is_counted_without_those_who_left(each: Each, provider: SmtpProvider) -> None:
    each.ledger.leave("newsletter", digest_of("newsletter", "reader1@example.org"), AT, why="by link")
    assert provider.resolve(AUDIENCE) == 4


def test_an_audience_of_nobody_is_a_problem(each: Each, provider: SmtpProvider) -> None:
    each.people = []
    [problem] = provider.check(provider.draft(DELIVERY, MESSAGE, AUDIENCE, AT))
    assert "Nobody belongs to it" in str(problem)


def test_more_members_than_allowed_are_a_problem(each: Each, provider: SmtpProvider) -> None:
    [problem] = provider.check(provider.draft(DELIVERY, MESSAGE, replace(AUDIENCE, at_most=4), AT))
    assert "It has 5 members, and at_most is 4." in str(problem)


def test_a_place_for_a_link_without_a_link_is_a_problem(each: Each) -> None:
    each.options["leaving"] = lambda *_: None
    provider = each.provider()
    [problem] = provider.check(provider.draft(DELIVERY, MESSAGE, AUDIENCE, AT))
    assert "there is no such link" in str(problem)


def test_an_audience_s_own_way_to_leave_takes_the_place_of_the_link(server: MailServer, each: Each) -> None:
    each.options |= {"leaving": lambda *_: None, "unsubscribe": {"newsletter": "mailto:leave@example.org"}}
    each.sent()
    assert {taken.mail["List-Unsubscribe"] for taken in server.taken} == {"<mailto:leave@example.org>"}
    assert not any(SLOT.encode() in taken.content for taken in server.taken)


def test_members_that_cannot_be_read_are_no_draft(each: Each) -> None:
    provider = each.provider()

    def unreadable(_: str) -> list[Member]:
        raise UserError("members.csv can't be read.")

    assert provider.each is not None
    provider.each.read_members = unreadable
    with pytest.raises(UserError, match=r"members\.csv"):
        provider.draft(DELIVERY, MESSAGE, AUDIENCE, AT)
    assert [finding.ok for finding in provider.doctor([AUDIENCE])][-1] is False


@pytest.mark.parametrize("step", BEFORE)
@pytest.mark.parametrize("fault", ["drop", "4xx", "nonsense", "cut"])
def test_a_server_that_takes_nothing_is_tried_again_and_then_all_are_reached(
    server: MailServer, each: Each, step: Step, fault: str
) -> None:
    each.server["timeout"] = 2.0
    server.faults[step] = fault
    assert each.sent() == "unsent"
    found = each.provider().find(KEY)
    assert (found.state, found.proven) == ("drafted", True)

    server.faults.clear()
    provider = each.provider()
    assert provider.send(found.draft_id or "", KEY, LATER).result == "accepted"

    assert reached(server) == everybody(each)


@pytest.mark.parametrize("step", AFTER)
@pytest.mark.parametrize("fault", ["drop", "stall", "nonsense", "cut"])
def test_what_nobody_knows_is_in_doubt_for_one_and_the_others_are_reached(
    server: MailServer, each: Each, step: Step, fault: str
) -> None:
    each.server["timeout"] = 0.3
    server.faults[step] = fault
    each.sent()
    assert each.numbers("unknown") == [0]
    server.faults.clear()

    assert each.gone_on(LATER) == "accepted"

    assert max(reached(server).values()) == 1
    assert set(everybody(each)) - set(reached(server)) <= {"reader0@example.org"}
    found = each.provider().find(KEY)
    assert (found.state, found.detail) == ("sent", "4 of 5 taken, 1 in doubt")


@pytest.mark.parametrize("step", ["mail", "data", "half", "dot"])
def test_a_server_that_breaks_off_after_some_mails_has_no_mail_twice(
    server: MailServer, each: Each, step: Step
) -> None:
    each.people, each.options["connections"] = some_members(40), 2
    seen: list[int] = []

    def break_off() -> bool:
        seen.append(1)
        if len(seen) % 7 == 0:
            raise ConnectionResetError
        return True

    server.faults[step] = break_off
    each.sent()
    each.gone_on_to_the_end()

    doubts = {f"reader{number}@example.org" for number in each.numbers("unknown")}
    assert max(reached(server).values()) == 1
    assert set(everybody(each)) - set(reached(server)) <= doubts
    assert each.numbers("waiting", "claimed") == []


def test_who_is_refused_for_good_is_not_asked_for_again_and_the_others_are_reached(
    server: MailServer, each: Each
) -> None:
    server.refusals = {
        "reader1@example.org": "550 5.1.1 No reader1@example.org here",
        "reader3@example.org": "552 full",
    }

    assert each.sent() == "accepted"

    assert len(server.taken) == 3
    assert [one.said for one in each.those("refused")] == ["550 5.1.1 No … here", "552 full"]
    found = each.provider().find(KEY)
    assert (found.state, found.detail) == ("sent", "3 of 5 taken, 2 refused")


def test_who_is_refused_for_now_waits_and_is_tried_again(server: MailServer, each: Each) -> None:
    server.refusals = {"reader1@example.org": "451 4.7.1 Greylisted"}
    each.sent()
    [waiting] = each.those("waiting")
    assert (waiting.retry_at, waiting.said) == (AT + timedelta(minutes=1), "451 4.7.1 Greylisted")
    server.refusals.clear()

    assert each.gone_on(LATER) == "accepted"

    assert reached(server) == everybody(each)


def test_a_server_that_refuses_everybody_is_asked_again_once_a_person_says_so(server: MailServer, each: Each) -> None:
    server.refusals = {member.address: "554 5.7.1 Relay access denied" for member in each.people}
    provider = each.provider()
    outcome = provider.send(provider.draft(DELIVERY, MESSAGE, AUDIENCE, AT), KEY, AT)
    assert outcome.result == "refused"
    assert "refused all 5 of them, most with: 554 5.7.1 Relay access denied" in outcome.detail
    server.refusals.clear()

    assert each.sent(LATER) == "accepted"

    assert reached(server) == everybody(each)


def test_a_refused_sender_stops_the_round_for_everybody(server: MailServer, each: Each) -> None:
    each.server["timeout"] = 0.5
    server.faults["mail"] = "5xx"
    assert each.sent() == "refused"
    assert each.numbers("waiting") == [0, 1, 2, 3, 4]
    assert len([line for line in server.heard if line.startswith("MAIL")]) == 1


def test_a_server_that_limits_a_connection_is_called_again(server: MailServer, each: Each) -> None:
    each.people, each.options["connections"] = some_members(12), 1
    seen: list[int] = []

    def limited() -> bool:
        seen.append(1)
        if len(seen) % 5 == 0:
            raise ConnectionResetError
        return True

    server.faults["mail"] = limited
    each.sent()
    each.gone_on(LATER) if each.provider().find(KEY).state == "partial" else None

    assert reached(server) == everybody(each)


def test_after_its_use_nobody_more_is_given_it(server: MailServer, each: Each) -> None:
    server.refusals = {"reader1@example.org": "451 Later"}
    each.sent()

    assert each.gone_on(DELIVERY.expires_at) == "accepted"

    assert [one.said for one in each.those("refused")] == ["It was no longer useful when their turn came."]
    found = each.provider().find(KEY)
    assert (found.state, found.detail) == ("sent", "4 of 5 taken, 1 refused")


def test_no_more_than_the_rate_leave_within_a_minute(server: MailServer, each: Each) -> None:
    each.people, each.options["rate"] = some_members(10), 4
    provider = each.provider()
    draft_id = provider.draft(DELIVERY, MESSAGE, AUDIENCE, AT)
    sent = []
    for seconds in (0, 30, 61, 122):
        provider.send(draft_id, KEY, AT + timedelta(seconds=seconds))
        sent.append(len(server.taken))
    assert sent == [4, 4, 8, 10]


def test_another_delivery_waits_for_its_minute(each: Each) -> None:
    each.options["rate"] = 5
    provider = each.provider()
    provider.send(provider.draft(DELIVERY, MESSAGE, AUDIENCE, AT), KEY, AT)

    with pytest.raises(ProviderError, match="that is its rate") as caught:
        provider.draft(OTHER, MESSAGE, AUDIENCE, AT)

    assert caught.value.wait == timedelta(minutes=1)
    assert provider.draft(OTHER, MESSAGE, AUDIENCE, AT + timedelta(minutes=1))


def test_what_takes_long_goes_on_in_another_round(server: MailServer, each: Each) -> None:
    each.options["longest"] = 0.0
    assert each.sent() in ("accepted", "unsent")
    each.options["longest"] = 300.0

    provider = each.provider()
    assert provider.send(key_hash(KEY), KEY, AT).result == "accepted"

    assert reached(server) == everybody(each)


def test_two_processes_at_once_mail_nobody_twice(server: MailServer, each: Each, tmp_path: Path) -> None:
    from notifier.edges.ledger import open_ledger

    each.people = some_members(60)
    url = f"sqlite:///{tmp_path / 'notifier.db'}"
    ledgers = [open_ledger(url) for _ in range(3)]
    each.ledger = ledgers[0]
    draft_id = each.provider().draft(DELIVERY, MESSAGE, AUDIENCE, AT)
    providers = []
    for ledger in ledgers:
        each.ledger = ledger
        providers.append(each.provider())

    with ThreadPoolExecutor(3) as pool:
        list(pool.map(lambda one: one.send(draft_id, KEY, AT), providers))

    assert reached(server) == everybody(each)


def test_a_letter_that_went_to_some_stays_as_it_is_for_the_others(server: MailServer, each: Each) -> None:
    server.refusals = {"reader1@example.org": "451 Later"}
    each.sent()
    server.refusals.clear()

    provider = each.provider()
    draft_id = provider.draft(DELIVERY, a_message(subject="Another"), AUDIENCE, LATER)
    provider.send(draft_id, KEY, LATER)

    assert len({taken.mail["Subject"] for taken in server.taken}) == 1
    assert reached(server) == everybody(each)


def test_a_spool_that_was_lost_is_no_draft_once_somebody_was_reached(server: MailServer, filed: Each) -> None:
    server.refusals = {"reader1@example.org": "451 Later"}
    filed.sent()
    (filed.folder / key_hash(KEY) / "delivery.json").unlink()

    found = filed.provider().find(KEY)

    assert found.state == "unclear"
    assert "is no longer in" in found.detail


def test_an_older_ledger_mails_nobody_again(server: MailServer, filed: Each) -> None:
    filed.sent()
    filed.ledger = MemoryLedger()

    found = filed.provider().find(KEY)
    assert (found.state, found.proven) == ("unclear", False)
    assert "more of them were given it than the ledger knows of" in found.detail
    assert filed.sent(AT + timedelta(hours=1)) == "ambiguous"
    assert len(server.taken) == 5


def test_an_older_ledger_that_knows_of_some_mails_nobody_again(server: MailServer, filed: Each) -> None:
    filed.options["rate"] = 2
    filed.sent()
    older = MemoryLedger()
    older.enrol(KEY, [replace(one, status="waiting", attempts=0, said="", claim=None) for one in filed.those()], AT)
    older.claim(KEY, 2, claim="before", at=AT)
    older.conclude(KEY, [Result(number=number, status="taken") for number in range(2)], claim="before", at=AT)
    filed.gone_on(AT + timedelta(hours=1))
    filed.ledger = older

    assert filed.provider().find(KEY).state == "unclear"
    assert filed.sent(AT + timedelta(hours=2)) == "ambiguous"
    assert len(server.taken) == 4


def test_an_older_ledger_begins_nothing_that_was_begun_and_left_no_journal(server: MailServer, filed: Each) -> None:
    provider = filed.provider()
    hashed = provider.draft(DELIVERY, MESSAGE, AUDIENCE, AT)
    # Killed after what was under way was written into the ledger, and before the spool was told how far it was.
    spool = Spool("letters", filed.folder)
    entry = spool.read(hashed)
    assert entry is not None
    spool.note(hashed, entry.begun(AT.isoformat()))
    filed.ledger = MemoryLedger()

    assert filed.provider().find(KEY).state == "unclear"
    assert filed.sent(AT + timedelta(hours=1)) == "ambiguous"
    assert server.taken == []


def test_a_round_that_reached_nobody_leaves_a_draft(server: MailServer, each: Each) -> None:
    server.refusals |= {one.address: "451 4.7.1 Please come back later" for one in each.people}
    each.sent()
    assert each.provider().find(KEY).state == "drafted"
    server.refusals.clear()
    assert each.sent(AT + timedelta(hours=1)) == "accepted"
    assert len(server.taken) == 5


def test_who_is_settled_as_not_reached_is_reached_then(server: MailServer, each: Each) -> None:
    each.server["timeout"] = 0.3
    each.people = some_members(1)
    server.faults["dot"] = "drop"
    assert each.sent() == "ambiguous"
    assert each.provider().find(KEY).state == "unclear"
    server.faults.clear()

    each.provider().not_taken(KEY, LATER)

    assert each.provider().find(KEY).state == "drafted"
    assert each.sent(LATER) == "accepted"
    assert reached(server) == everybody(each)


def test_an_address_that_cannot_be_mailed_is_refused_in_words(server: MailServer, each: Each) -> None:
    each.people = [*some_members(2), Member(address="nobody"), Member(address="größe@example.org")]
    each.sent()
    assert len(server.taken) == 2
    assert [bool(one.said) for one in each.those("refused")] == [True, True]


def test_a_thousand_are_reached_while_the_server_does_its_worst(server: MailServer, each: Each, tmp_path: Path) -> None:
    from notifier.edges.ledger import open_ledger

    each.people, each.ledger = some_members(1000), open_ledger(f"sqlite:///{tmp_path / 'notifier.db'}")
    server.refusals = {f"reader{n}@example.org": "451 Later" for n in range(0, 1000, 97)}
    server.refusals |= {f"reader{n}@example.org": "550 No" for n in range(5, 1000, 101)}
    seen: list[int] = []

    def break_off() -> bool:
        seen.append(1)
        if len(seen) % 151 == 0:
            raise ConnectionResetError
        return True

    server.faults |= {"dot": break_off, "rcpt": break_off}
    each.sent()
    server.refusals = {address: said for address, said in server.refusals.items() if said.startswith("5")}
    each.gone_on_to_the_end()

    doubts = {f"reader{number}@example.org" for number in each.numbers("unknown")}
    missing = set(everybody(each)) - set(reached(server)) - set(server.refusals)
    assert max(reached(server).values()) == 1
    assert missing <= doubts
    assert len(doubts) < 20
    assert each.provider().find(KEY).state == "sent"


def test_a_delivery_to_a_list_beside_it_is_as_before(server: MailServer, each: Each) -> None:
    provider = each.provider()
    provider.addresses = {"choir": "choir@lists.example.org"}
    other = a_delivery(key="announcement/announce/x@example.org/choir", kind="announcement", audience="choir")

    draft_id = provider.draft(other, a_message(), replace(AUDIENCE, name="choir", each=False, leave_url=""), AT)

    assert provider.send(draft_id, other.key, AT).result == "accepted"
    assert reached(server) == {"choir@lists.example.org": 1}
