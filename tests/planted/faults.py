"""The faults: each would mail people twice, mail them something wrong, or forget them, and some test must break."""

from __future__ import annotations

from tests.planted.calendar_faults import CALENDARS
from tests.planted.fencing_faults import FENCING
from tests.planted.identity_faults import IDENTITY
from tests.planted.instance_faults import INSTANCES
from tests.planted.ledger_faults import LEDGER
from tests.planted.mail_faults import MAIL
from tests.planted.mailchimp_faults import MAILCHIMP
from tests.planted.people_faults import PEOPLE
from tests.planted.plan_faults import PLAN
from tests.planted.plant import Fault
from tests.planted.reading_faults import READING
from tests.planted.sending_faults import SENDING
from tests.planted.smtp_faults import SMTP
from tests.planted.worker_faults import WORKERS

_DECISION, _ANSWERS, _SCHEDULE = "notifier/core/decision.py", "notifier/core/answers.py", "notifier/core/schedule.py"
_TIMING, _TURNING = "notifier/core/timing.py", "notifier/core/turning.py"
_LEDGER, _OUTBOX, _FOLDER = "notifier/edges/ledger/sql.py", "notifier/edges/outbox.py", "notifier/edges/folder.py"
_TICK, _HAND_OVER, _PUBLISHER = "notifier/tick/__init__.py", "notifier/tick/hand_over.py", "notifier/edges/publisher.py"

_PLAN_TESTS = ("tests/core/test_plan.py",)
_KEPT_TESTS = ("tests/core/test_plan_kept.py",)
_TURNING_TESTS = ("tests/core/test_turning.py",)
_TICK_TESTS = ("tests/tick", "tests/test_tick.py")

TWICE = (
    Fault(
        name="the outbox sends without looking for the key first",
        file=_OUTBOX,
        old="        seen = self._observe(key)\n        record = _read_record(draft)\n",
        new='        seen = Observation(state="drafted")\n        record = _read_record(draft)\n',
        tests=("tests/edges/test_outbox.py",),
    ),
    Fault(
        name="the tick takes it for granted that the provider holds nothing",
        file=_HAND_OVER,
        old="next_step(row, seen or self._sight(row), certain",
        new='next_step(row, type(self._sight(row))(state="absent"), certain',
        tests=_TICK_TESTS,
    ),
    Fault(
        name="the ledger moves a row that another has moved",
        file="notifier/edges/ledger/deliveries.py",
        old="        deliveries.c.status == row.status,\n        deliveries.c.attempts == row.attempts,\n",
        new="",
        tests=("tests/edges/test_ledger_together.py",),
    ),
    Fault(
        name="the ledger records a plan though another tick was first",
        file=_LEDGER,
        old="                if read_window_end(connection) != plan.window.after:\n                    return False\n",
        new="",
        tests=("tests/edges/test_ledger.py", "tests/edges/test_ledger_together.py"),
    ),
    Fault(
        name="the ledger's writers do not wait for one another",
        file="notifier/edges/ledger/sqlite.py",
        old='"BEGIN IMMEDIATE" if writes else "BEGIN"',
        new='"BEGIN"',
        tests=("tests/edges/test_ledger_together.py",),
    ),
    Fault(
        name="a send that was interrupted counts as sent while only the draft is there",
        file="notifier/core/delivery.py",
        old='            if seen == "sent":\n                return Step(act="settle", status="sent", detail=observation.shortfall)\n',
        new='            if seen in ("sent", "drafted"):\n                return Step(act="settle", status="sent", detail=observation.shortfall)\n',
        tests=("tests/core/test_delivery.py",),
    ),
    Fault(
        name="a send that was interrupted is repeated without proof",
        file="notifier/core/delivery.py",
        old='            if seen in ("absent", "drafted") and (certain or observation.proven):',
        new='            if seen in ("absent", "drafted"):',
        tests=("tests/core/test_delivery.py",),
    ),
    Fault(
        name="a plan rewrites a row that has been sent",
        file="notifier/edges/ledger/deliveries.py",
        old="        if old.status in PLANNABLE and delivery_row(",
        new="        if delivery_row(",
        tests=("tests/edges/test_ledger.py",),
    ),
    Fault(
        name="a retry does not wait for its time",
        file=_TICK,
        old="if row.due_at > look.at or (row.retry_at is not None and row.retry_at > look.at):",
        new="if row.due_at > look.at:",
        tests=_TICK_TESTS,
    ),
    Fault(
        name="a reading that changes nothing raises the sequence in calendars",
        file="notifier/core/revision.py",
        old="    if visible == old.visible:\n        return kept\n",
        new="",
        tests=_PLAN_TESTS,
    ),
)

