"""Who was seen before: exactly as a set would say, in less room."""

from __future__ import annotations

import tracemalloc

from hypothesis import given
from hypothesis import strategies as st

from notifier.core.recipient import Seen, digest_of

#: Made of two bytes only, so that one often begins within another, and many begin alike.
_DIGESTS = st.lists(st.sampled_from([b"\0", b"\x01"]), min_size=16, max_size=16).map(lambda one: b"".join(one).hex())


@given(st.lists(_DIGESTS | st.sampled_from(["00" * 16, "01" * 16, "00" * 15 + "01"]), max_size=60))
def test_each_is_new_once(digests: list[str]) -> None:
    seen, as_a_set = Seen(), set[str]()
    for one in digests:
        assert seen.add(one) == (one not in as_a_set)
        as_a_set.add(one)


def test_the_end_of_one_and_the_beginning_of_the_next_are_nobody() -> None:
    seen = Seen()
    assert seen.add("0000" + "aa" * 7 + "01" * 7)
    assert seen.add("0000" + "cc" * 7 + "dd" * 7)
    assert seen.add("00" + "01" * 7 + "00" + "cc" * 7)
    assert not seen.add("0000" + "cc" * 7 + "dd" * 7)


def test_many_take_little_room() -> None:
    tracemalloc.start()
    try:
        seen = Seen()
        assert all(seen.add(digest_of("choir", f"reader{number}@example.org")) for number in range(100_000))
        held, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert held < 3_000_000
