"""What is let pass, and why: every exception with its reason, none that nothing needs."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.acceptance.mail.judges import Finding

FILE = Path(__file__).with_name("exceptions.toml")


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """The findings that nothing explains, and the exceptions that explained nothing."""

    unexplained: tuple[Finding, ...]
    unneeded: tuple[tuple[str, str], ...]


def exceptions() -> Mapping[tuple[str, str], str]:
    """The reason for each exception, by its judge and by what the judge says."""
    listed = tomllib.loads(FILE.read_text(encoding="utf-8"))["exception"]
    return {(one["judge"], one["what"]): one["reason"] for one in listed}


def verdict(
    findings: Iterable[Finding], judges: Sequence[str], reasons: Mapping[tuple[str, str], str], *, all_pages: bool
) -> Verdict:
    """What is left of the findings of these judges. Only where they saw all pages can an exception turn out to be unneeded."""
    found = list(findings)
    met = {(one.judge, one.what) for one in found}
    unneeded = [known for known in reasons if all_pages and known[0] in judges and known not in met]
    return Verdict(
        unexplained=tuple(one for one in found if (one.judge, one.what) not in reasons), unneeded=tuple(unneeded)
    )
