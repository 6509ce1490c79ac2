"""Faults of the talk with Mailchimp: each would mail a list twice, mail the wrong people, or call sent what is not."""

from __future__ import annotations

from tests.planted.plant import Fault

_PROVIDER, _DOOR, _SENDING, _AUDIENCES, _FINDING, _ACCOUNT, _VERIFYING = (
    f"notifier/edges/mailchimp/{name}.py"
    for name in ("__init__", "door", "sending", "audiences", "finding", "account", "verifying")
)
_HAND_OVER, _LEDGER = "notifier/tick/hand_over.py", "notifier/edges/ledger/deliveries.py"
_TICKS, _DOORS, _MEANWHILE = (
    f"tests/edges/test_mailchimp_{name}.py" for name in ("ticks", "door", "sent_meanwhile")
)  # fmt: skip
_KILLS, _TWO, _PEOPLE, _SEGMENTS = (
    f"tests/mailchimp/test_matrix.py::test_{name}"
    for name in (
        "killed_at_any_request_that_makes_or_sends_something_it_goes_on",
        "of_two_processes_one_sends",
        "what_people_do_in_the_last_moments_is_seen_then_or_told_afterwards",
        "a_segment_that_is_dropped_mails_nobody_else_or_is_told_afterwards",
    )
)


def _fault(name: str, file: str, old: str, new: str, tests: str) -> Fault:
    return Fault(name=f"mailchimp: {name}", file=file, old=old, new=new, tests=(tests,))


MAILCHIMP = (
    _fault(
        "nothing is looked for before a campaign is made", _PROVIDER,
        "        seen = self.follow(delivery.key, delivery.draft_id)\n        match seen.state:",
        '        seen = Observation(state="absent")\n        match seen.state:', _TICKS,
    ),
    _fault("a mark is another each time", _FINDING, 'text = f"{site_id}|{key}"', 'text = f"{site_id}|{key}|" + str(__import__("time").monotonic_ns())', _TICKS),
    _fault(
        "the ledger is told of a send after it", _HAND_OVER,
        '        sending = self._move(row, "sending", draft_id=draft_id, attempt=True, facts=self._facts(row))\n',
        "        self.provider.send(draft_id, row.key, self.look.at)\n"
        '        sending = self._move(row, "sending", draft_id=draft_id, attempt=True, facts=self._facts(row))\n', _TICKS,
    ),
    _fault("what is shown as a draft was not sent", _PROVIDER, "sends=True, certain=False, reaches_people=True", "sends=True, certain=True, reaches_people=True", _KILLS),
    _fault("a lost answer is a no", _SENDING, '        case "rejected" | "notfound" | "ambiguous":\n            return None', '        case "rejected" | "notfound" | "ambiguous":\n            return Outcome(result="unsent", detail=error.message)', _TICKS),
    _fault("what was certainly not taken is in doubt", _SENDING, 'case "unsent" | "throttled" | "auth" | "forbidden" | "bug":', 'case "bug":', _TICKS),
    _fault(
        "a send that failed is asked for again", _ACCOUNT, "        if self.door.apis.campaigns.send(campaign_id):",
        "        try:\n            self.door.apis.campaigns.send(campaign_id)\n            return\n        except Failed:\n            pass\n        if self.door.apis.campaigns.send(campaign_id):", _TICKS,
    ),
    _fault("a send is not written down before it is asked for", _PROVIDER, "kept.posted_at, kept.looked, kept.taken = self.now(), None, False", "kept.looked, kept.taken = None, False", _TICKS),
    _fault("two processes may both take a row", _LEDGER, "        deliveries.c.status == row.status,\n        deliveries.c.attempts == row.attempts,\n", "", _TWO),
    _fault("a segment is not read back", _AUDIENCES, '    """Whether a campaign still goes to the part that was asked for: one that was dropped has mailed a whole list before."""\n', '    """Whether a campaign still goes to the part that was asked for: one that was dropped has mailed a whole list before."""\n    return True\n', _PEOPLE),
    _fault("a count of more than there are is right", _VERIFYING, "count > part.members + part.members // 5 + _MISCOUNTED", "count > part.members + 10_000", _SEGMENTS),
    _fault("words are not read in the last moment", _PROVIDER, "if wrong := differences(Draft(campaign=campaign, html=html, text=text, place=place), wanted):", "if wrong := differences(Draft(campaign=campaign, html=wanted.html, text=wanted.text, place=place), wanted):", _PEOPLE),
    _fault("a copy that people sent is not looked for", _PROVIDER, "        if others:\n            return Outcome(", "        if others and not others:\n            return Outcome(", _PEOPLE),
    _fault("what was sent is not looked at", _PROVIDER, 'return self._with_what_differs(account, key, ours, seen) if seen.state == "sent" else seen', "return seen", _PEOPLE),
    _fault("redirects are followed", _DOOR, "allow_redirects=False", "allow_redirects=True", _DOORS),
    _fault("every answer in the two hundreds is a yes", _DOOR, '        if status == 204 and not reply and method != "GET":', "        if status // 100 == 2:", _DOORS),
    _fault("a draft that a person sent is stopped", _HAND_OVER, '        if seen is not None and seen.state in ("sent", "sending"):\n', "        if seen is None and row.draft_id == row.key:\n", _MEANWHILE),
)  # fmt: skip
