import { join } from "node:path";
import type { IngestionConfig, IngestionSource, SourceResult } from "@floe/core";
import { storageProperties } from "../project/storage-properties.ts";
import { plannedNodes } from "./build.ts";
import { descendantsOf } from "./plan.ts";
import type { RunState } from "./state.ts";

/** The sources that a run loads: all, or those that the selected models read. */
export async function sourcesToLoad(
  state: Pick<RunState, "product" | "compiled" | "options">,
): Promise<readonly IngestionSource[]> {
  const { product, compiled, options } = state;
  const sources = product.spec.ingestion?.sources ?? [];
  if (sources.length === 0 || (options.select === undefined && options.exclude === undefined)) return sources;
  const planned = new Set(await plannedNodes(state));
  return sources.filter((source) => {
    const declared = sourceIdsOf(state, source);
    const direct = Object.values(compiled.manifest.nodes).filter(
      ({ unique_id, depends_on }) =>
        planned.has(unique_id) && (depends_on?.nodes ?? []).some((id) => declared.includes(id)),
    );
    return direct.length > 0;
  });
}

/**
 * Loads the sources that aren't loaded yet. One that fails doesn't keep the others from being loaded.
 *
 * @returns What depends on a source that failed.
 * @throws FloeError `INGESTION.FAILED`, `CONNECTION.*`, if nothing could be loaded at all.
 */
export async function ingest(state: RunState): Promise<ReadonlySet<string>> {
  const { product, done, options, compiled, observe } = state;
  const plugin = product.plugins.get("ingestion") ?? product.project.missingPlugin("ingestion", "dlt");
  const wanted = await sourcesToLoad(state);
  const open = wanted.filter(({ name }) => !done.sources.has(name));
  if (open.length === 0) return new Set();
  const pipeline = await plugin.createPipeline(ingestionConfig(state));
  const startedAt = new Date().toISOString();
  for (const source of open) state.lineage.sourceStarted(source);
  const { sources } = await plugin.run(pipeline, {
    sources: open.map(({ name }) => name),
    runId: state.record.id,
    ...(options.fullRefresh === true ? { fullRefresh: true } : {}),
    onProgress: (source, rowsLoaded) => observe({ type: "source", source, rowsLoaded }),
  });
  const failed: IngestionSource[] = [];
  for (const [index, source] of open.entries()) {
    const result = sources[index];
    if (result === undefined) continue;
    settle(state, result, startedAt);
    if (!result.success) failed.push(source);
  }
  return descendantsOf(
    compiled.manifest,
    failed.flatMap((source) => sourceIdsOf(state, source)),
  );
}

/** As the ingestion plugin takes it. */
export function ingestionConfig({ product }: Pick<RunState, "product">): IngestionConfig {
  const { spec, project, plugins, compute, computeConfig, dbtProject } = product;
  const storage = storageProperties(plugins);
  return {
    productName: spec.metadata.name,
    projectDir: project.paths.projectDir,
    sources: spec.ingestion?.sources ?? [],
    destination: compute.generateDbtProfile(computeConfig),
    ...(computeConfig.catalog === undefined ? {} : { catalog: computeConfig.catalog }),
    ...(storage === undefined ? {} : { storageProperties: storage }),
    stateDir: join(project.paths.stateDir, "ingestion", project.environment),
    ...(dbtProject.env === undefined ? {} : { env: dbtProject.env }),
  };
}

/** dbt's unique ids of the sources that stand for what a source loads. */
export function sourceIdsOf(
  { compiled }: Pick<RunState, "compiled">,
  { destinationTable }: IngestionSource,
): string[] {
  const [table = "", schema] = destinationTable.split(".").reverse();
  return Object.values(compiled.manifest.sources ?? {})
    .filter(
      (one) => (one.identifier ?? one.name) === table && (schema === undefined || one.schema === schema),
    )
    .map(({ unique_id }) => unique_id);
}

function settle(state: RunState, result: SourceResult, startedAt: string): void {
  const masked = state.mask.data(result) as SourceResult;
  const entry = { kind: "source" as const, result: masked, startedAt, endedAt: new Date().toISOString() };
  state.journal(entry);
  state.sources.push(entry);
  if (result.success) state.done.sources.set(result.source, entry);
  state.observe({ type: "source-ended", result: masked });
}
