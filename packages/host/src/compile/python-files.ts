import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { IngestionRunner } from "@floe/core";
import type { Product } from "../project/product.ts";

/** Where a compiled product keeps Python code of its own, relative to its folder. */
export const PYTHON_DIR = "deploy/python";

/** The protocol's Python side, without which plugins' modules can't be imported. */
const PROTOCOL_DIR = join(import.meta.dirname, "..", "..", "python");

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
  return new Map([
    ...filesOf(PROTOCOL_DIR, "floe_worker"),
    ...filesOf(runner.moduleDir, runnerPackage(runner)),
  ]);
}

function filesOf(folder: string, name: string): [string, string][] {
  return globSync(`${name}/**/*.py`, { cwd: folder })
    .toSorted()
    .map((file) => [`${PYTHON_DIR}/${file.replaceAll("\\", "/")}`, readFileSync(join(folder, file), "utf8")]);
}
