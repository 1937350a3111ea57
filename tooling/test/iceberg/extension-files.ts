import { globSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createPythonRuntime } from "@floe/host";

/**
 * DuckDB's extensions come from its own server, which tests don't ask. A third party packages the same signed
 * binaries for PyPI.
 */
export async function extensionFiles(): Promise<string[]> {
  const runtime = createPythonRuntime({ env: process.env, projectDir: tmpdir() });
  const { dir } = await runtime.environment({ requirements: join(import.meta.dirname, "requirements.txt") });
  return ["avro", "httpfs", "iceberg"].map((name) => {
    const [file] = globSync(join(dir, "**", `${name}.duckdb_extension`));
    if (file === undefined) throw new Error(`no extension ${name} in ${dir}`);
    return file;
  });
}