WRONG = (
    Fault(
        name="a question does not hold a delivery",
        file=_DECISION,
        old="    if questions or gates:\n",
        new="    if gates:\n",
        tests=_PLAN_TESTS,
    ),
    Fault(
        name="a gate does not hold a delivery",
        file=_DECISION,
        old="    if questions or gates:\n",
        new="    if questions:\n",
        tests=_PLAN_TESTS,
    ),
    Fault(
        name="a draft is sent though its event is held by now",
        file=_HAND_OVER,
        old='        if wanted is not None and wanted.status == "planned":\n            # A draft',
        new='        if wanted is not None and wanted.status in ("planned", "held"):\n            # A draft',
        tests=_TICK_TESTS,
    ),
    Fault(
        name="a draft is sent though nothing asks for it any more",
        file=_HAND_OVER,
        old="        wanted = None if self._is_of_other_mode(row) else self._decision(row)\n",
        new="        wanted = self._decision(row)\n        if wanted is None:\n            return row\n",
        tests=_TICK_TESTS,
    ),
    Fault(
        name="a draft is sent while its event is still being edited",
        file=_HAND_OVER,
        old="            return row if wanted.due_at <= self.look.at else None\n",
        new="            return row\n",
        tests=_TICK_TESTS,
    ),
    Fault(
        name="an old draft is sent as it was written",
        file=_HAND_OVER,
        old="        if draft_id != self.fresh_draft:\n",
        new="        if False:\n",
        tests=_TICK_TESTS,
    ),
    Fault(
        name="an invitation-only event is not refused",
        file="notifier/core/clearance.py",
        old='    if public and event.access == "invitation":\n',
        new='    if not public and event.access == "invitation":\n',
        tests=("tests/core/test_clearance.py", "tests/core/test_plan.py"),
    ),
    Fault(
        name="unknown access counts as open",
        file="notifier/core/clearance.py",
        old='    elif event.access == "unknown":\n',
        new='    elif event.access == "nothing":\n',
        tests=("tests/core/test_clearance.py", "tests/core/test_plan.py"),
    ),
    Fault(
        name="the way into an invitation-only event stands in the feed",
        file="notifier/core/event.py",
        old='self.join_url if self.access == "open" and "join_url" not in self.private',
        new='self.join_url if "join_url" not in self.private',
        tests=("tests/core/test_public.py", "tests/core/test_ics.py"),
    ),
    Fault(
        name="the feed forgets to leave out what is not public",
        file="notifier/core/ics/vevent.py",
        old="    event = public_view(entry.event) if public else entry.event\n",
        new="    event = entry.event\n",
        tests=("tests/core/test_ics.py",),
    ),
    Fault(
        name="what was written for a secret feed is taken for a public one",
        file="notifier/core/ics/feed.py",
        old="    kept = written.entries if public else written.secrets\n",
        new="    kept = written.entries\n",
        tests=("tests/core/test_ics.py",),
    ),
    Fault(
        name="the last look before publishing looks for nothing that is hidden",
        file="notifier/core/ics/proof.py",
        old="hides=() if feed.secret else hidden_values(entry.event, site)",
        new="hides=()",
        tests=("tests/core/test_ics_proof.py",),
    ),
    Fault(
        name="summer time begins by the clocks that it brings",
        file="notifier/core/ics/vtimezone.py",
        old="wall = change.replace(tzinfo=None) + before",
        new="wall = change.replace(tzinfo=None) + after",
        tests=("tests/core/test_vtimezone.py",),
    ),
    Fault(
        name="a link out of the content folder is followed",
        file=_FOLDER,
        old="        raise _Refused(*_LINK_OUT)\n",
        new="        pass\n",
        tests=("tests/edges/test_folder.py",),
    ),
    Fault(
        name="a feed is written in place: readers may see half of it",
        file=_PUBLISHER,
        old="            _write_durably(temporary, data, 0o600 if self._private else 0o644)\n            temporary.replace(self._folder / name)\n",
        new="            _write_durably(self._folder / name, data, 0o644)\n",
        tests=("tests/edges/test_publisher.py",),
    ),
    Fault(
        name="a doubled clock time is the second of the two",
        file="notifier/core/zones.py",
        old="clock.replace(tzinfo=None, fold=0)",
        new="clock.replace(tzinfo=None, fold=1)",
        tests=("tests/core/test_zones.py",),
    ),
    Fault(
        name="a clock time is taken in UTC, not in the readers' zone",
        file=_SCHEDULE,
        old="instant(day + timedelta(days=length.days), offset.at, zone)",
        new='instant(day + timedelta(days=length.days), offset.at, "UTC")',
        tests=("tests/core/test_schedule.py",),
    ),
    Fault(
        name="words of event files are taken for HTML",
        file="notifier/core/templates.py",
        old='autoescape=lambda name: name is None or name.endswith("html.j2")',
        new="autoescape=False",
        tests=("tests/core/test_render.py",),
    ),
    Fault(
        name="many vanished files stop nothing",
        file=_TICK,
        old="            if not accept_shrink:\n                guard_against_shrinking(",
        new="            if accept_shrink:\n                guard_against_shrinking(",
        tests=("tests/bad_input/test_places.py::test_events_that_are_all_gone_stop_everything_until_a_person_looks",),
    ),
    Fault(
        name="a first look at half of the content becomes the baseline",
        file=_TICK,
        old="        if look.memory.window_end is None and look.content.unread:\n",
        new="        if False:\n",
        tests=("tests/bad_input/test_places.py::test_a_first_look_at_a_missing_folder_is_no_baseline",),
    ),
    Fault(
        name="what was there at the first look is announced",
        file=_TIMING,
        old="    if ask.seen.first_seen_at <= ask.baseline:\n",
        new="    if ask.seen.first_seen_at < ask.baseline:\n",
        tests=_PLAN_TESTS,
    ),
    Fault(
        name="a reminder due at the very first look is sent",
        file=_TIMING,
        old="    if nominal <= ask.known_at:\n",
        new="    if nominal < ask.known_at:\n",
        tests=_PLAN_TESTS,
    ),
    Fault(
        name="a reminder is sent at the very end of its use",
        file=_DECISION,
        old="    if timing.until <= ask.now:\n",
        new="    if timing.until < ask.now:\n",
        tests=_PLAN_TESTS,
    ),
    Fault(
        name="the site's own templates are left out where they can't be read",
        file="notifier/edges/shipped.py",
        old=', onerror=lambda error: problems.append(_unreadable(error, "folder"))',
        new="",
        tests=(
            "tests/bad_input/test_places.py::test_a_templates_folder_that_may_not_be_read_is_never_taken_for_an_empty_one",
        ),
    ),
    Fault(
        name="grace is ignored",
        file=_TIMING,
        old="    until = min(nominal + grace_of(ask.rule), useful)\n",
        new="    until = useful\n",
        tests=_PLAN_TESTS,
    ),
    Fault(
        name="mails go out while the text is still changing",
        file=_TIMING,
        old="    stable = _stable_at(ask)\n",
        new="    stable = nominal\n",
        tests=_PLAN_TESTS,
    ),
)

