"""What config.yaml comes to once it has been checked. Nothing here reads the file again; secrets are read when used."""

from __future__ import annotations

import os
import stat
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from typing import Literal

from notifier.core.delivery import DeliveryStatus
from notifier.core.reading.shape import Shape
from notifier.core.rule import Rules
from notifier.errors import Problem, UserError

LARGEST_SECRET = 65_536
#: Where systemd says in which folder a service finds its credentials; a container's are in /run/secrets.
CREDENTIALS = "CREDENTIALS_DIRECTORY"
_TO_GROUP_AND_OTHERS = 0o077
#: systemd lets the service's user in by an access list, which shows as the group's right to read (acl(5)); the folder is closed.
_TO_OTHERS = 0o027


@dataclass(frozen=True, slots=True, kw_only=True)
class Secret:
    """Where a secret stands: an environment variable, a file of its owner, a service's credential. Never the secret itself.

    `place` is where config.yaml names it. Its repr shows the reference only.
    """

    env: str | None = None
    file: Path | None = None
    credential: str | None = None
    environ: Mapping[str, str] = field(repr=False, compare=False)
    place: Problem = field(repr=False, compare=False)

    def read(self) -> str:
        """The secret, without the white space around it. Raises UserError with the remedy when there is none."""
        value, where = self._found()
        if len(value) > LARGEST_SECRET or not value.isprintable():
            raise self._missing(f"{where} holds something other than one line of text.", "Leave only the secret.")
        return value

    def read_lines(self) -> str:
        """As `read`, for a secret that may have several lines, as a key in PEM has."""
        value, where = self._found()
        if len(value) > LARGEST_SECRET or not all(line.isprintable() for line in value.splitlines()):
            raise self._missing(f"{where} holds something other than lines of text.", "Leave only the secret.")
        return value

    def _found(self) -> tuple[str, str]:
        """What is there, and where, in words."""
        if self.env is not None:
            return self._from_environment(self.env), f"The environment variable {self.env}"
        if self.credential is not None:
            path = self._given() / self.credential
            return self._from_file(path, closed=_TO_OTHERS), f"The file {path}"
        return self._from_file(self.file or Path()), f"The file {self.file}"

    def _given(self) -> Path:
        """The folder of what the service was given."""
        folder = self.environ.get(CREDENTIALS, "")
        if not folder:
            what = f"The credential {self.credential} can't be looked for: {CREDENTIALS} is not set."
            raise self._missing(what, "Start notifier as the service that is given it (docs/running.md).")
        return Path(folder)

    def _from_environment(self, name: str) -> str:
        if name not in self.environ:
            raise self._missing(f"The environment variable {name} is not set.", "Set it where notifier is started.")
        value = self.environ[name].strip()
        if not value:
            raise self._missing(f"The environment variable {name} is empty.", "Set it where notifier is started.")
        return value

    def _from_file(self, path: Path, *, closed: int = _TO_GROUP_AND_OTHERS) -> str:
        try:
            raw = _private_bytes(path, closed)
        except FileNotFoundError as error:
            raise self._missing(f"The file {path} does not exist.", "Write the secret into it.") from error
        except (IsADirectoryError, NotADirectoryError) as error:
            raise self._missing(f"{path} is not a file.", "Name the file that holds the secret.") from error
        except PermissionError as error:
            problem = "Make it belong to the user who runs notifier."
            raise self._missing(f"The file {path} may not be read.", problem) from error
        except _TooOpenError as error:
            hint = f"Run: chmod 600 {path}"
            raise self._missing(f"The file {path} can be read by other users.", hint) from error
        except OSError as error:
            raise self._missing(f"The file {path} can't be read: {error.strerror}.", "Check the path.") from error
        return self._decoded(raw, path)

    def _decoded(self, raw: bytes, path: Path) -> str:
        try:
            value = raw.decode().strip()
        except UnicodeDecodeError:
            # The error holds the bytes, and with them the secret: it must not travel on as a cause.
            raise self._missing(f"The file {path} holds something other than text.", "Write the secret anew.") from None
        if not value:
            raise self._missing(f"The file {path} is empty.", "Write the secret into it.")
        return value

    def refused(self, what: str, hint: str) -> UserError:
        """What to raise where the secret is there and is of no use, at its place in config.yaml."""
        return self._missing(what, hint)

    def _missing(self, what: str, hint: str) -> UserError:
        here = self.place
        problem = Problem(path=here.path, line=here.line, column=here.column, field=here.field, what=what, hint=hint)
        return UserError(problem)


class _TooOpenError(OSError):
    """Others than its owner may read the file."""


