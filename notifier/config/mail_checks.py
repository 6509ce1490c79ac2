"""Whether what config.yaml says of mail servers, and of audiences that are reached through them, is whole and safe."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from importlib.util import find_spec

from notifier.config.tree import Loc, Tree
from notifier.config.units import LOOPBACK, web_host
from notifier.config.way_checks import Found
from notifier.errors import Problem

#: What pyproject.toml has as the extra `dkim`.
DKIM_EXTRA = "dkimpy[ed25519]>=1.1.8,<2"
_HOW_TO_LINK = (
    "Write, for example, secret_key: {file: secret_key}, and under site public_url: https://events.example.org, the "
    "address at which this program is reached."
)


def mail_checks(tree: Tree) -> Found:
    """Every disagreement, with the place it is about."""
    for name, provider in tree.mapping("providers").items():
        if isinstance(provider, dict) and provider.get("type") == "smtp":
            yield from _login(tree, ("providers", name), provider)
            yield from _signature(tree, name, provider)
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
    yield from _only_here(tree)
    yield from _unbounded(tree)


def _only_here(tree: Tree) -> Iterator[Problem]:
    """A warning where the links by which members leave lead to their own machines."""
    public_url = tree.get("site", "public_url")
    if not isinstance(public_url, str) or web_host(public_url) not in LOOPBACK:
        return
    for audience in tree.mapping("audiences").values():
        if isinstance(audience, dict) and audience.get("members") is not None and audience.get("unsubscribe") is None:
            what = "is reached from this machine only, so nobody elsewhere can leave by the links in their mails."
            yield tree.problem(
                ("site", "public_url"), what, "That is enough to try it. Else: https://…", severity="warning"
            )
            return


def _unbounded(tree: Tree) -> Iterator[Problem]:
    """A warning for each bound on readers whom nobody can count."""
    for name, audience in tree.mapping("audiences").items():
        if isinstance(audience, dict) and audience.get("address") is not None and audience.get("at_most") is not None:
            what = "bounds nothing: how many read what goes to one address, only its own server knows."
            yield tree.problem(("audiences", name, "at_most"), what, "Delete it.", severity="warning")


def _login(tree: Tree, loc: Loc, provider: Mapping[str, object]) -> Found:
    has_name, has_password = (provider.get(key) is not None for key in ("username", "password"))
    if has_name != has_password:
        missing = (*loc, "password" if has_name else "username")
        yield missing, tree.problem(missing, "is missing.", "A login has both a username and a password.")
    if has_password and provider.get("security") == "none":
        what = "would show the password to anybody on the way."
        place = (*loc, "security")
        yield place, tree.problem(place, what, "Write starttls or tls, or leave out username and password.")


def _signature(tree: Tree, name: str, provider: Mapping[str, object]) -> Found:
    """Whether mails can be signed here, and by the domain that readers see: a foreign one proves nothing to them (RFC 7489 3.1.1)."""
    dkim, loc = provider.get("dkim"), ("providers", name, "dkim")
    if not isinstance(dkim, dict):
        return
    if find_spec("dkim") is None:
        hint = f"Install it: python3 -m pip --python {sys.executable} install '{DKIM_EXTRA}'"
        yield loc, tree.problem(loc, "needs dkimpy, which is not installed.", hint)
    domain = dkim.get("domain")
    if not isinstance(domain, str):
        return
    for place, address in _senders(tree, name):
        if not _is_within(address, domain):
            what = f"{address} is not an address of {domain}, which signs its mails."
            hint = "Write one that is, or sign with the domain of this one."
            yield place, tree.problem(place, what, hint)


def _senders(tree: Tree, provider: str) -> Iterator[tuple[Loc, str]]:
    """From what addresses its mails come, and where each of them is written."""
    has_sender = False
    for name, audience in tree.mapping("audiences").items():
        if isinstance(audience, dict) and audience.get("provider") == provider:
            address = tree.get("audiences", name, "from", "address")
            if isinstance(address, str):
                has_sender = True
                yield ("audiences", name, "from", "address"), address
    domain = tree.get("site", "domain")
    if not has_sender and tree.get("sending", "staff", "provider") == provider and isinstance(domain, str):
        yield ("site", "domain"), f"noreply@{domain}"


def _is_within(address: str, domain: str) -> bool:
    host = address.rpartition("@")[2].lower()
    try:
        host = host.encode("idna").decode()
    except UnicodeError:
        return False
    return host == domain.lower() or host.endswith(f".{domain.lower()}")


def _address(tree: Tree, loc: Loc, audience: Mapping[str, object]) -> Found:
    given = [key for key in ("address", "members", "list") if audience.get(key) is not None]
    if len(given) > 1:
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
    if given == ["members"]:
        yield from _leaving(tree, (*loc, "members"), audience)
        for key in ("segment", "interest", "conditions"):
            if audience.get(key) is not None:
                place = (*loc, key)
                yield place, tree.problem(place, "is a part of a list at Mailchimp.", "Of members, name a tag.")


def _leaving(tree: Tree, loc: Loc, audience: Mapping[str, object]) -> Found:
    """Mails to each person must say how that person leaves; no list's server does it for us."""
    if audience.get("unsubscribe") is not None:
        return
    found = tree.get("site", "public_url")
    public_url = found if isinstance(found, str) else ""
    needed = {"secret_key": tree.get("secret_key"), "site.public_url": public_url}
    missing = [key for key, value in needed.items() if not value]
    if missing:
        what = f"need a link by which each of them leaves, and that needs {' and '.join(missing)}."
        yield loc, tree.problem(loc, what, f"{_HOW_TO_LINK} Or write where they leave: unsubscribe: https://…")
    elif not public_url.startswith("https://") and web_host(public_url) not in LOOPBACK:
        place = ("site", "public_url")
        what = "has no https, and the links by which members leave begin with it."
        yield place, tree.problem(place, what, "Write the https address at which this program is reached.")
