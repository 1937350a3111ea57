"""The engine kept open for the length of one command."""

from __future__ import annotations

import threading
from typing import Any

import dbt.adapters.factory as adapters


class HeldOpen:
    """Holds one more handle than dbt itself, where an adapter closes the engine with its last one.

    With `keep_open: false` in the profile dbt-duckdb closes the database whenever no node runs, between two
    tests for example, which writes all of it to the disk each time.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._handles: list[Any] | None = None

    def begin(self) -> None:
        """Take a handle of each engine that is open now, unless that was done; from any thread."""
        with self._lock:
            if self._handles is not None:
                return
            self._handles = []
            for adapter in list(adapters.FACTORY.adapters.values()):
                environment = getattr(type(adapter.connections), "env", None)
                if environment is not None:
                    self._handles.append(environment().handle())

    def end(self) -> None:
        """Let go of them."""
        with self._lock:
            for handle in self._handles or []:
                handle.close()
            self._handles = None
