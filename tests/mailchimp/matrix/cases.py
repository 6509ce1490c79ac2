"""All cases, from the requests of a run in which nothing goes wrong: whatever the program asks for is a step."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from tests.mailchimp.control import CONTENT, SEND
from tests.mailchimp.matrix.case import Case, Fate, Kill
from tests.mailchimp.matrix.hardships import ACTS, FAULTS, FEW, FORMS, IMPATIENT, RULES, SLOW, WORDS
from tests.mailchimp.matrix.place import MINUTES

Request = Mapping[str, Any]
_FATES: tuple[Fate, ...] = ("lost", "late", "done")
#: The requests before people are mailed, this one included, whose answers nothing can follow: words, others, itself, send.
_LAST_MOMENTS = 4
_LAGS = (0, 60, 300, 600, 900, 1200)
#: Nothing of what was done shows for twenty minutes, and whatever is sent again goes out again.
_WORST = {"status_lag": 1200, "list_lag": 1200, "second_send": "delivers"}
#: By so many seconds clocks are apart: as far as two may act, and by minutes, as where nothing keeps a wrong one from acting.
_APART = (-1200, -420, -50, 50, 420, 1200)
_CREATE = {"method": "POST", "path": "/campaigns"}


def all_cases(requests: Sequence[Request], lists: Mapping[str, Any], instants: int) -> list[Case]:
    """In the order of the table. `instants` is how many points of a calm run a process can be killed at."""
    steps = [(number, _step(one)) for number, one in enumerate(_until_sent(requests), 1)]
    kinds = list(dict.fromkeys(step for _, step in steps))
    return [
        *_faults(steps), *_storms(kinds), *_pairs(), *_kills(steps, instants), *_kills_with_lags(steps),
        *_kills_twice(steps), *_two(steps), *_staff(steps, lists), *_staff_between(lists), *_late(), *_edits(steps), *_rules(_send_of(steps)), *_forms(),
    ]  # fmt: skip


def server_cases(requests: Sequence[Request], standing: int, statements: int) -> list[Case]:
    """What else can happen where several instances have their ledger at a server: at each instant, and at each statement."""
    return [*_standing(standing), *_cut_off(statements), *_apart(requests)]


def _standing(instants: int) -> Iterator[Case]:
    for number in range(1, instants + 1):
        at = (number,)
        yield Case(part="stands still", step="alone", what=str(number), instants=at, blow="stand")
        yield Case(part="stands still", step="others tick meanwhile", what=str(number), instants=at, blow="stand", second="meanwhile")  # fmt: skip
        yield Case(part="stands still", step="others tick meanwhile, the worst server", what=str(number), instants=at, blow="stand", second="meanwhile", knobs=_WORST)  # fmt: skip
        yield Case(part="stands still", step="others tick together", what=str(number), instants=at, blow="stand", second="together")  # fmt: skip


def _cut_off(statements: int) -> Iterator[Case]:
    for number in range(1, statements + 1):
        at = (number,)
        yield Case(part="all connections are cut", step="alone", what=str(number), instants=at, blow="cut")
        yield Case(part="all connections are cut", step="others tick together", what=str(number), instants=at, blow="cut", second="together")  # fmt: skip
        if number % 4 == 0:
            yield Case(part="the server crashes", step="alone", what=str(number), instants=at, blow="crash")
            yield Case(part="the server crashes", step="others tick together", what=str(number), instants=at, blow="crash", second="together")  # fmt: skip


def _apart(requests: Sequence[Request]) -> Iterator[Case]:
    steps, part = [(number, _step(one)) for number, one in enumerate(_until_sent(requests), 1)], "clocks are apart"
    for apart in _APART:
        by = f"by {apart} s"
        yield Case(part=part, step=by, what="nothing else goes wrong", second="together", apart=apart)
        yield Case(part=part, step=by, what="the worst server", second="together", apart=apart, knobs=_WORST)
        yield Case(part=part, step=by, what="it waits for its count", second="together", apart=apart, knobs={"ready_after": 900})  # fmt: skip
        for name in FEW:
            fault = {**FAULTS[name], "method": "POST", "path": SEND}
            yield Case(part=part, step=by, what=f"send: {name}", second="together", apart=apart, faults=(fault,), knobs=_WORST)  # fmt: skip
        for number, step in steps:
            yield Case(part=part, step=by, what=f"one waits at {step}", second="meanwhile", apart=apart, waits_at=(number, "done"), knobs=_WORST)  # fmt: skip
            if step.startswith("POST"):
                yield Case(part=part, step=by, what=f"one is killed at {step}", second="together", apart=apart, kills=(Kill(number, "done"),))  # fmt: skip


def _until_sent(requests: Sequence[Request]) -> Sequence[Request]:
    """With the two that follow the send: then the program knows."""
    send = next(number for number, one in enumerate(requests) if one["path"].endswith("/actions/send"))
    return requests[: send + 3]


def _send_of(steps: Sequence[tuple[int, str]]) -> int:
    return next(number for number, step in steps if step.endswith("/actions/send"))


def _step(request: Request) -> str:
    """`GET /campaigns/…/content`: the request without its ids."""
    path = re.sub(r"/(campaigns|lists)/[^/]+", r"/\1/…", request["path"])
    return f"{request['method']} {path}"


def _pattern(step: str) -> dict[str, str]:
    method, _, path = step.partition(" ")
    return {"method": method, "path": path.replace("…", "*")}


def _patience(*names: str) -> str:
    return IMPATIENT if SLOW & set(names) else "20s"


def _faults(steps: Sequence[tuple[int, str]]) -> Iterator[Case]:
    for number, step in steps:
        for name, how in FAULTS.items():
            yield Case(part="a fault at a step", step=step, what=name, faults=({**how, "nth": number},), timeout=_patience(name))  # fmt: skip


def _storms(kinds: Sequence[str]) -> Iterator[Case]:
    for step in kinds:
        for name in FEW:
            for times in (3, 40):
                fault = {**FAULTS[name], **_pattern(step), "times": times}
                yield Case(part=f"the same fault {times} times", step=step, what=name, faults=(fault,))
    for name in ("429 without a body", "500 with a reason, lost", "reset, lost"):
        for times in (10, 40):
            yield Case(part="a storm", step=f"{times} requests", what=name, faults=({**FAULTS[name], "times": times},))
    for ticks in ((0,), (1,), (0, 1, 2), tuple(range(14)), tuple(range(30))):
        yield Case(part="a storm", step=f"no connection at ticks {ticks[0]} to {ticks[-1]}", what="refused", deaf=ticks)


def _pairs() -> Iterator[Case]:
    for first in FAULTS:
        for second in FAULTS:
            if not {first, second} & set(FEW):
                continue
            faults = ({**FAULTS[first], **_CREATE}, {**FAULTS[second], "method": "POST", "path": SEND})
            yield Case(part="faults at create and send", step=first, what=second, faults=faults, timeout=_patience(first, second))  # fmt: skip
    for first in FEW:
        for second in FEW:
            faults = ({**FAULTS[first], "method": "PUT", "path": CONTENT}, {**FAULTS[second], "method": "POST", "path": SEND})  # fmt: skip
            yield Case(part="faults at content and send", step=first, what=second, faults=faults)
            faults = ({**FAULTS[first], "method": "POST", "path": SEND}, {**FAULTS[second], "method": "GET", "path": "/campaigns/*", "times": 4, "nth": 4})  # fmt: skip
            yield Case(part="faults at send and afterwards", step=first, what=second, faults=faults)


def _kills(steps: Sequence[tuple[int, str]], instants: int) -> Iterator[Case]:
    for number, step in steps:
        for fate in _FATES:
            yield Case(part="killed at a step", step=step, what=f"the request is {fate}", kills=(Kill(number, fate),))
    for number in range(1, instants + 1):
        yield Case(part="killed before a commit or a connection", step="any", what=str(number), instants=(number,))


def _kills_with_lags(steps: Sequence[tuple[int, str]]) -> Iterator[Case]:
    for number, step in steps:
        if step.startswith("GET") and "content" not in step:
            continue
        for lag in _LAGS[1:]:
            for fate in _FATES:
                knobs = {"status_lag": lag, "list_lag": lag}
                yield Case(part="killed, and all is shown late", step=step, what=f"{lag} s, {fate}", kills=(Kill(number, fate),), knobs=knobs)  # fmt: skip


def _kills_twice(steps: Sequence[tuple[int, str]]) -> Iterator[Case]:
    for number, step in steps:
        for again in range(1, len(steps) + 1, 2):
            kills = (Kill(number, "done"), Kill(again, "done" if again % 4 == 1 else "lost"))
            yield Case(part="killed twice", step=step, what=f"again at request {again}", kills=kills)


def _two(steps: Sequence[tuple[int, str]]) -> Iterator[Case]:
    for number, step in steps:
        for fate in _FATES:
            if fate == "lost" and not step.startswith("POST"):
                continue
            waits: tuple[int, Fate] = (number, fate)
            yield Case(part="two processes, one waits", step=step, what=fate, second="meanwhile", waits_at=waits)
            part = "two processes, one waits, the worst server"
            yield Case(part=part, step=step, what=fate, second="meanwhile", waits_at=waits, knobs=_WORST)
    for number, step in steps:
        for fate in _FATES:
            yield Case(part="two processes, one is killed", step=step, what=fate, second="together", kills=(Kill(number, fate),))  # fmt: skip
    for name in FEW:
        for lag in _LAGS:
            fault, knobs = {**FAULTS[name], "method": "POST", "path": SEND}, {"status_lag": lag, "list_lag": lag}
            yield Case(part="two processes at once", step=f"{lag} s late", what=name, second="together", faults=(fault,), knobs=knobs)  # fmt: skip


def _staff(steps: Sequence[tuple[int, str]], lists: Mapping[str, Any]) -> Iterator[Case]:
    send = _send_of(steps)
    for number, step in steps:
        part = "people act in the last moments" if send - _LAST_MOMENTS < number <= send else "people act at a step"
        for name, act in ACTS.items():
            fault = {"nth": number, "act": _with_ids(act, lists)}
            # What people do after the last look at it can't be seen any more; afterwards it is.
            too_late = number > send - (3 if name in WORDS else 1)
            yield Case(part=part, step=step, what=name, faults=(fault,), too_late=too_late)
        acts = ({"nth": number, "act": {"act": "replicate"}}, {"nth": number + 1, "act": {"act": "send"}})
        yield Case(part=part, step=step, what="replicate, send the copy", faults=acts, too_late=number + 1 > send - 2)


def _staff_between(lists: Mapping[str, Any]) -> Iterator[Case]:
    """Between ticks: while a draft waits for a person, for its count, or is in doubt."""
    lost = {**FAULTS["reset, lost"], "method": "POST", "path": SEND}
    for name, act in ACTS.items():
        done = _with_ids(act, lists)
        for tick in (1, 3, 6):
            acts: tuple[tuple[int, Mapping[str, Any]], ...] = ((tick, done),)
            part = "people act between ticks"
            yield Case(part=part, step="a draft for a person", what=name, mode="draft", acts=acts)
            yield Case(part=part, step="a draft for a person, and send it later", what=name, mode="draft", acts=(*acts, (tick + 3, {"act": "send"})))  # fmt: skip
            yield Case(part=part, step="it waits for its count", what=name, acts=acts, knobs={"ready_after": 900})
            yield Case(part=part, step="its send is in doubt", what=name, acts=acts, faults=(lost,))


def _late() -> Iterator[Case]:
    """A person sends the draft while the program is off, which comes back when the mail is no longer of use, or its event is gone."""
    off = MINUTES.index(1440)
    for rule in ("as assumed", "states are shown twenty minutes late", "sending takes an hour", "who was reached is counted half an hour later"):  # fmt: skip
        for tick in (off - 1, off, off + 1):
            yield Case(part="people act between ticks", step="a draft for a person", what=f"send before tick {tick}: {rule}", mode="draft", acts=((tick, {"act": "send"}),), knobs=RULES[rule])  # fmt: skip
    for tick in (1, 2, 4):
        yield Case(part="people act between ticks", step="a draft for a person", what=f"send before tick {tick}, as its event is taken away", mode="draft", acts=((tick, {"act": "send"}),), removed_at=tick)  # fmt: skip
        for name in ("reset, lost", "reset, done", "reset, done two minutes later", "429 without a body"):
            fault = {**FAULTS[name], "method": "POST", "path": SEND}
            yield Case(part="its event is taken away", step=f"before tick {tick}", what=name, faults=(fault,), removed_at=tick)  # fmt: skip
        yield Case(part="its event is taken away", step=f"before tick {tick}", what="it waits for its count", knobs={"ready_after": 900}, removed_at=tick)  # fmt: skip


def _edits(steps: Sequence[tuple[int, str]]) -> Iterator[Case]:
    """The event itself gets another title meanwhile: readers are told what it says, and what was told is what they read."""
    part, send = "its event is edited", {"method": "POST", "path": SEND}
    for tick in (1, 2, 3, 4, 6, 9):
        edits = (tick,)
        yield Case(part=part, step=f"before tick {tick}", what="it waits for its count", edits=edits, knobs={"ready_after": 900})  # fmt: skip
        for name in FEW:
            yield Case(part=part, step=f"before tick {tick}", what=f"send: {name}", edits=edits, faults=({**FAULTS[name], **send},))  # fmt: skip
        yield Case(part=part, step=f"before tick {tick}", what="send: turned away three times", edits=edits, faults=({**FAULTS["429 without a body"], **send, "times": 3},))  # fmt: skip
        for later in (0, 1, 3, 5):
            acts: tuple[tuple[int, Mapping[str, Any]], ...] = ((tick + later, {"act": "send"}),)
            yield Case(part=part, step=f"before tick {tick}", what=f"a person sends the draft before tick {tick + later}", mode="draft", edits=edits, acts=acts)  # fmt: skip
    for number, step in steps:
        for fate in _FATES:
            yield Case(part=part, step="before tick 1", what=f"killed at {step}, {fate}", edits=(1,), kills=(Kill(number, fate),))  # fmt: skip


def _rules(send: int) -> Iterator[Case]:
    for rule, knobs in RULES.items():
        yield Case(part="another server", step=rule, what="nothing goes wrong", knobs=knobs)
        yield Case(part="another server", step=rule, what="two processes", knobs=knobs, second="together")
        yield Case(part="another server", step=rule, what="a draft for a person, sent by them", knobs=knobs, mode="draft", acts=((4, {"act": "send"}),))  # fmt: skip
        for name in ("reset, lost", "reset, done", "500 with a reason, done", "reset, done two minutes later", "429 without a body"):  # fmt: skip
            fault = {**FAULTS[name], "method": "POST", "path": SEND}
            yield Case(part="another server", step=rule, what=f"send: {name}", knobs=knobs, faults=(fault,))
        for name in ("reset, done", "500, done twenty minutes later"):
            yield Case(part="another server", step=rule, what=f"create: {name}", knobs=knobs, faults=({**FAULTS[name], **_CREATE},))  # fmt: skip
        yield Case(
            part="another server", step=rule, what="killed at the send", knobs=knobs, kills=(Kill(send, "done"),)
        )


def _forms() -> Iterator[Case]:
    for name, fault in FORMS.items():
        yield Case(part="other answers", step=name, what="nothing else goes wrong", faults=(fault,))
        yield Case(part="other answers", step=name, what="two processes", faults=(fault,), second="together")
        if "repeat" not in fault:
            # Where the way there repeats a send and Mailchimp heeds both, no client can help it.
            yield Case(part="other answers", step=name, what="a second send delivers again", faults=(fault,), knobs={"second_send": "delivers"})  # fmt: skip


def _with_ids(act: Mapping[str, Any], lists: Mapping[str, Any]) -> dict[str, Any]:
    """The act with the ids of this account for the names of its lists and tags."""
    told = dict(act)
    if "list" in told:
        there = lists[told["list"]]
        told["list"] = there["id"]
        told |= {"segment": there["segments"][told["segment"]]} if "segment" in told else {}
        told |= {"segment_opts": _tagged(there["segments"][told.pop("to")])} if "to" in told else {}
        told |= {"tags": [there["segments"][tag] for tag in told["tags"]]} if "tags" in told else {}
    return told


def _tagged(number: int) -> dict[str, Any]:
    condition = {"condition_type": "StaticSegment", "field": "static_segment", "op": "static_is", "value": number}
    return {"match": "all", "conditions": [condition]}
