"""What must hold behind a proxy, each rule as a sentence; those of the second list once notifier has been stopped."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from dataclasses import dataclass, field

from tests.acceptance.proxies.fronts import Answer, Front
from tests.acceptance.proxies.site import Site, waited

PHONE = {"User-Agent": "iOS/17.1 (21B74) dataaccessd/1.0"}
OUTLOOK = {"User-Agent": "Microsoft Office/16.0 (Windows NT 10.0; Microsoft Outlook 16.0.17328; Pro)"}
PACKED = {"Accept-Encoding": "gzip, deflate"}
FEED = "/feeds/all.ics"
FORM = {"Content-Type": "application/x-www-form-urlencoded", "Sec-Fetch-Site": "same-origin"}
#: Behind the question mark of a request that an OpenID Connect provider sends back.
CODE = "a-code-that-logs-in"


@dataclass(slots=True)
class World:
    """`before` is the feed as it was last shown, by its form."""

    site: Site
    front: Front
    before: dict[str, Answer] = field(default_factory=dict)

    @property
    def secret(self) -> str:
        return f"/feeds/private/{self.site.token}.ics"


def same(found: object, meant: object) -> None:
    if found != meant:
        raise AssertionError(f"{found!r:.300} in place of {meant!r:.300}")


def a_feed_comes_as_notifier_wrote_it(world: World) -> None:
    for form in ({}, PACKED):
        _, own, body = world.site.asked(FEED, **form)
        found = world.front.ask(FEED, form)
        same((found.status, found.body), (200, body))
        for name in ("etag", "last-modified", "cache-control", "content-type", "content-encoding", "content-disposition", "vary",
                     "x-content-type-options", "content-security-policy", "cross-origin-resource-policy"):  # fmt: skip
            same((name, found.fields.get(name)), (name, own.get(name)))
        same(found.fields["etag"][:1], '"')
        same(found.doubled, frozenset())


def a_feed_is_packed_once_and_outlook_gets_it_plain(world: World) -> None:
    plain, packed = world.front.ask(FEED), world.front.ask(FEED, PACKED)
    same(packed.fields.get("content-encoding"), "gzip")
    same(gzip.decompress(packed.body), plain.body)
    for fields in (OUTLOOK | PACKED, {"Accept-Encoding": "gzip;q=0"}, {"Accept-Encoding": "br"}):
        same((world.front.ask(FEED, fields).body, fields), (plain.body, fields))


def who_holds_a_feed_is_told_that_it_is_the_same(world: World) -> None:
    for form in ({}, PACKED):
        known = world.front.ask(FEED, form)
        for asked in ({"If-None-Match": known.fields["etag"]}, {"If-None-Match": f'"x", W/{known.fields["etag"]}'}):
            again = world.front.ask(FEED, form | asked)
            same((again.status, again.body, again.fields["etag"]), (304, b"", known.fields["etag"]))
        dates = {"If-Modified-Since": "Fri, 31 Dec 2100 00:00:00 GMT"}
        same(world.front.ask(FEED, form | dates).status, 304)
        same(world.front.ask(FEED, form | {"If-None-Match": '"other"'}).status, 200)


def head_says_the_same_without_the_feed(world: World) -> None:
    whole, head = world.front.ask(FEED), world.front.ask(FEED, method="HEAD")
    same((head.status, head.body, head.fields["etag"]), (200, b"", whole.fields["etag"]))
    same(head.fields["content-length"], str(len(whole.body)))


def a_change_is_seen_at_once(world: World) -> None:
    old = world.front.ask(FEED, PACKED)
    world.site.retitle("title: Example Commons events", "title: Renamed events")
    waited(1.1)
    new = world.front.ask(FEED, PACKED | {"If-None-Match": old.fields["etag"]})
    same(new.status, 200)
    same(b"Renamed events" in gzip.decompress(new.body), True)
    world.before = {"plain": world.front.ask(FEED), "packed": new}


def a_feed_that_was_renamed_leads_on_and_one_that_never_was_is_not_there(world: World) -> None:
    world.site.retitle("#formerly: [staff]", "formerly: [staff]\n  now-all:\n    title: All\n    formerly: [once-all]")
    waited(1.1)
    found = world.front.ask("/feeds/once-all.ics")
    same((found.status, found.fields["location"]), (301, "/feeds/now-all.ics"))
    same(world.front.ask("/feeds/nothing.ics").status, 404)


def a_secret_feed_is_shown_to_its_reader_and_kept_by_nobody_else(world: World) -> None:
    for form in ({}, PACKED):
        found = world.front.ask(world.secret, PHONE | form)
        same((found.status, found.fields["cache-control"]), (200, "private, no-cache"))
        same(world.front.ask(world.secret, form | {"If-None-Match": found.fields["etag"]}).status, 304)
    world.front.ask(f"/feeds/%70rivate/{world.site.token}.ics")
    world.front.ask(f"/feeds/x/../private/{world.site.token}.ics?again")
    world.front.ask(f"/FEEDS/PRIVATE/{world.site.token}.ics")
    world.front.ask(f"/leave/newsletter/{world.site.token}")
    world.front.ask(f"/welcome/{world.site.token}")
    world.front.ask(f"/login/oidc/back?code={CODE}", {"Referer": f"https://example.org{world.secret}"})
    kept = world.front.on_disk()
    same((world.site.token.encode() in kept, b"Team calendar" in kept), (False, False))


def the_console_is_asked_each_time(world: World) -> None:
    for path in ("/", "/login", "/subscribe", "/people"):
        found = [world.front.ask(path) for _ in range(2)]
        same({(path, one.fields["cache-control"]) for one in found}, {(path, "no-store")})
    page = world.front.ask("/login")
    same((page.status, b"</form>" in page.body), (200, True))
    same(b"</form>" in world.front.on_disk(), False)


def every_answer_says_that_it_is_encrypted_for_good(world: World) -> None:
    for path in ("/login", FEED, "/feeds/nothing.ics", world.secret, "/feeds", "/subscribe"):
        found = world.front.ask(path)
        same((path, found.fields.get("strict-transport-security")), (path, "max-age=31536000"))
        same((path, found.doubled), (path, frozenset()))


def a_form_of_this_very_site_comes_through_and_a_large_one_does_not(world: World) -> None:
    wrong = b"name=Nobody&password=wrong+wrong+wrong"
    same(world.front.ask("/login", FORM, method="POST", body=wrong).status, 403)
    same(world.front.ask("/login", FORM, method="POST", body=b"name=" + b"x" * 70_000).status, 413)
    same(world.front.ask("/login", FORM, method="POST", body=b"name=" + b"x" * 700_000).status, 413)
    same(world.front.ask("/hooks/git/nothing", method="POST", body=b"x" * 900_000).status in (404, 405, 503), True)


def what_is_of_use_on_this_machine_only_is_not_shown_elsewhere(world: World) -> None:
    same(world.front.ask("/healthz").status, 200)
    for path in ("/healthz", "/metrics", "/readyz"):
        same((path, world.front.ask(path, source="127.0.0.9").status in (403, 404)), (path, True))


def two_readers_are_two_whatever_they_say_of_themselves(world: World) -> None:
    """They are counted by notifier: `each_reader_was_counted_once` looks once it has stopped."""
    for source in ("127.0.0.2", "127.0.0.3"):
        for forged in ("203.0.113.1", "203.0.113.2"):
            waited(1.1)
            same(world.front.ask(FEED, PHONE | {"X-Forwarded-For": forged}, source=source).status, 200)


def whoever_asks_too_often_has_to_wait(world: World) -> None:
    """Caddy has no such thing without a module; notifier slows down wrong passwords itself."""
    if world.front.name != "nginx":
        return
    found = {world.front.ask("/login", source="127.0.0.7").status for _ in range(40)}
    same(found, {200, 429})
    same({world.front.ask(FEED, source="127.0.0.8").status for _ in range(60)}, {200})


def a_feed_that_became_secret_is_not_there(world: World) -> None:
    same(world.front.ask("/feeds/community-calls.ics").status, 200)
    world.site.retitle("title: Community calls\n", "title: Community calls\n    secret: true\n")
    waited(1.1)
    same(world.front.ask("/feeds/community-calls.ics").status, 404)


def a_public_feed_is_shown_as_it_was_while_notifier_is_away(world: World) -> None:
    plain, packed = world.front.ask(FEED), world.front.ask(FEED, PACKED)
    same((plain.status, plain.body), (200, world.before["plain"].body))
    same(plain.fields["content-type"], "text/calendar; charset=utf-8")
    whole = gzip.decompress(packed.body) if packed.fields.get("content-encoding") else packed.body
    same((packed.status, whole), (200, plain.body))
    if world.front.kept is not None:
        # Caddy shows the published file in place of an error, and that always whole.
        same(plain.fields["etag"], world.before["plain"].fields["etag"])
        same(world.front.ask(FEED, {"If-None-Match": plain.fields["etag"]}).status, 304)


def nothing_else_is(world: World) -> None:
    for path in (
        world.secret,
        "/login",
        "/",
        "/subscribe",
        "/feeds",
        "/feeds/unknown.ics",
        "/feeds/all.ics/../../notifier.db",
    ):
        found = world.front.ask(path)
        same((path, found.status in (502, 503, 504)), (path, True))
    # Where "not found" is kept, it stays that; elsewhere nobody knows.
    same(world.front.ask("/feeds/community-calls.ics").status in (404, 502, 503), True)


def no_secret_stands_in_a_log(world: World) -> None:
    logs = world.front.logged()
    same((world.site.token in logs, CODE in logs), (False, False))
    same((FEED in logs, "/login" in logs), (True, True))
    same("feeds/private/-" in logs, True)


def each_reader_was_counted_once(world: World) -> None:
    same(world.site.phones(), 2)


Story = Callable[[World], None]
UP: tuple[Story, ...] = (
    a_feed_comes_as_notifier_wrote_it, a_feed_is_packed_once_and_outlook_gets_it_plain,
    who_holds_a_feed_is_told_that_it_is_the_same, head_says_the_same_without_the_feed,
    two_readers_are_two_whatever_they_say_of_themselves, a_change_is_seen_at_once,
    a_feed_that_was_renamed_leads_on_and_one_that_never_was_is_not_there,
    a_secret_feed_is_shown_to_its_reader_and_kept_by_nobody_else, the_console_is_asked_each_time,
    every_answer_says_that_it_is_encrypted_for_good, a_form_of_this_very_site_comes_through_and_a_large_one_does_not,
    what_is_of_use_on_this_machine_only_is_not_shown_elsewhere, a_feed_that_became_secret_is_not_there,
    whoever_asks_too_often_has_to_wait,
)  # fmt: skip
DOWN: tuple[Story, ...] = (
    a_public_feed_is_shown_as_it_was_while_notifier_is_away, nothing_else_is, no_secret_stands_in_a_log,
    each_reader_was_counted_once,
)  # fmt: skip
