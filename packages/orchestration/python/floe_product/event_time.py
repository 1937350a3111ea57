"""When something happened, as OpenLineage's events say it."""

from __future__ import annotations

from datetime import datetime, timezone


def now() -> datetime:
    """Give the time in UTC."""
    return datetime.now(timezone.utc)


def event_time(at: datetime) -> str:
    """Write a time in ISO 8601, to the millisecond: `2026-01-02T03:04:05.000Z`."""
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
