"""Tells systemd how the service is, as sd_notify(3) has it: a datagram of `NAME=value` lines to a socket that it names."""

from __future__ import annotations

import socket
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

_ADDRESS = "NOTIFY_SOCKET"


@dataclass(frozen=True, slots=True)
class Supervisor:
    """Who started this process. `address` is "" where nobody wants to be told; then nothing is."""

    address: str

    @classmethod
    def named_in(cls, environ: Mapping[str, str]) -> Supervisor:
        """The one that the environment of a service names."""
        return cls(environ.get(_ADDRESS, ""))

    @contextmanager
    def answering(self) -> Iterator[None]:
        """While inside, it answers. Then it ends, and what is under way may take a while."""
        self._tell("READY=1")
        try:
            yield
        finally:
            self._tell("STOPPING=1")

    def alive(self) -> None:
        """A tick came to an end. Without that for `WatchdogSec` it starts us anew."""
        self._tell("WATCHDOG=1")

    def _tell(self, line: str) -> None:
        # An address that begins with @ is one of the kernel's own names, written with NUL.
        address = f"\0{self.address[1:]}" if self.address.startswith("@") else self.address
        if not address.startswith(("/", "\0")):
            return
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as wire:
                # A tick waits for nobody.
                wire.settimeout(0)
                wire.sendto(line.encode(), address)
        except OSError:
            # Whoever listens no longer needs no word; what was to be done is done all the same.
            return
