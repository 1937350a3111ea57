"""Tables as lineage describes them: their columns, and where they lie."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from floe_product.artifacts import Product
from floe_product.catalog import IcebergTable, load_tables

Parts = tuple[str, str, str]
"""Database, schema, table."""


@dataclass(frozen=True)
class TableFacts:
    """What is known of a table that is there."""

    columns: Sequence[Mapping[str, Any]]
    """Fields of OpenLineage's schema facet, in order: name, type, ordinal_position, description."""
    iceberg: IcebergTable | None = None
    """What the catalog says of it, where it is in one."""


Tables = Mapping[str, TableFacts]
"""By `table_key`."""


def table_key(parts: Iterable[str]) -> str:
    """Write a table's name in parts as one key."""
    return ".".join(parts).lower()


def parts_of(resource: Mapping[str, Any]) -> Parts:
    """Give the table of a node or source of dbt's manifest."""
    named = resource.get("identifier") if resource["resource_type"] == "source" else resource.get("alias")
    return (resource.get("database") or "", resource.get("schema") or "", named or resource["name"])


def inspect_tables(product: Product, adapter: Any, tables: Iterable[Parts]) -> dict[str, TableFacts]:
    """Look at tables: at those in a catalog there, at others through dbt's adapter.

    One that isn't there is left out.
    """
    catalog = product.floe["lineage"].get("catalog")
    inside, outside = divide(catalog, tables)
    return {**_in_engine(adapter, outside), **inspect_catalog(catalog, inside)}


def divide(catalog: Mapping[str, Any] | None, tables: Iterable[Parts]) -> tuple[list[Parts], list[Parts]]:
    """Tell tables in the catalog from others. Without a database in its name, a table is in it as well."""
    unique = list(dict.fromkeys(tables))
    if catalog is None:
        return [], unique
    inside = [one for one in unique if one[0].lower() in {"", catalog["name"].lower()}]
    return inside, [one for one in unique if one not in inside]


def inspect_catalog(catalog: Mapping[str, Any] | None, tables: Sequence[Parts]) -> dict[str, TableFacts]:
    """Ask the Iceberg catalog: engines don't know the columns of an attached table that nobody has read."""
    if catalog is None or not tables:
        return {}
    found = load_tables(catalog, {table_key(one): one[1:] for one in tables})
    return {key: TableFacts(table.fields, table) for key, table in found.items()}


def _in_engine(adapter: Any, tables: Sequence[Parts]) -> dict[str, TableFacts]:
    """Ask the standard's information schema: one query, however many tables there are."""
    schemas = sorted({schema for _, schema, _ in tables})
    if not schemas:
        return {}
    wanted = {table_key(one) for one in tables}
    names = ", ".join("'" + one.replace("'", "''") + "'" for one in schemas)
    _, answer = adapter.execute(
        "SELECT table_catalog, table_schema, table_name, column_name, data_type, ordinal_position "
        f"FROM information_schema.columns WHERE table_schema IN ({names}) "
        "ORDER BY table_catalog, table_schema, table_name, ordinal_position",
        auto_begin=False,
        fetch=True,
    )
    columns: dict[str, list[dict[str, Any]]] = {}
    for database, schema, table, name, type_, position in (tuple(row) for row in answer.rows):
        full = (str(database), str(schema), str(table))
        key = next((one for one in (table_key(full), table_key(full[1:])) if one in wanted), None)
        if key is not None:
            field = {"name": str(name), "type": str(type_), "ordinal_position": int(position)}
            columns.setdefault(key, []).append(field)
    return {key: TableFacts(fields) for key, fields in columns.items()}
