"""The mail server as a provider, against a real server on loopback that does its worst at every step."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from time import monotonic
from typing import Any, get_args

import pytest
from hypothesis import given

from notifier.beside import Shelf
from notifier.core.delivery import key_hash, next_step
from notifier.core.rule import Audience
from notifier.edges.ledger import open_ledger
from notifier.edges.smtp import Server, SmtpProvider
from notifier.edges.smtp.spool import digest
from notifier.edges.smtp.wire import Envelope, NotTaken, conversation
from notifier.errors import ProviderError, UserError
from tests.builders import a_delivery, a_message, a_site, an_audience, at
from tests.edges.provider_suite import AT, DELIVERY, OTHER, ProviderSuite, drafted
from tests.edges.smtp_server import MailServer, Step, running
from tests.strategies import any_text

LATER = at("2026-12-08 10:05")
LIST = "choir@lists.example.org"
KEY = DELIVERY.key
HASHED = key_hash(KEY)
#: Faults before the message leaves, those that leave everybody in doubt, and those after it was taken.
SILENT = ("drop", "stall", "drip", "nonsense", "flood")
BEFORE: tuple[Step, ...] = ("banner", "ehlo", "mail", "rcpt", "data")


@pytest.fixture
def server() -> Iterator[MailServer]:
    with running(MailServer()) as made:
        yield made


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "notifier-mail" / "letters"


@pytest.fixture(params=["folder", "shared"])
def shelf(request: pytest.FixtureRequest) -> Iterator[Shelf | None]:
    """Where the spool is: in the folder of this machine, or in the ledger that several share."""
    if request.param == "folder":
        yield None
        return
    with closing(open_ledger(request.getfixturevalue("postgres_url"))) as ledger:
        yield ledger.shelf("letters")


@pytest.fixture
def provider(server: MailServer, folder: Path, shelf: Shelf | None) -> SmtpProvider:
    return a_provider(server, folder, shelf)


@pytest.fixture
def filed(server: MailServer, folder: Path) -> SmtpProvider:
    """The provider with its spool in the folder."""
    return a_provider(server, folder)


@pytest.fixture
def hasty(server: MailServer, folder: Path, shelf: Shelf | None) -> SmtpProvider:
    """The same provider, which doesn't wait long."""
    return a_provider(server, folder, shelf, timeout=0.4)


def a_provider(server: MailServer, folder: Path, shelf: Shelf | None = None, **changes: Any) -> SmtpProvider:
    known: dict[str, Any] = {"host": "127.0.0.1", "port": server.port, "security": "none", "timeout": 10.0}
    return SmtpProvider(
        name="letters", folder=folder, site=a_site(), addresses={"newsletter": LIST},
        server=Server(**(known | changes)), now=lambda: AT, shelf=shelf, sender=("Example Commons", "events@example.org"),
    )  # fmt: skip


def sent(provider: SmtpProvider, **message: Any) -> str:
    draft_id = provider.draft(DELIVERY, a_message(**message), an_audience(), AT)
    return provider.send(draft_id, KEY, AT).result


class TestSmtpAsAProvider(ProviderSuite):
    """What holds of every provider."""


def test_the_list_gets_the_message_once_with_all_its_parts(server: MailServer, provider: SmtpProvider) -> None:
    assert sent(provider) == "accepted"

    [taken] = server.taken
    mail = taken.mail
    assert (taken.sender, taken.recipient) == ("events@example.org", LIST)
    assert [mail[name] for name in ("From", "To", "Auto-Submitted")] == [
        "Example Commons <events@example.org>", LIST, "auto-generated",
    ]  # fmt: skip
    assert [part.get_content_type() for part in mail.walk() if not part.is_multipart()] == [
        "text/plain", "text/html", "text/calendar", "application/ics",
    ]  # fmt: skip
    assert mail["Date"].datetime == AT


def test_the_bytes_that_arrive_are_those_that_were_kept(server: MailServer, provider: SmtpProvider) -> None:
    sent(provider, text=".\n..\n. dots\nFrom here\n")

    kept = provider.kept(KEY, "message.eml")

    assert kept is not None
    assert server.taken[0].content == kept
    assert provider.kept(KEY, "message.txt") == b".\n..\n. dots\nFrom here\n"


