"""The pages on which people decide about a delivery: what it is, what follows from the act, and one button that says so.

They call the same functions as the command line (`notifier.desk`). Looking never decides, and what was looked at is what is decided about.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http import HTTPStatus

import structlog
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from notifier import desk
from notifier.core.approval import fingerprint, is_for
from notifier.core.delivery import Decision, Delivery, key_hash
from notifier.core.event import Event, Reason
from notifier.core.person import Person
from notifier.core.zones import instant, zone_named
from notifier.desk.terms import Case, Terms, case_of, people_of, refusal, terms_of
from notifier.errors import UserError
from notifier.tick.writing import faults_of, message_of
from notifier.web import words
from notifier.web.board import Board, Line
from notifier.web.messages import Shown, of_message, shown
from notifier.web.offered import DEEDS, DOINGS, LABELS, SENTENCES, Doing, address, fitting, mark, moved, with_buttons
from notifier.web.outbox import row_of
from notifier.web.own_looks import OwnLooks, form_of, note_in, too_long
from notifier.web.visitor import demand

#: Acts by which something goes out, so that exactly what is shown is what goes.
_LETS_GO: frozenset[Doing] = frozenset({"release", "approve", "retry"})
#: A form's time, as browsers send it.
_LOCAL = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?", re.ASCII)
_AS_FOR_FORMS = "%Y-%m-%dT%H:%M"
Page = Callable[..., Response]
Framed = Callable[[bytes], Response]


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What somebody is asked to decide about. `questions` are why it waits; `mark` stands for all that is shown."""

    act: Doing
    row: Delivery
    line: Line
    events: tuple[Event, ...]
    questions: tuple[Reason, ...]
    people: int | None
    message: Shown
    frame: str
    mark: str
    is_settled: bool
    is_overdue: bool
    paused: Decision | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Again:
    """Why a page is shown once more instead of an outcome: what changed, or what is wrong. `form` is what was written."""

    changed: tuple[str, ...] = ()
    trouble: str = ""
    status: HTTPStatus = HTTPStatus.OK
    form: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pressed:
    """A button that somebody pressed, with what the form said. `sent_at` is when it went out, where no form says so."""

    act: Doing
    key: str
    by: str
    form: Mapping[str, str]
    sent_at: datetime | None = None


class Acting:
    """/outbox/HASH/do/ACT. `page` fills a page, `framed` answers with a message."""

    def __init__(self, board: Board, looks: OwnLooks, page: Page, framed: Framed) -> None:
        self.board, self.looks = board, looks
        self._page, self._framed = page, framed

    def routes(self) -> list[Route]:
        place = "/outbox/{hashed}/do/{act}"
        return [
            Route(place, self.ask, methods=["GET"]),
            Route(place, self.act, methods=["POST"]),
            Route(f"{place}/message.html", self.message, methods=["GET"]),
        ]

    def ask(self, request: Request) -> Response:
        """The page that asks. It decides nothing."""
        act, person = _act_of(request), demand(request, DEEDS[_act_of(request)])
        return self._asking(request, act, person, Again())

    async def act(self, request: Request) -> Response:
        """What the button of the page does."""
        act = _act_of(request)
        person = demand(request, DEEDS[act])
        form = await form_of(request)
        return await run_in_threadpool(self._acted, request, act, person, form)

    def message(self, request: Request) -> Response:
        """The message as it would go out, for the frame of the page."""
        act = _act_of(request)
        demand(request, DEEDS[act])
        key = row_of(self.board, request).key
        site = self.looks.site()
        found = _message(site, case_of(site, key, act))
        if "message.html" not in found.files:
            raise HTTPException(HTTPStatus.NOT_FOUND, found.note)
        return self._framed(found.files["message.html"])

    def _acted(self, request: Request, act: Doing, person: Person, form: dict[str, str]) -> Response:
        key, note = row_of(self.board, request).key, note_in(form)
        if wrong := too_long(note):
            return self._asking(request, act, person, Again(trouble=wrong, status=HTTPStatus.BAD_REQUEST, form=form))
        try:
            changed = self.looks.decide(lambda site: press(site, Pressed(act=act, key=key, by=person.name, form=form)))
        except UserError as error:
            return self._asking(
                request, act, person, Again(trouble=error.message, status=HTTPStatus.CONFLICT, form=form)
            )
        if changed:
            return self._asking(request, act, person, Again(changed=changed, status=HTTPStatus.CONFLICT, form=form))
        return RedirectResponse(f"/outbox/{key_hash(key)}?done={act}", HTTPStatus.SEE_OTHER)

    def _asking(self, request: Request, act: Doing, person: Person, again: Again) -> Response:
        row = row_of(self.board, request)
        found: Asked | None = None
        trouble, status = again.trouble, again.status
        try:
            found = self.asked(act, row)
        except UserError as error:
            # Of two complaints the first is about what was pressed.
            trouble, status = trouble or error.message, HTTPStatus.CONFLICT
        line = found.line if found is not None else self.board.lines([row])[0]
        zone, now = self.board.zone, self.board.now
        return self._page(
            request, "act.html", status=status, act=act, label=LABELS[act], asked=found, line=line, row=line.row,
            sentence=SENTENCES[act], changed=again.changed, form=again.form,
            trouble=[with_buttons(text, row.key, person) for text in trouble.splitlines()],
            button=_button(found, zone, now) if found is not None else "", whom=whom(found.row, found.people) if found else "",
            due=words.moment(row.due_at, zone, now), place=address(row.key, act),
            earliest=_for_form(row.due_at, zone), latest=_for_form(now, zone), zone=zone,
            decided=self.board.decided([row]),
        )  # fmt: skip

    def asked(self, act: Doing, row: Delivery) -> Asked:
        """What somebody would decide about. Raises UserError for what can't be decided, with what can."""
        site = self.looks.site()
        case = case_of(site, row.key, act)
        if act not in (*fitting(case.now, case.last), *_already(case, act)):
            raise refusal(case)
        terms = _terms(case, act)
        letting = act in ("release", "approve")
        return Asked(
            act=act, row=case.now, line=self.board.lines([case.now])[0], events=case.events(), questions=terms.questions,
            people=people_of(site, case.now),
            message=_message(site, case) if act in _LETS_GO else shown(self.board, case.now),
            frame=f"{address(row.key, act)}/message.html" if act in _LETS_GO else f"/outbox/{key_hash(row.key)}/message.html",
            mark=mark(terms),
            is_settled=is_so(case, terms, act) if letting else bool(_already(case, act)),
            is_overdue=case.now.due_at <= case.look.at, paused=case.look.memory.paused,
        )  # fmt: skip


