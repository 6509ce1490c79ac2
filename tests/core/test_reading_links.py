"""Links: found however Markdown and HTML write them, led back to what is meant, free of what tells on people."""

from __future__ import annotations

import re
from base64 import urlsafe_b64encode
from collections.abc import Callable
from urllib.parse import quote

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from notifier.core.reading.candidates import Notes
from notifier.core.reading.entries import Entry
from notifier.core.reading.links import linked, prepared, report_malformed, report_wrapped, web_address

SITE = "https://site.example.org"


def targets(markdown: str) -> list[tuple[str, str]]:
    return [(link.text, link.target) for link in linked(prepared(markdown), 1, SITE)[1]]


@pytest.mark.parametrize(
    ("written", "clean"),
    [
        ("https://example.org/a?utm_source=x&UTM_Medium=y&id=1", "https://example.org/a?id=1"),
        ("https://example.org/?gclid=1&gbraid=2&wbraid=3&dclid=4&msclkid=5&twclid=6&ttclid=7&yclid=8", "https://example.org/"),
        ("https://example.org/?mc_cid=1&mc_eid=2&_hsenc=3&hsCtaTracking=4&mkt_tok=5&oly_enc_id=6&_ga=7&_gl=8", "https://example.org/"),
        ("https://example.org/a#utm_source=x", "https://example.org/a"),
        ("https://example.org/a#/room?id=1", "https://example.org/a#/room?id=1"),
        ("https://www.youtube.com/watch?v=abc&si=x&t=90", "https://www.youtube.com/watch?v=abc&t=90"),
        ("https://youtu.be/abc?si=x", "https://youtu.be/abc"),
        ("https://open.spotify.com/show/a?si=x", "https://open.spotify.com/show/a"),
        ("https://x.com/a/status/1?s=20&t=abc", "https://x.com/a/status/1"),
        ("https://www.linkedin.com/events/1/?trk=a&trkInfo=b&rcm=c", "https://www.linkedin.com/events/1/"),
        ("https://www.eventbrite.co.uk/e/a-tickets-1?ref=x&discount=member", "https://www.eventbrite.co.uk/e/a-tickets-1?discount=member"),
        ("https://example.org/?a=1&amp;utm_source=x&amp;b=2", "https://example.org/?a=1&b=2"),
    ],
)  # fmt: skip
def test_what_only_counts_clicks_is_taken_off_an_address(written: str, clean: str) -> None:
    assert web_address(written, SITE) == clean


@pytest.mark.parametrize(
    "address",
    [
        "https://us02web.zoom.us/j/123?pwd=abc.1",
        "https://zoom.us/meeting/register/abc?occurrence_ids=1",
        "https://www.eventbrite.com/register?eid=123",
        "https://docs.google.com/forms/d/e/abc/viewform?entry.123=Spring+fair&usp=pp_url",
        "https://calendar.google.com/calendar/embed?src=abc%40group.calendar.google.com&ctz=Europe%2FDublin",
        "https://teams.microsoft.com/l/meetup-join/19%3ameeting_a%40thread.v2/0?context=%7b%22Tid%22%3a%22a%22%7d",
        "https://example.us1.list-manage.com/subscribe?u=abc&id=def",
        "https://example.org/programme?session_id=42&ref=main&source=hall&s=1&t=2&si=3",
        "https://example.org/?email=newsletter&token=abc",
        "https://[2001:db8::1]:8443/a",
        "http://example.org:8080/a;b=1?c#d",
        "https://bücher.example/ä",
    ],
)
def test_what_a_page_needs_stays_in_its_address(address: str) -> None:
    assert web_address(address, SITE) == address


