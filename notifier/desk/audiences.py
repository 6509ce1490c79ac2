"""The people of the audiences whose mails go to each person: who they are, who comes, who leaves, who is forgotten."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from difflib import get_close_matches
from itertools import combinations
from pathlib import Path

from notifier.config import Members, Settings, SmtpSettings
from notifier.core.leaving import has_left, names_of
from notifier.core.mailbox import address_fault
from notifier.core.members import lines_with, selected
from notifier.core.recipient import Member, digest_of, plain_address
from notifier.core.rule import Audience
from notifier.desk.terms import Site
from notifier.edges.membership import all_members, file_members, ledger_members, read_file
from notifier.errors import Problem, UserError
from notifier.people import Roster

Left = Mapping[str, Mapping[str, tuple[datetime, str]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """An audience and its people now: `members` are those who are mailed, `left` how many have left it.

    `file` None: they are in the ledger, since `put_at`. `problems` are those of the file; with an error among them nobody
    is mailed, and `members` is empty.
    """

    name: str
    file: Path | None
    tag: str | None
    members: tuple[Member, ...]
    left: int
    put_at: datetime | None = None
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What an import makes of an audience. `away` are in the file and have left: they stay away.

    `before` and `members` are without those. `problems` are the file's warnings.
    """

    name: str
    before: tuple[Member, ...]
    given: tuple[Member, ...]
    members: tuple[Member, ...]
    added: tuple[Member, ...]
    removed: tuple[Member, ...]
    changed: tuple[Member, ...]
    away: tuple[Member, ...]
    problems: tuple[Problem, ...]

    @property
    def shrinks(self) -> bool:
        """Whether it takes out more than half of those who were there."""
        return len(self.removed) * 2 > len(self.before)


@dataclass(frozen=True, slots=True, kw_only=True)
class Forgotten:
    """An address that is kept nowhere any more: how often it stood, and which audiences it is kept from getting into again.

    `files` are those that still name it, each with the lines: they are not ours to change.
    """

    places: int
    audiences: tuple[str, ...]
    files: tuple[tuple[Path, tuple[int, ...]], ...]


def standings(site: Site, name: str | None = None) -> tuple[Standing, ...]:
    """Every audience that has members, or the one of this name. Raises UserError where it has none."""
    audiences = _with_members(site)
    wanted = [_audience(site, name)] if name is not None else list(audiences)
    return tuple(_standing(_ledger(site), audience, audiences[audience]) for audience in wanted)


def shared(site: Site) -> tuple[tuple[str, str, int], ...]:
    """Each two audiences to which one rule writes and that have people in common, with how many: these get two mails."""
    people = {one.name: {plain_address(member.address) for member in one.members} for one in standings(site)}
    named = ([one for one in rule.audiences if one in people] for rule in site.ticker.wiring.rules.rules)
    pairs = dict.fromkeys(pair for names in named for pair in combinations(sorted(names), 2))
    return tuple((one, other, both) for one, other in pairs if (both := len(people[one] & people[other])))


def exported(site: Site, name: str) -> tuple[Member, ...]:
    """Everybody of the audience who has not left, whatever their tags. Raises UserError as `standings`, and for a wrong file."""
    audience = _audience(site, name)
    everybody = all_members(audience, _with_members(site)[audience], _ledger(site))
    return _staying(audience, everybody, _left(_ledger(site), audience))


def change(site: Site, name: str, file: Path) -> Change:
    """What the import of a file would make of an audience. Raises UserError with every error of the file."""
    audience, ledger = _in_ledger(site, name), _ledger(site)
    given, problems = file_members(file)
    if any(problem.severity == "error" for problem in problems):
        raise UserError(problems)
    before, left = (
        _staying(audience, ledger_members(audience, ledger), _left(ledger, audience)),
        _left(ledger, audience),
    )
    members = _staying(audience, given, left)
    old, new = ({plain_address(one.address): one for one in some} for some in (before, members))
    return Change(
        name=name, before=before, given=given, members=members, problems=problems,
        added=tuple(one for key, one in new.items() if key not in old),
        removed=tuple(one for key, one in old.items() if key not in new),
        changed=tuple(one for key, one in new.items() if key in old and old[key] != one),
        away=tuple(one for one in given if has_left(audience, one.address, left)),
    )  # fmt: skip


def put(site: Site, seen: Change) -> None:
    """Make an audience what was looked at. Raises UserError, and changes nothing, where it is another one meanwhile."""
    audience, ledger = _in_ledger(site, seen.name), _ledger(site)
    if _staying(audience, ledger_members(audience, ledger), _left(ledger, audience)) != seen.before:
        raise UserError(
            f"The members of {seen.name} have changed meanwhile, so nothing was written.", "Import it again."
        )
    ledger.put_members(seen.name, seen.given, site.clock.now())


def leave(site: Site, name: str, address: str, *, why: str, unknown: bool = False) -> bool:
    """Let nothing more be sent to an address as one of an audience. False where it had left before.

    Raises UserError for an address that nobody there has, unless `unknown` is True: then it is kept from getting in.
    """
    audience, ledger = _audience(site, name), _ledger(site)
    _check(address)
    if has_left(audience, address, _left(ledger, audience)):
        return False
    if not unknown:
        _check_known(audience, _with_members(site)[audience], ledger, address)
    return ledger.leave(audience.name, digest_of(audience.name, address), site.clock.now(), why=why)


