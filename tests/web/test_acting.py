"""What staff decide in the console: only what fits and what they may, exactly what they saw, once, and with their name."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from notifier import desk
from notifier.app import App
from notifier.core.delivery import Delivery, DeliveryStatus
from notifier.core.person import Role
from notifier.edges.clock import FixedClock
from notifier.web.board import Board
from notifier.web.console import Console
from notifier.web.offered import DOINGS, Doing
from tests.builders import at
from tests.test_desk_sending import ASKS, NEWS, Counted, asked, with_config
from tests.test_desk_sending import row as desk_row
from tests.ticking import Site
from tests.web.entering import entered
from tests.web.sites import NOW
from tests.web.test_pages import section, words_of
from tests.web.visiting import ROLES, a_visitor, fields_of, page_of, pressed, put

#: What fits each state, and the first role that may; stated once more, on purpose.
FITS: dict[DeliveryStatus, set[Doing]] = {
    "planned": {"hold", "skip", "approve"}, "held": {"release", "approve", "hold", "skip"}, "drafted": {"hold", "skip"},
    "failed": {"retry", "skip"}, "unknown": {"settle"}, "sending": set(), "sent": set(), "skipped": set(),
    "missed": set(), "withdrawn": set(),
}  # fmt: skip
FIRST: dict[Doing, Role] = {
    "hold": "editor", "skip": "editor", "release": "sender", "retry": "sender", "settle": "sender",
    "approve": "approver",
}  # fmt: skip
PAIRS = [(status, act) for status, acts in FITS.items() for act in sorted(acts)]


@pytest.fixture
def ticked(site: App) -> App:
    site.tick()
    return site


def a_row(site: App, status: DeliveryStatus = "held") -> Delivery:
    """A row in this state, as it comes to be: by the rules where they make such, else as a provider would leave it."""
    ledger = site.ticker.wiring.ledger
    if status in ("held", "skipped", "sent"):
        return ledger.rows(status)[-1]
    planned = next(row for row in ledger.rows("planned") if row.rule == "reminder-week")
    if status != "withdrawn":
        return put(site, planned, status)
    edited(site, "*reading-your-street.md", "date: 2026-12-07", "date: 2026-12-09")
    site.tick()
    return next(row for row in ledger.rows("withdrawn") if row.key == planned.key)


def said(site: App, row: Delivery) -> list[tuple[str, str]]:
    return [(one.act, one.by) for one in site.ticker.wiring.ledger.decided(row.key)]


def now(site: App, row: Delivery) -> str:
    return next(one.status for one in site.ticker.wiring.ledger.rows() if one.key == row.key)


def may(role: Role, act: Doing) -> bool:
    return ROLES.index(role) >= ROLES.index(FIRST[act])


@pytest.mark.parametrize("status", FITS)
def test_a_page_has_a_button_for_each_act_that_fits_and_that_its_visitor_may(
    ticked: App, status: DeliveryStatus
) -> None:
    row = a_row(ticked, status)
    for role in ROLES:
        page = a_visitor(ticked, role).get(page_of(row)).text
        assert set(re.findall(r'href="/outbox/[0-9a-f]+/do/(\w+)"', page)) == {
            act for act in FITS[status] if may(role, act)
        }


@pytest.mark.parametrize("status", FITS)
def test_what_does_not_fit_or_is_not_for_a_role_is_refused_and_changes_nothing(
    ticked: App, status: DeliveryStatus
) -> None:
    row, before = a_row(ticked, status), ticked.ticker.wiring.ledger.version()
    for role in ROLES:
        client = a_visitor(ticked, role)
        for act in DOINGS:
            asked = client.get(page_of(row, act)).status_code
            fits = act in FITS[status] or (act, status) in ALREADY
            assert asked == (403 if not may(role, act) else 200 if fits else 409), (role, act)
            if not may(role, act) or not (fits or (act, status) in HARMLESS):
                assert client.post(page_of(row, act), data={"to": "sent"}).status_code == (
                    403 if not may(role, act) else 409
                )
    assert ticked.ticker.wiring.ledger.version() == before


#: What is so already is said to be so, and is no mistake.
ALREADY = {("release", "planned")}
#: No page offers it, and whoever had one open stops for good what isn't to go out anyway.
HARMLESS = {("hold", "skipped"), ("skip", "skipped")}


@pytest.mark.parametrize(("status", "act"), PAIRS)
def test_a_button_decides_with_the_name_of_its_visitor(ticked: App, status: DeliveryStatus, act: Doing) -> None:
    row = a_row(ticked, status)
    woken: list[int] = []
    ticked.wake = lambda: woken.append(1)
    client = a_visitor(ticked, FIRST[act])
    answered = client.post(
        page_of(row, act), data={**fields_of(client.get(page_of(row, act)).text), "to": "sent", "note": "So it is."}
    )
    assert (answered.status_code, answered.headers["location"]) == (303, f"{page_of(row)}?done={act}")
    assert (said(ticked, row), woken) == ([(act, "Anna")], [1])
    assert "So it is." in client.get(answered.headers["location"]).text


@pytest.mark.parametrize(("act", "status", "becomes"), [
    ("hold", "planned", "held"), ("skip", "held", "skipped"), ("release", "held", "planned"), ("approve", "held", "planned"),
    ("retry", "failed", "planned"),
])  # fmt: skip
def test_a_row_is_then_as_the_act_says(ticked: App, act: Doing, status: DeliveryStatus, becomes: str) -> None:
    row = a_row(ticked, status)
    assert pressed(a_visitor(ticked, "admin"), page_of(row, act)) == 303
    assert now(ticked, row) == becomes


@pytest.mark.parametrize(("to", "becomes"), [("sent", "sent"), ("failed", "failed")])
def test_what_nobody_could_tell_is_settled_either_way(ticked: App, to: str, becomes: str) -> None:
    row = a_row(ticked, "unknown")
    assert pressed(a_visitor(ticked), page_of(row, "settle"), to=to) == 303
    assert now(ticked, row) == becomes


def test_it_is_settled_with_the_time_that_was_given_by_the_sites_clocks(ticked: App) -> None:
    row = put(ticked, next(one for one in ticked.ticker.wiring.ledger.rows("planned")), "unknown")
    ticked.clock = FixedClock(at("2026-12-01 09:00"))
    assert pressed(a_visitor(ticked), page_of(row, "settle"), to="sent", sent_at="2026-11-30T10:30") == 303
    assert next(one.sent_at for one in ticked.ticker.wiring.ledger.rows("sent") if one.key == row.key) == at(
        "2026-11-30 10:30"
    )


@pytest.mark.parametrize(
    "time", ["yesterday", "2026-11-31T10:00", "2026-01-01T10:00", "9999-12-31T23:59", "2026-11-26"]
)
def test_a_time_that_can_not_be_is_said_to_be_wrong_and_nothing_is_settled(ticked: App, time: str) -> None:
    row = a_row(ticked, "unknown")
    assert pressed(a_visitor(ticked), page_of(row, "settle"), to="sent", sent_at=time) == 409
    assert (now(ticked, row), said(ticked, row)) == ("unknown", [])


def test_the_page_says_what_it_is_to_whom_when_and_why_it_waits(ticked: App) -> None:
    text = words_of(a_visitor(ticked).get(page_of(a_row(ticked), "release")).text)
    assert (
        "To newsletter, through outbox, which can't say to how many people" in text
        or "To newsletter, into outbox" in text
    )
    assert re.search(r"Due \w{3} \d+ Dec \d\d:\d\d GMT \(in \d+ days", text)
    assert re.search(r"Why it waits [^?]*The document gives different dates", text)
    assert re.search(r"Release: goes out \w{3} \d+ Dec \d\d:\d\d GMT to newsletter", text)


def test_its_frame_has_the_message_without_origin_script_and_requests(ticked: App) -> None:
    client, row = a_visitor(ticked), a_row(ticked)
    answer = client.get(framed(client.get(page_of(row, "release")).text))
    assert answer.headers["content-security-policy"].startswith("sandbox; default-src 'none';")
    assert "<html" in answer.text


def framed(page: str) -> str:
    """The address of the message that a page shows."""
    (frame,) = re.findall(r'<iframe class="looks" src="([^"]+)" sandbox ', page)
    return str(frame)


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_looking_decides_nothing(ticked: App, method: str) -> None:
    before = ticked.ticker.wiring.ledger.version()
    client = a_visitor(ticked, "admin")
    for status in FITS:
        row = a_row(ticked, status) if status in ("held", "planned", "sent", "skipped") else a_row(ticked)
        for act in DOINGS:
            client.request(method, page_of(row, act), params={"to": "sent", "note": "x"})
    for page in ("/pause", "/resume"):
        client.request(method, page)
    assert ticked.ticker.wiring.ledger.version() == before


def test_an_edit_between_the_page_and_its_button_is_shown_instead_of_let_go(ticked: App) -> None:
    client, row = a_visitor(ticked), a_row(ticked)
    form = fields_of(client.get(page_of(row, "release")).text)
    edited(ticked, "*what-the-counters-said*.md", "What the counters", "How the counters")

    answer = client.post(page_of(row, "release"), data={**form, "note": "Go on."})

    assert (answer.status_code, said(ticked, row)) == (409, [])
    assert "It changed while you looked, so nothing was decided" in answer.text
    assert "Different now: what it says, or to whom it goes." in words_of(answer.text)
    assert ">Go on.</textarea>" in answer.text
    assert pressed(client, page_of(row, "release")) == 303


def test_a_decision_of_somebody_else_meanwhile_is_shown_instead_of_overruled(ticked: App) -> None:
    client, row = a_visitor(ticked), a_row(ticked)
    form = fields_of(client.get(page_of(row, "release")).text)
    desk.hold(ticked, row.key, by="Ben", note="Not yet.")

    answer = client.post(page_of(row, "release"), data=form)

    assert (answer.status_code, now(ticked, row)) == (409, "held")
    assert "what people decided about it" in section(answer.text, "changed")
    assert "Ben held it on Thu 26 Nov 09:55 GMT: Not yet." in words_of(answer.text)


@pytest.mark.parametrize("terms", ["", "nonsense", "a.b.c.d.e.f", "0" * 5000, "<script>"])
@pytest.mark.parametrize(
    ("act", "status"), [("release", "held"), ("approve", "planned"), ("retry", "failed"), ("settle", "unknown")]
)
def test_nothing_is_let_go_without_having_been_shown(
    ticked: App, act: Doing, status: DeliveryStatus, terms: str
) -> None:
    row = a_row(ticked, status)
    answer = a_visitor(ticked, "admin").post(page_of(row, act), data={"terms": terms, "to": "sent"})
    assert (answer.status_code, said(ticked, row), "<script" in answer.text) == (409, [], False)


@pytest.mark.parametrize(("status", "act"), PAIRS)
def test_a_button_that_is_pressed_twice_decides_once(ticked: App, status: DeliveryStatus, act: Doing) -> None:
    client, row = a_visitor(ticked, "admin"), a_row(ticked, status)
    form = {**fields_of(client.get(page_of(row, act)).text), "to": "sent"}
    first, second = (client.post(page_of(row, act), data=form) for _ in range(2))
    assert (first.status_code, second.status_code) == (303, 303)
    assert first.headers["location"] == second.headers["location"]
    assert said(ticked, row) == [(act, "Anna")]


def test_an_outcome_is_the_ledgers_and_not_the_addresss(ticked: App) -> None:
    client, row = a_visitor(ticked), a_row(ticked)
    for done in ("hold", "<script>", "sent", "release"):
        assert "Anna released" not in client.get(page_of(row), params={"done": done}).text
    pressed(client, page_of(row, "release"))
    shown = client.get(page_of(row), params={"done": "release"}).text
    assert "Anna released it on Thu 26 Nov 09:55 GMT. It goes out on" in words_of(shown)
    assert client.get(page_of(row), params={"done": "hold"}).text.count("Nothing was changed") == 1


def test_two_people_at_the_same_moment_are_both_told_the_truth(ticked: App) -> None:
    row, console = a_row(ticked), Console(Board(ticked))
    ledger, at_once = ticked.ticker.wiring.ledger, threading.Barrier(8)
    acts: list[tuple[Doing, str]] = [("release", "Anna"), ("skip", "Ben")] * 4
    clients = [a_visitor(ticked, "admin", name, console=console) for _, name in acts]
    forms = [fields_of(client.get(page_of(row, act)).text) for client, (act, _) in zip(clients, acts, strict=True)]
    answers: dict[int, int] = {}

    def press(number: int) -> None:
        at_once.wait()
        answers[number] = clients[number].post(page_of(row, acts[number][0]), data=forms[number]).status_code

    together([threading.Thread(target=press, args=(number,)) for number in range(8)])

    last = ledger.decided(row.key)[-1]
    assert now(ticked, row) == {"skip": "skipped", "release": "planned"}[last.act]
    assert [one.act for one in ledger.decided(row.key)] in (["skip"], ["release", "skip"])
    assert {answers[number] for number in range(1, 8, 2)} == {303}


def test_acts_and_ticks_at_the_same_time_lose_nothing(ticked: App) -> None:
    rows, failed = [a_row(ticked), a_row(ticked, "planned")], list[BaseException]()
    console, stop = Console(Board(ticked)), threading.Event()

    def tick() -> None:
        try:
            while not stop.is_set():
                edited(ticked, "*reading-your-street.md", "Reading", "Reading again")
                ticked.tick()
        except Exception as error:  # noqa: BLE001 - whatever it is, the test is to say so
            failed.append(error)

    def act(name: str) -> None:
        client = a_visitor(ticked, "admin", name, console=console)
        for row in rows * 4:
            for doing in ("hold", "skip"):
                assert pressed(client, page_of(row, doing)) == 303

    ticking = threading.Thread(target=tick)
    ticking.start()
    together([threading.Thread(target=act, args=(name,)) for name in ("Anna", "Ben")])
    stop.set()
    ticking.join()
    ticked.tick()
    assert failed == []
    assert [now(ticked, row) for row in rows] == ["skipped", "skipped"]


def together(threads: list[threading.Thread]) -> None:
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def edited(site: App, files: str, old: str, new: str) -> None:
    path = next((site.config.parent / "_events").glob(files))
    fresh = path.with_suffix(".new")
    fresh.write_text(path.read_text(encoding="utf-8").replace(old, new, 1), encoding="utf-8")
    fresh.replace(path)


def test_a_note_with_script_is_shown_as_text(ticked: App) -> None:
    client, row = a_visitor(ticked), a_row(ticked)
    assert pressed(client, page_of(row, "hold"), note='</textarea><script>alert("1")</script>') == 303
    for page in ("/", "/audit", page_of(row), page_of(row, "release"), f"/events/{row.event_uids[0]}"):
        assert "<script" not in client.get(page).text
    assert "&lt;script&gt;" in client.get("/audit").text


def test_a_note_that_is_too_long_comes_back_whole_and_nothing_is_decided(ticked: App) -> None:
    client, row = a_visitor(ticked), a_row(ticked)
    note = "<é" * 5000
    answer = client.post(page_of(row, "hold"), data={"note": note})
    assert (answer.status_code, said(ticked, row)) == (400, [])
    assert "The note has 10,000 signs, and at most 1,000 are kept." in words_of(answer.text)
    assert "&lt;é" * 5000 in answer.text


def test_a_note_of_the_most_signs_is_kept(ticked: App) -> None:
    row = a_row(ticked)
    assert pressed(a_visitor(ticked), page_of(row, "hold"), note="ü" * 1000) == 303
    assert ticked.ticker.wiring.ledger.decided(row.key)[0].note == "ü" * 1000


@pytest.mark.parametrize(
    ("content", "kind", "status"),
    [
        (b"note=" + b"x" * 300_000, "application/x-www-form-urlencoded", 413),
        (b"note=%ff", "application/x-www-form-urlencoded", 400),
        (b"&a=1" * 100, "application/x-www-form-urlencoded", 400),
        (b'{"note": ""}', "application/json", 415),
        (b"", "text/plain", 415),
    ],
)
def test_what_no_form_sends_is_refused(ticked: App, content: bytes, kind: str, status: int) -> None:
    row = a_row(ticked)
    for page in (page_of(row, "hold"), "/pause", "/resume"):
        answer = a_visitor(ticked, "admin").post(page, content=content, headers={"content-type": kind})
        assert answer.status_code == status
    assert ticked.ticker.wiring.ledger.decided() == ()


@pytest.mark.parametrize("path", [
    "/outbox/0123456789ab/do/hold", "/outbox/x/do/hold", "/outbox/{hash}/do/send", "/outbox/{hash}/do/pause",
    "/outbox/{hash}/do/HOLD", "/outbox/{hash}/do/", "/outbox/{hash}/do/hold/", "/outbox/{hash}/do/hold/message.txt",
])  # fmt: skip
def test_an_address_that_is_none_of_these_is_not_there(ticked: App, path: str) -> None:
    client = a_visitor(ticked, "admin")
    address = path.replace("/outbox/{hash}", page_of(a_row(ticked)))
    assert client.get(address).status_code == 404
    assert client.post(address, data={"note": ""}).status_code in (404, 405)
    assert ticked.ticker.wiring.ledger.decided() == ()


def test_nobody_decides_without_having_logged_in(ticked: App) -> None:
    client, row = a_visitor(ticked, None), a_row(ticked)
    for act in DOINGS:
        for answer in (client.get(page_of(row, act)), client.post(page_of(row, act), data={})):
            assert (answer.status_code, answer.headers["location"].partition("?")[0]) == (303, "/login")
    assert ticked.ticker.wiring.ledger.decided() == ()


def test_nobody_sees_buttons_and_everybody_else_the_commands_folded_away(ticked: App) -> None:
    row = a_row(ticked)
    nobody, sender = a_visitor(ticked, None).get(page_of(row)).text, a_visitor(ticked).get(page_of(row)).text
    assert ("/do/" in nobody, f"<code>notifier release {row.key}</code>" in nobody) == (False, True)
    assert re.search(
        rf"<details>\s*<summary>The same on the command line</summary>[^~]*notifier release {re.escape(row.key)}",
        sender,
    )
    assert "“Release” lets it go, exactly as it is now." in words_of(sender)


def test_a_refusal_names_the_button_in_place_of_the_command(ticked: App) -> None:
    row = a_row(ticked, "failed")
    trouble = section(a_visitor(ticked).get(page_of(row, "release")).text, "trouble")
    linked = a_visitor(ticked).get(page_of(row, "release")).text
    assert "notifier" not in trouble
    assert f'<a href="{page_of(row, "retry")}">Retry</a>' in linked


def test_a_person_takes_back_a_skip(ticked: App) -> None:
    client, row = a_visitor(ticked), a_row(ticked, "planned")
    assert pressed(client, page_of(row, "skip")) == 303
    assert page_of(row, "release") in client.get(page_of(row)).text
    assert pressed(client, page_of(row, "release")) == 303
    assert now(ticked, row) == "planned"


def test_home_and_the_page_of_an_event_have_the_buttons_too(ticked: App) -> None:
    client = a_visitor(ticked)
    held = ticked.ticker.wiring.ledger.rows("held")
    home, event = client.get("/").text, client.get(f"/events/{held[0].event_uids[0]}").text
    assert all(page_of(row, "release") in home for row in held)
    assert page_of(held[0], "release") in event
    assert "/do/" not in a_visitor(ticked, "viewer").get("/").text


def test_a_site_that_can_not_be_read_decides_nothing_and_says_why(ticked: App, tmp_path: Path) -> None:
    client, row = a_visitor(ticked), a_row(ticked)
    form = fields_of(client.get(page_of(row, "release")).text)
    (ticked.config.parent / "_events").rename(tmp_path / "elsewhere")
    answer = client.post(page_of(row, "release"), data=form)
    assert (answer.status_code, said(ticked, row)) == (409, [])


def test_a_changed_configuration_is_looked_at_from_then_on(ticked: App) -> None:
    client, row = a_visitor(ticked), ticked.ticker.wiring.ledger.rows("held")[0]
    form = fields_of(client.get(page_of(row, "release")).text)
    text = ticked.config.read_text(encoding="utf-8")
    ticked.config.write_text(text.replace('at: "10:00"', 'at: "11:00"'), encoding="utf-8")
    ticked.refresh()
    answer = client.post(page_of(row, "release"), data=form)
    assert (answer.status_code, "when it is due" in section(answer.text, "changed")) == (409, True)


@pytest.fixture
def by_hand(tmp_path: Path) -> Iterator[Site]:
    """A site where Anna has asked for two mails, and another person has to approve them."""
    with Site(tmp_path, Counted()) as made:
        with_config(made, *ASKS)
        asked(made)
        asked(made, NEWS)
        made.tick("2026-11-23 12:01")
        yield made


def test_whoever_asked_for_a_mail_is_told_that_another_has_to_approve_it(by_hand: Site) -> None:
    waiting, client = desk_row(by_hand), a_visitor(by_hand.app, "approver", "Anna")
    answer = client.post(page_of(waiting, "approve"), data=fields_of(client.get(page_of(waiting, "approve")).text))
    assert answer.status_code == 409
    assert "so another person has to approve it (the rule by-hand)." in section(answer.text, "trouble")
    assert f'To be done with it: <a href="{page_of(waiting, "skip")}">Skip</a>' in answer.text


def test_another_person_approves_it_after_seeing_it(by_hand: Site) -> None:
    client = a_visitor(by_hand.app, "approver", "Ben")
    for waiting in (row for row in by_hand.rows() if row.kind == "one_off"):
        page = client.get(page_of(waiting, "approve")).text
        assert ("a friend" if waiting.event_uids else "To number") in client.get(framed(page)).text
        assert client.post(page_of(waiting, "approve"), data=fields_of(page)).status_code == 303
    assert {row.status for row in by_hand.rows() if row.kind == "one_off"} == {"planned"}


def test_a_button_says_to_how_many_people_it_goes(by_hand: Site) -> None:
    text = words_of(a_visitor(by_hand.app, "approver", "Ben").get(page_of(desk_row(by_hand), "approve")).text)
    assert "To newsletter: 100 people, through letters" in text
    assert "Approve: goes out Mon 23 Nov 12:05 GMT to 100 people" in text


def test_its_clock_is_the_sites(ticked: App) -> None:
    row = a_row(ticked)
    pressed(a_visitor(ticked), page_of(row, "hold"))
    assert ticked.ticker.wiring.ledger.decided(row.key)[0].at == NOW


def test_who_has_logged_in_decides_by_the_forms_of_the_whole_console(ticked: App) -> None:
    client, row = entered(ticked, "Anna", "sender"), a_row(ticked)
    assert pressed(client, page_of(row, "hold")) == 303
    assert pressed(client, page_of(row, "approve")) == 403
    assert pressed(client, "/pause") == 303
    assert [one.by for one in ticked.ticker.wiring.ledger.decided()] == ["Anna", "Anna"]


@pytest.mark.parametrize("fields", [
    {"sec-fetch-site": "cross-site"}, {"sec-fetch-site": "same-site"}, {"sec-fetch-site": "none"},
    {"sec-fetch-site": "", "origin": "https://evil.example.com"},
])  # fmt: skip
def test_another_site_makes_nobody_decide(ticked: App, fields: dict[str, str]) -> None:
    client, row = entered(ticked, "Anna", "admin"), a_row(ticked)
    for page in (page_of(row, "hold"), page_of(row, "release"), "/pause", "/resume"):
        assert client.post(page, data={"note": ""}, headers=fields).status_code == 403
    assert ticked.ticker.wiring.ledger.decided() == ()
