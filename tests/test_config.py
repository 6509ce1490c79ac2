"""What a file without mistakes comes to."""

from __future__ import annotations

from dataclasses import replace
from datetime import time, timedelta
from pathlib import Path

import pytest

from notifier.config import (
    GitSettings,
    ListPart,
    MailchimpSettings,
    Members,
    OutboxSettings,
    Settings,
    SmtpSettings,
    load,
)
from notifier.core.leaving import SLOT
from notifier.core.rule import Audience, Feed, Hours, Offset, Only, Rule, Site
from notifier.errors import UserError

SITE = "site: {id: example, name: Example, domain: example.org, url: https://www.example.org}\n"
SOURCES = "sources: [{name: site, folder: ., events: [{preset: jekyll-events}]}]\n"
PROVIDERS = "providers: {outbox: {type: outbox, folder: outbox}}\n"
AUDIENCES = "audiences: {newsletter: {provider: outbox}}\n"
BARE = SITE + SOURCES
WITH_PEOPLE = BARE + PROVIDERS + AUDIENCES
SHIPPED = Path(__file__).parents[1] / "config.yaml"


def settings(folder: Path, text: str) -> Settings:
    (folder / "config.yaml").write_text(text)
    return load(folder / "config.yaml", {})


def rule(folder: Path, text: str) -> Rule:
    return settings(folder, f"{WITH_PEOPLE}rules: {{it: {text}}}\n").rules.rules[0]


def test_the_smallest_file_has_the_defaults_of_the_manual(tmp_path: Path) -> None:
    found = settings(tmp_path, BARE)
    assert found.rules.hours == Hours(days=frozenset(range(5)), start=time(8, 30), end=time(18))
    assert (found.rules.settle_announce, found.rules.settle_change) == (timedelta(hours=2), timedelta(minutes=30))
    assert (found.rules.shrink_share, found.rules.shrink_at_least) == (0.3, 3)
    assert (found.live, found.host, found.port, found.tick) == (False, "127.0.0.1", 8000, timedelta(seconds=30))
    assert (found.providers, found.rules.rules, found.rules.feeds, found.secret_key) == ({}, (), (), None)


def test_the_site_is_what_the_file_says_and_public_where_it_is(tmp_path: Path) -> None:
    assert settings(tmp_path, BARE).rules.site == Site(
        id="example",
        name="Example",
        domain="example.org",
        url="https://www.example.org",
        public_url="https://www.example.org",
        timezone="Europe/London",
    )


def test_paths_are_relative_to_the_file_wherever_it_is_read_from(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "config.yaml").write_text(BARE + PROVIDERS + "secret_key: {file: keys/secret_key}\n")
    monkeypatch.chdir(tmp_path)
    found = load(Path("config.yaml"), {})
    assert (found.path, found.folder) == (Path("config.yaml"), tmp_path)
    assert found.providers["outbox"] == OutboxSettings(name="outbox", folder=tmp_path / "outbox")
    assert found.sources[0].folder == tmp_path
    assert found.secret_key is not None
    assert found.secret_key.file == tmp_path / "keys" / "secret_key"


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("sqlite:///notifier.db", "sqlite:///{}/notifier.db"),
        ("sqlite:///state/../x.db", "sqlite:///{}/state/../x.db"),
        ("sqlite:////srv/notifier.db", "sqlite:////srv/notifier.db"),
        ("postgresql://notifier@db.example.org/notifier", "postgresql://notifier@db.example.org/notifier"),
        ("'postgresql://%2Frun%2Fpostgresql/notifier?user=me'", "postgresql://%2Frun%2Fpostgresql/notifier?user=me"),
    ],
)
def test_the_ledger_is_relative_to_the_file_unless_its_path_is_whole(tmp_path: Path, written: str, read: str) -> None:
    assert settings(tmp_path, f"{BARE}ledger: {{url: {written}}}\n").ledger_url == read.format(tmp_path)


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("{url: 'postgresql://me:hunter2@db/x'}", "holds a password, and secrets never stand in the file."),
        ("{url: 'postgresql://me@db/x?password=hunter2'}", "holds a password, and secrets never stand in the file."),
        ("{url: 'postgresql://me@[db/x'}", "is not the address of a PostgreSQL."),
        ("{url: 'postgresql+asyncpg://me@db/x'}", "is not the address of a PostgreSQL."),
        ("{url: 'postgresql://me@db/'}", "names no database."),
    ],
)
def test_a_place_where_no_ledger_can_be_is_refused_without_its_secrets(tmp_path: Path, written: str, said: str) -> None:
    with pytest.raises(UserError) as caught:
        settings(tmp_path, f"{BARE}ledger: {written}\n")
    (problem,) = caught.value.problems
    assert (problem.field, problem.what) == ("ledger.url", said)
    assert "hunter2" not in str(problem)