def test_a_mail_is_seven_bit_with_short_lines(server: MailServer, provider: SmtpProvider) -> None:
    sent(provider, subject="Größe " * 100, text="ß" * 5_000, html="<p>" + "ü" * 5_000)

    content = server.taken[0].content

    assert content.isascii()
    assert b"\n" not in content.replace(b"\r\n", b"")
    assert b"\r" not in content.replace(b"\r\n", b"")
    assert max(map(len, content.split(b"\r\n"))) <= 998


def test_no_bcc_and_no_precedence_are_written(server: MailServer, provider: SmtpProvider) -> None:
    sent(provider)
    assert {"bcc", "cc", "precedence", "list-unsubscribe"} & {name.lower() for name in server.taken[0].mail} == set()


def test_where_readers_leave_is_written_in_one_piece(server: MailServer, folder: Path) -> None:
    provider, address = a_provider(server, folder), f"https://lists.example.org/{'long/' * 40}leave?list=choir"
    provider.unsubscribe = {"newsletter": address}

    sent(provider)

    assert f"List-Unsubscribe: <{address}>\r\n".encode() in server.taken[0].content


def test_the_message_id_is_the_delivery_s_own(server: MailServer, filed: SmtpProvider) -> None:
    sent(filed)
    filed.send(filed.draft(OTHER, a_message(), an_audience(), AT), OTHER.key, AT)

    [first, second] = [taken.mail["Message-ID"] for taken in server.taken]

    assert first != second
    assert json.loads((filed.folder / HASHED / "delivery.json").read_text())["message_id"] == first


@given(any_text, any_text)
def test_no_name_or_subject_can_add_a_header_or_a_command(name: str, subject: str) -> None:
    provider = a_provider(MailServer(port=9), Path("nowhere"))
    audience = an_audience(sender=(name, "events@example.org"))

    entry, content = provider._prepared(KEY, a_message(subject=subject), audience, AT)

    head = content.partition(b"\r\n\r\n")[0].replace(b"\r\n ", b" ").split(b"\r\n")
    assert [line.partition(b":")[0].decode() for line in head] == [
        "Auto-Submitted", "From", "To", "Subject", "Date", "Message-ID", "MIME-Version", "Content-Type",
    ]  # fmt: skip
    assert entry.sender == "events@example.org"


@pytest.mark.parametrize("address", ["a@b\r\nRCPT TO:<x@y>", "a@b> SIZE=1", "a b@example.org", "nobody"])
def test_an_address_that_is_none_never_reaches_the_server(server: MailServer, folder: Path, address: str) -> None:
    provider = a_provider(server, folder)
    provider.addresses = {"newsletter": address}

    with pytest.raises(UserError, match="is not an e-mail address"):
        sent(provider)

    assert server.connections == 0


@pytest.mark.parametrize("address", ["a@b\r\nRCPT TO:<all@example.org>", "a@b\nDATA"])
def test_no_command_has_two_lines_whatever_the_envelope_says(server: MailServer, address: str) -> None:
    here = Server(host="127.0.0.1", port=server.port, security="none")
    with pytest.raises(NotTaken, match="can't be told such an address"), conversation(here) as connection:
        connection.address(Envelope(sender=address, recipient=LIST), b"")
    assert [line.split()[0].upper() for line in server.heard] == ["EHLO", "QUIT"]


@pytest.mark.parametrize(
    ("message", "words"),
    [
        (b"A: b\n\r\n", "a line that doesn't end as lines of mails do"),
        (b"A: b\r\n\r\n.\rQUIT\r\n", "a line that doesn't end as lines of mails do"),
        (b"A: b\r\n\r\nno end", "a line that doesn't end as lines of mails do"),
        (b"A: b\r\n\r\n\0\r\n", "a line that doesn't end as lines of mails do"),
        (b"A: b\r\n\r\n" + b"x" * 999 + b"\r\n", "a line of more than 998 characters"),
    ],
)
def test_bytes_that_a_server_could_take_for_something_else_are_not_sent(
    server: MailServer, filed: SmtpProvider, message: bytes, words: str
) -> None:
    draft_id, entry = drafted(filed), filed._known(HASHED)
    assert entry is not None
    filed._spool.prepare(HASHED, replace(entry, digest=digest(message)), message)

    assert [words in problem.what for problem in filed.check(draft_id)] == [True]
    assert filed.send(draft_id, KEY, AT).result == "unsent"
    assert server.connections == 0


