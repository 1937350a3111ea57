"""What floe calls."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from floe_worker import FloeError, method, progress

import floe_ingestion_dlt
import floe_ingestion_dlt.sources
from floe_ingestion_dlt import IngestionError


@method
def check(config: dict[str, Any]) -> bool:
    """Check what can be checked without moving data."""
    with _told():
        floe_ingestion_dlt.check(config)
    return True


@method
def load(
    config: dict[str, Any],
    sources: list[str] | None = None,
    full_refresh: bool = False,
    run_id: str | None = None,
) -> dict[str, Any]:
    """Load sources, telling how far it is."""
    with _told():
        return floe_ingestion_dlt.load(
            config,
            sources=sources,
            full_refresh=full_refresh,
            run_id=run_id,
            on_progress=lambda source, rows: progress({"source": source, "rows": rows}),
        )


@contextmanager
def _told() -> Iterator[None]:
    try:
        yield
    except IngestionError as error:
        raise FloeError(error.code, str(error), why=error.why, next=error.next) from error
