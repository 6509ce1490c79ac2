"""How measurements are taken and told: as ratios side by side, for machines are shared and noisy, and only ratios travel."""

from __future__ import annotations

import gc
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
#: NOTIFIER_BENCH=full: the large sizes too, which take minutes.
FULL = os.environ.get("NOTIFIER_BENCH") == "full"  # noqa: TID251 - asked for by who runs make
SIZES = (200, 2_000, 20_000) if FULL else (200, 2_000)


@cache
def _environment() -> dict[str, str]:
    """That of an installed program, whose modules were compiled before: without it each run would compile them all."""
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}  # noqa: TID251 - handed on
    return kept | {"PYTHONPYCACHEPREFIX": tempfile.mkdtemp(prefix="bench-")}


def seconds(act: Callable[[], object], *, rounds: int = 5) -> float:
    """The median time of an act."""
    times = []
    for _ in range(rounds):
        began = time.perf_counter()
        act()
        times.append(time.perf_counter() - began)
    return statistics.median(times)


def processor_seconds(act: Callable[[], object]) -> float:
    """The processor time of one act, without the collections of garbage that others left."""
    gc.collect()
    began = time.process_time()
    act()
    return time.process_time() - began


@dataclass(frozen=True, slots=True, kw_only=True)
class Ran:
    """A program that ran to its end: how long, on how much of the processors, and the most memory it held."""

    seconds: float
    processor_seconds: float
    memory: int
    output: str


#: Between the two: what the kernel tells of a child's memory begins with what its parent held when it was started.
_BETWEEN = """
import json, os, subprocess, sys, time
began = time.perf_counter()
child = subprocess.Popen(sys.argv[2:])
_, status, used = os.wait4(child.pid, 0)
told = time.perf_counter() - began, used.ru_utime + used.ru_stime, used.ru_maxrss * 1024, os.waitstatus_to_exitcode(status)
os.write(int(sys.argv[1]), json.dumps(told).encode())
"""


def ran(command: Sequence[str], *, folder: Path = ROOT) -> Ran:
    """Run a program and measure it alone."""
    reading, writing = os.pipe()
    with os.fdopen(reading, "rb") as told:
        between = (sys.executable, "-I", "-S", "-c", _BETWEEN, str(writing), *command)
        with subprocess.Popen(
            between, cwd=folder, env=_environment(), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
            pass_fds=(writing,),
        ) as child:  # fmt: skip
            os.close(writing)
            output = child.stdout.read() if child.stdout else ""
        took, processor, memory, status = json.loads(told.read())
    if status:
        raise RuntimeError(f"{' '.join(command)} ended with {status}: {output[-2_000:]}")
    return Ran(seconds=took, processor_seconds=processor, memory=memory, output=output)


def python(*arguments: str) -> tuple[str, ...]:
    return (sys.executable, *arguments)


def command(*arguments: str) -> Callable[[], object]:
    return lambda: subprocess.run(python(*arguments), check=True, capture_output=True, env=_environment())


def tell(what: str, ours: float, anchor: float, aim: str) -> None:
    print(f"{what:<78} {ours * 1000:10.2f} ms   {anchor * 1000:10.2f} ms   {ours / anchor:8.2f} x   aim {aim}")


def tell_memory(what: str, ours: int, anchor: int, aim: str) -> None:
    print(f"{what:<78} {ours / 1e6:10.1f} MB   {anchor / 1e6:10.1f} MB   {ours / anchor:8.2f} x   aim {aim}")


def say(text: str) -> None:
    print(text)
