import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { asText, withDuckDB } from "../../demo/content.ts";
import { runPyiceberg } from "../../services/pyiceberg.ts";

const READ = `
import pyarrow.parquet as pq
from pathlib import Path
answer = {}
for namespace in given["namespaces"]:
    for identifier in catalog.list_tables(namespace):
        table = catalog.load_table(identifier)
        name = ".".join(identifier)
        pq.write_table(table.scan().to_arrow(), Path(given["dir"]) / f"{name}.parquet")
        tasks = list(table.scan().plan_files())
        answer[name] = {
            "uuid": str(table.metadata.table_uuid),
            "formatVersion": table.metadata.format_version,
            "columns": [field.name for field in table.schema().fields],
            "snapshots": [str(snapshot.snapshot_id) for snapshot in table.snapshots()],
            "operations": [snapshot.summary.operation.value for snapshot in table.snapshots()],
            "dataFiles": len(tasks),
            "deleteFiles": len({delete.file_path for task in tasks for delete in task.delete_files}),
        }
`;

/** What PyIceberg says of a table. Snapshots from the oldest to the newest. */
export interface IcebergFacts {
  uuid: string;
  formatVersion: number;
  columns: string[];
  snapshots: string[];
  operations: string[];
  dataFiles: number;
  deleteFiles: number;
}

/** Tables as PyIceberg sees them, and their rows in Parquet files of a folder. */
export interface ReadTables extends Disposable {
  tables: Record<string, IcebergFacts>;
  /** Rows of a table as text, in order, by DuckDB from the file that PyIceberg wrote. */
  rows(table: string): Promise<string[][]>;
  file(table: string): string;
}

/** Reads all tables of some namespaces with PyIceberg, which shares nothing with DuckDB's reader. */
export async function readTables(
  properties: Readonly<Record<string, string>>,
  namespaces: readonly string[],
): Promise<ReadTables> {
  const dir = mkdtempSync(join(tmpdir(), "floe-pyiceberg-"));
  const tables = await runPyiceberg({ type: "rest", ...properties }, READ, { namespaces, dir });
  const file = (table: string): string => join(dir, `${table}.parquet`);
  return {
    tables: tables as Record<string, IcebergFacts>,
    file,
    async rows(table) {
      const sql = `${asText(`'${file(table)}'`)} ORDER BY ALL`;
      return withDuckDB(undefined, async (ask) => (await ask(sql)).map((row) => row.map(String)));
    },
    [Symbol.dispose]: () => rmSync(dir, { recursive: true, force: true }),
  };
}
