"""Rows into data files, a bounded part of them in memory at a time."""

from __future__ import annotations

import itertools
import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from pyiceberg.io import FileIO
from pyiceberg.io.pyarrow import _dataframe_to_data_files, schema_to_pyarrow
from pyiceberg.manifest import DataFile
from pyiceberg.schema import Schema
from pyiceberg.table.metadata import TableMetadata

from floe_ingestion_dlt.errors import IngestionError

# Of Arrow in memory; in the store it is a third to a tenth of that.
CHUNK_BYTES = 128 * 1024 * 1024
_BATCH_ROWS = 50_000


@dataclass
class Written:
    """Data files that no snapshot has yet."""

    files: list[DataFile] = field(default_factory=list)

    @property
    def rows(self) -> int:
        """Count their rows."""
        return sum(one.record_count for one in self.files)

    @property
    def bytes(self) -> int:
        """Add up their sizes in the store."""
        return sum(one.file_size_in_bytes for one in self.files)

    def discard(self, io: FileIO) -> None:
        """Delete what will never be committed. What can't be deleted is the catalog's to clean up."""
        for one in self.files:
            try:
                io.delete(one.file_path)
            except Exception:
                continue


def read_package(files: Iterable[Path]) -> Iterator[pa.RecordBatch]:
    """Read the files of a load package in order."""
    for file in files:
        with pq.ParquetFile(file) as content:
            yield from content.iter_batches(_BATCH_ROWS)


def arrow_schema(schema: Schema) -> pa.Schema:
    """Give the Arrow types of a table's columns."""
    return schema_to_pyarrow(schema, include_field_ids=False)


def conform(batches: Iterable[pa.RecordBatch], schema: pa.Schema) -> Iterator[pa.RecordBatch]:
    """Bring rows into a table's form: its columns in its order; what isn't there is null.

    Raises `IngestionError` `INGESTION.FAILED` for a value that doesn't fit.
    """
    for batch in batches:
        names = {name.lower(): index for index, name in enumerate(batch.schema.names)}
        columns = []
        for wanted in schema:
            at = names.get(wanted.name.lower())
            column = pa.nulls(len(batch), wanted.type) if at is None else _cast(batch.column(at), wanted)
            if not wanted.nullable and column.null_count > 0:
                raise IngestionError(
                    "INGESTION.FAILED",
                    f"The column {wanted.name} has rows without a value.",
                    why="It is part of the primary key.",
                    next=["Give every row a key, or choose other columns as primaryKey."],
                )
            columns.append(column)
        yield pa.RecordBatch.from_arrays(columns, schema=schema)


def write_rows(
    batches: Iterable[pa.RecordBatch], schema: pa.Schema, metadata: TableMetadata, io: FileIO
) -> Written:
    """Write data files, each a chunk. They are seen only once a snapshot has them."""
    written = Written()
    write_id, counter = uuid.uuid4(), itertools.count()
    try:
        for chunk in _chunks(batches, schema):
            written.files += _dataframe_to_data_files(metadata, chunk, io, write_id, counter)
    except BaseException:
        written.discard(io)
        raise
    return written


def _chunks(batches: Iterable[pa.RecordBatch], schema: pa.Schema) -> Iterator[pa.Table]:
    chunk: list[pa.RecordBatch] = []
    size = 0
    for batch in batches:
        if len(batch) == 0:
            continue
        chunk.append(batch)
        size += batch.nbytes
        if size >= CHUNK_BYTES:
            yield pa.Table.from_batches(chunk, schema)
            chunk, size = [], 0
    if chunk:
        yield pa.Table.from_batches(chunk, schema)


def _cast(column: pa.Array, wanted: pa.Field) -> pa.Array:
    if column.type == wanted.type:
        return column
    try:
        # Iceberg's times end at the microsecond; what is finer is cut off, as DuckDB does.
        finer = pa.types.is_timestamp(column.type) or pa.types.is_time(column.type)
        return pc.cast(column, wanted.type, safe=not finer)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as error:
        raise IngestionError(
            "INGESTION.FAILED",
            f"The column {wanted.name} has values that the table can't take.",
            why=f"It is {wanted.type} in the table and {column.type} in the source: {error}",
            next=["Mend the source, or load anew with --full-refresh, which takes its types."],
        ) from error
