"""A table's columns, after those of what is loaded."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pyiceberg.schema import Schema
from pyiceberg.table import Transaction
from pyiceberg.types import DecimalType, DoubleType, FloatType, IcebergType, IntegerType, LongType

from floe_ingestion_dlt.iceberg.columns import iceberg_type


def evolve(transaction: Transaction, columns: Sequence[Mapping[str, Any]], *, anew: bool) -> list[str]:
    """Add and widen columns, and give the names of those that are new.

    `anew`, the table takes exactly these columns: the others go, and types may change to any other.
    """
    current = transaction.table_metadata.schema()
    known = {field.name.lower(): field for field in current.fields}
    names = {column["name"].lower() for column in columns}
    added: list[str] = []
    with transaction.update_schema(allow_incompatible_changes=anew) as update:
        for column in columns:
            stored, field = iceberg_type(column), known.get(column["name"].lower())
            if field is None:
                update.add_column(column["name"], stored)
                added.append(column["name"])
            elif anew and field.field_type != stored:
                update.delete_column(field.name)
                update.add_column(column["name"], stored)
            elif _widens(field.field_type, stored):
                update.update_column(field.name, field_type=stored)
            # Any other type must fit into the column value by value, as in DuckDB.
        for name, field in known.items():
            if name not in names:
                if anew:
                    update.delete_column(field.name)
                elif field.required and name not in _identifiers(current):
                    update.make_column_optional(field.name)
    return added


def _identifiers(schema: Schema) -> set[str]:
    return {name.lower() for name in schema.identifier_field_names()}


def _widens(narrow: IcebergType, wide: IcebergType) -> bool:
    """Whether Iceberg can turn a column of one type into one of the other.

    See https://iceberg.apache.org/spec/#schema-evolution
    """
    match narrow, wide:
        case DecimalType(), DecimalType():
            return wide.scale == narrow.scale and wide.precision > narrow.precision
        case (IntegerType(), LongType()) | (FloatType(), DoubleType()):
            return True
        case _:
            return False
