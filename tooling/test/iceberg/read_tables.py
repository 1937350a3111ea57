"""Reads namespaces of a REST catalog with PyIceberg: facts as JSON on stdout, rows as a Parquet file a table."""

import json
import sys
from pathlib import Path

import pyarrow.parquet as pq
from pyiceberg.catalog import load_catalog

options = json.loads(sys.argv[1])
catalog = load_catalog("lake", type="rest", **options["properties"])
tables = {}
for namespace in options["namespaces"]:
    for identifier in catalog.list_tables(namespace):
        table = catalog.load_table(identifier)
        name = ".".join(identifier)
        pq.write_table(table.scan().to_arrow(), Path(options["dir"]) / f"{name}.parquet")
        deletes = {delete.file_path for task in table.scan().plan_files() for delete in task.delete_files}
        tables[name] = {
            "uuid": str(table.metadata.table_uuid),
            "formatVersion": table.metadata.format_version,
            "columns": [field.name for field in table.schema().fields],
            "snapshots": [str(snapshot.snapshot_id) for snapshot in table.snapshots()],
            "operations": [snapshot.summary.operation.value for snapshot in table.snapshots()],
            "dataFiles": len(list(table.scan().plan_files())),
            "deleteFiles": len(deletes),
        }
print(json.dumps(tables))
