"""/metrics: what it counts, that Prometheus can read it, that nothing of anybody is in it, and who may have it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from prometheus_client import REGISTRY
from prometheus_client.metrics_core import Metric
from prometheus_client.openmetrics import parser as open_metrics
from prometheus_client.parser import text_string_to_metric_families
from starlette.testclient import TestClient

from notifier.core.delivery import EVERYTHING, Decision
from notifier.core.readership import Poll
from notifier.edges.clock import FixedClock
from notifier.web import build
from notifier.web.caller import is_near
from notifier.web.metrics.meters import labelled, meters
from notifier.web.pulse import Pulse
from notifier.web.watching import Watching
from tests.builders import at
from tests.faulty_provider import FaultyProvider, permanent, temporary
from tests.files import ROOT
from tests.posting import BROKEN, HookSite, hook_site
from tests.ticking import CONFIG, DUE, FIRST_LOOK, Site

TOKEN = "0123456789abcdef0123456789abcdef"


class Watched:
    """A site that beats, and whoever asks for its metrics on this machine."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.watching = Watching(site.app)
        self.pulse = Pulse(
            app=site.app, address="http://127.0.0.1:8000", say=lambda _text: None, seeing=self.watching.seeing,
            listeners=self.watching.listeners,
        )  # fmt: skip

    def beat(self, text: str = DUE) -> None:
        self.site.app.clock = FixedClock(at(text))
        self.pulse.beat()

    def text(self) -> str:
        return self.watching.metrics.shown()[0].decode()

    def values(self, name: str) -> dict[tuple[str, ...], float]:
        """The samples of this name, by the values of their labels in the order of their names."""
        families = text_string_to_metric_families(self.text())
        samples = [one for family in families for one in family.samples if one.name == name]
        return {tuple(value for _, value in sorted(one.labels.items())): one.value for one in samples}

    def value(self, name: str, *labels: str) -> float:
        return self.values(name)[labels]

    def client(self, peer: str = "127.0.0.1", host: str = "127.0.0.1:8000") -> TestClient:
        application = build(self.site.app, watching=self.watching)
        return TestClient(application, base_url=f"http://{host}", client=(peer, 50_000))


@pytest.fixture
def watched(tmp_path: Path) -> Iterator[Watched]:
    with Site(tmp_path) as site:
        yield Watched(site)


def families_of(text: str) -> list[Metric]:
    """What the strict parser of OpenMetrics reads."""
    read: Any = open_metrics.text_string_to_metric_families
    return list(read(text))


def with_token(site: Site, token: str = TOKEN) -> None:
    """Write the token, and the configuration that names it."""
    path = site.folder / "metrics.token"
    path.write_text(token, encoding="utf-8")
    path.chmod(0o600)
    (site.folder / "config.yaml").write_text(CONFIG + "web: {metrics: {token: {file: metrics.token}}}\n")
    site.app.close()
    site.open()


def test_ticks_are_counted_by_what_came_of_them_and_timed(watched: Watched) -> None:
    assert watched.values("notifier_ticks_total") == {
        ("done",): 0, ("failed",): 0, ("idle",): 0, ("overtaken",): 0,
    }  # fmt: skip
    assert watched.values("notifier_last_tick_timestamp_seconds") == {}
    for moment in (FIRST_LOOK, "2026-11-20 09:01", "2026-11-20 09:01:30", "2026-11-20 09:02"):
        watched.beat(moment)
    (watched.site.folder / "notifier.db").rename(watched.site.folder / "elsewhere")
    watched.beat("2026-11-20 09:03")
    ticks = watched.values("notifier_ticks_total")
    assert ticks == {("done",): 2, ("failed",): 1, ("idle",): 2, ("overtaken",): 0}
    assert watched.value("notifier_tick_duration_seconds_count") == 5
    assert watched.value("notifier_tick_lateness_seconds_sum") == 0
    assert watched.value("notifier_last_tick_timestamp_seconds") == at("2026-11-20 09:02").timestamp()
    assert watched.value("notifier_tick_failing") == 1
    assert watched.value("notifier_tick_interval_seconds") == 30