def test_where_the_ledger_is_at_a_server_what_it_has_beside_it_stands_beside_the_file(tmp_path: Path) -> None:
    found = settings(
        tmp_path, f"{BARE}ledger: {{url: 'postgresql://me@db/x', password: {{file: word}}}}\n"
        "providers: {letters: {type: smtp, host: mail.example.org}}\n",
    )  # fmt: skip
    assert found.ledger_password is not None
    assert found.ledger_password.file == tmp_path / "word"
    letters = found.providers["letters"]
    assert isinstance(letters, SmtpSettings)
    assert letters.spool == tmp_path / "notifier-mail" / "letters"


def test_a_preset_brings_its_files_and_its_pages(tmp_path: Path) -> None:
    group = settings(tmp_path, BARE).sources[0].groups[0]
    assert (group.files, group.exclude, group.shape.page) == (("_events/*.md",), (), "/events/{stem}")
    assert (group.shape.source, group.shape.site_url, group.shape.timezone) == (
        "site",
        "https://www.example.org",
        "Europe/London",
    )


def test_what_is_written_goes_before_the_preset(tmp_path: Path) -> None:
    events = (
        "{preset: jekyll-events, files: [a/*.md, b.md], exclude: a/x.md, fields: {url: 'https://example.com/{stem}'}}"
    )
    group = settings(tmp_path, f"{SITE}sources: [{{name: site, folder: ., events: [{events}]}}]\n").sources[0].groups[0]
    assert (group.files, group.exclude) == (("a/*.md", "b.md"), ("a/x.md",))
    assert (group.shape.page, group.shape.fields) == ("https://example.com/{stem}", {})


def test_a_url_without_braces_is_the_name_of_a_key(tmp_path: Path) -> None:
    events = "{files: e/*.md, fields: {url: permalink, register: sign_up}, own: {category: [ours, joint]}}"
    group = settings(tmp_path, f"{SITE}sources: [{{name: site, folder: ., events: [{events}]}}]\n").sources[0].groups[0]
    assert (group.shape.page, {name: ways[0].keys for name, ways in group.shape.fields.items()}) == (
        None,
        {"url": ("permalink",), "register": ("sign_up",)},
    )
    assert group.shape.own == frozenset({"ours", "joint"})


def test_a_source_says_what_a_vanished_file_means(tmp_path: Path) -> None:
    two = "{name: a, folder: a, events: [{files: x}]}, {name: b, folder: b, events: [{files: x}], vanished: withdraw}"
    found = settings(tmp_path, f"{SITE}sources: [{two}]\n")
    assert found.rules.vanished == {"a": "hold", "b": "withdraw"}
    assert [source.vanished for source in found.sources] == ["hold", "withdraw"]


def test_a_git_source_is_carried_with_the_place_of_its_clone_beside_the_ledger(tmp_path: Path) -> None:
    git = "git: {path: checkout, branch: live, interval: 1h}"
    found = settings(tmp_path, f"{SITE}sources: [{{name: site, {git}, events: [{{files: x}}]}}]\n")
    assert found.sources[0].folder is None
    assert found.sources[0].git == GitSettings(
        url=None,
        path=tmp_path / "checkout",
        branch="live",
        interval=timedelta(hours=1),
        clone=tmp_path / "notifier-git" / "site.git",
    )
    assert found.not_yet == ()


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ('{before: 7d, at: "10:00"}', Offset(side="before", length=timedelta(days=7), at=time(10))),
        ('{before: 24h, at: "9:05"}', Offset(side="before", length=timedelta(days=1), at=time(9, 5))),
        ("{before: 90m}", Offset(side="before", length=timedelta(minutes=90))),
        ("{after: 1d, of: end}", Offset(side="after", length=timedelta(days=1), of="end")),
    ],
)
def test_a_reminder_is_due_as_written(tmp_path: Path, written: str, read: Offset) -> None:
    found = rule(tmp_path, f"{{kind: reminder, audiences: [newsletter], when: {written}}}")
    assert found == Rule(name="it", kind="reminder", audiences=("newsletter",), when=read)


