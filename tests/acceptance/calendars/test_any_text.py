"""Whatever authors write, and wherever: the bytes have nothing to complain of, and one event stays one."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tests.acceptance.calendars import lint, tzcheck
from tests.acceptance.calendars.cases import Case, evening
from tests.builders import a_feed, a_site
from tests.strategies import any_text

#: Signs that are escaped, and clusters of characters, where lines are folded.
_TEXTS = any_text | st.text("ab ,;\\^:\"\n'?éß漢😀\u200d\ufe0f\U0001f1e6\u0301-", max_size=400)


@given(_TEXTS, _TEXTS, _TEXTS, _TEXTS, st.sampled_from(["scheduled", "cancelled", "tentative"]))
def test_no_text_makes_a_calendar_that_clients_stumble_over(
    title: str, text: str, place: str, name: str, status: str
) -> None:
    fields = {
        "title": title,
        "summary": text,
        "location": place,
        "category": name,
        "topics": (title, place),
        "url": text,
    }
    seen = {"status": "CANCELLED"} if status == "cancelled" else {}
    event = evening("any", status=status, seen=seen, info_url=place, join_url=name, mode="hybrid", **fields)
    case = Case(
        name="any", pairs=[event], feed=a_feed(title=name, description=text, colour=title), site=a_site(name=name)
    )

    for data, _ in ((case.written(), None), *case.files(), *case.invitations("REQUEST"), *case.invitations("CANCEL")):
        assert lint.complaints(data, events=1) + tzcheck.complaints(data) == []
