import { cpSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** What goes to the machine that runs a product: what was compiled, the dbt project, the data that it loads. */
const DEPLOYED = [
  "compiled_artifacts.json",
  "definitions.py",
  "deploy",
  "dbt_project.yml",
  "models",
  "data",
] as const;

/** A compiled product in a folder of its own, at a path with spaces, without anything that only floe needs. */
export class CompiledCopy implements Disposable {
  readonly dir: string;
  readonly #base: string;

  constructor(product: string) {
    this.#base = mkdtempSync(join(tmpdir(), "floe deployed "));
    this.dir = join(this.#base, "a product");
    mkdirSync(this.dir);
    for (const name of DEPLOYED) cpSync(join(product, name), join(this.dir, name), { recursive: true });
  }

  [Symbol.dispose](): void {
    rmSync(this.#base, { recursive: true, force: true, maxRetries: 3 });
  }
}
