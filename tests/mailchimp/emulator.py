"""Start a Mailchimp account by hand: `python -m tests.mailchimp.emulator`. One line of JSON tells its addresses and ids.

`--yaml` prints lines for config.yaml instead. `--set KNOB=VALUE` turns a knob of tests/mailchimp/knobs.py; `--start` sets its clock, which runs unless `--frozen`.
"""

from __future__ import annotations

import argparse
import json
import signal
import sys
import threading
from datetime import UTC, datetime
from typing import Any

from tests.mailchimp.carrying import Service
from tests.mailchimp.clock import VirtualClock
from tests.mailchimp.contract import Contract
from tests.mailchimp.knobs import Knobs, read, turned
from tests.mailchimp.plane import PlaneServer
from tests.mailchimp.ringing import ring
from tests.mailchimp.serving import PREFIX, ApiServer, listen
from tests.mailchimp.world import API_KEY, described, new_account

HOST = "127.0.0.1"


def _arguments(words: list[str]) -> argparse.Namespace:
    wanted = argparse.ArgumentParser(prog="python -m tests.mailchimp.emulator", description=__doc__)
    wanted.add_argument("--port", type=int, default=0, help="of the API; 0 takes a free one")
    wanted.add_argument("--control", type=int, default=0, help="of the control plane; 0 takes a free one")
    wanted.add_argument(
        "--start", type=datetime.fromisoformat, help="the time there, with its zone; the machine's otherwise"
    )
    wanted.add_argument("--frozen", action="store_true", help="the clock stands until it is advanced")
    wanted.add_argument("--members", type=int, default=40, help="people in the list Members")
    wanted.add_argument("--seed", default="one", help="all ids follow from it")
    wanted.add_argument("--set", action="append", default=[], metavar="KNOB=VALUE", help="turn a knob; may be repeated")
    wanted.add_argument("--yaml", action="store_true", help="print what to write into config.yaml, in place of JSON")
    wanted.add_argument("--until-eof", action="store_true", help="stop when the standard input ends")
    return wanted.parse_args(words)


def _service(wanted: argparse.Namespace) -> Service:
    knobs = turned(Knobs(), {name: read(name, text) for name, _, text in (one.partition("=") for one in wanted.set)})
    start = wanted.start or datetime.now(UTC)  # noqa: TID251 - started by hand, it is today there
    clock = VirtualClock(start, runs=not wanted.frozen)
    account = new_account(seed=wanted.seed, knobs=knobs, now=start, members=wanted.members)
    contract = Contract()
    return Service(account=account, clock=clock, contract=contract, lenient=contract.unrepaired(), api_key=API_KEY)


def _until_eof(service: Service) -> None:
    sys.stdin.read()
    service.closing.set()


def _lines(told: dict[str, Any]) -> str:
    """For a person: what to write where."""
    lists = "".join(f"    list: {one['id']}  # {name}\n" for name, one in told["lists"].items())
    return f"""providers:
  mailchimp:
    type: mailchimp
    base_url: {told["base_url"]}
    api_key: {{file: mailchimp-key}}
    # In that file: {told["api_key"]}
audiences:
  newsletter:
    provider: mailchimp
    # One of these:
{lists}
# What a person sees there: {told["control_url"]}/
# Ctrl-C ends it. It keeps nothing.
"""


def main(words: list[str]) -> None:
    wanted = _arguments(words)
    service = _service(wanted)
    api, plane = ApiServer((HOST, wanted.port), service), PlaneServer((HOST, wanted.control), service)
    threads = [
        threading.Thread(target=listen, args=(api, service), daemon=True),
        threading.Thread(target=plane.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True),
    ]
    threads.append(threading.Thread(target=ring, args=(service,), daemon=True))
    if wanted.until_eof:
        threads.append(threading.Thread(target=_until_eof, args=(service,), daemon=True))
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: service.closing.set())
    for thread in threads:
        thread.start()
    told = {
        "base_url": f"http://{HOST}:{api.server_port}", "api_url": f"http://{HOST}:{api.server_port}{PREFIX}",
        "control_url": f"http://{HOST}:{plane.server_port}", "api_key": service.api_key,
        "lists": described(service.account), "contract": service.contract.state,
    }  # fmt: skip
    sys.stdout.write(_lines(told) if wanted.yaml else json.dumps(told) + "\n")
    sys.stdout.flush()
    service.closing.wait()


if __name__ == "__main__":
    main(sys.argv[1:])
