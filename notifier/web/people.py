"""The pages on which an admin says who may log in. A link for a password is shown on the answer that makes it, and nowhere else."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Literal, get_args

import structlog
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from notifier.core.person import LONGEST_NAME, ROLES, Person, Role, digest_of, folded, is_last_admin
from notifier.core.plain import one_line
from notifier.desk import people
from notifier.desk.people import Changed, Invited
from notifier.errors import UserError
from notifier.web import words
from notifier.web.board import Board
from notifier.web.guard import is_public
from notifier.web.own_looks import OwnLooks, Standing, form_of
from notifier.web.visitor import demand, visitor_of

#: What may be done about somebody who has an account.
Turn = Literal["role", "link", "disable", "enable"]
#: What each role may do, in a few words; each may do what those before it may, too.
MAY: Mapping[Role, str] = {
    "viewer": "looks at everything",
    "editor": "holds and skips mails, and pauses everything",
    "sender": "lets mails go out",
    "approver": "approves what others send",
    "admin": "changes people, tokens and the mode",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """Somebody as the pages show them. `id` names them in an address, where their name needn't be."""

    person: Person
    id: str
    since: words.Moment
    seen: words.Moment | None
    disabled: words.Moment | None
    is_self: bool
    is_last_admin: bool


class People:
    """/people, /people/add and /people/ID/role, .../link, .../disable and .../enable. `page` fills a page."""

    def __init__(self, board: Board, looks: OwnLooks, page: Callable[..., Response]) -> None:
        self.board, self.looks = board, looks
        self._page = page

    def routes(self) -> list[Route]:
        turn = "/people/{id}/{act}"
        return [
            Route("/people", self.show, methods=["GET"]),
            Route("/people/add", self.add, methods=["POST"]),
            Route(turn, self.ask, methods=["GET"]),
            Route(turn, self.turn, methods=["POST"]),
        ]

    def show(self, request: Request) -> Response:
        """Everybody who has an account, and the form for somebody new."""
        demand(request, "govern")
        return self._listing(request)

    async def add(self, request: Request) -> Response:
        """Makes an account, and shows the link for its password. Sent again it is refused: by then there is one."""
        by = demand(request, "govern").name
        form = await form_of(request)
        return await run_in_threadpool(self._added, request, by, form)

    def ask(self, request: Request) -> Response:
        """Asks whether that is to be done."""
        demand(request, "govern")
        return self._asking(request, *self._meant(request))

    async def turn(self, request: Request) -> Response:
        """Does it. Sent again it changes nothing, except that another link takes the place of the one before."""
        by = demand(request, "govern").name
        form = await form_of(request)
        return await run_in_threadpool(self._turned, request, by, form)

    def _added(self, request: Request, by: str, form: Mapping[str, str]) -> Response:
        name, role = form.get("name", ""), _role_in(form)
        if role is None:
            return self._listing(request, name=name, trouble="Choose what they may do.")
        try:
            made = self.looks.decide(lambda site: people.add(site, name, role, by=by))
        except UserError as error:
            known = next((one for one in self._everybody(request) if folded(one.person.name) == folded(name)), None)
            # What the command line says next is a button here.
            trouble = f"There is {known.person.name} already, {known.since.text}." if known else error.message
            return self._listing(request, name=name, role=role, trouble=trouble, known=known)
        return self._shown(request, made)

    def _turned(self, request: Request, by: str, form: Mapping[str, str]) -> Response:
        act, one = self._meant(request)
        name, role = one.person.name, _role_in(form)
        if act == "role" and role is None:
            return self._asking(request, act, one, trouble="Choose what they may do.")
        try:
            if act == "link":
                return self._shown(request, self.looks.decide(lambda site: people.link(site, name, by=by)))
            done = self.looks.decide(lambda site: _change(site, act, name, role=role, by=by))
        except UserError as error:
            return self._asking(request, act, one, trouble=self._refused(request, act, error))
        if done.is_new:
            structlog.get_logger().info("user_changed")
        return self._asking(request, act, self._listed(request, done.person), said=_said(act, done))

    def _refused(self, request: Request, act: Turn, error: UserError) -> str:
        """What is wrong, without commands: the page has links that do the same."""
        now = self._meant(request)[1]
        if act == "link" and now.disabled:
            return f"{now.person.name} is disabled, and a link would open nothing."
        return LAST.format(now.person.name) if now.is_last_admin else error.message

    def _listing(
        self,
        request: Request,
        *,
        name: str = "",
        role: Role | None = None,
        trouble: str = "",
        known: Listed | None = None,
    ) -> Response:
        return self._page(
            request, "people.html", status=HTTPStatus.CONFLICT if trouble else HTTPStatus.OK, everybody=self._everybody(request),
            roles=MAY, written=one_line(name)[:LONGEST_NAME], role=role, trouble=trouble, known=known, longest=LONGEST_NAME,
        )  # fmt: skip

    def _asking(self, request: Request, act: Turn, one: Listed, *, said: str = "", trouble: str = "") -> Response:
        return self._page(
            request, "person.html", status=HTTPStatus.CONFLICT if trouble else HTTPStatus.OK, act=act, one=one, said=said,
            trouble=trouble, roles=MAY,
        )  # fmt: skip

    def _shown(self, request: Request, made: Invited) -> Response:
        structlog.get_logger().info("user_link_made")
        addresses = [f"{place}{made.path}" for place in self._consoles(request)]
        return self._page(request, "invited.html", person=made.person, addresses=addresses)

    def _consoles(self, request: Request) -> Sequence[str]:
        """Where this console was called, and where others find it."""
        site, host = self.board.app.settings.rules.site, request.headers.get("host", "")
        far = site.public_url.rstrip("/")
        if is_public(host.lower(), site.public_url):
            return [far]
        here = f"{request.url.scheme}://{host}"
        # Without a public_url of its own it is where the website is, which is somebody else's to answer.
        is_known = site.public_url.startswith("https://") and site.public_url != site.url
        return [here, far] if is_known else [here]

    def _everybody(self, request: Request) -> list[Listed]:
        return [self._listed(request, one) for one in people.people(self.looks.site())]

    def _listed(self, request: Request, person: Person) -> Listed:
        zone, now, visitor = self.board.zone, self.board.now, visitor_of(request)
        return Listed(
            person=person,
            id=_id_of(person),
            since=words.moment(person.added_at, zone, now),
            seen=words.moment(person.last_login_at, zone, now) if person.last_login_at else None,
            disabled=words.moment(person.disabled_at, zone, now) if person.disabled_at else None,
            is_self=visitor is not None and folded(visitor.name) == folded(person.name),
            is_last_admin=is_last_admin(person.name, people.people(self.looks.site())),
        )

    def _meant(self, request: Request) -> tuple[Turn, Listed]:
        act = next((one for one in get_args(Turn) if one == request.path_params["act"]), None)
        known = people.people(self.looks.site()) if act else ()
        person = next((one for one in known if _id_of(one) == request.path_params["id"]), None)
        if act is None or person is None:
            raise HTTPException(HTTPStatus.NOT_FOUND, "There is no such account. Those that there are: People.")
        return act, self._listed(request, person)


#: As `notifier users` says it; what to do instead is on the page.
LAST = "{} is the last admin, and nobody could change anything about people any more. Make somebody else admin first."


def _change(site: Standing, act: Turn, name: str, *, role: Role | None, by: str) -> Changed:
    if act == "disable":
        return people.disable(site, name, by=by)
    return people.change_role(site, name, role, by=by) if role is not None else people.enable(site, name, by=by)


def _said(act: Turn, done: Changed) -> str:
    """What came of it, as `notifier users` says it."""
    one = done.person
    match act:
        case "disable" if done.is_new:
            return f"Disabled: {one.name}, who is logged out everywhere."
        case "disable":
            return f"{one.name} was disabled already."
        case "enable" if done.is_new:
            return f"Enabled: {one.name}, who may log in again as {one.role}."
        case "enable":
            return f"{one.name} isn't disabled."
        case _:
            return f"{one.name} is {one.role} {'now' if done.is_new else 'already'}."


def _role_in(form: Mapping[str, str]) -> Role | None:
    return next((one for one in ROLES if one == form.get("role")), None)


def _id_of(person: Person) -> str:
    """What names a person in an address, so that neither a log of one nor a browser's history has their name."""
    return digest_of(folded(person.name))[:16]
