import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { IngestionRunner } from "@floe/core";
import { GENERATED } from "@floe/core/contracts";
import { COLUMN_LINEAGE_MODULES, HOST_PYTHON } from "../lineage/column-lineage-python.ts";
import type { Product } from "../project/product.ts";

/** Where a compiled product keeps Python code of its own, relative to its folder. */
export const PYTHON_DIR = "deploy/python";

/** The package that a runner's module is in: `floe_ingestion_dlt`. */
export function runnerPackage({ module }: IngestionRunner): string {
  return module.split(".", 1)[0] ?? module;
}

/**
 * The Python that an orchestrator runs of the product's plugins and of floe itself, as files of the product: where
 * it goes, there need be neither Node nor floe's packages.
 */
export function pythonFiles({ plugins }: Product): Map<string, string> {
  if (plugins.get("orchestrator") === undefined) return new Map();
  const runner = plugins.get("ingestion")?.getPythonRunner?.();
  const loading =
    runner === undefined
      ? []
      : globSync(`${runnerPackage(runner)}/**/*.py`, { cwd: runner.moduleDir }).map(
          (file): [string, string] => [file.replaceAll("\\", "/"), join(runner.moduleDir, file)],
        );
  const following = COLUMN_LINEAGE_MODULES.map((file): [string, string] => [file, join(HOST_PYTHON, file)]);
  return new Map(
    [...loading, ...following]
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([file, source]) => [`${PYTHON_DIR}/${file}`, `${GENERATED}\n${readFileSync(source, "utf8")}`]),
  );
}
