"""The account that every start begins with: three lists, tags, a saved segment, interest groups, a folder's worth of nothing."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from tests.mailchimp.account import Account
from tests.mailchimp.knobs import Knobs
from tests.mailchimp.people import Category, Interest, PeopleList, Segment, some_people

API_KEY = "0123456789abcdef0123456789abcdef-us21"


def new_account(*, seed: str, knobs: Knobs, now: datetime, members: int = 40) -> Account:
    """`Members` with the tags `board` and `board friends`, the saved segment `Friends`, and the groups of `Interests`;
    `Team` of three; `Nobody` without anybody."""
    account = Account(seed=seed, knobs=knobs)
    whole = _list(account, "Members", now)
    board, friends = _tag(account, whole, "board", now), _tag(account, whole, "board friends", now)
    groups = _groups(account, whole, "Interests", ("Talks", "Workshops"))
    _saved(account, whole, "Friends", {"condition_type": "StaticSegment", "field": "static_segment", "op": "static_is", "value": friends}, now)  # fmt: skip
    for person in some_people(members, of="reader", tags=(board, friends), interests=groups):
        whole.put(person)
    team = _list(account, "Team", now)
    for person in some_people(3, of="team"):
        team.put(person)
    _list(account, "Nobody", now)
    account.settle(now)
    return account


def described(account: Account) -> dict[str, Any]:
    """The ids by their names, for whoever has to write them into a configuration."""
    return {
        one.name: {
            "id": one.id,
            "segments": {segment.name: segment.id for segment in one.segments.values()},
            "categories": {category.title: category.id for category in one.categories.values()},
            "interests": {interest.name: interest.id for interest in one.interests.values()},
        }
        for one in account.lists.values()
    }


def _list(account: Account, name: str, now: datetime) -> PeopleList:
    one = PeopleList(id=account.new_id("list"), web_id=account.new_number(), name=name, created=now, from_email="office@example.org")  # fmt: skip
    account.lists[one.id] = one
    return one


def _tag(account: Account, there: PeopleList, name: str, now: datetime) -> int:
    number = account.new_number()
    condition = {"condition_type": "StaticSegment", "field": "static_segment", "op": "static_is", "value": number}
    options = {"match": "any", "conditions": [condition]}
    there.segments[number] = Segment(id=number, name=name, kind="static", options=options, created=now)
    return number


def _saved(account: Account, there: PeopleList, name: str, condition: dict[str, Any], now: datetime) -> None:
    number = account.new_number()
    options = {"match": "all", "conditions": [condition]}
    there.segments[number] = Segment(id=number, name=name, kind="saved", options=options, created=now)


def _groups(account: Account, there: PeopleList, title: str, names: tuple[str, ...]) -> list[str]:
    category = Category(id=account.new_id("category"), title=title)
    there.categories[category.id] = category
    for name in names:
        group = Interest(id=account.new_id("interest"), name=name, category_id=category.id)
        there.interests[group.id] = group
    return list(there.interests)
