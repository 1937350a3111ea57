"""One source, loaded whole or not at all, and never twice."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import dlt
import duckdb
from floe_worker import FloeError, progress

from floe_ingestion_dlt.files import find_files, read_files
from floe_ingestion_dlt.rest import read_pages

LOAD_ID = "_dlt_load_id"
Rows = Callable[[], Iterator[Any]]


def pipeline_name(product: str, source: str) -> str:
    """Each source has a pipeline of its own: one that fails, or is cut off, concerns no other."""
    return f"{product}__{source}".replace("-", "_")


def load_source(
    source: dict[str, Any],
    *,
    product: str,
    schema: str,
    table: str,
    destination: Any,
    project_dir: Path,
    state_dir: Path,
    full_refresh: bool,
) -> dict[str, Any]:
    """Load one source and say what came of it: dlt's own figures."""
    started = time.monotonic()
    pipeline = dlt.pipeline(
        pipeline_name=pipeline_name(product, source["name"]),
        pipelines_dir=str(state_dir),
        destination=destination,
        dataset_name=schema,
        progress=None,
    )
    pipeline = _clean(pipeline)
    appends = source["writeMode"] == "append"
    if appends:
        _remove_unfinished(pipeline, table)
    known = _known_columns(pipeline, table)
    frozen = source["schemaContract"] == "freeze" and known and not full_refresh
    resource = _resource(source, table, _rows(source, project_dir, known if frozen else None))
    contract = {"tables": "evolve", "columns": "freeze", "data_type": "freeze"} if frozen else "evolve"
    dlt.config["normalize.parquet_normalizer.add_dlt_load_id"] = appends
    info = pipeline.run(
        resource,
        loader_file_format="parquet" if source["sourceType"] == "filesystem" else None,
        schema_contract=contract,
        refresh="drop_resources" if full_refresh else None,
    )
    info.raise_on_failed_jobs()
    counts = (
        pipeline.last_trace.last_normalize_info.row_counts if pipeline.last_trace.last_normalize_info else {}
    )
    jobs = [job for package in info.load_packages for job in package.jobs["completed_jobs"]]
    added = {
        name
        for package in info.load_packages
        for name in (package.schema_update.get(table) or {}).get("columns", {})
        if known and not full_refresh
    }
    return {
        "success": True,
        "rowsLoaded": counts.get(table, 0),
        "bytesLoaded": sum(job.file_size for job in jobs if job.job_file_info.table_name == table),
        "executionTimeSeconds": time.monotonic() - started,
        "addedColumns": sorted(added - set(known)),
    }


def _clean(pipeline: Any) -> Any:
    """Forget what a load that was cut off left here: the destination knows what was really loaded."""
    if not pipeline.has_pending_data:
        return pipeline
    return pipeline.drop()


def _remove_unfinished(pipeline: Any, table: str) -> None:
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


def _known_columns(pipeline: Any, table: str) -> list[str]:
    """Name the columns that an earlier load made."""
    pipeline.sync_destination()
    if pipeline.default_schema_name is None:
        return []
    tables = pipeline.default_schema.tables
    columns = tables.get(table, {}).get("columns", {})
    return [
        name for name, column in columns.items() if not name.startswith("_dlt_") and "data_type" in column
    ]


def _rows(source: dict[str, Any], project_dir: Path, frozen: list[str] | None) -> Rows:
    """Read the source, telling how far it is."""

    def rows() -> Iterator[Any]:
        count = 0
        if source["sourceType"] == "rest":
            pages: Iterator[Any] = read_pages(source)
        else:
            files = find_files(source["path"], source["format"], project_dir)
            pages = read_files(files, source["format"])
        for page in pages:
            if frozen is not None and hasattr(page, "column_names"):
                _refuse_changed(page.column_names, frozen)
            count += len(page)
            progress({"source": source["name"], "rows": count})
            yield page

    return rows


def _refuse_changed(columns: list[str], frozen: list[str]) -> None:
    naming = dlt.Schema("floe").naming
    names = {naming.normalize_identifier(name) for name in columns}
    added, gone = sorted(names - set(frozen)), sorted(set(frozen) - names)
    if added or gone:
        changes = [f"new: {', '.join(added)}"] * bool(added) + [f"missing: {', '.join(gone)}"] * bool(gone)
        raise FloeError(
            "INGESTION.FAILED",
            "The columns changed, and the source is frozen.",
            why="; ".join(changes),
            next=["Set schemaContract: evolve, or load anew with --full-refresh."],
        )


def _resource(source: dict[str, Any], table: str, rows: Rows) -> Any:
    mode = source["writeMode"]
    resource = dlt.resource(
        rows,
        name=table,
        table_name=table,
        write_disposition=mode,
        primary_key=source.get("primaryKey"),
        max_table_nesting=0,
    )
    cursor = source.get("cursorField")
    if cursor is None:
        return resource
    # Open at its start: only rows past the last seen value, so none needs to be remembered to tell it apart.
    return resource.apply_hints(
        incremental=dlt.sources.incremental(cursor, range_start="open", on_cursor_value_missing="include")
    )


def locked_by(error: BaseException) -> FloeError | None:
    """Recognise a DuckDB file that someone else holds, however deep dlt has wrapped it."""
    inner: BaseException | None = error
    while inner is not None:
        text = str(inner)
        if isinstance(inner, duckdb.Error) and ("Could not set lock" in text or "Conflicting lock" in text):
            pid = re.search(r"PID (\d+)", text)
            end = (
                "End the other process."
                if pid is None
                else f"Wait for process {pid[1]} to end, or end it: kill {pid[1]}"
            )
            return FloeError(
                "COMPUTE.LOCKED", "The database is in use by another process.", why=text, next=[end]
            )
        inner = inner.__cause__ or inner.__context__
    return None
