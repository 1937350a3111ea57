"""The garbage collector around a load."""

from __future__ import annotations

import gc

import pytest

from floe_orchestrator_dagster.paused import collector_paused


def test_is_as_it_was_afterwards_whatever_happens() -> None:
    def work() -> None:
        with collector_paused():
            assert not gc.isenabled()
            raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        work()
    assert gc.isenabled()


def test_stays_off_where_somebody_has_switched_it_off() -> None:
    gc.disable()
    try:
        with collector_paused():
            pass
        assert not gc.isenabled()
    finally:
        gc.enable()