def come_back(site: Site, name: str, address: str) -> tuple[bool, bool]:
    """Let an address be mailed again. Returns whether it had left, and whether it is a member now."""
    audience, ledger = _audience(site, name), _ledger(site)
    _check(address)
    # In this order all of them are taken back, under former names too.
    had_left = [ledger.come_back(one, digest_of(one, address)) for one in names_of(audience)]
    return any(had_left), _knows(_standing(ledger, audience, _with_members(site)[audience]).members, address)


def forget(site: Site, address: str, *, why: str) -> Forgotten:
    """Erase an address wherever it is kept here, for good, and keep it from getting into where it was again.

    Interrupted, it is done again: twice is once. Raises UserError for what is no address, and for files that can't be read.
    """
    _check(address)
    ledger, audiences = _ledger(site), _with_members(site)
    files = _files_with(audiences, address)
    within = [one for one, kept in audiences.items() if kept.file in files or _stands(ledger, one, address)]
    for audience in within:
        # First: who is erased must not be enrolled from a file in between.
        ledger.leave(audience.name, digest_of(audience.name, address), site.clock.now(), why=why)
    names = [name for one in site.ticker.wiring.rules.audiences.values() for name in names_of(one)]
    places = ledger.erase(address, names)
    return Forgotten(places=places, audiences=tuple(one.name for one in within), files=tuple(files.items()))


def _standing(ledger: Roster, audience: Audience, kept: Members) -> Standing:
    left = _left(ledger, audience)
    found, problems = (ledger_members(audience, ledger), ()) if kept.file is None else _of_file(kept.file)
    return Standing(
        name=audience.name,
        file=kept.file,
        tag=kept.tag,
        members=_staying(audience, selected(found, kept.tag), left),
        left=sum(map(len, left.values())),
        put_at=_put_at(ledger, audience) if kept.file is None else None,
        problems=problems,
    )


def _of_file(file: Path) -> tuple[tuple[Member, ...], tuple[Problem, ...]]:
    try:
        found, problems = file_members(file)
    except UserError as error:
        return (), error.problems
    return (() if any(one.severity == "error" for one in problems) else found), problems


def _put_at(ledger: Roster, audience: Audience) -> datetime | None:
    return next((at for name in names_of(audience) if (at := ledger.last_put(name)) is not None), None)


def _left(ledger: Roster, audience: Audience) -> Left:
    return {name: ledger.left(name) for name in names_of(audience)}


def _staying(audience: Audience, members: Iterable[Member], left: Left) -> tuple[Member, ...]:
    return tuple(one for one in members if not has_left(audience, one.address, left))


def _knows(members: Sequence[Member], address: str) -> bool:
    return plain_address(address) in {plain_address(one.address) for one in members}


def _stands(ledger: Roster, audience: Audience, address: str) -> bool:
    return any(_knows(ledger.members(name), address) for name in names_of(audience))


def _files_with(audiences: Mapping[Audience, Members], address: str) -> dict[Path, tuple[int, ...]]:
    files = dict.fromkeys(kept.file for kept in audiences.values() if kept.file is not None)
    found = {file: lines_with(read_file(file), address) for file in files}
    return {file: lines for file, lines in found.items() if lines}


def _check(address: str) -> None:
    if fault := address_fault(address):
        raise UserError(" ".join(fault))


def _check_known(audience: Audience, kept: Members, ledger: Roster, address: str) -> None:
    everybody = all_members(audience, kept, ledger)
    if _knows(everybody, address):
        return
    close = get_close_matches(
        plain_address(address), [plain_address(one.address) for one in everybody], n=1, cutoff=0.8
    )
    guess = f"Did you mean {close[0]}? " if close else ""
    raise UserError(
        f"Nobody in {audience.name} has the address {address.strip()}.",
        f"{guess}To keep it away all the same, add --yes.",
    )


def _with_members(site: Site) -> dict[Audience, Members]:
    """The audiences that have members, with where these are."""
    settings: Settings = site.ticker.wiring.settings
    found = {}
    for name, audience in site.ticker.wiring.rules.audiences.items():
        provider = settings.providers.get(audience.provider)
        if isinstance(provider, SmtpSettings) and name in provider.members:
            found[audience] = provider.members[name]
    return found


def _audience(site: Site, name: str) -> Audience:
    """The audience of this name. Raises UserError where there is none that has members."""
    known = {audience.name: audience for audience in _with_members(site)}
    if name in known:
        return known[name]
    if name in site.ticker.wiring.rules.audiences:
        raise UserError(
            f"notifier doesn't know who is in {name}: its provider, or the server of its list, does.",
            "See who is in it, and who leaves, there.",
        )
    close = get_close_matches(name.casefold(), known, n=1, cutoff=0.5)
    if not known:
        hint = "One has them that says: members: ledger (or a file), and goes through a mail server."
        raise UserError(f"There is no audience {name!r} with members in config.yaml.", hint)
    guess = f"Did you mean {close[0]}? " if close else ""
    raise UserError(f"There is no audience {name!r}.", f"{guess}With members there is: {', '.join(known)}.")


def _in_ledger(site: Site, name: str) -> Audience:
    audience = _audience(site, name)
    file = _with_members(site)[audience].file
    if file is not None:
        raise UserError(
            f"The members of {name} are in {file}, so there is nothing to import.",
            f"Change that file. To keep them in the ledger instead: audiences.{name}.members: ledger in config.yaml.",
        )
    return audience


def _ledger(site: Site) -> Roster:
    return site.ticker.wiring.ledger