@pytest.mark.parametrize(
    ("written", "clean"),
    [
        ("https://us02web.zoom.us/w/123?tk=abc&pwd=x&uname=Kim", "https://us02web.zoom.us/w/123?pwd=x"),
        ("https://zoom.us/s/123?zak=abc", "https://zoom.us/s/123"),
        ("https://www.eventbrite.ie/e/a-1?token=abc&invite=def", "https://www.eventbrite.ie/e/a-1"),
        ("https://example.us1.list-manage.com/subscribe?u=a&id=b&e=c", "https://example.us1.list-manage.com/subscribe?u=a&id=b"),
        ("https://lu.ma/abc?tk=x", "https://lu.ma/abc"),
        ("https://example.org/a?access_token=x&b=1", "https://example.org/a?b=1"),
        ("https://example.org/a?token=eyJhb.eyJzd.c2ln", "https://example.org/a"),
        ("https://example.org/a?email=kim%40example.com", "https://example.org/a"),
        ("https://example.org/a?sessionid=0123456789abcdef0123", "https://example.org/a"),
        ("https://docs.google.com/document/d/a/edit?ouid=1&authuser=0", "https://docs.google.com/document/d/a/edit"),
    ],
)  # fmt: skip
def test_what_lets_readers_in_as_the_one_who_copied_it_is_taken_off(written: str, clean: str) -> None:
    assert web_address(written, SITE) == clean


@pytest.mark.parametrize(
    "written",
    [
        "javascript:alert(1)", "JavaScript:alert(1)", "data:text/html,x", "file:///etc/passwd", "vbscript:x", "tel:+441632960000",
        "https://user@example.org/", "https://user:secret@example.org/", "https://example.org\\@evil.example/",
        "/\\evil.example", "https://exa%6dple.org/", "https://example.org:99999/", "https://example.org:x/", "https://",
        "https://ex\u200bample.org/", "https://example\u2044org/", "https://ex\u0430mple.org/", "https://[::1", "https://[x]/",
        "https://example.org/{{ page.id }}", "https://example.org/{id}", "https://example.org/<id>", "https://a b.example",
        "https://example.org/" + "a" * 9_000, "https://l.facebook.com/l.php?u=https%3A%2F%2Fuser%40example.org", "\x00",
    ],
)  # fmt: skip
def test_an_address_that_readers_cannot_trust_is_none(written: str) -> None:
    assert web_address(written, SITE) is None


def proofpoint_v2(url: str) -> str:
    coded = quote(url, safe=":/.").replace("_", "%5F").replace("-", "%2D")
    return (
        "https://urldefense.proofpoint.com/v2/url?u="
        + coded.replace(":", "%3A").replace("%", "-").replace("/", "_")
        + "&d=DwMFaQ&c=abc&r=def&m=ghi&s=jkl&e="
    )


RUNS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"


def proofpoint_v3(url: str) -> str:
    replaced: list[str] = []

    def star(run: re.Match[str]) -> str:
        replaced.append(run[0])
        return "*" if len(run[0]) == 1 else f"**{RUNS[len(run[0]) - 2]}"

    written = re.sub(r"[^A-Za-z0-9:/?=&.,_-]{1,65}", star, url)
    coded = urlsafe_b64encode("".join(replaced).encode()).decode().rstrip("=")
    return f"https://urldefense.com/v3/__{written}__;{coded}!!abc!def-ghi_jkl$"


def by_parameter(before: str, after: str = "") -> Callable[[str], str]:
    return lambda url: before + quote(url, safe="") + after