def test_a_rule_keeps_what_it_is_about_and_how_late_it_may_be(tmp_path: Path) -> None:
    only = "only: {category: ours, project: [One, 2026-two], access: open}"
    found = rule(tmp_path, f"{{kind: announcement, audiences: [newsletter, newsletter], ask: true, grace: 1h, {only}}}")
    assert found == Rule(
        name="it",
        kind="announcement",
        audiences=("newsletter",),
        only=Only(category=("ours",), project=("One", "2026-two"), access=("open",)),
        ask=True,
        grace=timedelta(hours=1),
    )


def test_a_digest_keeps_its_cron_line(tmp_path: Path) -> None:
    assert rule(tmp_path, '{kind: digest, audiences: [newsletter], cron: "30 9 1-7 * mon"}').cron == "30 9 1-7 * mon"


def test_an_audience_has_its_sender_and_is_public_unless_it_says_otherwise(tmp_path: Path) -> None:
    board = "board: {provider: outbox, public: false, from: {name: Ann Example, address: ann@example.org}}"
    found = settings(tmp_path, f"{BARE}{PROVIDERS}audiences: {{newsletter: {{provider: outbox}}, {board}}}\n")
    assert found.rules.audiences == {
        "newsletter": Audience(name="newsletter", provider="outbox", public=True),
        "board": Audience(name="board", provider="outbox", public=False, sender=("Ann Example", "ann@example.org")),
    }


def test_a_mailchimp_provider_knows_the_lists_of_its_audiences(tmp_path: Path) -> None:
    providers = (
        "providers: {chimp: {type: mailchimp, api_key: {env: KEY}, timeout: 5s}, outbox: {type: outbox, folder: o}}\n"
    )
    audiences = "audiences: {a: {provider: chimp, list: 1a2b, tag: Choir}, b: {provider: outbox, list: 3c4d}}\n"
    chimp = settings(tmp_path, BARE + providers + audiences).providers["chimp"]
    assert isinstance(chimp, MailchimpSettings)
    assert (chimp.lists, chimp.parts, chimp.timeout, chimp.mode, chimp.base_url) == (
        {"a": "1a2b"},
        {"a": ListPart(tag="Choir")},
        timedelta(seconds=5),
        "draft",
        None,
    )


def test_plain_http_to_this_machine_may_carry_a_key(tmp_path: Path) -> None:
    provider = '{type: mailchimp, api_key: {env: KEY}, base_url: "http://127.0.0.1:9000"}'
    chimp = settings(tmp_path, f"{BARE}providers: {{chimp: {provider}}}\n").providers["chimp"]
    assert isinstance(chimp, MailchimpSettings)
    assert chimp.base_url == "http://127.0.0.1:9000"


def test_a_mail_server_has_the_port_of_submission_and_needs_no_password(tmp_path: Path) -> None:
    mail = settings(tmp_path, f"{BARE}providers: {{mail: {{type: smtp, host: mail.example.org}}}}\n").providers["mail"]
    assert mail == SmtpSettings(
        name="mail",
        host="mail.example.org",
        port=587,
        security="starttls",
        username=None,
        password=None,
        timeout=timedelta(seconds=30),
        spool=tmp_path / "notifier-mail" / "mail",
        addresses={},
        unsubscribe={},
    )


def test_a_mail_server_knows_the_addresses_of_its_audiences(tmp_path: Path) -> None:
    sender = "from: {name: Example, address: events@example.org}"
    choir = f"{{provider: mail, address: choir@example.org, unsubscribe: 'mailto:leave@example.org', {sender}}}"
    board = f"{{provider: mail, members: board.csv, unsubscribe: 'https://example.org/leave', {sender}}}"
    found = settings(
        tmp_path,
        f"{BARE}providers: {{mail: {{type: smtp, host: mail.example.org, spool: kept/mail}}}}\n"
        f"audiences: {{choir: {choir}, board: {board}}}\n",
    ).providers["mail"]
    assert isinstance(found, SmtpSettings)
    assert (found.addresses, found.unsubscribe) == (
        {"choir": "choir@example.org"},
        {"choir": "mailto:leave@example.org", "board": "https://example.org/leave"},
    )
    assert found.spool == tmp_path / "kept" / "mail"


MEMBERS = "secret_key: {file: secret_key}\nproviders: {mail: {type: smtp, host: mail.example.org, connections: 8, rate: 300}}\n"
REACHED = BARE.replace(
    "url: https://www.example.org", "url: https://www.example.org, public_url: https://events.example.org"
)


