"""Sources, each loaded whole or not at all, and never twice."""

from __future__ import annotations

import time
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import dlt

from floe_ingestion_dlt.destination import storage_of
from floe_ingestion_dlt.failure import locked_by, told
from floe_ingestion_dlt.files import check_files
from floe_ingestion_dlt.place import Place, Purpose, open_place
from floe_ingestion_dlt.resource import create_resource, loaded_by, pages_of, read_rows

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
    place = open_place(config)
    try:
        return [_result_of(config, source, place, full_refresh, run_id, on_progress) for source in sources]
    finally:
        place.close()


def _result_of(
    config: Mapping[str, Any],
    source: dict[str, Any],
    place: Place,
    full_refresh: bool,
    run_id: str | None,
    on_progress: Progress | None,
) -> dict[str, Any]:
    started = time.monotonic()
    result: dict[str, Any]
    try:
        result = _load_source(config, source, place, full_refresh, run_id, on_progress)
    except Exception as error:
        # What an error leaves half-done, or damaged, is no business of the next source.
        place.close()
        held = locked_by(error)
        if held is not None:
            raise held from error
        result = {"success": False, "rowsLoaded": 0, **told(error)}
    return {
        "source": source["name"],
        "table": source["destinationTable"],
        "executionTimeSeconds": time.monotonic() - started,
        **result,
    }


def pipeline_name(product: str, source: str) -> str:
    """Each source has a pipeline of its own: one that fails, or is cut off, concerns no other."""
    return f"{product}__{source}".replace("-", "_")


def _load_source(
    config: Mapping[str, Any],
    source: dict[str, Any],
    place: Place,
    full_refresh: bool,
    run_id: str | None,
    on_progress: Progress | None,
) -> dict[str, Any]:
    """Load one source and say what came of it: dlt's own figures."""
    if source["sourceType"] == "filesystem":
        check_files(source["path"], source["format"], Path(config["projectDir"]), storage_of(config))
    name = pipeline_name(config["productName"], source["name"])
    *schema, table = source["destinationTable"].split(".")
    summary = {"floe.product": config["productName"], "floe.source": source["name"]}
    if run_id is not None:
        summary["floe.run-id"] = run_id
    appends = source["writeMode"] == "append"
    target = place.table(Purpose(table, name, appends, full_refresh, summary))
    pipeline = dlt.pipeline(
        pipeline_name=name,
        pipelines_dir=str(config["stateDir"]),
        destination=target.destination,
        dataset_name=schema[0] if schema else place.schema,
        progress=None,
    )
    pipeline = target.clean(pipeline)
    known = _known_columns(pipeline, table)
    rows = loaded_by(pipeline, table, run_id)
    if rows is not None:
        return {"success": True, "rowsLoaded": rows}
    frozen = source["schemaContract"] == "freeze" and known and not full_refresh
    # Not in the pipeline's own folder, which is emptied as a load begins.
    pages = pages_of(source, config, Path(config["stateDir"]) / "fetched" / name)
    rows_of = read_rows(source, pages, known if frozen else None, on_progress)
    resource = create_resource(source, table, rows_of, run_id)
    contract = {"tables": "evolve", "columns": "freeze", "data_type": "freeze"} if frozen else "evolve"
    dlt.config["normalize.parquet_normalizer.add_dlt_load_id"] = appends
    # Not `run`, which would first ask the destination for its state, as was just done.
    pipeline.extract(
        resource,
        loader_file_format="parquet" if source["sourceType"] == "filesystem" else None,
        schema_contract=contract,
        refresh="drop_resources" if full_refresh else None,
    )
    counts = pipeline.normalize().row_counts
    info = pipeline.load()
    info.raise_on_failed_jobs()
    return {
        "success": True,
        "rowsLoaded": counts.get(table, 0),
        **target.figures(info, [] if full_refresh else known),
    }


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