WRAPPERS: dict[str, Callable[[str], str]] = {
    "safelinks": by_parameter("https://eur02.safelinks.protection.outlook.com/?url=", "&data=05%7C01%7C&reserved=0"),
    "safelinks in teams": by_parameter("https://statics.teams.cdn.office.net/evergreen-assets/safelinks/1/atp-safelinks.html?url="),
    "proofpoint v1": by_parameter("https://urldefense.proofpoint.com/v1/url?u=", "&k=abc&r=def"),
    "proofpoint v2": proofpoint_v2,
    "proofpoint v3": proofpoint_v3,
    "barracuda": by_parameter("https://linkprotect.cudasvc.com/url?a=", "&c=E,1,abc&typo=1"),
    "trend micro": by_parameter("https://imsva91-ctp.trendmicro.com:443/wis/clicktime/v1/query?url=", "&umid=a&auth=b"),
    "cisco": by_parameter("https://secure-web.cisco.com/1abc-def/"),
    "sophos": lambda url: "https://eu.protection.sophos.com/?d=example.org&u=" + urlsafe_b64encode(url.encode()).decode(),
    "fireeye": by_parameter("https://protect2.fireeye.com/v1/url?k=a&q=1&e=b&u="),
    "symantec": by_parameter("https://clicktime.symantec.com/a/1/abc?d=def&u="),
    "edgepilot": by_parameter("https://link.edgepilot.com/s/abc/def?u="),
    "check point": lambda url: f"https://url.avanan.click/v2/___{url}___.YXAzOmE",
    "amazon": by_parameter("https://abc.r.eu-west-1.awstrack.me/L0/", "/1/0102-000/abc=123"),
    "google": by_parameter("https://www.google.co.uk/url?sa=t&q=", "&usg=abc"),
    "youtube": by_parameter("https://www.youtube.com/redirect?event=x&q="),
    "facebook": by_parameter("https://l.facebook.com/l.php?u=", "&h=abc"),
    "instagram": by_parameter("https://l.instagram.com/?u=", "&e=abc"),
    "linkedin": by_parameter("https://www.linkedin.com/redir/redirect?url=", "&urlhash=a"),
    "linkedin's warning": by_parameter("https://www.linkedin.com/safety/go?url="),
    "slack": by_parameter("https://slack-redir.net/link?url="),
    "bing": lambda url: "https://www.bing.com/ck/a?!&p=a&u=a1" + urlsafe_b64encode(url.encode()).decode().rstrip("="),
}  # fmt: skip
ADDRESSES = st.builds(
    "https://{}.example.org/{}{}{}".format,
    st.sampled_from(["www", "a-b", "a_b"]),
    st.text("abcXYZ019-_.~/%C3%A4*+'(),;:@!$", max_size=25).filter(lambda path: "%" not in path),
    st.one_of(st.just(""), st.text("abc019=&-_.+*/", min_size=1, max_size=20).map(lambda query: f"?id=1&{query}")),
    st.one_of(st.just(""), st.text("abc019-_", min_size=1, max_size=8).map(lambda fragment: f"#{fragment}")),
)


@pytest.mark.parametrize("wrapper", WRAPPERS)
@settings(max_examples=30)
@given(ADDRESSES)
@example("https://example.org/a%20b/__x__/**/?q=%2B*&r=a_b-c#d")
def test_a_wrapped_address_is_led_back_to_what_it_wraps(wrapper: str, address: str) -> None:
    meant = web_address(address, SITE)
    assume(meant is not None and "___." not in address and "&amp" not in address)

    assert web_address(WRAPPERS[wrapper](address), SITE) == meant


