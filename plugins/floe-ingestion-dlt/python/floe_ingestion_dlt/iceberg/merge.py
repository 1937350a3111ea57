"""Rows by their key: those that are in a table already are replaced, in new data files.

PyIceberg's own upsert compares all columns of all rows in memory. Here DuckDB finds which data files hold a
key that arrived; these are written anew without its rows, and the others stay as they are.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
from pyiceberg.expressions import AlwaysTrue, And, BooleanExpression, GreaterThanOrEqual, LessThanOrEqual
from pyiceberg.io.pyarrow import ArrowScan
from pyiceberg.schema import Schema
from pyiceberg.table import FileScanTask, Table
from pyiceberg.table.metadata import TableMetadata

from floe_ingestion_dlt.iceberg.write import Written, arrow_schema, conform, write_rows

_BATCH_ROWS = 50_000


class Merge:
    """Rows that arrived, one for each key: the last."""

    def __init__(
        self, batches: Iterable[pa.RecordBatch], schema: pa.Schema, keys: list[str], file: Path
    ) -> None:
        """Take the rows, already in the table's form. `file` is a database to keep them in, for the while."""
        self._keys = ", ".join(_quoted(key) for key in keys)
        self._key_names = keys
        self._schema = schema
        self._connection = duckdb.connect(str(file))
        self._connection.execute("SET TimeZone = 'UTC'")
        self._connection.register("arrived", pa.RecordBatchReader.from_batches(schema, batches))
        self._connection.execute(
            f"CREATE TABLE latest AS SELECT * EXCLUDE (__row) "
            f"FROM (SELECT *, row_number() OVER () AS __row FROM arrived) "
            f"QUALIFY row_number() OVER (PARTITION BY {self._keys} ORDER BY __row DESC) = 1 ORDER BY __row"
        )

    def rows(self) -> Iterator[pa.RecordBatch]:
        """Give the rows, in the order in which they arrived."""
        return self._read("SELECT * FROM latest")

    def replaced(self, table: Table) -> Iterator[FileScanTask]:
        """Find the data files that hold one of the keys."""
        schema = table.schema().select(*self._key_names)
        for task in table.scan(row_filter=self._range(schema)).plan_files():
            self._connection.register("existing", self._scan(task, table, schema))
            if self._one(f"SELECT count(*) FROM existing SEMI JOIN latest USING ({self._keys})"):
                yield task

    def kept(self, task: FileScanTask, table: Table, metadata: TableMetadata) -> Written:
        """Write what stays of such a file."""
        self._connection.register("existing", self._scan(task, table, table.schema()))
        rows = self._read(f"SELECT existing.* FROM existing ANTI JOIN latest USING ({self._keys})")
        return write_rows(rows, self._schema, metadata, table.io)

    def close(self) -> None:
        """Let go of the database."""
        self._connection.close()

    def _scan(self, task: FileScanTask, table: Table, schema: Schema) -> pa.RecordBatchReader:
        scan = ArrowScan(table.metadata, table.io, schema, AlwaysTrue())
        form = arrow_schema(schema)
        return pa.RecordBatchReader.from_batches(form, conform(scan.to_record_batches([task]), form))

    def _read(self, query: str) -> Iterator[pa.RecordBatch]:
        return conform(self._connection.execute(query).to_arrow_reader(_BATCH_ROWS), self._schema)

    def _one(self, query: str) -> Any:
        row = self._connection.execute(query).fetchone()
        return None if row is None else row[0]

    def _range(self, schema: Schema) -> BooleanExpression:
        """Narrow down the files by the first key's range, where its order is the same in both."""
        key = self._key_names[0]
        column = _quoted(key)
        least, most = (
            self._one(f"SELECT min({column}) FROM latest"),
            self._one(f"SELECT max({column}) FROM latest"),
        )
        if isinstance(least, datetime) or not isinstance(least, (int, str, date)):
            return AlwaysTrue()
        name = schema.find_field(key).name
        return And(GreaterThanOrEqual(name, least), LessThanOrEqual(name, most))


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
