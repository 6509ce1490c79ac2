"""Who belongs to an audience whose mails go to each person, wherever that is kept: in a file, or in the ledger."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path

from notifier.config import Members
from notifier.core.leaving import names_of
from notifier.core.members import MOST_BYTES, read_members, selected
from notifier.core.recipient import Member
from notifier.core.rule import Audience
from notifier.errors import Problem, UserError
from notifier.people import Roster


def members_of(audience: Audience, kept: Members, roster: Roster) -> Iterator[Member]:
    """The members with the audience's tag, as they are now, those too who have left. As `Roster.each_member` where the ledger has them.

    Raises UserError where their file can't be read, or has an error in it: then nobody is mailed rather than most.
    """
    if kept.file is None:
        return selected(roster.each_member(_name_in(roster, audience)), kept.tag)
    return selected(all_members(audience, kept, roster), kept.tag)


def all_members(audience: Audience, kept: Members, roster: Roster) -> tuple[Member, ...]:
    """The members, whatever their tags, else as `members_of` gives them."""
    if kept.file is None:
        return ledger_members(audience, roster)
    found, problems = file_members(kept.file)
    if errors := [problem for problem in problems if problem.severity == "error"]:
        raise UserError(errors)
    return found


def ledger_members(audience: Audience, roster: Roster) -> tuple[Member, ...]:
    """Those of the ledger's table, without who has left; under a former name as long as none were put there under the new one."""
    return tuple(roster.members(_name_in(roster, audience)))


def _name_in(roster: Roster, audience: Audience) -> str:
    return next((name for name in names_of(audience) if roster.last_put(name) is not None), audience.name)


def file_members(file: Path) -> tuple[tuple[Member, ...], tuple[Problem, ...]]:
    """As `core.members.read_members`. Raises UserError where there is no file to read."""
    return read_members(str(file), read_file(file))


def read_file(file: Path) -> bytes:
    """The bytes, or a few more than there may be. Raises UserError where there is no file to read."""
    try:
        # O_NONBLOCK: a pipe isn't waited for.
        with os.fdopen(os.open(file, os.O_RDONLY | os.O_NONBLOCK), "rb") as opened:
            if not stat.S_ISREG(os.fstat(opened.fileno()).st_mode):
                raise IsADirectoryError
            return opened.read(MOST_BYTES + 1)
    except FileNotFoundError as error:
        raise _unread(file, "This file of members is not there.", "Check the path, or put the file there.") from error
    except (IsADirectoryError, NotADirectoryError) as error:
        raise _unread(file, "This is not a file.", "Name a CSV file of members.") from error
    except (OSError, ValueError) as error:
        what = f"This file of members can't be read ({getattr(error, 'strerror', None) or 'its name is none'})."
        raise _unread(file, what, "Let the user that runs notifier read it.") from error


def write_new_file(file: Path, data: bytes) -> None:
    """Write a file that only its owner can read. Raises UserError where it can't be written, or is there already."""
    try:
        with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600), "wb") as opened:
            opened.write(data)
    except FileExistsError as error:
        raise _unread(file, "This file is there already, and is not overwritten.", "Name another.") from error
    except (OSError, ValueError) as error:
        what = f"This file can't be written ({getattr(error, 'strerror', None) or 'its name is none'})."
        raise _unread(file, what, "Name another.") from error


def _unread(file: Path, what: str, hint: str) -> UserError:
    return UserError(Problem(path=str(file), what=what, hint=hint))