@given(ADDRESSES, st.lists(st.sampled_from(sorted(WRAPPERS)), min_size=2, max_size=3))
def test_wrapping_upon_wrapping_is_taken_off(address: str, wrappers: list[str]) -> None:
    assume("___." not in address and "check point" not in wrappers)
    wrapped = address
    for wrapper in wrappers:
        wrapped = WRAPPERS[wrapper](wrapped)
    assume(len(wrapped) < 8_000)

    assert web_address(wrapped, SITE) == web_address(address, SITE)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("https://urldefense.proofpoint.com/v2/url?u=http-3A__www.example.org_a-3Fb-3D1&d=DwMF", "http://www.example.org/a?b=1"),
        ("https://urldefense.com/v3/__https:/example.org/a__;!!abc$", "https://example.org/a"),
        ("https://urldefense.com/v3/__https://example.org/*a**Bb__;I8OkLS0!!abc$", "https://example.org/#aä--b"),
        ("https://urldefense.com/v3/__https://example.org/*a**Bb__;I8Ok!!abc$", "https://urldefense.com/v3/__https://example.org/*a**Bb__;I8Ok!!abc$"),
        ("https://www.google.com/amp/s/example.org/a/amp", "https://example.org/a/amp"),
        ("https://example-org.cdn.ampproject.org/c/s/example.org/a?usqp=x", "https://example.org/a"),
        ("https://teams.microsoft.com/dl/launcher/launcher.html?url=%2F_%23%2Fl%2Fmeetup-join%2Fabc%3Fcontext%3D1&type=x",
         "https://teams.microsoft.com/l/meetup-join/abc?context=1"),
        ("https://l.facebook.com/l.php?u=javascript%3Aalert(1)", "https://l.facebook.com/l.php?u=javascript%3Aalert(1)"),
        ("https://google.evil.example/url?q=https%3A%2F%2Fexample.org", "https://google.evil.example/url?q=https%3A%2F%2Fexample.org"),
        ("https://bit.ly/abc", "https://bit.ly/abc"),
        ("https://protect-eu.mimecast.com/s/abc?domain=example.org", "https://protect-eu.mimecast.com/s/abc?domain=example.org"),
    ],
)  # fmt: skip
def test_documented_encodings_are_read_and_nothing_else_is_guessed(written: str, meant: str) -> None:
    assert web_address(written, SITE) == meant


@given(st.one_of(st.text(max_size=60), ADDRESSES.map(lambda a: WRAPPERS["safelinks"](a) + "&utm_source=x")))
@example("https://example.org/?&&utm_a&tk=1")
@example("https://example.org/?a=&amp;amp;b")
@example("//example.org")
def test_cleaning_an_address_twice_changes_nothing_more(written: str) -> None:
    once = web_address(written, SITE)

    assert once is None or web_address(once, SITE) == once


@given(st.text(max_size=200), st.sampled_from([*WRAPPERS.values()]))
def test_no_text_however_wrapped_raises(text: str, wrap: Callable[[str], str]) -> None:
    wrapped = wrap(text.encode(errors="replace").decode()[:60])
    notes = Notes(path="a.md")

    report_wrapped(f"[x]({wrapped}) {text}", first_line=1, notes=notes)

    assert web_address(wrapped, SITE) is None or not notes.doubts


@pytest.mark.parametrize(
    ("markdown", "links"),
    [
        ('[a][r] and [r][] and [R]\n\n[r]: <https://example.org/q> "T"', [("a", "/q"), ("r", "/q"), ("R", "/q")]),
        ("[the form][f o]\n\n> [F  O]:\n  https://example.org/f 'It'", [("the form", "/f")]),
        ("[a][1] ![b][1]\n\n[1]: https://example.org/1\n[1]: https://example.org/2", [("a", "/1")]),
        ("[a][missing] [^1]\n\n[^1]: note", []),
        ("see https://example.org/x_(y), (https://example.org/z).", [("", "/x_(y)"), ("", "/z")]),
        ('[![Book now](b.png "B")](https://example.org/b){:target="_blank"}', [("Book now", "/b")]),
        ("[x](<https://example.org/a b> 'it') [y](https://example.org/c \"It's\")", [("x", "/a%20b"), ("y", "/c")]),
        ("[w [b] c](https://example.org/(d(e)))", [("w [b] c", "/(d(e))")]),
        ("[w](https://example.org/a\\_b\\))", [("w", "/a_b)")]),
        ("<a class=\"x > y\"\n  href='https://example.org/x'>Sign\n<b>up</b></a>", [("Sign\nup", "/x")]),
        ('<Button to={"https://example.org/y"}>Go</Button>', [("Go", "/y")]),
        ("<iframe src=\"https://example.org/v\"></iframe><img src='https://example.org/i'>", []),
        ('\\[a\\]\\(x) [b](#part) [c](/x "t)', []),
        ("[report](https://example.org/a report (2).pdf)", [("report", "/a%20report%20(2).pdf")]),
        ("[a](https://example.org/{{ page.id }}) [b]({{ page.url }}/b) [c]({% link _c.md %})", []),
        ("[a]({{ '/x' | relative_url }})", [("a", "https://site.example.org/x")]),
        ("**https://example.org/b**!", [("", "/b")]),
        ("`[^1]: https://example.org/c`", [("", "/c")]),
    ],
)  # fmt: skip
def test_links_are_found_however_they_are_written(markdown: str, links: list[tuple[str, str]]) -> None:
    assert targets(markdown) == [
        (words, target if target.startswith("http") else f"https://example.org{target}") for words, target in links
    ]


