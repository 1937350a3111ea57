import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { IngestionRunner } from "@floe/core";
import { GENERATED } from "@floe/core/contracts";
import type { Product } from "../project/product.ts";

/** Where a compiled product keeps Python code of its own, relative to its folder. */
export const PYTHON_DIR = "deploy/python";

/** The package that a runner's module is in: `floe_ingestion_dlt`. */
export function runnerPackage({ module }: IngestionRunner): string {
  return module.split(".", 1)[0] ?? module;
}

/**
 * The Python that an orchestrator runs of the product's plugins, as files of the product: where it goes,
 * there need be neither Node nor floe's packages.
 */
export function pythonFiles({ plugins }: Product): Map<string, string> {
  const runner = plugins.get("orchestrator") && plugins.get("ingestion")?.getPythonRunner?.();
  if (runner === undefined) return new Map();
  const name = runnerPackage(runner);
  const files = globSync(`${name}/**/*.py`, { cwd: runner.moduleDir }).toSorted();
  return new Map(
    files.map((file) => [
      `${PYTHON_DIR}/${file.replaceAll("\\", "/")}`,
      `${GENERATED}\n${readFileSync(join(runner.moduleDir, file), "utf8")}`,
    ]),
  );
}
