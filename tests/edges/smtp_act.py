"""Hands one delivery to a mail server in a process of its own: `python -m tests.edges.smtp_act FOLDER PORT [KILL_AT]`.

Says `drafted` before it hands over. With KILL_AT it kills itself just before its so-manyth change of a file; with 0 it
says at its end how many there were.
"""

from __future__ import annotations

import sys
from pathlib import Path

from notifier.edges.smtp import Server, SmtpProvider
from tests.builders import a_delivery, a_message, a_site, an_audience, at
from tests.crashes.points import Points

AT = at("2026-12-08 10:00")


def provider_at(folder: Path, port: int) -> SmtpProvider:
    server = Server(host="127.0.0.1", port=port, security="none")
    return SmtpProvider(
        name="letters", server=server, folder=folder, site=a_site(), addresses={"newsletter": "choir@lists.example.org"},
        now=lambda: AT,
    )  # fmt: skip


def main(folder: str, port: str, kill_at: str = "") -> None:
    provider, key = provider_at(Path(folder), int(port)), a_delivery().key
    points = Points(int(kill_at or 0) or None)
    if kill_at:
        points.install()
    draft_id = provider.draft(a_delivery(), a_message(), an_audience(), AT)
    sys.stdout.write("drafted\n")
    sys.stdout.flush()
    provider.send(draft_id, key, AT)
    sys.stdout.write(f"{len(points.names)}\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
