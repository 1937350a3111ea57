"""What must not be forgotten between loads: a property of the table, committed together with the rows."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

import dlt
from dlt.common.destination.client import StateInfo, StorageSchemaInfo
from pyiceberg.table import Table

from floe_ingestion_dlt.iceberg.columns import dlt_column

_PREFIX = "floe.ingestion."


def property_of(pipeline: str) -> str:
    """Name the property: each source has its own, should two load into one table."""
    return _PREFIX + pipeline


def remembered(table: Table | None, pipeline: str) -> dict[str, Any]:
    """Give what the last load left: its `load_id`, and dlt's `state` as a document."""
    text = None if table is None else table.properties.get(property_of(pipeline))
    return {} if text is None else dict(json.loads(text))


def to_property(load_id: str, state: dict[str, Any] | None) -> str:
    """Write down which load this was, and dlt's state after it."""
    return json.dumps({"load_id": load_id, "state": state}, default=str, separators=(",", ":"))


def state_info(memory: dict[str, Any]) -> StateInfo | None:
    """Give dlt's state as dlt takes it from a destination."""
    state = memory.get("state")
    if state is None:
        return None
    fields = {**state, "created_at": datetime.fromisoformat(state["created_at"])}
    return StateInfo(**fields)


def schema_info(table: Table, name: str, schema_name: str) -> StorageSchemaInfo:
    """Read dlt's schema off the table: nothing else says as surely what is there."""
    schema = dlt.Schema(schema_name)
    columns: dict[str, Any] = {field.name: dlt_column(field) for field in table.schema().fields}
    schema.update_table({"name": name, "columns": columns, "x-normalizer": {"seen-data": True}})  # type: ignore[typeddict-unknown-key]
    schema._bump_version()
    stored = schema.to_dict()
    return StorageSchemaInfo(
        version_hash=stored["version_hash"],
        schema_name=schema_name,
        version=stored["version"],
        engine_version=stored["engine_version"],
        inserted_at=datetime.now().astimezone(),
        schema=json.dumps(stored, default=str),
    )
