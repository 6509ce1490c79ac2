"""Whether the parts of config.yaml agree: names that others refer to, keys that need or exclude each other.

Runs over the plain values, whatever else is wrong with them, so that all mistakes show at once.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping
from importlib.util import find_spec
from typing import get_args

from notifier.config.content_checks import group_checks
from notifier.config.ledger_checks import ledger_checks, worker_checks
from notifier.config.mail_checks import mail_checks
from notifier.config.repositories import repository_checks
from notifier.config.tree import Loc, Tree, shown
from notifier.config.units import closest
from notifier.config.way_checks import Found
from notifier.core.rule import Kind
from notifier.errors import Problem

FIND_LIST = "Find it in Mailchimp under Audience → Settings → Audience name and defaults → Audience ID."
#: What pyproject.toml has as the extra `oidc`.
OIDC_EXTRA = "authlib>=1.9.8,<2"
#: ... and as `sentry` and `otel`.
SENTRY_EXTRA = ("sentry-sdk>=2.75,<3",)
OTEL_EXTRA = ("opentelemetry-sdk>=1.45,<2", "opentelemetry-exporter-otlp-proto-http>=1.45,<2")
#: ... and as `workers`.
WORKERS_EXTRA = ("procrastinate>=3.10,<4",)
_EXTRAS = (
    (("web", "oidc"), "authlib", "authlib", (OIDC_EXTRA,)),
    (("watch", "sentry"), "sentry_sdk", "sentry-sdk", SENTRY_EXTRA),
    (("watch", "traces"), "opentelemetry.exporter.otlp.proto.http", "OpenTelemetry", OTEL_EXTRA),
    (("workers",), "procrastinate", "procrastinate", WORKERS_EXTRA),
)
_PARTS = ("tag", "segment", "interest", "conditions")


def cross_checks(tree: Tree) -> Found:
    """Every disagreement, with the place it is about."""
    yield from _sources(tree)
    yield from _audiences(tree)
    yield from mail_checks(tree)
    yield from _rules(tree)
    yield from _feeds(tree)
    yield from _hours(tree)
    yield from _staff(tree)
    yield from ledger_checks(tree)
    yield from worker_checks(tree)
    yield from _extras(tree)


def _sources(tree: Tree) -> Found:
    names: dict[str, int] = {}
    for index, source in enumerate(tree.items("sources")):
        loc: Loc = ("sources", index)
        if not isinstance(source, dict):
            continue
        yield from _exactly_one(tree, loc, source, ("folder", "git"))
        if isinstance(git := source.get("git"), dict):
            yield from _exactly_one(tree, (*loc, "git"), git, ("url", "path"))
            yield from repository_checks(tree, (*loc, "git"))
        if isinstance(name := source.get("name"), str) and names.setdefault(name, index) != index:
            what = f"is also the name of source {names[name] + 1}."
            yield _found(tree, (*loc, "name"), what, "Give each source its own name.")
        for number in range(len(tree.items(*loc, "events"))):
            yield from group_checks(tree, (*loc, "events", number))


def _audiences(tree: Tree) -> Found:
    for name, audience in tree.mapping("audiences").items():
        if not isinstance(audience, dict):
            continue
        loc: Loc = ("audiences", name)
        yield from _refers(tree, (*loc, "provider"), "providers")
        yield from _needs_of_provider(tree, loc, audience)
        yield from _within(tree, name)
        given = [part for part in _PARTS if audience.get(part) is not None]
        if len(given) > 1:
            what = f"has {' and '.join(given)}, which exclude each other."
            yield _found(tree, loc, what, "Keep one; a saved segment can combine them.")
        for index, former in enumerate(tree.items(*loc, "formerly")):
            if isinstance(former, str) and former in tree.mapping("audiences"):
                what = f"{shown(former)} is an audience of today."
                yield _found(tree, (*loc, "formerly", index), what, "Name only audiences that are gone.")


def _needs_of_provider(tree: Tree, loc: Loc, audience: Mapping[str, object]) -> Found:
    provider = audience.get("provider")
    kind = tree.get("providers", provider, "type") if isinstance(provider, str) else None
    if kind == "mailchimp" and audience.get("list") is None:
        yield _found(tree, (*loc, "list"), "is missing.", FIND_LIST)
    interest = audience.get("interest")
    if isinstance(interest, str) and not all(part.strip() for part in (interest.partition("/")[::2])):
        yield _found(tree, (*loc, "interest"), f"{shown(interest)} names no group.", "Write, for example: Topics/Data")


def _within(tree: Tree, name: str) -> Found:
    yield from _refers(tree, ("audiences", name, "within"), "audiences")
    passed = [name]
    above = tree.get("audiences", name, "within")
    while isinstance(above, str) and above not in passed:
        passed.append(above)
        above = tree.get("audiences", above, "within")
    if above == name:
        what = f"goes in a circle: {' → '.join(shown(step) for step in (*passed, name))}."
        yield _found(tree, ("audiences", name, "within"), what, "An audience is within a larger one.")


def _rules(tree: Tree) -> Found:
    for name, rule in tree.mapping("rules").items():
        if not isinstance(rule, dict):
            continue
        loc: Loc = ("rules", name)
        for index in range(len(tree.items(*loc, "audiences"))):
            yield from _refers(tree, (*loc, "audiences", index), "audiences")
        yield from _timing(tree, loc, rule)
        if isinstance(when := rule.get("when"), dict):
            yield from _exactly_one(tree, (*loc, "when"), when, ("before", "after"))
            yield from _length(tree, (*loc, "when"), when)


def _timing(tree: Tree, loc: Loc, rule: Mapping[str, object]) -> Found:
    kind = rule.get("kind")
    if kind not in get_args(Kind):
        return
    for key, only_kind, example in (
        ("when", "reminder", 'when: {before: 1d, at: "10:00"}'),
        ("cron", "digest", 'cron: "30 9 1-7 * mon"'),
    ):
        if kind == only_kind and rule.get(key) is None:
            yield _found(tree, (*loc, key), "is missing.", f"Write, for example: {example}")
        if kind != only_kind and rule.get(key) is not None:
            article = "an" if kind == "announcement" else "a"
            what = f"has no place in {article} {kind}: only a {only_kind} has it."
            yield (*loc, key), tree.at_key((*loc, key), what, "Delete it.")


def _feeds(tree: Tree) -> Found:
    names = tree.mapping("feeds")
    former: dict[str, str] = {}
    for name in names:
        if (archived := name.removesuffix("-archive")) != name and archived in names:
            what = f"is where the past of the feed {shown(archived)} is published."
            yield _found(tree, ("feeds", name), what, "Give it another name.")
        for index in range(len(tree.items("feeds", name, "audiences"))):
            yield from _refers(tree, ("feeds", name, "audiences", index), "audiences")
        for index, one in enumerate(tree.items("feeds", name, "formerly")):
            loc: Loc = ("feeds", name, "formerly", index)
            if isinstance(one, str) and one.removesuffix("-archive") in names:
                what = "is a feed of today" if one in names else "is where the past of a feed of today is published"
                yield _found(tree, loc, f"{shown(one)} {what}.", "Name only feeds that are gone.")
            elif isinstance(one, str) and former.setdefault(one, name) != name:
                what = f"{shown(one)} leads to the feed {shown(former[one])} already."
                yield _found(tree, loc, what, "Let it lead to one of the two.")


def _length(tree: Tree, loc: Loc, when: Mapping[str, object]) -> Found:
    for side in ("before", "after"):
        length = when.get(side)
        found = re.fullmatch(r"(\d{1,8})([mhd])", length, re.ASCII) if isinstance(length, str) else None
        if not found:
            continue
        minutes = int(found[1]) * {"m": 1, "h": 60, "d": 1440}[found[2]]
        if not minutes:
            yield _found(tree, (*loc, side), "must be longer than nothing.", "Write, for example: 2h.")
        elif when.get("at") is not None and minutes % 1440:
            yield _found(tree, (*loc, side), "must be whole days where at: gives the time.", "Write, for example: 1d.")


def _hours(tree: Tree) -> Found:
    loc: Loc = ("sending", "hours")
    opens, until = tree.get(*loc, "from") or "08:30", tree.get(*loc, "until") or "18:00"
    early, late = _minutes(opens), _minutes(until)
    if early is None or late is None or early < late:
        return
    if tree.get(*loc, "until") is None:
        yield _found(tree, (*loc, "from"), f"must be before until, which is {until}.", "Write a later until, too.")
    else:
        yield _found(tree, (*loc, "until"), f"must be later than from, which is {opens}.", "Write a later time.")


def _minutes(value: object) -> int | None:
    found = re.fullmatch(r"(\d{1,2}):(\d{2})", value, re.ASCII) if isinstance(value, str) else None
    return int(found[1]) * 60 + int(found[2]) if found else None


def _staff(tree: Tree) -> Found:
    loc: Loc = ("sending", "staff")
    provider = tree.mapping(*loc).get("provider")
    if not isinstance(provider, str):
        return
    yield from _refers(tree, (*loc, "provider"), "providers")
    kind, staff = tree.mapping("providers", provider).get("type"), tree.items("site", "staff")
    if not staff:
        yield _found(tree, loc, "there is nobody to tell.", "Name addresses under `site.staff`.")
    if kind == "mailchimp":
        hint = "Name an outbox or a mail server."
        yield _found(tree, (*loc, "provider"), f"{provider} writes to lists of subscribers, and not to staff.", hint)


def _exactly_one(tree: Tree, loc: Loc, section: Mapping[str, object], keys: tuple[str, str]) -> Found:
    given = [key for key in keys if section.get(key) is not None]
    if len(given) != 1:
        what = f"needs {keys[0]} or {keys[1]}." if not given else f"has both {keys[0]} and {keys[1]}."
        yield _found(tree, loc, what, "Write exactly one of them.")


def _refers(tree: Tree, loc: Loc, section: str) -> Found:
    name = tree.get(*loc)
    names = tree.mapping(section)
    if not isinstance(name, str) or name in names:
        return
    one = section.removesuffix("s")
    listed = f"There are: {', '.join(shown(known) for known in names)}." if names else f"Add it under {section}."
    yield _found(tree, loc, f"There is no {one} {shown(name)!r}.", closest(name, list(names)) or listed)


def _found(tree: Tree, loc: Loc, what: str, hint: str) -> tuple[Loc, Problem]:
    return loc, tree.problem(loc, what, hint)


def _extras(tree: Tree) -> Found:
    for loc, module, called, packages in _EXTRAS:
        if isinstance(tree.get(*loc), dict) and not _is_installed(module):
            listed = " ".join(f"'{package}'" for package in packages)
            hint = f"Install it: python3 -m pip --python {sys.executable} install {listed}"
            yield _found(tree, loc, f"needs {called}, which is not installed.", hint)


def _is_installed(module: str) -> bool:
    try:
        return find_spec(module) is not None
    except ModuleNotFoundError:
        # What it is a part of isn't there.
        return False
