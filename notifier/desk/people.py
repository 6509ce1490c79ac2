"""Who works with the program: accounts are made here, and each person sets their own password by a link that works once."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from difflib import get_close_matches
from shlex import quote

from notifier.core.delivery import Act, Decision, person_key
from notifier.core.mailbox import address_fault
from notifier.core.person import (
    OneTimeLink,
    Person,
    Purpose,
    Role,
    digest_of,
    folded,
    is_last_admin,
    wrong_name,
)
from notifier.core.plain import one_line
from notifier.core.sign_on import SignOn, address_folded
from notifier.core.zones import moment
from notifier.desk.terms import Site
from notifier.errors import UserError

#: How long a link for somebody may lie in their mail, and one that a terminal has shown.
LINK_LASTS, FIRST_LINK_LASTS = timedelta(hours=24), timedelta(hours=1)
_RANDOM_BYTES = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class Invited:
    """A link just made: `path` is its address below the console's. Nothing keeps that, so it can be shown this once."""

    person: Person | None
    path: str = field(repr=False)
    expires_in: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Changed:
    """A person as they are now. `is_new` is False where it was so before, and nothing changed."""

    person: Person
    is_new: bool = True


def people(site: Site) -> tuple[Person, ...]:
    """Everybody, by name, the disabled ones last."""
    found = site.ticker.wiring.ledger.people()
    return tuple(sorted(found, key=lambda one: (one.disabled_at is not None, folded(one.name))))


def add(site: Site, name: str, role: Role, *, by: str) -> Invited:
    """Make an account and a link by which its password is set. `by` is who does, kept with it, here and below.

    Raises UserError for a name that is none or is taken.
    """
    name, ledger = one_line(name), site.ticker.wiring.ledger
    if wrong := wrong_name(name):
        raise UserError(wrong)
    person = Person(name=name, role=role, added_at=site.clock.now())
    if not ledger.add_person(
        person, said=_said("invite", person, by=by, via=site.via, at=person.added_at, note=f"new, as {role}")
    ):
        known = _named(site, name)
        raise UserError(
            f"There is {known.name} already, since {moment(known.added_at, site.ticker.wiring.rules.site.timezone)}.",
            f"For a new link: notifier users link {quote(known.name)}. Another person needs another name.",
        )
    return _invited(site, person, "new-password", LINK_LASTS)


def link(site: Site, name: str, *, by: str) -> Invited:
    """Make a link by which a person sets a password, instead of one that was made before.

    Raises UserError where there is nobody of this name, or they are disabled.
    """
    person = _named(site, name)
    if person.disabled_at is not None:
        raise UserError(
            f"{person.name} is disabled, and a link would open nothing.",
            f"To let them in again: notifier users enable {quote(person.name)}",
        )
    return _invited(site, person, "new-password", LINK_LASTS, by=by)


def first_link(site: Site) -> Invited | None:
    """A link by which the first account is made, instead of one that was made before; None where there is an account."""
    if site.ticker.wiring.ledger.has_people():
        return None
    return _invited(site, None, "first-account", FIRST_LINK_LASTS)


def change_role(site: Site, name: str, role: Role, *, by: str) -> Changed:
    """Raises UserError where there is nobody of this name, or nobody would be admin any more."""
    person, ledger = _named(site, name), site.ticker.wiring.ledger
    if person.role == role:
        return Changed(person=person, is_new=False)
    said = _said("rank", person, by=by, via=site.via, at=site.clock.now(), note=f"{role}, before that {person.role}")
    if not ledger.change_role(person.name, role, said=said):
        raise _last_admin(person)
    return Changed(person=replace(person, role=role))


def disable(site: Site, name: str, *, by: str) -> Changed:
    """Let somebody in no more; what they decided stays. Raises UserError as `change_role` does."""
    person, ledger, now = _named(site, name), site.ticker.wiring.ledger, site.clock.now()
    if person.disabled_at is not None:
        return Changed(person=person, is_new=False)
    if is_last_admin(person.name, ledger.people()):
        raise _last_admin(person)
    done = ledger.disable(person.name, now, said=_said("disable", person, by=by, via=site.via, at=now))
    return Changed(person=_named(site, name), is_new=done)


def admit(site: Site, name: str, address: str, *, by: str) -> Changed:
    """Let somebody log in by OpenID Connect too, with the account that has this mail address at the service when they first do.

    Raises UserError where there is nobody of this name, they are disabled, or the address is none, or leads to somebody else.
    """
    person = _named(site, name)
    if fault := address_fault(address):
        raise UserError(*fault)
    if person.disabled_at is not None:
        raise UserError(
            f"{person.name} is disabled, and would be let in by nothing.",
            f"To let them in again: notifier users enable {quote(person.name)}",
        )
    way = SignOn(person=person.name, made_at=site.clock.now(), address=address_folded(address))
    # Not with the address, which is forgotten once it has served.
    if not site.ticker.wiring.ledger.admit(way, said=_said("admit", person, by=by, via=site.via, at=way.made_at)):
        raise UserError("That address lets somebody else in.", "Each person needs one of their own.")
    return Changed(person=person)


def dismiss(site: Site, name: str, *, by: str) -> Changed:
    """Let somebody log in by OpenID Connect no more, and log them out everywhere. Raises UserError where nobody has this name."""
    person, ledger = _named(site, name), site.ticker.wiring.ledger
    is_new = ledger.dismiss(person.name, said=_said("dismiss", person, by=by, via=site.via, at=site.clock.now()))
    return Changed(person=person, is_new=is_new)


def enable(site: Site, name: str, *, by: str) -> Changed:
    """Let somebody in again, with the password of before. Raises UserError where there is nobody of this name."""
    person = _named(site, name)
    said = _said("enable", person, by=by, via=site.via, at=site.clock.now())
    done = site.ticker.wiring.ledger.enable(person.name, said=said)
    return Changed(person=_named(site, name), is_new=done)


def _invited(
    site: Site, person: Person | None, purpose: Purpose, lasts: timedelta, *, by: str | None = None
) -> Invited:
    secret, now = secrets.token_urlsafe(_RANDOM_BYTES), site.clock.now()
    site.ticker.wiring.ledger.add_link(
        OneTimeLink(
            digest=digest_of(secret), purpose=purpose, person=person.name if person else None, made_at=now,
            expires_at=now + lasts,
        ),
        said=_said("invite", person, by=by, via=site.via, at=now) if person is not None and by is not None else None,
    )  # fmt: skip
    return Invited(person=person, path=f"/welcome/{secret}", expires_in=lasts)


def _said(act: Act, person: Person, *, by: str, via: str, at: datetime, note: str = "") -> Decision:
    return Decision(key=person_key(person.name), act=act, by=by, at=at, note=note, via=via)


def _named(site: Site, name: str) -> Person:
    every = site.ticker.wiring.ledger.people()
    found = next((one for one in every if folded(one.name) == folded(name)), None)
    if found is None:
        names = {folded(one.name): one.name for one in every}
        close = get_close_matches(folded(name), names, n=1, cutoff=0.6)
        guess = f"Did you mean {names[close[0]]!r}? " if close else ""
        raise UserError(f"Nobody is called {one_line(name)!r}.", f"{guess}To see who there is: notifier users list")
    return found


def _last_admin(person: Person) -> UserError:
    return UserError(
        f"{person.name} is the last admin, and nobody could change anything about people any more.",
        "Make somebody else admin first: notifier users role NAME admin",
    )
