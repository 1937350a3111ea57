"""What floe calls."""

from __future__ import annotations

import gc
import os
from pathlib import Path
from typing import Any

# dlt reads these as it is imported. Telemetry would tell a stranger of each load.
os.environ["RUNTIME__DLTHUB_TELEMETRY"] = "false"
os.environ["RUNTIME__LOG_LEVEL"] = "CRITICAL"
os.environ["DLT_DATA_DIR"] = os.environ.get("DLT_DATA_DIR") or str(Path.home() / ".cache" / "floe" / "dlt")

import duckdb
from floe_worker import FloeError, method

from floe_ingestion_dlt.destination import create_destination
from floe_ingestion_dlt.files import find_files
from floe_ingestion_dlt.load import load_source, locked_by


@method
def check(config: dict[str, Any]) -> bool:
    """Check what can be checked without moving data: the destination."""
    create_destination(config["destination"], Path(config["projectDir"]), config.get("env") or {})
    return True


@method
def load(
    config: dict[str, Any], sources: list[dict[str, Any]], full_refresh: bool = False
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
            )
        except Exception as error:
            held = locked_by(error)
            if held is not None:
                raise held from error
            result = {"success": False, "rowsLoaded": 0, "executionTimeSeconds": 0, "error": _told(error)}
        results.append({"source": source["name"], "table": source["destinationTable"], **result})
    # Connections hang on tracebacks and dlt's contexts, and with them the lock on the database.
    gc.collect()
    return results


def _told(error: BaseException) -> str:
    """Find the error that began it: dlt wraps what a source raises in the names of its own stages."""
    inner: BaseException | None = error
    chain = []
    while inner is not None and inner not in chain:
        chain.append(inner)
        inner = inner.__cause__ or inner.__context__
    own = next((one for one in chain if isinstance(one, FloeError)), None)
    if own is not None:
        return " ".join(part for part in (str(own), own.why) if part)
    engine = next((one for one in reversed(chain) if isinstance(one, duckdb.Error)), None)
    return str(engine or chain[-1]).strip()
