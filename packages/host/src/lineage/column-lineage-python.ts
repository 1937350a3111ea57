import { readFileSync } from "node:fs";
import { join } from "node:path";

/** The host's own Python, which follows columns through SQL. */
export const HOST_PYTHON: string = join(import.meta.dirname, "..", "..", "python");

/** What it needs from PyPI. */
export const HOST_REQUIREMENTS: string = join(HOST_PYTHON, "requirements.txt");

/** The same as a list for pip, where it runs in another's environment: what is asked for, not what that brings. */
export function columnLineagePackages(): string[] {
  const lines = readFileSync(HOST_REQUIREMENTS, "utf8").split("\n");
  return lines.flatMap((line) => /^(sqlglot==\S+)/.exec(line)?.[1] ?? []);
}

/** Its modules that run anywhere, relative to the folder. What floe's own worker needs besides isn't one. */
export const COLUMN_LINEAGE_MODULES: readonly string[] = [
  "floe_lineage/__init__.py",
  "floe_lineage/analysis.py",
  "floe_lineage/columns.py",
];
