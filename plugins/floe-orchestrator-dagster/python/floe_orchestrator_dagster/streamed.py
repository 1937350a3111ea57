"""Work that tells as it goes, as a generator, which is what Dagster takes events from."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Generic, TypeVar

Event = TypeVar("Event")
Result = TypeVar("Result")


class Streamed(Generic[Event, Result]):
    """Runs a function in a thread of its own and yields what it hands to its listener.

    Where Dagster ends the step, the work is cancelled and not waited for: the thread dies with the process.
    """

    def __init__(
        self, work: Callable[[Callable[[Event], None]], Result], cancel: Callable[[], None] = lambda: None
    ) -> None:
        self._work = work
        self._cancel = cancel
        self._events: queue.SimpleQueue[Event | None] = queue.SimpleQueue()
        self._result: list[Result] = []
        self._error: BaseException | None = None

    def __iter__(self) -> Iterator[Event]:
        threading.Thread(target=self._run, name="floe-work", daemon=True).start()
        try:
            while (event := self._events.get()) is not None:
                yield event
        except BaseException:
            with suppress(Exception):
                self._cancel()
            raise
        if self._error is not None:
            raise self._error

    @property
    def result(self) -> Result:
        """What the function returned; known once everything was iterated."""
        return self._result[0]

    def _run(self) -> None:
        try:
            self._result.append(self._work(self._events.put))
        except BaseException as error:
            self._error = error
        finally:
            self._events.put(None)
