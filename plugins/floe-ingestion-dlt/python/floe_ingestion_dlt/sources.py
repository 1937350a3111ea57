"""Sources, each loaded whole or not at all, and never twice."""

from __future__ import annotations

import time
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import dlt

from floe_ingestion_dlt.destination import create_destination
from floe_ingestion_dlt.failure import locked_by, told
from floe_ingestion_dlt.files import find_files
from floe_ingestion_dlt.resource import create_resource, loaded_by, read_rows
from floe_ingestion_dlt.unfinished import remove_unfinished

if TYPE_CHECKING:
    from floe_ingestion_dlt.library import Progress


def load_sources(
    config: Mapping[str, Any],
    sources: list[dict[str, Any]],
    *,
    full_refresh: bool,
    run_id: str | None,
    on_progress: Progress | None,
) -> list[dict[str, Any]]:
    """Load sources one after another. One that fails is told, and the others are loaded all the same."""
    project_dir = Path(config["projectDir"])
    destination = create_destination(config["destination"], project_dir, config.get("env") or {})
    results: list[dict[str, Any]] = []
    for source in sources:
        parts = source["destinationTable"].split(".")
        schema = parts[0] if len(parts) == 2 else config["destination"].get("schema") or "main"
        result: dict[str, Any]
        try:
            if source["sourceType"] == "filesystem":
                find_files(source["path"], source["format"], project_dir)
            result = load_source(
                source,
                product=config["productName"],
                schema=schema,
                table=parts[-1],
                destination=destination,
                project_dir=project_dir,
                state_dir=Path(config["stateDir"]),
                full_refresh=full_refresh,
                run_id=run_id,
                on_progress=on_progress,
            )
        except Exception as error:
            held = locked_by(error)
            if held is not None:
                raise held from error
            result = {"success": False, "rowsLoaded": 0, "executionTimeSeconds": 0, "error": told(error)}
        results.append({"source": source["name"], "table": source["destinationTable"], **result})
    return results


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
    run_id: str | None,
    on_progress: Progress | None,
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
        remove_unfinished(pipeline, table)
    known = _known_columns(pipeline, table)
    rows = loaded_by(pipeline, table, run_id)
    if rows is not None:
        return {"success": True, "rowsLoaded": rows, "executionTimeSeconds": time.monotonic() - started}
    frozen = source["schemaContract"] == "freeze" and known and not full_refresh
    rows_of = read_rows(source, project_dir, known if frozen else None, on_progress)
    resource = create_resource(source, table, rows_of, run_id)
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