KEPT = (
    Fault(
        name="what was decided about an event is kept past its time",
        file=_ANSWERS,
        old="        while self._ends and self._ends[0][0] <= now:\n",
        new="        while self._ends and self._ends[0][0] < now:\n",
        tests=_KEPT_TESTS,
    ),
    Fault(
        name="what was decided about an event is kept though its file says something else",
        file=_ANSWERS,
        old="        present |= {event.uid: event for event in came}\n",
        new="        pass\n",
        tests=_KEPT_TESTS,
    ),
    Fault(
        name="what was decided about an event is kept though its row was moved",
        file=_ANSWERS,
        old="        return told | {\n",
        new="        return told & {\n",
        tests=_KEPT_TESTS,
    ),
    Fault(
        name="the sending hours end and what was decided before stays",
        file=_TURNING,
        old="            yield next_closing(now, rules.hours, rules.site.timezone) or NEVER\n",
        new="",
        tests=_KEPT_TESTS,
    ),
    Fault(
        name="the ledger goes by what it remembers though another has written",
        file="notifier/edges/ledger/recall.py",
        old="        if self._memory is None or version != self._version:\n",
        new="        if self._memory is None:\n",
        tests=("tests/edges/test_ledger_recall.py",),
    ),
    Fault(
        name="a changed file counts as the one that was read",
        file=_FOLDER,
        old="        return _signature(entry.stat(follow_symlinks=False)) == old.signature\n",
        new="        return bool(old.signature)\n",
        tests=("tests/edges/test_folder.py",),
    ),
)

