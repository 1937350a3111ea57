import { type CompiledArtifacts, FloeError, GENERATED } from "@floe/core";
import { requireArtifacts } from "./artifacts.ts";

/**
 * The rule of `OrchestratorPlugin.createDefinitions`.
 *
 * @param loader The generated file. @param remedy How it is used.
 * @throws FloeError `ARTIFACTS.INVALID`, `ARTIFACTS.VERSION`, else `ORCHESTRATOR.LOADER_REQUIRED`, always.
 */
export function loaderRequired(artifacts: unknown, orchestrator: string, remedy: readonly string[]): never {
  const { metadata } = requireArtifacts(artifacts);
  throw new FloeError(
    "ORCHESTRATOR.LOADER_REQUIRED",
    `The definitions of ${metadata.product_name} can only be made inside ${orchestrator}.`,
    {
      why: "They are Python objects, which need the product's folder: compiled_artifacts.json, target/manifest.json, the dbt project and its profile.",
      next: remedy,
    },
  );
}

/**
 * What the orchestrator's Python environment needs for a product, as a list for pip: the packages of its
 * engine's dbt adapter, of its ingestion tool, and those that look at tables and SQL for lineage.
 *
 * @param install How the orchestrator's own part is installed, in comments above.
 * @param own What is needed whatever the product is.
 */
export function requirementsFile(
  { metadata, floe }: CompiledArtifacts,
  install: readonly string[],
  own: readonly string[] = [],
): string {
  const { dbt, ingestion, lineage } = (floe ?? {}) as {
    dbt?: { packages?: readonly string[] };
    ingestion?: { runner?: { packages?: readonly string[] } };
    lineage?: { enabled?: boolean; packages?: readonly string[] };
  };
  const told = lineage?.enabled === false ? [] : (lineage?.packages ?? []);
  const packages = [
    ...new Set([...own, ...(dbt?.packages ?? []), ...(ingestion?.runner?.packages ?? []), ...told]),
  ];
  return [
    GENERATED,
    `# What ${metadata.product_name} needs beside the orchestrator:`,
    ...install.map((line) => `# ${line}`),
    ...packages,
    "",
  ].join("\n");
}
