import { createHash } from "node:crypto";
import { mkdirSync, renameSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

const LIBRARIES: Readonly<Record<string, string>> = {
  linux: "libduckdb.so",
  darwin: "libduckdb.dylib",
  win32: "duckdb.dll",
};
/** ADBC's names of platforms. */
const SYSTEMS: Readonly<Record<string, string>> = { linux: "linux", darwin: "macos", win32: "windows" };

/**
 * Writes the ADBC manifest through which the engine finds DuckDB, which it would download otherwise: the
 * library that `@duckdb/node-api` brings, so that dbt and floe are of one version of DuckDB.
 *
 * @returns The manifest's folder, for `ADBC_DRIVER_PATH`; undefined where that package has no library for
 * this machine.
 * @see https://arrow.apache.org/adbc/current/format/driver_manifests.html
 */
export function writeDriverManifest(cacheDir: string): string | undefined {
  const library = duckdbLibrary();
  if (library === undefined) return undefined;
  const architecture = process.arch === "x64" ? "amd64" : process.arch;
  const system = SYSTEMS[process.platform] ?? process.platform;
  const content = `manifest_version = 1
name = "DuckDB"

[Driver]
entrypoint = "duckdb_adbc_init"

[Driver.shared]
${system}_${architecture} = ${JSON.stringify(library)}
`;
  // Another project may have another copy of the library.
  const key = createHash("sha256").update(content).digest("hex").slice(0, 16);
  const dir = join(cacheDir, `adbc-${key}`);
  const file = join(dir, "duckdb.toml");
  const temporary = `${file}.${process.pid}`;
  mkdirSync(dir, { recursive: true });
  writeFileSync(temporary, content);
  renameSync(temporary, file);
  return dir;
}

function duckdbLibrary(): string | undefined {
  const name = LIBRARIES[process.platform];
  const platform = `${process.platform}-${process.arch}`;
  // Each package is found from the one that depends on it, however the package manager lays them out.
  const bindings = "@duckdb/node-bindings";
  try {
    const api = createRequire(import.meta.url).resolve("@duckdb/node-api");
    const all = createRequire(api).resolve(`${bindings}/package.json`);
    const require = createRequire(all);
    for (const one of [`${bindings}-${platform}`, `${bindings}-${platform}-musl`]) {
      const found = resolved(require, `${one}/package.json`);
      if (found !== undefined && name !== undefined) return join(dirname(found), name);
    }
  } catch {
    // The engine looks for a driver of its own, and says so where it finds none.
  }
  return undefined;
}

function resolved(require: NodeJS.Require, name: string): string | undefined {
  try {
    return require.resolve(name);
  } catch {
    return undefined;
  }
}
