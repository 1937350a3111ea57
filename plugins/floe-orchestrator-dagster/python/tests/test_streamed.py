"""Work in a thread, as a generator."""

from __future__ import annotations

from collections.abc import Callable
from threading import Event

import pytest

from floe_orchestrator_dagster.streamed import Streamed


def test_yields_what_is_told_in_order_and_keeps_the_result() -> None:
    def work(tell: Callable[[int], None]) -> str:
        for number in range(3):
            tell(number)
        return "done"

    streamed = Streamed(work)
    assert list(streamed) == [0, 1, 2]
    assert streamed.result == "done"


def test_raises_what_the_work_raised_after_what_was_told_before_it() -> None:
    def work(tell: Callable[[int], None]) -> None:
        tell(1)
        raise ValueError("no")

    each = iter(Streamed(work))
    assert next(each) == 1
    with pytest.raises(ValueError, match="no"):
        next(each)


def test_cancels_the_work_where_its_listener_ends() -> None:
    cancelled = Event()

    def work(tell: Callable[[int], None]) -> None:
        tell(1)
        cancelled.wait(10)

    each = iter(Streamed(work, cancel=cancelled.set))
    assert next(each) == 1
    each.close()
    assert cancelled.is_set()


def test_ends_even_where_cancelling_fails() -> None:
    ended = Event()

    def work(tell: Callable[[int], None]) -> None:
        tell(1)
        ended.wait(10)

    def cancel() -> None:
        ended.set()
        raise RuntimeError("nothing to cancel")

    each = iter(Streamed(work, cancel=cancel))
    next(each)
    each.close()
    assert ended.is_set()
