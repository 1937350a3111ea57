import { tmpdir } from "node:os";
import { join } from "node:path";
import { createPythonRuntime } from "@floe/host";
import { runPyiceberg } from "@floe/tooling/pyiceberg";

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
found = catalog.load_table(given["table"])
columns = given["columns"]
rows = found.scan(selected_fields=tuple(columns)).to_arrow().select(columns).to_pylist()
answer = {
    "uuid": str(found.metadata.table_uuid),
    "rows": sorted([list(row.values()) for row in rows]),
    "operations": [one.summary.operation.value for one in found.snapshots()],
}
`;

/** Reads a table with PyIceberg, as another tool of the company would: with what the catalog tells and lends. */
export async function readTable(
  properties: Record<string, string>,
  table: string,
  columns: readonly string[],
): Promise<ReadTable> {
  const answer = await runPyiceberg({ type: "rest", ...properties }, READ, { table, columns });
  return answer as ReadTable;
}
