"""The product's Iceberg catalog, as PyIceberg opens it."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

_AT_ONCE = 8
"""Requests that the catalog gets at a time."""
_ENV_VAR = re.compile(r"\{\{\s*env_var\('([^']+)'\)\s*\}\}")


@dataclass(frozen=True)
class IcebergTable:
    """A table as its catalog knows it."""

    location: str
    snapshot_id: int | None
    """None for a table that nothing was written to."""
    fields: Sequence[Mapping[str, Any]]


def load_tables(catalog: Mapping[str, Any], tables: Mapping[str, tuple[str, ...]]) -> dict[str, IcebergTable]:
    """Load tables by their names in the catalog; one that isn't there is left out.

    Raises what PyIceberg does where the catalog can't be reached, and `ImportError` without PyIceberg.
    """
    from pyiceberg.catalog import load_catalog
    from pyiceberg.exceptions import NoSuchNamespaceError, NoSuchTableError

    opened = load_catalog(catalog["name"], **_resolved(catalog["properties"]))

    def load(name: tuple[str, ...]) -> IcebergTable | None:
        try:
            table = opened.load_table(name)
        except (NoSuchTableError, NoSuchNamespaceError):
            return None
        return IcebergTable(table.location(), table.metadata.current_snapshot_id, _fields(table.schema()))

    with ThreadPoolExecutor(_AT_ONCE) as pool:
        found = dict(zip(tables, pool.map(load, tables.values()), strict=True))
    return {key: table for key, table in found.items() if table is not None}


def _fields(schema: Any) -> list[dict[str, Any]]:
    return [
        {
            "name": one.name,
            # Of a nested type, which kind it is: its parts are no column's.
            "type": str(one.field_type) if one.field_type.is_primitive else one.field_type.type,
            "ordinal_position": position,
            **({} if one.doc is None else {"description": one.doc}),
        }
        for position, one in enumerate(schema.fields, 1)
    ]


def _resolved(properties: Mapping[str, str]) -> dict[str, str]:
    """Fill in what the compile left to the environment."""
    return {
        key: _ENV_VAR.sub(lambda found: os.environ.get(found[1], ""), value)
        for key, value in properties.items()
    }