def test_what_is_no_address_to_leave_by_is_no_header(provider: SmtpProvider) -> None:
    provider.unsubscribe = {"newsletter": "https://example.org/>\r\nBcc: <all@example.org"}
    with pytest.raises(UserError, match="can't stand in the header List-Unsubscribe"):
        drafted(provider)


def test_an_address_beyond_ascii_needs_a_server_that_takes_it(server: MailServer, folder: Path) -> None:
    provider = a_provider(server, folder)
    provider.addresses = {"newsletter": "größe@müller.example"}

    assert sent(provider) == "refused"

    server.offers = (*server.offers, "SMTPUTF8")
    assert provider.send(HASHED, KEY, LATER).result == "accepted"
    assert server.taken[0].recipient == "größe@xn--mller-kva.example"
    assert server.taken[0].mail["To"] == "größe@xn--mller-kva.example"


def test_a_domain_beyond_ascii_needs_nothing_of_the_server(server: MailServer, folder: Path) -> None:
    provider = a_provider(server, folder)
    provider.addresses = {"newsletter": "choir@müller.example"}

    assert sent(provider) == "accepted"

    assert server.taken[0].recipient == "choir@xn--mller-kva.example"
    assert server.taken[0].content.isascii()


@pytest.mark.parametrize("step", BEFORE)
@pytest.mark.parametrize("fault", [*SILENT, "4xx"])
def test_what_fails_before_the_message_left_is_certainly_unsent_and_goes_out_later(
    server: MailServer, provider: SmtpProvider, hasty: SmtpProvider, step: Step, fault: str
) -> None:
    server.faults[step] = fault

    assert sent(hasty) == "unsent"
    assert provider.find(KEY).state == "drafted"
    assert provider.find(KEY).proven
    server.faults.clear()

    assert provider.send(HASHED, KEY, LATER).result == "accepted"
    assert len(server.taken) == 1


@pytest.mark.parametrize("step", ["half", "dot", "taken"])
@pytest.mark.parametrize("fault", SILENT)
def test_what_fails_after_it_left_is_in_doubt_and_never_sent_again(
    server: MailServer, provider: SmtpProvider, hasty: SmtpProvider, step: Step, fault: str
) -> None:
    server.faults[step] = fault

    assert sent(hasty) == "ambiguous"
    server.faults.clear()

    assert provider.find(KEY).state == "unclear"
    assert sent(provider) == "ambiguous"
    assert provider.send(HASHED, KEY, LATER).result == "ambiguous"
    assert len(server.taken) == (1 if step == "taken" else 0)


@pytest.mark.parametrize("fault", [*SILENT, "4xx", "5xx"])
def test_what_the_server_took_stays_taken_however_it_says_goodbye(
    server: MailServer, provider: SmtpProvider, hasty: SmtpProvider, fault: str
) -> None:
    server.faults["quit"] = fault

    assert sent(hasty) == "accepted"
    assert provider.find(KEY).state == "sent"
    assert len(server.taken) == 1


@pytest.mark.parametrize("step", ["mail", "rcpt", "data", "dot"])
def test_what_the_server_refuses_for_good_is_refused_in_its_words(
    server: MailServer, provider: SmtpProvider, step: Step
) -> None:
    server.faults[step] = "5xx"

    outcome = provider.send(drafted(provider), KEY, AT)

    assert outcome.result == "refused"
    assert "(554 5.7.1 Not here). " in outcome.detail
    assert server.taken == []


@pytest.mark.parametrize("step", ["banner", "ehlo"])
def test_a_server_that_takes_nothing_from_anybody_is_asked_again(
    server: MailServer, provider: SmtpProvider, step: Step
) -> None:
    server.faults[step] = "5xx"
    assert sent(provider) == "unsent"


def test_a_refusal_at_the_end_of_the_message_is_no_doubt(server: MailServer, provider: SmtpProvider) -> None:
    server.faults["dot"] = "4xx"
    assert sent(provider) == "unsent"
    server.faults.clear()

    assert provider.send(HASHED, KEY, LATER).result == "accepted"
    assert len(server.taken) == 1


