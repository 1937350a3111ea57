"""Files and REST APIs into a product's database or its Iceberg catalog, with dlt.

`load` is all that a program needs; floe's host calls it through a worker, an orchestrator calls it itself:

    from floe_ingestion_dlt import load

    result = load(config, sources=["orders"], run_id="2026-03-01T06:00")
    if not result["success"]:
        raise SystemExit([one["error"] for one in result["sources"] if not one["success"]])
"""

import os
from pathlib import Path

# dlt reads these as it is imported. Telemetry would tell a stranger of each load.
os.environ.setdefault("RUNTIME__DLTHUB_TELEMETRY", "false")
os.environ.setdefault("RUNTIME__LOG_LEVEL", "CRITICAL")
os.environ.setdefault("DLT_DATA_DIR", str(Path.home() / ".cache" / "floe" / "dlt"))

from floe_ingestion_dlt.describe import describe
from floe_ingestion_dlt.errors import IngestionError
from floe_ingestion_dlt.library import check, load

__all__ = ["IngestionError", "check", "describe", "load"]
