"""What a person would write instead of `floe run`: the sources of examples/flights, loaded with dlt."""

from __future__ import annotations

import os
import sys
from pathlib import Path

os.environ["RUNTIME__DLTHUB_TELEMETRY"] = "false"

import dlt  # noqa: E402
import pyarrow.csv as csv  # noqa: E402
import pyarrow.json as json  # noqa: E402
import pyarrow.parquet as parquet  # noqa: E402

DATA = Path(sys.argv[1])
SOURCES = {
    "flights": (lambda: iter([parquet.read_table(DATA / "flights.parquet")]), "replace", None),
    "weather": (lambda: iter([parquet.read_table(DATA / "weather.parquet")]), "replace", None),
    "airlines": (lambda: iter([csv.read_csv(DATA / "airlines.csv")]), "merge", "carrier"),
    "airports": (lambda: iter([json.read_json(DATA / "airports.jsonl")]), "replace", None),
    "planes": (lambda: iter([csv.read_csv(DATA / "planes.csv")]), "replace", None),
}

pipeline = dlt.pipeline("by_hand", destination=dlt.destinations.duckdb(sys.argv[2]), dataset_name="raw")
pipeline.run(
    [
        dlt.resource(read, name=name, write_disposition=mode, primary_key=key)
        for name, (read, mode, key) in SOURCES.items()
    ],
    loader_file_format="parquet",
)