def test_members_stand_in_a_file_or_in_the_ledger_and_a_tag_chooses_among_them(tmp_path: Path) -> None:
    sender = "from: {name: Example, address: events@example.org}"
    board = f"{{provider: mail, members: lists/board.csv, tag: Chairs, {sender}}}"
    friends = f"{{provider: mail, members: ledger, unsubscribe: 'https://example.org/leave', {sender}}}"
    found = settings(tmp_path, f"{REACHED}{MEMBERS}audiences: {{board: {board}, friends: {friends}}}\n")
    mail, audiences = found.providers["mail"], found.rules.audiences

    assert isinstance(mail, SmtpSettings)
    assert mail.members == {"board": Members(file=tmp_path / "lists/board.csv", tag="Chairs"), "friends": Members()}
    assert (mail.connections, mail.rate, mail.addresses) == (8, 300, {})
    assert found.not_yet == ()
    assert [(one.each, one.leave_url) for one in audiences.values()] == [
        (True, SLOT),
        (True, "https://example.org/leave"),
    ]


def test_only_where_mails_go_to_each_person_is_anything_about_that_person(tmp_path: Path) -> None:
    sender = "from: {name: Example, address: events@example.org}"
    text = f"{REACHED}{MEMBERS[:-1]}\naudiences: {{choir: {{provider: mail, address: choir@example.org, {sender}}}}}\n"
    choir = settings(tmp_path, text).rules.audiences["choir"]

    assert (choir.each, choir.leave_url) == (False, "")


def test_a_feed_has_its_colour_and_its_events(tmp_path: Path) -> None:
    feed = "{title: Calls, description: ' Every call. ', colour: teal, only: {series: Calls}}"
    assert settings(tmp_path, f"{BARE}feeds: {{calls: {feed}}}\n").rules.feeds == (
        Feed(name="calls", title="Calls", description="Every call.", colour="teal", only=Only(series=("Calls",))),
    )


def test_a_feed_is_secret_where_the_file_says_so_and_keeps_the_names_it_had(tmp_path: Path) -> None:
    feeds = "{team: {title: Team, secret: true, formerly: [staff, crew]}, all: {title: All}}"
    found = settings(tmp_path, f"{BARE}feeds: {feeds}\n")
    assert found.rules.feeds == (
        Feed(name="team", title="Team", secret=True, formerly=("staff", "crew")),
        Feed(name="all", title="All"),
    )
    assert found.not_yet == ()


def test_a_key_with_nothing_after_it_counts_as_not_written(tmp_path: Path) -> None:
    empty = "rules:\nfeeds:\nsending: {live: , hours: }\nweb: {port: }\ntick:\nsecret_key:\n"
    nothing = "sending: {per_day: }\n"
    assert settings(tmp_path, WITH_PEOPLE + empty) == settings(tmp_path, WITH_PEOPLE)
    assert settings(tmp_path, BARE + nothing).not_yet == ()


def test_the_order_of_sections_does_not_matter(tmp_path: Path) -> None:
    assert settings(tmp_path, AUDIENCES + PROVIDERS + SOURCES + SITE) == settings(tmp_path, WITH_PEOPLE)


def test_the_shipped_file_is_the_demonstration(tmp_path: Path) -> None:
    found = load(SHIPPED, {})
    assert [(r.name, r.kind) for r in found.rules.rules] == [
        ("announce", "announcement"),
        ("reminder-week", "reminder"),
        ("reminder-day", "reminder"),
        ("reminder-hours", "reminder"),
        ("correction", "change"),
        ("called-off", "cancellation"),
    ]
    assert [feed.name for feed in found.rules.feeds] == ["all", "community-calls"]
    assert found.sources[0].projects == ("_projects/*.md",)
    assert found.live is False


def test_a_link_to_the_file_has_its_paths_beside_the_link(tmp_path: Path) -> None:
    (tmp_path / "here").mkdir()
    (tmp_path / "there.yaml").write_text(WITH_PEOPLE)
    (tmp_path / "here" / "config.yaml").symlink_to(tmp_path / "there.yaml")
    assert load(tmp_path / "here" / "config.yaml", {}).folder == tmp_path / "here"


def test_settings_are_values(tmp_path: Path) -> None:
    found = settings(tmp_path, WITH_PEOPLE + "secret_key: {env: KEY}\n")
    assert found == load(tmp_path / "config.yaml", {"KEY": "other"})
    assert replace(found, port=1) != found


@pytest.mark.parametrize("host", ["0.0.0.0", "::1", "localhost", "events.example.org"])  # noqa: S104  read, not opened
def test_the_page_listens_at_an_address_or_a_host_name(tmp_path: Path, host: str) -> None:
    assert settings(tmp_path, f"{BARE}web: {{host: '{host}', port: 0}}\n").host == host
