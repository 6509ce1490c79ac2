"""Audiences of config.yaml as Mailchimp knows them: a list, and the part of it by its id. Unknown, doubtful or empty: refused."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from notifier.config import ListPart
from notifier.core.plain import one_line
from notifier.edges.mailchimp.account import Account, Listing, Named
from notifier.edges.mailchimp.door import AGAIN, is_id
from notifier.edges.mailchimp.sentences import FIND_LIST, cut_short
from notifier.errors import ProviderError


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """Whom a campaign goes to. `segment` is what Mailchimp takes as `segment_opts`, empty for the whole list.

    `members` is how many they are, None where only a campaign to them would tell. `title` names them for people.
    """

    listing: Listing
    segment: Mapping[str, Any] = field(default_factory=dict)
    members: int | None = None
    title: str = ""


def id_complaint(audience: str, list_id: str) -> str:
    """What is wrong with the list's id of an audience; nothing where it may be asked for."""
    if not list_id:
        return f"audiences.{audience}.list: is missing. {FIND_LIST}"
    if not is_id(list_id):
        shown = cut_short(list_id, 60)
        return f"audiences.{audience}.list: {shown!r} is not a Mailchimp id (letters, digits, - and _). {FIND_LIST}"
    return ""


def target_of(account: Account, audience: str, list_id: str, part: ListPart | None) -> Target:
    """The audience as it is there now. Raises ProviderError where it isn't there, or more than one may be meant."""
    if complaint := id_complaint(audience, list_id):
        raise ProviderError(complaint, permanent=True, wait=AGAIN)
    listing = account.list_named(list_id)
    if part is None:
        return Target(listing=listing, members=listing.members, title=f"list “{listing.name}”")
    place = f"audiences.{audience}"
    if part.tag is not None:
        tags = [one for one in account.segments(list_id) if one.kind == "static"]
        tag = _only(tags, part.tag, f"{place}.tag", "tag", listing)
        condition = {
            "condition_type": "StaticSegment", "field": "static_segment", "op": "static_is", "value": int(tag.id),
        }  # fmt: skip
        return _part(listing, [condition], tag, f"tag “{tag.name}” of “{listing.name}”")
    if part.segment is not None:
        saved = [one for one in account.segments(list_id) if one.kind != "static"]
        one = _only(saved, part.segment, f"{place}.segment", "saved segment", listing)
        title = f"segment “{one.name}” of “{listing.name}”"
        return Target(
            listing=listing, segment={"saved_segment_id": int(one.id), "match": "all"}, members=one.members, title=title
        )
    if part.interest is not None:
        return _interest(account, listing, part.interest, f"{place}.interest")
    return Target(
        listing=listing,
        segment={"match": "all", "conditions": [_condition(one) for one in part.conditions]},
        title=f"conditions on “{listing.name}”",
    )


def _interest(account: Account, listing: Listing, written: str, place: str) -> Target:
    group_name, _, interest_name = written.partition("/")
    group = _only(account.groups(listing.id), group_name, place, "group", listing)
    interest = _only(account.interests(listing.id, group.id), interest_name, place, "interest", listing)
    condition = {
        "condition_type": "Interests", "field": f"interests-{group.id}", "op": "interestcontains",
        "value": [interest.id],
    }  # fmt: skip
    return _part(listing, [condition], interest, f"interest “{interest.name}” of “{listing.name}”")


def _part(listing: Listing, conditions: Sequence[Mapping[str, Any]], named: Named, title: str) -> Target:
    segment = {"match": "all", "conditions": list(conditions)}
    return Target(listing=listing, segment=segment, members=named.members, title=title)


def _only(found: Sequence[Named], wanted: str, place: str, what: str, listing: Listing) -> Named:
    """The one of this very name: a name that only begins so is another."""
    name = one_line(wanted)
    same = [one for one in found if one_line(one.name) == name] or [
        one for one in found if one_line(one.name).casefold() == name.casefold()
    ]
    if len(same) == 1 and is_id(same[0].id):
        return same[0]
    if len(same) > 1:
        remedy = "Give them names of their own in Mailchimp."
        raise ProviderError(
            f"{place}: “{listing.name}” has more than one {what} “{cut_short(name, 60)}”. {remedy}",
            permanent=True,
            wait=AGAIN,
        )
    others = ", ".join(f"“{cut_short(one.name, 40)}”" for one in found[:8])
    remedy = f"Write one that is there: {others}." if others else f"Make one there: it has no {what} at all."
    raise ProviderError(
        f"{place}: “{listing.name}” has no {what} “{cut_short(name, 60)}”. {remedy}", permanent=True, wait=AGAIN
    )


def _condition(one: Mapping[str, str]) -> dict[str, Any]:
    """A condition in Mailchimp's words; its values have the types that Mailchimp's schema asks for."""
    made: dict[str, Any] = dict(one)
    if one["condition_type"] == "Interests":
        made["value"] = [value.strip() for value in one["value"].split(",")]
    elif one["condition_type"] == "StaticSegment" and one["value"].isdecimal():
        made["value"] = int(one["value"])
    return made


def same_segment(wanted: Mapping[str, Any], found: Mapping[str, Any]) -> bool:
    """Whether a campaign still goes to the part that was asked for: one that was dropped has mailed a whole list before."""
    if not wanted:
        return not found.get("saved_segment_id") and not found.get("conditions")
    if "saved_segment_id" in wanted:
        # The conditions of a saved segment are shown too, or not.
        return str(found.get("saved_segment_id")) == str(wanted["saved_segment_id"])
    conditions = found.get("conditions")
    if not isinstance(conditions, list) or not all(isinstance(one, Mapping) for one in conditions):
        return False
    shown = sorted(_essence(one) for one in conditions)
    return found.get("match") == wanted["match"] and shown == sorted(_essence(one) for one in wanted["conditions"])


def _essence(condition: Mapping[str, Any]) -> tuple[str, ...]:
    value = condition.get("value")
    values = sorted(map(str, value)) if isinstance(value, list) else [str(value)]
    return (*(str(condition.get(name)) for name in ("condition_type", "field", "op")), *values)
