"""What is another object than before, found without looking at what stayed."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from notifier.core.changes import Ordered, replaced, stretch, touched


class Thing:
    """Told apart by nothing but being another."""

    def __init__(self, number: int) -> None:
        self.number = number


THINGS = [Thing(number % 20) for number in range(400)]
some_things = st.lists(st.sampled_from(THINGS[:12]), unique=True, max_size=12)


@given(some_things, some_things)
def test_what_went_and_what_came_make_the_difference(old: list[Thing], new: list[Thing]) -> None:
    went, came = replaced(old, new)
    assert went == [thing for thing in old if thing not in new]
    assert came == [thing for thing in new if thing not in old]


@given(some_things, some_things)
def test_outside_of_the_stretch_all_is_the_same(old: list[Thing], new: list[Thing]) -> None:
    part = stretch(old, new)
    rest = len(old) - part.start - len(part.old)
    assert [*old[: part.start], *part.new, *old[len(old) - rest :]] == new
    assert [*new[: part.start], *part.old, *new[len(new) - rest :]] == old


def test_of_the_same_row_nothing_is_compared() -> None:
    assert (stretch(THINGS, THINGS).new, replaced(THINGS, THINGS), touched({}, {})) == ((), ([], []), [])


@given(st.dictionaries(st.sampled_from("abcdef"), st.sampled_from(THINGS[:3])), st.data())
def test_keys_are_touched_that_have_another_object_now(old: dict[str, Thing], data: st.DataObject) -> None:
    new = data.draw(st.dictionaries(st.sampled_from("abcdef"), st.sampled_from(THINGS[:3])))
    added = {**old, **new}
    for now in (new, added):
        assert sorted(touched(old, now)) == sorted(k for k in {**old, **now} if old.get(k) is not now.get(k))


@given(st.lists(st.tuples(st.integers(0, 250), st.integers(0, 250)), max_size=6))
def test_things_stay_in_order_whether_few_change_or_many(steps: list[tuple[int, int]]) -> None:
    ordered, held = Ordered[Thing](lambda thing: thing.number, id), list[Thing]()
    for begin, length in steps:
        chosen = THINGS[begin : begin + length]
        old, new = [thing for thing in chosen if thing in held], [thing for thing in chosen if thing not in held]
        ordered.replace(old, new)
        held = [thing for thing in held if thing not in old] + new
        assert set(ordered.all()) == set(held)
        assert [thing.number for thing in ordered.all()] == sorted(thing.number for thing in held)
