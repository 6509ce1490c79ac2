"""The pages on which readers subscribe: made of public values alone, needing neither a script nor this server.

They are the same bytes at the same addresses, beside the calendars, whether this server answers or a folder of files.
"""

from __future__ import annotations

import base64
import hashlib
import heapq
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from http import HTTPStatus
from typing import Any

import segno
from starlette.concurrency import run_in_threadpool
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response

from notifier.app import App
from notifier.config.colours import COLOURS
from notifier.core.disclosure import disclosure, hidden_in
from notifier.core.entry import notes, shown
from notifier.core.event import Event, Timed
from notifier.core.languages import in_english
from notifier.core.links import Link, subscribe_links
from notifier.core.manifest import INDEX, page_file
from notifier.core.plain import clean_text, http_url, one_line
from notifier.core.public import public_view
from notifier.core.rule import Feed, Rules, Site
from notifier.core.schedule import ends_at, starts_at
from notifier.core.span import FeedPlan, archive_of
from notifier.core.wording import when_lines
from notifier.errors import Problem, UserError
from notifier.tick import Look, Report
from notifier.tick.wiring import entry_of, feed_address
from notifier.web.templating import filled

#: How many of the next events a page shows.
SHOWN = 8
_PAGE = re.compile(r"/feeds/(subscribe(?:-[a-z0-9-]{1,100})?\.html)", re.ASCII)
#: A clock's time must not end a line before it says which half of the day.
_HALF = re.compile(r" (am|pm|noon|midnight)\b")
_SHORT = re.compile(r"/subscribe(?:/([a-z0-9-]{1,100}))?", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Coming:
    """One of the next events. `when` are its own time, then the site's where it differs; `iso` is for machines.

    `more` is where it is, and what a reader must know besides. `is_off`: it doesn't take place then, as its title says.
    """

    title: str
    url: str | None
    when: tuple[str, ...]
    iso: str
    more: tuple[str, ...]
    is_off: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """A calendar as its page offers it. `page` is the page's own address; `archive` the file of what is over, or None."""

    name: str
    title: str
    description: str
    colour: str | None
    file: str
    address: str
    page: str
    links: Mapping[str, str]
    archive: str | None
    coming: tuple[Coming, ...]

    @property
    def next(self) -> Coming | None:
        """The first event that takes place."""
        return next((one for one in self.coming if not one.is_off), None)


def subscribe_pages(look: Look, rules: Rules, archives: frozenset[str]) -> dict[str, bytes]:
    """The page of each public feed by file name, at its former addresses too, and that of all of them.

    `archives` are the names of the archives that are published. Raises UserError for pages that would tell what is not
    public.
    """
    public = {feed.name: feed for feed in rules.feeds if not feed.secret}
    plans = [plan for plan in look.plan.feeds if plan.name in public]
    offers = [_offer(public[plan.name], plan, look, rules, archives) for plan in plans]
    if not offers:
        return {}
    pages: dict[str, bytes] = {}
    for offer in offers:
        page = _page(offer, [other for other in offers if other is not offer], rules.site)
        pages |= {page_file(name): page for name in (offer.name, *public[offer.name].formerly)}
    # Of one calendar there is nothing to choose.
    pages[INDEX] = _index(offers, rules) if len(offers) > 1 else pages[page_file(offers[0].name)]
    _refuse_disclosure(pages, plans, look, rules)
    return pages


def _refuse_disclosure(pages: Mapping[str, bytes], plans: Sequence[FeedPlan], look: Look, rules: Rules) -> None:
    hidden = hidden_in(look.content.events, rules.site)
    shown = [event for uid in {uid for plan in plans for uid in plan.uids} if (event := look.events().get(uid))]
    told = {name: what for name, data in pages.items() if (what := disclosure(data, shown, hidden))}
    if told:
        raise UserError([Problem(path=name, what=f"{what} It was not published.") for name, what in told.items()])


def _offer(feed: Feed, plan: FeedPlan, look: Look, rules: Rules, archives: frozenset[str]) -> Offer:
    address, archive = feed_address(rules, feed.name), archive_of(feed).name
    return Offer(
        name=feed.name,
        title=one_line(feed.title),
        description=clean_text(feed.description).strip(),
        colour=feed.colour if feed.colour in COLOURS else None,
        file=f"{feed.name}.ics",
        address=http_url(address) or "",
        page=_beside(rules, page_file(feed.name)),
        links=_by_service(subscribe_links(address, feed.title)),
        archive=f"{archive}.ics" if archive in archives else None,
        coming=tuple(_coming(plan, look, rules.site)),
    )


def _by_service(links: Sequence[Link]) -> dict[str, str]:
    return {link.label: link.url for link in links}


def _beside(rules: Rules, file: str) -> str:
    return http_url(f"{rules.site.public_url}/feeds/{file}") or ""


def _coming(plan: FeedPlan, look: Look, site: Site) -> Iterator[Coming]:
    """The next events of a feed. What is left of one that was taken back is for those who have it already."""
    events = (public_view(entry_of(uid, look).event) for uid in plan.uids)
    ahead = (one for one in events if one.published and one.when and ends_at(one, site.timezone) > look.at)
    for event in heapq.nsmallest(SHOWN, ahead, key=lambda one: (starts_at(one, site.timezone), one.uid)):
        yield _shown(event, site)


def _shown(event: Event, site: Site) -> Coming:
    # The page's own words are English.
    site = replace(site, language=in_english(site.language))
    words = shown(site, event)
    # An online event's place is its way in, which is for those who come: its own page has that.
    place = "Online" if http_url(words.location) else words.location
    # That nobody gave an end need not be said where no end stands.
    more = (place, *notes(replace(event, when=None)))
    return Coming(
        title=words.title,
        url=words.url,
        when=tuple(_HALF.sub("\u00a0\\1", line) for line in when_lines(event, site.timezone, site.language)),
        iso=_iso(event),
        more=() if words.status == "CANCELLED" else tuple(filter(None, more)),
        is_off=words.status == "CANCELLED",
    )


def _iso(event: Event) -> str:
    match event.when:
        case Timed(starts_at=start):
            return start.isoformat()
        case None:
            return ""
        case days:
            return days.first.isoformat()


def _page(offer: Offer, others: Sequence[Offer], site: Site) -> bytes:
    return _filled(offer=offer, others=others, site=site, accent=offer.colour, code=_code(offer.page, offer.title))


def _index(offers: Sequence[Offer], rules: Rules) -> bytes:
    site, page = rules.site, _beside(rules, INDEX)
    return _filled(offer=None, others=offers, site=site, accent=None, code=_code(page, site.name))


def _filled(**values: Any) -> bytes:
    # A colour is one of CSS's names by now, so that nothing but a name comes to stand in the style sheet.
    style = filled("subscribe.css", accent=values["accent"])
    return filled("subscribe.html", style=style, policy=policy_of(style), **values).encode(errors="replace")


def policy_of(style: str) -> str:
    """What such a page may do: be looked at with this one style sheet. A link is all that leads away from it."""
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    return f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"


def _code(address: str, title: str) -> str:
    """A picture that a phone's camera opens the page by.

    Not the calendar's `webcal:` address: most cameras on Android make nothing of it, and the page offers a choice.
    """
    picture = segno.make(address, error="m", micro=False)
    return picture.svg_inline(
        scale=4, border=4, dark="#000", light="#fff", title=f"QR code: {one_line(title)}", omitsize=True
    )


class SubscribeAnswers:
    """The ASGI application for the subscribe pages. They are for everybody, as the calendars beside them are."""

    def __init__(self, app: App) -> None:
        self._app = app
        self._made: tuple[Report | None, Mapping[str, bytes]] = None, {}

    def takes(self, path: str) -> bool:
        """Whether a request is ours to answer."""
        return bool(_PAGE.fullmatch(path) or _SHORT.fullmatch(path))

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        answer = await run_in_threadpool(self._answer, scope["path"])
        if scope["method"] == "HEAD":
            answer.body = b""
        await answer(scope, receive, send)

    def _answer(self, path: str) -> Response:
        if short := _SHORT.fullmatch(path):
            # One address for everything that is printed or linked, whoever answers for it.
            return RedirectResponse(f"/feeds/{page_file(short[1]) if short[1] else INDEX}")
        report = self._app.latest
        if report is None:
            text = "This page is there after the next successful tick.\n"
            return PlainTextResponse(text, HTTPStatus.SERVICE_UNAVAILABLE, {"retry-after": "60"})
        found = _PAGE.fullmatch(path)
        try:
            body = self._pages(report).get(found[1]) if found else None
        except UserError:
            text = "This page can't be shown just now. `notifier feeds OUT` says why.\n"
            return PlainTextResponse(text, HTTPStatus.SERVICE_UNAVAILABLE, {"retry-after": "600"})
        if body is None:
            return PlainTextResponse("There is no calendar of this name.\n", HTTPStatus.NOT_FOUND)
        style = body.decode().partition("<style>")[2].partition("</style>")[0]
        return HTMLResponse(body, headers={"content-security-policy": f"{policy_of(style)}; frame-ancestors 'none'"})

    def _pages(self, report: Report) -> Mapping[str, bytes]:
        """The pages, made once for each report."""
        known, pages = self._made
        if known is not report:
            pages = subscribe_pages(_presentable(report), self._app.settings.rules, self._archives())
            self._made = report, pages
        return pages

    def _archives(self) -> frozenset[str]:
        publisher = self._app.ticker.wiring.publisher
        names = [archive_of(feed).name for feed in self._app.settings.rules.feeds if not feed.secret]
        try:
            return frozenset(name for name in names if publisher.read(f"{name}.ics") is not None)
        except UserError:
            return frozenset()


def _presentable(report: Report) -> Look:
    """The look without the events of feeds that could not be published: the calendar does not show them either."""
    kept = {problem.path.rpartition("/")[2].removesuffix(".ics") for problem in report.problems}
    plans = tuple(
        replace(plan, uids=()) if kept & {plan.name, f"{plan.name}-archive"} else plan
        for plan in report.look.plan.feeds
    )
    return replace(report.look, plan=replace(report.look.plan, feeds=plans))
