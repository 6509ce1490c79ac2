"""The page of a delivery to each member says whom it did not reach, and gives nobody's address away."""

from __future__ import annotations

from notifier.app import App
from notifier.core.recipient import Recipient, Result
from tests.web.sites import NOW, a_client
from tests.web.test_pages import section
from tests.web.visiting import page_of


def test_it_counts_all_and_names_some_masked(site: App) -> None:
    site.tick()
    ledger = site.ticker.wiring.ledger
    row = ledger.rows("planned")[0]
    people = [Recipient(number=n, digest=f"{n:032x}", address=f"reader{n}@example.org") for n in range(25)]
    assert ledger.enrol(row.key, people, NOW)
    ledger.claim(row.key, 24, claim="c", at=NOW)
    refused = [
        Result(number=n, status="refused", said=f"550 <READER{n}@example.org> is <b>nobody") for n in range(2, 24)
    ]
    ledger.conclude(
        row.key, [Result(number=0, status="taken"), Result(number=1, status="unknown"), *refused], claim="c", at=NOW
    )

    page = a_client(site).get(page_of(row)).text

    text = section(page, "unreached")
    assert "25 in all, 1 taken, 22 refused, 1 in doubt, 1 still to be handed over." in text
    assert "r…@example.org: in doubt" in text
    assert "r…@example.org: refused (550 <r…@example.org> is <b>nobody)" in text
    assert "and 3 more." in text
    assert ("reader" in page.lower().replace("readers", ""), "<b>nobody" in page) == (False, False)


def test_a_mail_that_goes_to_a_list_says_nothing_of_the_kind(site: App) -> None:
    site.tick()
    row = site.ticker.wiring.ledger.rows("planned")[0]
    assert "unreached" not in a_client(site).get(page_of(row)).text
