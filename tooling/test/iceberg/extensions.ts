import { globSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createPythonRuntime } from "@floe/host";

/**
 * Files of DuckDB's extensions; by default those that Iceberg takes. They come from its own server, which tests don't ask; a third
 * party packages the same signed binaries for PyPI.
 */
export async function extensionFiles(
  names: readonly string[] = ["avro", "httpfs", "iceberg"],
): Promise<string[]> {
  const runtime = createPythonRuntime({ env: process.env, projectDir: tmpdir() });
  const { dir } = await runtime.environment({ requirements: join(import.meta.dirname, "requirements.txt") });
  return names.map((name) => {
    const [file] = globSync(join(dir, "**", `${name}.duckdb_extension`));
    if (file === undefined) throw new Error(`no extension ${name} in ${dir}`);
    return file;
  });
}