def test_what_is_handed_over_is_counted_by_provider_and_result(watched: Watched) -> None:
    watched.beat(FIRST_LOOK)
    assert watched.value("notifier_provider_outcomes_total", "letters", "accepted") == 0
    watched.beat("2026-12-08 10:02")
    assert watched.value("notifier_provider_outcomes_total", "letters", "accepted") == 1
    assert watched.value("notifier_deliveries_moved_total", "letters", "sent") == 1
    assert watched.value("notifier_provider_call_duration_seconds_count", "send", "letters") == 1
    assert watched.value("notifier_delivery_delay_seconds_sum", "reminder") == 120


@pytest.mark.parametrize("fault", [temporary(), permanent()], ids=["temporary", "permanent"])
def test_a_call_that_fails_is_counted_as_an_error(tmp_path: Path, fault: Exception) -> None:
    provider = FaultyProvider()
    with Site(tmp_path, provider) as site:
        watched = Watched(site)
        watched.beat(FIRST_LOOK)
        provider.faults["send"] = [fault]
        watched.beat()
        assert watched.value("notifier_provider_outcomes_total", "letters", "error") == 1
        assert watched.values("notifier_provider_call_errors_total") == {("send", "letters"): 1}


def test_deliveries_are_counted_as_the_ledger_has_them(watched: Watched) -> None:
    watched.site.write("repair")
    watched.beat(FIRST_LOOK)
    assert watched.value("notifier_deliveries", "planned") == 2
    assert watched.value("notifier_deliveries_overdue") == 0
    watched.site.app.clock = FixedClock(at("2026-12-08 10:05"))
    assert watched.value("notifier_deliveries_overdue") == 2
    assert watched.value("notifier_delivery_overdue_seconds") == 300
    watched.beat("2026-12-08 10:06")
    assert watched.value("notifier_deliveries", "sent") == 2
    assert watched.value("notifier_deliveries_overdue") == 0
    assert watched.value("notifier_window_end_timestamp_seconds") == at("2026-12-08 10:06").timestamp()


def test_what_waits_for_a_person_and_soon_has_no_use_is_counted(watched: Watched) -> None:
    watched.beat(FIRST_LOOK)
    ledger, row = watched.site.app.ticker.wiring.ledger, watched.site.row()
    ledger.decide(Decision(key=row.key, act="hold", by="Anna", at=at(FIRST_LOOK)))
    watched.beat("2026-12-01 09:00")
    assert watched.value("notifier_deliveries_expiring") == 0
    watched.site.app.clock = FixedClock(watched.site.row().expires_at - timedelta(hours=1))
    assert watched.value("notifier_deliveries_expiring") == 1


def test_rows_are_gone_through_once_for_each_change_of_the_ledger(watched: Watched) -> None:
    watched.beat(FIRST_LOOK)
    ledger = watched.site.app.ticker.wiring.ledger
    asked: list[tuple[str, ...]] = []

    class Counting:
        def __getattr__(self, name: str) -> Any:
            return getattr(ledger, name)

        def rows(self, *statuses: Any) -> Any:
            asked.append(statuses)
            return ledger.rows(*statuses)

    wiring = watched.site.app.ticker.wiring
    object.__setattr__(wiring, "ledger", Counting())
    for _ in range(3):
        watched.text()
    object.__setattr__(wiring, "ledger", ledger)
    assert len(asked) == 1


def test_the_mode_and_a_pause_are_gauges(watched: Watched) -> None:
    watched.beat(FIRST_LOOK)
    assert watched.values("notifier_mode") == {("live",): 0, ("test",): 1}
    assert watched.value("notifier_paused") == 0
    said = Decision(key=EVERYTHING, act="pause", by="Anna", at=at(FIRST_LOOK))
    watched.site.app.ticker.wiring.ledger.decide(said)
    assert watched.value("notifier_paused") == 1


def test_a_ledger_that_does_not_answer_is_told_and_the_rest_stays(watched: Watched) -> None:
    watched.beat(FIRST_LOOK)
    assert watched.value("notifier_ledger_up") == 1
    (watched.site.folder / "notifier.db").rename(watched.site.folder / "elsewhere")
    assert watched.value("notifier_ledger_up") == 0
    assert watched.values("notifier_deliveries") == {}
    assert watched.value("notifier_ticks_total", "done") == 1