def press(site: desk.Site, pressed: Pressed) -> tuple[str, ...]:
    """Decide; or the names of what has changed since it was shown, and then nothing is decided."""
    terms: Terms | None = None
    if pressed.act not in ("hold", "skip"):
        case = case_of(site, pressed.key, pressed.act)
        if _is_done(case, pressed, site):
            return ()
        terms = _terms(case, pressed.act)
        if changed := moved(pressed.form.get("terms", ""), mark(terms)):
            return changed
    if _done(site, pressed, terms).is_new:
        structlog.get_logger().info("decided", act=pressed.act, key=pressed.key)
    return ()


def _done(site: desk.Site, pressed: Pressed, terms: Terms | None) -> desk.Acted:
    key, by, note = pressed.key, pressed.by, note_in(pressed.form)
    match pressed.act:
        case "hold":
            return desk.hold(site, key, by=by, note=note)
        case "skip":
            return desk.skip(site, key, by=by, note=note)
        case "release":
            return desk.release(site, key, by=by, note=note, seen=terms)
        case "approve":
            return desk.approve(site, key, by=by, note=note, seen=terms)
        case "retry":
            return desk.retry(site, key, by=by, note=note)
        case "settle":
            return _settled(site, pressed)


def _settled(site: desk.Site, pressed: Pressed) -> desk.Acted:
    note, zone = note_in(pressed.form), site.ticker.wiring.rules.site.timezone
    match pressed.form.get("to"):
        case "sent":
            at = pressed.sent_at or time_in(pressed.form.get("sent_at", ""), zone)
            return desk.settle(site, pressed.key, "sent", by=pressed.by, note=note, sent_at=at)
        case "failed":
            return desk.settle(site, pressed.key, "failed", by=pressed.by, note=note)
        case _:
            raise UserError("The form doesn't say whether it went out.", "Press one of the two buttons.")


def _is_done(case: Case, pressed: Pressed, site: desk.Site) -> bool:
    """Whether this is what the same person said last about it, and it is so: the button was pressed twice."""
    act, said = pressed.act, next(reversed(site.ticker.wiring.ledger.decided(case.key)), None)
    if said is None or (said.act, said.by) != (act, pressed.by):
        return False
    if act == "settle":
        return case.now.status == pressed.form.get("to")
    if act == "retry":
        return case.now.status != "failed"
    if act not in ("release", "approve"):
        return False
    if case.now.status not in ("planned", "held", "skipped"):
        return True
    return is_for(said, terms_of(case, act).fingerprint, case.look.at)


def _message(site: desk.Site, case: Case) -> Shown:
    """Exactly what would go out, by this very look."""
    wiring = site.ticker.wiring
    try:
        message = message_of(case.now, case.look, wiring)
    except (UserError, ValueError, LookupError) as error:
        said = error.message if isinstance(error, UserError) else "It can't be written as things are."
        return Shown(note=said, files={})
    note = "This is exactly what goes out, as far as it can be told before its time."
    return of_message(message, note, faults_of(case.now, message, case.look, wiring))