@pytest.mark.parametrize("answer", ["25", "2", "354 Go on", "150 Hm", "999 Odd", "+25 Odd"])
def test_an_answer_that_is_none_is_no_yes(server: MailServer, provider: SmtpProvider, answer: str) -> None:
    server.faults["taken"] = answer
    assert sent(provider) == "ambiguous"


@pytest.mark.parametrize(("step", "result"), [("rcpt", "unsent"), ("data", "unsent"), ("taken", "ambiguous")])
def test_half_an_answer_is_none(server: MailServer, provider: SmtpProvider, step: Step, result: str) -> None:
    server.faults[step] = "cut"
    assert sent(provider) == result


def test_a_server_that_asks_for_a_login_is_no_refusal_of_the_message(
    server: MailServer, provider: SmtpProvider
) -> None:
    server.faults["mail"] = "530 5.7.0 Authentication required"

    outcome = provider.send(drafted(provider), KEY, AT)

    assert (outcome.result, "did not let us log in (530" in outcome.detail) == ("unsent", True)


def test_a_trouble_of_the_server_is_found_once_a_tick(server: MailServer, provider: SmtpProvider) -> None:
    server.faults["banner"] = "4xx"
    drafts = [provider.draft(one, a_message(), an_audience(), AT) for one in (DELIVERY, OTHER)]

    results = [provider.send(draft, one.key, AT).result for draft, one in zip(drafts, (DELIVERY, OTHER), strict=True)]

    assert (results, server.connections) == (["unsent", "unsent"], 1)


def test_nobody_who_listens_is_said_with_what_to_check(folder: Path) -> None:
    with running(MailServer()) as gone:
        port = gone.port
    provider = a_provider(MailServer(port=port), folder)

    outcome = provider.send(drafted(provider), KEY, AT)

    assert outcome.result == "unsent"
    assert outcome.detail.startswith(f"127.0.0.1:{port} refuses connections. Check host and port")


def test_a_doubt_says_where_to_look(server: MailServer, provider: SmtpProvider) -> None:
    server.faults["taken"] = "drop"
    outcome = provider.send(drafted(provider), KEY, AT)

    message_id = server.taken[0].mail["Message-ID"]
    look = f"Look for the Message-ID {message_id} in the archive of {LIST}, or in the log of the mail server."
    assert (
        outcome.detail == f"The connection to 127.0.0.1:{server.port} was lost after it was given the message. {look}"
    )
    assert provider.find(KEY).detail.endswith(look)


def test_what_a_person_found_not_taken_goes_out_and_only_once(server: MailServer, provider: SmtpProvider) -> None:
    server.faults["dot"] = "drop"
    sent(provider)
    server.faults.clear()

    provider.not_taken(KEY, LATER)

    assert provider.find(KEY).state == "drafted"
    assert provider.send(HASHED, KEY, LATER).result == "accepted"
    provider.not_taken(KEY, LATER)
    assert provider.find(KEY).state == "sent"
    assert len(server.taken) == 1


def test_a_spool_that_is_gone_proves_nothing(server: MailServer, folder: Path, tmp_path: Path) -> None:
    server.faults["taken"] = "drop"
    sent(a_provider(server, folder))
    another = a_provider(server, tmp_path / "another" / "place")

    step = next_step(a_delivery(status="sending"), another.find(KEY), certain=another.capabilities().certain)

    assert (step.act, step.status) == ("settle", "unknown")


@pytest.mark.parametrize("record", ["", "{", "[]", "{}", '{"attempts": [{"at": "", "result": "odd"}]}', "null"])
def test_a_record_that_cannot_be_read_lets_nothing_out(server: MailServer, filed: SmtpProvider, record: str) -> None:
    draft_id = drafted(filed)
    (filed.folder / HASHED / "delivery.json").write_text(record)

    assert filed.find(KEY).state == "unclear"
    assert filed.send(draft_id, KEY, AT).result == "ambiguous"
    with pytest.raises(ProviderError, match="if it did not go out, delete that folder"):
        drafted(filed)
    assert server.connections == 0