FORGOTTEN = (
    Fault(
        name="a window does not hold its own end",
        file=_TICK,
        old="if row.due_at > look.at or",
        new="if row.due_at >= look.at or",
        tests=_TICK_TESTS,
    ),
    Fault(
        name="what was missed at the window's beginning is told again",
        file=_ANSWERS,
        old="delivery.due_at > self.memory.window_end\n",
        new="delivery.due_at >= self.memory.window_end\n",
        tests=_PLAN_TESTS,
    ),
    Fault(
        name="next_at forgets when the sending hours end",
        file=_ANSWERS,
        old="            turns.append(closing)\n",
        new="            pass\n",
        tests=_PLAN_TESTS,
    ),
    Fault(
        name="next_at forgets when a reminder ceases to be of use",
        file=_TURNING,
        old="yield from (self._changes_from(one), one.expires_at, one.due_at - self.horizon)",
        new="yield from (self._changes_from(one), one.due_at - self.horizon)",
        tests=_PLAN_TESTS,
    ),
    Fault(
        name="what is due waits for no plan once it was planned",
        file=_ANSWERS,
        old="        own = (*times.own(), *(one.due_at for one in open_yet))\n",
        new="        own = times.own()\n",
        tests=_PLAN_TESTS,
    ),
    Fault(
        name="what was moved to another day is not decided again when it is due",
        file=_TURNING,
        old=" or any(reason.code == MOVED for reason in one.reasons)",
        new="",
        tests=_TURNING_TESTS,
    ),
    Fault(
        name="what a person decided about is not decided again when it is due",
        file=_TURNING,
        old=" and one.key not in memory.decisions",
        new="",
        tests=_TURNING_TESTS,
    ),
    Fault(
        name="what came and went during a long pause is told to nobody",
        file=_ANSWERS,
        old="was_over=times.was_over)]",
        new="was_over=times.over_at <= now)]",
        tests=_PLAN_TESTS,
    ),
    Fault(
        name="a row that a crash left half handed over is never looked at again",
        file=_TICK,
        old='self.wiring.ledger.rows("planned", "drafted", "sending", "unknown")',
        new='self.wiring.ledger.rows("planned")',
        tests=("tests/crashes/test_kills.py",),
    ),
    Fault(
        name="a file that can't be understood counts as gone",
        file="notifier/core/event.py",
        old='return event.source in self.unread or (event.source, event.path.partition("#")[0]) in self.broken',
        new="return event.source in self.unread",
        tests=("tests/core/test_identity.py", "tests/core/test_plan.py"),
    ),
    Fault(
        name="a bad file is not said at the tick that leaves it out",
        file="notifier/cli/texts.py",
        old="    broken = {path for _, path in content.broken}\n",
        new="    broken: set[str] = set()\n",
        tests=("tests/bad_input/test_files.py::test_a_spoilt_file_holds_its_own_reminder_until_it_is_mended",),
    ),
    Fault(
        name="a bad document ends the reading of its source",
        file=_FOLDER,
        old="            found.refuse(path, refused.what, refused.hint)\n",
        new="            raise UserError(refused.what, refused.hint) from refused\n",
        tests=("tests/edges/test_folder.py",),
    ),
    Fault(
        name="a ledger that was deleted comes back empty",
        file="notifier/edges/ledger/sqlite.py",
        old="?mode=rw",
        new="?mode=rwc",
        tests=("tests/edges/test_ledger_faults.py",),
    ),
    Fault(
        name="a commit may be lost in a power cut",
        file="notifier/edges/ledger/sqlite.py",
        old='connection.execute("PRAGMA synchronous = FULL")',
        new='connection.execute("PRAGMA synchronous = OFF")',
        tests=("tests/edges/test_ledger_faults.py",),
    ),
    Fault(
        name="a provider that fails for now fails for good",
        file=_HAND_OVER,
        old="        if error.permanent:\n",
        new="        if not error.permanent:\n",
        tests=_TICK_TESTS,
    ),
    Fault(
        name="a tick that has nothing to do sleeps past what is due",
        file="notifier/tick/__init__.py",
        old="reached = self.until is not None and now >= self.until",
        new="reached = False",
        tests=("tests/tick/test_rest.py",),
    ),
    Fault(
        name="a tick that has nothing to do does not see what others did to the ledger",
        file="notifier/tick/__init__.py",
        old="and version == self.version and",
        new="and",
        tests=("tests/tick/test_rest.py",),
    ),
    Fault(
        name="a tick that has nothing to do no longer looks at the files",
        file="notifier/tick/__init__.py",
        old="same = content is self.content and version",
        new="same = version",
        tests=("tests/tick/test_rest.py",),
    ),
)

FAULTS = (
    *TWICE, *WRONG, *KEPT, *FORGOTTEN, *CALENDARS, *FENCING, *IDENTITY, *INSTANCES, *LEDGER, *MAIL, *MAILCHIMP, *PEOPLE, *PLAN, *READING, *WORKERS, *SMTP, *SENDING,
)  # fmt: skip