def test_readers_are_counted_with_how_soon_they_ask_again(watched: Watched) -> None:
    watched.beat(FIRST_LOOK)
    day = at(FIRST_LOOK).date() - timedelta(days=1)
    counts = (("google", 60, 8), ("apple", 1440, 2))
    polls = [Poll(day=day, feed="all", family=family, every=every, readers=many) for family, every, many in counts]
    watched.site.app.ticker.wiring.ledger.note_polls(
        [*polls, Poll(day=day, feed="gone", family="apple", every=60, readers=1)]
    )
    fresh = Watched(watched.site)
    assert fresh.values("notifier_feed_readers") == {("google", "all"): 8, ("apple", "all"): 2}
    assert fresh.values("notifier_feed_lag_seconds") == {("all", "0.5"): 3600, ("all", "0.9"): 86_400}


def test_webhooks_that_fail_are_seen(tmp_path: Path) -> None:
    with hook_site(tmp_path) as site:
        site.server.answer = BROKEN
        site.tick()
        site.round()
        watched = Watched(site)
        site.app.clock = FixedClock(at(DUE) + timedelta(minutes=2))
        assert watched.value("notifier_webhook_posts_waiting", "chat") == 1
        assert watched.value("notifier_webhook_failing_seconds", "chat") == 120
        assert watched.value("notifier_webhook_gone", "chat") == 0


def test_a_refused_configuration_and_problems_are_gauges(watched: Watched) -> None:
    watched.beat(FIRST_LOOK)
    assert watched.value("notifier_config_refused") == 0
    path = watched.site.folder / "config.yaml"
    path.write_text(path.read_text() + "feedz: {}\n")
    watched.site.write("walk", more="start: sometime")
    watched.beat("2026-11-20 09:05")
    assert watched.value("notifier_config_refused") == 1
    assert sum(watched.values("notifier_problems").values()) > 0
    assert watched.value("notifier_documents") == 2


def test_every_metric_is_one_of_the_meters_and_every_meter_is_shown(tmp_path: Path) -> None:
    with hook_site(tmp_path) as site:
        watched = everything(site)
        families = {one.name: one for one in text_string_to_metric_families(watched.text())}
    shown = {name: one for name, one in families.items() if not name.startswith("process_")}
    expected = {one.name.removesuffix("_total"): one for one in meters()}
    assert set(shown) == set(expected)
    assert {name: one.documentation for name, one in shown.items()} == {
        name: one.text for name, one in expected.items()
    }
    assert {name: one.type for name, one in shown.items()} == {name: one.kind for name, one in expected.items()}


def everything(site: HookSite) -> Watched:
    """A site of which there is something to tell by each metric."""
    watched = Watched(site)
    watched.beat("2026-12-01 09:00")
    watched.beat()
    day = at(DUE).date() - timedelta(days=1)
    site.app.ticker.wiring.ledger.note_polls([Poll(day=day, feed="all", family="apple", every=60, readers=2)])

    with pytest.raises(ZeroDivisionError), watched.watching.seeing.part("find", "letters"):
        raise ZeroDivisionError
    return watched


def test_no_uid_key_address_or_title_is_in_it_and_labels_are_few(tmp_path: Path) -> None:
    with hook_site(tmp_path) as site:
        for number in range(12):
            site.write(f"event-{number}", title=f"zq{number}", more="contact: someone@example.org")
        watched = everything(site)
        text = watched.text()
        uid = site.row().event_uids[0]
    families = list(text_string_to_metric_families(text))
    used = {label for one in families for sample in one.samples for label in sample.labels}
    assert used <= labelled(meters()) | {"le"}
    assert max(len(one.samples) for one in families) < 70
    assert re.findall(rf"{uid}|zq\d|@|reminder/|127\.0\.0\.1|hush|{re.escape(str(tmp_path))}", text) == []


def test_prometheus_can_read_either_form(watched: Watched) -> None:
    watched.beat(FIRST_LOOK)
    client = watched.client()
    plain = client.get("/metrics")
    assert plain.headers["content-type"].startswith("text/plain; version=0.0.4")
    assert plain.headers["cache-control"] == "no-store"
    assert len(list(text_string_to_metric_families(plain.text))) > 20
    other = client.get("/metrics", headers={"accept": "application/openmetrics-text; version=1.0.0"})
    assert other.headers["content-type"].startswith("application/openmetrics-text")
    assert len(list(families_of(other.text))) > 20
    assert client.head("/metrics").content == b""
    assert "_created" not in plain.text + other.text


