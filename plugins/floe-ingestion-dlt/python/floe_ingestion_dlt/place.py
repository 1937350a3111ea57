"""Where a product's rows go: its database, or its Iceberg catalog."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import duckdb

from floe_ingestion_dlt.destination import create_destination, database_file
from floe_ingestion_dlt.unfinished import remove_unfinished


@dataclass
class Purpose:
    """What a table is wanted for."""

    table: str
    pipeline: str
    appends: bool
    # Rows and columns of earlier loads go: a full refresh.
    anew: bool
    # What the load is to be known by, where the place can note it.
    summary: dict[str, str]


class Table(Protocol):
    """One source's table, for one load."""

    # dlt's destination.
    destination: Any

    def clean(self, pipeline: Any) -> Any:
        """Forget and remove what a load that was cut off left behind."""

    def figures(self, info: Any, known: list[str]) -> dict[str, Any]:
        """Give `bytesLoaded` and `addedColumns` of a load that ended well."""


class Place(Protocol):
    """Opened once for all sources."""

    # For a table that is named without a schema.
    schema: str

    def table(self, purpose: Purpose) -> Table:
        """Give a table of it."""

    def close(self) -> None:
        """Let go of it, and of all that tables of it hold. It may be used again."""


def open_place(config: Mapping[str, Any]) -> Place:
    """Open where the configuration says that rows go.

    Raises `IngestionError` `CONFIG.INVALID_VALUE`, `SECRET.NOT_FOUND`, and for a catalog `CONNECTION.*`.
    """
    if config.get("catalog") is not None:
        from floe_ingestion_dlt.iceberg.place import Lake

        return Lake(config)
    return Database(config)


class Database:
    """The compute engine's database, on one connection for all sources.

    dlt would open and close the file ten times for each of them. It works with duplicates of a connection
    that it is given, and DuckDB closes those with the one that they are of.
    """

    def __init__(self, config: Mapping[str, Any]) -> None:
        """Find it by dbt's output."""
        output = config["destination"]
        self.schema: str = output.get("schema") or "main"
        self._file = database_file(output, Path(config["projectDir"]), config.get("env") or {})
        self._connection: duckdb.DuckDBPyConnection | None = None
        self._destination: Any = None

    def table(self, purpose: Purpose) -> Table:
        """Give a table of it."""
        if self._connection is None:
            self._connection = duckdb.connect(self._file)
            self._destination = create_destination(self._connection)
        return _DatabaseTable(self._destination, purpose)

    def close(self) -> None:
        """Free the file, whatever still refers to a connection: the traceback of an error, dlt's contexts."""
        if self._connection is not None:
            self._connection.close()
            self._connection = self._destination = None


class _DatabaseTable:
    def __init__(self, destination: Any, purpose: Purpose) -> None:
        self.destination = destination
        self._table = purpose.table
        self._appends = purpose.appends

    def clean(self, pipeline: Any) -> Any:
        # The database knows what was really loaded. What dlt keeps in its folder may be of a load that was
        # cut off, or of another database, which the manifest named before.
        pipeline = pipeline.drop()
        if self._appends:
            remove_unfinished(pipeline, self._table)
        return pipeline

    def figures(self, info: Any, known: list[str]) -> dict[str, Any]:
        jobs = [job for package in info.load_packages for job in package.jobs["completed_jobs"]]
        columns = {
            name
            for package in info.load_packages
            for name in (package.schema_update.get(self._table) or {}).get("columns", {})
        }
        return {
            "bytesLoaded": sum(job.file_size for job in jobs if job.job_file_info.table_name == self._table),
            "addedColumns": sorted(columns - set(known)) if known else [],
        }
