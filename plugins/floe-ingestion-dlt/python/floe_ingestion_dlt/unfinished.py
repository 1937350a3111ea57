"""What a load that was cut off leaves in a database."""

from __future__ import annotations

from typing import Any

LOAD_ID = "_dlt_load_id"


def remove_unfinished(pipeline: Any, table: str) -> None:
    """Remove rows of loads that never came to their end. Appended again they would be there twice."""
    with pipeline.destination_client() as client, client.sql_client as sql:
        if not client.is_storage_initialized():
            return
        try:
            columns = sql.execute_sql(f"SELECT * FROM {sql.make_qualified_table_name(table)} LIMIT 0") and [
                name for name, *_ in sql.native_connection.description or []
            ]
        except Exception:
            return
        if LOAD_ID in columns:
            sql.execute_sql(
                f"DELETE FROM {sql.make_qualified_table_name(table)} WHERE {LOAD_ID} NOT IN "
                f"(SELECT load_id FROM {sql.make_qualified_table_name('_dlt_loads')} WHERE status = 0)"
            )
