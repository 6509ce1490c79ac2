"""What the page of feeds says of each: how much it holds, how large it is, who reads it, and where it is."""

from __future__ import annotations

from dataclasses import dataclass

from notifier.core.links import Link, subscribe_links
from notifier.core.rule import Feed
from notifier.core.span import FeedPlan, archive_of
from notifier.ports import Publisher
from notifier.tick.publishing import MOST_BYTES
from notifier.tick.wiring import feed_address
from notifier.web.board import Board
from notifier.web.readers import readers_of


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedLine:
    """A feed as it is published. `events` None: nobody has looked yet. `size` and `archive_size` None: there is no file.

    Of a secret one `address` is None and `links` empty: each of its `holders` has another.
    """

    feed: Feed
    address: str | None
    links: tuple[Link, ...]
    events: int | None
    past: int
    size: int | None
    archive_size: int | None
    archive: str
    readers: str
    holders: int

    @property
    def is_too_large(self) -> bool:
        """Whether Google may leave out what stands last in it."""
        return self.size is not None and self.size > MOST_BYTES


def feed_lines(board: Board) -> list[FeedLine]:
    """Every feed, in the order of config.yaml. Raises UserError when the ledger or a published file can't be read."""
    app, sight = board.app, board.sight()
    plans = {plan.name: plan for plan in sight.report.look.plan.feeds} if sight else {}
    return [_line(board, feed, plans.get(feed.name)) for feed in app.settings.rules.feeds]


def kilobytes(size: int) -> str:
    """`62 kB`; what isn't empty is at least one."""
    return f"{max(1, round(size / 1000)) if size else 0:,} kB"


def _line(board: Board, feed: Feed, plan: FeedPlan | None) -> FeedLine:
    wiring, archive = board.app.ticker.wiring, archive_of(feed).name
    address = None if feed.secret else feed_address(wiring.rules, feed.name)
    place = wiring.secrets if feed.secret else wiring.publisher
    return FeedLine(
        feed=feed,
        address=address,
        links=_links(feed, address),
        events=None if plan is None else len(plan.uids),
        past=0 if plan is None else len(plan.past),
        size=_size(place, feed.name),
        archive_size=_size(place, archive),
        archive=archive,
        readers=readers_of(wiring.ledger, feed.name, board.now).text,
        holders=sum(token.feed == feed.name and token.revoked_at is None for token in wiring.ledger.tokens()),
    )


def _links(feed: Feed, address: str | None) -> tuple[Link, ...]:
    return subscribe_links(address, feed.title) if address else ()


def _size(place: Publisher, name: str) -> int | None:
    data = place.read(f"{name}.ics")
    return None if data is None else len(data)
