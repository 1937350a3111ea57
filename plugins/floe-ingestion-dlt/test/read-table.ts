import { execFile } from "node:child_process";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { createPythonRuntime } from "@floe/host";

const run = promisify(execFile);
export const python = createPythonRuntime({ env: process.env, projectDir: tmpdir() });
export const PYTHON_DIR: string = join(import.meta.dirname, "..", "python");

/** The interpreter of the plugin's environment. */
export async function interpreter(): Promise<string> {
  const environment = await python.environment({ requirements: join(PYTHON_DIR, "requirements.txt") });
  return environment.python;
}

export interface ReadTable {
  uuid: string;
  rows: unknown[][];
  /** Of its snapshots, in order. */
  operations: string[];
}

const READ = `
import json, sys
from pyiceberg.catalog.rest import RestCatalog
properties, table, columns = json.loads(sys.argv[1]), sys.argv[2], json.loads(sys.argv[3])
found = RestCatalog("reader", **properties).load_table(table)
rows = found.scan(selected_fields=tuple(columns)).to_arrow().select(columns).to_pylist()
print(json.dumps({
    "uuid": str(found.metadata.table_uuid),
    "rows": sorted([list(row.values()) for row in rows]),
    "operations": [one.summary.operation.value for one in found.snapshots()],
}))
`;

/** Reads a table with PyIceberg, as another tool of the company would: with what the catalog tells and lends. */
export async function readTable(
  properties: Record<string, string>,
  table: string,
  columns: readonly string[],
): Promise<ReadTable> {
  const { stdout } = await run(await interpreter(), [
    "-c",
    READ,
    JSON.stringify(properties),
    table,
    JSON.stringify(columns),
  ]);
  return JSON.parse(stdout) as ReadTable;
}
