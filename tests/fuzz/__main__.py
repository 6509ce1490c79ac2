"""A coverage-guided fuzz run of reading: `python -m tests.fuzz [SECONDS] [--seed N]`, or `--again FILE ...`.

Nothing is replaced: bytes go in as documents of every format, and what comes out is held to `oracle`. What breaks a
promise is written to a file, which `--again` reads once more without the fuzzer.
"""

from __future__ import annotations

import argparse
import hashlib
import importlib
import importlib.util
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
#: Beside what hypothesis remembers, and ignored by git like it.
KEPT = ROOT / ".hypothesis" / "fuzz"
LONGEST = 8_192
#: Lines of Python for one document, however small, and for each of its bytes.
STEPS, STEPS_PER_BYTE = 400_000, 1_500
#: Processor seconds after which a document is counted: the clock only asks, the count answers.
SLOW = 1.0
_MISSING = """\
atheris is not installed. It is no part of requirements-dev.txt, for it is made for Linux only. Install it:
  .venv/bin/python -m pip install atheris
"""


def main() -> int:
    said = _arguments()
    if said.again:
        return _again(said.again)
    if said.child:
        _fuzz(said.seconds, said.seed)
    if importlib.util.find_spec("atheris") is None:
        sys.stderr.write(_MISSING)
        return 2
    # libFuzzer leaves by the shortest way: what it found is told by the process that started it.
    began = {path.name for path in KEPT.glob("found-*")}
    command = [sys.executable, "-m", "tests.fuzz", str(said.seconds), "--seed", str(said.seed), "--child"]
    code = subprocess.run(command, cwd=ROOT, check=False).returncode
    found = sorted(path for path in KEPT.glob("found-*") if path.name not in began)
    _say(f"{len(found)} new findings" + "".join(f"\n  {path.relative_to(ROOT)}" for path in found))
    return 1 if found or code else 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("seconds", nargs="?", type=int, default=60)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--again", nargs="+", type=Path, metavar="FILE", help="read findings again")
    parser.add_argument("--child", action="store_true", help=argparse.SUPPRESS)
    return parser.parse_args()


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def _again(files: list[Path]) -> int:
    subjects = importlib.import_module("tests.fuzz.subjects").BY_NAME
    met = 0
    for path in files:
        name, data = path.name.removeprefix("found-").rpartition("-")[0], path.read_bytes()
        if name not in subjects:  # libFuzzer wrote it: what hung, or took too much memory
            name, data = list(subjects)[data[0] % len(subjects)], data[1:]
        said = list(_broken(subjects[name], data))
        met += bool(said)
        _say(f"{path.name}: " + ("\n  ".join(said) or "nothing is wrong"))
    return 1 if met else 0


def _broken(subject: Any, data: bytes) -> Iterator[str]:
    """What is wrong with one reading: an exception, a broken promise, too many steps."""
    oracle, steps = importlib.import_module("tests.fuzz.oracle"), importlib.import_module("tests.fuzz.steps")
    began = time.process_time()
    try:
        reading = subject.read(data)
    except Exception as error:  # noqa: BLE001 - any exception at all is a finding
        yield f"raised {type(error).__name__} in {_where(error)}: {str(error)[:300]}"
        return
    took = time.process_time() - began
    yield from oracle.broken_promises(subject.document(data), reading)
    if took > SLOW:
        counted = steps.count_steps(lambda: subject.read(data))
        if counted > STEPS + STEPS_PER_BYTE * len(data):
            yield f"took {counted} steps for {len(data)} bytes"
        elif took > 4 * SLOW:
            yield f"took {took:.1f} s for {len(data)} bytes, in patterns or parsers: only {counted} steps"


def _where(error: BaseException) -> str:
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    if trace is None:
        return "?"
    return f"{Path(trace.tb_frame.f_code.co_filename).name}:{trace.tb_frame.f_code.co_name}"


def _fuzz(seconds: int, seed: int) -> None:
    """Fuzz, and never return."""
    os.nice(19)
    atheris = importlib.import_module("atheris")
    with atheris.instrument_imports(include=["notifier.core.reading"]):
        subjects = importlib.import_module("tests.fuzz.subjects").SUBJECTS
    met: set[str] = set()

    def target(data: bytes) -> None:
        subject = subjects[data[0] % len(subjects)] if data else subjects[0]
        for said in _broken(subject, data[1:]):
            # One slip shows in many documents: the first of each kind is kept, and the run goes on.
            kind = _kind(said)
            if kind not in met:
                met.add(kind)
                _keep(subject.name, data[1:], said)

    corpus = KEPT / "corpus"
    corpus.mkdir(parents=True, exist_ok=True)
    for place, subject in enumerate(subjects):
        for seed_data in _seeds(subject):
            name = hashlib.sha256(seed_data).hexdigest()[:16]
            (corpus / f"seed-{subject.name}-{name}").write_bytes(bytes([place]) + seed_data[:LONGEST])
    flags = [
        f"-max_total_time={seconds}",
        f"-seed={seed}",
        f"-max_len={LONGEST}",
        "-rss_limit_mb=4096",
        "-timeout=120",
        "-report_slow_units=60",
    ]
    written = ROOT / "tests" / "fuzz" / "words.txt"
    flags += [f"-dict={written}", f"-artifact_prefix={KEPT}/found-crash-", "-print_final_stats=1", "-verbosity=1"]
    atheris.Setup([sys.argv[0], *flags, str(corpus)], target)
    atheris.Fuzz()


def _kind(said: str) -> str:
    """A finding without what differs from document to document: paths, numbers, quoted text."""
    return re.sub(r"\d+|['\"“(].*", "", said.removeprefix(said.partition("#")[0] + "#").rpartition(".md: ")[2])[:50]


def _keep(subject: str, data: bytes, said: str) -> None:
    path = KEPT / f"found-{subject}-{hashlib.sha256(data).hexdigest()[:12]}"
    path.write_bytes(data)
    _say(f"FOUND {said}\n      {path.relative_to(ROOT)} ({len(data)} bytes)")


def _seeds(subject: Any) -> Iterator[bytes]:
    """Documents to begin with: those of the tests, hostile ones, and those of real sites where they are."""
    hostile = importlib.import_module("tests.fuzz.hostile")
    yield from (case.make(400) for case in hostile.CASES if case.subject == subject.name)
    ending = Path(subject.path).suffix
    folders = [ROOT / "tests/content", ROOT.parent / "shared/corpus"]
    found = sorted(path for folder in folders for path in folder.rglob(f"*{ending}") if path.stat().st_size < LONGEST)
    yield from (path.read_bytes() for path in found[:150])


if __name__ == "__main__":
    sys.exit(main())
