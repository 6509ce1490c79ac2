"""Tasks as one process has them for itself: its threads do the batches, and what it had deferred is gone with it.

Nothing is lost by that: whoever starts next sees in the ledger's rows who still waits.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from datetime import timedelta
from threading import Thread

from notifier.ports import Batch


class Embedded:
    """`ports.Tasks`, on so many `threads`; with one, whoever calls `work` does them."""

    elsewhere = False

    def __init__(self, *, threads: int = 1, most: int | None = None) -> None:
        self.most = most
        self._threads = threads
        self._batches: deque[Batch] = deque()
        self._act: Callable[[Batch], timedelta | None] | None = None
        self._failure: BaseException | None = None

    def task(self, act: Callable[[Batch], timedelta | None]) -> None:
        self._act = act

    def defer(self, batch: Batch, number: int, transaction: object = None) -> None:
        del transaction
        self._batches.extend([batch] * number)

    def deferred(self, batch: Batch, transaction: object = None) -> int:
        del transaction
        return self._batches.count(batch)

    def rescue(self) -> int:
        return 0

    def work(self, is_over: Callable[[], bool]) -> None:
        """What a batch fails with is raised here. One that is to come again is not waited for."""
        self._failure = None
        others = [
            Thread(target=self._until, args=(is_over,), name=f"batches-{number}") for number in range(1, self._threads)
        ]
        for thread in others:
            thread.start()
        self._until(is_over)
        for thread in others:
            thread.join()
        self._batches.clear()
        if self._failure is not None:
            raise self._failure

    def _until(self, is_over: Callable[[], bool]) -> None:
        try:
            while self._act is not None and self._failure is None and not is_over():
                if (batch := self._next()) is None:
                    return
                self._act(batch)
        except BaseException as error:  # noqa: BLE001 - a thread's failure is raised again where it is waited for
            self._failure = error

    def _next(self) -> Batch | None:
        # Another thread may have had the last one in between.
        try:
            return self._batches.popleft()
        except IndexError:
            return None
