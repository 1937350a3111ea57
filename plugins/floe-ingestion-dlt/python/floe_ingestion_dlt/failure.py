"""What an error says to a user, however deep dlt has wrapped it."""

from __future__ import annotations

import re
from collections.abc import Iterator

import duckdb

from floe_ingestion_dlt.errors import IngestionError


def locked_by(error: BaseException) -> IngestionError | None:
    """Recognise a DuckDB file that someone else holds."""
    for inner in _chain(error):
        text = str(inner)
        if isinstance(inner, duckdb.Error) and ("Could not set lock" in text or "Conflicting lock" in text):
            pid = re.search(r"PID (\d+)", text)
            end = (
                "End the other process."
                if pid is None
                else f"Wait for process {pid[1]} to end, or end it: kill {pid[1]}"
            )
            return IngestionError(
                "COMPUTE.LOCKED", "The database is in use by another process.", why=text, next=[end]
            )
    return None


def told(error: BaseException) -> dict[str, str]:
    """Find the error that began it: dlt wraps what a source raises in the names of its own stages."""
    chain = list(_chain(error))
    own = next((one for one in chain if isinstance(one, IngestionError)), None)
    if own is not None:
        return {"error": " ".join(part for part in (str(own), own.why) if part), "errorCode": own.code}
    engine = next((one for one in reversed(chain) if isinstance(one, duckdb.Error)), None)
    return {"error": str(engine or chain[-1]).strip(), "errorCode": "INGESTION.FAILED"}


def _chain(error: BaseException) -> Iterator[BaseException]:
    seen: set[int] = set()
    inner: BaseException | None = error
    while inner is not None and id(inner) not in seen:
        seen.add(id(inner))
        yield inner
        inner = inner.__cause__ or inner.__context__
