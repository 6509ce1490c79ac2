"""Whether what config.yaml says of mail servers, and of audiences that are reached through them, is whole and safe."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from notifier.config.tree import Loc, Tree
from notifier.config.units import LOOPBACK
from notifier.config.way_checks import Found
from notifier.errors import Problem


def mail_checks(tree: Tree) -> Found:
    """Every disagreement, with the place it is about."""
    for name, provider in tree.mapping("providers").items():
        if isinstance(provider, dict) and provider.get("type") == "smtp":
            yield from _login(tree, ("providers", name), provider)
    for name, audience in tree.mapping("audiences").items():
        if isinstance(audience, dict):
            yield from _address(tree, ("audiences", name), audience)


def unsafe(tree: Tree) -> Iterator[Problem]:
    """A warning for each mail server that mails travel to unencrypted, through a network."""
    for name, provider in tree.mapping("providers").items():
        if not isinstance(provider, dict) or provider.get("type") != "smtp" or provider.get("security") != "none":
            continue
        if provider.get("host") not in LOOPBACK:
            what = "lets mails travel unencrypted: anybody on the way can read and change them."
            hint = "Write starttls (or tls), unless the way to that host is yours alone."
            yield tree.problem(("providers", name, "security"), what, hint, severity="warning")


def _login(tree: Tree, loc: Loc, provider: Mapping[str, object]) -> Found:
    has_name, has_password = (provider.get(key) is not None for key in ("username", "password"))
    if has_name != has_password:
        missing = (*loc, "password" if has_name else "username")
        yield missing, tree.problem(missing, "is missing.", "A login has both a username and a password.")
    if has_password and provider.get("security") == "none":
        what = "would show the password to anybody on the way."
        place = (*loc, "security")
        yield place, tree.problem(place, what, "Write starttls or tls, or leave out username and password.")


def _address(tree: Tree, loc: Loc, audience: Mapping[str, object]) -> Found:
    given = [key for key in ("address", "members", "list") if audience.get(key) is not None]
    if "address" in given and len(given) > 1:
        what = f"has {' and '.join(given)}, which exclude each other."
        yield loc, tree.problem(loc, what, "Keep the one that its provider can use.")
    provider = audience.get("provider")
    if not isinstance(provider, str) or tree.get("providers", provider, "type") != "smtp":
        return
    if not {"address", "members"} & set(given):
        what, hint = "needs address or members.", "Write, for example: address: choir@lists.example.org"
        yield loc, tree.problem(loc, what, hint)
    if audience.get("from") is None:
        place = (*loc, "from")
        hint = "A mail server wants to know. Write, for example: from: {name: Example Commons, address: events@example.org}"
        yield place, tree.problem(place, "is missing.", hint)
