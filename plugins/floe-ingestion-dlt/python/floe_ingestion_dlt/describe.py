"""What a table looks like where it was loaded to."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from floe_ingestion_dlt.destination import database_file


def describe(config: Mapping[str, Any], table: str) -> list[dict[str, Any]]:
    """Give the columns of a table in the compute engine's database, in order, in the engine's words.

    `config` as of `load`; `table` is `schema.table`, as `load` answers it. Each column has `name`, `type` and
    `ordinal_position`; a table that isn't there has none. A catalog's tables are the catalog's to describe.
    """
    import duckdb

    file = database_file(config["destination"], Path(config["projectDir"]), config.get("env") or {})
    schema, _, name = table.rpartition(".")
    with duckdb.connect(str(file)) as connection:
        rows = connection.execute(
            "SELECT column_name, data_type, ordinal_position FROM information_schema.columns "
            "WHERE table_schema = ? AND table_name = ? ORDER BY ordinal_position",
            [schema or "main", name],
        ).fetchall()
    return [{"name": name, "type": type_, "ordinal_position": position} for name, type_, position in rows]
