"""The path through each library that the program is built on, and the locks that pin them all."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path

import pytest

from notifier.config.crosschecks import OIDC_EXTRA, OTEL_EXTRA, SENTRY_EXTRA, WORKERS_EXTRA
from notifier.config.ledger_checks import POSTGRES_EXTRA
from notifier.config.mail_checks import DKIM_EXTRA
from notifier.core.ics import render_feed
from notifier.core.reading.candidates import Notes
from notifier.core.reading.frontmatter import read_page
from notifier.core.render import render
from notifier.core.templates import Templates
from notifier.edges.mailchimp import MailchimpProvider
from tests.builders import a_delivery, a_document, a_feed, a_site, an_event, at
from tests.files import ROOT, modules, place

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
LOCKS = {
    "requirements.txt": ("build",),
    "requirements-extras.txt": ("build",),
    "requirements-dev.txt": ("build", "test", "lint"),
}
_EVERY = tuple(PROJECT["project"]["optional-dependencies"])
#: Who develops has every extra, and who installs the program has none, or asks for them.
EXTRAS = {"requirements.txt": (), "requirements-extras.txt": _EVERY, "requirements-dev.txt": _EVERY}
_PINNED = re.compile(r"^([A-Za-z0-9_.-]+)(?:\[[a-z,]+\])?==(\S+)", re.MULTILINE)
_ENTRY = re.compile(r"^[A-Za-z0-9].*?(?=^[A-Za-z0-9]|\Z)", re.MULTILINE | re.DOTALL)

#: Library: the module it comes by, and the one file through which it is used.
PATHS = {
    "icalendar": ("icalendar", "notifier/core/ics/lines.py"),
    "jinja2": ("jinja2", "notifier/core/templates.py"),
    "markdown-it-py": ("markdown_it", "notifier/core/markdown.py"),
    "nh3": ("nh3", "notifier/core/note.py"),
    "mailchimp-marketing": ("mailchimp_marketing", "notifier/edges/mailchimp/door.py"),
    "apscheduler": ("apscheduler", "notifier/scheduler.py"),
    "argon2-cffi": ("argon2", "notifier/edges/passwords.py"),
    "python-frontmatter": ("frontmatter", "notifier/core/reading/frontmatter.py"),
}


def normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", re.split(r"[\s\[<>=~!;]", name, maxsplit=1)[0]).lower()


def imports(path: Path) -> set[str]:
    source = path.read_text(encoding="utf-8")
    return set(re.findall(r"^\s*(?:from|import) (\w+)", source, re.MULTILINE))


@pytest.mark.parametrize(("module", "path"), PATHS.values(), ids=PATHS)
def test_each_library_is_used_where_the_picture_says(module: str, path: str) -> None:
    users = {place(file) for file in modules() if module in imports(file)}
    assert path in users


def entered(call: Callable[[], object]) -> set[str]:
    """The packages whose own code ran during the call."""
    names: set[str] = set()
    sys.setprofile(lambda frame, _event, _what: names.add(str(frame.f_globals.get("__name__")).partition(".")[0]))
    try:
        call()
    finally:
        sys.setprofile(None)
    return names


def test_a_feed_is_written_by_icalendar() -> None:
    assert "icalendar" in entered(lambda: render_feed(a_feed(), a_site(), (), "https://example.org/all.ics"))


def test_front_matter_is_read_by_frontmatter() -> None:
    document = a_document("---\ntitle: Open day\n---\nCome along.\n")
    assert "frontmatter" in entered(lambda: read_page(document, Notes(path=document.path)))


def test_a_mail_is_filled_in_by_jinja2() -> None:
    texts = {f"reminder/{part}.j2": "{{ event.title }}" for part in ("subject", "html", "txt")}
    templates = Templates(texts=texts, folder="templates")
    delivery, event, site = a_delivery(), an_event(), a_site()

    def fill() -> None:
        render(delivery, [event], site=site, templates=templates, feed_url=None, entry=None, audience_is_public=True)

    assert "jinja2" in entered(fill)


def test_the_doctor_asks_mailchimp_through_its_client() -> None:
    key = "0123456789abcdef0123456789abcdef-us21"
    provider = MailchimpProvider(
        name="m",
        api_key=lambda: key,
        lists={},
        base_url="http://127.0.0.1:9",
        site=a_site(),
        now=lambda: at("2026-12-08 10:00"),
    )
    assert "mailchimp_marketing" in entered(lambda: provider.doctor([]))


@pytest.mark.parametrize("library", PATHS)
def test_each_library_is_a_dependency_of_the_product_itself(library: str) -> None:
    assert library in {normal(name) for name in PROJECT["project"]["dependencies"]}


def test_the_mailchimp_client_is_the_one_that_repeats_nothing_by_itself() -> None:
    assert version("mailchimp-marketing") == "3.0.80"
    assert "mailchimp-marketing==3.0.80" in PROJECT["project"]["dependencies"]


def lock(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def wanted(groups: tuple[str, ...], extras: tuple[str, ...] = ()) -> set[str]:
    lines = [*PROJECT["project"]["dependencies"], *(line for g in groups for line in PROJECT["dependency-groups"][g])]
    return {normal(line) for line in [*lines, *(line for extra in extras for line in optional(extra))]}


def optional(extra: str) -> list[str]:
    found: list[str] = PROJECT["project"]["optional-dependencies"][extra]
    return found


@pytest.mark.parametrize(("name", "groups"), LOCKS.items(), ids=LOCKS)
def test_the_lock_pins_every_dependency_that_is_named(name: str, groups: tuple[str, ...]) -> None:
    pinned = {normal(package) for package, _ in _PINNED.findall(lock(name))}
    assert wanted(groups, EXTRAS[name]) - pinned == set()


def test_who_uses_no_extra_installs_nothing_for_it() -> None:
    pinned = {normal(package) for package, _ in _PINNED.findall(lock("requirements.txt"))}
    assert (
        pinned
        & {
            "dkimpy",
            "dnspython",
            "pynacl",
            "authlib",
            "joserfc",
            "psycopg",
            "procrastinate",
            "sentry-sdk",
            "opentelemetry-sdk",
        }
        == set()
    )


def test_the_remedy_and_the_manual_name_the_extra_as_the_project_has_it() -> None:
    assert optional("dkim") == [DKIM_EXTRA]
    assert f"install '{DKIM_EXTRA}'" in (ROOT / "docs" / "mail.md").read_text(encoding="utf-8")
    assert optional("oidc") == [OIDC_EXTRA]
    assert optional("sentry") == list(SENTRY_EXTRA)
    assert optional("otel") == list(OTEL_EXTRA)
    watching = (ROOT / "docs" / "watching.md").read_text(encoding="utf-8")
    assert all(f"'{package}'" in watching for package in (*SENTRY_EXTRA, *OTEL_EXTRA))
    assert f"install '{OIDC_EXTRA}'" in (ROOT / "docs" / "people.md").read_text(encoding="utf-8")
    assert optional("workers") == list(WORKERS_EXTRA)
    assert f"install '{WORKERS_EXTRA[0]}'" in (ROOT / "docs" / "workers.md").read_text(encoding="utf-8")
    assert optional("postgres") == [POSTGRES_EXTRA]
    assert f"install '{POSTGRES_EXTRA}'" in (ROOT / "docs" / "postgresql.md").read_text(encoding="utf-8")


SITE = """\
site: {id: example, name: Example, domain: example.org, url: https://www.example.org}
sources: [{name: site, folder: ., events: [{preset: jekyll-events}]}]
"""
SIGNED = """\
providers:
  letters: {type: smtp, host: mail.example.org, dkim: {domain: example.org, selector: notifier, key: {file: dkim.pem}}}
"""
REPORTED = """\
watch: {sentry: {dsn: {env: DSN}}}
"""
TRACED = """\
watch: {traces: {endpoint: "http://127.0.0.1:4318"}}
"""
LOGGED_IN = """\
web: {oidc: {issuer: "https://accounts.example.org", client_id: notifier, client_secret: {env: OIDC}}}
"""


@pytest.mark.parametrize(
    ("config", "module", "said", "extra"),
    [
        (SIGNED, "dkim", "providers.letters.dkim: needs dkimpy, which is not installed.", DKIM_EXTRA),
        (LOGGED_IN, "authlib", "web.oidc: needs authlib, which is not installed.", OIDC_EXTRA),
        (
            'ledger: {url: "postgresql://notifier@db.example.org/notifier"}\n',
            "psycopg",
            "ledger.url: names a PostgreSQL, and that needs psycopg, which is not installed.",
            POSTGRES_EXTRA,
        ),
        (REPORTED, "sentry_sdk", "watch.sentry: needs sentry-sdk, which is not installed.", SENTRY_EXTRA[0]),
        (TRACED, "opentelemetry", "watch.traces: needs OpenTelemetry, which is not installed.", OTEL_EXTRA[0]),
    ],
)
def test_without_an_extra_it_is_said_how_to_install_it(
    tmp_path: Path, config: str, module: str, said: str, extra: str
) -> None:
    (tmp_path / "config.yaml").write_text(SITE + config)
    code = f"import sys; sys.modules[{module!r}] = None; from notifier.cli import main; main(sys.argv[1:])"
    command = [sys.executable, "-c", code, "check", "--config", str(tmp_path / "config.yaml")]

    heard = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False).stderr

    assert said in heard
    assert f"install '{extra}'" in heard


@pytest.mark.parametrize("name", LOCKS)
def test_everything_in_the_lock_has_hashes(name: str) -> None:
    entries = _ENTRY.findall(lock(name))
    assert len(entries) == len(_PINNED.findall(lock(name)))
    assert [entry.split()[0] for entry in entries if "--hash=sha256:" not in entry] == []


@pytest.mark.parametrize("name", LOCKS)
def test_the_lock_names_no_address(name: str) -> None:
    assert re.findall(r"https?:|file:|--(?:extra-)?index-url|--find-links", lock(name)) == []


def test_all_locks_pin_the_same_versions() -> None:
    product, extras, all_of_it = (dict(_PINNED.findall(lock(name))) for name in LOCKS)
    assert product.items() <= extras.items() <= all_of_it.items()


def test_what_is_installed_is_what_is_locked() -> None:
    product = dict(_PINNED.findall(lock("requirements.txt")))
    named = {normal(line) for line in PROJECT["project"]["dependencies"]}
    installed = {package: version(package) for package in product if normal(package) in named}
    assert installed.items() <= product.items()


def test_a_program_that_never_uses_mailchimp_never_loads_its_client() -> None:
    code = "import sys, notifier.edges.mailchimp; print('mailchimp_marketing' in sys.modules)"
    result = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert result.stdout == "False\n"
