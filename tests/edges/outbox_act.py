"""Acts on an outbox in a process of its own: `python -m tests.edges.outbox_act ACT FOLDER [uid=N] [largest=N]`.

`uid` drops the rights of root, `largest` is the most bytes a file may have, as on a full disk.
"""

from __future__ import annotations

import os
import resource
import signal
import sys
import tempfile
from pathlib import Path

from notifier.edges.outbox import OutboxProvider
from notifier.errors import ProviderError
from tests.builders import a_delivery, a_message, a_site, an_audience, at

AT = at("2026-12-08 10:00")
DELIVERIES = [
    a_delivery(key=f"announcement/announce/{n}@example.org/newsletter", kind="announcement") for n in range(25)
]


def draft(outbox: OutboxProvider) -> None:
    for delivery in DELIVERIES:
        outbox.draft(delivery, a_message(), an_audience(), AT)


def send(outbox: OutboxProvider) -> None:
    for delivery in DELIVERIES:
        outcome = outbox.send(outbox.find(delivery.key).draft_id or "", delivery.key, AT)
        sys.stdout.write(f"{outcome.result} {outcome.detail}\n")


def doctor(outbox: OutboxProvider) -> None:
    for finding in outbox.doctor([]):
        sys.stdout.write(f"{'well' if finding.ok else 'ill'} {finding.text} {finding.hint}\n")


def main(act: str, folder: str, *limits: str) -> None:
    # Once for practice: what Python imports late may lie where only root can read.
    with tempfile.TemporaryDirectory() as place:
        outbox = OutboxProvider("practice", Path(place), a_site())
        outbox.send(outbox.draft(DELIVERIES[0], a_message(), an_audience(), AT), DELIVERIES[0].key, AT)
    for name, number in (limit.split("=") for limit in limits):
        if name == "uid" and os.getuid() == 0:
            os.setgroups([])
            os.setuid(int(number))
        if name == "largest":
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            resource.setrlimit(resource.RLIMIT_FSIZE, (int(number), int(number)))
    try:
        {"draft": draft, "send": send, "doctor": doctor}[act](OutboxProvider("files", Path(folder), a_site()))
    except ProviderError as error:
        sys.stdout.write(f"ProviderError {'for good' if error.permanent else 'for now'}: {error}\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
