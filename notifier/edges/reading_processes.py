"""Many documents read at once, on all processors: a first look at a large site takes as many times less long.

A process of its own for each, since Python runs one thread at a time. They live as long as one look does. What one of
them can't do is done here, so nothing depends on them; and all is done here where the program was updated meanwhile, for
they would run the new one.
"""

from __future__ import annotations

import os
import pickle
import signal
import struct
import subprocess
import sys
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress
from functools import cache
from pathlib import Path
from queue import SimpleQueue
from typing import IO

import notifier
from notifier.core.event import Document
from notifier.core.reading import Library, Reading, read_document
from notifier.core.reading.shape import Shape

#: Of 20,000 files each comes to take 160 MB, and in a container the number of processors is often that of the machine around it.
MOST = 3
#: So many documents are given to a process at a time: few enough that all end at about the same moment.
_PORTION = 100
_LENGTH = struct.Struct("!Q")
#: No message has as many octets: what seems to begin one is none.
_TOO_LONG = 1 << 32

_Portion = Sequence[tuple[Document, Shape]]


class ReadingProcesses:
    """Reads documents in `number` processes that run `command`."""

    def __init__(self, number: int, command: Sequence[str] | None = None) -> None:
        self._number, self._program = number, _program_at_first()
        self._command = command or [sys.executable, "-P", "-m", "notifier.edges.reading_processes"]

    def read(self, documents: _Portion, library: Library) -> Iterator[Reading]:
        """What each of the documents gives, in their order."""
        portions = [documents[at : at + _PORTION] for at in range(0, len(documents), _PORTION)]
        free: SimpleQueue[_Process | None] = SimpleQueue()
        with ExitStack() as stack:
            usable = _program() == self._program
            for _ in range(self._number):
                free.put(_started(self._command, library, stack) if usable else None)
            # Its threads only wait. They end before the processes do, which nothing is left to be asked of then.
            pool = stack.enter_context(ThreadPoolExecutor(self._number, thread_name_prefix="reading"))
            stack.callback(pool.shutdown, cancel_futures=True)
            answers = deque(pool.submit(_asked, portion, free) for portion in portions)
            for portion in portions:
                # Not kept any longer: of a large site all answers together take as much as what they say.
                yield from _readings(answers.popleft().result(), portion, library)


def processors() -> int:
    """How many there are for this process."""
    # Not on every system can a process be kept to some of them.
    count: Callable[[], int | None] = (
        (lambda: len(os.sched_getaffinity(0))) if hasattr(os, "sched_getaffinity") else os.cpu_count
    )
    return count() or 1


def _program() -> list[tuple[str, int, int]]:
    """What is installed now: the core's files, how large they are and when they were written."""
    core = Path(notifier.__file__).with_name("core")
    found = [(str(path), path.stat()) for path in core.rglob("*.py")]
    return sorted((path, status.st_size, status.st_mtime_ns) for path, status in found)


# What runs here was read when it began, whenever the next site is set up.
_program_at_first = cache(_program)


class _Process:
    """A process that reads: one message in, one message out."""

    def __init__(self, command: Sequence[str]) -> None:
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )

    def tell(self, message: object) -> None:
        if self._process.stdin is not None:
            _send(self._process.stdin, pickle.dumps(message, pickle.HIGHEST_PROTOCOL))

    def answer(self) -> bytes | None:
        return None if self._process.stdout is None else _received(self._process.stdout)

    def end(self) -> None:
        self._process.kill()
        self._process.wait()
        for stream in (self._process.stdin, self._process.stdout):
            if stream is not None:
                # What was not given away any more is of no use to anybody.
                with suppress(OSError):
                    stream.close()


def _started(command: Sequence[str], library: Library, stack: ExitStack) -> _Process | None:
    try:
        process = _Process(command)
        stack.callback(process.end)
        process.tell(library)
    except OSError:
        return None
    return process


def _asked(portion: _Portion, free: SimpleQueue[_Process | None]) -> bytes | None:
    """The answer of a process that is free; None where it has none any more."""
    process, answer = free.get(), None
    try:
        if process is not None:
            process.tell(portion)
            answer = process.answer()
    except OSError:
        pass
    finally:
        free.put(process if answer is not None else None)
    return answer


def _readings(answer: bytes | None, portion: _Portion, library: Library) -> Iterator[Reading]:
    if answer is None:
        return (read_document(document, shape, library) for document, shape in portion)
    readings: list[Reading] = pickle.loads(answer)  # noqa: S301 - written by this very program, through a pipe that nobody else has
    return iter(readings)


def _send(stream: IO[bytes], message: bytes) -> None:
    stream.write(_LENGTH.pack(len(message)))
    stream.write(message)
    stream.flush()


def _received(stream: IO[bytes]) -> bytes | None:
    """The next message; None where the other side ended before it was complete."""
    begun = stream.read(_LENGTH.size)
    if len(begun) < _LENGTH.size:
        return None
    (length,) = _LENGTH.unpack(begun)
    message = stream.read(length) if length < _TOO_LONG else b""
    return message if len(message) == length else None


def serve(asks: IO[bytes], answers: IO[bytes]) -> None:
    """Read what is asked for, until nobody asks any more. The first message is what documents may refer to."""
    library: Library | None = None
    while (message := _received(asks)) is not None:
        asked = pickle.loads(message)  # noqa: S301 - as above
        if library is None:
            library = asked
            continue
        readings = [read_document(document, shape, library) for document, shape in asked]
        _send(answers, pickle.dumps(readings, pickle.HIGHEST_PROTOCOL))


if __name__ == "__main__":
    # Who is interrupted at a terminal ends its processes itself.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # What nobody reads any more is no failure.
    with suppress(BrokenPipeError):
        serve(sys.stdin.buffer, sys.stdout.buffer)