def _private_bytes(path: Path, closed: int) -> bytes:
    # Without O_NONBLOCK, opening a named pipe would wait for its writer for ever.
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    try:
        mode = os.fstat(descriptor).st_mode
        if not stat.S_ISREG(mode):
            raise IsADirectoryError
        if mode & closed:
            raise _TooOpenError
        return os.read(descriptor, LARGEST_SECRET + 1)
    finally:
        os.close(descriptor)


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Some files of a source (patterns relative to it), how to read them, and the files that they refer to."""

    files: tuple[str, ...]
    exclude: tuple[str, ...]
    shape: Shape
    references: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class GitSettings:
    """A repository to read from: exactly one of `url` to fetch and `path` of one on this machine.

    `clone` is where what is fetched from `url` is kept, and `webhook` the secret that a call to fetch at once is signed with.
    """

    url: str | None
    path: Path | None
    branch: str
    interval: timedelta
    clone: Path
    webhook: Secret | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceSettings:
    """Where documents come from: exactly one of `folder` and `git`. `projects` are patterns of project pages."""

    name: str
    folder: Path | None
    git: GitSettings | None
    groups: tuple[Group, ...]
    projects: tuple[str, ...]
    vanished: Literal["hold", "withdraw"]

    @property
    def files(self) -> tuple[str, ...]:
        """The patterns of everything that is read, for whatever purpose."""
        asked = [pattern for group in self.groups for pattern in (*group.files, *group.references)]
        return (*asked, *self.projects)

    @property
    def exclude(self) -> tuple[str, ...]:
        """The patterns that every group leaves out: what they match need not even be opened."""
        left_out = [set(group.exclude) for group in self.groups]
        return tuple(sorted(set.intersection(*left_out))) if left_out else ()


@dataclass(frozen=True, slots=True, kw_only=True)
class OutboxSettings:
    """Deliveries become folders in `folder`."""

    name: str
    folder: Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Members:
    """Who belongs to an audience whose mails go to each person: those in `file`, or where that is None in the ledger.

    Of these only those with the `tag`, where there is one.
    """

    file: Path | None = None
    tag: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DkimSettings:
    """With what mails are signed here: the private `key` whose public half stands at `selector._domainkey.domain`."""

    domain: str
    selector: str
    key: Secret


@dataclass(frozen=True, slots=True, kw_only=True)
class SmtpSettings:
    """A mail server. `addresses` maps audiences to the one address that their mails go to, `members` to those to each of whom.

    `unsubscribe` maps them to where readers leave, if not by a link of ours. `spool` is where the mails are kept that it
    is given, with what became of them. `staff` are those who each get the mails to staff, where there are several. `rate` is the most mails a minute, `connections` the most at once, for members.
    `dkim` None: mails are not signed here.
    """

    name: str
    host: str
    port: int
    security: Literal["starttls", "tls", "none"]
    username: str | None
    password: Secret | None
    timeout: timedelta
    spool: Path
    addresses: Mapping[str, str]
    unsubscribe: Mapping[str, str]
    members: Mapping[str, Members] = field(default_factory=dict)
    staff: tuple[str, ...] = ()
    connections: int = 4
    rate: int | None = None
    dkim: DkimSettings | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ListPart:
    """A part of a list at Mailchimp, by one of these. `interest` is `group/interest`; all `conditions` must be met.

    A condition has the keys `condition_type`, `field`, `op` and `value`.
    """

    tag: str | None = None
    segment: str | None = None
    interest: str | None = None
    conditions: tuple[Mapping[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class MailchimpSettings:
    """An account at Mailchimp. `lists` maps the audiences that go through it to their list's id there.

    `parts` has those of them that are only a part of their list. `webhook` is what its calls are signed with.
    """

    name: str
    api_key: Secret
    base_url: str | None
    timeout: timedelta
    mode: Literal["draft", "send"]
    lists: Mapping[str, str]
    parts: Mapping[str, ListPart] = field(default_factory=dict)
    webhook: Secret | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class HookSettings:
    """Another program that is told of deliveries that get one of the `statuses`. Its `url` is not for others to see."""

    name: str
    url: str = field(repr=False)
    secret: Secret
    statuses: frozenset[DeliveryStatus]


@dataclass(frozen=True, slots=True, kw_only=True)
class OidcSettings:
    """The OpenID Connect service by which people log in too. `name` is what they call it."""

    issuer: str
    client_id: str
    client_secret: Secret
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PingSettings:
    """A dead man's switch that is told of good ticks at most `every` so often, and of bad ones too where `failures`."""

    url: str | Secret = field(repr=False)
    every: timedelta
    failures: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SentrySettings:
    """Where errors are sent, and what this installation is called there."""

    dsn: Secret
    environment: str


ProviderSettings = OutboxSettings | SmtpSettings | MailchimpSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The whole of config.yaml. `path` is as the user typed it, `folder` absolute: relative paths start there.

    `rules.gates` is empty; who knows the providers fills it. `not_yet` are warnings about what is written
    in the file and does nothing in this version, or is unsafe. `worker_batch`: to how many members a worker gives a mail in one go;
    None where there are no workers.
    """

    path: Path
    folder: Path
    rules: Rules
    sources: tuple[SourceSettings, ...]
    providers: Mapping[str, ProviderSettings]
    live: bool
    ledger_url: str
    ledger_password: Secret | None
    host: str
    port: int
    tick: timedelta
    secret_key: Secret | None
    forget: timedelta = timedelta(days=90)
    undo: timedelta = timedelta(minutes=5)
    test: tuple[str, ...] = ()
    not_yet: tuple[Problem, ...] = ()
    hooks: tuple[HookSettings, ...] = ()
    oidc: OidcSettings | None = None
    proxies: tuple[IPv4Network | IPv6Network, ...] = ()
    metrics_token: Secret | None = None
    ping: PingSettings | None = None
    sentry: SentrySettings | None = None
    traces: str | None = None
    worker_batch: int | None = None
