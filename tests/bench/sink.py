"""A mail server that takes everything and keeps nothing, as a program of its own: `python -m tests.bench.sink`. It prints its port, then its number of letters at the end."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from tests.files import ROOT

_ANSWERS = {
    b"EHLO": b"250-sink\r\n250-PIPELINING\r\n250 8BITMIME\r\n",
    b"DATA": b"354 Go on\r\n",
    b"QUIT": b"221 Bye\r\n",
}
_END = b"\r\n.\r\n"


class _Talk(asyncio.Protocol):
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport, self.pending, self.is_letter = transport, b"", False
        transport.write(b"220 sink\r\n")

    def data_received(self, data: bytes) -> None:
        self.pending += data
        answers: list[bytes] = []
        while True:
            end = _END if self.is_letter else b"\r\n"
            place = self.pending.find(end)
            if place < 0:
                break
            word, self.pending = self.pending[:4].upper(), self.pending[place + len(end) :]
            answers.append(b"250 Fine\r\n" if self.is_letter else _ANSWERS.get(word, b"250 Fine\r\n"))
            self.is_letter = not self.is_letter and word == b"DATA"
            if word == b"QUIT" and answers[-1].startswith(b"221"):
                self.transport.write(b"".join(answers))
                self.transport.close()
                return
        if answers:
            self.transport.write(b"".join(answers))


async def _serve() -> None:
    server = await asyncio.get_running_loop().create_server(_Talk, "127.0.0.1", 0)
    sys.stdout.write(f"{server.sockets[0].getsockname()[1]}\n")
    sys.stdout.flush()
    await server.serve_forever()


@contextmanager
def a_sink() -> Iterator[int]:
    """Run one; its port."""
    command = [sys.executable, "-m", "tests.bench.sink"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield int(process.stdout.readline())
        finally:
            process.kill()


if __name__ == "__main__":
    asyncio.run(_serve())
