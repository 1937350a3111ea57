import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { contentOfSchema, withDuckDB } from "../../demo/content.ts";

const ROOT = join(import.meta.dirname, "..", "..", "..");
const DEMO = join(ROOT, "examples", "flights");

const PLUGINS = ["floe-lineage-marquez", "floe-orchestrator-airflow", "floe-orchestrator-dagster"];

/** The demo in a folder of its own, with a lineage backend in its manifest. */
export class FlightsDemo implements Disposable {
  readonly dir: string;

  readonly #lineage: string;

  constructor(lineage: string) {
    this.#lineage = lineage;
    this.dir = mkdtempSync(join(tmpdir(), "floe flights "));
    for (const name of ["data", "models", "tests", "dbt_project.yml", "floe.yaml"])
      cpSync(join(DEMO, name), join(this.dir, name), { recursive: true });
    const { devDependencies } = JSON.parse(readFileSync(join(DEMO, "package.json"), "utf8"));
    const more = Object.fromEntries(PLUGINS.map((name) => [name, "*"]));
    writeFileSync(
      join(this.dir, "package.json"),
      JSON.stringify({ private: true, dependencies: { ...devDependencies, ...more } }),
    );
    symlinkSync(join(ROOT, "tooling", "node_modules"), join(this.dir, "node_modules"));
    this.choose();
  }

  /** Names the orchestrator in the manifest. */
  choose(orchestrator?: string): void {
    const manifest = readFileSync(join(DEMO, "manifest.yaml"), "utf8");
    const plugins = `plugins:
${orchestrator === undefined ? "" : `  orchestrator: {type: ${orchestrator}}`}
  lineage_backend: {type: marquez, config: {url: "${this.#lineage}"}}
`;
    writeFileSync(join(this.dir, "manifest.yaml"), manifest.replace("plugins:\n", plugins));
  }

  /** Number of rows and a checksum of the content of each gold table. */
  goldTables(): Promise<Record<string, string>> {
    return withDuckDB(join(this.dir, ".floe", "flights.duckdb"), (ask) => contentOfSchema(ask, "main_gold"));
  }

  [Symbol.dispose](): void {
    rmSync(this.dir, { recursive: true, force: true, maxRetries: 3 });
  }
}
