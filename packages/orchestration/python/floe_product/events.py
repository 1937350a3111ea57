"""What is told while a product is built."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from floe_product.expectations import Expectation


@dataclass(frozen=True)
class NodeStarted:
    """dbt began with a node."""

    unique_id: str


@dataclass(frozen=True)
class NodeFinished:
    """dbt is done with a node: a model, seed, snapshot or test."""

    unique_id: str
    status: str
    """dbt's own: success, error, skipped; of tests pass, warn, fail, error, skipped."""
    message: str | None
    failures: int | None
    """Failing rows of a test."""
    rows: int | None
    """Rows that were written, where the engine says so."""
    started_at: datetime
    ended_at: datetime

    @property
    def failed(self) -> bool:
        return self.status in {"error", "fail", "runtime error"}


@dataclass(frozen=True)
class CheckFinished:
    """One of the product's checks was judged."""

    expectation: Expectation
    status: str
    """passed, failed, or error where it couldn't be judged."""
    failing_rows: int | None = None
    rows_checked: int | None = None
    observed: str | None = None
    message: str | None = None

    @property
    def unmet(self) -> bool:
        return self.status != "passed"


Event = NodeStarted | NodeFinished | CheckFinished