def test_a_message_that_was_changed_on_the_disk_is_not_sent(server: MailServer, filed: SmtpProvider) -> None:
    draft_id = drafted(filed)
    (filed.folder / HASHED / "message.eml").write_bytes(b"Subject: Something else\r\n\r\n")

    assert [problem.what for problem in filed.check(draft_id)] == ["This is not the message that was prepared."]
    assert filed.send(draft_id, KEY, AT).result == "unsent"
    assert server.connections == 0


def test_what_may_have_gone_out_is_kept_as_it_went(server: MailServer, filed: SmtpProvider) -> None:
    server.faults["taken"] = "drop"
    sent(filed)

    filed.draft(DELIVERY, a_message(text="Another text\n"), an_audience(), AT)

    assert (filed.folder / HASHED / "message.eml").read_bytes() == server.taken[0].content


def test_a_draft_made_anew_is_what_goes_out(server: MailServer, provider: SmtpProvider) -> None:
    drafted(provider)
    assert sent(provider, text="Another text\n") == "accepted"
    assert provider.kept(KEY, "message.txt") == b"Another text\n"


def test_what_was_taken_and_could_not_be_written_down_is_for_a_person_to_settle(
    server: MailServer, filed: SmtpProvider
) -> None:
    server.faults["dot"] = lambda: jam(filed)

    outcome = filed.send(drafted(filed), KEY, AT)

    assert (outcome.result, len(server.taken)) == ("ambiguous", 1)
    assert "took it (250 2.0.0 Queued as 4711), but that could not be written down." in outcome.detail
    assert filed.find(KEY).state == "unclear"


def test_a_message_that_could_not_be_written_down_before_does_not_leave(
    server: MailServer, filed: SmtpProvider
) -> None:
    server.faults["rcpt"] = lambda: jam(filed)
    draft_id = drafted(filed)

    with pytest.raises(ProviderError, match=r"can't be written to: Is a directory\."):
        filed.send(draft_id, KEY, AT)

    assert (filed.find(KEY).state, filed.find(KEY).proven) == ("drafted", True)
    assert (server.taken, "DATA" in server.heard) == ([], False)


def jam(filed: SmtpProvider) -> bool:
    """Let nothing more be written about the delivery, and the conversation go on."""
    (filed.folder / HASHED / ".delivery.json.new").mkdir()
    return True


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (lambda folder: folder.parent.write_text("a file"), "Something else has that name: move it away"),
        (lambda folder: folder.parent.parent.rename(folder.parent.parent.with_name("away")), "Create the folder"),
    ],
    ids=["a file", "no disk"],
)
def test_a_spool_that_cannot_be_made_is_said(folder: Path, spoil: Callable[[Path], object], words: str) -> None:
    place = folder.parent / "site" / "notifier-mail" / "letters"
    place.parent.parent.mkdir(parents=True)
    provider = a_provider(MailServer(port=9), place)
    spoil(place)

    with pytest.raises(ProviderError, match=words):
        drafted(provider)

    assert words in provider.doctor([])[0].hint


def test_a_killed_attempt_that_a_person_settled_is_kept_in_the_record(filed: SmtpProvider) -> None:
    drafted(filed)
    entry = filed._known(HASHED)
    assert entry is not None
    filed._spool.note(HASHED, entry.begun(AT.isoformat()))

    filed.not_taken(KEY, LATER)

    kept = json.loads((filed.folder / HASHED / "delivery.json").read_text())["attempts"]
    assert [(one["at"], one["result"]) for one in kept] == [
        (AT.isoformat(), "ambiguous"), (LATER.isoformat(), "settled"),
    ]  # fmt: skip


def test_what_another_process_is_handing_over_is_neither_in_doubt_nor_sent_again(
    server: MailServer, provider: SmtpProvider
) -> None:
    seen: list[str] = []

    def looked() -> bool:
        seen.append(provider.find(KEY).state)
        return True

    server.faults["dot"] = looked
    assert sent(provider) == "accepted"

    assert (seen, len(server.taken)) == (["sending"], 1)


def test_two_at_once_hand_over_once(server: MailServer, folder: Path) -> None:
    racers = [a_provider(server, folder) for _ in range(4)]
    draft_id = drafted(racers[0])

    with ThreadPoolExecutor() as pool:
        results = list(pool.map(lambda one: one.send(draft_id, KEY, AT).result, racers))

    assert results == ["accepted"] * 4
    assert len(server.taken) == 1