def test_nothing_is_counted_where_other_programs_in_this_process_count(watched: Watched) -> None:
    watched.beat(FIRST_LOOK)
    assert [one.name for one in REGISTRY.collect() if one.name.startswith("notifier")] == []
    assert Watched(watched.site).value("notifier_ticks_total", "done") == 0


PROXIES = [
    {"x-forwarded-for": "203.0.113.9"},
    {"forwarded": "for=203.0.113.9"},
    {"via": "1.1 proxy"},
    {"x-real-ip": "203.0.113.9"},
]


@pytest.mark.parametrize("fields", PROXIES, ids=str)
def test_without_a_token_a_proxy_on_this_machine_gets_nothing(watched: Watched, fields: dict[str, str]) -> None:
    assert watched.client().get("/metrics").status_code == 200
    answer = watched.client().get("/metrics", headers=fields)
    assert (answer.status_code, "notifier_" in answer.text) == (403, False)


@pytest.mark.parametrize(
    ("peer", "host", "near"),
    [
        ("127.0.0.1", "localhost:8000", True),
        ("::1", "[::1]:8000", True),
        ("::ffff:127.0.0.1", "127.0.0.1", True),
        ("192.0.2.7", "127.0.0.1:8000", False),
        ("127.0.0.1", "www.example.org", False),
        ("127.0.0.1", "rebound.example.org:8000", False),
        ("", "localhost", False),
    ],
)
def test_near_is_who_comes_from_here_and_calls_us_by_our_own_name(peer: str, host: str, near: bool) -> None:
    assert is_near({"client": (peer, 1), "headers": [(b"host", host.encode())]}) is near
    assert is_near({"client": None, "headers": []}) is False


def test_with_a_token_only_who_shows_it_gets_anything(tmp_path: Path) -> None:
    with Site(tmp_path) as site:
        with_token(site)
        watched = Watched(site)
        far = watched.client("192.0.2.7", "10.1.2.3:8000")
        right = {"authorization": f"Bearer {TOKEN}", "x-forwarded-for": "203.0.113.9"}
        assert far.get("/metrics", headers=right).status_code == 200
        wrong: list[dict[str, str]] = [
            {}, {"authorization": f"Bearer {TOKEN[:-1]}"}, {"authorization": f"Basic {TOKEN}"}, {"authorization": TOKEN},
            {"authorization": "Bearer "}, {"authorization": f"Bearer {TOKEN}x"},
        ]  # fmt: skip
        for fields in wrong:
            answer = far.get("/metrics", headers=fields)
            assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Bearer")
        assert watched.client().get("/metrics").status_code == 401
        assert watched.client().get(f"/metrics?token={TOKEN}").status_code == 401


@pytest.mark.parametrize("token", ["", "short", "two\nlines of a token"])
def test_a_token_that_is_none_opens_nothing(tmp_path: Path, token: str) -> None:
    with Site(tmp_path) as site:
        with_token(site, token)
        answer = (
            Watched(site)
            .client()
            .get("/metrics", headers={"authorization": f"Bearer {token.split(maxsplit=1)[0] if token else ''}"})
        )
    assert answer.status_code == 503
    assert "notifier_" not in answer.text


def test_it_is_only_read(watched: Watched) -> None:
    assert watched.client().post("/metrics").status_code == 405
    assert watched.client().get("/metrics/").status_code == 404


def test_the_manual_has_the_table_of_metrics_as_they_are(request: pytest.FixtureRequest) -> None:
    page = ROOT / "docs" / "watching.md"
    rows = [
        f"| `{one.name}` | {one.kind} | {', '.join(f'`{label}`' for label in one.labels)} | {one.origin} | {one.text} |"
        for one in meters()
    ]
    before, begin, rest = page.read_text(encoding="utf-8").partition("|---|---|---|---|---|\n")
    expected = before + begin + "\n".join(rows) + "\n" + rest[rest.index("\n\n") + 1 :] if begin else ""
    if request.config.getoption("update_snapshots"):
        page.write_text(expected, encoding="utf-8")
    assert page.read_text(encoding="utf-8") == expected
