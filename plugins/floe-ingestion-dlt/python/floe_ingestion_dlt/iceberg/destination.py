"""The catalog as a destination of dlt's: dlt extracts and normalizes, and a load's end is its one commit."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import field
from pathlib import Path
from types import TracebackType
from typing import Any

from dlt.common.arithmetics import DEFAULT_NUMERIC_PRECISION, DEFAULT_NUMERIC_SCALE
from dlt.common.configuration import configspec
from dlt.common.configuration.container import Container
from dlt.common.destination import Destination, DestinationCapabilitiesContext, PreparedTableSchema
from dlt.common.destination.client import (
    DestinationClientDwhConfiguration,
    JobClientBase,
    LoadJob,
    RunnableLoadJob,
    StateInfo,
    StorageSchemaInfo,
    WithStateSync,
)
from dlt.common.destination.exceptions import DestinationUndefinedEntity
from dlt.common.schema import Schema
from dlt.common.schema.utils import get_columns_names_with_prop, is_complete_column
from dlt.common.storages.load_package import LoadPackageStateInjectableContext, ParsedLoadJobFileName
from dlt.destinations.impl.duckdb.factory import DuckDbTypeMapper
from pyiceberg.table import Table

from floe_ingestion_dlt.iceberg.commit import Committed, Load, commit, load_table
from floe_ingestion_dlt.iceberg.memory import remembered, schema_info, state_info
from floe_ingestion_dlt.iceberg.problem import problems


class Target:
    """The one table that a pipeline loads into, and what was committed to it."""

    def __init__(
        self, catalog: Any, *, pipeline: str, table: str, anew: bool, summary: dict[str, str]
    ) -> None:
        """Name the table as dlt names it; `anew` as of a full refresh."""
        self.catalog = catalog
        self.pipeline = pipeline
        self.table = table
        self.anew = anew
        self.summary = summary
        self.after: str | None = None
        self.committed = Committed()


@configspec
class IcebergConfiguration(DestinationClientDwhConfiguration):
    """What dlt hands from the destination to its clients."""

    destination_type: str = field(default="iceberg_catalog", init=False, repr=False, compare=False)  # type: ignore[misc]
    target: Any = None


class _Taken(RunnableLoadJob):
    """A file that waits for its load's end. dlt sleeps until a job runs to its end, so this one does."""

    def run(self) -> None:
        pass


class IcebergClient(JobClientBase, WithStateSync):
    """Takes the files of a load, and commits them when the load is complete."""

    config: IcebergConfiguration

    def initialize_storage(self, truncate_tables: Iterable[str] | None = None) -> None:
        """Do nothing: a namespace is made with the first commit."""

    def is_storage_initialized(self) -> bool:
        """Say whether the table is there."""
        return self._load_table() is not None

    def drop_storage(self) -> None:
        """Do nothing: tables keep their history."""

    def drop_tables(self, *tables: str, delete_schema: bool = True) -> None:
        """Do nothing: what is loaded anew replaces rows and columns in the same commit."""

    def create_load_job(
        self, table: PreparedTableSchema, file_path: str, load_id: str, restore: bool = False
    ) -> LoadJob:
        """Take a file. It is loaded when all are there."""
        return _Taken(file_path)

    def complete_load(self, load_id: str) -> None:
        """Commit what was taken."""
        target = self._target
        package = Container()[LoadPackageStateInjectableContext]
        folder = package.storage.get_job_state_folder_path(load_id, "completed_jobs")
        files = [
            Path(package.storage.storage.make_full_path(file))
            for file in sorted(package.storage.storage.list_folder_files(folder))
            if ParsedLoadJobFileName.parse(file).table_name == target.table
        ]
        if target.table not in self.schema.tables:
            return
        table = self.prepare_load_table(target.table)
        before = remembered(self._load_table(), target.pipeline)
        load = Load(
            table=self._name(),
            pipeline=target.pipeline,
            load_id=load_id,
            after=target.after,
            mode=table["write_disposition"],
            anew=target.anew,
            columns=[column for column in table["columns"].values() if is_complete_column(column)],
            keys=get_columns_names_with_prop(table, "primary_key"),
            files=files,
            state=dict(package.state["pipeline_state"])
            if "pipeline_state" in package.state
            else before.get("state"),
            summary={**target.summary, "dlt.load-id": load_id},
        )
        with problems(f"The load couldn't be committed to {'.'.join(load.table)}."):
            target.committed = commit(target.catalog, load)

    def get_stored_schema(self, schema_name: str | None = None) -> StorageSchemaInfo | None:
        """Give the table's columns as dlt's schema."""
        table = load_table(self._target.catalog, self._name())
        return (
            None if table is None else schema_info(table, self._target.table, schema_name or self.schema.name)
        )

    def get_stored_schema_by_hash(self, version_hash: str) -> StorageSchemaInfo | None:
        """Give nothing: there is no store of schemas beside the table."""
        return None

    def get_stored_state(self, pipeline_name: str) -> StateInfo | None:
        """Give dlt's state as the last load left it."""
        table = self._load_table()
        if table is None:
            raise DestinationUndefinedEntity(f"there is no table {'.'.join(self._name())}")
        memory = remembered(table, pipeline_name)
        self._target.after = memory.get("load_id")
        return state_info(memory)

    def __enter__(self) -> IcebergClient:
        """Need nothing to be opened."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Have nothing to close."""

    def _load_table(self) -> Table | None:
        with problems(f"The table {'.'.join(self._name())} can't be loaded."):
            return load_table(self._target.catalog, self._name())

    @property
    def _target(self) -> Target:
        return self.config.target

    def _name(self) -> tuple[str, ...]:
        return (self.config.normalize_dataset_name(self.schema), self._target.table)


class iceberg_catalog(Destination[IcebergConfiguration, IcebergClient]):
    """An Iceberg catalog, for one table."""

    spec = IcebergConfiguration

    def __init__(self, target: Target, **kwargs: Any) -> None:
        """Take the table to load into."""
        super().__init__(target=target, **kwargs)

    @property
    def client_class(self) -> type[IcebergClient]:
        """Give the class that loads."""
        return IcebergClient

    def _raw_capabilities(self) -> DestinationCapabilitiesContext:
        caps = DestinationCapabilitiesContext()
        caps.preferred_loader_file_format = "parquet"
        caps.supported_loader_file_formats = ["parquet"]
        # Names, types and precisions are those of DuckDB, so that models run unchanged on both.
        caps.type_mapper = DuckDbTypeMapper
        caps.has_case_sensitive_identifiers = False
        caps.decimal_precision = (DEFAULT_NUMERIC_PRECISION, DEFAULT_NUMERIC_SCALE)
        caps.wei_precision = (DEFAULT_NUMERIC_PRECISION, 0)
        caps.timestamp_precision = 6
        caps.max_timestamp_precision = 9
        caps.max_identifier_length = 65536
        caps.max_column_identifier_length = 65536
        caps.supported_merge_strategies = ["delete-insert"]
        caps.supported_replace_strategies = ["truncate-and-insert"]
        caps.supports_ddl_transactions = False
        return caps


def table_name(name: str) -> str:
    """Name a table as dlt does."""
    return Schema("floe").naming.normalize_table_identifier(name)