def test_a_bare_www_address_is_one_and_a_mail_address_in_brackets_too() -> None:
    text, links = linked("At www.example.org/a. Or <us@example.org>, x@www.example.org.", 1, SITE)

    assert [link.target for link in links] == [
        "https://www.example.org/a",
        "mailto:us@example.org",
        "mailto:x@www.example.org",
    ]
    assert text == "At . Or us@example.org, x@www.example.org."


def test_a_link_knows_its_line_and_place_whatever_was_taken_out_before_it() -> None:
    body = "<!-- a\nb -->{% if x %}\n<b\n>One</b> [r]\n\n[r]: https://example.org"

    text, (link,) = linked(prepared(body), 7, SITE)

    assert link.line == 10
    assert text[link.start :].startswith("r\n")


def told(body: str, *stated: Entry) -> list[tuple[int | None, str, str]]:
    notes = Notes(path="a.md")
    report_wrapped(body, first_line=5, notes=notes, stated=stated)
    assert not notes.doubts
    return [(problem.line, problem.severity, problem.what) for problem in notes.problems]


def test_a_scanners_address_that_hides_its_target_is_told_of_and_a_readable_one_or_a_short_one_is_not() -> None:
    safe = WRAPPERS["safelinks"]("https://example.org/a")

    hidden = "https://protect-eu.mimecast.com/s/abc?domain=example.org"

    said = told(f"{safe} https://bit.ly/x\n[a]({hidden})")

    assert said == [
        (6, "warning", f"The link {hidden} goes through the mail scanner Mimecast, which hides where it leads."),
    ]


@pytest.mark.parametrize(
    ("address", "severity"),
    [
        ("https://example.us1.list-manage.com/track/click?u=a&id=b", "warning"),
        ("https://u1.ct.sendgrid.net/ls/click?upn=abc", "info"),
        ("https://eur.safelinks.protection.outlook.com/?data=x", "warning"),
        ("https://us02web.zoom.us/w/123", "warning"),
        ("https://attendee.gotowebinar.com/join/123/456", "warning"),
    ],
)
def test_a_tracked_or_personal_page_is_told_of_once(address: str, severity: str) -> None:
    assert [(line, said) for line, said, _ in told(f"{address}\n<{address}>")] == [(5, severity)]


def test_a_personal_token_is_named_with_what_to_write_instead() -> None:
    notes = Notes(path="a.md")
    register = Entry(value="x", raw="https://us02web.zoom.us/w/1?tk=abc&pwd=1", line=3)

    report_wrapped("", first_line=9, notes=notes, stated=(register, None))

    assert str(notes.problems[0]) == (
        "a.md:3: The link to us02web.zoom.us was made for one person: tk lets its readers in as whoever copied it,"
        " so that part was taken out. Write the public registration link instead."
    )


def test_no_more_than_twenty_addresses_are_told_of() -> None:
    body = "\n".join(f"https://protect-eu.mimecast.com/s/{number}" for number in range(500))

    assert len(told(body)) == 20


def test_a_link_without_its_beginning_is_told_of_and_still_works() -> None:
    notes = Notes(path="a.md")

    report_malformed("\n[Book](www.example.org/a)", first_line=1, notes=notes)

    assert [(problem.line, problem.hint) for problem in notes.problems] == [
        (2, "Write [the words](https://www.example.org/a).")
    ]
    assert targets("[Book](www.example.org/a)") == [("Book", "https://www.example.org/a")]