def outcome(board: Board, row: Delivery, done: str) -> str:
    """What became of it by the last decision about it, if that was such an act; else that nothing did. "" for no act."""
    if done not in (*DOINGS, "annotate"):
        return ""
    said = next(reversed(board.app.ticker.wiring.ledger.decided(row.key)), None)
    if said is None or said.act != done:
        return "Nothing was changed: it stands as below."
    return f"{words.decided(said, board.zone, board.now)} {_stands(row, said, board)}"


def _stands(row: Delivery, said: Decision, board: Board) -> str:
    at = words.clock(row.due_at, board.zone, board.now)
    match row.status:
        case "planned":
            return f"It goes out {'at the next tick' if row.due_at <= board.now else f'on {at}'}."
        case "held" if said.act in ("release", "approve", "retry"):
            return "It waits all the same, for what is said below."
        case "skipped":
            return "It is not sent."
        case "held":
            return "It does not go out before somebody releases it."
        case _:
            return words.STATUSES[row.status].sentence


def is_so(case: Case, terms: Terms, act: Doing) -> bool:
    """Whether a person has let it go as it is already, or nothing waits for a release."""
    if act == "release" and case.now.status == "planned":
        return True
    return case.last is not None and case.last.act == act and is_for(case.last, terms.fingerprint, case.look.at)


def _already(case: Case, act: Doing) -> tuple[Doing, ...]:
    """The act, where it would change nothing."""
    last = case.last.act if case.last is not None else None
    status = case.now.status
    is_so_already = (
        (act == "hold" and status == "held" and last == "hold")
        or (act == "skip" and status == "skipped" and last == "skip")
        or (act == "release" and status == "planned")
        or (act == "approve" and status == "planned" and last == "approve")
    )
    return (act,) if is_so_already else ()


def _terms(case: Case, act: Doing) -> Terms:
    """What is decided about: of what goes out its very content, of all else how it stands."""
    if act in ("release", "approve"):
        return terms_of(case, act)
    wanted = case.with_word(case.last) if act == "retry" else None
    written = case.look.memory.note(case.key)
    content = fingerprint(wanted, case.events(), case.rules, note=written) if wanted is not None else ""
    stands = f"{case.now.status} {case.now.attempts}"
    return Terms(fingerprint=content, status=stands, questions=case.now.reasons, last=case.last)


def _act_of(request: Request) -> Doing:
    found = next((act for act in DOINGS if act == request.path_params["act"]), None)
    if found is None:
        raise HTTPException(
            HTTPStatus.NOT_FOUND, "There is no such act. The page of a delivery has those that there are."
        )
    return found


def whom(row: Delivery, people: int | None) -> str:
    """To whom it goes, and how many they are."""
    match people:
        case None:
            return f"{row.audience}, through {row.provider}, which can't say to how many people"
        case 0:
            return f"{row.audience}, into {row.provider}, a folder that nobody is mailed from"
        case _:
            return f"{row.audience}: {words.count(people, 'person', 'people')}, through {row.provider}"


def _button(asked: Asked, zone: str, now: datetime) -> str:
    """What happens when it is pressed."""
    at = words.clock(asked.row.due_at, zone, now)
    match asked.act:
        case "hold":
            return f"Hold: does not go out {'now' if asked.is_overdue else at}"
        case "skip":
            return "Skip: never goes out"
        case "settle":
            return ""
        case act:
            return f"{LABELS[act]}: {_goes_out(asked, at)}"


def _goes_out(asked: Asked, at: str) -> str:
    people = words.count(asked.people, "person", "people") if asked.people else asked.row.audience
    if {reason.code for reason in asked.questions} & words.GATES:
        return "still waits for what is said above"
    if asked.paused is not None:
        return f"goes out to {people} once everything is resumed"
    return f"goes out {'at the next tick' if asked.is_overdue or asked.act == 'retry' else at} to {people}"


def time_in(text: str, zone: str) -> datetime | None:
    """The instant of a form's local time; None where nothing was written."""
    if not text.strip():
        return None
    try:
        at = datetime.fromisoformat(text.strip()) if _LOCAL.fullmatch(text.strip()) else None
    except ValueError:
        at = None
    if at is None or not 1970 <= at.year < 3000:
        raise UserError("That is not a time.", f"Write it as 2026-12-09T10:00, by the clocks of {zone}.")
    return instant(at.date(), at.time(), zone).astimezone(UTC)


def _for_form(at: datetime, zone: str) -> str:
    return at.astimezone(zone_named(zone)).strftime(_AS_FOR_FORMS)
