"""dlt's columns as Iceberg's and back. The types are those that dlt gives the same rows in DuckDB."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from pyiceberg.schema import Schema
from pyiceberg.types import (
    BinaryType,
    BooleanType,
    DateType,
    DecimalType,
    DoubleType,
    FixedType,
    FloatType,
    IcebergType,
    IntegerType,
    LongType,
    NestedField,
    StringType,
    TimestampNanoType,
    TimestampType,
    TimestamptzNanoType,
    TimestamptzType,
    TimeType,
    UUIDType,
)

_SIMPLE: dict[str, IcebergType] = {
    "text": StringType(),
    # Iceberg has no JSON; as text every engine reads it.
    "json": StringType(),
    "double": DoubleType(),
    "bool": BooleanType(),
    "date": DateType(),
    "time": TimeType(),
    "binary": BinaryType(),
}
# dlt's own precision where a column states none.
_DECIMAL = (38, 9)
_WEI = (38, 0)


def iceberg_type(column: Mapping[str, Any]) -> IcebergType:
    """Say how a column is stored. Where Iceberg has no such type, the next wider one."""
    kind = column["data_type"]
    if kind == "bigint":
        precision = column.get("precision") or 64
        if precision > 64:
            return DecimalType(38, 0)
        return IntegerType() if precision <= 32 else LongType()
    if kind == "timestamp":
        return TimestamptzType() if column.get("timezone", True) else TimestampType()
    if kind in ("decimal", "wei"):
        usual = _DECIMAL if kind == "decimal" else _WEI
        precision, scale = column.get("precision"), column.get("scale")
        if precision is None:
            precision, scale = usual
        return DecimalType(precision, scale or 0)
    return _SIMPLE[kind]


def dlt_column(field: NestedField) -> dict[str, Any]:
    """Say what dlt would call a table's column."""
    return {"name": field.name, "nullable": field.optional, **_dlt_type(field.field_type)}


def _dlt_type(stored: IcebergType) -> dict[str, Any]:
    match stored:
        # Without the number of bits, which dlt would keep where wider values arrive.
        case IntegerType() | LongType():
            return {"data_type": "bigint"}
        case FloatType() | DoubleType():
            return {"data_type": "double"}
        case BooleanType():
            return {"data_type": "bool"}
        case DateType():
            return {"data_type": "date"}
        case TimeType():
            return {"data_type": "time", "precision": 6}
        case TimestamptzType() | TimestamptzNanoType():
            return {"data_type": "timestamp", "precision": 6}
        case TimestampType() | TimestampNanoType():
            return {"data_type": "timestamp", "precision": 6, "timezone": False}
        case DecimalType():
            return {"data_type": "decimal", "precision": stored.precision, "scale": stored.scale}
        case BinaryType() | FixedType():
            return {"data_type": "binary"}
        case StringType() | UUIDType():
            return {"data_type": "text"}
        case _:
            return {"data_type": "json"}


def iceberg_schema(columns: Iterable[Mapping[str, Any]], keys: Iterable[str]) -> Schema:
    """Make the schema of a new table; the catalog assigns the fields' ids."""
    wanted = set(keys)
    fields = [
        NestedField(
            field_id=index,
            name=column["name"],
            field_type=iceberg_type(column),
            required=column["name"] in wanted,
        )
        for index, column in enumerate(columns, start=1)
    ]
    return Schema(*fields, identifier_field_ids=[field.field_id for field in fields if field.required])
