import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { contentOfSchema, withDuckDB } from "../../demo/content.ts";
import { copyDemo } from "../../demo/copy.ts";

const PLUGINS = ["floe-lineage-marquez", "floe-orchestrator-airflow", "floe-orchestrator-dagster"];

/** The demo in a folder of its own, with a lineage backend in its manifest. */
export class FlightsDemo implements Disposable {
  readonly dir: string;
  readonly #folder = mkdtempSync(join(tmpdir(), "floe flights "));
  readonly #manifest: string;
  readonly #lineage: string;

  constructor(lineage: string) {
    this.#lineage = lineage;
    this.dir = copyDemo(join(this.#folder, "demo"), "local", undefined, PLUGINS);
    this.#manifest = readFileSync(join(this.dir, "manifest.yaml"), "utf8");
    this.choose();
  }

  /** Names the orchestrator in the manifest. */
  choose(orchestrator?: string): void {
    const plugins = `plugins:
${orchestrator === undefined ? "" : `  orchestrator: {type: ${orchestrator}}`}
  lineage_backend: {type: marquez, config: {url: "${this.#lineage}"}}
`;
    writeFileSync(join(this.dir, "manifest.yaml"), this.#manifest.replace("plugins:\n", plugins));
  }

  /** Number of rows and a checksum of the content of each gold table. */
  goldTables(): Promise<Record<string, string>> {
    return withDuckDB(join(this.dir, ".floe", "flights.duckdb"), (ask) => contentOfSchema(ask, "main_gold"));
  }

  [Symbol.dispose](): void {
    rmSync(this.#folder, { recursive: true, force: true, maxRetries: 3 });
  }
}