def test_the_parts_of_what_went_out_can_be_looked_at_again(server: MailServer, provider: SmtpProvider) -> None:
    draft_id = drafted(provider)
    assert provider.kept(KEY, "message.html") is None

    provider.send(draft_id, KEY, AT)

    assert provider.kept(KEY, "message.html") == a_message().html.encode()
    assert provider.kept(KEY, "invite.ics") == a_message().calendar
    assert provider.kept(KEY, "../delivery.json") is None


def test_only_its_owner_reads_the_spool(filed: SmtpProvider) -> None:
    drafted(filed)
    modes = {path.stat().st_mode & 0o777 for path in (filed.folder, *filed.folder.rglob("*"))}
    assert modes == {0o700, 0o600}


def test_an_audience_without_an_address_gets_nothing(provider: SmtpProvider) -> None:
    with pytest.raises(ProviderError, match=r"audiences\.board\.address: is missing"):
        provider.draft(DELIVERY, a_message(), an_audience(name="board"), AT)


def test_a_server_that_drips_holds_a_tick_no_longer_than_four_timeouts(server: MailServer, hasty: SmtpProvider) -> None:
    server.faults["dot"] = "drip"
    before = monotonic()

    assert sent(hasty) == "ambiguous"

    assert monotonic() - before < 4 * 0.4 + 1


def test_every_fault_has_its_step() -> None:
    tried = {*BEFORE, "half", "dot", "taken", "quit", "starttls", "auth"}
    assert tried == set(get_args(Step))


def test_a_trial_goes_to_each_address_with_its_mark_and_is_recorded_nowhere(
    server: MailServer, filed: SmtpProvider
) -> None:
    outcome = filed.test(a_message(), ["anna@example.org", "ben@example.org"])

    assert outcome.result == "accepted"
    assert [(taken.recipient, taken.mail["To"]) for taken in server.taken] == [
        ("anna@example.org", "anna@example.org"), ("ben@example.org", "ben@example.org"),
    ]  # fmt: skip
    assert {taken.mail["Subject"] for taken in server.taken} == {f"[Test] {a_message().subject}"}
    assert not filed.folder.exists()


def test_a_trial_that_ends_half_way_says_how_far_it_came(server: MailServer, provider: SmtpProvider) -> None:
    server.faults["rcpt"] = "5xx"
    assert provider.test(a_message(), ["anna@example.org"]).result == "refused"
    assert provider.test(a_message(), []).result == "unsent"


def test_the_doctor_greets_the_server_and_gives_it_nothing(server: MailServer, provider: SmtpProvider) -> None:
    findings = provider.doctor([an_audience(), Audience(name="board", provider="letters")])

    assert [finding.ok for finding in findings] == [True, True, False]
    assert [line.split()[0].upper() for line in server.heard] == ["EHLO", "NOOP", "QUIT"]
    assert findings[1].text == f"Its mails go to {LIST}; its server knows who reads them."
    assert "neither an address nor members" in findings[2].text


def test_the_doctor_lists_what_is_in_doubt(server: MailServer, provider: SmtpProvider) -> None:
    server.faults["taken"] = "drop"
    sent(provider)
    server.faults.clear()

    [doubt, *_] = provider.doctor([])

    assert (doubt.ok, doubt.hint) == (False, f"Then: notifier settle {KEY} sent (or failed)")


def test_the_doctor_says_that_others_can_read_the_spool(filed: SmtpProvider) -> None:
    drafted(filed)
    filed.folder.chmod(0o755)
    assert filed.doctor([])[0].hint == f"Run: chmod 700 {filed.folder}"


def test_the_doctor_warns_of_mails_that_travel_unencrypted(folder: Path) -> None:
    provider = a_provider(MailServer(port=9), folder, host="mail.invalid")
    findings = provider.doctor([])
    assert ["unencrypted" in finding.text for finding in findings] == [True, False]


def test_a_provider_shows_no_password(server: MailServer, folder: Path) -> None:
    provider = a_provider(server, folder, username="events", password=lambda: "correct-horse")
    assert "correct-horse" not in f"{provider!r} {provider.server!r}"
